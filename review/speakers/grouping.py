"""Which local voices of all windows are one person's: average linkage in two stages, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from review.sound import SAMPLE_RATE
from review.speakers.segmentation import LOCALS, SHIFT, WINDOW
from review.speakers.settings import Settings
from review.speakers.windows import Window

ENOUGH = 1.0  # seconds alone from which a local voice helps to find out who there is
APART = 3.0  # added to the distance of two local voices of one window, which the network heard as two people
BLOCK = 600.0  # seconds whose local voices are compared one by one; blocks are compared group by group
FINER = (0.35, 0.3, 0.25, 0.2, 0.15, 0.1)  # distances tried in turn when more people are known than were found
PERSON = 1.0  # seconds of speech from which a group may be one of a known number of people
SHARE = 0.002  # of all speech that a person has; strays are the more the longer a recording is
GIVES_WAY = 0.1  # likeness that a local voice gives up so that two of one window are two people
NOBODY = -1
WINDOW_SECONDS = WINDOW / SAMPLE_RATE

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class _Heard:
    """Local voices that say who there is, a row each."""

    directions: Floats  # (n, 192)
    seconds: Floats  # (n,) of speech, alone
    windows: Numbers  # (n,) which window it is of
    blocks: Numbers  # (n,) which block that window is of

    def part(self, rows: Numbers) -> _Heard:
        return _Heard(self.directions[rows], self.seconds[rows], self.windows[rows], self.blocks[rows])


@dataclass(frozen=True)
class Groups:
    """Groups of local voices: the sum of their directions, their number, seconds, and how many pairs share a window."""

    sums: Floats  # (n, 192)
    sizes: Floats  # (n,)
    seconds: Floats  # (n,) of speech, alone
    apart: Floats  # (n, n) pairs of local voices, one of each group, that share a window


def people(windows: Sequence[Window], settings: Settings) -> Numbers:
    """Whose each local voice is: (windows, LOCALS) numbers of people, NOBODY for none."""
    known = _known(windows)
    if not known:
        return np.full((len(windows), LOCALS), NOBODY)
    heard = _Heard(
        directions=np.stack([windows[at].directions[voice] for at, voice in known]).astype(np.float64),
        # A second of speech is heard in as many windows as a window has steps.
        seconds=np.array([windows[at].alone[voice] for at, voice in known]) * min(1.0, settings.step / WINDOW_SECONDS),
        windows=np.array([at for at, _ in known]),
        blocks=np.array([windows[at].start * SHIFT // round(BLOCK * SAMPLE_RATE) for at, _ in known]),
    )
    whose = _whose(heard, until=settings.threshold, same=settings.same)
    for until in FINER:
        if settings.count is None or np.count_nonzero(np.bincount(whose, heard.seconds) >= PERSON) >= settings.count:
            break
        whose = _whose(heard, until=until)
    voices = _grouped(whose, heard)
    return _assigned(windows, _unit(voices.sums[_kept(voices, settings)]))


def _known(windows: Sequence[Window]) -> list[tuple[int, int]]:
    """The local voices that say who there is; the short ones only when there are no others."""
    for least in (ENOUGH, 0.0):
        found = [
            (at, voice)
            for at, window in enumerate(windows)
            for voice in range(LOCALS)
            if window.alone[voice] >= least and window.directions[voice].any()
        ]
        if found:
            return found
    return []


def _whose(heard: _Heard, *, until: float, same: float = 1.0) -> Numbers:
    """The number of each local voice's person: within each block, then over all blocks, then by whole voices."""
    groups = np.zeros(len(heard.seconds), np.int64)
    for block in np.unique(heard.blocks):
        inside = np.flatnonzero(heard.blocks == block)
        single = _grouped(np.arange(len(inside)), heard.part(inside))
        groups[inside] = (groups.max() + 1 if inside[0] else 0) + joined(single, until=until)
    groups = joined(_grouped(groups, heard), until=until)[groups]
    return joined(_grouped(groups, heard), until=1 - same, whole=True)[groups]


def _grouped(groups: Numbers, heard: _Heard) -> Groups:
    count = groups.max() + 1
    sums = np.zeros((count, heard.directions.shape[1]))
    np.add.at(sums, groups, heard.directions)
    apart = np.zeros((count, count))
    for window in np.unique(heard.windows):
        for one, other in combinations(groups[heard.windows == window], 2):
            apart[one, other] += 1
            apart[other, one] += 1
    sizes, spoken = np.bincount(groups), np.bincount(groups, heard.seconds)
    return Groups(sums, sizes.astype(np.float64), spoken.astype(np.float64), apart)


def joined(groups: Groups, *, until: float, whole: bool = False) -> Numbers:
    """The new number of each group, after the nearest two were joined as long as they are nearer than `until`.

    Their distance is the mean of 1 - cosine over all pairs of local voices (average linkage), or with `whole` that of
    the groups' own directions; plus APART for the share of pairs that are in one window.
    """
    for numbers, distance in _path(groups, whole=whole):
        if distance >= until:
            return np.unique(numbers, return_inverse=True)[1]
    raise AssertionError("the last distance is infinite")


def _path(groups: Groups, *, whole: bool) -> Iterator[tuple[Numbers, float]]:
    """Each stage of joining the nearest two, to the last one: the numbers, and the distance of the next two."""
    sums, sizes, apart = groups.sums.copy(), groups.sizes.copy(), groups.apart.copy()
    # The mean cosine of all pairs is that of the sums but for what they are divided by.
    scale = np.linalg.norm(sums, axis=1) if whole else sizes.copy()
    distances = 1 - sums @ sums.T / np.outer(scale, scale) + APART * apart / np.outer(sizes, sizes)
    np.fill_diagonal(distances, np.inf)
    numbers = np.arange(len(sizes))
    while True:
        one, two = sorted(np.unravel_index(int(distances.argmin()), distances.shape))
        yield numbers, float(distances[one, two])
        if not np.isfinite(distances[one, two]):
            return
        sums[one] += sums[two]
        sizes[one] += sizes[two]
        scale[one] = np.linalg.norm(sums[one]) if whole else sizes[one]
        apart[one] += apart[two]
        apart[:, one] += apart[:, two]
        alive = np.isfinite(distances[one])
        alive[two] = False
        near = 1 - sums @ sums[one] / (scale * scale[one]) + APART * apart[one] / (sizes * sizes[one])
        distances[one] = distances[:, one] = np.where(alive, near, np.inf)
        distances[two] = distances[:, two] = np.inf
        numbers = np.where(numbers == two, one, numbers)


def _kept(voices: Groups, settings: Settings) -> Numbers:
    """The groups that are people: those with the most speech when their number is known, else all but stray ones."""
    if settings.count is not None:
        return np.sort(np.argsort(-voices.seconds, kind="stable")[: settings.count])
    large = voices.seconds >= max(settings.stray, SHARE * voices.seconds.sum())
    if not large.any():
        return np.arange(len(large))
    directions = _unit(voices.sums)
    likeness = (directions @ directions[large].T).max(axis=1)
    return np.flatnonzero(large | (likeness < 1 - settings.near))


def _assigned(windows: Sequence[Window], centres: Floats) -> Numbers:
    """Each local voice given to the likest person; of two that are like the same one, the other may give way a little.

    It does not have to: one person near and far in ten seconds is often heard as two local voices.
    """
    from scipy.optimize import linear_sum_assignment  # takes longer to import than all else that `list` needs

    whose = np.full((len(windows), LOCALS), NOBODY)
    for at, window in enumerate(windows):
        heard = np.flatnonzero(window.directions.any(axis=1))
        likeness = window.directions[heard] @ centres.T
        rows, columns = linear_sum_assignment(-likeness)
        whose[at, heard] = likeness.argmax(axis=1) if len(heard) else NOBODY
        cheap = likeness[rows].max(axis=1, initial=-1.0) - likeness[rows, columns] <= GIVES_WAY
        whose[at, heard[rows[cheap]]] = columns[cheap]
    return whose


def _unit(rows: Floats) -> Floats:
    unit: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit
