"""Which stretches are one person's: average linkage in two stages, so that memory stays bounded; then whole voices.

All of that for several thresholds; of their groupings the one is taken that agrees most with the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from review.speakers.segmentation import FRAMES
from review.speakers.settings import Settings
from review.speakers.stretches import FRAME, LEAST, Talk
from review.speakers.windows import Window

ENOUGH = 1.0  # seconds from which a stretch helps to find out who there is
FULL = 4.0  # seconds from which a stretch has full weight
HEARD_TOGETHER = 0.2  # likeness that two stretches gain in a window that hears one local voice in both, else lose
BLOCK = 600.0  # seconds whose stretches are compared one by one; blocks are compared group by group
AROUND = (-0.1, -0.05, 0.0, 0.05, 0.1)  # to the threshold; near an edge a little more or less joins two people
FINER = (0.05, 0.1, 0.15, 0.2, 0.25)  # nearer by so much must groups be, in turn, when more people are known than found
PERSON = 1.0  # seconds of speech from which a group may be one of a known number of people
STRAY = 1.5  # seconds; a group with less is a person only when it is UNLIKE all others, a larger one sooner
SHARE = 0.002  # of all speech; strays are the more the longer a recording is
UNLIKE = 0.5  # cosine
AGAIN = 3.0  # pairs of stretches from which what windows say of two groups counts fully
NEIGHBOURS = 0.05  # likeness to a person that a stretch gains when its windows hear it as that person's voice
ROUNDS = 5  # of giving each stretch to the likest person

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Pairs:
    """Stretches that share windows: in how many windows they are the same local voice, and in how many others."""

    one: Numbers  # (m,)
    other: Numbers  # (m,)
    same: Floats  # (m,)
    apart: Floats  # (m,)

    def between(self, groups: Numbers, values: Floats) -> Floats:
        """(groups, groups) sums of a value of each pair; a group of -1 is left out."""
        count = groups.max() + 1
        sums = np.zeros((count, count))
        inside = (groups[self.one] >= 0) & (groups[self.other] >= 0)
        first, second = groups[self.one[inside]], groups[self.other[inside]]
        np.add.at(sums, (first, second), values[inside])
        np.add.at(sums, (second, first), values[inside])
        return sums


@dataclass(frozen=True)
class Said:
    """The stretches of a recording, in order of time."""

    directions: Floats  # (n, 192), each of length 1
    seconds: Floats  # (n,) of speech
    starts: Numbers  # (n,) frames from the start of the recording
    pairs: Pairs

    @property
    def weights(self) -> Floats:
        """(n,) How much each stretch says about its voice."""
        return np.minimum(self.seconds, FULL)


@dataclass(frozen=True)
class Groups:
    """Groups of stretches: the weighted sum of their directions, their weight, and what windows say of two of them."""

    sums: Floats  # (n, 192)
    sizes: Floats  # (n,)
    together: Floats  # (n, n) likeness that windows add to that of the directions, summed over weighted pairs


def pairs(windows: Sequence[Window], talk: Talk) -> Pairs:
    """What the windows say of the stretches that they hold."""
    found: dict[tuple[int, int], list[int]] = {}
    for window in windows:
        first = int(np.searchsorted(talk.ends, window.start))
        last = int(np.searchsorted(talk.starts, window.start + FRAMES))
        locals_: dict[int, int] = {}
        for number in range(first, last):
            inside = slice(max(0, int(talk.starts[number]) - window.start), int(talk.ends[number]) - window.start)
            heard = window.activity[inside].sum(axis=0)
            if len(window.activity[inside]) >= LEAST and heard.any():
                locals_[number] = int(heard.argmax())
        for one, other in combinations(locals_, 2):
            found.setdefault((one, other), [0, 0])[locals_[one] != locals_[other]] += 1
    both = np.array(sorted(found), np.int64).reshape(-1, 2)
    counts = np.array([found[one, other] for one, other in both.tolist()], np.float64).reshape(-1, 2)
    return Pairs(both[:, 0], both[:, 1], counts[:, 0], counts[:, 1])


def people(said: Said, settings: Settings) -> Numbers:
    """(n,) Whose each stretch is: numbers from 0 without gaps. There is at least one stretch."""
    groupings = [_people_at(said, settings, settings.threshold + more) for more in AROUND]
    whose = most_agreed(groupings, said.seconds)
    return whose if settings.count else alike_joined(said, whose, least=settings.alike)


def alike_joined(said: Said, whose: Numbers, *, least: float) -> Numbers:
    """The people, those who sound the same over all that they say made one, the likest first.

    Parts of one person's talk, near, far or shouted, can be less like each other than two people are; their means are
    much more alike than those of any two people.
    """
    while True:
        unit = _unit(_sums(said, whose))
        likeness = unit @ unit.T
        np.fill_diagonal(likeness, -1.0)
        one, two = sorted(np.unravel_index(int(likeness.argmax()), likeness.shape))
        if likeness[one, two] < least:
            return whose
        whose = np.where(whose == two, one, whose)
        whose = np.where(whose > two, whose - 1, whose)


def most_agreed(groupings: Sequence[Numbers], seconds: Floats) -> Numbers:
    """The grouping that agrees most with all the others; of equals the first."""
    agreed = [sum(agreement(one, other, seconds) for other in groupings) for one in groupings]
    return groupings[int(np.argmax(agreed))]


def agreement(one: Numbers, other: Numbers, seconds: Floats) -> float:
    """Seconds of the stretches that two groupings give to the same person, each person with one of the other's."""
    shared = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(shared, (one, other), seconds)
    pairs = linear_sum_assignment(shared, maximize=True)
    return float(shared[pairs].sum())


def _people_at(said: Said, settings: Settings, threshold: float) -> Numbers:
    enough = said.seconds >= ENOUGH
    if not enough.any():
        enough = np.ones(len(said.seconds), np.bool_)
    for finer in (0.0, *FINER):
        whose = _persons(said, _nearest_joined(said, enough, until=threshold - finer), settings, finer=finer)
        found = np.bincount(whose[whose >= 0], said.seconds[whose >= 0])
        if settings.count is None or np.count_nonzero(found >= PERSON) >= settings.count:
            break
    given = _given(said, _most_speech(said, whose, settings.count))
    return np.unique(given, return_inverse=True)[1].astype(np.int64)


def _nearest_joined(said: Said, enough: NDArray[np.bool_], *, until: float) -> Numbers:
    """(n,) The group of each stretch, -1 for short ones: within each block, then over all blocks."""
    groups = np.full(len(said.seconds), -1)
    blocks = said.starts * FRAME // BLOCK
    for block in np.unique(blocks[enough]):
        inside = np.flatnonzero(enough & (blocks == block))
        single = np.full(len(groups), -1)
        single[inside] = np.arange(len(inside))
        groups[inside] = groups.max() + 1 + joined(_grouped(said, single), until=until)
    groups[enough] = joined(_grouped(said, groups), until=until)[groups[enough]]
    return groups


def _grouped(said: Said, groups: Numbers) -> Groups:
    inside = groups >= 0
    pairs, weights = said.pairs, said.weights
    agreed = (pairs.same - pairs.apart) / np.maximum(pairs.same + pairs.apart, 1)
    together = HEARD_TOGETHER * agreed * weights[pairs.one] * weights[pairs.other]
    return Groups(
        _sums(said, groups),
        np.bincount(groups[inside], weights[inside]).astype(np.float64),
        pairs.between(groups, together),
    )


def _sums(said: Said, groups: Numbers) -> Floats:
    sums = np.zeros((groups.max() + 1, said.directions.shape[1]))
    inside = groups >= 0
    np.add.at(sums, groups[inside], said.directions[inside] * said.weights[inside, None])
    return sums


def joined(groups: Groups, *, until: float) -> Numbers:
    """The new number of each group, after the nearest two were joined as long as they are nearer than `until`.

    Their distance is 1 less the mean likeness of all pairs of stretches (average linkage), each by its weight.
    """
    for numbers, distance in _path(groups):
        if distance >= until:
            return np.unique(numbers, return_inverse=True)[1]
    raise AssertionError("the last distance is infinite")


def _path(groups: Groups) -> Iterator[tuple[Numbers, float]]:
    """Each stage of joining the nearest two, to the last one: the numbers, and the distance of the next two."""
    sums, sizes, together = groups.sums.copy(), groups.sizes.copy(), groups.together.copy()
    # The mean cosine of all pairs is that of the sums but for what they are divided by.
    distances = 1 - (sums @ sums.T + together) / np.outer(sizes, sizes)
    np.fill_diagonal(distances, np.inf)
    numbers = np.arange(len(sizes))
    while True:
        one, two = sorted(np.unravel_index(int(distances.argmin()), distances.shape))
        yield numbers, float(distances[one, two])
        if not np.isfinite(distances[one, two]):
            return
        sums[one] += sums[two]
        sizes[one] += sizes[two]
        together[one] += together[two]
        together[:, one] += together[:, two]
        alive = np.isfinite(distances[one])
        alive[two] = False
        near = 1 - (sums @ sums[one] + together[one]) / (sizes * sizes[one])
        distances[one] = distances[:, one] = np.where(alive, near, np.inf)
        distances[two] = distances[:, two] = np.inf
        numbers = np.where(numbers == two, one, numbers)


def _persons(said: Said, groups: Numbers, settings: Settings, *, finer: float) -> Numbers:
    """(n,) The person of each stretch, -1 for short ones: large groups first, then each small one by its likest."""
    stricter = finer / max(FINER)  # 0 to 1; at the last no two groups are like enough to be one person
    inside = groups >= 0
    seconds = np.bincount(groups[inside], said.seconds[inside])
    agreed, windows = (said.pairs.between(groups, value) for value in
                       (said.pairs.same - said.pairs.apart, said.pairs.same + said.pairs.apart))  # fmt: skip
    sums = _sums(said, groups)
    unit = _unit(sums)
    persons = np.arange(len(seconds))
    large = np.flatnonzero(seconds >= settings.solid)
    likeness = unit @ unit.T + HEARD_TOGETHER * agreed / np.maximum(windows, AGAIN)
    persons[large] = large[
        _completely_joined(
            likeness[np.ix_(large, large)], least=settings.same + stricter / 2, number=settings.count or 1
        )
    ]
    known = sorted(set(persons[large].tolist()))
    stray = max(STRAY, SHARE * seconds.sum())
    for group in sorted(set(range(len(seconds))) - set(large.tolist()), key=lambda group: (-seconds[group], group)):
        likest, cosine = -1, -1.0
        for person in known:
            own = persons == person
            # One local voice for both proves little, as the network often hears two people as one; two do.
            apart = min(0.0, agreed[group, own].sum() / max(windows[group, own].sum(), AGAIN))
            like = float(_unit(sums[own].sum(axis=0)) @ unit[group]) + HEARD_TOGETHER * apart
            likest, cosine = (person, like) if like > cosine else (likest, cosine)
        sure = min(1.0, max(0.0, (seconds[group] - stray) / (settings.solid - stray)))
        if cosine >= UNLIKE + sure * (settings.likely - UNLIKE) + stricter / 2:
            persons[group] = likest
        else:
            known.append(group)
    # A group that became a person may carry a number that a large one was joined from; only equality counts.
    return np.where(inside, persons[groups], -1)


def _completely_joined(likeness: Floats, *, least: float, number: int) -> Numbers:
    """The row that stands for each row: two sets are joined while even their least like members have `least`.

    One group that lies between two people would otherwise make one person of them.
    """
    count = len(likeness)
    stands = np.arange(count)
    between = likeness.copy()
    np.fill_diagonal(between, -np.inf)
    while len(set(stands.tolist())) > number:
        one, two = sorted(np.unravel_index(int(between.argmax()), between.shape))
        if between[one, two] < least:
            break
        stands[stands == two] = one
        between[one] = between[:, one] = np.minimum(between[one], between[two])
        between[two] = between[:, two] = -np.inf
        between[one, one] = -np.inf
    return stands


def _most_speech(said: Said, whose: Numbers, count: int | None) -> Numbers:
    """The persons with the most speech when their number is known, -1 for the stretches of all others."""
    if count is None:
        return whose
    inside = whose >= 0
    seconds = np.bincount(whose[inside], said.seconds[inside])
    kept = np.argsort(-seconds, kind="stable")[:count]
    return np.where(np.isin(whose, kept), whose, -1)


def _given(said: Said, whose: Numbers) -> Numbers:
    """Each stretch given to the likest person, a little to the one that its windows hear, again as people change."""
    persons = np.unique(whose[whose >= 0])
    unit = _unit(_sums(said, whose)[persons])
    short = whose < 0
    whose = whose.copy()
    whose[short] = persons[(said.directions[short] @ unit.T).argmax(axis=1)]
    heard = NEIGHBOURS * _by_windows(said, np.where(short, -1, np.searchsorted(persons, whose)), len(persons))
    for _ in range(ROUNDS):
        at = np.searchsorted(persons, whose)
        own = said.directions * said.weights[:, None]
        sums = np.zeros((len(persons), own.shape[1]))
        np.add.at(sums, at, own)
        likeness = said.directions @ _unit(sums).T
        # A stretch is not compared with itself; one that is all there is of a person stays that person's.
        without = sums[at] - own
        rest = np.linalg.norm(without, axis=1)
        alone = rest < 1e-6
        likeness[np.arange(len(at)), at] = np.where(
            alone, np.inf, (said.directions * without).sum(axis=1) / np.where(alone, 1, rest)
        )
        given = persons[(likeness + heard).argmax(axis=1)]
        if (given == whose).all():
            break
        whose = given
    return whose


def _by_windows(said: Said, whose: Numbers, count: int) -> Floats:
    """(n, people) from -1 to 1: what the windows say of each stretch and the stretches of each person."""
    agreed, windows = np.zeros((len(whose), count)), np.zeros((len(whose), count))
    for one, other in ((said.pairs.one, said.pairs.other), (said.pairs.other, said.pairs.one)):
        known = whose[other] >= 0
        one, other = one[known], other[known]
        same, apart = said.pairs.same[known], said.pairs.apart[known]
        np.add.at(agreed, (one, whose[other]), (same - apart) * said.seconds[other])
        np.add.at(windows, (one, whose[other]), (same + apart) * said.seconds[other])
    return np.divide(agreed, windows, out=np.zeros_like(agreed), where=windows > 0)


def _unit(rows: Floats) -> Floats:
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    unit: Floats = rows / np.where(length > 0, length, 1)
    return unit
