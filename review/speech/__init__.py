"""From samples to words with times and confidence.

Speech is found first (Silero, by voice activity); an engine hears only those stretches, in chunks, section by section,
so that hours need the memory of minutes; what loops or is unlikely is heard again by itself; words over stretches that
are empty by voice activity and by energy are dropped and counted. No prompt is ever given: a prompt can put words in a
mouth (docs/decisions/0003-speech.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from review import sound
from review.encounter import Span, Word
from review.errors import WrongUse
from review.seams import named
from review.sound import Track
from review.speech import faster, guards, openai
from review.speech.calibration import calibrated
from review.speech.faster import LANGUAGES
from review.speech.heard import NO_LANGUAGE, Engine, Heard, Progress, Settings
from review.speech.sections import Kept, heard_in_sections
from review.speech.stretches import MODEL as VOICE_ACTIVITY_MODEL
from review.speech.stretches import speech_in

__all__ = [
    "ENGINES",
    "NO_LANGUAGE",
    "Engine",
    "Heard",
    "Kept",
    "Progress",
    "Settings",
    "check",
    "engine_named",
    "recognise",
    "speech_in",
]

FINDING = 0.05  # share of the work that finding the speech is

ENGINES: Mapping[str, Engine] = {"faster-whisper": faster.hear, "openai-whisper": openai.hear}


def recognise(
    track: Track,
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    kept: Kept | None = None,
    calibrate: bool = True,
) -> Heard:
    """The words spoken in `track` (16 kHz, mono), with times and confidence.

    `kept` holds JSON values, one for each section that is done: sections found there are not recognised again, others
    are put there, so that a run that was broken off goes on where it was. Use one mapping for one recording.
    Confidences are the share of such words that is right, or without `calibrate` the engine's own probabilities.
    Raises WrongUse, MissingModel and AlteredModel.
    """
    chosen = settings or Settings()
    check(chosen)
    engine = engine_named(chosen.engine)
    told = progress or (lambda share: None)
    speech = speech_in(track)
    told(FINDING)
    if not speech:
        nothing = Heard((), chosen.language or NO_LANGUAGE, 0.0, models=(VOICE_ACTIVITY_MODEL,))
        return replace(nothing, counts={"chunks": 0, "dropped_words": 0}, remarks=("No speech was heard.",))
    heard = heard_in_sections(
        track,
        speech,
        engine,
        settings=chosen,
        progress=lambda share: told(FINDING + (1 - FINDING) * share),
        kept={} if kept is None else kept,
    )
    words, dropped = guards.without_empty(heard.words, speech, levels=sound.levels(track))
    return replace(
        heard,
        words=calibrated(words) if calibrate else words,
        counts={**heard.counts, "dropped_words": dropped},
        models=(VOICE_ACTIVITY_MODEL, *heard.models),
        remarks=(*heard.remarks, *_remarks(words, speech)),
    )


def check(settings: Settings) -> None:
    """Refuse an engine or a language that there is not, before any recording is opened; raises WrongUse."""
    engine_named(settings.engine)
    if settings.language and settings.language not in LANGUAGES:
        raise WrongUse(f"there is no language {settings.language!r}: give a code such as en, es or fr, or leave it out")


def engine_named(name: str) -> Engine:
    """The engine of this name, or the one that `package.module:attribute` points to."""
    return named(name, ENGINES, what="speech engine")


def _remarks(words: Sequence[Word], speech: Iterable[Span]) -> tuple[str, ...]:
    places = ", ".join(f"{span.start:.0f}-{span.end:.0f} s" for span in guards.wordless(words, speech))
    return (f"Sound like speech, but no words recognised: {places}.",) if places else ()
