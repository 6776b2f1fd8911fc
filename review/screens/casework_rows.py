"""Casework as the pages and the player show it: values in, rows out; no streamlit here."""

from __future__ import annotations

from typing import Any

from review.casework import Act, Casework, withdrawable


def casework_row(work: Casework, user: str) -> dict[str, Any]:
    """What the player knows of the casework: moments that people noted, and whether it is signed or held."""
    return {
        "moments": [moment_row(act, user) for act in work.moments],
        "signed": work.signed is not None,
        "held": work.hold is not None,
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
