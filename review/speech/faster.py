"""The one door to faster-whisper and CTranslate2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import ctranslate2  # type: ignore[import-untyped]
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.tokenizer import _LANGUAGE_CODES as LANGUAGES
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import Segment
from numpy.typing import NDArray

from review import sound
from review.encounter import ModelUse, Span
from review.processors import cores
from review.sound import SAMPLE_RATE, Samples
from review.speech import guards, hub, reading
from review.speech.chunks import Chunk, Piece, chunk
from review.speech.heard import Heard, Progress, Settings

__all__ = ["LANGUAGES", "hear", "loaded", "placed"]

SEED = 1  # of CTranslate2's sampling, which only chunks heard again at a temperature use


class _Model(WhisperModel):  # type: ignore[misc]
    """A Whisper model that encodes and aligns one window at a time.

    On a processor a batch of them is no faster. Aligning one holds the odds of all 51,865 tokens at each place of the
    text, of the longest text for every window: 350 MB for eight windows of ordinary talk.
    """

    def encode(self, features: NDArray[np.float32]) -> ctranslate2.StorageView:
        """The encoder's output for spectrograms of the shape (batch, mels, frames) or (mels, frames)."""
        if features.ndim == 2 or len(features) == 1 or self.model.device != "cpu":
            return super().encode(features)
        parts = [np.array(super(_Model, self).encode(one)) for one in features]
        return ctranslate2.StorageView.from_array(np.concatenate(parts))

    def find_alignment(
        self,
        tokenizer: Tokenizer,
        text_tokens: list[list[int]],
        encoder_output: ctranslate2.StorageView,
        num_frames: int | list[int],
        median_filter_width: int = 7,
    ) -> list[list[dict[str, Any]]]:
        """The words of each window's tokens with their seconds and probabilities."""
        if isinstance(num_frames, int) or self.model.device != "cpu":  # only a batch has a length for each window
            return super().find_alignment(tokenizer, text_tokens, encoder_output, num_frames, median_filter_width)  # type: ignore[no-any-return]
        found: list[list[dict[str, Any]]] = []
        for tokens, encoded, length in zip(text_tokens, np.array(encoder_output), num_frames, strict=True):
            one = ctranslate2.StorageView.from_array(encoded[None])
            found += super().find_alignment(tokenizer, [tokens], one, [length], median_filter_width)
        return found


class FasterWhisper:
    """A model as `reading` asks it: in batches first, then by itself with faster-whisper's fallback."""

    def __init__(self, model: WhisperModel, use: ModelUse, settings: Settings) -> None:
        self.use = use
        self.multilingual: bool = model.model.is_multilingual
        self._model = model
        self._batches = BatchedInferencePipeline(model)
        self._settings = settings

    def together(self, samples: Samples, spans: Sequence[Span], *, language: str) -> tuple[Chunk, ...]:
        """What is said in each of `spans`, as it is first read."""
        base = spans[0].start
        heard = np.pad(sound.cut(samples, Span(base, spans[-1].end)), (0, SAMPLE_RATE))  # it refuses clips to the end
        segments, _ = self._batches.transcribe(
            heard,
            language=language,
            beam_size=self._settings.beam,
            batch_size=self._settings.batch,
            word_timestamps=True,
            clip_timestamps=[{"start": span.start - base, "end": span.end - base} for span in spans],
        )
        found = list(segments)
        chunks = []
        for span in spans:
            start, end = span.start - base, span.end - base
            own = [one for one in found if start <= one.seek / 100 + 0.02 < end]  # seek counts frames of 10 ms
            chunks.append(_chunk(span, own, from_start=start))
        return tuple(chunks)

    def alone(self, samples: Samples, span: Span, *, language: str, temperatures: Sequence[float]) -> Chunk:
        """What is said in `span`, with the fallback to higher temperatures that the batch lacks."""
        segments, _ = self._model.transcribe(
            sound.cut(samples, span),
            language=language,
            beam_size=self._settings.beam,
            temperature=tuple(temperatures),
            compression_ratio_threshold=guards.LOOPING,
            log_prob_threshold=guards.UNLIKELY,
            condition_on_previous_text=False,
            word_timestamps=True,
        )
        return _chunk(span, list(segments), from_start=0.0)

    def languages(self, samples: Samples) -> Mapping[str, float]:
        """How likely each language is spoken in the first half minute of `samples`."""
        _, _, probabilities = self._model.detect_language(samples)
        return dict(probabilities)


def hear(samples: Samples, speech: Sequence[Span], *, settings: Settings, progress: Progress) -> Heard:
    """The words over `speech` by faster-whisper."""
    reader = FasterWhisper(*loaded(settings), settings)
    return reading.heard(reader, samples, speech, settings=settings, progress=progress)


def _chunk(span: Span, segments: Sequence[Segment], *, from_start: float) -> Chunk:
    pieces = [
        Piece(word.word, word.start - from_start, word.end - from_start, word.probability)
        for segment in segments
        for word in segment.words or ()
    ]
    return chunk(span, pieces, [segment.avg_logprob for segment in segments])


def loaded(settings: Settings) -> tuple[WhisperModel, ModelUse]:
    """The model that `settings` name, in memory; raises MissingModel, AlteredModel or WrongUse."""
    return _loaded(settings.model, settings.threads, settings.device, settings.compute, settings.offline)


@lru_cache(maxsize=1)
def _loaded(name: str, threads: int, device: str, compute: str, offline: bool) -> tuple[WhisperModel, ModelUse]:
    """The model in memory, loaded once for as long as the settings stay the same."""
    files = hub.speech_model(name, offline=offline)
    where, numbers = placed(device, compute)
    ctranslate2.set_random_seed(SEED)
    model = _Model(str(files.path), device=where, compute_type=numbers, cpu_threads=threads or cores())
    return model, files.use()


def placed(device: str, compute: str) -> tuple[str, str]:
    """Where to compute and with which numbers: "auto" takes cuda with float16 where there is one, else int8."""
    where = device if device != "auto" else "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    return where, compute if compute != "auto" else "float16" if where == "cuda" else "int8"
