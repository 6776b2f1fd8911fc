"""The direction of a voice among voices: the one door to sherpa-onnx."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import sherpa_onnx
from numpy.typing import NDArray

from review import weights
from review.encounter import Span
from review.sound import SAMPLE_RATE, Samples, Track, cut

Signature = NDArray[np.float32]  # (192,), of length 1

SIZE = 192  # numbers of a signature
LONGEST = 30.0  # seconds of a voice that suffice to know it


def signature(track: Track, spans: Iterable[Span]) -> Signature:
    """The direction of the voice that speaks in `spans` of `track`, from their first 30 s: 192 floats of length 1.

    Only for an officer's voice profile, made with recorded written consent; nobody else's is ever kept. Raises
    ValueError when the spans hold less than a tenth of a second of sound.
    """
    heard: list[Samples] = []
    left = int(LONGEST * SAMPLE_RATE)
    for span in spans:
        part = cut(track, span)[:left]
        heard.append(part)
        left -= len(part)
        if left <= 0:
            break
    samples = np.concatenate(heard) if heard else np.empty(0, np.float32)
    if len(samples) < SAMPLE_RATE // 10:
        raise ValueError("a voice cannot be known from less than a tenth of a second")
    return of(samples)


def likeness(one: Signature, other: Signature) -> float:
    """The cosine of two signatures: 1.0 for the same direction; above about 0.7 they are likely one person's."""
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def of(samples: Samples) -> Signature:
    """The direction of the voice in `samples`, which should hold no other voice."""
    extractor = _extractor()
    stream = extractor.create_stream()
    stream.accept_waveform(SAMPLE_RATE, samples)
    stream.input_finished()
    direction = np.asarray(extractor.compute(stream), np.float32)
    unit: Signature = direction / np.linalg.norm(direction)
    return unit


@lru_cache(maxsize=1)
def _extractor() -> sherpa_onnx.SpeakerEmbeddingExtractor:
    _, model = weights.speaker_models()
    # One thread a voice: the windows of a recording are shared out over the cores (segmentation.py).
    config = sherpa_onnx.SpeakerEmbeddingExtractorConfig(model=str(model.path), num_threads=1)
    return sherpa_onnx.SpeakerEmbeddingExtractor(config)
