"""The options of telling voices apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[float], None]  # told the share that is done (0..1)


@dataclass(frozen=True)
class Settings:
    """How voices are told apart (docs/decisions/0004-speakers.md holds the measurements)."""

    count: int | None = None  # how many people speak, where that is known
    threshold: float = 0.3  # about which mean cosine distance two groups of stretches are not joined at first
    same: float = 0.7  # cosine from which two large groups are one person after all
    alike: float = 0.86  # cosine of all that two people say from which they are one, when their number is not known
    likely: float = 0.6  # cosine from which a group just under `solid` is the likest person's and not one of its own
    solid: float = 8.0  # seconds of speech from which a group is large
    shortest: float = 0.2  # seconds; shorter stretches of one voice are dropped
    bridge: float = 0.25  # seconds; shorter silences inside one voice's talk are closed
    step: float = 2.5  # seconds from one window of ten seconds to the next
    threads: int = 0  # 0 takes every core
    diarizer: str = "windowed"  # one of DIARIZERS, or "package.module:attribute"
