"""The small language that rules are written in, compiled to one regular expression per pattern.

take your time              these words, in this order, within one sentence
drop/lower the knife/gun    one of several words
(step out | get out) please one of several sequences
just?  (right now)?         may be there or not
..3                         up to three more words, none of them "not" or "never"; at the end of a pattern any
                            words of the same clause, which only lengthen the quote
^   $   $?                  a clause begins here; a sentence ends here; it ends as a question
lemma:go  tag:VB/VBP        by dictionary form, by grammatical tag (Penn Treebank)
!not/never                  one word, but none of these
@vocative                   a shared word class of rules/classes.toml
< >                         only what stands between them is quoted
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from review.behaviours.wording import INSIDE, SOFT, Stretch

_LEAD = r"[\^;\-]"
_SPLIT = re.compile(r"\(|\)\??|<|>|\||[^\s()<>|]+")
# Too common to tell which rules a stretch could match; any other word is a better key.
_FREQUENT = """
i you he we they it me my your the a that this all what so if or is are am be was do have can will going and but of in
on for to at with not no just okay right
"""
_COMMON = frozenset(_FREQUENT.split())
_COMMON_COST = 40
_TAIL = "tail.."  # a gap that ends the pattern only lengthens the quote


@dataclass(frozen=True)
class Found:
    """A match on tokens `first`..`last` (inclusive) of a stretch."""

    first: int
    last: int


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern, with the words of which at least one must have been said for it to match."""

    text: str
    source: str
    keys: frozenset[str] | None  # None: no word is needed

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The regular expression, compiled when it is first needed: most rules never are in a short encounter."""
        return re.compile(self.source)

    def find(self, stretch: Stretch, first: int = 0, end: int | None = None) -> Iterator[Found]:
        """Every match within tokens `first`..`end`, left to right."""
        stop = stretch.starts[len(stretch.tokens) if end is None else end]
        for match in self.expression.finditer(stretch.line, stretch.starts[first], stop):
            group = "quote" if match.groupdict().get("quote") is not None else 0
            begin, finish = match.span(group)
            if finish > begin:
                yield Found(_token_at(stretch, begin), _token_at(stretch, finish - 1))


@dataclass(frozen=True)
class _Part:
    expression: str
    keys: frozenset[str] | None

    @property
    def cost(self) -> int:
        if self.keys is None:
            return 10**6
        return sum(_COMMON_COST if key in _COMMON else 1 for key in self.keys)


def compile_pattern(text: str, classes: Mapping[str, str]) -> Pattern:
    """The pattern that `text` says; raises ValueError where it cannot be read."""
    pieces = _SPLIT.findall(text)
    if pieces and pieces[-1].startswith(".."):
        pieces[-1] = pieces[-1].replace("..", _TAIL)
    part, rest = _alternatives(pieces, classes)
    if rest:
        raise ValueError(f"pattern {text!r}: {rest[0]!r} closes nothing")
    return Pattern(text, r"(?<![^ ])" + part.expression, part.keys)


def _alternatives(pieces: list[str], classes: Mapping[str, str]) -> tuple[_Part, list[str]]:
    options: list[_Part] = []
    sequence: list[_Part] = []
    while pieces and not pieces[0].startswith(")"):
        piece, pieces = pieces[0], pieces[1:]
        if piece == "|":
            options.append(_joined(sequence))
            sequence = []
        elif piece == "(":
            inner, pieces = _alternatives(pieces, classes)
            if not pieces:
                raise ValueError("a group is not closed")
            sequence.append(_optional(inner) if pieces[0] == ")?" else inner)
            pieces = pieces[1:]
        else:
            sequence.append(_atom(piece, classes))
    options.append(_joined(sequence))
    if len(options) == 1:
        return options[0], pieces
    keys = None if any(option.keys is None for option in options) else _union(options)
    return _Part("(?:" + "|".join(option.expression for option in options) + ")", keys), pieces


def _union(options: list[_Part]) -> frozenset[str]:
    return frozenset(key for option in options for key in option.keys or ())


def _joined(sequence: list[_Part]) -> _Part:
    best = min(sequence, key=lambda part: part.cost, default=_Part("", None))
    return _Part("(?:" + "".join(part.expression for part in sequence) + ")", best.keys)


def _optional(part: _Part) -> _Part:
    return _Part(f"(?:{part.expression})?", None)


_SIGNS = {
    "^": r"(?=[\^;])",
    "$": r"(?=¶|\Z)",
    "$?": r"(?=¶\?)",
    "<": "(?P<quote>",
    ">": ")",
}


def _atom(piece: str, classes: Mapping[str, str]) -> _Part:
    if piece in _SIGNS:
        return _Part(_SIGNS[piece], None)
    if piece.startswith(".."):
        return _Part(rf"(?:[{SOFT}{INSIDE}](?!(?:not|never)/)[^ ]+ ){{0,{int(piece[2:])}}}", None)
    if piece.startswith(_TAIL):
        return _Part(rf"(?:{INSIDE}[^ ]+ ){{0,{int(piece.removeprefix(_TAIL))}}}", None)
    if piece.endswith("?"):
        return _optional(_atom(piece[:-1], classes))
    if piece.startswith("@"):
        part, _ = _alternatives(_SPLIT.findall(classes[piece[1:]]), classes)
        return part
    if piece.startswith("!"):
        return _Part(rf"{_LEAD}(?!(?:{_words(piece[1:])})/)[^ ]+ ", None)
    if piece.startswith("lemma:"):
        return _Part(rf"{_LEAD}[^/ ]*/(?:{_words(piece[6:])})/[^ ]* ", None)
    if piece.startswith("tag:"):
        return _Part(rf"{_LEAD}[^/ ]*/[^/ ]*/(?:{_words(piece[4:])}) ", None)
    return _Part(rf"{_LEAD}(?:{_words(piece)})/[^ ]* ", frozenset(piece.split("/")))


def _words(piece: str) -> str:
    return "|".join(re.escape(word) for word in piece.split("/"))


def _token_at(stretch: Stretch, offset: int) -> int:
    low, high = 0, len(stretch.tokens) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if stretch.starts[middle] <= offset:
            low = middle
        else:
            high = middle - 1
    return low
