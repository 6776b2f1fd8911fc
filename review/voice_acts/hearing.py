"""What every 20 ms of sound holds: the pitch of a voice, if one is heard, and the power in eight bands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review.encounter import Span
from review.sound import FRAME, SAMPLE_RATE, Samples, Track

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

LOWEST, HIGHEST = 60.0, 500.0  # Hz between which a speaking or shouting voice has its pitch
WHISTLE = 1600.0  # Hz up to which a tone that repeats faster than any voice, as a siren does, is looked for
WINDOW = 768  # samples (48 ms): three periods of the lowest pitch, as Boersma (1993) asks for
FFT = 1152  # samples; holds the window and the longest period, so that the correlation does not wrap around
HEARD_BAND = (120.0, 2500.0)  # Hz from which the pitch is told; below is mostly wind, above mostly hiss
OCTAVE_COST = 0.05  # of a period's strength per octave that it is longer: two periods repeat as well as one does
VOICED = 0.5  # strength of the period from which a voice is heard (Praat's default is 0.45)
RATHER_WHISTLE = 0.92  # share of that strength at which a period too short for a voice makes the frame no voice's
GLIDE = 2.0  # semitones that a voice moves in one frame at the most; a semitone in 10 ms is already a fast slide
# Hz; each holds a part of the voice of its own, so that a siren, a gust or a hum fills some of them and not all.
BAND_EDGES = (150.0, 350.0, 550.0, 800.0, 1150.0, 1600.0, 2200.0, 3000.0, 4200.0)
BLOCK = 1500  # frames (30 s) gone through at a time
AT_ONCE = 250  # frames (5 s) whose spectra are in the processor's cache together

_HOP = round(FRAME * SAMPLE_RATE)
_EDGE = (WINDOW - _HOP) // 2  # samples that a window reaches over its frame on each side
_SHAPE = np.hanning(WINDOW).astype(np.float32)
_PITCHES = np.fft.rfftfreq(FFT, 1 / SAMPLE_RATE)
_SHORTEST, _LONGEST = round(SAMPLE_RATE / HIGHEST), round(SAMPLE_RATE / LOWEST)
_FIRST = round(SAMPLE_RATE / WHISTLE)


@dataclass(frozen=True)
class Heard:
    """A recording frame by frame; frame n begins at n x 20 ms. What was not listened to has pitch and power 0."""

    pitch: Floats  # Hz, shape (frames,); 0 where no voice is heard
    power: Floats  # shape (frames, bands), full scale squared

    def frames(self, span: Span) -> slice:
        """The frames of `span`."""
        return slice(round(span.start / FRAME), min(round(span.end / FRAME), len(self.pitch)))

    def during(self, spans: Iterable[Span], *, around: float = 0.0) -> Bools:
        """Which frames lie in one of `spans`, each made longer by `around` seconds on both sides."""
        found = np.zeros(len(self.pitch), bool)
        for span in spans:
            found[max(0, round((span.start - around) / FRAME)) : max(0, round((span.end + around) / FRAME))] = True
        return found


def listen(track: Track, spans: Sequence[Span]) -> Heard:
    """Pitch and power of the frames in and within a block of `spans`; the track is read block by block."""
    count = len(track) // _HOP
    pitch, power = np.zeros(count, np.float32), np.zeros((count, len(BAND_EDGES) - 1), np.float32)
    needed = {
        block
        for span in spans
        for block in range(int(span.start / FRAME) // BLOCK - 1, int(span.end / FRAME) // BLOCK + 2)
    }
    for block in sorted(needed):
        for first in range(max(0, block * BLOCK), min(count, (block + 1) * BLOCK), AT_ONCE):
            last = min(first + AT_ONCE, count, (block + 1) * BLOCK)
            pitch[first:last], power[first:last] = hear(_around(track, first * _HOP, last * _HOP))
    return Heard(np.where(_steady(pitch), pitch, 0.0).astype(np.float32), power)


def hear(samples: Samples) -> tuple[Floats, Floats]:
    """Pitch in Hz and power by band of each frame whose window lies in `samples`; the first begins _EDGE before."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::_HOP] * _SHAPE
    spectrum = np.fft.rfft(windows, FFT)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    scale = 2 / (FFT * float(np.square(_SHAPE).sum()))  # Parseval, so that band power is that of the sound
    edges = np.searchsorted(_PITCHES, BAND_EDGES)
    bands = np.add.reduceat(power, edges, axis=1)[:, :-1] * scale
    return _pitches(power), bands.astype(np.float32)


def _steady(pitch: Floats) -> Bools:
    """Which frames belong to three and more in a row whose pitch glides: in noise it jumps about."""
    with np.errstate(divide="ignore", invalid="ignore"):
        glides = np.abs(np.diff(12 * np.log2(pitch))) <= GLIDE  # nan and infinite steps, to and from no voice, are none
    step = np.pad(glides, 2)  # step[n + 1] leads from frame n - 1 to frame n
    return np.asarray(step[:-3] & step[1:-2] | step[1:-2] & step[2:-1] | step[2:-1] & step[3:])[: len(pitch)]


def _around(track: Track, first: int, last: int) -> Samples:
    """Samples `first`..`last` with the edges that their windows reach over; silence where the track has none."""
    start, stop = first - _EDGE, last + _EDGE
    found = track[max(0, start) : min(stop, len(track))]
    return np.pad(found, (max(0, -start), max(0, stop - len(track))))


def _correlation(power: Floats) -> Floats:
    """How alike the sound is to itself a period later, for each period in samples; 1 when it repeats exactly.

    Boersma (1993): the window's own correlation is divided out, so that long periods are not put at a disadvantage.
    """
    low, high = np.searchsorted(_PITCHES, HEARD_BAND)
    band = np.zeros_like(power)
    band[:, low:high] = power[:, low:high]
    raw = np.fft.irfft(band, FFT)[:, : _LONGEST + 2]
    window = np.fft.irfft(np.abs(np.fft.rfft(_SHAPE, FFT)) ** 2, FFT)[: _LONGEST + 2]
    found: Floats = (raw / np.maximum(raw[:, :1], 1e-12) / (window / window[0])).astype(np.float32)
    return found


def _pitches(power: Floats) -> Floats:
    alike = _correlation(power)
    before, here, after = alike[:, _FIRST - 1 : -2], alike[:, _FIRST:-1], alike[:, _FIRST + 1 :]
    peaks = np.where((here > before) & (here >= after), here, 0.0)
    periods = np.arange(_FIRST, _FIRST + peaks.shape[1])
    voice = np.where(periods >= _SHORTEST, peaks - OCTAVE_COST * np.log2(periods / _SHORTEST), 0.0)
    best = voice.argmax(axis=1)
    row = np.arange(len(best))
    strength = peaks[row, best]
    whistles = peaks[:, : _SHORTEST - _FIRST].max(axis=1) >= RATHER_WHISTLE * strength
    # The peak of a parabola through the three values: a sample is 3 % of the shortest period.
    left, middle, right = before[row, best], here[row, best], after[row, best]
    bend = left - 2 * middle + right
    shift = np.where(bend < 0, (left - right) / np.where(bend < 0, 2 * bend, 1.0), 0.0)
    voiced = (strength >= VOICED) & ~whistles
    return np.where(voiced, SAMPLE_RATE / (periods[best] + np.clip(shift, -0.5, 0.5)), 0.0).astype(np.float32)
