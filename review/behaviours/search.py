"""The tagger made of rules: which rules hold in what was said, given back as marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from review.behaviours import plain
from review.behaviours.catalogue import CATALOGUE, may_show
from review.behaviours.marks import Mark
from review.behaviours.modifiers import (
    HYPOTHETICAL,
    NEGATED,
    PERSON,
    REPORTED,
    addressee,
    modifiers,
)
from review.behaviours.patterns import Found, Pattern
from review.behaviours.rules import Rule, load, overruled_by
from review.behaviours.wording import Spoken, Stretch, stretches
from review.encounter import Direction, Role, SpeakerRole, Turn, role_of

LONGEST_PAUSE = 2.0  # seconds; a sentence may go on in the speaker's next turn after a shorter one
NEARBY = 14  # tokens on either side in which an `unless` is looked for when there is no punctuation
BLOCK = 64  # words; matches are compared only with those in the blocks around them
SAME_BREATH = 6  # tokens between two marks of one behaviour in a sentence that make them one
# A match that is somebody else's words or only supposed is less likely to be the behaviour itself.
MODIFIED = 0.5
# Modifiers that make a match void, unless its rule keeps them; any other one found stays on the flag.
_VOID = {
    Direction.DEESCALATING: frozenset({NEGATED, HYPOTHETICAL, REPORTED}),
    Direction.ESCALATING: frozenset({NEGATED, HYPOTHETICAL, REPORTED}),
    Direction.CIVILIAN: frozenset({NEGATED, HYPOTHETICAL}),
    Direction.EVENT: frozenset({NEGATED, HYPOTHETICAL}),
    Direction.SIGNAL: frozenset({REPORTED}),
}
# Each of these is its own event, however close to the next one.
COUNTED_EACH = frozenset({"order", "weapon", "force", "rights_advisement"})


@dataclass(frozen=True)
class _Match:
    rule: Rule
    stretch: Stretch
    found: Found
    modifiers: tuple[str, ...]

    @property
    def behaviour(self) -> str:
        return self.rule.behaviour

    @property
    def first_word(self) -> int:
        return self.stretch.tokens[self.found.first].word

    @property
    def last_word(self) -> int:
        return self.stretch.tokens[self.found.last].word

    @property
    def turn(self) -> int:
        return self.stretch.tokens[self.found.last].turn

    @property
    def worth(self) -> tuple[float, int, str]:
        return self.rule.precision, self.found.last - self.found.first, self.rule.id

    def overlaps(self, other: _Match) -> bool:
        return self.found.first <= other.found.last and other.found.first <= self.found.last


def mark(turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> Sequence[Mark]:
    """The marks that the rules make in `turns`; each role is held only to the behaviours it can show."""
    return marked(stretches(spoken(turns, roles)), turns, roles)


def mark_spanish(turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> Sequence[Mark]:
    """The marks that the Spanish rules make in `turns`; they know some behaviours only, and no grammar."""
    return marked(plain.stretches(spoken(turns, roles), "es"), turns, roles)


def marked(stretched: Iterable[Stretch], turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> tuple[Mark, ...]:
    """The marks that the rules make in these stretches of `turns`."""
    heard: list[list[_Match]] = []
    for stretch in stretched:
        role = role_of(roles, stretch.speaker).role
        heard.append(_settled([match for match in _matches(stretch) if may_show(role, match.behaviour)]))
    everything = [match for matches in heard for match in matches]
    ends = [word.span.end for turn in turns for word in turn.words]
    kept = (
        [match for match in matches if not match.rule.after or _comes_after(match, everything, ends)]
        for matches in heard
    )
    return tuple(_mark(match) for matches in kept for match in _distinct(matches))


def spoken(turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> Iterator[tuple[str, list[Spoken]]]:
    """The words of each speaker, stretch by stretch; a known speaker's next turn goes on the same stretch."""
    index = 0
    speaker, end = "", 0.0
    words: list[Spoken] = []
    for number, turn in enumerate(turns):
        known = role_of(roles, turn.speaker).role is not Role.UNKNOWN
        if not (known and turn.speaker == speaker and turn.span.start - end <= LONGEST_PAUSE):
            yield speaker, words
            words = []
        words.extend(Spoken(index + place, number, word.text) for place, word in enumerate(turn.words))
        index += len(turn.words)
        speaker, end = turn.speaker, turn.span.end
    yield speaker, words


@cache
def _index(language: str) -> tuple[Mapping[str, tuple[tuple[Rule, Pattern], ...]], tuple[tuple[Rule, Pattern], ...]]:
    keyed: dict[str, list[tuple[Rule, Pattern]]] = defaultdict(list)
    always: list[tuple[Rule, Pattern]] = []
    for rule in load(language):
        for pattern in rule.patterns:
            for key in pattern.keys or ():
                keyed[key].append((rule, pattern))
            if pattern.keys is None:
                always.append((rule, pattern))
    return {key: tuple(pairs) for key, pairs in keyed.items()}, tuple(always)


def _candidates(stretch: Stretch) -> Iterable[tuple[Rule, Pattern]]:
    keyed, always = _index(stretch.language)
    found = {(rule.id, pattern.text): (rule, pattern) for rule, pattern in always}
    for norm in stretch.norms:
        found.update({(rule.id, pattern.text): (rule, pattern) for rule, pattern in keyed.get(norm, ())})
    return [found[key] for key in sorted(found)]


def _matches(stretch: Stretch) -> Iterator[_Match]:
    for rule, pattern in _candidates(stretch):
        for found in pattern.find(stretch):
            said = modifiers(stretch, found.first)
            if (_VOID[CATALOGUE[rule.behaviour].direction] - rule.keep).intersection(said):
                continue
            if _holds(rule, stretch, found):
                yield _Match(rule, stretch, found, said)


def _holds(rule: Rule, stretch: Stretch, found: Found) -> bool:
    if any(_near(other, stretch, found) for other in rule.unless):
        return False
    if any(_said(other, stretch, *stretch.turn(found.first)) for other in rule.unless_turn):
        return False
    return rule.addressee != PERSON or addressee(stretch, found.first, found.last) == PERSON


def _near(pattern: Pattern, stretch: Stretch, found: Found) -> bool:
    start, end = stretch.sentence(found.first)
    start, end = max(start, found.first - NEARBY), min(max(end, found.last + 1), found.last + NEARBY)
    return _said(pattern, stretch, start, end)


def _said(pattern: Pattern, stretch: Stretch, start: int, end: int) -> bool:
    if pattern.keys is not None and pattern.keys.isdisjoint(stretch.norms):
        return False
    return next(pattern.find(stretch, start, end), None) is not None


def _settled(matches: Sequence[_Match]) -> list[_Match]:
    """The matches whose conditions on other behaviours of the same turn hold."""
    plain = [match for match in matches if not match.rule.conditional]
    return plain + [match for match in matches if match.rule.conditional and _conditions_hold(match, plain)]


def _conditions_hold(match: _Match, plain: Sequence[_Match]) -> bool:
    around = [other for other in plain if other.turn == match.turn]
    marked = {other.behaviour for other in around}
    after = {other.behaviour for other in around if other.found.first > match.found.first}
    unmet = match.rule.needs and marked.isdisjoint(match.rule.needs)
    return not (unmet or marked & match.rule.without or after & match.rule.without_after)


def _distinct(matches: Sequence[_Match]) -> list[_Match]:
    """One match for each thing said: the best of those alike, and none that another behaviour overrules."""
    best: list[_Match] = []
    near: dict[tuple[str, int], list[_Match]] = defaultdict(list)  # by behaviour and block of words
    for match in sorted(matches, key=lambda match: match.worth, reverse=True):
        around = [other for block in _blocks(match, reach=SAME_BREATH + 1) for other in near[match.behaviour, block]]
        if not any(_alike(match, other) for other in around):
            best.append(match)
            for block in _blocks(match):
                near[match.behaviour, block].append(match)
    return [
        match
        for match in best
        if not any(
            match.overlaps(other)
            for behaviour in overruled_by().get(match.behaviour, ())
            for block in _blocks(match)
            for other in near[behaviour, block]
        )
    ]


def _blocks(match: _Match, *, reach: int = 0) -> range:
    """The blocks of words that a match lies in, or within `reach` words of."""
    return range((match.found.first - reach) // BLOCK, (match.found.last + reach) // BLOCK + 1)


def _alike(match: _Match, other: _Match) -> bool:
    if match.behaviour != other.behaviour:
        return False
    if match.behaviour in COUNTED_EACH:
        return match.overlaps(other)
    gap = max(match.found.first, other.found.first) - min(match.found.last, other.found.last) - 1
    start, end = match.stretch.sentence(match.found.first)
    return match.overlaps(other) or (gap <= SAME_BREATH and start <= other.found.first < end)


def _comes_after(match: _Match, everything: Sequence[_Match], ends: Sequence[float]) -> bool:
    return any(
        other.behaviour in match.rule.after
        and other.last_word < match.first_word
        and ends[match.first_word] - ends[other.last_word] <= match.rule.within
        for other in everything
    )


def _mark(match: _Match) -> Mark:
    said = {*match.modifiers, *match.rule.adds}
    factor = MODIFIED if {HYPOTHETICAL, REPORTED} & said else 1.0
    details = dict(match.rule.details)
    if match.behaviour == "order":
        details.setdefault("directive", _directive(match))
    # Rules for talk to the person were asked before they matched (`_holds`).
    if match.rule.addressee != PERSON:
        whom = addressee(match.stretch, match.found.first, match.found.last)
        details |= {"addressee": whom} if whom != PERSON else {}
    return Mark(
        behaviour=match.behaviour,
        first=match.first_word,
        last=match.last_word,
        precision=match.rule.precision * factor,
        source=match.rule.cited,
        modifiers=tuple(sorted(said)),
        details=details,
    )


_CONTENT = ("NN", "VB", "IN", "RP", "JJ")  # tags of the words that make two orders the same one
_POLITENESS = "please of be need go want for right now sir maam man will could i me"
_EMPTY = frozenset(_POLITENESS.split())


def _directive(match: _Match) -> str:
    """What is ordered, in the dictionary form of its content words."""
    tokens = match.stretch.tokens[match.found.first : match.found.last + 1]
    kept = [token.lemma for token in tokens if token.tag.startswith(_CONTENT) and token.lemma not in _EMPTY]
    return " ".join(kept) or " ".join(token.norm for token in tokens)
