"""Talk cut into parts as long as a sentence, of which each has one loudness, one pitch and one rate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from review.encounter import Span, Turn, Word

PAUSE = 0.4  # seconds of silence within a turn at which a new part begins
SHORTEST = 0.6  # seconds; a shorter part joins its neighbour, since two syllables have no loudness of their own
LONGEST = 4.0  # seconds after which a sentence that does not end is cut, since shouts come without punctuation
SENTENCE_END = (".", "?", "!", "…", "—")
_VOWELS = re.compile(r"[aeiouyáéíóúü]+")


@dataclass(frozen=True)
class Part:
    """A sentence or a piece of one: whose, which turn's, and its words."""

    speaker: str
    turn: int
    words: tuple[Word, ...]

    @cached_property
    def span(self) -> Span:
        """From the first word to the end of the last."""
        return Span(self.words[0].span.start, max(word.span.end for word in self.words))

    @property
    def syllables(self) -> int:
        """How many syllables the words have, about."""
        return sum(syllables(word.text) for word in self.words)


def parts(turns: Sequence[Turn]) -> tuple[Part, ...]:
    """The parts of all turns, in their order."""
    return tuple(
        Part(turn.speaker, number, words) for number, turn in enumerate(turns) if turn.words for words in _cut(turn)
    )


def syllables(word: str) -> int:
    """How many syllables an English word has, about: groups of vowels, less a silent e; at least one.

    >>> [syllables(word) for word in ("license", "people", "stop", "35", "resisting!")]
    [2, 2, 1, 3, 3]
    """
    letters = word.lower().strip(".,?!;:\"'…—-")
    if letters.isdigit():
        return len(letters) * 3 // 2  # "35" has three, "7" one
    groups = len(_VOWELS.findall(letters))
    silent = letters.endswith("e") and not re.search(r"([^aeiouy]l|[aeiouy])e$", letters)
    return max(1, groups - silent)


def _cut(turn: Turn) -> Iterator[tuple[Word, ...]]:
    pieces: list[list[Word]] = [[turn.words[0]]]
    for before, word in pairwise(turn.words):
        piece = pieces[-1]
        paused = word.span.start - before.span.end >= PAUSE
        long = word.span.end - piece[0].span.start > LONGEST
        ended = before.text.endswith(SENTENCE_END) and before.span.end - piece[0].span.start >= SHORTEST
        if paused or long or ended:
            pieces.append([word])
        else:
            piece.append(word)
    for at in range(len(pieces) - 1, 0, -1):  # a short rest belongs to what was said before it
        near = pieces[at][0].span.start - pieces[at - 1][-1].span.end < PAUSE
        if near and pieces[at][-1].span.end - pieces[at][0].span.start < SHORTEST:
            pieces[at - 1 : at + 1] = [pieces[at - 1] + pieces[at]]
    yield from (tuple(piece) for piece in pieces)
