"""Uploaded recordings on their way into the library, within one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from review.store import jobs
from review.store.jobs import Job, JobState


class Jobs:
    """Uploaded recordings on their way into the library; see the functions of `store.jobs`."""

    def __init__(self, connection: Connection) -> None:
        """Take a connection in a transaction; use `Register.jobs` or `Casebook.jobs`."""
        self._connection = connection

    def add(self, job: Job) -> None:
        """Keep a new job."""
        jobs.add(self._connection, job)

    def one(self, name: str) -> Job | None:
        """The job with this id; None when there is none."""
        return jobs.one(self._connection, name)

    def every(self, *, person: str = "", limit: int = 100) -> tuple[Job, ...]:
        """Jobs, those that are open first, then the newest; of one person, when one is given."""
        return jobs.every(self._connection, person=person, limit=limit)

    def of_recording(self, sha256: str) -> Job | None:
        """The open job of this recording; None when there is none."""
        return jobs.of_recording(self._connection, sha256)

    def any_to_take(self, *, stale: datetime) -> bool:
        """Whether there is a job to take, for a look that locks nothing."""
        return jobs.any_to_take(self._connection, stale=stale)

    def take(self, *, at: datetime, stale: datetime) -> Job | None:
        """The next job, now being worked on; one that nobody has worked on since `stale` is taken up again."""
        return jobs.take(self._connection, at=at, stale=stale)

    def retry(self, name: str, *, at: datetime) -> bool:
        """Let a job that failed wait once more; False when it has not failed."""
        return jobs.retry(self._connection, name, at=at)

    def wait_again(self, name: str, *, at: datetime) -> None:
        """Let a job whose work was broken off wait for the next worker."""
        jobs.wait_again(self._connection, name, at=at)

    def beat(self, name: str, *, at: datetime) -> bool:
        """Note that somebody works on a job; False when it has ended."""
        return jobs.beat(self._connection, name, at=at)

    def progress(self, name: str, *, at: datetime, stage: str, share: float) -> bool:
        """Note how far a job is; False when it is not being worked on any more."""
        return jobs.progress(self._connection, name, at=at, stage=stage, share=share)

    def finish(self, name: str, *, at: datetime, state: JobState, message: str = "") -> bool:
        """End a job that is open; False when it had ended already, which stands."""
        return jobs.finish(self._connection, name, at=at, state=state, message=message)
