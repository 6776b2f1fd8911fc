"""Who speaks when, and whose words are whose.

`diarize` reads the sound in windows of ten seconds: in each, a network tells up to three local voices apart
(`segmentation`), and another gives the direction of each (`signatures`); all of them are grouped into people once, at
the end (`grouping`), and laid over one another on one time line (`joining`). `attribute` gives each word its speaker.
Directions of voices never leave `diarize`: they are biometric, and those of civilians are not kept.
"""

from __future__ import annotations

from collections.abc import Callable

from review.encounter import ModelUse, Voice
from review.seams import named
from review.sound import SAMPLE_RATE, Track
from review.speakers import windowed, with_pyannote
from review.speakers.attribution import ONLY_SPEAKER, attribute
from review.speakers.settings import Progress, Settings
from review.speakers.signatures import Signature, likeness, signature

__all__ = [
    "DIARIZERS", "ONLY_SPEAKER", "Diarizer", "Settings", "Signature", "attribute", "diarize", "likeness", "models",
    "signature",
]  # fmt: skip

DEFAULTS = Settings()

Diarizer = Callable[[Track, Settings, Progress | None], tuple[Voice, ...]]

DIARIZERS: dict[str, Diarizer] = {"windowed": windowed.diarize, "pyannote": with_pyannote.diarize_with_pyannote}


def diarize(track: Track, settings: Settings = DEFAULTS, *, progress: Progress | None = None) -> tuple[Voice, ...]:
    """The stretches in which each voice speaks, overlaps included; labels S1, S2 … in the order of first hearing.

    Needs the memory of some ten-second windows and little for each hour more. Raises MissingModel or AlteredModel when
    a model cannot be used, WrongUse when there is no diarizer of the name that the settings give.
    """
    chosen = named(settings.diarizer, DIARIZERS, what="diarizer")
    if len(track) < SAMPLE_RATE * settings.shortest:
        return ()
    return chosen(track, settings, progress)


def models(settings: Settings = DEFAULTS) -> tuple[ModelUse, ...]:
    """The models that `diarize` uses with these settings, for provenance."""
    if settings.diarizer == "windowed":
        return windowed.models()
    if settings.diarizer == "pyannote":
        return with_pyannote.models()
    return (ModelUse("voices", settings.diarizer, ""),)
