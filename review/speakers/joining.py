"""The windows laid over one another: in each frame as many voices as the windows heard, the likeliest ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from review.encounter import Span, Voice
from review.sound import SAMPLE_RATE
from review.speakers import segmentation
from review.speakers.grouping import NOBODY, Numbers
from review.speakers.segmentation import FRAMES, SHIFT
from review.speakers.settings import Settings
from review.speakers.windows import Window

AT_ONCE = 2  # voices that are told apart in one frame; the network knows no more
PIECE = 36_000  # frames decided at a time (ten minutes), so that memory does not grow with the square of anything


def voices(windows: Sequence[Window], whose: Numbers, settings: Settings, *, seconds: float) -> tuple[Voice, ...]:
    """The stretches in which each person speaks; labels S1, S2 … in the order in which they are first heard."""
    stretches = [
        (span, number)
        for number, speaks in enumerate(_speaking(windows, whose))
        for span in _stretches(speaks, settings, seconds)
    ]
    names: dict[int, str] = {}
    for _, number in sorted(stretches):
        names.setdefault(number, f"S{len(names) + 1}")
    return tuple(Voice(names[number], span) for span, number in sorted(stretches))


def _speaking(windows: Sequence[Window], whose: Numbers) -> NDArray[np.bool_]:
    """(people, frames): whether this person speaks in this frame."""
    length = windows[-1].start + FRAMES
    votes = np.zeros((whose.max() + 1, length), np.uint8)
    heard = np.zeros(length, np.uint16)  # local voices in all windows over a frame
    over = np.zeros(length, np.uint16)  # windows over a frame
    for window, people in zip(windows, whose, strict=True):
        frames = slice(window.start, window.start + FRAMES)
        over[frames] += 1
        heard[frames] += window.activity.sum(axis=1, dtype=np.uint16)
        for number in set(people.tolist()) - {NOBODY}:
            votes[number, frames] += window.activity[:, people == number].any(axis=1)
    at_once = np.rint(heard / np.maximum(over, 1)).astype(np.int64)
    for start in range(0, length, PIECE):
        votes[:, start : start + PIECE] = _winners(votes[:, start : start + PIECE], at_once[start : start + PIECE])
    return votes.view(np.bool_)


def _winners(votes: NDArray[np.uint8], at_once: Numbers) -> NDArray[np.bool_]:
    """In each frame, as many voices as were heard at once, those with the most votes."""
    ranks = np.argsort(np.argsort(-votes.astype(np.int16), axis=0, kind="stable"), axis=0, kind="stable")
    won: NDArray[np.bool_] = (ranks < np.minimum(at_once, AT_ONCE)) & (votes > 0)
    return won


def _stretches(speaks: NDArray[np.bool_], settings: Settings, seconds: float) -> Iterator[Span]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], speaks, [False])).astype(np.int8)))
    first, _ = segmentation.frame_bounds(0)
    times = (edges * SHIFT + first) / SAMPLE_RATE
    spans: list[tuple[float, float]] = []
    for start, end in times.reshape(-1, 2).tolist():
        if spans and start - spans[-1][1] < settings.bridge:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    for start, end in spans:
        if end - start >= settings.shortest and start < seconds:
            yield Span(start, min(end, seconds))
