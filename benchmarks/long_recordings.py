"""Long recordings with known speakers, joined from utterances of the samples that may be tuned on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from review import media
from review.encounter import Span, Voice
from review.sound import SAMPLE_RATE, Samples, cut

SAMPLES = Path(__file__).parents[1] / "samples"
MARGIN = 0.15  # seconds around an utterance that are free of other people
OVERLAPPING = 0.1  # share of the turns that begin before the last one ends
SAME = 0.5  # share by which the last speaker goes on


@dataclass(frozen=True)
class Joined:
    """A recording made of known voices."""

    samples: Samples
    voices: tuple[Voice, ...]


def cuts(names: Sequence[str]) -> dict[str, list[Samples]]:
    """The utterances of each synthetic voice in the samples of these names, those that no other person talks over."""
    found: dict[str, list[Samples]] = {}
    for name in names:
        gold = json.loads((SAMPLES / f"{name}.gold.json").read_text(encoding="utf-8"))
        sound = media.samples(SAMPLES / gold["media"])
        spans = [Span(one["start"], one["end"]) for one in gold["utterances"]]
        for one, span in zip(gold["utterances"], spans, strict=True):
            wide = Span(max(0.0, span.start - MARGIN), span.end + MARGIN)
            if sum(wide.overlap(other) > 0 for other in spans) == 1:
                found.setdefault(gold["speakers"][one["speaker"]]["voice"], []).append(cut(sound, span))
    return found


def background(names: Sequence[str]) -> Samples:
    """What is heard in the samples while nobody speaks, one piece after the other."""
    pieces = []
    for name in names:
        gold = json.loads((SAMPLES / f"{name}.gold.json").read_text(encoding="utf-8"))
        sound = media.samples(SAMPLES / gold["media"])
        spans = sorted(Span(one["start"], one["end"]) for one in gold["utterances"])
        end = 0.0
        for span in spans:
            if span.start - end > 3 * MARGIN:
                pieces.append(_faded(cut(sound, Span(end + MARGIN, span.start - MARGIN))))
            end = max(end, span.end)
    return np.concatenate(pieces)


def joined(
    names: Sequence[str], voices: Sequence[str], *, minutes: float, seed: int, snr: float | None = None
) -> Joined:
    """`minutes` of talk among these voices: order, pauses, loudness (±3 dB) and pace (±2 %) drawn by `seed`.

    `snr` in dB adds pink noise; without it only the samples' own background is heard.
    """
    draw = np.random.default_rng(seed)
    length = round(minutes * 60 * SAMPLE_RATE)
    cast = {voice: said for voice, said in cuts(names).items() if voice in voices}
    assert sorted(cast) == sorted(voices), sorted(cast)
    sound = np.resize(background(names), length) * 0.7
    spans: list[Voice] = []
    at, who = 1.0, voices[0]
    while True:
        if draw.random() > SAME:
            who = voices[int(draw.integers(len(voices)))]
        said = _varied(cast[who][int(draw.integers(len(cast[who])))], draw)
        talks_over = bool(spans) and spans[-1].label != who and draw.random() < OVERLAPPING
        start = spans[-1].span.end - min(0.8, spans[-1].span.seconds / 2) if talks_over else at
        first = round(start * SAMPLE_RATE)
        if first + len(said) + SAMPLE_RATE > length:
            break
        sound[first : first + len(said)] += said
        spans.append(Voice(who, Span(start, start + len(said) / SAMPLE_RATE)))
        at = max(at, spans[-1].span.end) + 0.1 + float(draw.exponential(0.5))
    if snr is not None:
        power = float(np.mean(np.square(np.concatenate([one for said in cast.values() for one in said]))))
        sound += _pink(length, draw) * np.sqrt(power / 10 ** (snr / 10))
    return Joined(np.clip(sound, -1, 1).astype(np.float32), tuple(spans))


def _faded(samples: Samples, seconds: float = 0.02) -> Samples:
    ramp = np.ones(len(samples), np.float32)
    size = min(round(seconds * SAMPLE_RATE), len(samples) // 2)
    ramp[:size] = np.linspace(0, 1, size)
    ramp[len(ramp) - size :] = np.linspace(1, 0, size)
    return (samples * ramp).astype(np.float32)


def _varied(samples: Samples, draw: Generator) -> Samples:
    pace = 1 + float(draw.uniform(-0.02, 0.02))
    at = np.arange(0, len(samples) - 1, pace)
    loud = 10 ** (float(draw.uniform(-3, 3)) / 20)
    return _faded((np.interp(at, np.arange(len(samples)), samples) * loud).astype(np.float32))


def _pink(length: int, draw: Generator) -> NDArray[np.float32]:
    """Noise of power 1 that falls by 3 dB an octave, a minute of it repeated."""
    size = min(length, 60 * SAMPLE_RATE)
    spectrum = np.fft.rfft(draw.standard_normal(size))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    noise = np.fft.irfft(spectrum, size)
    return np.resize(noise / np.sqrt(np.mean(noise**2)), length).astype(np.float32)
