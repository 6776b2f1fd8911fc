"""Orders of two officers that cannot both be obeyed: by a table of pairs, conflicts.toml, and the sentence model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from review.behaviours.catalogue import CODEBOOK_VERSION
from review.behaviours.marks import Mark
from review.encounter import Role, SpeakerRole, Turn, role_of

CONFLICT_WINDOW = 5.0  # seconds from one officer's order to the other's (codebook: conflicting_orders)
CONFLICTS_VERSION = 1
SOURCE = f"rule:structure/conflicting-orders@{CODEBOOK_VERSION}.{CONFLICTS_VERSION}"
_POLICE = frozenset({Role.OFFICER, Role.OTHER_OFFICER})
_NEGATED = re.compile(r"\b(don't|do not|not|never)( you)?( fucking)? $")


@dataclass(frozen=True)
class Pair:
    """Two sides of which one cannot be done while the other is; examples that conflict, and that do not."""

    id: str
    sides: tuple[re.Pattern[str], re.Pattern[str]]
    conflicts: tuple[tuple[str, str], ...]
    fits: tuple[tuple[str, str], ...]

    def parts(self, one: str, other: str) -> bool:
        """Whether these two orders fall on its two sides."""
        first, second = self.sides
        return (_says(first, one) and _says(second, other)) or (_says(second, one) and _says(first, other))


@dataclass(frozen=True)
class _Order:
    mark: Mark
    speaker: str
    text: str
    start: float


@cache
def pairs() -> tuple[Pair, ...]:
    """The pairs of conflicts.toml."""
    raw = tomllib.loads(files(__package__).joinpath("conflicts.toml").read_text("utf-8"))["pair"]
    return tuple(
        Pair(
            one["id"],
            (re.compile(rf"\b({one['one']})"), re.compile(rf"\b({one['other']})")),
            tuple((a, b) for a, b in one["conflicts"]),
            tuple((a, b) for a, b in one["fits"]),
        )
        for one in raw
    )


def plain(order: str) -> str:
    """The words of an order as the table reads them.

    >>> plain("Sir! Dont MOVE, now.")
    "sir don't move now"
    """
    words = re.sub(r"[^\w' ]+", " ", order.lower().replace("’", "'"))
    return " ".join("don't" if word == "dont" else word for word in words.split())


def quoted(mark: Mark, words: Sequence[str]) -> str:
    """The words of a marked order, of all `words`, as the table reads them."""
    return plain(" ".join(words[mark.first : mark.last + 1]))


def conflicting(
    marks: Sequence[Mark], turns: Sequence[Turn], roles: Sequence[SpeakerRole], *, read: Sequence[Mark] = ()
) -> Iterator[Mark]:
    """A signal on each order that cannot be obeyed along with one that another officer gave just before.

    `read` are the sentence model's own: what the table lacks counts where it reads such a conflict, too.
    """
    recent: list[_Order] = []
    for order in _orders(marks, turns, roles):
        recent = [one for one in recent if order.start - one.start <= CONFLICT_WINDOW]
        others = [one for one in reversed(recent) if one.speaker != order.speaker]
        found = next(((one, pair) for one in others if (pair := between(one.text, order.text))), None)
        if found:
            before, pair = found
            likely = min(before.mark.precision, order.mark.precision)
            yield _signal(order, before, likely, SOURCE, {"pair": pair.id})
        elif others and (opinion := next((one for one in read if _meets(one, order.mark)), None)):
            yield _signal(order, others[0], opinion.precision, opinion.source, {})
        recent.append(order)


def _meets(one: Mark, other: Mark) -> bool:
    return one.first <= other.last and other.first <= one.last


def _signal(order: _Order, before: _Order, likely: float, source: str, told: Mapping[str, str]) -> Mark:
    return Mark(
        behaviour="conflicting_orders",
        first=order.mark.first,
        last=order.mark.last,
        precision=likely,
        source=source,
        details={
            **told,
            "other_speaker": before.speaker,
            "other_order": before.text,
            "seconds": round(max(0.0, order.start - before.start), 3),
        },
    )


def _orders(marks: Sequence[Mark], turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> list[_Order]:
    words = [word for turn in turns for word in turn.words]
    texts = [word.text for word in words]
    speakers = [turn.speaker for turn in turns for _ in turn.words]
    police = {speaker for speaker in set(speakers) if role_of(roles, speaker).role in _POLICE}
    found = [
        _Order(
            mark,
            speakers[mark.first],
            quoted(mark, texts),
            words[mark.first].span.start,
        )
        for mark in marks
        if mark.behaviour == "order" and speakers[mark.first] in police
    ]
    return sorted(found, key=lambda order: (order.start, order.mark.first, order.mark.last))


def between(one: str, other: str) -> Pair | None:
    """The pair on whose two sides these orders fall, both as `plain` writes them; None when both can be obeyed."""
    return next((pair for pair in pairs() if pair.parts(one, other)), None)


def _says(side: re.Pattern[str], text: str) -> bool:
    return any(not _NEGATED.search(text[: match.start()]) for match in side.finditer(text))
