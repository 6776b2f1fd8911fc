"""How much each role talks, asks and explains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from review.encounter import Flag, Role, Turn
from review.timeline.scene import Evidence, Scene

EXPLAINING = frozenset({"reason_for_stop", "explanation"})
_CLOSING = "\"'”’)]"  # what can stand after the sign that ends a sentence
_MAY_END = frozenset(_CLOSING + "?.!")


@dataclass(frozen=True)
class Talk:
    """How much one role spoke, and how much of it asked or explained."""

    seconds: float = 0.0
    words: int = 0
    turns: int = 0
    share: float = 0.0  # of all seconds talked
    questions: tuple[float, ...] = ()  # when each sentence that ends in a question mark begins, in seconds
    explanation_words: int = 0  # within sure marks, each word once
    unsure_explanation_words: int = 0  # within marks of which the machine is unsure
    verified_explanation_words: int = 0
    explanations: Evidence = field(default_factory=Evidence)

    def as_dict(self) -> dict[str, Any]:
        """The talk as JSON values."""
        return {
            "seconds": self.seconds,
            "words": self.words,
            "turns": self.turns,
            "share": self.share,
            "questions": len(self.questions),
            "question_times": list(self.questions),
            "explanation_words": self.explanation_words,
            "unsure_explanation_words": self.unsure_explanation_words,
            "verified_explanation_words": self.verified_explanation_words,
            "explanation_flags": list(self.explanations.flags),
            "verified_explanation_flags": list(self.explanations.verified),
        }


def talk_by_role(scene: Scene) -> dict[Role, Talk]:
    """The talk of every role that has a turn, in the order in which they first speak."""
    turns: dict[Role, list[Turn]] = {}
    for turn, role in zip(scene.encounter.turns, scene.roles, strict=True):
        turns.setdefault(role, []).append(turn)
    explained: dict[Role, list[Flag]] = {}
    for flag in scene.flags:
        if flag.behaviour in EXPLAINING:
            explained.setdefault(flag.role, []).append(flag)
    seconds = {role: sum(turn.span.seconds for turn in group) for role, group in turns.items()}
    everything = sum(seconds.values())
    return {
        role: _with_explanations(
            Talk(
                seconds=round(seconds[role], 3),
                words=sum(len(turn.words) for turn in group),
                turns=len(group),
                share=round(seconds[role] / everything, 3) if everything else 0.0,
                questions=tuple(at for turn in group for at in _questions(turn)),
            ),
            explained.get(role, []),
            scene,
        )
        for role, group in turns.items()
    }


def _with_explanations(talk: Talk, flags: list[Flag], scene: Scene) -> Talk:
    sure = _words([flag for flag in flags if scene.sure(flag)])
    return replace(
        talk,
        explanation_words=len(sure),
        unsure_explanation_words=len(_words(flags) - sure),
        verified_explanation_words=len(_words([flag for flag in flags if scene.verified(flag)])),
        explanations=scene.evidence(flags),
    )


def _words(flags: list[Flag]) -> set[int]:
    return {word for flag in flags for word in range(flag.first, flag.last + 1)}


def _questions(turn: Turn) -> Iterator[float]:
    """When each question of the turn begins; as far as the recogniser writes question marks."""
    if "?" not in turn.text:
        return
    start = 0
    for place, word in enumerate(turn.words):
        if word.text[-1:] not in _MAY_END:
            continue
        said = word.text.rstrip(_CLOSING)
        if said.endswith("?"):
            yield turn.words[start].span.start
        if said.endswith(("?", ".", "!")):
            start = place + 1
