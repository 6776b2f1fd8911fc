"""Flags against the marks that a person put into the gold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from review.encounter import Encounter, Span, Status
from review.scoring.gold import Gold, Mark

NEAR = 1.0  # seconds by which a flag may miss the gold utterance it belongs to


@dataclass(frozen=True)
class Found:
    """Flags against gold: right ones, wrong ones, missed ones; unsure flags are told apart and not counted as wrong."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    unsure_right: int = 0
    unsure_wrong: int = 0

    def __add__(self, other: Found) -> Found:
        return Found(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)))

    @property
    def precision(self) -> float:
        """The share of sure flags that are right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        """The share of gold marks that a sure flag found."""
        marks = self.right + self.missed
        return self.right / marks if marks else 0.0


def found(encounter: Encounter, gold: Gold) -> dict[str, Found]:
    """Per behaviour: each gold mark meets at most one flag of that behaviour that is near it in time."""
    marks = [mark for utterance in gold.utterances for mark in utterance.marks]
    left = list(marks)
    tally: dict[str, Counter[str]] = {}
    for flag in sorted(encounter.flags, key=lambda flag: (flag.status is Status.UNSURE, flag.span)):
        mark = _nearest(left, flag.behaviour, flag.span)
        kind = "right" if mark else "wrong"
        if mark:
            left.remove(mark)
        sure = flag.status is Status.FLAGGED
        tally.setdefault(flag.behaviour, Counter())[kind if sure else f"unsure_{kind}"] += 1
    for behaviour in {mark.behaviour for mark in marks}:
        counts = tally.setdefault(behaviour, Counter())
        counts["missed"] = sum(mark.behaviour == behaviour for mark in marks) - counts["right"]
    return {behaviour: Found(**counts) for behaviour, counts in sorted(tally.items())}


def _nearest(marks: Sequence[Mark], behaviour: str, span: Span) -> Mark | None:
    def gap(mark: Mark) -> float:
        return max(mark.span.start - span.end, span.start - mark.span.end, 0.0)

    near = [mark for mark in marks if mark.behaviour == behaviour and gap(mark) <= NEAR]
    return min(near, key=lambda mark: (gap(mark), abs(mark.span.middle - span.middle)), default=None)
