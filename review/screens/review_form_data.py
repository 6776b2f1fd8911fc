"""What the component of the review form and of coaching is mounted with, and fetches again after each change."""

from __future__ import annotations

from typing import Any

from review.desk import Desk, casework, coaching, reviewing, wearing
from review.screens.coaching_rows import coaching_row
from review.screens.review_form_rows import form_row, whose_row


def form_data(desk: Desk, sha256: str) -> dict[str, Any]:
    """The review form of this recording as the person at this desk may see it; raises Refused."""
    row = form_row(
        reviewing.review(desk, sha256),
        desk.encounter(sha256),
        desk.policy,
        desk.viewer,
        may=casework.kinds(desk, sha256),
        today=desk.clock().date(),
    )
    return {**row, "whose": whose_row(wearing.to_say(desk, sha256))}


def coaching_data(desk: Desk, sha256: str) -> dict[str, Any]:
    """The coaching of this recording as the person at this desk may see it; raises Refused."""
    return coaching_row(
        coaching.preparation(desk, sha256),
        desk.viewer,
        may=casework.kinds(desk, sha256),
        today=desk.clock().date(),
    )
