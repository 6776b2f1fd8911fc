"""An adapter for pyannote's `speaker-diarization-community-1` (extra `pyannote`), for those with access to it.

Its weights are gated on a model hub, so in this project it was only ever run against a fake with the same interface
(pyannote.audio 4.0.7's), never with the real weights. It keeps the whole recording in memory, twice: an hour takes
about half a gigabyte besides the pipeline's own needs. Nothing is reported to pyannote's makers: their usage metrics
are switched off before the package is loaded.
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from review.encounter import ModelUse, Span, Voice
from review.errors import MissingModel
from review.sound import SAMPLE_RATE, Track, pieces, seconds
from review.speakers.settings import Progress, Settings

NAME = "pyannote/speaker-diarization-community-1"
MODEL_VARIABLE = "BODYCAM_REVIEW_PYANNOTE"  # a local copy of the pipeline's folder, for machines without a network
TOKEN_VARIABLE = "HF_TOKEN"  # of an account that has accepted the pipeline's conditions
METRICS_VARIABLE = "PYANNOTE_METRICS_ENABLED"
# Stages of the pipeline that tell how far they are; each takes about half of the time.
STAGES = {"segmentation": 0.0, "embeddings": 0.5}


def diarize_with_pyannote(track: Track, settings: Settings, progress: Progress | None = None) -> tuple[Voice, ...]:
    """Who speaks when, as pyannote's pipeline says, overlaps included; labels S1, S2 … in order of first hearing.

    Raises MissingModel when the package, the access or the network is lacking.
    """
    pipeline = _pipeline(os.environ.get(MODEL_VARIABLE) or NAME)
    import torch  # comes with pyannote.audio

    samples = np.concatenate([np.empty(0, np.float32), *pieces(track)])
    sound = {"waveform": torch.from_numpy(samples)[None], "sample_rate": SAMPLE_RATE}
    known = {} if settings.count is None else {"num_speakers": settings.count}
    found = pipeline(sound, hook=_told(progress), **known).speaker_diarization
    end = seconds(track)
    names: dict[str, str] = {}
    voices = []
    for segment, _, label in sorted(found.itertracks(yield_label=True), key=lambda one: (one[0].start, one[2])):
        if segment.start < end:
            name = names.setdefault(label, f"S{len(names) + 1}")
            voices.append(Voice(name, Span(max(0.0, segment.start), min(segment.end, end))))
    return tuple(voices)


def models() -> tuple[ModelUse, ...]:
    """The pipeline, for provenance; its files are the hub's and have no card here."""
    return (ModelUse("voices", NAME, ""),)


def _told(progress: Progress | None) -> Any:
    def hook(stage: str, *_: Any, total: int | None = None, completed: int | None = None, **__: Any) -> None:
        if progress and stage in STAGES and total and completed is not None:
            progress(min(1.0, STAGES[stage] + completed / total / len(STAGES)))

    return hook


@lru_cache(maxsize=1)
def _pipeline(name: str) -> Any:
    os.environ[METRICS_VARIABLE] = "false"
    if find_spec("pyannote") is None or find_spec("pyannote.audio") is None:
        raise MissingModel("the pyannote diarizer needs its package: pip install 'review[pyannote]'")
    from pyannote.audio import Pipeline

    try:
        pipeline = Pipeline.from_pretrained(name, token=os.environ.get(TOKEN_VARIABLE))
    except (OSError, ValueError) as error:  # the hub's errors are OSErrors, its refusal of a name a ValueError
        raise MissingModel(_advice(name, str(error).strip().splitlines()[:1])) from error
    if pipeline is None:  # how pyannote says that a hub's pipeline could not be had
        raise MissingModel(_advice(name, []))
    return pipeline


def _advice(name: str, why: list[str]) -> str:
    return (
        f"{name} could not be loaded{f' ({why[0]})' if why else ''}: accept its conditions at https://hf.co/{NAME} and "
        f"set {TOKEN_VARIABLE}, or set {MODEL_VARIABLE} to a folder with a copy of it, or use the diarizer 'windowed'"
    )
