"""Uploaded recordings that wait to be processed, and how far each is; one row that changes until it is done."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from review.store.tables import jobs


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (JobState.WAITING, JobState.WORKING)


@dataclass(frozen=True)
class Job:
    """One uploaded recording on its way into the library."""

    id: str
    name: str  # what the person's file is called
    path: Path
    person: str
    wearer: str
    unit: str
    others: tuple[str, ...]
    recording: str  # sha256
    made_at: datetime
    changed_at: datetime
    state: JobState = JobState.WAITING
    stage: str = ""
    share: float = 0.0
    message: str = ""
    began_at: datetime | None = None


def add(connection: Connection, job: Job) -> None:
    """Keep a new job."""
    connection.execute(
        insert(jobs).values(
            id=job.id,
            name=job.name,
            path=str(job.path),
            person=job.person,
            wearer=job.wearer,
            unit=job.unit,
            others=json.dumps(job.others),
            state=job.state.value,
            stage=job.stage,
            share=job.share,
            message=job.message,
            recording=job.recording,
            made_at=_text(job.made_at),
            changed_at=_text(job.changed_at),
        )
    )


def one(connection: Connection, name: str) -> Job | None:
    """The job with this id; None when there is none."""
    row = connection.execute(select(jobs).where(jobs.c.id == name)).first()
    return _job(row) if row else None


def every(connection: Connection, *, person: str = "", limit: int = 100) -> tuple[Job, ...]:
    """Jobs, those that are open first, then the newest; of one person, when one is given."""
    query = select(jobs).order_by(jobs.c.state.in_(OPEN).desc(), jobs.c.made_at.desc()).limit(limit)
    if person:
        query = query.where(jobs.c.person == person)
    return tuple(map(_job, connection.execute(query).all()))


def of_recording(connection: Connection, sha256: str) -> Job | None:
    """The open job of this recording; None when there is none."""
    query = select(jobs).where(jobs.c.recording == sha256, jobs.c.state.in_(OPEN)).limit(1)
    row = connection.execute(query).first()
    return _job(row) if row else None


def any_to_take(connection: Connection, *, stale: datetime) -> bool:
    """Whether there is a job to take, for a look that locks nothing."""
    return connection.execute(_to_take(stale)).first() is not None


def _to_take(stale: datetime) -> Select[Any]:
    left = (jobs.c.state == JobState.WORKING) & (jobs.c.changed_at < _text(stale))
    return select(jobs).where((jobs.c.state == JobState.WAITING) | left).order_by(jobs.c.made_at).limit(1)


def take(connection: Connection, *, at: datetime, stale: datetime) -> Job | None:
    """The next job, now being worked on; one that nobody has worked on since `stale` is taken up again."""
    query = _to_take(stale)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    row = connection.execute(query).first()
    if row is None:
        return None
    now = {"changed_at": _text(at), "began_at": _text(at), "state": JobState.WORKING.value, "share": 0.0, "message": ""}
    connection.execute(update(jobs).where(jobs.c.id == row.id).values(now))
    return one(connection, row.id)


def retry(connection: Connection, name: str, *, at: datetime) -> bool:
    """Let a job that failed wait once more; False when it has not failed."""
    here = (jobs.c.id == name) & (jobs.c.state == JobState.FAILED)
    values = {"changed_at": _text(at), "state": JobState.WAITING.value, "message": "", "stage": "", "share": 0.0}
    return bool(connection.execute(update(jobs).where(here).values(values)).rowcount)


def wait_again(connection: Connection, name: str, *, at: datetime) -> None:
    """Let a job whose work was broken off wait for the next worker."""
    here = (jobs.c.id == name) & (jobs.c.state == JobState.WORKING)
    connection.execute(update(jobs).where(here).values(changed_at=_text(at), state=JobState.WAITING.value))


def beat(connection: Connection, name: str, *, at: datetime) -> bool:
    """Note that somebody works on a job; False when it has ended."""
    here = (jobs.c.id == name) & (jobs.c.state == JobState.WORKING)
    return bool(connection.execute(update(jobs).where(here).values(changed_at=_text(at))).rowcount)


def progress(connection: Connection, name: str, *, at: datetime, stage: str, share: float) -> bool:
    """Note how far a job is; False when it is not being worked on any more, because somebody cancelled it."""
    here = (jobs.c.id == name) & (jobs.c.state == JobState.WORKING)
    values = {"changed_at": _text(at), "stage": stage, "share": share}
    return bool(connection.execute(update(jobs).where(here).values(values)).rowcount)


def finish(connection: Connection, name: str, *, at: datetime, state: JobState, message: str = "") -> bool:
    """End a job that is open; False when it had ended already, which stands."""
    here = (jobs.c.id == name) & jobs.c.state.in_(OPEN)
    values: dict[str, Any] = {"changed_at": _text(at), "state": state.value, "message": message}
    if state is JobState.DONE:
        values["share"] = 1.0
    return bool(connection.execute(update(jobs).where(here).values(values)).rowcount)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        name=row.name,
        path=Path(row.path),
        person=row.person,
        wearer=row.wearer,
        unit=row.unit,
        others=tuple(json.loads(row.others)),
        recording=row.recording,
        made_at=datetime.fromisoformat(row.made_at),
        changed_at=datetime.fromisoformat(row.changed_at),
        state=JobState(row.state),
        stage=row.stage,
        share=row.share,
        message=row.message,
        began_at=datetime.fromisoformat(row.began_at) if row.began_at else None,
    )
