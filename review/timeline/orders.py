"""The order ledger: each order, whether a reason came first, how long the person had, and what they said next."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from review.encounter import Flag, Role, Standing, Status, Turn
from review.timeline.scene import Scene

ANSWER_WINDOW = 15.0  # seconds after an order in which the person's words still answer it


class Then(StrEnum):
    """What the person did next, in words; what they did without words is not heard."""

    COOPERATION = "cooperation"
    RESISTANCE = "verbal_resistance"
    OTHER_WORDS = "other_words"  # the person spoke; nothing was marked as agreeing or refusing
    NOTHING_HEARD = "nothing_heard"


@dataclass(frozen=True)
class Order:
    """One order as it was marked, and what followed; None is what the mark does not tell.

    `seconds_allowed` runs to the next order alike; it is None when none followed soon. `then_speaker` is None when
    nobody was heard.
    """

    flag: str
    at: float
    quote: str
    speaker: str
    role: Role
    status: Status
    standing: Standing
    directive: str
    repeat: int | None
    reason_before: bool | None
    seconds_allowed: float | None
    then: Then
    then_at: float | None
    then_speaker: str | None
    then_flags: tuple[str, ...]
    then_unsure: bool

    def as_dict(self) -> dict[str, Any]:
        """The order as JSON values."""
        return {**vars(self), "then_flags": list(self.then_flags)}


def ledger(scene: Scene, *, roles: frozenset[Role]) -> tuple[Order, ...]:
    """Every order given by speakers of these roles that people have not rejected, in order of time."""
    heard = _Answers(scene)
    mine = [flag for flag in scene.flags if flag.behaviour == "order" and flag.role in roles]
    orders = [_order(flag, heard, scene) for flag in mine]
    return tuple(sorted(orders, key=lambda order: (order.at, order.flag)))


class _Answers:
    """The person's turns and marks, and where each officer's orders begin, so that an order finds what followed."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.orders = sorted((scene.turn(flag), flag.span.start) for flag in scene.flags if flag.behaviour == "order")
        self.turns = [number for number, role in enumerate(scene.roles) if role is Role.CIVILIAN]

    def until(self, order: Flag) -> float:
        """When words stop answering this order: at the next order of a later turn, or after ANSWER_WINDOW."""
        later = bisect_right(self.orders, (self.scene.turn(order), float("inf")))
        ends = order.span.end + ANSWER_WINDOW
        return min(ends, self.orders[later][1]) if later < len(self.orders) else ends

    def after(self, order: Flag) -> Sequence[int]:
        """The person's turns that begin after this order's turn and before `until`."""
        until, turns = self.until(order), self.scene.encounter.turns
        found: list[int] = []
        for number in self.turns[bisect_right(self.turns, self.scene.turn(order)) :]:
            if turns[number].span.start >= until:
                break
            found.append(number)
        return found


def _order(flag: Flag, heard: _Answers, scene: Scene) -> Order:
    turns = heard.after(flag)
    said = [
        reply
        for turn in turns
        for reply in scene.by_turn.get(turn, ())
        if reply.behaviour in (Then.COOPERATION, Then.RESISTANCE)
    ]
    # What the machine is sure of goes before what it only asks about.
    first = next((reply for reply in said if scene.sure(reply)), said[0] if said else None)
    spoke = Then.OTHER_WORDS if turns else Then.NOTHING_HEARD
    answer: Flag | Turn | None = first or (scene.encounter.turns[turns[0]] if turns else None)
    return Order(
        flag=flag.id,
        at=flag.span.start,
        quote=flag.quote,
        speaker=flag.speaker,
        role=flag.role,
        status=flag.status,
        standing=scene.standings[flag.id],
        directive=str(flag.details.get("directive", "")),
        repeat=flag.details.get("repeat"),
        reason_before=flag.details.get("reason_before"),
        seconds_allowed=flag.details.get("seconds_allowed"),
        then=Then(first.behaviour) if first else spoke,
        then_at=answer.span.start if answer else None,
        then_speaker=answer.speaker if answer else None,
        then_flags=tuple(reply.id for reply in said),
        then_unsure=first is not None and not scene.sure(first),
    )
