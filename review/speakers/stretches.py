"""The stretches in which one person speaks alone, as the windows over them agree, each with the direction of its voice.

A stretch is what a person says between two pauses or between two other people. Its direction is purer than that of a
local voice of ten seconds, in which the network sometimes hears two people as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review.processors import cores
from review.sound import SAMPLE_RATE, Samples, Track
from review.speakers import segmentation, signatures
from review.speakers.segmentation import FRAMES, SHIFT
from review.speakers.settings import Progress
from review.speakers.windows import AT_ONCE, Window

FRAME = SHIFT / SAMPLE_RATE  # seconds
PAUSE = round(0.3 / FRAME)  # frames of silence that end a stretch
LEAST = round(0.3 / FRAME)  # frames; from less the direction of a voice says nothing
LONGEST = round(8.0 / FRAME)  # frames
AGREED = 0.5  # share of the windows over a place that must hear the local voice change there
JITTER = 6  # frames on each side within which windows mean the same change

Frames = NDArray[np.int64]


@dataclass(frozen=True)
class Talk:
    """How many people speak in each frame, and the stretches in which one speaks alone, in order of time."""

    at_once: Frames  # (frames,)
    starts: Frames  # (n,) first frame of each stretch
    ends: Frames  # (n,) the frame after its last

    @property
    def seconds(self) -> NDArray[np.float64]:
        """(n,) seconds of each stretch in which somebody speaks, pauses left out."""
        before = np.concatenate(([0], np.cumsum(self.at_once == 1)))
        return (before[self.ends] - before[self.starts]) * FRAME


def talk(windows: Sequence[Window]) -> Talk:
    """The stretches of all windows together; there is at least one window."""
    length = windows[-1].start + FRAMES
    over = np.zeros(length, np.uint16)
    heard = np.zeros(length, np.uint16)
    changes = np.zeros(length)
    for window in windows:
        frames = slice(window.start, window.start + FRAMES)
        over[frames] += 1
        heard[frames] += window.activity.sum(axis=1, dtype=np.uint16)
        changes[frames] += _changes(window)
    at_once = np.rint(heard / np.maximum(over, 1)).astype(np.int64)
    bounds = list(_bounds(at_once, _places(changes / np.maximum(over, 1) >= AGREED, changes)))
    starts, ends = np.array([*bounds], np.int64).reshape(-1, 2).T
    return Talk(at_once, starts, ends)


def _changes(window: Window) -> NDArray[np.float64]:
    """(FRAMES,) 1.0 near each place where another local voice goes on, else 0.0."""
    marks = np.zeros(FRAMES)
    alone = np.flatnonzero(window.activity.sum(axis=1) == 1)
    who = window.activity[alone].argmax(axis=1)
    for at in np.flatnonzero((who[1:] != who[:-1]) & (np.diff(alone) <= PAUSE)):
        middle = (alone[at] + alone[at + 1] + 1) // 2
        marks[max(0, middle - JITTER) : middle + JITTER + 1] = 1
    return marks


def _places(agreed: NDArray[np.bool_], changes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The one frame of each agreed change, the middle of where most windows have it."""
    places = np.zeros(len(agreed), np.bool_)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], agreed, [False])).astype(np.int8)))
    for start, end in edges.reshape(-1, 2).tolist():
        most = np.flatnonzero(changes[start:end] == changes[start:end].max())
        places[start + int(np.median(most))] = True
    return places


def _bounds(at_once: Frames, changes: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """The stretches that are long enough: ended by a pause, a change, two voices at once, or their length."""
    alone = np.flatnonzero(at_once == 1)
    if not len(alone):
        return
    ends_before = np.concatenate(([0], np.cumsum(changes | (at_once > 1))))
    start = before = int(alone[0])
    for frame in [*alone[1:].tolist(), None]:
        gone_on = (
            frame is not None
            and frame - before <= PAUSE
            and frame - start < LONGEST
            and ends_before[frame + 1] == ends_before[before + 1]
        )
        if not gone_on:
            if before + 1 - start >= LEAST:
                yield start, before + 1
            start = frame
        before = frame


def directions(
    track: Track, found: Talk, *, threads: int, progress: Progress | None = None
) -> NDArray[np.float64]:  # (n, 192), each of length 1
    """The direction of the voice in each stretch; only a few stretches are in memory at once."""
    workers = threads or cores()
    rows = np.zeros((len(found.starts), signatures.SIZE))
    with ThreadPoolExecutor(workers) as pool:
        for at in range(0, len(rows), AT_ONCE * workers):
            some = range(at, min(len(rows), at + AT_ONCE * workers))
            # The track is read here and not in the workers: a file has one place at a time.
            cuts = [_alone(track, found, number) for number in some]
            rows[at : at + len(cuts)] = list(pool.map(_direction, cuts))
            if progress:
                progress((at + len(cuts)) / len(rows))
    return rows


def _direction(samples: Samples) -> NDArray[np.float64]:
    """The direction of the voice; zeros where the recording ends before there is enough of it."""
    if len(samples) < LEAST * SHIFT / 2:
        return np.zeros(signatures.SIZE)
    return signatures.of(samples).astype(np.float64)


def _alone(track: Track, found: Talk, number: int) -> Samples:
    """The samples of the frames of this stretch in which somebody speaks."""
    start, end = int(found.starts[number]), int(found.ends[number])
    first, _ = segmentation.frame_bounds(start)
    _, last = segmentation.frame_bounds(end - 1)
    samples = track[first:last]
    chosen: Samples = samples[np.repeat(found.at_once[start:end] == 1, SHIFT)[: len(samples)]]
    return chosen
