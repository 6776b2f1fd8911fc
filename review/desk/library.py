"""The library at a desk: lists and searches that hold only what this person may know of."""

from __future__ import annotations

from review import access
from review.access import Action
from review.desk.desk import Desk
from review.store import Entry, Hit


def find(desk: Desk, prefix: str) -> str:
    """The sha256 that starts with `prefix`; raises UnknownRecording, WrongUse, and Refused for one out of reach."""
    sha256 = desk.store.find(prefix)
    desk.require(Action.LIST, sha256)
    return sha256


def count(desk: Desk) -> int:
    """How many recordings this person's list holds."""
    return desk.store.count(desk.reach)


def page(desk: Desk, *, limit: int, offset: int = 0) -> tuple[Entry, ...]:
    """One page of this person's recordings, newest first."""
    return desk.store.recordings(limit=limit, offset=offset, hidden=desk.policy.hidden, reach=desk.reach)


def search(desk: Desk, query: str, *, limit: int) -> tuple[Hit, ...]:
    """The turns in which all these words were said, in recordings whose words this person may read; logged."""
    desk.require(Action.SEARCH)
    desk.log(Action.SEARCH, query=query[:200])
    hits = desk.store.search(query, limit=limit, reach=desk.reach)
    with desk.store.casebook() as book:
        facts = book.facts_of({hit.sha256 for hit in hits})
    return tuple(hit for hit in hits if access.may(desk.viewer, Action.VIEW, facts.get(hit.sha256), rules=desk.rules))
