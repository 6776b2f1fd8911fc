"""Processes one uploaded recording in a process of its own: `python -m review.desk.working JOB`.

The server stays quick meanwhile, and whatever ends this process ends one job and nothing else. It ends itself when its
standard input does, which is when the server is gone.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from review import media, pipeline, policy
from review.access import Action, Viewer
from review.desk.desk import Desk
from review.desk.jobs import called, share_of
from review.encounter import Encounter
from review.errors import ReviewError
from review.store import AuditEntry, Job, JobState, Store, database_url, open_store, processing

NICE = 10  # the people who look at pages come first
TOLD_EVERY = 1.0  # seconds between two notes of the progress


class Cancelled(Exception):
    """Somebody cancelled the job, or another process has taken it up."""


def main(name: str) -> int:
    """Process the job with this id; the answer is the exit code."""
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    with suppress(AttributeError, OSError):
        os.nice(NICE)
    with open_store(database_url()) as store:
        with store.register() as register:
            job = register.jobs.one(name)
        if job is None:
            return 1
        try:
            work(store, job)
        except Cancelled:
            return 1
        except ReviewError as error:
            told = called(str(error), job.path, job.name)
            with store.register(write=True) as register:
                register.jobs.finish(name, at=pipeline.now(), state=JobState.FAILED, message=told)
            return 1
    return 0


def work(store: Store, job: Job) -> None:
    """Process the job's recording, keep it, and say whose it is; goes on where an earlier run was broken off."""
    if not store.has(job.recording):
        what = replace(media.probe(job.path), name=job.name)
        encounter = pipeline.process(
            job.path,
            pipeline.Settings(behaviours=policy.current().tagging()),
            _Telling(store, job),
            recording=what,
            unfinished=store.unfinished_folder,
            profiles=store.voice_profiles(),
        )
        store.add(encounter, job.path, at=pipeline.now(), entry=_entry(store, job, encounter))
    _say_whose(store, job)
    with store.register(write=True) as register:
        register.jobs.finish(job.id, at=pipeline.now(), state=JobState.DONE)


def _entry(store: Store, job: Job, encounter: Encounter) -> AuditEntry:
    with store.casebook() as book:
        viewer = book.viewer(job.person)
    role = viewer.role if viewer else ""
    return processing(encounter, job.name, at=pipeline.now(), source="upload", person=job.person, role=role)


class _Telling:
    """Notes in the store how far the work is, now and then; raises Cancelled when nobody wants it any more."""

    def __init__(self, store: Store, job: Job) -> None:
        self._store, self._job, self._told = store, job, ("", 0.0)

    def __call__(self, stage: str, share: float) -> None:
        if stage == self._told[0] and time.monotonic() - self._told[1] < TOLD_EVERY:
            return
        self._told = (stage, time.monotonic())
        with self._store.register(write=True) as register:
            if not register.jobs.progress(self._job.id, at=pipeline.now(), stage=stage, share=share_of(stage, share)):
                raise Cancelled


def _say_whose(store: Store, job: Job) -> None:
    """Say whose recording it is, unless somebody has done so already, as a deed of the person who sent it."""
    with store.casebook(write=True) as book:
        facts = book.facts(job.recording)
        if facts.wearer or facts.unit or facts.present or facts.held:
            return  # of a held one, only internal affairs say it, on its page
        book.set_whose(job.recording, wearer=job.wearer, unit=job.unit, others=job.others)
        viewer = book.viewer(job.person) or Viewer(job.person, job.person, "")
        desk = Desk(store, viewer, source="upload")
        told: dict[str, Any] = {"wearer": job.wearer, "unit": job.unit, "others": list(job.others)}
        desk.log_in(book, Action.SET_PRESENCE, job.recording, **told)


def _end_with_the_server() -> None:
    with suppress(OSError, ValueError):
        while sys.stdin.buffer.read(1024):
            pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
