"""Whether words are meant: negated, hypothetical, somebody else's, or said to somebody else than the person.

A cue counts only when nothing but bridging words stand between it and the match ("not *telling you to* calm
down"), so that a `not` that belongs to something else ("you're not listening, calm down") changes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from review.behaviours.patterns import Pattern, compile_pattern
from review.behaviours.wording import INSIDE, Stretch, rule_folder

NEGATED, HYPOTHETICAL, REPORTED, DIRECTED = "negated", "hypothetical", "reported", "directed"
PERSON, COLLEAGUE, RADIO, ANIMAL, SELF = "person", "colleague", "radio", "animal", "self"
REACH = 8  # tokens before a match in which a cue can stand
SUBJECT = 5  # tokens before the cue with which a clause begins ("the man at the register said …")
_VERB = ("VB", "MD")  # how the tags of verbs begin
# Where one word both answers and negates, a cue governs its own clause only: "no, no, espere" is an order.
_WITHIN_CLAUSE = frozenset({"es"})


@dataclass(frozen=True)
class _Scope:
    cues: frozenset[str]
    bridge: frozenset[str]


def modifiers(stretch: Stretch, first: int) -> tuple[str, ...]:
    """Which of negated, hypothetical and reported hold for a match that begins at token `first`."""
    before = [token.norm for token in stretch.tokens[_scope_start(stretch, first) : first]]
    cues = _cues(stretch.language)
    found = [name for name in (HYPOTHETICAL, NEGATED) if _governed(before, cues[name])]
    if _reported(before, stretch.language):
        found.append(REPORTED)
    return tuple(found)


def of_clause(stretch: Stretch, first: int, last: int, behaviour: str) -> tuple[str, ...]:
    """Which modifiers the clause `first`..`last` shows for a behaviour that it is marked with as a whole.

    Its own negations and conditions belong to what it shows ("nobody is going to hurt you"). That somebody else said
    it has to hold for each thing that it says.
    """
    if behaviour not in _told_of(stretch.language):
        return ()
    heads = list(_heads(stretch, first, last, _cues(stretch.language)[REPORTED]))
    return (REPORTED,) if heads and all(REPORTED in modifiers(stretch, head) for head in heads) else ()


def addressee(stretch: Stretch, first: int, last: int) -> str:
    """Whom the sentence around tokens `first`..`last` is said to, as far as its wording tells."""
    start, end = stretch.sentence(first)
    end = max(end, last + 1)
    address = _address(stretch.language)
    for whom, patterns in address.items():
        if any(next(pattern.find(stretch, start, end), None) for pattern in patterns):
            return whom
    # Who calls dispatch goes on talking to dispatch until the turn ends.
    opening = stretch.sentence(0)
    called = any(next(pattern.find(stretch, *opening), None) for pattern in address[RADIO])
    return RADIO if called else PERSON


def _heads(stretch: Stretch, first: int, last: int, scope: _Scope) -> Iterator[int]:
    """Where each part of a clause that has a verb comes to what it is about: behind the cue that it begins with."""
    tokens = stretch.tokens
    parts = [at for at in range(first, last + 1) if at == first or tokens[at].before != INSIDE]
    for start, stop in zip(parts, [*parts[1:], last + 1], strict=True):
        if not any(tokens[at].tag.startswith(_VERB) for at in range(start, stop)):
            continue
        cue = next((at for at in range(start, min(stop, start + SUBJECT + 1)) if tokens[at].norm in scope.cues), start)
        said = (at for at in range(cue, stop) if tokens[at].norm not in scope.cues | scope.bridge)
        yield next(said, start)


def _scope_start(stretch: Stretch, first: int) -> int:
    start, _ = stretch.sentence(first)
    start = max(start, first - REACH)
    if stretch.language in _WITHIN_CLAUSE:
        start = max([start, *(at for at in range(start, first + 1) if stretch.tokens[at].before != INSIDE)])
    return start


def _governed(before: Sequence[str], scope: _Scope) -> bool:
    for norm in reversed(before):
        if norm in scope.cues:
            return True
        if norm not in scope.bridge:
            return False
    return False


def _reported(before: Sequence[str], language: str) -> bool:
    scope = _cues(language)[REPORTED]
    for place in range(len(before) - 1, -1, -1):
        if before[place] in scope.cues:
            return _tellers(language).isdisjoint(before[max(0, place - 3) : place])
        if before[place] not in scope.bridge:
            return False
    return False


@cache
def _raw(language: str) -> dict[str, dict[str, str]]:
    raw: dict[str, dict[str, str]] = tomllib.loads(rule_folder(language).joinpath("modifiers.toml").read_text("utf-8"))
    return raw


@cache
def _cues(language: str) -> dict[str, _Scope]:
    raw = _raw(language)
    return {
        name: _Scope(frozenset(raw[name]["cues"].split()), frozenset(raw[name]["bridge"].split()))
        for name in (NEGATED, HYPOTHETICAL, REPORTED)
    }


@cache
def _tellers(language: str) -> frozenset[str]:
    return frozenset(_raw(language)[REPORTED]["own"].split())


@cache
def _told_of(language: str) -> frozenset[str]:
    return frozenset(_raw(language)[REPORTED].get("told_of", "").split())


@cache
def _address(language: str) -> dict[str, tuple[Pattern, ...]]:
    raw = _raw(language)["addressee"]
    return {
        whom: tuple(compile_pattern(text, {}) for text in raw.get(whom, ()))
        for whom in (RADIO, COLLEAGUE, ANIMAL, SELF)
    }
