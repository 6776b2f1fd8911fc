"""The examples of codebook and rules, each said by itself and marked by rules and model together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from review import pipeline
from review.behaviours import CATALOGUE, rules
from review.encounter import Behaviour, Role
from review.transcripts import Line

SPEAKERS = (Role.OFFICER, Role.CIVILIAN, Role.OTHER_OFFICER)  # the first of these that can show it says an example
Otherwise = Mapping[str, Mapping[str, Sequence[str]]]  # "missed" or "marked", behaviour, examples


def measured() -> Otherwise:
    """The examples that end otherwise than rule or codebook say: not marked at all, or marked all the same."""
    every = {one.id: (list(counted(one)), list(left_out(one))) for one in CATALOGUE.values()}
    return {
        "missed": _kept({name: [text for text in hits if not marked(name, text)] for name, (hits, _) in every.items()}),
        "marked": _kept({name: [text for text in out if marked(name, text)] for name, (_, out) in every.items()}),
    }


def counted(one: Behaviour) -> Iterator[str]:
    """What counts by the codebook and by its rules, where it means that by itself."""
    yield from one.counts if alone(one.id) else ()
    yield from dict.fromkeys(hit for rule in alone(one.id) for hit in rule.hits)


def left_out(one: Behaviour) -> Iterator[str]:
    """What does not count; what the codebook only describes is not said by anybody."""
    yield from (text for text in one.does_not_count if text[0].isupper())
    yield from dict.fromkeys(miss for rule in alone(one.id) for miss in rule.misses)


def alone(behaviour: str) -> tuple[rules.Rule, ...]:
    """The rules of a behaviour that need nothing to be said before."""
    return tuple(rule for rule in rules.load() if rule.behaviour == behaviour and not rule.after)


@cache
def marked(behaviour: str, text: str) -> bool:
    """Whether the program as it is shipped shows a mark of this behaviour, sure or unsure, when only this is said."""
    role = next(role for role in SPEAKERS if role in CATALOGUE[behaviour].roles)
    [line] = pipeline.tag([Line("A", role, text)])
    return any(flag["behaviour"] == behaviour for flag in line["flags"])


def _kept(found: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    return {behaviour: texts for behaviour, texts in found.items() if texts}
