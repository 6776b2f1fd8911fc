"""People's corrections of what the machine heard: only ever added, each with the revision that it made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from review.corrections import Step
from review.encounter import Correction, CorrectionKind, Span
from review.store.tables import corrections


def record(connection: Connection, made: Sequence[Correction], *, revision: int) -> None:
    """Keep these corrections with the revision that they led to."""
    rows = [
        {
            "recording": one.recording,
            "revision": revision,
            "kind": one.kind.value,
            "speaker": one.speaker,
            "start": one.span.start,
            "end": one.span.end,
            "was": one.was,
            "now": one.now,
            "reviewer": one.reviewer,
            "at": one.at.isoformat(timespec="milliseconds"),
        }
        for one in made
    ]
    if rows:
        connection.execute(insert(corrections), rows)


def of(connection: Connection, sha256: str) -> tuple[Correction, ...]:
    """The corrections of this recording in the order in which they were made."""
    return tuple(one for step in steps(connection, sha256) for one in step.made)


def steps(connection: Connection, sha256: str) -> tuple[Step, ...]:
    """The same as they were made: those that led to one revision together."""
    rows = connection.execute(
        select(corrections).where(corrections.c.recording == sha256).order_by(corrections.c.number)
    ).all()
    together = groupby(rows, key=lambda row: int(row.revision))
    return tuple(Step(revision, tuple(map(_correction, group))) for revision, group in together)


def _correction(row: Row[Any]) -> Correction:
    return Correction(
        recording=row.recording,
        kind=CorrectionKind(row.kind),
        speaker=row.speaker,
        span=Span(row.start, row.end),
        was=row.was,
        now=row.now,
        reviewer=row.reviewer,
        at=datetime.fromisoformat(row.at),
    )
