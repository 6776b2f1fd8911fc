"""Sounds of the street without a word, made by formula with fixed seeds, and noise laid over speech."""

from __future__ import annotations

import numpy as np

from review import sound
from review.sound import SAMPLE_RATE, Samples


def with_noise(track: Samples, snr: float, *, seed: int) -> Samples:
    """The track with noise like a street's, so many dB under its speech."""
    loud = 10 ** ((active(track) - snr) / 20)
    return np.clip(track + loud * rumble(len(track), seed=seed), -1, 1).astype(np.float32)


def active(samples: Samples) -> float:
    """The level in dBFS of the frames within 25 dB of the loudest, as samples/README.md states levels."""
    levels = sound.levels(samples).astype(np.float64)
    power = 10 ** (levels[levels > levels.max() - 25] / 10)
    return float(10 * np.log10(power.mean()))


def rumble(length: int, *, seed: int) -> Samples:
    """Pink noise at an RMS of 1."""
    draws = np.random.default_rng(seed).standard_normal(length)
    spectrum = np.fft.rfft(draws)
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(length, 1 / SAMPLE_RATE), 20.0))
    pink = np.fft.irfft(spectrum, length)
    return (pink / np.sqrt(np.mean(pink**2))).astype(np.float32)


def siren(seconds: float) -> Samples:
    """A wail between 600 and 1500 Hz over hiss."""
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(1050 + 450 * np.sin(2 * np.pi * 0.25 * at)) / SAMPLE_RATE
    return (0.1 * np.sin(phase) + 0.03 * np.sin(2 * phase) + 0.01 * rumble(len(at), seed=2)).astype(np.float32)


def wind(seconds: float) -> Samples:
    """Pink noise in gusts."""
    length = round(seconds * SAMPLE_RATE)
    gusts = 1 + 0.8 * np.sin(2 * np.pi * 0.17 * np.arange(length) / SAMPLE_RATE)
    return (0.06 * gusts * rumble(length, seed=3)).astype(np.float32)


def motor(seconds: float) -> Samples:
    """Harmonics of about 30 Hz that waver."""
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(30 + 3 * np.sin(2 * np.pi * 0.1 * at)) / SAMPLE_RATE
    tones = sum(0.1 / part * np.sin(part * phase) for part in range(1, 30))
    return (tones + 0.01 * rumble(len(at), seed=4)).astype(np.float32)
