"""The tension curve of a scene, and where it turns most; the formula stands in docs/what-an-encounter-tells.md.

It draws a lane for a person who looks for a place to listen to. It is of the scene, with everybody in it, and no score
of anyone; its values mean nothing outside this one recording.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from review.encounter import Direction, Flag, Role
from review.timeline.scene import OWN_ACCOUNT, Scene

HALF_LIFE = 45.0  # seconds in which what a mark adds fades to half; judged, nobody has measured it
GRID = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0)  # seconds between two values of the curve; the finest that fits
MOST_VALUES = 300
LEAST_SWING = 1.0  # a move smaller than one plain mark is none,
LEAST_SHARE = 0.2  # nor is one smaller than this share of the curve's highest value
TURNING_POINTS = 5
# What one sure mark adds to the tension, or takes away. Judged, not fitted: a dismissal is one unit.
WEIGHTS = {
    "force": 4.0,
    "threat_of_harm": 3.0,
    "threat_to_others": 3.0,
    "force_warning": 2.5,
    "bias_remark": 2.5,
    "hostility": 2.0,
    "ultimatum": 2.0,
    "threat_of_sanction": 2.0,
    "insult": 2.0,
    "weapon": 1.5,
    "profanity": 1.5,
    "medical_dismissal": 1.5,
    "verbal_resistance": 1.5,
    "distress": 1.5,
    "crisis": 1.5,
    "medical_complaint": 1.0,
    "dismissal": 1.0,
    "accusation": 1.0,
    "victim_blaming": 1.0,
    "repeated_order": 1.0,
    "conflicting_orders": 1.0,
    "raised_voice": 1.0,
    "asks_to_guess": 0.5,
    "interruption": 0.5,
    "order": 0.25,
    "calming": -2.0,
    "cooperation": -1.0,
}
DEESCALATING = -0.5  # for every de-escalating mark that has no weight of its own


@dataclass(frozen=True)
class Tension:
    """The curve on a fixed grid: of what is marked by machine and of what is verified by people, apart."""

    step: float  # seconds between two values; the first is at 0
    marked: tuple[float, ...]
    verified: tuple[float, ...]

    def as_dict(self) -> dict[str, Any]:
        """The curve as JSON values."""
        return {
            "step": self.step,
            "half_life": HALF_LIFE,
            "marked": list(self.marked),
            "verified": list(self.verified),
        }


@dataclass(frozen=True)
class TurningPoint:
    """A place from which the tension rises or falls far: by how much, and the marks that move it from there.

    A fall without flags is one in which nothing more was marked and what came before faded.
    """

    at: float
    rises: bool
    value: float
    swing: float
    flags: tuple[str, ...]
    other_officers: tuple[str, ...]  # those of `flags` that are of officers who do not wear this camera

    def as_dict(self) -> dict[str, Any]:
        """The turning point as JSON values."""
        return {
            "at": self.at,
            "turns": "rises" if self.rises else "falls",
            "value": self.value,
            "swing": self.swing,
            "flags": list(self.flags),
            "other_officers": list(self.other_officers),
        }


class _Push(NamedTuple):
    at: float
    weight: float
    flag: Flag


class _Place(NamedTuple):
    at: float
    value: float


@dataclass(frozen=True)
class Way:
    """The curve as it is: what pushes it, and where it stands just before and just after each push."""

    pushes: tuple[_Push, ...]
    places: tuple[tuple[_Place, _Place], ...]


def weight(flag: Flag, *, sure: bool = True) -> float:
    """What this flag adds to the tension, negative for what it takes away; an unsure one by its confidence."""
    if OWN_ACCOUNT in flag.modifiers:
        return 0.0
    plain = WEIGHTS.get(flag.behaviour, DEESCALATING if flag.direction is Direction.DEESCALATING else 0.0)
    return plain if sure else plain * flag.confidence


def way(scene: Scene) -> Way:
    """The curve of the scene by what the machine marked and nobody rejected."""
    pushes = tuple(_Push(flag.span.start, weight(flag, sure=scene.sure(flag)), flag) for flag in scene.flags)
    return Way(pushes, tuple(_path(pushes)))


def tension(scene: Scene, by_marks: Way) -> Tension:
    """The curve of the scene on its grid."""
    seconds = scene.encounter.recording.seconds
    step = next((step for step in GRID if seconds / step < MOST_VALUES), float(math.ceil(seconds / (MOST_VALUES - 1))))
    verified = [push for push in by_marks.pushes if scene.verified(push.flag)]
    instants = [number * step for number in range(int(seconds // step) + 1)]
    return Tension(step, _on_grid(by_marks.places, instants), _on_grid(_path(verified), instants))


def turning_points(scene: Scene, by_marks: Way) -> tuple[TurningPoint, ...]:
    """The places from which the curve moves most, at most TURNING_POINTS of them, in order of time."""
    path = [place for pair in by_marks.places for place in pair]
    if path:
        end = max(scene.encounter.recording.seconds, path[-1].at)
        path.append(_Place(end, _faded(path[-1], end)))
    bends = _bends(path)
    moves = list(enumerate(pairwise(bends)))
    furthest = sorted(moves, key=lambda move: (-abs(move[1][1].value - move[1][0].value), move[0]))[:TURNING_POINTS]
    return tuple(_turning_point(here, there, by_marks) for _, (here, there) in sorted(furthest))


def _path(pushes: Iterable[_Push]) -> list[tuple[_Place, _Place]]:
    """The curve just before and just after each instant at which something pushes it; never under zero."""
    path: list[tuple[_Place, _Place]] = []
    last = _Place(0.0, 0.0)
    moving = sorted((push for push in pushes if push.weight), key=lambda push: push.at)
    for at, together in groupby(moving, key=lambda push: push.at):
        before = _Place(at, _faded(last, at))
        last = _Place(at, max(0.0, before.value + sum(push.weight for push in together)))
        path.append((before, last))
    return path


def _faded(place: _Place, at: float) -> float:
    return float(place.value * 2.0 ** ((place.at - at) / HALF_LIFE))


def _on_grid(path: Sequence[tuple[_Place, _Place]], instants: Sequence[float]) -> tuple[float, ...]:
    values: list[float] = []
    last, following = _Place(0.0, 0.0), 0
    for instant in instants:
        while following < len(path) and path[following][1].at <= instant:
            last = path[following][1]
            following += 1
        values.append(round(_faded(last, instant), 3))
    return tuple(values)


def _bends(path: Sequence[_Place]) -> list[_Place]:
    """Where each move that is large enough begins, and last where the last one ends; lows and highs alternate."""
    least = max(LEAST_SWING, LEAST_SHARE * max((place.value for place in path), default=0.0))
    bends: list[_Place] = []
    extreme, rising = _Place(0.0, 0.0), False
    for place in path:
        # Of equal lows the latest: a rise begins where the curve leaves the ground.
        further = place.value > extreme.value if rising else place.value <= extreme.value
        if not further and abs(place.value - extreme.value) >= least:
            bends.append(extreme)
            rising, further = not rising, True
        extreme = place if further else extreme
    return [*bends, extreme] if bends else []


def _turning_point(here: _Place, there: _Place, by_marks: Way) -> TurningPoint:
    rises = there.value > here.value
    moving = [
        push.flag
        for push in by_marks.pushes
        if here.at <= push.at <= there.at and push.weight and (push.weight > 0) is rises
    ]
    return TurningPoint(
        at=here.at,
        rises=rises,
        value=round(here.value, 3),
        swing=round(abs(there.value - here.value), 3),
        flags=tuple(flag.id for flag in moving),
        other_officers=tuple(flag.id for flag in moving if flag.role is Role.OTHER_OFFICER),
    )
