"""The local voices of each ten seconds of a recording, read window by window."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review.processors import cores
from review.sound import SAMPLE_RATE, Samples, Track
from review.speakers import segmentation, signatures
from review.speakers.segmentation import FRAMES, LOCALS, SHIFT, WINDOW, Activity
from review.speakers.settings import Progress

AT_ONCE = 8  # windows per worker in memory at once
LEAST_HEARD = 0.25  # seconds alone without which a local voice has no direction


@dataclass(frozen=True)
class Window:
    """Ten seconds: who speaks in each frame, and for each local voice its direction and the seconds it is alone."""

    start: int  # frames from the start of the recording
    activity: Activity  # (FRAMES, LOCALS)
    directions: NDArray[np.float32]  # (LOCALS, 192); zeros for a voice that is never alone long enough
    alone: NDArray[np.float32]  # (LOCALS,) seconds


def listen(track: Track, *, step: float, threads: int, progress: Progress | None = None) -> Iterator[Window]:
    """The windows of `track` in order, `step` seconds apart; only a few are in memory at once."""
    starts = _starts(len(track), step)
    workers = threads or cores()
    with ThreadPoolExecutor(workers) as pool:
        for at in range(0, len(starts), AT_ONCE * workers):
            some = starts[at : at + AT_ONCE * workers]
            # The track is read here and not in the workers: a file has one place at a time.
            cuts = [track[start * SHIFT : start * SHIFT + WINDOW] for start in some]
            yield from pool.map(_heard, some, cuts)
            if progress:
                progress(min(1.0, (at + len(some)) / len(starts)))


def _starts(length: int, step: float) -> list[int]:
    """The first frames of the windows; the last window reaches the end."""
    hop = max(1, round(step * SAMPLE_RATE / SHIFT))
    count = 1 + max(0, -(-(length - WINDOW) // (hop * SHIFT)))
    return [number * hop for number in range(count)]


def _heard(start: int, samples: Samples) -> Window:
    activity = segmentation.activity(samples)
    lone = activity & (activity.sum(axis=1, keepdims=True) == 1)
    directions = np.zeros((LOCALS, signatures.SIZE), np.float32)
    alone = np.zeros(LOCALS, np.float32)
    for voice in range(LOCALS):
        own = _chosen(samples, lone[:, voice])
        alone[voice] = len(own) / SAMPLE_RATE
        if alone[voice] >= LEAST_HEARD:
            directions[voice] = signatures.of(own)
    return Window(start, activity, directions, alone)


def _chosen(samples: Samples, frames: NDArray[np.bool_]) -> Samples:
    """The samples of the frames that are chosen."""
    first, _ = segmentation.frame_bounds(0)
    inside = samples[first : first + FRAMES * SHIFT]
    mask = np.repeat(frames, SHIFT)[: len(inside)]
    chosen: Samples = inside[mask]
    return chosen
