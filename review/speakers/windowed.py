"""The diarizer of this project: windows of ten seconds, stretches of one voice, one grouping, one time line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review import weights
from review.encounter import ModelUse, Voice
from review.sound import Track, seconds
from review.speakers import grouping, joining, stretches, windows
from review.speakers.settings import Progress, Settings
from review.speakers.stretches import Talk
from review.speakers.windows import Window

LISTENING = 0.4  # share of the work that is done when all windows are read


@dataclass(frozen=True)
class Heard:
    """What the networks say of one recording; the directions are biometric and never kept."""

    windows: Sequence[Window]
    talk: Talk
    directions: NDArray[np.float64]  # (stretches of the talk, 192)
    seconds: float  # of the whole recording


def diarize(track: Track, settings: Settings, progress: Progress | None = None) -> tuple[Voice, ...]:
    """Who speaks when in `track`, read ten seconds at a time; the voices' directions are forgotten on return."""
    return told_apart(heard(track, settings, progress), settings)


def heard(track: Track, settings: Settings, progress: Progress | None = None) -> Heard:
    """The windows of `track`, read first, and the directions of its stretches, read after them."""
    report = progress or _nobody
    found = tuple(
        windows.listen(
            track, step=settings.step, threads=settings.threads, progress=lambda share: report(LISTENING * share)
        )
    )
    said = stretches.talk(found)
    directions = stretches.directions(
        track, said, threads=settings.threads, progress=lambda share: report(LISTENING + (1 - LISTENING) * share)
    )
    report(1.0)
    return Heard(found, said, directions, seconds(track))


def told_apart(heard: Heard, settings: Settings) -> tuple[Voice, ...]:
    """Who speaks when, of what was heard."""
    if not len(heard.directions):
        return ()
    said = grouping.Said(
        heard.directions, heard.talk.seconds, heard.talk.starts, grouping.pairs(heard.windows, heard.talk)
    )
    whose = grouping.people(said, settings)
    return joining.voices(heard.windows, heard.talk, whose, settings, seconds=heard.seconds)


def models() -> tuple[ModelUse, ...]:
    """The models that `diarize` uses, for provenance."""
    return tuple(files.use() for files in weights.speaker_models())


def _nobody(_: float) -> None:
    """Tell nobody."""
