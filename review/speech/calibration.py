"""From how sure the engine is of a word to how often such words are right, so that 0.8 means eight in ten."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from review.encounter import Word

SUREST = 0.999  # probability beyond which log-odds say nothing more, at either end
NEIGHBOURS = 3  # words before and after, since wrong words come in company


@dataclass(frozen=True)
class Map:
    """The weights of a logistic regression on log-odds."""

    constant: float
    own: float
    around: float


@cache
def fitted() -> Map:
    """The map that the tuning samples gave (confidence.toml)."""
    raw = tomllib.loads((files("review.speech") / "confidence.toml").read_text(encoding="utf-8"))
    return Map(raw["constant"], raw["own"], raw["around"])


def calibrated(words: Sequence[Word], using: Map | None = None) -> tuple[Word, ...]:
    """The words with the share of such words that is right as their confidence."""
    chosen = using or fitted()
    return tuple(
        replace(word, confidence=round(_share(chosen, own, around), 3))
        for word, (own, around) in zip(words, evidence(words), strict=True)
    )


def evidence(words: Sequence[Word]) -> list[tuple[float, float]]:
    """For each word the log-odds of its own probability, and the mean log-odds of its NEIGHBOURS on each side."""
    odds = [_log_odds(word.confidence) for word in words]
    found = []
    for at, own in enumerate(odds):
        around = odds[max(0, at - NEIGHBOURS) : at] + odds[at + 1 : at + 1 + NEIGHBOURS]
        found.append((own, sum(around) / len(around) if around else 0.0))
    return found


def _share(chosen: Map, own: float, around: float) -> float:
    return 1 / (1 + math.exp(-(chosen.constant + chosen.own * own + chosen.around * around)))


def _log_odds(probability: float) -> float:
    """The natural logarithm of the odds.

    >>> round(_log_odds(0.9), 3), _log_odds(1.0) == -_log_odds(0.0)
    (2.197, True)
    """
    kept = min(max(probability, 1 - SUREST), SUREST)
    return math.log(kept / (1 - kept))
