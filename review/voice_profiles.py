"""Officers' voice profiles: made from a recording of one officer who consented in writing, and compared with voices.

A civilian's voice is compared while a recording is processed, as every voice in it is, and never kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from review import media, speakers
from review.encounter import Span, Turn, VoiceProfile
from review.errors import WrongUse
from review.sound import Track

LEAST_SPEECH = 20.0  # seconds of the officer's own speech that a profile is made from
# Cosine from which a voice may be the enrolled officer's; unrelated voices reached 0.61, the same voice elsewhere had
# 0.84 and more (docs/decisions/0004-speakers.md).
LIKE = 0.74
ENOUGH = 3.0  # seconds of a voice below which it is like nobody in particular


def enrol(recording: Path, officer: str, *, consent: Path, by: str, at: datetime) -> VoiceProfile:
    """The profile of the one officer who speaks in `recording`; raises WrongUse when it is not fit, UnreadableMedia.

    Of the consent, a file, its name and checksum are kept, so that it can be found again.
    """
    if not consent.is_file():
        raise WrongUse(f"{consent} is not there: a voice profile needs the officer's written consent, as a file")
    with media.decoded(recording) as sound:
        voices = speakers.diarize(sound.samples)
        people = {voice.label for voice in voices}
        spoken = sum(voice.span.seconds for voice in voices)
        if len(people) != 1 or spoken < LEAST_SPEECH:
            raise WrongUse(
                f"{recording.name} has {len(people)} voices and {spoken:.0f} seconds of speech; "
                f"a profile is made from one officer who speaks alone for at least {LEAST_SPEECH:.0f} seconds"
            )
        direction = speakers.signature(sound.samples, [voice.span for voice in voices])
    return VoiceProfile(
        officer=officer,
        consent=consent.name,
        consent_sha256=media.checksum(consent),
        made_from=media.checksum(recording),
        model=_model(),
        added_by=by,
        added_at=at,
        direction=tuple(round(float(number), 6) for number in direction),
    )


def alike(turns: Sequence[Turn], track: Track, *, profiles: Sequence[VoiceProfile]) -> dict[str, tuple[str, float]]:
    """The speakers who sound like an enrolled officer, each with that officer's id and the cosine, 1 for the same.

    Profiles that another model made are passed over: their numbers mean something else.
    """
    usable = [profile for profile in profiles if profile.model == _model()]
    if not usable:
        return {}
    said: dict[str, list[Span]] = {}
    for turn in turns:
        said.setdefault(turn.speaker, []).append(turn.span)
    found = {}
    for speaker, spans in sorted(said.items()):
        if sum(span.seconds for span in spans) < ENOUGH:
            continue
        direction = speakers.signature(track, spans)
        likeness, officer = max(
            (speakers.likeness(direction, np.asarray(one.direction, np.float32)), one.officer) for one in usable
        )
        if likeness >= LIKE:
            found[speaker] = (officer, round(likeness, 2))
    return found


def outdated(profiles: Iterable[VoiceProfile]) -> tuple[str, ...]:
    """The officers whose profile was made by another model, and who must be enrolled again."""
    return tuple(profile.officer for profile in profiles if profile.model != _model())


def _model() -> str:
    return next(use.sha256 for use in speakers.models() if use.job == "voices")
