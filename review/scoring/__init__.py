"""An encounter against its gold: words, voices, roles and flags, each number with the parts it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from review.encounter import Encounter
from review.scoring.gold import Gold, Mark, Utterance, gold_files, read_gold
from review.scoring.marks import Found, found
from review.scoring.talks import QuotedMark, Talk, TalkScore, interval, read_talks, score_talk, talks_together
from review.scoring.voices import COLLARS, VoiceErrors, compare, voice_errors
from review.scoring.words import Bin, WordErrors, WordScore, by_tenths, normal, score_words

__all__ = [
    "COLLARS", "Bin", "Found", "Gold", "Mark", "QuotedMark", "Score", "Talk", "TalkScore", "Utterance", "VoiceErrors",
    "WordErrors", "WordScore", "by_tenths", "compare", "found", "gold_files", "interval", "normal", "read_gold",
    "read_talks", "score", "score_talk", "score_words", "talks_together", "together", "voice_errors",
]  # fmt: skip


@dataclass(frozen=True)
class Score:
    """All that was measured on one recording, or on several together."""

    name: str
    held_out: bool
    seconds: float
    words: WordScore
    voices: Mapping[float, VoiceErrors]  # by collar in seconds
    speakers: int
    gold_speakers: int
    found: Mapping[str, Found] = field(default_factory=dict)  # by behaviour

    @property
    def all_found(self) -> Found:
        """The flags of every behaviour together."""
        return sum(self.found.values(), Found())


def score(encounter: Encounter, gold: Gold) -> Score:
    """How the encounter compares with its gold."""
    return Score(
        name=gold.name,
        held_out=gold.held_out,
        seconds=encounter.recording.seconds,
        words=score_words(encounter, gold),
        voices={collar: voice_errors(encounter, gold, collar) for collar in COLLARS},
        speakers=len({turn.speaker for turn in encounter.turns}),
        gold_speakers=len({utterance.speaker for utterance in gold.utterances}),
        found=found(encounter, gold),
    )


def together(scores: Iterable[Score], name: str) -> Score:
    """Several recordings as one row: parts are added, never rates averaged."""
    rows = list(scores)
    behaviours = sorted({behaviour for row in rows for behaviour in row.found})
    return Score(
        name=name,
        held_out=all(row.held_out for row in rows),
        seconds=sum(row.seconds for row in rows),
        words=sum((row.words for row in rows), WordScore()),
        voices={collar: sum((row.voices[collar] for row in rows), VoiceErrors()) for collar in COLLARS},
        speakers=sum(row.speakers for row in rows),
        gold_speakers=sum(row.gold_speakers for row in rows),
        found={one: sum((row.found.get(one, Found()) for row in rows), Found()) for one in behaviours},
    )
