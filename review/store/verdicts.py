"""People's verdicts: only ever added, the same one only once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, Row, func, insert, select

from review.encounter import Answer, Verdict
from review.errors import RefusedVerdict
from review.store.tables import encounters, flags, verdicts


def record(connection: Connection, said: Sequence[Verdict]) -> None:
    """Add the verdicts that are not kept yet.

    Raises RefusedVerdict for a flag the recording has never had, and for an id under which something else is kept.
    """
    rows = connection.execute(select(verdicts).where(verdicts.c.id.in_([verdict.id for verdict in said]))).all()
    known = {row.id: _what(_verdict(row)) for row in rows}
    for verdict in said:
        if verdict.id in known:
            if known[verdict.id] != _what(verdict):
                raise RefusedVerdict("something else is kept under this id; answer again")
            continue
        known[verdict.id] = _what(verdict)
        _check(connection, verdict)
        connection.execute(
            insert(verdicts).values(
                **{
                    **vars(verdict),
                    "answer": verdict.answer.value,
                    "at": verdict.at.isoformat(timespec="milliseconds"),
                }
            )
        )


def _what(verdict: Verdict) -> tuple[str, str, Answer, str]:
    """What a verdict sent once more has in common with itself; the time is that of its first arrival."""
    return verdict.recording, verdict.flag, verdict.answer, verdict.reviewer


def _check(connection: Connection, verdict: Verdict) -> None:
    same = (flags.c.recording == verdict.recording) & (flags.c.id == verdict.flag)
    if connection.scalar(select(func.count()).select_from(flags).where(same)) == 0:
        raise RefusedVerdict(f"recording {verdict.recording[:12]} has no flag {verdict.flag}; load the page again")


def by_recording(
    connection: Connection, which: Sequence[str], *, marks: Collection[str] | None = None
) -> dict[str, tuple[Verdict, ...]]:
    """All verdicts on these recordings in the order they were given; only on marks of these ids, when they are told."""
    query = select(verdicts).where(verdicts.c.recording.in_(which))
    if marks is not None:
        query = query.where(verdicts.c.flag.in_(marks))
    rows = connection.execute(query.order_by(verdicts.c.recording, verdicts.c.number)).all()
    return {
        recording: tuple(_verdict(row) for row in group)
        for recording, group in groupby(rows, key=lambda row: row.recording)
    }


def _verdict(row: Row[tuple[object, ...]]) -> Verdict:
    return Verdict(
        id=row.id,
        recording=row.recording,
        flag=row.flag,
        answer=Answer(row.answer),
        reviewer=row.reviewer,
        reviewer_role=row.reviewer_role,
        at=datetime.fromisoformat(row.at),
        note=row.note,
    )


def latest_revision(connection: Connection, recording: str) -> int | None:
    """The newest revision of this recording's encounter; None when it has none."""
    newest = select(func.max(encounters.c.revision)).where(encounters.c.recording == recording)
    found: int | None = connection.scalar(newest)
    return found
