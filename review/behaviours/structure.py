"""What the order of things tells: orders given again and why, rights heard so far, comfort that checks nothing."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Any

from review.behaviours import bases, conflicts, repeats
from review.behaviours.catalogue import CODEBOOK_VERSION
from review.behaviours.marks import Mark
from review.behaviours.repeats import REPEAT_WINDOW, REPEATS, Order
from review.encounter import Role, Span, SpeakerRole, Turn, role_of

STRUCTURE_VERSION = 2
COMPLAINT_WINDOW = 30.0  # seconds after a medical complaint in which it is checked or waved off (codebook: reassurance)
# What is told first of the officers' words after a medical complaint; all else follows as it was said.
AFTER_COMPLAINT = ("medical_aid", "help", "reassurance", "empathy", "medical_dismissal", "dismissal", "force", "order")
REASON_REACH = 15.0  # seconds before an order in which a reason still belongs to it
REASONS = frozenset({"reason_for_stop", "explanation"})
CHECKS = frozenset({"medical_aid", "help"})
ANSWER_WINDOW = 10.0  # seconds in which the person's words still answer a request for consent
REFUSALS = frozenset({"rights_assertion", "verbal_resistance"})
_REFUSAL = re.compile(
    r"right to (refuse|say no)|(can|may|could|free to) (say no|refuse|decline)|(don't|dont|do not) have to"
)
POLICE = frozenset({Role.OFFICER, Role.OTHER_OFFICER})
RIGHTS_PAUSE = 10.0  # seconds of other talk by the same speaker within one reading of rights
RIGHTS = ("silence", "used_against", "lawyer", "appointed")  # Miranda; other countries' are in review/policy
# Said at nearly every arrest: an advisement only where the country counts it as one.
ONLY_WHERE_EXPECTED = frozenset({"reason"})
SOURCE = f"rule:structure/repeated-order@{CODEBOOK_VERSION}.{STRUCTURE_VERSION}"


@dataclass(frozen=True)
class _Said:
    """Where and by whom every word was said."""

    spans: tuple[Span, ...]
    turns: tuple[int, ...]  # index of the turn of each word
    speakers: tuple[str, ...]
    texts: tuple[str, ...]  # of each turn
    words: tuple[str, ...]
    english: bool
    roles: Sequence[SpeakerRole]

    def start(self, mark: Mark) -> float:
        return self.spans[mark.first].start

    def end(self, mark: Mark) -> float:
        return self.spans[mark.last].end

    def speaker(self, mark: Mark) -> str:
        return self.speakers[mark.first]

    def role(self, mark: Mark) -> Role:
        return role_of(self.roles, self.speaker(mark)).role


class _Row:
    """Marks in the order of their words, so that the next one is found without asking them all."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self.marks = tuple(marks)
        self._firsts = [mark.first for mark in self.marks]

    def before(self, word: int) -> Sequence[Mark]:
        """Those that begin before `word`."""
        return self.marks[: bisect_left(self._firsts, word)]

    def last_before(self, word: int) -> Mark | None:
        at = bisect_left(self._firsts, word)
        return self.marks[at - 1] if at else None

    def next_after(self, word: int) -> Mark | None:
        return next(self.after(word), None)

    def after(self, word: int) -> Iterator[Mark]:
        """Those that begin after `word`, one by one: whoever asks seldom wants them all."""
        return (self.marks[at] for at in range(bisect_right(self._firsts, word), len(self.marks)))


class _Marked:
    """All marks, and rows of those that are asked for: by behaviour, by speaker, by what is ordered."""

    def __init__(self, marks: Sequence[Mark], said: _Said) -> None:
        self.all = marks
        self.said = said
        self._rows: dict[tuple[str, ...], list[Mark]] = {}
        for mark in marks:
            speaker = said.speaker(mark)
            keys: list[tuple[str, ...]] = [("", mark.behaviour), (speaker, mark.behaviour)]
            keys += [(speaker, "reason")] if mark.behaviour in REASONS else []
            keys += [("", "check")] if mark.behaviour in CHECKS else []
            keys += [("", "police")] if said.role(mark) in POLICE else []
            keys += [("", "answer")] if mark.behaviour in {*REFUSALS, "cooperation"} else []
            for key in keys:
                self._rows.setdefault(key, []).append(mark)
        self._made: dict[tuple[str, ...], _Row] = {}

    def row(self, behaviour: str, *, speaker: str = "") -> _Row:
        """The marks of this behaviour (or of "reason", "check", "answer", "police"), of everybody or of one speaker."""
        return self._row((speaker, behaviour))

    @cached_property
    def chains(self) -> tuple[tuple[Order, ...], ...]:
        """Orders alike, each given within the window after one before it; those of all officers together."""
        orders = [self._order(mark) for mark in self.row("order").marks if self.said.role(mark) is not Role.RADIO]
        found: dict[int, list[Order]] = {}
        for order, group in zip(orders, repeats.groups(orders), strict=True):
            found.setdefault(group, []).append(order)
        return tuple(map(tuple, found.values()))

    @cached_property
    def _again(self) -> Mapping[tuple[int, int], tuple[int, Mark | None]]:
        """For where each order stands, the how manieth of its chain within the window it is, and the next of it."""
        found: dict[tuple[int, int], tuple[int, Mark | None]] = {}
        for chain in self.chains:
            since = 0
            for place, order in enumerate(chain):
                while order.start - chain[since].start > REPEAT_WINDOW:
                    since += 1
                after = chain[place + 1].mark if place + 1 < len(chain) else None
                found[order.mark.first, order.mark.last] = (place - since + 1, after)
        return found

    def again(self, mark: Mark) -> tuple[int, Mark | None]:
        """The how manieth order alike within the window this is, and the next of them."""
        return self._again.get((mark.first, mark.last), (1, None))

    def _order(self, mark: Mark) -> Order:
        by = "" if self.said.role(mark) in POLICE else self.said.speaker(mark)
        return Order(mark, self.said.start(mark), by, conflicts.quoted(mark, self.said.words), self.said.english)

    def _row(self, key: tuple[str, ...]) -> _Row:
        if key not in self._made:
            self._made[key] = _Row(self._rows.get(key, ()))
        return self._made[key]


def shape(
    marks: Sequence[Mark],
    turns: Sequence[Turn],
    roles: Sequence[SpeakerRole],
    *,
    rights: Sequence[str] = RIGHTS,
    language: str = "en",
) -> tuple[Mark, ...]:
    """The marks with what their order tells: details of orders and rights, repeats marked, hollow comfort left out.

    `rights` are the elements that a rights advisement is to have, in the order in which they are told.
    """
    said = _Said(
        tuple(word.span for turn in turns for word in turn.words),
        tuple(number for number, turn in enumerate(turns) for _ in turn.words),
        tuple(turn.speaker for turn in turns for _ in turn.words),
        tuple(bases.plain(turn.text) for turn in turns),
        tuple(word.text for turn in turns for word in turn.words),
        language == "en",
        roles,
    )
    ordered = sorted(marks, key=lambda mark: (mark.first, mark.last, mark.behaviour, mark.source))
    everything = _Marked(ordered, said)
    kept = [mark for mark in ordered if not (mark.behaviour == "reassurance" and _hollow(mark, everything))]
    marked = _Marked(kept, said)
    told = _with_rights([_with_facts(mark, marked) for mark in kept], said, rights)
    return (*told, *_repeated(_Marked(told, said)))


def _hollow(mark: Mark, marked: _Marked) -> bool:
    """Whether this comfort follows a medical complaint that nobody checks."""
    said, now = marked.said, marked.said.start(mark)
    complaints: list[Mark] = []
    for other in reversed(marked.row("medical_complaint").before(mark.first)):
        if now - said.end(other) > COMPLAINT_WINDOW:
            break
        if other.last < mark.first:
            complaints.append(other)
    if not complaints:
        return False
    check = marked.row("check").next_after(complaints[-1].last)
    return check is None or said.start(check) - said.end(complaints[0]) > COMPLAINT_WINDOW


def _with_facts(mark: Mark, marked: _Marked) -> Mark:
    if mark.behaviour == "consent_request":
        facts: dict[str, Any] = {
            "right_to_refuse_said": _may_refuse(mark, marked.said),
            "answer": _answer(mark, marked),
        }
    elif mark.behaviour == "force_warning":
        facts = {"order": _nearest_order(mark, marked), "seconds_allowed": _next_force(mark, marked)}
    elif mark.behaviour == "medical_complaint" and marked.said.role(mark) is Role.CIVILIAN:
        facts = {"then_marked": _then_marked(mark, marked)}
    elif mark.behaviour == "search":
        said_to_rest_on = _basis(mark, marked.said)
        facts = {"basis": said_to_rest_on} if said_to_rest_on else {}
    elif mark.behaviour == "order":
        facts = _facts_of_order(mark, marked)
    else:
        return mark
    return replace(mark, details={**mark.details, **facts})


def _facts_of_order(mark: Mark, marked: _Marked) -> dict[str, Any]:
    said = marked.said
    repeat, again = marked.again(mark)
    soon = again is not None and said.start(again) - said.start(mark) <= REPEAT_WINDOW
    return {
        "repeat": repeat,
        "reason_before": _reason_before(mark, marked),
        "seconds_allowed": max(0.0, round(said.start(again) - said.end(mark), 3)) if again and soon else None,
    }


def _then_marked(mark: Mark, marked: _Marked) -> list[str]:
    """What officers' words soon after this complaint are marked as, the most important first; empty for nothing."""
    until = marked.said.end(mark) + COMPLAINT_WINDOW
    soon = takewhile(lambda other: marked.said.start(other) <= until, marked.row("police").after(mark.last))
    found = dict.fromkeys(other.behaviour for other in soon)
    rank = {behaviour: place for place, behaviour in enumerate(AFTER_COMPLAINT)}
    return sorted(found, key=lambda behaviour: rank.get(behaviour, len(rank)))


def _basis(mark: Mark, said: _Said) -> list[str]:
    """What the officer says this search rests on, in the turn or the two turns that the mark lies in."""
    turns = dict.fromkeys((said.turns[mark.first], said.turns[mark.last]))
    return bases.said_in(" ".join(said.texts[turn] for turn in turns))


def _may_refuse(mark: Mark, said: _Said) -> bool:
    """Whether the asker says, in the same turn, that the person may say no."""
    return bool(_REFUSAL.search(said.texts[said.turns[mark.first]]))


def _answer(mark: Mark, marked: _Marked) -> str | None:
    """What the person's next words are marked as: "yes", "no", or None when they are neither."""
    answer = marked.row("answer").next_after(mark.last)
    if answer is None or marked.said.start(answer) - marked.said.end(mark) > ANSWER_WINDOW:
        return None
    return "no" if answer.behaviour in REFUSALS else "yes"


def _reason_before(mark: Mark, marked: _Marked) -> bool:
    reason = marked.row("reason", speaker=marked.said.speaker(mark)).last_before(mark.first)
    return reason is not None and marked.said.start(mark) - marked.said.end(reason) <= REASON_REACH


def _nearest_order(mark: Mark, marked: _Marked) -> str | None:
    orders = marked.row("order", speaker=marked.said.speaker(mark))
    around = [order for order in (orders.last_before(mark.first), orders.next_after(mark.first - 1)) if order]
    near = [one for one in around if abs(marked.said.start(one) - marked.said.start(mark)) <= REPEAT_WINDOW]
    nearest = min(near, key=lambda other: abs(other.first - mark.first), default=None)
    return str(nearest.details["directive"]) if nearest else None


def _next_force(mark: Mark, marked: _Marked) -> float | None:
    later = marked.row("force").next_after(mark.last)
    return round(max(0.0, marked.said.start(later) - marked.said.end(mark)), 3) if later else None


def _with_rights(marks: Sequence[Mark], said: _Said, rights: Sequence[str]) -> list[Mark]:
    """Rights read in one go as one mark, with the elements heard from this speaker so far and those that were not."""
    told: list[Mark] = []
    last: dict[str, int] = {}  # where in `told` each speaker's latest advisement stands
    heard: dict[str, set[str]] = {}
    for mark in marks:
        if mark.behaviour != "rights_advisement":
            told.append(mark)
            continue
        element = str(mark.details.get("element", ""))
        if element in ONLY_WHERE_EXPECTED and element not in rights:
            continue
        speaker = said.speaker(mark)
        so_far = heard.setdefault(speaker, set())
        so_far.add(element)
        facts = {
            "heard": [element for element in rights if element in so_far],
            "not_heard": [element for element in rights if element not in so_far],
        }
        before = told[last[speaker]] if speaker in last else None
        if before and set(said.speakers[before.last : mark.first]) == {speaker} and _soon(before, mark, said):
            first, end = before.first, max(before.last, mark.last)
            told[last[speaker]] = replace(before, first=first, last=end, details=facts)
        else:
            last[speaker] = len(told)
            told.append(replace(mark, details=facts))
    return told


def _soon(before: Mark, mark: Mark, said: _Said) -> bool:
    return said.start(mark) - said.end(before) <= RIGHTS_PAUSE


def _repeated(marked: _Marked) -> Iterator[Mark]:
    """A signal on the order that is the third alike within the window; it tells how many followed in that row."""
    for chain in marked.chains:
        for run in repeats.runs(chain):
            first, third, last = run[0], run[REPEATS - 1], run[-1]
            yield Mark(
                behaviour="repeated_order",
                first=third.mark.first,
                last=third.mark.last,
                precision=min(order.mark.precision for order in run[:REPEATS]),
                source=SOURCE,
                details={
                    "directive": third.directive,
                    "count": len(run),
                    "seconds": round(last.start - first.start, 3),
                    "reason_between": _reason_between(first.mark, last.mark, marked),
                },
            )


def _reason_between(first: Mark, last: Mark, marked: _Marked) -> bool:
    reasons = (marked.row(behaviour).next_after(first.last) for behaviour in sorted(REASONS))
    return any(reason is not None and reason.first < last.first for reason in reasons)
