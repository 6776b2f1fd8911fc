"""One page of the library: each recording with its counts, in a fixed number of queries however long the page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, Row, exists, false, func, or_, select, true, tuple_

from review.access import Reach
from review.casework import Kind
from review.encounter import Direction, Role, Standing, Status, Verdict, standing
from review.store import verdicts as kept
from review.store.tables import acts, encounters, flags, recordings, whose


@dataclass(frozen=True)
class Count:
    """How many flags the machine marked, how many it is unsure of, and how many people have verified.

    Other officers' flags are not among them: they never enter the figures of who wears the camera.
    """

    marked: int = 0
    unsure: int = 0
    verified: int = 0


@dataclass(frozen=True)
class Entry:
    """One recording as the library lists it."""

    sha256: str
    name: str
    seconds: float
    recorded_at: datetime | None
    added_at: datetime
    language: str
    has_video: bool
    words: int
    speakers: int
    counts: Mapping[Direction, Count] = field(default_factory=dict)


EVERYTHING = Reach(everything=True)


def within(reach: Reach, recording: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the recording with this sha256 is one that `reach` can hold."""
    if reach.everything:
        return true()
    ways: list[ColumnElement[bool]] = [false()]
    if reach.unit == "":
        ways.append(~exists().where(whose.c.recording == recording, whose.c.unit != ""))
    elif reach.unit is not None:
        ways.append(exists().where(whose.c.recording == recording, whose.c.unit == reach.unit))
    if reach.wearer:
        ways.append(exists().where(whose.c.recording == recording, whose.c.wearer == reach.wearer))
    if reach.assigned_to:
        taken = acts.alias("taken")
        ways.append(
            exists().where(
                acts.c.recording == recording,
                acts.c.kind == Kind.ASSIGN.value,
                acts.c.about == reach.assigned_to,
                ~exists().where(taken.c.about == acts.c.id, taken.c.kind == Kind.UNASSIGN.value),
            )
        )
    return or_(*ways)


def count(connection: Connection, reach: Reach = EVERYTHING) -> int:
    """How many recordings there are within reach."""
    query = select(func.count()).select_from(recordings).where(within(reach, recordings.c.sha256))
    return connection.scalar(query) or 0


def entries(
    connection: Connection, *, limit: int, offset: int, hidden: Collection[str] = (), reach: Reach = EVERYTHING
) -> tuple[Entry, ...]:
    """The recordings in order of time, newest first, those without a recording time by when they were added.

    Flags of the behaviours that are `hidden` are not counted.
    """
    latest = select(encounters.c.recording, func.max(encounters.c.revision).label("revision")).group_by(
        encounters.c.recording
    )
    newest = latest.subquery()
    rows = connection.execute(
        select(recordings, encounters.c.revision, encounters.c.language, encounters.c.words, encounters.c.speakers)
        .join(newest, newest.c.recording == recordings.c.sha256)
        .join(
            encounters,
            (encounters.c.recording == newest.c.recording) & (encounters.c.revision == newest.c.revision),
        )
        .where(within(reach, recordings.c.sha256))
        .order_by(func.coalesce(recordings.c.recorded_at, recordings.c.added_at).desc(), recordings.c.sha256)
        .limit(limit)
        .offset(offset)
    ).all()
    counts = _counts(connection, [(row.sha256, row.revision) for row in rows], hidden)
    return tuple(_entry(row, counts.get(row.sha256, {})) for row in rows)


def _entry(row: Row[tuple[object, ...]], counts: Mapping[Direction, Count]) -> Entry:
    return Entry(
        sha256=row.sha256,
        name=row.name,
        seconds=row.seconds,
        recorded_at=datetime.fromisoformat(row.recorded_at) if row.recorded_at else None,
        added_at=datetime.fromisoformat(row.added_at),
        language=row.language,
        has_video=row.has_video,
        words=row.words,
        speakers=row.speakers,
        counts=counts,
    )


def _counts(
    connection: Connection, which: Sequence[tuple[str, int]], hidden: Collection[str]
) -> dict[str, dict[Direction, Count]]:
    rows = connection.execute(
        select(flags.c.recording, flags.c.direction, flags.c.id, flags.c.status)
        .where(
            tuple_(flags.c.recording, flags.c.revision).in_(which),
            flags.c.role != Role.OTHER_OFFICER.value,
            flags.c.behaviour.not_in(hidden),
        )
        .order_by(flags.c.recording, flags.c.direction)
    ).all()
    said = kept.by_recording(connection, [recording for recording, _ in which])
    counts: dict[str, dict[Direction, Count]] = {}
    for (recording, direction), group in groupby(rows, key=lambda row: (row.recording, row.direction)):
        found = [(row.id, Status(row.status)) for row in group]
        counts.setdefault(recording, {})[Direction(direction)] = _count(found, said.get(recording, ()))
    return counts


def _count(found: Sequence[tuple[str, Status]], said: Sequence[Verdict]) -> Count:
    judged = {verdict.flag for verdict in said}
    return Count(
        marked=sum(status is Status.FLAGGED for _, status in found),
        unsure=sum(status is Status.UNSURE for _, status in found),
        verified=sum(flag in judged and standing(flag, said) is Standing.VERIFIED for flag, _ in found),
    )
