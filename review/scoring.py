"""An encounter against its gold: words, voices, roles and flags, each number with the parts it is made of."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from review.encounter import Encounter, Role, Span, Status, Turn, Word
from review.errors import UnreadableGold

NEAR = 1.0  # seconds by which a flag may miss the gold utterance it belongs to
COLLARS = (0.25, 0.0)  # seconds around each boundary that DER leaves out
FORMAT = 1


@dataclass(frozen=True)
class Mark:
    """A behaviour that a person put into the gold."""

    behaviour: str
    quote: str
    span: Span


@dataclass(frozen=True)
class Utterance:
    """What one person said in one go, with the behaviours it carries."""

    speaker: str
    role: Role
    span: Span
    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Gold:
    """What was really said, by whom and when; `held_out` gold is scored but never tuned on."""

    name: str
    media: Path
    held_out: bool
    utterances: tuple[Utterance, ...]


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
class VoiceErrors:
    """Diarization errors in seconds of speech."""

    speech: float = 0.0
    missed: float = 0.0
    false_alarm: float = 0.0
    confused: float = 0.0

    def __add__(self, other: VoiceErrors) -> VoiceErrors:
        return VoiceErrors(
            self.speech + other.speech,
            self.missed + other.missed,
            self.false_alarm + other.false_alarm,
            self.confused + other.confused,
        )

    @property
    def rate(self) -> float:
        """DER: seconds in error by seconds of speech."""
        return (self.missed + self.false_alarm + self.confused) / self.speech if self.speech else 0.0


@dataclass(frozen=True)
class Found:
    """Flags against gold: right ones, wrong ones, missed ones; unsure flags are told apart and not counted as wrong."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    unsure_right: int = 0
    unsure_wrong: int = 0

    def __add__(self, other: Found) -> Found:
        return Found(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)))

    @property
    def precision(self) -> float:
        """The share of sure flags that are right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        """The share of gold marks that a sure flag found."""
        marks = self.right + self.missed
        return self.right / marks if marks else 0.0


@dataclass(frozen=True)
class Score:
    """All that was measured on one recording."""

    name: str
    held_out: bool
    seconds: float
    words: WordErrors
    voices: Mapping[float, VoiceErrors]  # by collar in seconds
    speakers: int
    gold_speakers: int
    role_words: int  # gold words of an officer or a civilian that were recognised
    role_right: int  # those given to a voice with that role
    start_error: float | None  # seconds, median over utterances of |first word - gold start|
    found: Mapping[str, Found] = field(default_factory=dict)  # by behaviour

    @property
    def all_found(self) -> Found:
        """The flags of every behaviour together."""
        return sum(self.found.values(), Found())


def gold_files(path: Path) -> tuple[Path, ...]:
    """The gold files that `path` stands for: itself, or all in that folder; raises UnreadableGold for none."""
    if not path.is_dir():
        return (path,)
    found = tuple(sorted(path.glob("*.gold.json")))
    if not found:
        raise UnreadableGold(f"{path} holds no *.gold.json file; see samples/README.md for the format")
    return found


def read_gold(path: Path) -> Gold:
    """The gold of one recording; raises UnreadableGold naming the file."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise UnreadableGold(f"{path.name} has gold format {raw['format']}; this version reads format {FORMAT}")
        utterances = tuple(_utterance(one) for one in raw["utterances"])
        return Gold(raw["name"], path.parent / raw["media"], bool(raw["held_out"]), utterances)
    except OSError as error:
        raise UnreadableGold(
            f"{path} could not be read: {error.strerror}; give the path of a .gold.json file"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableGold(f"{path.name} is no gold file: {error!r}; see samples/README.md for the format") from error


def _utterance(raw: Mapping[str, Any]) -> Utterance:
    span = Span(raw["start"], raw["end"])
    marks = tuple(Mark(mark["behaviour"], mark["quote"], span) for mark in raw.get("behaviours", ()))
    return Utterance(raw["speaker"], Role(raw["role"]), span, raw["text"], marks)


def score(encounter: Encounter, gold: Gold) -> Score:
    """How the encounter compares with its gold."""
    pairs = _pairs(encounter, gold)
    spoken = [pair for pair in pairs if pair.role in (Role.OFFICER, Role.CIVILIAN)]
    starts = [pair.off for pair in pairs if pair.off is not None]
    return Score(
        name=gold.name,
        held_out=gold.held_out,
        seconds=encounter.recording.seconds,
        words=word_errors(encounter, gold),
        voices={collar: voice_errors(encounter, gold, collar) for collar in COLLARS},
        speakers=len({turn.speaker for turn in encounter.turns}),
        gold_speakers=len({utterance.speaker for utterance in gold.utterances}),
        role_words=len(spoken),
        role_right=sum(pair.role is pair.heard_role for pair in spoken),
        start_error=round(median(starts), 3) if starts else None,
        found=found(encounter, gold),
    )


@dataclass(frozen=True)
class _Pair:
    """One gold word that was recognised as it was said, and what became of it."""

    role: Role
    heard_role: Role
    off: float | None  # seconds from the gold start; only for the first word of an utterance


def word_errors(encounter: Encounter, gold: Gold) -> WordErrors:
    """Word errors of everything heard, in order of time, against everything said."""
    import jiwer  # a scorer only: no other command has to load it

    said = normal(" ".join(utterance.text for utterance in _in_time(gold)))
    heard = normal(" ".join(word.text for word, _ in _spoken(encounter)))
    if not said:
        return WordErrors(inserted=len(heard))
    output = jiwer.process_words(" ".join(said), " ".join(heard))
    return WordErrors(len(said), output.substitutions, output.deletions, output.insertions)


def _pairs(encounter: Encounter, gold: Gold) -> list[_Pair]:
    import jiwer

    said = [
        (token, utterance, number == 0)
        for utterance in _in_time(gold)
        for number, token in enumerate(_plain(utterance.text))
    ]
    heard = [(token, word, turn) for word, turn in _spoken(encounter) for token in _plain(word.text)]
    if not said or not heard:
        return []
    output = jiwer.process_words(" ".join(token for token, *_ in said), " ".join(token for token, *_ in heard))
    pairs = []
    for chunk in output.alignments[0]:
        if chunk.type != "equal":
            continue
        for ahead in range(chunk.ref_end_idx - chunk.ref_start_idx):
            _, utterance, first = said[chunk.ref_start_idx + ahead]
            _, word, turn = heard[chunk.hyp_start_idx + ahead]
            off = abs(word.span.start - utterance.span.start) if first else None
            pairs.append(_Pair(utterance.role, encounter.role_of(turn.speaker).role, off))
    return pairs


def _in_time(gold: Gold) -> list[Utterance]:
    return sorted(gold.utterances, key=lambda utterance: utterance.span)


def _spoken(encounter: Encounter) -> list[tuple[Word, Turn]]:
    return sorted(((word, turn) for turn in encounter.turns for word in turn.words), key=lambda pair: pair[0].span)


def _plain(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def normal(text: str) -> list[str]:
    """The words of `text` as Whisper's own evaluation compares them: no case, no punctuation, numbers as digits.

    Source: the English normaliser of openai/whisper, as packaged in whisper-normalizer.

    >>> normal("You're doing fifty-two!")
    ['you', 'are', 'doing', '52']
    """
    words: list[str] = _normaliser()(text).split()
    return words


@cache
def _normaliser() -> Any:
    from whisper_normalizer.english import EnglishTextNormalizer

    return EnglishTextNormalizer()


def voice_errors(encounter: Encounter, gold: Gold, collar: float) -> VoiceErrors:
    """Diarization errors of the turns against the gold utterances, leaving out `collar` seconds at each boundary."""
    from pyannote.core import Annotation, Segment
    from pyannote.metrics.diarization import DiarizationErrorRate

    reference, hypothesis = Annotation(), Annotation()
    for number, utterance in enumerate(gold.utterances):
        reference[Segment(utterance.span.start, utterance.span.end), number] = utterance.speaker
    for number, turn in enumerate(encounter.turns):
        hypothesis[Segment(turn.span.start, turn.span.end), number] = turn.speaker
    everything = Segment(0.0, encounter.recording.seconds)
    # The metric takes the collar as the whole width around a boundary, the field as the width on each side.
    parts = DiarizationErrorRate(collar=2 * collar)(reference, hypothesis, detailed=True, uem=everything)
    return VoiceErrors(parts["total"], parts["missed detection"], parts["false alarm"], parts["confusion"])


def found(encounter: Encounter, gold: Gold) -> dict[str, Found]:
    """Per behaviour: each gold mark meets at most one flag of that behaviour that is near it in time."""
    marks = [mark for utterance in gold.utterances for mark in utterance.marks]
    left = list(marks)
    tally: dict[str, Counter[str]] = {}
    for flag in sorted(encounter.flags, key=lambda flag: (flag.status is Status.UNSURE, flag.span)):
        mark = _nearest(left, flag.behaviour, flag.span)
        kind = "right" if mark else "wrong"
        if mark:
            left.remove(mark)
        sure = flag.status is Status.FLAGGED
        tally.setdefault(flag.behaviour, Counter())[kind if sure else f"unsure_{kind}"] += 1
    for behaviour in {mark.behaviour for mark in marks}:
        counts = tally.setdefault(behaviour, Counter())
        counts["missed"] = sum(mark.behaviour == behaviour for mark in marks) - counts["right"]
    return {behaviour: Found(**counts) for behaviour, counts in sorted(tally.items())}


def _nearest(marks: Sequence[Mark], behaviour: str, span: Span) -> Mark | None:
    def gap(mark: Mark) -> float:
        return max(mark.span.start - span.end, span.start - mark.span.end, 0.0)

    near = [mark for mark in marks if mark.behaviour == behaviour and gap(mark) <= NEAR]
    return min(near, key=lambda mark: (gap(mark), abs(mark.span.middle - span.middle)), default=None)


def together(scores: Iterable[Score], name: str) -> Score:
    """Several recordings as one row: parts are added, never rates averaged."""
    rows = list(scores)
    behaviours = sorted({behaviour for row in rows for behaviour in row.found})
    starts = [row.start_error for row in rows if row.start_error is not None]
    return Score(
        name=name,
        held_out=all(row.held_out for row in rows),
        seconds=sum(row.seconds for row in rows),
        words=sum((row.words for row in rows), WordErrors()),
        voices={collar: sum((row.voices[collar] for row in rows), VoiceErrors()) for collar in COLLARS},
        speakers=sum(row.speakers for row in rows),
        gold_speakers=sum(row.gold_speakers for row in rows),
        role_words=sum(row.role_words for row in rows),
        role_right=sum(row.role_right for row in rows),
        start_error=round(median(starts), 3) if starts else None,
        found={one: sum((row.found.get(one, Found()) for row in rows), Found()) for one in behaviours},
    )
