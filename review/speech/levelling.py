"""Quiet and loud speech brought to one level before it is recognised: Whisper loses whole lines of a far person.

Voice activity, energy and everything after recognition use the sound as it was recorded.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from review import sound
from review.sound import FRAME, SAMPLE_RATE, Samples

TARGET = -23.0  # dBFS that the loudest part of each second comes to
MOST_UP = 15.0  # decibels; a far person is 10 to 15 dB quieter than the wearer
MOST_DOWN = -6.0  # decibels
NOTHING_THERE = -50.0  # dBFS below which nothing is made louder
AROUND = 1.0  # seconds whose loudest part counts at each moment


def levelled(samples: Samples) -> Samples:
    """The samples with a gain that changes slowly, so that near and far people are about equally loud."""
    frame = round(FRAME * SAMPLE_RATE)
    levels = sound.levels(samples)
    if not len(levels):
        return samples
    gains = _gains(levels)
    at = np.arange(len(samples), dtype=np.float32) / frame - 0.5
    gain = np.interp(at, np.arange(len(gains)), gains).astype(np.float32)
    return np.clip(samples * np.float32(10) ** (gain / 20), -1.0, 1.0).astype(np.float32)


def _gains(levels: NDArray[np.float32]) -> NDArray[np.float64]:
    """Decibels to add at each frame."""
    width = round(AROUND / FRAME)
    loud = _loudest(_mean(levels, np.ones(5)), width)  # over 0.1 s, so that one click is not the loudest part
    sigma = width / 2
    bell = np.exp(-0.5 * (np.arange(-4 * sigma, 4 * sigma + 1) / sigma) ** 2)
    slow = _mean(loud, bell)
    gains = np.clip(TARGET - slow, MOST_DOWN, MOST_UP)
    found: NDArray[np.float64] = np.where(slow < NOTHING_THERE, np.minimum(gains, 0.0), gains)
    return found


def _mean(values: NDArray[np.float32], weights: NDArray[np.float64]) -> NDArray[np.float32]:
    half = len(weights) // 2
    padded = np.pad(values, half, mode="edge")
    return np.convolve(padded, weights / weights.sum(), mode="valid").astype(np.float32)


def _loudest(values: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    half = width // 2
    padded = np.pad(values, half, mode="edge")
    found: NDArray[np.float32] = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1).max(axis=1)
    return found
