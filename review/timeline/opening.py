"""The wearer's first words: a greeting, a name, a reason, or an order?

Rho et al. 2023 (PNAS): the first 45 words of an officer tell stops that escalate from others, where they hold an order
and no reason. This only shows what is in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.encounter import Direction, Flag, Role, Span
from review.timeline.scene import Evidence, Scene

WORDS = 45  # words of the officer (Rho et al. 2023)
TO_COLLEAGUES = frozenset({"tactical_slowdown", "peer_intervention"})
PARTS = {  # what is looked for: the behaviour that shows it
    "greeting_or_courtesy": "courtesy",
    "introduction": "introduction",
    "reason_for_stop": "reason_for_stop",
    "order": "order",
}


@dataclass(frozen=True)
class Opening:
    """The wearer's first words, how many there are, when they are said, and what was marked among them."""

    words: int
    span: Span | None
    quote: str
    parts: Mapping[str, Evidence]

    def as_dict(self) -> dict[str, Any]:
        """The opening as JSON values."""
        return {
            "words": self.words,
            "start": self.span.start if self.span else None,
            "end": self.span.end if self.span else None,
            "quote": self.quote,
            "parts": {part: evidence.as_dict() for part, evidence in self.parts.items()},
        }


def opening(scene: Scene) -> Opening:
    """The first 45 words of the wearer, or as many as there are, and the marks that begin within them.

    A turn beside one of the radio's, before the person has spoken and with no mark that is for a person, is talk into
    the radio and does not count.
    """
    into_radio = frozenset(_into_radio(scene))
    indices: list[int] = []
    for index, turn in enumerate(scene.turn_of_word):
        if scene.roles[turn] is Role.OFFICER and turn not in into_radio:
            indices.append(index)
            if len(indices) == WORDS:
                break
    among = frozenset(indices)
    found = scene.evidence_by_behaviour(tuple(PARTS.values()), (flag for flag in scene.flags if flag.first in among))
    said = [scene.encounter.words[index] for index in indices]
    span = Span(min(word.span.start for word in said), max(word.span.end for word in said)) if said else None
    return Opening(
        words=len(said),
        span=span,
        quote=" ".join(word.text for word in said),
        parts={part: found[behaviour] for part, behaviour in PARTS.items() if behaviour in found},
    )


def _into_radio(scene: Scene) -> Iterator[int]:
    beside = ("", *scene.roles, "")
    for turn, role in enumerate(scene.roles):
        if role is Role.CIVILIAN:
            return
        near = Role.RADIO in (beside[turn], beside[turn + 2])
        if role is Role.OFFICER and near and not any(_to_a_person(flag) for flag in scene.by_turn.get(turn, ())):
            yield turn


def _to_a_person(flag: Flag) -> bool:
    spoken_to = flag.behaviour == "order" or flag.direction in (Direction.DEESCALATING, Direction.ESCALATING)
    return spoken_to and flag.behaviour not in TO_COLLEAGUES
