"""Rules as data: read from rules/*.toml, each with its source and the examples that test it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from review.behaviours.catalogue import CODEBOOK_VERSION
from review.behaviours.modifiers import PERSON
from review.behaviours.patterns import Pattern, compile_pattern
from review.behaviours.wording import rule_folder

RULES_VERSION = 3
RULE_FILES = ("deescalating", "escalating", "civilian", "event", "order")  # of each language


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
    after: frozenset[str] = frozenset()  # one of these was marked earlier, by anybody
    within: float = 3600.0  # seconds since then
    addressee: str = PERSON  # or colleague, radio, any
    keep: frozenset[str] = frozenset()  # modifiers that do not make the match void
    adds: tuple[str, ...] = ()  # modifiers that this wording always carries
    details: tuple[tuple[str, Any], ...] = ()

    @property
    def conditional(self) -> bool:
        """Whether it depends on what else was marked in the same turn."""
        return bool(self.needs or self.without or self.without_after)

    @property
    def cited(self) -> str:
        """How a flag names this rule."""
        return f"rule:{self.id}@{CODEBOOK_VERSION}.{RULES_VERSION}"


def load(language: str = "en") -> tuple[Rule, ...]:
    """All rules of a language, in the order of their ids."""
    return _load(language)


@cache
def _load(language: str) -> tuple[Rule, ...]:
    folder = rule_folder(language)
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
        after=frozenset(entry.get("after", ())),
        within=float(entry.get("within", Rule.within)),
        addressee=entry.get("addressee", PERSON),
        keep=frozenset(entry.get("keep", ())),
        adds=tuple(entry.get("adds", ())),
        details=tuple(entry.get("details", {}).items()),
    )


@cache
def overrules() -> Mapping[str, frozenset[str]]:
    """For each behaviour, those that give way to it where both are read in the same words."""
    raw = tomllib.loads(files(__package__).joinpath("rules", "overrules.toml").read_text("utf-8"))
    return {winner: frozenset(losers) for winner, losers in raw.items()}


@dataclass(frozen=True)
class Condition:
    """What a behaviour needs of other marks, whoever made it."""

    after: str = ""  # marked earlier in the recording
    without_after: str = ""  # not marked later in the same turn
    without: str = ""  # not marked, as likely or likelier, on the same words


@cache
def conditions() -> Mapping[str, Condition]:
    """The conditions of those behaviours that have one."""
    raw = tomllib.loads(files(__package__).joinpath("rules", "conditions.toml").read_text("utf-8"))
    return {behaviour: Condition(**entry) for behaviour, entry in raw.items()}


@cache
def to_a_person() -> frozenset[str]:
    """The behaviours that are said to the person only: no rule of theirs looks at talk to anybody else."""
    every = load()
    return frozenset(rule.behaviour for rule in every) - {rule.behaviour for rule in every if rule.addressee != PERSON}


@cache
def always(behaviour: str) -> tuple[str, ...]:
    """The modifiers that every rule of this behaviour adds, since the behaviour itself implies them.

    >>> always("profanity"), always("order")
    (('directed',), ())
    """
    added = [set(rule.adds) for rule in load() if rule.behaviour == behaviour]
    return tuple(sorted(set.intersection(*added))) if added else ()


@cache
def overruled_by() -> Mapping[str, tuple[str, ...]]:
    """The same the other way round: for each behaviour, those that it gives way to."""
    every = {loser for losers in overrules().values() for loser in losers}
    return {loser: tuple(winner for winner, losers in overrules().items() if loser in losers) for loser in every}
