"""What the order of things tells: orders given again and why, rights heard so far, comfort that checks nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from review.behaviours.catalogue import CODEBOOK_VERSION
from review.behaviours.marks import Mark
from review.encounter import Role, Span, SpeakerRole, Turn, role_of

STRUCTURE_VERSION = 1
REPEATS = 3  # orders alike that make a repeated order
REPEAT_WINDOW = 30.0  # seconds in which they are given (codebook: repeated_order)
COMPLAINT_WINDOW = 30.0  # seconds after a medical complaint in which it is checked or waved off (codebook: reassurance)
REASON_REACH = 15.0  # seconds before an order in which a reason still belongs to it
REASONS = frozenset({"reason_for_stop", "explanation"})
CHECKS = frozenset({"medical_aid", "help"})
ANSWER_WINDOW = 10.0  # seconds in which the person's words still answer a request for consent
REFUSALS = frozenset({"rights_assertion", "verbal_resistance"})
_REFUSAL = re.compile(
    r"right to (refuse|say no)|(can|may|could|free to) (say no|refuse|decline)|(don't|dont|do not) have to"
)
RIGHTS_PAUSE = 10.0  # seconds of other talk by the same speaker within one reading of rights
RIGHTS = ("silence", "used_against", "lawyer", "appointed")
SOURCE = f"rule:structure/repeated-order@{CODEBOOK_VERSION}.{STRUCTURE_VERSION}"


@dataclass(frozen=True)
class _Said:
    """Where and by whom every word was said."""

    spans: tuple[Span, ...]
    texts: tuple[str, ...]
    turns: tuple[int, ...]  # index of the turn of each word
    speakers: tuple[str, ...]
    roles: Sequence[SpeakerRole]

    def start(self, mark: Mark) -> float:
        return self.spans[mark.first].start

    def end(self, mark: Mark) -> float:
        return self.spans[mark.last].end

    def speaker(self, mark: Mark) -> str:
        return self.speakers[mark.first]

    def role(self, mark: Mark) -> Role:
        return role_of(self.roles, self.speaker(mark)).role


def shape(marks: Sequence[Mark], turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> tuple[Mark, ...]:
    """The marks with what their order tells: details of orders and rights, repeats marked, hollow comfort left out."""
    said = _Said(
        tuple(word.span for turn in turns for word in turn.words),
        tuple(word.text for turn in turns for word in turn.words),
        tuple(number for number, turn in enumerate(turns) for _ in turn.words),
        tuple(turn.speaker for turn in turns for _ in turn.words),
        roles,
    )
    ordered = sorted(marks, key=lambda mark: (mark.first, mark.last, mark.behaviour, mark.source))
    kept = [mark for mark in ordered if not (mark.behaviour == "reassurance" and _hollow(mark, ordered, said))]
    told = _with_rights([_with_facts(mark, kept, said) for mark in kept], said)
    return (*told, *_repeated(told, said))


def _hollow(mark: Mark, marks: Sequence[Mark], said: _Said) -> bool:
    """Whether this comfort follows a medical complaint that nobody checks."""
    now = said.start(mark)
    complaints = [
        other
        for other in marks
        if other.behaviour == "medical_complaint"
        and other.last < mark.first
        and now - said.end(other) <= COMPLAINT_WINDOW
    ]
    return bool(complaints) and not any(
        other.behaviour in CHECKS
        and other.first > complaints[0].last
        and said.start(other) - said.end(complaints[-1]) <= COMPLAINT_WINDOW
        for other in marks
    )


def _with_facts(mark: Mark, marks: Sequence[Mark], said: _Said) -> Mark:
    if mark.behaviour == "consent_request":
        facts_of_consent = {"right_to_refuse_said": _may_refuse(mark, said), "answer": _answer(mark, marks, said)}
        return replace(mark, details={**mark.details, **facts_of_consent})
    if mark.behaviour not in {"order", "force_warning"}:
        return mark
    if mark.behaviour == "force_warning":
        order = _nearest_order(mark, marks, said)
        later = _next_force(mark, marks, said)
        facts = {"order": order, "seconds_allowed": later}
        return replace(mark, details={**mark.details, **facts})
    earlier = _same_orders(mark, marks, said, before=True)
    later_same = _same_orders(mark, marks, said, before=False)
    allowed = round(said.start(later_same[0]) - said.end(mark), 3) if later_same else None
    facts_of_order = {
        "repeat": len(earlier) + 1,
        "reason_before": _reason_before(mark, marks, said),
        "seconds_allowed": max(0.0, allowed) if allowed is not None else None,
    }
    return replace(mark, details={**mark.details, **facts_of_order})


def _may_refuse(mark: Mark, said: _Said) -> bool:
    """Whether the asker says, in the same turn, that the person may say no."""
    turn = said.turns[mark.first]
    words = " ".join(text for text, number in zip(said.texts, said.turns, strict=True) if number == turn)
    return bool(_REFUSAL.search(words.lower().replace("’", "'")))


def _answer(mark: Mark, marks: Sequence[Mark], said: _Said) -> str | None:
    """What the person's next words are marked as: "yes", "no", or None when they are neither."""
    for other in marks:
        if other.first > mark.last and said.start(other) - said.end(mark) <= ANSWER_WINDOW:
            if other.behaviour in REFUSALS:
                return "no"
            if other.behaviour == "cooperation":
                return "yes"
    return None


def _same_orders(mark: Mark, marks: Sequence[Mark], said: _Said, *, before: bool) -> list[Mark]:
    return [
        other
        for other in marks
        if other.behaviour == "order"
        and other.details.get("directive") == mark.details.get("directive")
        and said.speaker(other) == said.speaker(mark)
        and (other.first < mark.first if before else other.first > mark.first)
        and abs(said.start(other) - said.start(mark)) <= REPEAT_WINDOW
    ]


def _reason_before(mark: Mark, marks: Sequence[Mark], said: _Said) -> bool:
    return any(
        other.behaviour in REASONS
        and other.first < mark.first
        and said.speaker(other) == said.speaker(mark)
        and said.start(mark) - said.end(other) <= REASON_REACH
        for other in marks
    )


def _nearest_order(mark: Mark, marks: Sequence[Mark], said: _Said) -> str | None:
    orders = [other for other in marks if other.behaviour == "order" and said.speaker(other) == said.speaker(mark)]
    near = [other for other in orders if abs(said.start(other) - said.start(mark)) <= REPEAT_WINDOW]
    nearest = min(near, key=lambda other: abs(other.first - mark.first), default=None)
    return str(nearest.details["directive"]) if nearest else None


def _next_force(mark: Mark, marks: Sequence[Mark], said: _Said) -> float | None:
    later = [other for other in marks if other.behaviour == "force" and other.first > mark.last]
    return round(max(0.0, said.start(later[0]) - said.end(mark)), 3) if later else None


def _with_rights(marks: Sequence[Mark], said: _Said) -> list[Mark]:
    """Rights read in one go as one mark, with the elements heard from this speaker so far and those that were not."""
    told: list[Mark] = []
    last: dict[str, int] = {}  # where in `told` each speaker's latest advisement stands
    heard: dict[str, set[str]] = {}
    for mark in marks:
        if mark.behaviour != "rights_advisement":
            told.append(mark)
            continue
        speaker = said.speaker(mark)
        so_far = heard.setdefault(speaker, set())
        so_far.add(str(mark.details.get("element", "")))
        facts = {
            "heard": [element for element in RIGHTS if element in so_far],
            "not_heard": [element for element in RIGHTS if element not in so_far],
        }
        before = told[last[speaker]] if speaker in last else None
        if before and set(said.speakers[before.first : mark.first]) == {speaker} and _soon(before, mark, said):
            first, end = before.first, max(before.last, mark.last)
            told[last[speaker]] = replace(before, first=first, last=end, details=facts)
        else:
            last[speaker] = len(told)
            told.append(replace(mark, details=facts))
    return told


def _soon(before: Mark, mark: Mark, said: _Said) -> bool:
    return said.start(mark) - said.end(before) <= RIGHTS_PAUSE


def _repeated(marks: Sequence[Mark], said: _Said) -> Iterator[Mark]:
    """A signal on the last of three or more orders alike within the window."""
    chains: dict[tuple[str, str], list[Mark]] = {}
    for mark in marks:
        if mark.behaviour == "order" and said.role(mark) is not Role.RADIO:
            chains.setdefault((said.speaker(mark), str(mark.details["directive"])), []).append(mark)
    for orders in chains.values():
        for run in _runs(orders, said):
            last = run[-1]
            yield Mark(
                behaviour="repeated_order",
                first=last.first,
                last=last.last,
                precision=min(mark.precision for mark in run),
                source=SOURCE,
                details={
                    "directive": last.details["directive"],
                    "count": len(run),
                    "seconds": round(said.start(last) - said.start(run[0]), 3),
                    "reason_between": any(
                        mark.behaviour in REASONS and run[0].last < mark.first < last.first for mark in marks
                    ),
                },
            )


def _runs(orders: Sequence[Mark], said: _Said) -> Iterator[list[Mark]]:
    """Stretches of orders in which every three in a row lie within the window."""
    run: list[Mark] = []
    for mark in orders:
        if len(run) >= REPEATS - 1 and said.start(mark) - said.start(run[-(REPEATS - 1)]) <= REPEAT_WINDOW:
            run.append(mark)
        elif len(run) >= REPEATS:
            yield run
            run = [mark]
        else:
            run = [*run[-(REPEATS - 2) :], mark]
    if len(run) >= REPEATS:
        yield run
