"""The windows laid over one another: in each frame as many voices as the windows heard, the likeliest ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from review.encounter import Span, Voice
from review.sound import SAMPLE_RATE
from review.speakers import segmentation
from review.speakers.grouping import Numbers
from review.speakers.segmentation import FRAMES, LOCALS, SHIFT
from review.speakers.settings import Settings
from review.speakers.stretches import Talk
from review.speakers.windows import Window

AT_ONCE = 2  # voices that are told apart in one frame; the network knows no more
PIECE = 36_000  # frames decided at a time (ten minutes), so that memory does not grow with the square of anything
NOBODY = -1


def voices(
    windows: Sequence[Window], talk: Talk, whose: Numbers, settings: Settings, *, seconds: float
) -> tuple[Voice, ...]:
    """The stretches in which each person speaks; labels S1, S2 … in the order in which they are first heard.

    `whose` is the person of each stretch of `talk`.
    """
    stretches = [
        (span, number)
        for number, speaks in enumerate(_speaking(windows, talk, whose))
        for span in _stretches(speaks, settings, seconds)
    ]
    names: dict[int, str] = {}
    for _, number in sorted(stretches):
        names.setdefault(number, f"S{len(names) + 1}")
    return tuple(Voice(names[number], span) for span, number in sorted(stretches))


def _speaking(windows: Sequence[Window], talk: Talk, whose: Numbers) -> NDArray[np.bool_]:
    """(people, frames): whether this person speaks in this frame."""
    length = len(talk.at_once)
    alone = np.full(length, NOBODY)  # whose stretch a frame is in
    for start, end, number in zip(talk.starts, talk.ends, whose, strict=True):
        alone[start:end] = np.where(talk.at_once[start:end] == 1, number, NOBODY)
    votes = np.zeros((whose.max() + 1, length), np.uint8)
    for window in windows:
        frames = slice(window.start, window.start + FRAMES)
        for local in range(LOCALS):
            speaks = np.flatnonzero(window.activity[:, local])
            own = _nearest_known(speaks, alone[frames])
            votes[own[own != NOBODY], window.start + speaks[own != NOBODY]] += 1
    known = np.flatnonzero(alone != NOBODY)
    votes[:, known] = 0
    votes[alone[known], known] = 1
    for start in range(0, length, PIECE):
        piece = slice(start, start + PIECE)
        votes[:, piece] = _winners(votes[:, piece], talk.at_once[piece])
    return votes.view(np.bool_)


def _nearest_known(speaks: Numbers, alone: Numbers) -> Numbers:
    """Whose a local voice is in each frame in which it speaks: as where it speaks alone, at the nearest such frame."""
    known = speaks[alone[speaks] != NOBODY]
    if not len(known):
        return np.full(len(speaks), NOBODY)
    after = np.minimum(np.searchsorted(known, speaks), len(known) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.where(np.abs(known[before] - speaks) < np.abs(known[after] - speaks), before, after)
    nearest: Numbers = alone[known[nearer]]
    return nearest


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
