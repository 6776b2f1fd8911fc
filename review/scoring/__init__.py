"""An encounter against its gold: words, voices, roles and flags, each number with the parts it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from review.encounter import Encounter
from review.scoring.gold import Gold, Mark, Utterance, gold_files, read_gold
from review.scoring.marks import Found, found
from review.scoring.noise import NOISE_BANDS, noise_band
from review.scoring.talks import (
    QuotedMark,
    Talk,
    TalkScore,
    interval,
    read_talks,
    score_talk,
    talks_together,
    tuning_talks,
)
from review.scoring.voices import COLLARS, VoiceErrors, compare, voice_errors
from review.scoring.words import Bin, WordErrors, WordScore, by_tenths, normal, score_words

__all__ = [
    "COLLARS", "NOISE_BANDS", "Bin", "Found", "Gold", "Mark", "QuotedMark", "Score", "Talk", "TalkScore", "Utterance",
    "VoiceErrors", "WordErrors", "WordScore", "by_noise", "by_tenths", "compare", "found", "gold_files", "interval",
    "noise_band", "normal", "read_gold", "read_talks", "score", "score_talk", "score_words", "talks_together",
    "together", "tuning_talks", "voice_errors",
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
    snr_db: float | None = None  # speech over noise, of one recording
    noise: str | None = None  # the band of noise, one of NOISE_BANDS; None for several bands together

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
        snr_db=gold.snr_db,
        noise=noise_band(gold.snr_db),
    )


def together(scores: Iterable[Score], name: str) -> Score:
    """Several recordings as one row: parts are added, never rates averaged."""
    rows = list(scores)
    behaviours = sorted({behaviour for row in rows for behaviour in row.found})
    bands = {row.noise for row in rows}
    return Score(
        name=name,
        held_out=all(row.held_out for row in rows),
        seconds=sum(row.seconds for row in rows),
        words=sum((row.words for row in rows), WordScore()),
        voices={collar: sum((row.voices[collar] for row in rows), VoiceErrors()) for collar in COLLARS},
        speakers=sum(row.speakers for row in rows),
        gold_speakers=sum(row.gold_speakers for row in rows),
        found={one: sum((row.found.get(one, Found()) for row in rows), Found()) for one in behaviours},
        noise=bands.pop() if len(bands) == 1 else None,
    )


def by_noise(scores: Iterable[Score], name: str) -> list[Score]:
    """The recordings of each band of noise as one row, the quietest first; a band without any is left out."""
    rows = list(scores)
    groups = ((band, [row for row in rows if row.noise == band]) for band in NOISE_BANDS)
    return [together(own, f"{name}, {band}") for band, own in groups if own]
