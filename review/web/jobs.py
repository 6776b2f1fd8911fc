"""The one worker of a server: processes what was uploaded, one recording after the other, in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from review.errors import ReviewError
from review.store import Job, JobState
from review.web.shelf import Shelf

LOOK_EVERY = 1.0  # seconds between two looks for work, and at the work that goes on
BEAT_EVERY = 5.0  # seconds between two notes that somebody works on a job
STALE = 30.0  # seconds without such a note after which a job counts as left, and is taken up again
GRACE = 5.0  # seconds that a process has to end by itself
BROKEN = (
    "The program stopped while it worked on this recording{how}. Nothing else was lost, and what was heard so far is "
    "kept. Try again; if it happens once more, tell whoever looks after this program."
)
MEMORY = ", probably because there was no memory left"


def command(job: Job) -> list[str]:
    """The process that does a job."""
    return [sys.executable, "-m", "review.desk.working", job.id]


def now() -> datetime:
    """This instant in UTC."""
    return datetime.now(UTC)


class Worker:
    """A thread that looks for jobs and watches the process that does one; started and stopped with the server."""

    def __init__(
        self,
        shelf: Shelf,
        *,
        starts: Callable[[Job], Sequence[str]] = command,
        look_every: float = LOOK_EVERY,
        stale: float = STALE,
    ) -> None:
        """Take the shelf with the store, and what to start for a job."""
        self._shelf = shelf
        self._starts = starts
        self._look_every = look_every
        self._stale = stale
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="jobs")

    def start(self) -> None:
        """Begin to look for work."""
        self._thread.start()

    def stop(self) -> None:
        """End; a job that is being done waits for the next server."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=3 * GRACE)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                job = self._next()
                if job is not None:
                    self._do(job)
                    continue
            except ReviewError:
                pass  # the store is busy, or away; every page tells it, and the next look may find it again
            self._stop.wait(self._look_every)

    def _next(self) -> Job | None:
        at = now()
        stale = at - timedelta(seconds=self._stale)
        with self._shelf.store().register() as register:
            if not register.jobs.any_to_take(stale=stale):
                return None
        with self._shelf.store().register(write=True) as register:
            return register.jobs.take(at=at, stale=stale)

    def _do(self, job: Job) -> None:
        process = subprocess.Popen(self._starts(job), stdin=subprocess.PIPE, start_new_session=True)
        wanted = self._watch(process, job)
        code = _end(process)
        store = self._shelf.store()
        if self._stop.is_set():
            with store.register(write=True) as register:
                register.jobs.wait_again(job.id, at=now())
        elif not wanted:
            _drop(job, kept=store.has(job.recording))
        else:
            why = BROKEN.format(how=MEMORY if code == -signal.SIGKILL else "")
            with store.register(write=True) as register:
                register.jobs.finish(job.id, at=now(), state=JobState.FAILED, message=why)

    def _watch(self, process: subprocess.Popen[bytes], job: Job) -> bool:
        """Wait for the process; False when the job was cancelled meanwhile."""
        beat = time.monotonic()
        while process.poll() is None and not self._stop.wait(self._look_every):
            with self._shelf.store().register() as register:
                found = register.jobs.one(job.id)
            if found is not None and found.state is JobState.CANCELLED:
                return False
            if time.monotonic() - beat >= BEAT_EVERY:
                beat = time.monotonic()
                with self._shelf.store().register(write=True) as register:
                    register.jobs.beat(job.id, at=now())
        with self._shelf.store().register() as register:
            found = register.jobs.one(job.id)
        return found is None or found.state is not JobState.CANCELLED


def _end(process: subprocess.Popen[bytes]) -> int:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
    if process.stdin:
        process.stdin.close()
    return process.wait()


def _drop(job: Job, *, kept: bool) -> None:
    """Delete what was sent for a job that was cancelled, unless it is the original of a recording by now."""
    if not kept:
        Path(job.path).unlink(missing_ok=True)
