"""The diarizer of this project: windows of ten seconds, local voices, one grouping at the end, one time line."""

from __future__ import annotations

from review import weights
from review.encounter import ModelUse, Voice
from review.sound import Track, seconds
from review.speakers import grouping, joining, windows
from review.speakers.settings import Progress, Settings


def diarize(track: Track, settings: Settings, progress: Progress | None = None) -> tuple[Voice, ...]:
    """Who speaks when in `track`, read ten seconds at a time; the voices' directions are forgotten on return."""
    heard = tuple(windows.listen(track, step=settings.step, threads=settings.threads, progress=progress))
    whose = grouping.people(heard, settings)
    return joining.voices(heard, whose, settings, seconds=seconds(track))


def models() -> tuple[ModelUse, ...]:
    """The models that `diarize` uses, for provenance."""
    return tuple(files.use() for files in weights.speaker_models())
