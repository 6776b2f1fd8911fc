"""What the order of things tells: the best of several marks, orders given again, and what came between.
"""

from __future__ import annotations

from collections.abc import Sequence

from review.behaviours.marks import Mark
from review.encounter import SpeakerRole, Turn


def shape(marks: Sequence[Mark], turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> tuple[Mark, ...]:
    """The marks to keep."""
    return tuple(marks)
