"""What was said cut into clauses for the sentence model, each with the words that it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from review.behaviours.modifiers import addressee, of_clause
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
    stretch: Stretch
    tokens: tuple[int, int]  # of the stretch, half-open

    @cached_property
    def addressee(self) -> str:
        """Whom it is said to, as far as its wording tells."""
        start, stop = self.tokens
        return addressee(self.stretch, start, stop - 1)

    def modifiers(self, behaviour: str) -> tuple[str, ...]:
        """What its wording tells of this behaviour: whether it is somebody else's words."""
        start, stop = self.tokens
        return of_clause(self.stretch, start, stop - 1, behaviour)


def pieces(heard: Sequence[Stretch], roles: Sequence[SpeakerRole]) -> list[Piece]:
    """The clauses of all stretches in the order of their words."""
    cuts = [(stretch, start, stop) for stretch in heard for start, stop in _cut(stretch)]
    cuts.sort(key=lambda cut: cut[0].tokens[cut[1]].word)
    known = {speaker: role_of(roles, speaker).role for speaker in {stretch.speaker for stretch in heard}}
    before = [None, *(stretch.speaker for stretch, _, _ in cuts)]
    return [
        Piece(
            stretch.tokens[start].word,
            stretch.tokens[stop - 1].word,
            stretch.speaker,
            Clause(_text(stretch, start, stop), known[stretch.speaker], goes_on=stretch.speaker == last),
            stretch,
            (start, stop),
        )
        for (stretch, start, stop), last in zip(cuts, before, strict=False)
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
