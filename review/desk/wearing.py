"""Whose camera a recording is from, in words, for those who may read it."""

from __future__ import annotations

from review.access import Action
from review.desk.desk import Desk


def whose(desk: Desk, sha256: str) -> tuple[str, str]:
    """Who wears the camera, by name and the agency's id, and for which unit; empty texts where nobody has said.

    Raises Refused, also before the recording was opened for a purpose.
    """
    facts = desk.require(Action.VIEW, sha256)
    with desk.store.casebook() as book:
        names = [one.name for one in book.accounts.every() if facts.wearer and one.officer == facts.wearer]
    return (f"{names[0]} ({facts.wearer})" if names else facts.wearer), facts.unit
