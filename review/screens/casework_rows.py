"""Casework as the pages and the player show it: values in, rows out; no streamlit here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review.access import HELD
from review.casework import Act, Casework, withdrawable
from review.screens.answer_rows import answer_rows

SAID = ("name", "what", "text", "by", "on")  # of what the officer answered to a mark


def casework_row(work: Casework, user: str, people: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the player knows of the casework; `people` are names by account.

    Moments that people noted; what the officer answered, by mark ("" for the whole recording); the stretches that this
    person has played, as [start, end]; whether the recording is signed; and what is told while it is held.
    """
    answers = answer_rows(work, (), people or {}, user)
    return {
        "moments": [moment_row(act, user) for act in work.moments],
        "said": {about: [{name: row[name] for name in SAID} for row in rows] for about, rows in answers.items()},
        "heard": [[span.start, span.end] for span in work.listened.get(user, ())],
        "signed": work.signed is not None,
        "held": HELD if work.hold else "",
    }


def moment_row(act: Act, user: str) -> dict[str, Any]:
    """One note, bookmark or praise; `mine` says whether this person can take it back."""
    return {
        "id": act.id,
        "kind": act.kind.value,
        "at": float(act.body["at"]),
        "text": act.text,
        "by": act.person,
        "flag": act.about,
        "mine": withdrawable(act, user),
    }
