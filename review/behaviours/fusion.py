"""The tagger made of rules and the sentence model: rules say where and why, the model says how likely.

A rule's mark becomes likelier or less likely by what the model thinks of its clause; a clause that the model is sure of
and no rule has marked becomes a mark of the model's own. The numbers that turn opinions into probabilities are fitted
by models/make_behaviour_model.py on talks that the model was not trained on.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from review import meaning, weights
from review.behaviours import search
from review.behaviours.catalogue import may_show
from review.behaviours.clauses import Piece, pieces
from review.behaviours.marks import Mark
from review.behaviours.modifiers import ANIMAL, PERSON, SELF
from review.behaviours.rules import Condition, always, conditions, to_a_person
from review.behaviours.wording import stretches
from review.encounter import SpeakerRole, Turn
from review.meaning import Floats

MODEL_VERSION = 10
SOURCE = f"model:behaviour-sentences@{MODEL_VERSION}"
# Which element of a reading was said is known to rules only, and a country may expect some that the talks lack.
BY_RULES = frozenset({"rights_advisement"})
# The model has learnt for itself what is said to colleagues; of dogs and of talk to oneself it has read nothing.
NOBODY = frozenset({ANIMAL, SELF})
BETWEEN = 8  # words between two marks of one behaviour in a turn that make them one
EACH = search.COUNTED_EACH | {"medical_complaint"}  # how often somebody had to say it matters
LEAST = 0.4  # probability below which a mark of the model alone is not shown at all, not even as unsure
LEAST_RULED = 0.25  # the same for a rule's mark, which says why it is there


@dataclass(frozen=True)
class Calibration:
    """How opinions become probabilities: two logistic regressions."""

    ruled: tuple[float, float, float]  # constant, per logit of the model, per logit of the rule's precision
    alone: Mapping[str, tuple[float, float]]  # by behaviour: constant, per logit


def mark(turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> Sequence[Mark]:
    """The marks of the rules, weighed, and those of the model, where no rule has marked the same."""
    heard = list(stretches(search.spoken(turns, roles)))
    ruled = search.marked(heard, turns, roles)
    clauses = pieces(heard, roles)
    opinions = meaning.logits([piece.clause for piece in clauses])
    columns = {behaviour: column for column, behaviour in enumerate(meaning.behaviours())}
    reader = _Reader(clauses, {name: opinions[:, at] for name, at in columns.items() if name not in BY_RULES})
    weighed = [found for one in ruled if (found := reader.weighed(one)).precision >= LEAST_RULED]
    turn_of = [number for number, turn in enumerate(turns) for _ in turn.words]
    return tuple(_once_each(_conditioned([*weighed, *reader.own(ruled)], turn_of), turn_of))


class _Reader:
    """What the model thinks of each clause."""

    def __init__(self, clauses: Sequence[Piece], opinions: Mapping[str, Floats]) -> None:
        self._clauses = clauses
        self._opinions = opinions
        self._of_word = {word: at for at, piece in enumerate(clauses) for word in range(piece.first, piece.last + 1)}

    def weighed(self, one: Mark) -> Mark:
        """The mark with its precision as the model and the rule together see it."""
        around = self._around(one)
        if one.behaviour not in self._opinions or not around:
            return one
        opinion = max(float(self._opinions[one.behaviour][at]) for at in around)
        constant, per_opinion, per_rule = calibration().ruled
        likely = _probability(constant + per_opinion * opinion + per_rule * _logit(one.precision))
        return replace(one, precision=likely)

    def own(self, ruled: Sequence[Mark]) -> Iterator[Mark]:
        """The marks that only the model makes; clauses in a row that carry the same are one mark."""
        taken = {(one.behaviour, at) for one in ruled for at in self._around(one)}
        for behaviour, opinions in self._opinions.items():
            likely = _likely(behaviour, opinions)
            run: Mark | None = None
            last = -2  # the clause that `run` ends with
            for at in np.flatnonzero(likely >= LEAST).tolist():
                piece = self._clauses[at]
                if (behaviour, at) in taken or not may_show(piece.clause.role, behaviour):
                    continue
                if piece.addressee in NOBODY and behaviour in to_a_person():
                    continue
                sure = float(likely[at])
                said = (*always(behaviour), *piece.modifiers(behaviour))
                if run and at == last + 1 and self._goes_on(behaviour, at):
                    both = tuple(one for one in run.modifiers if one in said)
                    run = replace(run, last=piece.last, precision=max(run.precision, sure), modifiers=both)
                else:
                    if run:
                        yield run
                    # Orders in other words are other orders: only rules know those that are the same.
                    details = {"directive": piece.clause.text} if behaviour == "order" else {}
                    if piece.addressee != PERSON:
                        details["addressee"] = piece.addressee
                    run = Mark(behaviour, piece.first, piece.last, sure, SOURCE, said, details)
                last = at
            if run:
                yield run

    def _goes_on(self, behaviour: str, at: int) -> bool:
        """Whether a mark on the clause before may reach over clause `at`, too."""
        return behaviour not in search.COUNTED_EACH and self._clauses[at - 1].speaker == self._clauses[at].speaker

    def _around(self, one: Mark) -> set[int]:
        return {self._of_word[word] for word in range(one.first, one.last + 1) if word in self._of_word}


def _conditioned(marks: Sequence[Mark], turn_of: Sequence[int]) -> Iterator[Mark]:
    """The marks whose behaviours' conditions on other marks hold."""
    of: dict[str, list[Mark]] = {}
    for one in marks:
        of.setdefault(one.behaviour, []).append(one)
    for one in marks:
        needs = conditions().get(one.behaviour, Condition())
        if needs.after and not any(other.last < one.first for other in of.get(needs.after, ())):
            continue
        later = (other for other in of.get(needs.without_after, ()) if other.first > one.last)
        if any(turn_of[other.first] == turn_of[one.last] for other in later):
            continue
        same = (other for other in of.get(needs.without, ()) if other.first <= one.last and one.first <= other.last)
        if any((other.precision, other.behaviour) > (one.precision, one.behaviour) for other in same):
            continue
        yield one


def _once_each(marks: Iterable[Mark], turn_of: Sequence[int]) -> list[Mark]:
    """One mark where somebody shows a behaviour in several sentences of a turn: the likeliest, on the words of all."""
    found: list[Mark] = []
    last: dict[str, int] = {}  # by behaviour, where its last mark is
    for one in sorted(marks, key=lambda one: (one.first, one.last)):
        at = last.get(one.behaviour)
        if at is not None and _goes_with(found[at], one, turn_of):
            before = found[at]
            likelier = max(before, one, key=lambda each: each.precision)
            said = tuple(name for name in before.modifiers if name in one.modifiers)  # what holds for all of it
            found[at] = replace(likelier, first=before.first, last=max(before.last, one.last), modifiers=said)
        else:
            last[one.behaviour] = len(found)
            found.append(one)
    return found


def _goes_with(before: Mark, one: Mark, turn_of: Sequence[int]) -> bool:
    near = one.first - before.last <= BETWEEN + 1
    return near and turn_of[before.last] == turn_of[one.first] and one.behaviour not in EACH


def _likely(behaviour: str, opinions: Floats) -> NDArray[np.float64]:
    """How likely each clause is to carry the behaviour, by the model alone."""
    constant, per_opinion = calibration().alone[behaviour]
    likely: NDArray[np.float64] = 1 / (1 + np.exp(-(constant + per_opinion * opinions.astype(np.float64))))
    return likely


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _logit(probability: float) -> float:
    inside = max(0.01, min(0.99, probability))
    return math.log(inside / (1 - inside))


@cache
def calibration() -> Calibration:
    """The fitted numbers that come with the model."""
    raw = json.loads((weights.sentence_model().path / "calibration.json").read_text("utf-8"))
    return Calibration(
        tuple(raw["ruled"]),
        {behaviour: (own[0], own[1]) for behaviour, own in raw["alone"].items()},
    )
