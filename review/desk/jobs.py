"""Uploads and jobs at a desk: a new recording is kept, waits its turn, is processed, or is told why it cannot be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from review import access
from review.access import Action, ViewerRole
from review.desk.desk import Desk
from review.errors import Refused, UnknownRecording, UnreadableMedia
from review.pipeline import AUDIO_SUFFIXES, VIDEO_SUFFIXES
from review.store import Job, JobState

SUFFIXES = tuple(sorted(AUDIO_SUFFIXES | VIDEO_SUFFIXES))
PROBE_SECONDS = 60.0  # for a look at what a file is, and a second more for each of these bytes
PROBE_BYTES = 20_000_000
MOST_NAME = 200  # characters of a file's name that are kept
LIMIT_VARIABLE = "BODYCAM_REVIEW_MAX_UPLOAD_GB"
LIMIT_GB = 8.0
KEPT_FREE = 2 << 30  # bytes that stay free for the database and playable copies
# Shares of the work's time, measured on a 2-core machine; the same as the command line's bar shows.
STAGES = {"reading": (0.0, 0.0), "words": (0.0, 0.65), "voices": (0.65, 0.3), "behaviours": (0.95, 0.05)}
UNREADABLE_IN_TIME = (
    "It could not be looked at in time, so it was not taken. It may be damaged; play it on this computer, and send it "
    "again if it plays."
)


@dataclass(frozen=True)
class Whose:
    """Whose recording it is, as the person who sends it says."""

    wearer: str = ""
    unit: str = ""
    others: tuple[str, ...] = ()


def limit_bytes() -> int:
    """How large a recording that is sent may be."""
    return int(float(os.environ.get(LIMIT_VARIABLE) or LIMIT_GB) * 1e9)


def officers(desk: Desk) -> tuple[str, ...]:
    """The ids of officers to choose from for whoever adds recordings; a supervisor's own unit's."""
    desk.require(Action.UPLOAD)
    unit = desk.viewer.unit if desk.viewer.role == ViewerRole.SUPERVISOR else None
    with desk.store.register() as register:
        return register.wearers(unit)


def units(desk: Desk) -> tuple[str, ...]:
    """The units to choose from for whoever adds recordings."""
    desk.require(Action.UPLOAD)
    with desk.store.register() as register:
        return register.units()


def may_send(desk: Desk, whose: Whose) -> None:
    """Raise Refused when this person may not add recordings, or not those of that unit."""
    desk.require(Action.UPLOAD)
    if desk.viewer.role == ViewerRole.SUPERVISOR and whose.unit != desk.viewer.unit:
        why = "You can add recordings of your own unit; ask internal affairs or an administrator for others."
        desk.log(Action.UPLOAD, outcome="refused", why=why, unit=whose.unit)
        raise Refused(why)


def check_name(name: str) -> str:
    """The ending of a file's name; raises UnreadableMedia for one that no recording has."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise UnreadableMedia(
            f"“{name[:MOST_NAME]}” is no video or sound file that can be read here. Files that can: "
            f"{', '.join(one.removeprefix('.') for one in SUFFIXES)}."
        )
    return suffix


def room_for(folder: Path, size: int) -> None:
    """Raise Refused when the disk has no room for so many bytes."""
    free = shutil.disk_usage(folder).free - KEPT_FREE
    if size > free:
        raise Refused(
            f"There is no room for it: it needs {size / 1e9:.1f} GB, and {max(0, free) / 1e9:.1f} GB are left. "
            "Ask whoever looks after this computer to free some space."
        )


def known(desk: Desk, sha256: str) -> str:
    """What to tell somebody who sends a recording that is here already; empty when it is not."""
    with desk.store.register() as register:
        waiting = register.jobs.of_recording(sha256)
    if waiting is not None:
        return "The same recording was sent before and is being processed."
    if not desk.store.has(sha256):
        return ""
    try:
        name = desk.store.encounter(sha256).recording.name if desk.may(Action.LIST, sha256) else ""
    except UnknownRecording:
        name = ""
    return f"The same recording is here already{f', as “{name}”' if name else ''}. It was not added again."


def look_into(path: Path) -> None:
    """Look in a process of its own whether the file is a recording; raises UnreadableMedia with what to do."""
    seconds = PROBE_SECONDS + path.stat().st_size / PROBE_BYTES
    try:
        told = subprocess.run(
            [sys.executable, "-m", "review.desk.probing", str(path)],
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableMedia(UNREADABLE_IN_TIME) from error
    if told.returncode == 0:
        return
    try:
        why = str(json.loads(told.stdout)["error"])
    except (ValueError, KeyError) as error:
        raise UnreadableMedia("It could not be read as video or sound; the file may be damaged.") from error
    raise UnreadableMedia(why)


def add(desk: Desk, path: Path, *, name: str, sha256: str, whose: Whose) -> Job:
    """Keep a recording that was sent as a job that waits; raises Refused."""
    may_send(desk, whose)
    now = desk.clock()
    shown = " ".join(name.split())[:MOST_NAME] or path.name
    job = Job(str(uuid4()), shown, path, desk.viewer.user, whose.wearer, whose.unit, whose.others, sha256, now, now)
    told: dict[str, Any] = {"name": shown, "wearer": whose.wearer, "unit": whose.unit, "others": list(whose.others)}
    with desk.store.casebook(write=True) as book:
        book.jobs.add(job)
        desk.log_in(book, Action.UPLOAD, sha256, **told)
    return job


def mine(desk: Desk, *, limit: int = 50) -> tuple[Job, ...]:
    """The jobs that this person may see: their own, or all for who looks after the program."""
    desk.require(Action.UPLOAD)
    everybody = desk.viewer.role in {ViewerRole.ADMIN, ViewerRole.INTERNAL_AFFAIRS}
    with desk.store.register() as register:
        return register.jobs.every(person="" if everybody else desk.viewer.user, limit=limit)


def cancel(desk: Desk, name: str) -> None:
    """End a job that is not done; what was sent is deleted. Raises Refused."""
    job = _job(desk, name)
    with desk.store.casebook(write=True) as book:
        ended = book.jobs.finish(name, at=desk.clock(), state=JobState.CANCELLED, message="Cancelled.")
        if ended:
            desk.log_in(book, "cancel_job", job.recording, name=job.name)
    if ended and job.state is JobState.WAITING:
        job.path.unlink(missing_ok=True)


def again(desk: Desk, name: str) -> None:
    """Let a job that failed wait once more; raises Refused when its file is gone."""
    job = _job(desk, name)
    with desk.store.casebook(write=True) as book:
        if not job.path.is_file() or not book.jobs.retry(name, at=desk.clock()):
            raise Refused("The file that was sent is not here any more; send it again.")
        desk.log_in(book, "retry_job", job.recording, name=job.name)


def may_open(desk: Desk, job: Job) -> bool:
    """Whether this person may open the recording that came of it."""
    return job.state is JobState.DONE and access.may(desk.viewer, Action.LIST).allowed and _listed(desk, job)


def seconds_left(job: Job, now: datetime) -> float | None:
    """How long a job's work will take still, from how long it took so far; None while that says nothing."""
    if job.began_at is None or job.share < 0.1:
        return None
    worked = (now - job.began_at).total_seconds()
    return worked * (1 - job.share) / job.share


def share_of(stage: str, share: float) -> float:
    """The share of the whole work that is done, from the share of its stage.

    >>> round(share_of("voices", 0.5), 2)
    0.8
    """
    before, length = STAGES.get(stage, (0.0, 0.0))
    return before + length * share


def _job(desk: Desk, name: str) -> Job:
    found = [job for job in mine(desk, limit=1000) if job.id == name]
    if not found:
        raise Refused("There is no such upload of yours.")
    return found[0]


def _listed(desk: Desk, job: Job) -> bool:
    try:
        return desk.may(Action.LIST, job.recording).allowed
    except UnknownRecording:
        return False


def called(told: str, path: Path, name: str) -> str:
    """What is told of a file by the name that the person knows, not by the one that the program gave it.

    >>> called("/kept/ab12.mp4 has no audio track", Path("/kept/ab12.mp4"), "stop.mp4")
    'stop.mp4 has no audio track'
    """
    return told.replace(str(path), name).replace(path.name, name)


def others_of(text: str) -> tuple[str, ...]:
    """Ids that are divided by commas."""
    return tuple(sorted({one.strip() for one in text.split(",") if one.strip()}))
