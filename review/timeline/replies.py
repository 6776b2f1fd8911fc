"""A line of an officer and the person's next turn: cooler, hotter or no change, as moments to look at.

These are places in a recording, never counted: how a person answers is no rate and no total, of either of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from review.encounter import Direction, Flag, Role
from review.timeline.scene import OWN_ACCOUNT, Scene

COOL = frozenset({"calming", "cooperation"})
HOT = frozenset({"hostility", "threat_to_others", "verbal_resistance", "distress", "raised_voice"})
ORDERS = frozenset({"order", "force_warning"})
REPLY_WINDOW = 30.0  # seconds after an officer's line in which the person's turn still answers it
_OFFICERS = frozenset({Role.OFFICER, Role.OTHER_OFFICER})


class Change(StrEnum):
    """How the person's next turn compares with their turn before the line."""

    COOLER = "cooler"
    HOTTER = "hotter"
    NO_CHANGE = "no_change"


@dataclass(frozen=True)
class Reply:
    """An officer's line and the turn that answers it, with the flags that each of the two carries."""

    at: float  # seconds; when the line begins
    role: Role  # of the officer
    officer: str  # who says the line
    line: tuple[str, ...]
    reply_at: float
    speaker: str  # of the answer
    change: Change
    before: tuple[str, ...]
    after: tuple[str, ...]
    unsure: bool  # the machine is sure of none of the flags that tell the change

    def as_dict(self) -> dict[str, Any]:
        """The moment as JSON values."""
        return {**vars(self), "line": list(self.line), "before": list(self.before), "after": list(self.after)}


@dataclass(frozen=True)
class _Warmth:
    flags: tuple[Flag, ...] = ()
    level: int = 0  # 1 hot, -1 cool, 0 neither or both
    sure: bool = False


_UNMARKED = _Warmth()


def replies(scene: Scene) -> tuple[Reply, ...]:
    """Every officer's line that carries a mark, with the person's next turn.

    The rule: a turn is hot when it carries hostility, a threat, resistance, distress or a raised voice, cool when it
    carries calming or cooperation, neither when it carries both or none; flags that the machine is sure of go before
    unsure ones. `hotter`: the next turn is hot and the same person's turn before was not. `cooler`: it is cool and the
    turn before was not. All else is no change: a turn without a mark tells nothing.
    """
    return tuple(_replies(scene))


def _replies(scene: Scene) -> Iterator[Reply]:
    turns = scene.encounter.turns
    line: list[int] = []
    last: dict[str, _Warmth] = {}
    for number, (turn, role) in enumerate(zip(turns, scene.roles, strict=True)):
        if role in _OFFICERS:
            # Whoever speaks last before the answer is whom it answers.
            since = turn.span.start - REPLY_WINDOW
            line = [one for one in line if turns[one].speaker == turn.speaker and turns[one].span.end >= since] + [
                number
            ]
        elif role is Role.CIVILIAN:
            now = _warmth(number, scene)
            if line and turn.span.start - turns[line[-1]].span.end <= REPLY_WINDOW:
                yield from _reply(line, number, last.get(turn.speaker, _UNMARKED), now, scene)
            last[turn.speaker] = now
            line = []


def _reply(line: Sequence[int], number: int, before: _Warmth, now: _Warmth, scene: Scene) -> Iterator[Reply]:
    said = [flag for turn in line for flag in scene.by_turn.get(turn, ()) if _moves(flag)]
    if said:
        changed = now.level if now.level != before.level else 0
        answer = scene.encounter.turns[number]
        yield Reply(
            at=min(flag.span.start for flag in said),
            role=scene.roles[line[-1]],
            officer=scene.encounter.turns[line[-1]].speaker,
            line=tuple(flag.id for flag in said),
            reply_at=answer.span.start,
            speaker=answer.speaker,
            change={1: Change.HOTTER, -1: Change.COOLER, 0: Change.NO_CHANGE}[changed],
            before=tuple(flag.id for flag in before.flags),
            after=tuple(flag.id for flag in now.flags),
            unsure=bool(changed) and not now.sure,
        )


def _moves(flag: Flag) -> bool:
    return flag.behaviour in ORDERS or flag.direction in (Direction.DEESCALATING, Direction.ESCALATING)


def _warmth(turn: int, scene: Scene) -> _Warmth:
    if turn not in scene.by_turn:
        return _UNMARKED
    told = tuple(
        flag
        for flag in scene.by_turn[turn]
        if flag.behaviour in HOT | COOL and flag.role is Role.CIVILIAN and OWN_ACCOUNT not in flag.modifiers
    )
    sure = [flag for flag in told if scene.sure(flag)]
    kinds = {flag.behaviour for flag in sure or told}
    return _Warmth(told, bool(kinds & HOT) - bool(kinds & COOL), bool(sure))
