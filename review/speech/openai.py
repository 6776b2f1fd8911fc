"""The one door to openai-whisper and torch, an extra: the same weights as faster-whisper's, computed in float32."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from review import sound
from review.encounter import ModelUse, Span
from review.errors import MissingModel
from review.processors import cores
from review.sound import Samples
from review.speech import checkpoint, guards, hub, reading
from review.speech.chunks import Chunk, Piece, chunk
from review.speech.faster import placed
from review.speech.heard import Heard, Progress, Settings

INSTALL = "pip install 'review[openai-whisper]'"
SEED = 1  # of torch's sampling, which only chunks heard again at a temperature use


class OpenAIWhisper:
    """A model as `reading` asks it: every stretch by itself."""

    def __init__(self, model: Any, use: ModelUse, settings: Settings) -> None:
        self.use = use
        self.multilingual: bool = model.is_multilingual
        self._model = model
        self._settings = settings

    def together(self, samples: Samples, spans: Sequence[Span], *, language: str) -> tuple[Chunk, ...]:
        """What is said in each of `spans`, as it is first read, whatever it is like."""
        return tuple(self._read(samples, span, language, temperature=0.0) for span in spans)

    def alone(self, samples: Samples, span: Span, *, language: str, temperatures: Sequence[float]) -> Chunk:
        """What is said in `span`, tried at one temperature after the other until the text is likely."""
        return self._read(
            samples,
            span,
            language,
            temperature=tuple(temperatures),
            compression_ratio_threshold=guards.LOOPING,
            logprob_threshold=guards.UNLIKELY,
        )

    def languages(self, samples: Samples) -> Mapping[str, float]:
        """How likely each language is spoken in the first half minute of `samples`."""
        import whisper

        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(samples), self._model.dims.n_mels)
        _, probabilities = whisper.detect_language(self._model, mel.to(self._model.device))
        return dict(probabilities)

    def _read(self, samples: Samples, span: Span, language: str, **how: Any) -> Chunk:
        import torch

        torch.manual_seed(SEED)
        told = self._model.transcribe(
            np.ascontiguousarray(sound.cut(samples, span)),
            language=language,
            beam_size=self._settings.beam,
            condition_on_previous_text=False,
            word_timestamps=True,
            fp16=self._model.device.type == "cuda",
            **how,
        )
        segments = told["segments"]
        pieces = [
            Piece(word["word"], word["start"], word["end"], word["probability"])
            for segment in segments
            for word in segment["words"]
        ]
        return chunk(span, pieces, [segment["avg_logprob"] for segment in segments])


def hear(samples: Samples, speech: Sequence[Span], *, settings: Settings, progress: Progress) -> Heard:
    """The words over `speech` by openai-whisper; raises MissingModel when it is not installed."""
    reader = OpenAIWhisper(*loaded(settings), settings)
    return reading.heard(reader, samples, speech, settings=settings, progress=progress)


def loaded(settings: Settings) -> tuple[Any, ModelUse]:
    """The model that `settings` name, in memory; raises MissingModel, AlteredModel or WrongUse."""
    return _loaded(settings.model, settings.threads, settings.device, settings.offline)


@lru_cache(maxsize=1)
def _loaded(name: str, threads: int, device: str, offline: bool) -> tuple[Any, ModelUse]:
    """The CTranslate2 model of this name converted in memory; nothing is written, so nothing can go stale."""
    try:
        import torch
        import whisper
    except ImportError as error:
        raise MissingModel(f"the engine openai-whisper is not installed: {INSTALL}") from error
    files = hub.speech_model(name, offline=offline)
    found = checkpoint.tensors(files.path / "model.bin")
    where, _ = placed(device, "float32")
    torch.set_num_threads(threads or cores())
    model = whisper.model.Whisper(whisper.model.ModelDimensions(**checkpoint.dimensions(found)))
    model.load_state_dict({name: torch.tensor(values) for name, values in checkpoint.state(found).items()})
    heads = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
    for layer, head in checkpoint.alignment_heads(files.path):
        heads[layer, head] = True
    model.register_buffer("alignment_heads", heads.to_sparse(), persistent=False)
    return model.to(where).eval(), files.use()
