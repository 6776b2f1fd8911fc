"""What the component of an officer's debrief is mounted with, and fetches again after each change."""

from __future__ import annotations

from typing import Any

from review.behaviours.catalogue import CATALOGUE
from review.desk import Desk, casework, debrief
from review.screens.answer_rows import answer_rows
from review.screens.debrief_markup import answers_said
from review.screens.debrief_rows import debrief_row
from review.screens.parts import behaviour_name, clock


def debrief_data(desk: Desk, found: debrief.Debrief, *, at: float | None = None) -> dict[str, Any]:
    """The debrief that this desk was given, as the person at it may see it; raises Refused."""
    return debrief_row(
        found,
        desk.viewer,
        may=casework.kinds(desk, found.encounter.recording.sha256),
        about={one.id: one.definition for one in CATALOGUE.values()},
        at=at,
    )


def officer_said(desk: Desk, sha256: str) -> str:
    """What the officer answered to marks of this recording, as HTML for whoever reviews it; empty when nothing.

    Raises Refused.
    """
    found = debrief.debrief(desk, sha256)
    marks = {one.id: f"{behaviour_name(one.behaviour)} at {clock(one.span.start)}" for one in found.encounter.flags}
    return answers_said(answer_rows(found.work, found.verdicts, found.people, desk.viewer.user), marks)
