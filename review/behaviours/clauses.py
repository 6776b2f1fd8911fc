"""What was said cut into clauses for the sentence model, each with the words that it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from review.behaviours.modifiers import addressee
from review.behaviours.wording import HARD, INSIDE, SOFT, Stretch
from review.encounter import SpeakerRole, role_of
from review.meaning import Clause

LONG = 24  # tokens from which a sentence is cut where a clause of it begins
JOINING = frozenset({"and", "because", "but", "or", "so", "then"})
LEAST = 4  # tokens of a piece of a long sentence


@dataclass(frozen=True)
class Piece:
    """A clause and the words `first`..`last` (over all words) that it was made of."""

    first: int
    last: int
    speaker: str
    clause: Clause
    addressee: str  # whom it is said to, as far as its wording tells


def pieces(heard: Sequence[Stretch], roles: Sequence[SpeakerRole]) -> list[Piece]:
    """The clauses of all stretches in the order of their words."""
    found = sorted(
        (
            (
                stretch.tokens[start].word,
                stretch.tokens[stop - 1].word,
                stretch.speaker,
                _text(stretch, start, stop),
                addressee(stretch, start, stop - 1),
            )
            for stretch in heard
            for start, stop in _cut(stretch)
        ),
    )
    known = {speaker: role_of(roles, speaker).role for speaker in {one[2] for one in found}}
    speakers = [None, *(one[2] for one in found)]
    return [
        Piece(first, last, speaker, Clause(text, known[speaker], goes_on=speaker == before), whom)
        for (first, last, speaker, text, whom), before in zip(found, speakers, strict=False)
    ]


def _text(stretch: Stretch, start: int, stop: int) -> str:
    """The clause as plain words; of all punctuation only the question mark says something that words do not."""
    return " ".join(token.norm + (" ?" if token.after == "?" else "") for token in stretch.tokens[start:stop])


def _cut(stretch: Stretch) -> Iterator[tuple[int, int]]:
    """The half-open ranges of tokens of each sentence; a long one is cut where a clause begins."""
    tokens = stretch.tokens
    begins = [
        at
        for at in range(1, len(tokens))
        if tokens[at].before == HARD or (tokens[at].turn != tokens[at - 1].turn and tokens[at].before != INSIDE)
    ]
    for start, stop in zip([0, *begins], [*begins, len(tokens)], strict=True):
        at = start
        while stop - at > LONG:
            places = range(at + LEAST, min(stop - LEAST + 1, at + LONG + 1))
            clauses = [place for place in places if tokens[place].before == SOFT]
            # A recogniser that hears no pause writes no comma.
            joints = clauses or [place for place in places if tokens[place].norm in JOINING]
            if not joints:
                break
            yield at, joints[-1]
            at = joints[-1]
        yield at, stop
