"""From samples to words with times and confidence: the one door to faster-whisper and CTranslate2.

Speech is found first (Silero, by voice activity); an engine hears only those stretches, in chunks; what loops or is
unlikely is heard again by itself; words over stretches that are empty by voice activity and by energy are dropped and
counted. No prompt is ever given: a prompt can put words in a mouth (docs/decisions/0003-speech.md).
"""

from __future__ import annotations

import os
import pkgutil
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import ctranslate2  # type: ignore[import-untyped]
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.tokenizer import _LANGUAGE_CODES as LANGUAGES
from faster_whisper.transcribe import Segment
from faster_whisper.utils import download_model
from faster_whisper.vad import VadOptions, get_speech_timestamps
from huggingface_hub.errors import HfHubHTTPError
from numpy.typing import NDArray

from review import weights
from review.encounter import ModelUse, Span, Word
from review.errors import MissingModel, WrongUse

Samples = NDArray[np.float32]
Progress = Callable[[float], None]

SAMPLE_RATE = 16_000  # samples per second that every engine here hears
NO_LANGUAGE = "und"  # ISO 639 for a language that could not be told
WINDOW = 30.0  # seconds that Whisper hears at once
LONGEST_PAUSE = 2.0  # seconds of silence inside one chunk; longer ones invite invented words
LOOPING = 2.4  # zlib compression of a chunk's text above which Whisper repeats itself (openai/whisper)
UNLIKELY = -1.0  # mean log-probability of a chunk below which it is heard again (openai/whisper)
TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # tried in turn on a chunk that is heard again (openai/whisper)
LANGUAGE_CHUNKS = 3  # the longest chunks decide the language together
SURE_LANGUAGE = 0.5  # below this the language is remarked upon
FRAME = 0.02  # seconds over which energy is measured
ABOVE_FLOOR = 6.0  # decibels over the quietest tenth of the recording below which a stretch is empty
SILENT = -60.0  # dBFS below which a stretch is empty whatever the floor
WORDLESS = 1.0  # seconds of speech-like sound without a word that are heard again, and remarked upon
AROUND = 0.5  # seconds around a word that count as its own: voice activity is padded and words are early
RESCUED = 0.5  # mean confidence from which words in such a stretch are believed
LATER = 0.1  # seconds; Whisper's words start and end early by so much in the median (docs/decisions/0003-speech.md)
SEED = 1  # of CTranslate2's sampling, which only chunks heard again at a temperature use

VOICE_ACTIVITY = VadOptions(
    threshold=0.35,
    min_silence_duration_ms=500,
    speech_pad_ms=400,
    max_speech_duration_s=WINDOW,
    min_speech_duration_ms=90,
)
VOICE_ACTIVITY_MODEL = ModelUse("voice activity", "silero-vad", "6")


@dataclass(frozen=True)
class Settings:
    """How speech is recognised."""

    engine: str = "faster-whisper"  # one of ENGINES, or "package.module:attribute"
    model: str = "base"  # a bundled name, a CTranslate2 folder, or a name that the engine finds on a model hub
    language: str | None = None  # two letters; None detects it
    beam: int = 5
    batch: int = 8  # chunks recognised at once
    threads: int = 0  # 0 takes every core
    device: str = "cpu"
    compute: str = "int8"
    offline: bool = False  # never ask a model hub


@dataclass(frozen=True)
class Heard:
    """The words of a recording, and how they came to be."""

    words: tuple[Word, ...]
    language: str
    language_confidence: float
    counts: Mapping[str, int] = field(default_factory=dict)
    models: tuple[ModelUse, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chunk:
    """What an engine heard in one stretch, with the mean log-probability of its tokens."""

    span: Span
    words: tuple[Word, ...]
    log_probability: float = 0.0

    @property
    def doubtful(self) -> bool:
        """Whether the text loops or is unlikely, so that the stretch must be heard again."""
        text = " ".join(word.text for word in self.words).encode()
        looping = len(text) / len(zlib.compress(text)) > LOOPING
        return looping or self.log_probability < UNLIKELY

    @property
    def believable(self) -> bool:
        """Whether words are taken from this stretch although an engine left it empty before."""
        sure = sum(word.confidence for word in self.words) >= RESCUED * len(self.words)
        return bool(self.words) and sure and not self.doubtful


class Engine(Protocol):
    """Turns the stretches of speech in `samples` into words; everything else is the same for every engine."""

    def __call__(self, samples: Samples, speech: Sequence[Span], *, settings: Settings, progress: Progress) -> Heard:
        """The words over `speech`, in order; `progress` is told the fraction done."""


def recognise(samples: Samples, settings: Settings = Settings(), *, progress: Progress | None = None) -> Heard:
    """The words spoken in `samples` (16 kHz, mono, float32), with times and confidence."""
    check(settings)
    engine = engine_named(settings.engine)
    speech = speech_in(samples)
    if not speech:
        nothing = Heard((), settings.language or NO_LANGUAGE, 0.0, models=(VOICE_ACTIVITY_MODEL,))
        return replace(nothing, counts={"chunks": 0, "dropped_words": 0}, remarks=("No speech was heard.",))
    heard = engine(samples, speech, settings=settings, progress=progress or (lambda fraction: None))
    words, dropped = without_empty(heard.words, speech, samples=samples)
    return replace(
        heard,
        words=words,
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
    if name in ENGINES:
        return ENGINES[name]
    if ":" not in name:
        raise WrongUse(f"there is no speech engine {name!r}: use {', '.join(ENGINES)} or package.module:attribute")
    try:
        found: Engine = pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise WrongUse(f"the speech engine {name!r} could not be imported: {error}") from error
    return found


def speech_in(samples: Samples) -> tuple[Span, ...]:
    """The stretches in which somebody seems to speak, each a little wider than the speech."""
    if not len(samples):
        return ()
    found = get_speech_timestamps(samples, VOICE_ACTIVITY)
    ends = [(one["start"] / SAMPLE_RATE, min(one["end"], len(samples)) / SAMPLE_RATE) for one in found]
    return tuple(Span(start, end) for start, end in ends if end > start)


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


def without_empty(words: Iterable[Word], speech: Sequence[Span], *, samples: Samples) -> tuple[tuple[Word, ...], int]:
    """The words that lie over sound, and how many did not: empty is what voice activity and energy both call empty."""
    words = tuple(words)
    levels = _levels(samples)
    quiet = max(SILENT, float(np.percentile(levels, 10)) + ABOVE_FLOOR) if len(levels) else SILENT
    kept = tuple(word for word in words if _spoken(word, speech) or _loudest(levels, word.span) > quiet)
    return kept, len(words) - len(kept)


def _spoken(word: Word, speech: Iterable[Span]) -> bool:
    return any(span.overlap(word.span) > 0 or span.start <= word.span.middle < span.end for span in speech)


def _levels(samples: Samples) -> NDArray[np.float64]:
    """The level of each frame in dBFS."""
    size = int(FRAME * SAMPLE_RATE)
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    power = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / size
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(power, 1e-12))
    return levels


def _loudest(levels: NDArray[np.float64], span: Span) -> float:
    """The median level over `span`: one click does not make a word."""
    frames = levels[int(span.start / FRAME) : int(span.end / FRAME) + 1]
    return float(np.median(frames)) if len(frames) else -120.0


def wordless(words: Sequence[Word], speech: Iterable[Span]) -> tuple[Span, ...]:
    """The stretches in which somebody seems to speak but no word was recognised.

    >>> wordless([Word("Stop.", Span(1.0, 1.5), 0.9)], [Span(0.6, 6.0), Span(9.0, 9.5)])
    (Span(start=2.0, end=6.0),)
    """
    left: list[Span] = []
    for span in speech:
        at = span.start
        for word in (word for word in words if word.span.distance(span.middle) <= span.seconds / 2 + AROUND):
            if word.span.start - AROUND - at >= WORDLESS:
                left.append(Span(at, word.span.start - AROUND))
            at = max(at, word.span.end + AROUND)
        if span.end - at >= WORDLESS:
            left.append(Span(at, span.end))
    return tuple(left)


def _remarks(words: Sequence[Word], speech: Iterable[Span]) -> tuple[str, ...]:
    places = ", ".join(f"{span.start:.0f}-{span.end:.0f} s" for span in wordless(words, speech))
    return (f"Sound like speech, but no words recognised: {places}.",) if places else ()


def heard_again(chunks: Iterable[Chunk], redo: Callable[[Chunk], Chunk]) -> tuple[tuple[Chunk, ...], int]:
    """The chunks with each doubtful one replaced by what `redo` hears there, and how many those were."""
    chunks = tuple(chunks)
    redone = tuple(redo(chunk) if chunk.doubtful else chunk for chunk in chunks)
    return redone, sum(chunk.doubtful for chunk in chunks)


def with_rescued(
    words: Sequence[Word], speech: Iterable[Span], *, hear: Callable[[Span], Chunk]
) -> tuple[tuple[Word, ...], int]:
    """The words with those that `hear` finds where somebody speaks but the batch left no word, and how many those are.

    Most of what Whisper loses it loses so: in silence, whole lines of the quieter person.
    """
    again = [hear(span) for span in wordless(words, speech)]
    rescued = [word for chunk in again if chunk.believable for word in chunk.words]
    return tuple(sorted([*words, *rescued], key=lambda word: word.span.start)), len(rescued)


def hear_with_faster_whisper(
    samples: Samples, speech: Sequence[Span], *, settings: Settings, progress: Progress
) -> Heard:
    """The words over `speech` by faster-whisper: in batches, every chunk checked and redone where doubtful."""
    model, use = loaded(settings)
    pipeline = BatchedInferencePipeline(model)
    chunks = chunks_of(speech)
    language, confidence = _language(model, samples, chunks, settings)
    heard: list[Chunk] = []
    redone = 0
    for first in range(0, len(chunks), settings.batch):
        group = chunks[first : first + settings.batch]
        found = _hear_batch(pipeline, samples, group, language=language, settings=settings)
        checked, again = heard_again(found, lambda chunk: _hear_one(model, samples, chunk, language, settings))
        heard.extend(checked)
        redone += again
        progress((first + len(group)) / len(chunks))
    words, rescued = with_rescued(
        [word for chunk in heard for word in chunk.words],
        speech,
        hear=lambda span: _hear_one(model, samples, Chunk(span, ()), language, settings),
    )
    unsure = f"The language is unsure: {language}, {confidence:.0%}."
    return Heard(
        words=words,
        language=language,
        language_confidence=round(confidence, 3),
        counts={"chunks": len(chunks), "redone_chunks": redone, "rescued_words": rescued},
        models=(use,),
        remarks=(unsure,) if confidence < SURE_LANGUAGE else (),
    )


def _language(model: WhisperModel, samples: Samples, chunks: Sequence[Span], settings: Settings) -> tuple[str, float]:
    """The language that the longest chunks most agree on, and the mean probability they give it."""
    if settings.language:
        return settings.language, 1.0
    if not model.model.is_multilingual:
        return "en", 1.0
    longest = sorted(chunks, key=lambda chunk: (-chunk.seconds, chunk.start))[:LANGUAGE_CHUNKS]
    totals: dict[str, float] = {}
    for chunk in longest:
        _, _, probabilities = model.detect_language(_cut(samples, chunk))
        for language, probability in probabilities:
            totals[language] = totals.get(language, 0.0) + probability / len(longest)
    best = max(sorted(totals), key=lambda language: totals[language])
    return best, totals[best]


def _hear_batch(
    pipeline: BatchedInferencePipeline, samples: Samples, spans: Sequence[Span], *, language: str, settings: Settings
) -> tuple[Chunk, ...]:
    segments, _ = pipeline.transcribe(
        samples,
        language=language,
        beam_size=settings.beam,
        batch_size=settings.batch,
        word_timestamps=True,
        clip_timestamps=[{"start": span.start, "end": span.end} for span in spans],
    )
    found = list(segments)
    chunks = []
    for span in spans:
        own = [one for one in found if span.start <= one.seek / 100 + 0.02 < span.end]  # seek counts frames of 10 ms
        chunks.append(_chunk(span, own, offset=0.0))
    return tuple(chunks)


def _hear_one(model: WhisperModel, samples: Samples, chunk: Chunk, language: str, settings: Settings) -> Chunk:
    """The same stretch by itself, with the fallback to higher temperatures that the batch lacks."""
    segments, _ = model.transcribe(
        _cut(samples, chunk.span),
        language=language,
        beam_size=settings.beam,
        temperature=TEMPERATURES,
        compression_ratio_threshold=LOOPING,
        log_prob_threshold=UNLIKELY,
        condition_on_previous_text=False,
        word_timestamps=True,
    )
    return _chunk(chunk.span, list(segments), offset=chunk.span.start)


def _chunk(span: Span, segments: Sequence[Segment], *, offset: float) -> Chunk:
    words: list[Word] = []
    for piece in (piece for segment in segments for piece in segment.words or ()):
        start = min(max(piece.start + offset + LATER, words[-1].span.start if words else span.start), span.end)
        end = max(start, min(piece.end + offset + LATER, span.end))
        word = Word(piece.word.strip(), Span(start, end), round(float(piece.probability), 3))
        if words and word.text and _goes_on(piece.word):
            words[-1] = _joined(words[-1], word)
        elif word.text:
            words.append(word)
    likelihoods = [segment.avg_logprob for segment in segments]
    return Chunk(span, tuple(words), min(likelihoods, default=0.0))


def _goes_on(piece: str) -> bool:
    """Whether a piece belongs to the word before it, as the engine cuts "ma'am" and "10-4" in two.

    >>> [_goes_on(piece) for piece in ("'am", "-4", " Okay", "\N{CJK UNIFIED IDEOGRAPH-597D}")]
    [True, True, False, False]
    """
    return piece[:1].isascii() and not piece[:1].isspace()


def _joined(word: Word, rest: Word) -> Word:
    return Word(word.text + rest.text, word.span.cover(rest.span), min(word.confidence, rest.confidence))


def _cut(samples: Samples, span: Span) -> Samples:
    return samples[int(span.start * SAMPLE_RATE) : int(span.end * SAMPLE_RATE)]


def loaded(settings: Settings) -> tuple[WhisperModel, ModelUse]:
    """The model that `settings` name, in memory; raises MissingModel, AlteredModel or WrongUse."""
    return _loaded(settings.model, settings.threads, settings.device, settings.compute, settings.offline)


@lru_cache(maxsize=1)
def _loaded(name: str, threads: int, device: str, compute: str, offline: bool) -> tuple[WhisperModel, ModelUse]:
    """The model in memory, loaded once for as long as the settings stay the same."""
    files = weights.speech_model(name)
    use = files.use() if files else ModelUse("speech", name, "")
    folder = files.path if files else _from_hub(name, offline=offline)
    ctranslate2.set_random_seed(SEED)
    model = WhisperModel(str(folder), device=device, compute_type=compute, cpu_threads=threads or os.cpu_count() or 1)
    return model, use


def _from_hub(name: str, *, offline: bool) -> Path:
    """The folder of a model that is not bundled: from the hub's cache on this machine, else from the hub."""
    try:
        return Path(download_model(name, local_files_only=True))
    except ValueError as error:
        raise WrongUse(f"there is no speech model {name!r}: {error}") from error
    except OSError as error:
        if offline:
            raise MissingModel(f"the speech model {name!r} is not on this machine: run once without offline") from error
    try:
        return Path(download_model(name))
    except (OSError, HfHubHTTPError) as error:
        raise MissingModel(f"the speech model {name!r} could not be fetched: {error}; 'base' is bundled") from error


ENGINES: Mapping[str, Engine] = {"faster-whisper": hear_with_faster_whisper}
