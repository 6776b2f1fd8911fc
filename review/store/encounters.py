"""Encounters in the store: each revision once, with its flags and turns laid out for lists and searches."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from review.encounter import Encounter
from review.encounter_json import to_json
from review.store import tallies
from review.store.tables import encounters, flags, recordings, turns


def has(connection: Connection, sha256: str, revision: int | None) -> bool:
    """Whether this revision is kept; any of them when none is told."""
    query = select(func.count()).select_from(encounters).where(encounters.c.recording == sha256)
    if revision is not None:
        query = query.where(encounters.c.revision == revision)
    return bool(connection.scalar(query))


def add(connection: Connection, encounter: Encounter, media: Path, at: datetime) -> None:
    """Keep this revision; `media` is where the original of a recording not known yet lies."""
    recording = encounter.recording
    if not has(connection, recording.sha256, None):
        connection.execute(
            insert(recordings).values(
                sha256=recording.sha256,
                name=recording.name,
                seconds=recording.seconds,
                has_video=recording.has_video,
                bytes=recording.bytes,
                recorded_at=recording.recorded_at.isoformat() if recording.recorded_at else None,
                added_at=at.isoformat(timespec="milliseconds"),
                media=str(media.absolute()),
            )
        )
    connection.execute(
        insert(encounters).values(
            recording=recording.sha256,
            revision=encounter.revision,
            language=encounter.language,
            words=len(encounter.words),
            speakers=len(encounter.roles),
            made_at=encounter.provenance.made_at.isoformat(timespec="milliseconds"),
            body=to_json(encounter),
        )
    )
    for table, rows in ((flags, _flag_rows(encounter)), (turns, _turn_rows(encounter))):
        if rows:
            connection.execute(insert(table), rows)
    when = recording.recorded_at.isoformat() if recording.recorded_at else at.isoformat(timespec="milliseconds")
    tallies.list_encounter(connection, encounter, at=when)


def _flag_rows(encounter: Encounter) -> list[dict[str, object]]:
    return [
        {
            "recording": encounter.recording.sha256,
            "revision": encounter.revision,
            "id": flag.id,
            "behaviour": flag.behaviour,
            "direction": flag.direction.value,
            "status": flag.status.value,
            "start": flag.span.start,
            "role": flag.role.value,
        }
        for flag in encounter.flags
    ]


def _turn_rows(encounter: Encounter) -> list[dict[str, object]]:
    return [
        {
            "recording": encounter.recording.sha256,
            "revision": encounter.revision,
            "speaker": turn.speaker,
            "role": encounter.role_of(turn.speaker).role.value,
            "start": turn.span.start,
            "text": turn.text,
        }
        for turn in encounter.turns
    ]
