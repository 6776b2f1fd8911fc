"""Which orders are the same one, however they are worded and whichever officer gives them: by a table, alike.toml."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from review.behaviours import conflicts
from review.behaviours.marks import Mark

REPEATS = 3  # orders alike that make a repeated order
REPEAT_WINDOW = 30.0  # seconds in which they are given (codebook: repeated_order)
ARTICLES = frozenset({"a", "an", "the", "your", "that", "this"})  # "on the" twice says nothing twice
_NEGATED = re.compile(r"\b(don't|do not|not|never)\b")
_ENDINGS = re.compile(r"(?<=\w{3})(ing|s)$")


@dataclass(frozen=True)
class Thing:
    """Something that orders come to; examples that are the same order, and that are not."""

    id: str
    said: re.Pattern[str]
    alike: tuple[tuple[str, str], ...]
    other: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Order:
    """An order that is marked: when it begins, whose it is ("" for any officer), and its words as `conflicts.plain`.

    Where `english` is not so, only what the rule calls it and the very same words make it the same as another.
    """

    mark: Mark
    start: float
    by: str
    text: str
    english: bool = True

    @property
    def directive(self) -> str:
        """What the rule calls it, or its words."""
        return str(self.mark.details.get("directive"))


@cache
def things() -> tuple[Thing, ...]:
    """The things of alike.toml."""
    return tuple(
        Thing(
            one["id"],
            re.compile(one["said"]),
            tuple((a, b) for a, b in one["alike"]),
            tuple((a, b) for a, b in one["other"]),
        )
        for one in _table()["thing"]
    )


@cache
def _table() -> dict[str, Any]:
    raw: dict[str, Any] = tomllib.loads(files(__package__).joinpath("alike.toml").read_text("utf-8"))
    return raw


@cache
def _empty() -> frozenset[str]:
    return frozenset(_table()["empty"].split())


@cache
def said_in(text: str) -> frozenset[str]:
    """The things that an order of these words names, and each word that means something by itself.

    >>> sorted(said_in("sir put the phone down and step over to the curb"))
    ['curb', 'phone-away']
    """
    found = set()
    left = text
    for thing in things():
        for match in reversed(list(thing.said.finditer(left))):
            refused = thing.id != "stand-still" and _NEGATED.search(left[max(0, match.start() - 12) : match.start()])
            found.add("not " * bool(refused) + thing.id)
            left = f"{left[: match.start()]} | {left[match.end() :]}"
    words = (word for word in left.split() if word not in _empty() and word != "|")
    return frozenset(found) | {_ENDINGS.sub("", word) for word in words}


def same(one: Order, other: Order) -> bool:
    """Whether both order the same."""
    if one.text == other.text:
        return True
    if not one.english:
        return one.directive == other.directive
    alike = one.directive == other.directive or not said_in(one.text).isdisjoint(said_in(other.text))
    return alike and not conflicts.between(one.text, other.text)


def groups(orders: Sequence[Order]) -> list[int]:
    """For each order, in the order of their beginnings, the place of the first that it says again, or its own."""
    found: list[int] = []
    since = 0
    for place, order in enumerate(orders):
        while order.start - orders[since].start > REPEAT_WINDOW:
            since += 1
        near = range(place - 1, since - 1, -1)
        alike = (at for at in near if orders[at].by == order.by and same(orders[at], order))
        before = next(alike, None)
        found.append(place if before is None else found[before])
    return found


def runs(orders: Sequence[Order]) -> Iterator[list[Order]]:
    """Rows of the same order in which every three lie within the window; one said three times in a breath is three."""
    run: list[Order] = []
    for order in (each for each in orders for _ in range(times(each))):
        if len(run) >= REPEATS - 1 and order.start - run[-(REPEATS - 1)].start <= REPEAT_WINDOW:
            run.append(order)
        elif len(run) >= REPEATS:
            yield run
            run = [order]
        else:
            run = [*run[-(REPEATS - 2) :], order]
    if len(run) >= REPEATS:
        yield run


def times(order: Order) -> int:
    """How often these words say it: "step back, step back, sir" is two."""
    if not order.english:
        return 1
    pairs = Counter(pair for pair in pairwise(order.text.split()) if pair[1] not in ARTICLES)
    return max(pairs.values(), default=1)
