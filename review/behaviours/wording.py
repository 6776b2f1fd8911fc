"""Spoken words as rules read them: contractions written out, fillers and stutters left out, clauses found.

Recognised speech writes `gonna`, `dont` and `Im` as it likes, with or without punctuation, so rules are written
once over the full forms, and every token remembers the word that it came from.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from review import language

HARD, SOFT, INSIDE = "^", ";", "-"  # what stands before a token: a sentence end, a clause start, neither
_EDGES = re.compile(r"^\W*(.*?)(\W*)$", re.DOTALL)
_ENDINGS = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'m": "am", "'s": "'s"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its normal form, the index of its word, and how its clause begins."""

    norm: str
    lemma: str
    tag: str
    word: int
    turn: int
    before: str  # HARD, SOFT or INSIDE
    after: str  # "", "." or "?" when a sentence ends with it


@dataclass(frozen=True)
class Stretch:
    """Consecutive words of one speaker, ready to be searched.

    `line` writes each token as `<before><norm>/<lemma>/<tag> ` and each sentence end as `¶. ` or `¶? `.
    """

    speaker: str
    tokens: tuple[Token, ...]
    language: str = "en"  # by the two letters that `speech` gives

    @cached_property
    def _pieces(self) -> tuple[str, ...]:
        return tuple(
            f"{token.before}{token.norm}/{token.lemma}/{token.tag} " + (f"¶{token.after} " if token.after else "")
            for token in self.tokens
        )

    @cached_property
    def line(self) -> str:
        """All tokens in one searchable string."""
        return "".join(self._pieces)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each token begins in `line`, and where the line ends."""
        at = [0]
        for piece in self._pieces:
            at.append(at[-1] + len(piece))
        return tuple(at)

    @cached_property
    def norms(self) -> frozenset[str]:
        """The different words said."""
        return frozenset(token.norm for token in self.tokens)

    def sentence(self, index: int) -> tuple[int, int]:
        """The half-open range of tokens of the sentence around token `index`; it ends with the turn at the latest."""
        turn = self.tokens[index].turn
        first = index
        while first > 0 and not self.tokens[first - 1].after and self.tokens[first - 1].turn == turn:
            first -= 1
        last = index
        while last + 1 < len(self.tokens) and not self.tokens[last].after and self.tokens[last + 1].turn == turn:
            last += 1
        return first, last + 1

    def turn(self, index: int) -> tuple[int, int]:
        """The half-open range of tokens of the turn around token `index`."""
        inside = [place for place, token in enumerate(self.tokens) if token.turn == self.tokens[index].turn]
        return inside[0], inside[-1] + 1


@dataclass(frozen=True, slots=True)
class _Piece:
    norm: str
    text: str
    word: int
    turn: int
    after: str  # "", ",", "." or "?"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word as it was said: its place among all words, the turn it belongs to, and its text."""

    index: int
    turn: int
    text: str


def rule_folder(language: str) -> Traversable:
    """Where the rules of a language are: English ones in rules/, others in a folder of their own."""
    folder = files(__package__).joinpath("rules")
    return folder if language == "en" else folder.joinpath(language)


def stretches(spoken: Iterable[tuple[str, Sequence[Spoken]]]) -> Iterator[Stretch]:
    """The stretches of each speaker with the words said in one go, parsed in batches; empty ones are left out."""
    heard = [(speaker, _pieces(words)) for speaker, words in spoken]
    heard = [(speaker, pieces) for speaker, pieces in heard if pieces]
    parsed = language.parse([[piece.text for piece in pieces] for _, pieces in heard])
    for (speaker, pieces), grammar in zip(heard, parsed, strict=True):
        yield Stretch(speaker, tuple(_tokens(pieces, grammar)))


def normal(word: str) -> tuple[str, ...]:
    """The normal form of one word, written out; empty for a filler or bare punctuation.

    >>> normal("Gonna,"), normal("don’t"), normal("Im"), normal("uh...")
    (('going', 'to'), ('do', 'not'), ('i', 'am'), ())
    """
    edges = _EDGES.match(word)
    core = (edges.group(1) if edges else word).replace("’", "'").lower()
    table = _wording()
    if core in table["fillers"]:
        return ()
    if core in table["spoken"]:
        return table["spoken"][core]
    for ending, full in _ENDINGS.items():
        if core.endswith(ending) and len(core) > len(ending):
            return (core.removesuffix(ending), full)
    if core.endswith("in'") and len(core) > 4:  # goin', talkin'
        return (core[:-1] + "g",)
    safe = re.sub(r"[\s/¶]+", "_", core)
    return (safe,) if safe else ()


def _pieces(words: Sequence[Spoken]) -> list[_Piece]:
    pieces: list[_Piece] = []
    for place, said in enumerate(words):
        norms = normal(said.text)
        last_of_turn = place + 1 < len(words) and words[place + 1].turn != said.turn
        after = pause_after(said.text, _wording()["abbreviations"]) or (
            "," if last_of_turn else ""
        )  # a new turn begins at least a new clause
        if not norms:
            if after and pieces:  # "so, uh." still ends the sentence
                pieces[-1] = replace(pieces[-1], after=after)
            continue
        if norms[0] in _ambiguous():
            following = normal(words[place + 1].text) if place + 1 < len(words) and not after else ()
            norms = _ambiguous()[norms[0]].read(norms, pieces, following)
        if pieces and _stuttered(pieces[-1], norms):
            pieces.pop()
        for part, norm in enumerate(norms):
            last = part == len(norms) - 1
            pieces.append(_Piece(norm, _cased(norm, said.text), said.index, said.turn, after if last else ""))
    return pieces


@dataclass(frozen=True)
class _Ambiguous:
    """A word that is a contraction without its apostrophe only beside certain words."""

    full: tuple[str, ...]
    before: frozenset[str]
    not_after: frozenset[str]
    first: bool

    def read(self, norms: tuple[str, ...], said: Sequence[_Piece], following: Sequence[str]) -> tuple[str, ...]:
        last = said[-1] if said else None
        begins = last is None or last.after != "" or last.norm in _wording()["openers"]
        if self.first and not begins:
            return norms
        if last and not last.after and last.norm in self.not_after:
            return norms
        if self.before and self.before.isdisjoint(following[:1]):
            return norms
        return self.full


def _stuttered(last: _Piece, norms: tuple[str, ...]) -> bool:
    return norms == (last.norm,) and last.after in {"", ","} and last.norm in _wording()["stuttered"]


def _cased(norm: str, text: str) -> str:
    # The parser learnt from written text: it expects "I" and names in capitals, and shouting confuses it.
    if norm == "i":
        return "I"
    core = text.strip(".,?!;:\"'()…")
    return core if core.lower() == norm and not core.isupper() else norm


def pause_after(text: str, abbreviations: Collection[str]) -> str:
    """What the word ends: "." or "?" a sentence, "," a clause, "" nothing."""
    edges = _EDGES.match(text)
    tail = edges.group(2) if edges else ""
    if not tail or text.lower() in abbreviations:
        return ""
    if "?" in tail:
        return "?"
    if "…" in tail or "..." in tail:
        return ","
    if any(mark in tail for mark in ".!;"):
        return "."
    return "," if any(mark in tail for mark in ",:—–-") else ""


def _tokens(pieces: Sequence[_Piece], grammar: Sequence[language.Token]) -> Iterator[Token]:
    openers = _wording()["openers"]
    before = HARD
    for piece, token in zip(pieces, grammar, strict=True):
        if before == INSIDE and token.starts:
            before = SOFT
        norm = "is" if piece.norm == "'s" and token.tag != "POS" else piece.norm
        after = piece.after if piece.after in ".?" else ""
        yield Token(
            norm, token.lemma.replace("/", "_").replace(" ", "_"), token.tag, piece.word, piece.turn, before, after
        )
        if after:
            before = HARD
        elif piece.after or (norm in openers and before != INSIDE):
            before = SOFT
        else:
            before = INSIDE


@cache
def _raw() -> dict[str, Any]:
    raw: dict[str, Any] = tomllib.loads(rule_folder("en").joinpath("wording.toml").read_text("utf-8"))
    return raw


@cache
def _ambiguous() -> dict[str, _Ambiguous]:
    return {
        word: _Ambiguous(
            tuple(entry["full"].split()),
            frozenset(entry.get("before", "").split()),
            frozenset(entry.get("not_after", "").split()),
            entry.get("first", False),
        )
        for word, entry in _raw()["ambiguous"].items()
    }


@cache
def _wording() -> dict[str, dict[str, tuple[str, ...]]]:
    raw = _raw()
    table: dict[str, dict[str, tuple[str, ...]]] = {
        "spoken": {short: tuple(full.split()) for short, full in raw["spoken"].items()}
    }
    for name in ("fillers", "stuttered", "openers", "abbreviations"):
        table[name] = dict.fromkeys(raw[name].split(), ())
    return table
