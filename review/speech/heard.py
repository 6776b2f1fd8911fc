"""What recognition takes and gives: its options, the words of a recording, and the contract of an engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from review.encounter import ModelUse, Span, Word
from review.sound import Samples

Progress = Callable[[float], None]

NO_LANGUAGE = "und"  # ISO 639 for a language that could not be told


@dataclass(frozen=True)
class Settings:
    """How speech is recognised."""

    engine: str = "faster-whisper"  # one of ENGINES, or "package.module:attribute"
    model: str = "base"  # a name with a card, a folder with a CTranslate2 model, or a size that the model hub knows
    language: str | None = None  # two letters; None detects it
    beam: int = 5
    batch: int = 8  # chunks recognised at once
    threads: int = 0  # 0 takes every core
    device: str = "auto"  # cpu, cuda, or auto: cuda where there is one
    compute: str = "auto"  # CTranslate2's name for how numbers are kept; auto is float16 on cuda, int8 on a processor
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


class Engine(Protocol):
    """Turns the stretches of speech in `samples` into words; everything else is the same for every engine."""

    def __call__(self, samples: Samples, speech: Sequence[Span], *, settings: Settings, progress: Progress) -> Heard:
        """The words over `speech`, in order; `progress` is told the fraction done."""
