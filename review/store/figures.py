"""What the unit view counts: recordings, reviews, marks and verdicts of a unit over a time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Join, case, func, select

from review.store import filters, library
from review.store.library import Asked
from review.store.tables import listings, mark_counts, recordings


@dataclass(frozen=True)
class Coverage:
    """How many recordings there are, and how far people are with them."""

    recorded: int = 0
    begun: int = 0  # not signed off
    signed: int = 0


@dataclass(frozen=True)
class Backlog:
    """Serious marks of one behaviour that nobody has judged."""

    behaviour: str
    marked: int
    unsure: int
    recordings: int
    oldest: str  # ISO instant of the oldest recording


@dataclass(frozen=True)
class Reasons:
    """Recordings with a marked stop, by what was heard of its reason."""

    verified: int = 0
    marked: int = 0
    unsure: int = 0
    none: int = 0


def coverage(connection: Connection, asked: Asked) -> Coverage:
    """How far people are with what was asked for."""
    here = _here(connection, asked)
    state = library.state(listings.c.recording)
    states = select(state.label("state")).select_from(_listed()).where(*here).subquery()
    rows = connection.execute(select(states.c.state, func.count()).group_by(states.c.state))
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    begun, signed = found.get(filters.State.BEGUN, 0), found.get(filters.State.SIGNED, 0)
    return Coverage(sum(found.values()), begun, signed)


def backlog(connection: Connection, asked: Asked) -> tuple[Backlog, ...]:
    """The serious marks that nobody has judged, whoever's they are; those whose oldest waits longest first."""
    rows = connection.execute(
        select(
            mark_counts.c.behaviour,
            func.sum(mark_counts.c.unread_marked),
            func.sum(mark_counts.c.unread_unsure),
            func.count(mark_counts.c.recording.distinct()),
            func.min(listings.c.at).label("oldest"),
        )
        .select_from(_counted())
        .where(*_here(connection, asked), filters.is_serious_unread(mark_counts, asked.hidden))
        .group_by(mark_counts.c.behaviour)
        .order_by("oldest")
    ).all()
    return tuple(Backlog(*row) for row in rows)


def reasons(connection: Connection, asked: Asked) -> Reasons:
    """The recordings with a marked stop, by what was heard of its reason, whichever officer gave it."""
    stop, reason = mark_counts.alias("stop"), mark_counts.alias("reason")
    kinds = [one for one in filters.STOPS if one not in asked.hidden]
    stops = (
        select(stop.c.recording)
        .where(stop.c.behaviour.in_(kinds), ~stop.c.others, stop.c.marked > 0)
        .distinct()
        .subquery()
    )
    told = ("verified", "marked", "unsure")
    given = (
        select(reason.c.recording, *(func.max(reason.c[name]).label(name) for name in told))
        .where(reason.c.behaviour == filters.REASON)
        .group_by(reason.c.recording)
        .subquery()
    )
    heard = case(*((given.c[name] > 0, name) for name in told), else_="none")
    rows = connection.execute(
        select(heard.label("heard"), func.count())
        .select_from(
            stops.join(listings, listings.c.recording == stops.c.recording)
            .join(recordings, recordings.c.sha256 == listings.c.recording)
            .join(given, given.c.recording == stops.c.recording, isouter=True)
        )
        .where(*_here(connection, asked))
        .group_by("heard")
    )
    return Reasons(**{row[0]: row[1] for row in rows})


def _here(connection: Connection, asked: Asked) -> list[ColumnElement[bool]]:
    return library.conditions(connection, asked)


def _listed() -> Join:
    return listings.join(recordings, recordings.c.sha256 == listings.c.recording)


def _counted() -> Join:
    return _listed().join(mark_counts, mark_counts.c.recording == listings.c.recording)
