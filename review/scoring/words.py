"""Words against gold: errors by role, the speaker and the role each word was given, times, and how far to trust a word.

All of it comes from one alignment of everything heard with everything said, both in order of time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import Any

import numpy as np

from review.encounter import Encounter, Role, Turn, Word
from review.scoring.gold import Gold, Utterance

BINS = 10  # of word confidence, equally wide


@dataclass(frozen=True)
class WordErrors:
    """Word errors by kind; add them up before making a rate."""

    words: int = 0
    substituted: int = 0
    deleted: int = 0
    inserted: int = 0

    def __add__(self, other: WordErrors) -> WordErrors:
        return WordErrors(
            self.words + other.words,
            self.substituted + other.substituted,
            self.deleted + other.deleted,
            self.inserted + other.inserted,
        )

    @property
    def rate(self) -> float:
        """WER: errors by words said."""
        return (self.substituted + self.deleted + self.inserted) / self.words if self.words else 0.0


@dataclass(frozen=True)
class Bin:
    """The recognised words whose confidence lies in one tenth: how many, how many right, and their confidences' sum."""

    words: int = 0
    right: int = 0
    confidence: float = 0.0

    def __add__(self, other: Bin) -> Bin:
        return Bin(self.words + other.words, self.right + other.right, self.confidence + other.confidence)


@dataclass(frozen=True)
class WordScore:
    """What was measured on the words of one recording, or of several together."""

    errors: WordErrors = WordErrors()
    by_role: Mapping[str, WordErrors] = field(default_factory=dict)  # by the role of who said it
    recognised: int = 0  # gold words that were recognised
    right_speaker: int = 0  # those given to the right person, under the best one-to-one naming of the speakers
    role_words: int = 0  # recognised words of an officer or a civilian
    role_right: int = 0  # those given to a voice with that role
    starts: tuple[float, ...] = ()  # seconds by which the first word of an utterance comes late, below 0 for early
    bins: tuple[Bin, ...] = (Bin(),) * BINS

    def __add__(self, other: WordScore) -> WordScore:
        roles = sorted({*self.by_role, *other.by_role})
        nothing = WordErrors()
        return WordScore(
            errors=self.errors + other.errors,
            by_role={role: self.by_role.get(role, nothing) + other.by_role.get(role, nothing) for role in roles},
            recognised=self.recognised + other.recognised,
            right_speaker=self.right_speaker + other.right_speaker,
            role_words=self.role_words + other.role_words,
            role_right=self.role_right + other.role_right,
            starts=self.starts + other.starts,
            bins=tuple(mine + theirs for mine, theirs in zip(self.bins, other.bins, strict=True)),
        )

    @property
    def start_error(self) -> float | None:
        """Seconds, the median distance between an utterance's first word and its gold start."""
        return round(float(np.median(np.abs(self.starts))), 3) if self.starts else None

    @property
    def worst_starts(self) -> float | None:
        """Seconds, the 90th percentile of the same."""
        return round(float(np.percentile(np.abs(self.starts), 90)), 3) if self.starts else None

    @property
    def calibration_error(self) -> float | None:
        """ECE: the mean distance between confidence and the share that is right, over the bins, by words.

        Source: Naeini et al. 2015, AAAI, "Obtaining Well Calibrated Probabilities Using Bayesian Binning".
        """
        return calibration_error(self.bins)


@dataclass(frozen=True)
class _Said:
    token: str
    utterance: Utterance
    first: bool  # of its utterance


@dataclass(frozen=True)
class _Heard:
    token: str
    word: Word
    turn: Turn


@dataclass(frozen=True)
class _Step:
    """One step of the alignment: a word said, a word heard, or both."""

    said: _Said | None
    heard: _Heard | None
    right: bool


def score_words(encounter: Encounter, gold: Gold) -> WordScore:
    """How the words of the encounter compare with its gold."""
    steps = _aligned(_said(gold), _heard(encounter, gold.language))
    pairs = [(step.said, step.heard) for step in steps if step.right and step.said and step.heard]
    spoken = [(said, heard) for said, heard in pairs if said.utterance.role in (Role.OFFICER, Role.CIVILIAN)]
    by_role = _errors_by_role(steps)
    return WordScore(
        errors=sum(by_role.values(), WordErrors()),
        by_role=by_role,
        recognised=len(pairs),
        right_speaker=_right_speaker((said.utterance.speaker, heard.turn.speaker) for said, heard in pairs),
        role_words=len(spoken),
        role_right=sum(said.utterance.role is encounter.role_of(heard.turn.speaker).role for said, heard in spoken),
        starts=tuple(
            round(heard.word.span.start - said.utterance.span.start, 3) for said, heard in pairs if said.first
        ),
        bins=_reliability(steps),
    )


def _said(gold: Gold) -> list[_Said]:
    return [
        _Said(token, utterance, number == 0)
        for utterance in gold.in_time
        for number, token in enumerate(normal(utterance.text, gold.language))
    ]


def _heard(encounter: Encounter, language: str) -> list[_Heard]:
    """The words heard, in order of time, normalised together: "fifty two" is one number though it is two words."""
    spoken = sorted(((word, turn) for turn in encounter.turns for word in turn.words), key=lambda pair: pair[0].span)
    tokens = normal(" ".join(word.text for word, _ in spoken), language)
    places = _places(tokens, [normal(word.text, language) for word, _ in spoken])
    return [_Heard(token, *spoken[place]) for token, place in zip(tokens, places, strict=True)]


def _places(tokens: Sequence[str], apart: Sequence[Sequence[str]]) -> list[int]:
    """For each token of the whole text, the number of the word it comes from."""
    import jiwer  # a scorer only: no other command has to load it

    owners = [number for number, own in enumerate(apart) for _ in own]
    if not tokens or not owners:
        return [0] * len(tokens)
    places = [0] * len(tokens)
    for chunk in jiwer.process_words(" ".join(token for own in apart for token in own), " ".join(tokens)).alignments[0]:
        for ahead, at in enumerate(range(chunk.hyp_start_idx, chunk.hyp_end_idx)):
            places[at] = owners[min(chunk.ref_start_idx + ahead, len(owners) - 1)]
    return list(accumulate(places, max))


def _aligned(said: Sequence[_Said], heard: Sequence[_Heard]) -> list[_Step]:
    import jiwer

    if not said or not heard:
        return [*(_Step(one, None, False) for one in said), *(_Step(None, one, False) for one in heard)]
    output = jiwer.process_words(" ".join(one.token for one in said), " ".join(one.token for one in heard))
    steps = []
    for chunk in output.alignments[0]:
        ours = said[chunk.ref_start_idx : chunk.ref_end_idx]
        theirs = heard[chunk.hyp_start_idx : chunk.hyp_end_idx]
        for at in range(max(len(ours), len(theirs))):
            one = ours[at] if at < len(ours) else None
            other = theirs[at] if at < len(theirs) else None
            steps.append(_Step(one, other, chunk.type == "equal"))
    return steps


def _errors_by_role(steps: Iterable[_Step]) -> dict[str, WordErrors]:
    """Errors by the role of the person; a word nobody said counts for who spoke last."""
    tally: dict[str, Counter[str]] = {}
    last = Role.UNKNOWN
    for step in steps:
        last = step.said.utterance.role if step.said else last
        counts = tally.setdefault(last.value, Counter())
        counts["words"] += step.said is not None
        counts["deleted"] += step.heard is None
        counts["inserted"] += step.said is None
        counts["substituted"] += step.said is not None and step.heard is not None and not step.right
    return {role: WordErrors(**counts) for role, counts in sorted(tally.items())}


def _right_speaker(pairs: Iterable[tuple[str, str]]) -> int:
    """The words given to the right person when each person is named after the voice that has most of their words."""
    from scipy.optimize import linear_sum_assignment

    together = Counter(pairs)
    people, voices = sorted({one for one, _ in together}), sorted({two for _, two in together})
    if not together:
        return 0
    table = np.array([[together[one, two] for two in voices] for one in people])
    return int(table[linear_sum_assignment(table, maximize=True)].sum())


def _reliability(steps: Iterable[_Step]) -> tuple[Bin, ...]:
    bins = [Bin()] * BINS
    for step in steps:
        if step.heard:
            sure = step.heard.word.confidence
            at = min(int(sure * BINS), BINS - 1)
            bins[at] += Bin(1, int(step.right), round(sure, 4))
    return tuple(bins)


def normal(text: str, language: str = "en") -> list[str]:
    """The words of `text` as Whisper's own evaluation compares them: no case, no punctuation, numbers as digits.

    Source: the normalisers of openai/whisper, as packaged in whisper-normalizer; the English one knows numbers and
    spellings, the other one only letters.

    >>> normal("You're doing fifty-two!")
    ['you', 'are', 'doing', '52']
    >>> normal("¿Por qué me paró?", "es")
    ['por', 'qué', 'me', 'paró']
    """
    words: list[str] = _normaliser(language == "en")(text).split()
    return words


@cache
def _normaliser(english: bool) -> Any:
    from whisper_normalizer.basic import BasicTextNormalizer
    from whisper_normalizer.english import EnglishTextNormalizer

    return EnglishTextNormalizer() if english else BasicTextNormalizer()


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The mean distance between confidence and the share that is right, by what the bins count; None for nothing."""
    counted = sum(one.words for one in bins)
    return round(sum(abs(one.confidence - one.right) for one in bins) / counted, 4) if counted else None


def by_tenths(bins: Sequence[Bin]) -> Iterator[tuple[str, int, float, float]]:
    """The reliability table's rows: range, words, mean confidence and share right; empty tenths are left out."""
    for number, one in enumerate(bins):
        if one.words:
            name = f"{number / BINS:.1f}-{(number + 1) / BINS:.1f}"
            yield name, one.words, one.confidence / one.words, one.right / one.words
