"""What is heard in the sound of talk apart from its words, each against the same speaker's own normal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.encounter import Span, Turn, Voice, VoiceAct
from review.sound import Track, seconds
from review.voice_acts import effort, turn_taking
from review.voice_acts.hearing import Heard, listen
from review.voice_acts.parts import parts

__all__ = ["Settings", "find"]


@dataclass(frozen=True)
class Settings:
    """From when on something is a voice act; the first three are the codebook's (raised_voice)."""

    decibels: float = 6.0  # over the speaker's own median
    semitones: float = 4.0  # over the speaker's own median
    own_speech: float = 20.0  # seconds of speech from which that median is taken
    # Times the own median of syllables per second.
    fast: float = 1.5
    # Seconds; talk mostly goes on within 0.2 s (Stivers et al. 2009), and a second is already long (Jefferson 1989).
    response_gap: float = 2.0
    long_silence: float = 10.0  # seconds


def find(
    turns: Sequence[Turn], track: Track, settings: Settings = Settings(), *, voices: Sequence[Voice] = ()
) -> tuple[VoiceAct, ...]:
    """The voice acts of a recording in the order of time.

    `voices` are the stretches that the diariser heard, which may overlap; without them there are no overlaps and no
    interruptions, since words of one transcript do not overlap. The track is read in blocks near talk.
    """
    said = parts(turns)
    met = turn_taking.meetings(voices)
    scene = _scene(turns, voices, listen(track, [turn.span for turn in turns]))
    found = [
        *effort.raised(
            said, scene, decibels=settings.decibels, semitones=settings.semitones, least=settings.own_speech
        ),
        *effort.fast(said, times=settings.fast, least=settings.own_speech),
        *turn_taking.overlaps(met),
        *turn_taking.interruptions(met, said),
        *turn_taking.silences(
            turns, voices, seconds=seconds(track), gap=settings.response_gap, silence=settings.long_silence
        ),
    ]
    return tuple(sorted(found, key=lambda act: (act.span, act.kind, act.speaker)))


def _scene(turns: Sequence[Turn], voices: Sequence[Voice], heard: Heard) -> effort.Scene:
    talk: dict[str, list[Span]] = {turn.speaker: [] for turn in turns}
    for turn in turns:
        talk[turn.speaker].extend(word.span for word in turn.words)
    for voice in voices:
        talk.setdefault(voice.label, []).append(voice.span)
    alone = {
        speaker: ~heard.during(span for other, spans in talk.items() if other != speaker for span in spans)
        for speaker in talk
    }
    everybody = [span for spans in talk.values() for span in spans]
    return effort.Scene(heard, alone, ~heard.during(everybody, around=effort.AROUND_TALK))
