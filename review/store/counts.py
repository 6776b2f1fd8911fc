"""The marks of single recordings as they are kept counted, for figures that are made of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from review.encounter import Direction
from review.store.tables import mark_counts


@dataclass(frozen=True)
class MarkCount:
    """How often one behaviour was marked in one recording, and how people judged it; unsure marks stand apart."""

    behaviour: str
    direction: Direction
    others: bool  # of officers who do not wear this camera
    marked: int
    unsure: int
    verified: int


def of(connection: Connection, which: Collection[str]) -> dict[str, tuple[MarkCount, ...]]:
    """The counts of each of these recordings by behaviour; those without any mark are left out."""
    rows = connection.execute(
        select(mark_counts)
        .where(mark_counts.c.recording.in_(which))
        .order_by(mark_counts.c.recording, mark_counts.c.behaviour, mark_counts.c.others)
    ).all()
    out: dict[str, list[MarkCount]] = {}
    for row in rows:
        one = MarkCount(row.behaviour, Direction(row.direction), row.others, row.marked, row.unsure, row.verified)
        out.setdefault(row.recording, []).append(one)
    return {recording: tuple(found) for recording, found in out.items()}
