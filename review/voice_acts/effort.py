"""How loud, how high and how fast each part of talk is against the same speaker's own normal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from review.encounter import Span, VoiceAct, VoiceActKind
from review.sound import FRAME
from review.voice_acts.hearing import Bools, Floats, Heard
from review.voice_acts.parts import Part

Numbers = NDArray[np.float64]

NEARBY = 10.0  # seconds before and after in which the background is as it is under the words
AROUND_TALK = 0.2  # seconds around talk that are no background: word times are early or late by as much
LOW_FRAMES = 10.0  # percentile of the frames between and within words that is background, or nothing louder than it
CLEAR = 3.0  # decibels that a band must stand over the background to be measured
FEWEST_BANDS = 4  # of eight; with fewer, what is loud may not be the voice
VOICED_SECONDS = 0.3  # of voice that a part must have, alone, to be measured
# Semitones; the loudest shouts double the pitch (Andersson et al. 1996). What is higher is another's voice, given to
# this speaker in error, or an error of pitch.
OCTAVE = 12.0
SPREAD = 8.0  # semitones between the quartiles of a sentence's pitch; a siren mixed into a voice makes it more
LEAST_RATED = 2.0  # seconds that a part must last to have a rate: word times are wrong by a tenth of that


@dataclass(frozen=True)
class Measured:
    """What was measured of a stretch; nan where it is not known."""

    levels: Numbers  # dB by band, shape (bands,)
    semitones: float  # over 1 Hz
    seconds: float  # of clean voice that this was measured on


@dataclass(frozen=True)
class Scene:
    """The recording as it was heard, who may be listened to where, and where nobody speaks."""

    heard: Heard
    alone: Mapping[str, Bools]  # by speaker: the frames in which no other voice is heard
    quiet: Bools

    def measure(self, speaker: str, span: Span) -> Measured:
        """The loudness and pitch of this speaker's voice in `span`, with the background taken out."""
        frames = self.heard.frames(span)
        power = self.heard.power[frames].astype(np.float64)
        noise = self._background(span)
        voiced = (self.heard.pitch[frames] > 0) & self.alone[speaker][frames]
        voiced &= power.sum(axis=1) > noise.sum() * _ratio(CLEAR)
        seconds = float(voiced.sum()) * FRAME
        if seconds < VOICED_SECONDS:
            return Measured(np.full(power.shape[1], np.nan), float("nan"), 0.0)
        level = np.median(power[voiced], axis=0)
        voice = np.where(level > noise * _ratio(CLEAR), level - noise, np.nan)
        return Measured(10 * np.log10(voice), _pitch(self.heard.pitch[frames][voiced]), seconds)

    def _background(self, span: Span) -> Numbers:
        """Power by band of what sounds under the words of `span`: as between talk nearby, or as between the words."""
        within = self.heard.power[self.heard.frames(span)]
        floor = np.percentile(within, LOW_FRAMES, axis=0) if len(within) else np.zeros(self.heard.power.shape[1])
        around = self.heard.frames(Span(max(0.0, span.start - NEARBY), span.end + NEARBY))
        between = self.heard.power[around][self.quiet[around]]
        if len(between) * FRAME < VOICED_SECONDS:
            return np.maximum(floor, 1e-12)
        return np.maximum(np.maximum(floor, np.median(between, axis=0)), 1e-12)


@dataclass(frozen=True)
class Normal:
    """How this speaker mostly speaks in this recording, and over how many seconds of speech that is known."""

    levels: Numbers
    semitones: float
    seconds: float

    def decibels(self, one: Measured) -> float:
        """How much louder `one` is, by the middle one of the bands: a siren or a gust fills some of them, not most."""
        louder = one.levels - self.levels
        known = ~np.isnan(louder)
        if known.sum() < FEWEST_BANDS:
            return float("nan")
        # Other vowels move single bands by 10 dB, but then not the sum of all; what is louder moves both.
        whole = _sum(one.levels[known]) - _sum(self.levels[known])
        return min(float(np.median(louder[known])), whole)


def raised(
    parts: Sequence[Part], scene: Scene, *, decibels: float, semitones: float, least: float
) -> Iterator[VoiceAct]:
    """Each stretch of a turn in which its speaker is louder or higher than normal by so much."""
    for speaker in sorted({part.speaker for part in parts}):
        own = [part for part in parts if part.speaker == speaker]
        measures = [scene.measure(speaker, part.span) for part in own]
        normal = _normal(own, measures)
        if normal.seconds < least:
            continue

        def is_raised(one: Measured, normal: Normal = normal) -> bool:
            return normal.decibels(one) >= decibels or semitones <= one.semitones - normal.semitones <= OCTAVE

        runs = groupby(zip(own, measures, strict=True), lambda pair: (pair[0].turn, is_raised(pair[1])))
        for (_, up), run in runs:
            if up:
                told = list(run)
                span = Span(told[0][0].span.start, max(part.span.end for part, _ in told))
                whole = scene.measure(speaker, span)
                # One part by level and the next by pitch need not be raised as a whole: then each has its own values.
                yield from (
                    [_raised(speaker, span, whole, normal)]
                    if is_raised(whole)
                    else [_raised(speaker, part.span, one, normal) for part, one in told]
                )


def fast(parts: Sequence[Part], *, times: float, least: float) -> Iterator[VoiceAct]:
    """Each part spoken so many times as fast as its speaker mostly does, in syllables per second."""
    rated = [part for part in parts if part.span.seconds >= LEAST_RATED]
    for speaker in sorted({part.speaker for part in rated}):
        own = [part for part in rated if part.speaker == speaker]
        seconds = np.array([part.span.seconds for part in own])
        rates = np.array([part.syllables for part in own]) / seconds
        if seconds.sum() < least:
            continue
        median = weighted_median(rates, seconds)
        for part, rate in zip(own, rates, strict=True):
            if rate >= times * median:
                values = {
                    "syllables_per_second": round(float(rate), 1),
                    "own_median": round(median, 1),
                    "words_per_second": round(len(part.words) / part.span.seconds, 1),
                    "seconds_of_speech": round(float(seconds.sum()), 1),
                }
                yield VoiceAct(VoiceActKind.FAST_SPEECH, part.span, speaker, values)


def weighted_median(values: Numbers, weights: Numbers) -> float:
    """The value that half of the weight lies at or below; nan is left out.

    >>> weighted_median(np.array([1.0, 5.0, 9.0]), np.array([1.0, 1.0, 3.0]))
    9.0
    """
    known = ~np.isnan(values)
    if not known.any():
        return float("nan")
    order = np.argsort(values[known], kind="stable")
    so_far = np.cumsum(weights[known][order])
    return float(values[known][order][np.searchsorted(so_far, so_far[-1] / 2)])


def _normal(own: Sequence[Part], measures: Sequence[Measured]) -> Normal:
    weights = np.array([one.seconds for one in measures])
    levels = np.array([one.levels for one in measures])
    return Normal(
        np.array([weighted_median(band, weights) for band in levels.T]),
        weighted_median(np.array([one.semitones for one in measures]), weights),
        sum(part.span.seconds for part, one in zip(own, measures, strict=True) if one.seconds),
    )


def _raised(speaker: str, span: Span, one: Measured, normal: Normal) -> VoiceAct:
    values = {
        "decibels": _known(normal.decibels(one)),
        "semitones": _known(one.semitones - normal.semitones),
        "seconds_of_speech": round(normal.seconds, 1),
    }
    return VoiceAct(VoiceActKind.RAISED_VOICE, span, speaker, values)


def _pitch(hertz: Floats) -> float:
    """The middle pitch in semitones over 1 Hz; nan when half of it lies too far apart to be one voice's."""
    low, middle, high = np.percentile(12 * np.log2(hertz), (25, 50, 75))
    return float(middle) if high - low <= SPREAD else float("nan")


def _sum(levels: Numbers) -> float:
    return float(10 * np.log10(np.sum(10 ** (levels / 10))))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 1)


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 10))
