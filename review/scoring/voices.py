"""Voices against gold: the diarization error rate with its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from review.encounter import Encounter, Span, Voice
from review.scoring.gold import Gold

COLLARS = (0.25, 0.0)  # seconds around each boundary that DER leaves out


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


def voice_errors(encounter: Encounter, gold: Gold, collar: float) -> VoiceErrors:
    """Diarization errors of the turns against the gold utterances, leaving out `collar` seconds at each boundary."""
    said = [Voice(utterance.speaker, utterance.span) for utterance in gold.utterances]
    heard = [Voice(turn.speaker, turn.span) for turn in encounter.turns]
    return compare(said, heard, seconds=encounter.recording.seconds, collar=collar)


def compare(said: Iterable[Voice], heard: Iterable[Voice], *, seconds: float, collar: float) -> VoiceErrors:
    """Diarization errors of the voices `heard` against those of gold, in a recording of `seconds`."""
    from pyannote.core import Annotation, Segment
    from pyannote.metrics.diarization import DiarizationErrorRate

    def annotation(voices: Iterable[Voice]) -> Annotation:
        made = Annotation()
        for number, voice in enumerate(voices):
            made[_segment(voice.span), number] = voice.label
        return made

    def _segment(span: Span) -> Segment:
        return Segment(span.start, span.end)

    # The metric takes the collar as the whole width around a boundary, the field as the width on each side.
    metric = DiarizationErrorRate(collar=2 * collar)
    parts = metric(annotation(said), annotation(heard), detailed=True, uem=Segment(0.0, seconds))
    return VoiceErrors(parts["total"], parts["missed detection"], parts["false alarm"], parts["confusion"])
