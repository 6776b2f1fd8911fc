"""Officers' voice profiles: kept only with a written consent, and really deleted when it is withdrawn."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select

from review.encounter import VoiceProfile
from review.errors import WrongUse
from review.store.tables import voice_profiles


def add(connection: Connection, profile: VoiceProfile) -> None:
    """Keep a profile; raises WrongUse when this officer has one, which must be deleted first."""
    if connection.scalar(select(voice_profiles.c.officer).where(voice_profiles.c.officer == profile.officer)):
        raise WrongUse(f"{profile.officer} has a voice profile; `bodycam-review voice delete` removes it first")
    values = {**vars(profile), "added_at": profile.added_at.isoformat(), "direction": json.dumps(profile.direction)}
    connection.execute(insert(voice_profiles).values(values))


def remove(connection: Connection, officer: str) -> None:
    """Delete a profile for good; raises WrongUse when there is none."""
    gone = connection.execute(delete(voice_profiles).where(voice_profiles.c.officer == officer)).rowcount
    if not gone:
        raise WrongUse(f"{officer} has no voice profile; `bodycam-review voice list` shows all")


def every(connection: Connection) -> tuple[VoiceProfile, ...]:
    """All profiles, in the order of the officers' ids."""
    rows = connection.execute(select(voice_profiles).order_by(voice_profiles.c.officer)).all()
    return tuple(map(_profile, rows))


def _profile(row: Row[tuple[object, ...]]) -> VoiceProfile:
    raw = dict(row._mapping)
    return VoiceProfile(
        **{**raw, "added_at": datetime.fromisoformat(row.added_at), "direction": tuple(json.loads(row.direction))}
    )
