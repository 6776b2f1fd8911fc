"""What a tagger is and what it gives: marks, from which flags are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from review.encounter import SpeakerRole, Turn


@dataclass(frozen=True)
class Mark:
    """A behaviour found on the words `first`..`last` (inclusive, over all words of all turns)."""

    behaviour: str
    first: int
    last: int
    precision: float  # 0..1, how often this rule or model is right when the words and the speaker are
    source: str  # rule:<id>@<version> or model:<name>@<version>
    modifiers: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


class Tagger(Protocol):
    """Anything that marks behaviours in turns; rules are one, a learned model can be another."""

    def __call__(self, turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> Sequence[Mark]:
        """The marks found, in any order."""
        ...
