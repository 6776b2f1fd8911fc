"""Sound made of numbers, words made of text, and engines that need no model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from review.encounter import Span, Word
from review.sound import SAMPLE_RATE, Samples
from review.speech import Heard, Progress, Settings


def noise(seconds: float, level: float = 0.1, *, seed: int = 1) -> Samples:
    draws = np.random.default_rng(seed).normal(0, level, int(seconds * SAMPLE_RATE))
    return draws.astype(np.float32)


def siren(seconds: float) -> Samples:
    at = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 900 + 400 * np.sin(2 * np.pi * 0.3 * at)
    tone = 0.2 * np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE)
    return (tone + 0.02 * noise(seconds)).astype(np.float32)


def wind(seconds: float) -> Samples:
    rumble = np.convolve(noise(seconds, 0.5), np.ones(200) / 200, mode="same")
    return rumble.astype(np.float32)


def engine(seconds: float) -> Samples:
    """A motor at 1,800 turns a minute: harmonics of 30 Hz that waver, over its own hiss."""
    at = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(30 + 2 * np.sin(2 * np.pi * 0.2 * at)) / SAMPLE_RATE
    tones = sum(0.1 / part * np.sin(part * phase) for part in range(1, 20))
    return (tones + noise(seconds, 0.01)).astype(np.float32)


def clicks(seconds: float) -> Samples:
    steps = 0.001 * noise(seconds)
    for at in range(0, len(steps), SAMPLE_RATE // 2):
        steps[at : at + 400] += noise(0.025, 0.3)[: len(steps[at : at + 400])]
    return steps.astype(np.float32)


def bursts(spans: Sequence[Span], seconds: float, *, level: float = 0.1, floor: float = 1e-4) -> Samples:
    """Noise at `level` over each of `spans`, and hardly anything between them."""
    sound = noise(seconds, floor)
    for span in spans:
        first = round(span.start * SAMPLE_RATE)
        loud = noise(span.seconds, level)
        sound[first : first + len(loud)] += loud[: len(sound) - first]
    return sound


def said(text: str, *, start: float = 0.0, step: float = 0.3) -> tuple[Word, ...]:
    return tuple(
        Word(word, Span(start + at * step, start + (at + 1) * step), 0.9) for at, word in enumerate(text.split())
    )


def made_up(samples: Samples, spans: Sequence[Span], *, settings: Settings, progress: Progress) -> Heard:
    """An engine that hears an arrest everywhere, whatever there is to hear."""
    progress(1.0)
    return Heard(said("You're under arrest", step=len(samples) / SAMPLE_RATE / 3), "en", 1.0, {"chunks": 1})
