"""What the component of an officer's debrief is mounted with, and fetches again after each change."""

from __future__ import annotations

from typing import Any

from review.behaviours.catalogue import CATALOGUE
from review.desk import Desk, casework, debrief
from review.screens.debrief_rows import debrief_row


def debrief_data(desk: Desk, sha256: str, *, at: float | None = None) -> dict[str, Any]:
    """The debrief of this recording as the person at this desk may see it; raises Refused."""
    return debrief_row(
        debrief.debrief(desk, sha256),
        desk.viewer,
        may=casework.kinds(desk, sha256),
        about={one.id: one.definition for one in CATALOGUE.values()},
        at=at,
    )
