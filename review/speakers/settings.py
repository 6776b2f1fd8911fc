"""The options of telling voices apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[float], None]  # told the share that is done (0..1)


@dataclass(frozen=True)
class Settings:
    """How voices are told apart (docs/decisions/0004-speakers.md holds the measurements)."""

    count: int | None = None  # how many people speak, where that is known
    threshold: float = 0.4  # mean cosine distance from which two groups of local voices are two people
    same: float = 0.7  # cosine from which two whole voices are one person after all
    stray: float = 1.5  # seconds; a voice with less speech is a person only when unlike all others
    near: float = 0.5  # cosine distance up to which such a voice is the nearest other one
    shortest: float = 0.2  # seconds; shorter stretches of one voice are dropped
    bridge: float = 0.25  # seconds; shorter silences inside one voice's talk are closed
    step: float = 2.5  # seconds from one window of ten seconds to the next
    threads: int = 0  # 0 takes every core
    diarizer: str = "windowed"  # one of DIARIZERS, or "package.module:attribute"
