"""People's corrections of what the machine heard: only ever added, each with the revision that it made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

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
    rows = connection.execute(
        select(corrections).where(corrections.c.recording == sha256).order_by(corrections.c.number)
    ).all()
    return tuple(
        Correction(
            recording=row.recording,
            kind=CorrectionKind(row.kind),
            speaker=row.speaker,
            span=Span(row.start, row.end),
            was=row.was,
            now=row.now,
            reviewer=row.reviewer,
            at=datetime.fromisoformat(row.at),
        )
        for row in rows
    )
