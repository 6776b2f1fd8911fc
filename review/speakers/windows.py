"""Which local voices speak in each ten seconds of a recording, read window by window."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from review.processors import cores
from review.sound import SAMPLE_RATE, Samples, Track
from review.speakers import segmentation
from review.speakers.segmentation import SHIFT, WINDOW, Activity
from review.speakers.settings import Progress

AT_ONCE = 8  # windows per worker in memory at once


@dataclass(frozen=True)
class Window:
    """Ten seconds, and who speaks in each frame of them."""

    start: int  # frames from the start of the recording
    activity: Activity  # (FRAMES, LOCALS)


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
    return Window(start, segmentation.activity(samples))
