"""Words of a language for which there is no grammar model, made ready for rules that look at words only.

Accents are folded, since recognised speech sets them or not: a rule is written once, without them. Only the words
that nothing but the accent tells apart (Spanish "sí" and "si") keep it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from review.behaviours.wording import HARD, INSIDE, SOFT, Spoken, Stretch, Token, pause_after, rule_folder

_EDGES = re.compile(r"^\W*(.*?)\W*$", re.DOTALL)
_OPENED = "¿¡"  # what a question or a shout begins with in Spanish


@dataclass(frozen=True)
class _Wording:
    """How the words of one language are read; the tables of rules/<language>/wording.toml."""

    kept: frozenset[str]
    fillers: frozenset[str]
    stuttered: frozenset[str]
    openers: frozenset[str]
    abbreviations: frozenset[str]
    spoken: Mapping[str, tuple[str, ...]]
    filler_before: Mapping[str, frozenset[str]]  # words that are fillers before a pause or one of these


@dataclass(frozen=True, slots=True)
class _Piece:
    norm: str
    word: int
    turn: int
    opened: bool  # whether a question or shout begins with it
    after: str  # "", ",", "." or "?"


def stretches(spoken: Iterable[tuple[str, Sequence[Spoken]]], language: str) -> Iterator[Stretch]:
    """The stretches of each speaker with the words said in one go; empty ones are left out.

    Tokens have no dictionary form and no tag: a pattern with `lemma:` or `tag:` never matches them.
    """
    wording = _wording(language)
    for speaker, words in spoken:
        pieces = _pieces(words, wording)
        if pieces:
            yield Stretch(speaker, tuple(_tokens(pieces, wording)), language)


def folded(word: str) -> str:
    """The word in lower case, without accents and without the signs around it.

    >>> folded("¡Bájese!"), folded("SEÑOR,"), folded("…")
    ('bajese', 'senor', '')
    """
    return _unaccented(_core(word))


def _core(word: str) -> str:
    edges = _EDGES.match(word)
    return (edges.group(1) if edges else word).replace("’", "'").lower()


def _unaccented(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _normal(word: str, wording: _Wording) -> tuple[str, ...]:
    core = _core(word)
    plain = core if core in wording.kept else _unaccented(core)
    if plain in wording.fillers:
        return ()
    if plain in wording.spoken:
        return wording.spoken[plain]
    safe = re.sub(r"[\s/¶]+", "_", plain)
    return (safe,) if safe else ()


def _pieces(words: Sequence[Spoken], wording: _Wording) -> list[_Piece]:
    pieces: list[_Piece] = []
    for place, said in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else None
        after = pause_after(said.text, wording.abbreviations)
        if following and following.turn != said.turn:
            after = after or ","  # a new turn begins at least a new clause
        norms = _normal(said.text, wording)
        if not norms or _fills(norms, after, following, wording):
            if after and pieces:  # "pues, eh." still ends the sentence
                pieces[-1] = replace(pieces[-1], after=after)
            continue
        if pieces and norms == (pieces[-1].norm,) and pieces[-1].after in {"", ","} and norms[0] in wording.stuttered:
            pieces.pop()
        last = len(norms) - 1
        pieces.extend(
            _Piece(norm, said.index, said.turn, said.text[0] in _OPENED and not part, after if part == last else "")
            for part, norm in enumerate(norms)
        )
    return pieces


def _fills(norms: Sequence[str], after: str, following: Spoken | None, wording: _Wording) -> bool:
    """Whether the word only fills a pause here, as "este" and "o sea" do."""
    before = wording.filler_before.get(norms[0])
    if before is None:
        return False
    return after == "," or (following is not None and not before.isdisjoint(_normal(following.text, wording)))


def _tokens(pieces: Sequence[_Piece], wording: _Wording) -> Iterator[Token]:
    before = HARD
    for piece in pieces:
        if before == INSIDE and piece.opened:
            before = SOFT
        after = piece.after if piece.after in {".", "?"} else ""
        yield Token(piece.norm, "", "", piece.word, piece.turn, before, after)
        if after:
            before = HARD
        elif piece.after or (piece.norm in wording.openers and before != INSIDE):
            before = SOFT
        else:
            before = INSIDE


@cache
def _wording(language: str) -> _Wording:
    raw = tomllib.loads(rule_folder(language).joinpath("wording.toml").read_text("utf-8"))
    words = {
        name: frozenset(raw[name].split()) for name in ("kept", "fillers", "stuttered", "openers", "abbreviations")
    }
    return _Wording(
        **words,
        spoken={short: tuple(full.split()) for short, full in raw["spoken"].items()},
        filler_before={word: frozenset(beside.split()) for word, beside in raw["filler_before"].items()},
    )
