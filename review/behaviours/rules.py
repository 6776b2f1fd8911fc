"""Rules as data: read from rules/*.toml, searched in what was said, given back as marks."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from review.behaviours.catalogue import CATALOGUE, CODEBOOK_VERSION
from review.behaviours.marks import Mark
from review.behaviours.modifiers import (
    COLLEAGUE,
    HYPOTHETICAL,
    NEGATED,
    PERSON,
    RADIO,
    REPORTED,
    addressee,
    modifiers,
)
from review.behaviours.patterns import Found, Pattern, compile_pattern
from review.behaviours.wording import Stretch, stretches
from review.encounter import Direction, Role, SpeakerRole, Turn, role_of

RULES_VERSION = 1
LONGEST_PAUSE = 2.0  # seconds; a sentence may go on in the speaker's next turn after a shorter one
NEARBY = 14  # tokens on either side in which an `unless` is looked for when there is no punctuation
RULE_FILES = ("deescalating", "escalating", "civilian", "event", "order")
# What makes a match not count; anything else found is kept as a modifier.
_DROPPED = {
    Direction.DEESCALATING: frozenset({NEGATED, HYPOTHETICAL, REPORTED}),
    Direction.ESCALATING: frozenset({NEGATED, HYPOTHETICAL, REPORTED}),
    Direction.CIVILIAN: frozenset({NEGATED, HYPOTHETICAL}),
    Direction.EVENT: frozenset({NEGATED, HYPOTHETICAL}),
    Direction.SIGNAL: frozenset({REPORTED}),
}
# A match that is somebody else's words or only supposed is less likely to be the behaviour itself.
MODIFIED = 0.5


@dataclass(frozen=True)
class Rule:
    """One way in which a behaviour is said, with its source and the examples that test it."""

    id: str
    behaviour: str
    patterns: tuple[Pattern, ...]
    precision: float
    source: str
    hits: tuple[str, ...]
    misses: tuple[str, ...]
    unless: tuple[Pattern, ...] = ()  # in the same sentence
    unless_turn: tuple[Pattern, ...] = ()  # anywhere in the same turn
    needs: frozenset[str] = frozenset()  # one of these behaviours is marked in the same turn
    without: frozenset[str] = frozenset()  # none of these behaviours is marked in the same turn
    without_after: frozenset[str] = frozenset()  # none of these follows in the same turn
    addressee: str = PERSON  # or colleague, radio, any
    keep: frozenset[str] = frozenset()  # modifiers that do not make the match void
    adds: tuple[str, ...] = ()  # modifiers that this wording always carries
    details: tuple[tuple[str, Any], ...] = ()

    @property
    def cited(self) -> str:
        """How a flag names this rule."""
        return f"rule:{self.id}@{CODEBOOK_VERSION}.{RULES_VERSION}"


@dataclass(frozen=True)
class _Match:
    rule: Rule
    stretch: Stretch
    found: Found
    modifiers: tuple[str, ...]


def mark(turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> Sequence[Mark]:
    """The marks that the rules make in `turns`; each role is held only to the behaviours it can show."""
    marks: list[Mark] = []
    for stretch in stretches(spoken(turns, roles)):
        role = role_of(roles, stretch.speaker).role
        matches = _settled([match for match in _matches(stretch) if _may_show(role, match.rule.behaviour)])
        marks.extend(_mark(match) for match in matches)
    return tuple(marks)


def spoken(
    turns: Sequence[Turn], roles: Sequence[SpeakerRole]
) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """The words of each speaker with their indices; a known speaker's next turn goes on the same stretch."""
    index = 0
    speaker, end = "", 0.0
    words: list[tuple[int, str]] = []
    for turn in turns:
        known = role_of(roles, turn.speaker).role is not Role.UNKNOWN
        if not (known and turn.speaker == speaker and turn.span.start - end <= LONGEST_PAUSE):
            yield speaker, words
            words = []
        words.extend((index + place, word.text) for place, word in enumerate(turn.words))
        index += len(turn.words)
        speaker, end = turn.speaker, turn.span.end
    yield speaker, words


@cache
def load() -> tuple[Rule, ...]:
    """All rules, in the order of their ids."""
    folder = files(__package__).joinpath("rules")
    classes: dict[str, str] = tomllib.loads(folder.joinpath("classes.toml").read_text("utf-8"))
    raw = [
        entry
        for name in RULE_FILES
        for entry in tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))["rule"]
    ]
    return tuple(sorted((_rule(entry, classes) for entry in raw), key=lambda rule: rule.id))


def _rule(entry: Mapping[str, Any], classes: Mapping[str, str]) -> Rule:
    known = set(Rule.__dataclass_fields__) | {"pattern"}
    if unknown := set(entry) - known:
        raise ValueError(f"rule {entry.get('id')}: unknown keys {sorted(unknown)}")
    texts = [entry["pattern"]] if "pattern" in entry else entry["patterns"]

    def compiled(name: str) -> tuple[Pattern, ...]:
        return tuple(compile_pattern(text, classes) for text in entry.get(name, ()))

    return Rule(
        id=entry["id"],
        behaviour=entry["behaviour"],
        patterns=tuple(compile_pattern(text, classes) for text in texts),
        precision=entry["precision"],
        source=entry["source"],
        hits=tuple(entry["hits"]),
        misses=tuple(entry.get("misses", ())),
        unless=compiled("unless"),
        unless_turn=compiled("unless_turn"),
        needs=frozenset(entry.get("needs", ())),
        without=frozenset(entry.get("without", ())),
        without_after=frozenset(entry.get("without_after", ())),
        addressee=entry.get("addressee", PERSON),
        keep=frozenset(entry.get("keep", ())),
        adds=tuple(entry.get("adds", ())),
        details=tuple(entry.get("details", {}).items()),
    )


@cache
def _index() -> tuple[Mapping[str, tuple[tuple[Rule, Pattern], ...]], tuple[tuple[Rule, Pattern], ...]]:
    keyed: dict[str, list[tuple[Rule, Pattern]]] = defaultdict(list)
    always: list[tuple[Rule, Pattern]] = []
    for rule in load():
        for pattern in rule.patterns:
            for key in pattern.keys or ():
                keyed[key].append((rule, pattern))
            if pattern.keys is None:
                always.append((rule, pattern))
    return {key: tuple(pairs) for key, pairs in keyed.items()}, tuple(always)


def _candidates(stretch: Stretch) -> Iterable[tuple[Rule, Pattern]]:
    keyed, always = _index()
    found = {(rule.id, pattern.text): (rule, pattern) for rule, pattern in always}
    for norm in stretch.norms:
        found.update({(rule.id, pattern.text): (rule, pattern) for rule, pattern in keyed.get(norm, ())})
    return [found[key] for key in sorted(found)]


def _matches(stretch: Stretch) -> Iterator[_Match]:
    for rule, pattern in _candidates(stretch):
        for found in pattern.find(stretch):
            if any(_near(other, stretch, found) for other in rule.unless):
                continue
            if any(next(other.find(stretch), None) for other in rule.unless_turn):
                continue
            said = modifiers(stretch, found.first)
            if (_DROPPED[CATALOGUE[rule.behaviour].direction] - rule.keep).intersection(said):
                continue
            if rule.addressee != "any" and not _meant_for(rule, stretch, found):
                continue
            yield _Match(rule, stretch, found, said)


def _meant_for(rule: Rule, stretch: Stretch, found: Found) -> bool:
    whom = addressee(stretch, found.first, found.last)
    return rule.addressee != PERSON or whom not in {COLLEAGUE, RADIO}


def _near(pattern: Pattern, stretch: Stretch, found: Found) -> bool:
    start, end = stretch.sentence(found.first)
    start, end = max(start, found.first - NEARBY), min(max(end, found.last + 1), found.last + NEARBY)
    return next(pattern.find(stretch, start, end), None) is not None


def _settled(matches: list[_Match]) -> list[_Match]:
    """The matches whose conditions on other behaviours of the same stretch hold."""
    plain = [match for match in matches if not (match.rule.needs or match.rule.without or match.rule.without_after)]
    kept = list(plain)
    for match in matches:
        if match in plain:
            continue
        marked = {other.rule.behaviour for other in plain if other is not match}
        after = {other.rule.behaviour for other in plain if other.found.first > match.found.last}
        if match.rule.needs and marked.isdisjoint(match.rule.needs):
            continue
        if marked & match.rule.without or after & match.rule.without_after:
            continue
        kept.append(match)
    return kept


def _may_show(role: Role, behaviour: str) -> bool:
    return role is Role.UNKNOWN or role in CATALOGUE[behaviour].roles


def _mark(match: _Match) -> Mark:
    tokens = match.stretch.tokens
    said = {*match.modifiers, *match.rule.adds}
    factor = MODIFIED if {HYPOTHETICAL, REPORTED} & said else 1.0
    details = dict(match.rule.details)
    if match.rule.behaviour == "order":
        details["directive"] = _directive(match)
    return Mark(
        behaviour=match.rule.behaviour,
        first=tokens[match.found.first].word,
        last=tokens[match.found.last].word,
        precision=match.rule.precision * factor,
        source=match.rule.cited,
        modifiers=tuple(sorted(said)),
        details=details,
    )


_CONTENT = ("NN", "VB", "IN", "RP", "JJ")  # tags of the words that make two orders the same one
_EMPTY = frozenset({"please", "of", "be", "need", "go", "want", "for", "right", "sir", "maam", "man", "will", "could"})


def _directive(match: _Match) -> str:
    """What is ordered: the rule's own name for it, or the content words in their dictionary form."""
    named = dict(match.rule.details).get("directive")
    if named:
        return str(named)
    tokens = match.stretch.tokens[match.found.first : match.found.last + 1]
    kept = [token.lemma for token in tokens if token.tag.startswith(_CONTENT) and token.lemma not in _EMPTY]
    return " ".join(kept) or " ".join(token.norm for token in tokens)
