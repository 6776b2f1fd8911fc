"""What there is to choose among in the library's filter and when work is given out."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from review.access import Viewer
from review.store.tables import listings, people, whose


def languages(connection: Connection) -> tuple[str, ...]:
    """The languages of all recordings."""
    return tuple(sorted(filter(None, connection.scalars(select(listings.c.language).distinct()))))


def units(connection: Connection) -> tuple[str, ...]:
    """The units of all recordings and accounts."""
    named = select(whose.c.unit).distinct().union(select(people.c.unit).distinct())
    return tuple(sorted(filter(None, connection.scalars(named))))


def wearers(connection: Connection, unit: str | None = None) -> tuple[str, ...]:
    """The ids of officers who wear the camera in a recording or have an account; of one unit when it is given."""
    worn, known = select(whose.c.wearer).distinct(), select(people.c.officer).distinct()
    if unit is not None:
        worn, known = worn.where(whose.c.unit == unit), known.where(people.c.unit == unit)
    return tuple(sorted(filter(None, connection.scalars(worn.union(known)))))


def accounts(connection: Connection, roles: Collection[str]) -> tuple[Viewer, ...]:
    """The accounts of these roles that are in use, in order of name."""
    rows = connection.execute(
        select(people).where(people.c.role.in_(roles), people.c.disabled_at.is_(None)).order_by(people.c.name)
    ).all()
    return tuple(Viewer(row.id, row.name, row.role, row.unit, row.officer) for row in rows)
