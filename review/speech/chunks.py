"""What an engine hears at once: stretches joined into chunks, and the words that were read in each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from review.encounter import Span, Word

WINDOW = 30.0  # seconds that Whisper hears at once
LONGEST_PAUSE = 2.0  # seconds of silence inside one chunk; longer ones invite invented words
LATER = 0.1  # seconds; Whisper's words start and end early by so much in the median (docs/decisions/0003-speech.md)


class Piece(NamedTuple):
    """A word as an engine gives it: its text with the space before it, seconds from its chunk's start, probability."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True)
class Chunk:
    """What an engine heard in one stretch, with the mean log-probability of its least likely sentence."""

    span: Span
    words: tuple[Word, ...]
    log_probability: float = 0.0


def chunks_of(speech: Iterable[Span]) -> tuple[Span, ...]:
    """Neighbouring stretches joined into chunks that an engine can hear at once.

    >>> chunks_of([Span(0.0, 10.0), Span(11.0, 25.0), Span(25.5, 40.0), Span(60.0, 61.0)])
    (Span(start=0.0, end=25.0), Span(start=25.5, end=40.0), Span(start=60.0, end=61.0))
    """
    chunks: list[Span] = []
    for span in speech:
        last = chunks[-1] if chunks else None
        if last and span.start - last.end <= LONGEST_PAUSE and span.end - last.start <= WINDOW:
            chunks[-1] = last.cover(span)
        else:
            chunks.append(span)
    return tuple(chunks)


def chunk(span: Span, pieces: Sequence[Piece], log_probabilities: Iterable[float]) -> Chunk:
    """The chunk over `span` made of an engine's pieces: in order, inside the span, later by LATER."""
    words: list[Word] = []
    for piece in pieces:
        earliest = words[-1].span.start if words else span.start
        start = min(max(span.start + piece.start + LATER, earliest), span.end)
        end = max(start, min(span.start + piece.end + LATER, span.end))
        word = Word(piece.text.strip(), Span(start, end), round(float(piece.probability), 3))
        if words and word.text and _goes_on(piece.text):
            words[-1] = _joined(words[-1], word)
        elif word.text:
            words.append(word)
    return Chunk(span, tuple(words), min(log_probabilities, default=0.0))


def _goes_on(piece: str) -> bool:
    """Whether a piece belongs to the word before it, as the engine cuts "ma'am" and "10-4" in two.

    >>> [_goes_on(piece) for piece in ("'am", "-4", " Okay", "\N{CJK UNIFIED IDEOGRAPH-597D}")]
    [True, True, False, False]
    """
    return piece[:1].isascii() and not piece[:1].isspace()


def _joined(word: Word, rest: Word) -> Word:
    return Word(word.text + rest.text, word.span.cover(rest.span), min(word.confidence, rest.confidence))
