"""People at their desks over one recording: a store that knows them, a clock that goes on, and who sits down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from review.access import Viewer
from review.casework import Act
from review.desk import Desk, casework
from review.encounter import Answer, Verdict
from review.store import Store

AT = datetime(2025, 3, 2, 9, 0, tzinfo=UTC)
SUPERVISOR = Viewer("s", "Supervisor A", "supervisor", "North", "4700")
OFFICER = Viewer("o", "Officer A", "officer", "North", "4711")
AFFAIRS = Viewer("i", "Internal affairs A", "internal_affairs")


class Clock:
    """A clock that goes on by a minute at each look."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def known(store: Store, sha256: str, people: Iterable[Viewer]) -> Store:
    """The store with accounts for these people, and whose recording this is."""
    with store.casebook(write=True) as book:
        for viewer in people:
            book.keep_demo(viewer, at=AT)
        book.set_whose(sha256, wearer="4711", unit="North", others=["4712"])
    return store


def sitting(store: Store, shelved: Any) -> Callable[..., Desk]:
    """Sits somebody down, all at one clock, with a recording opened for a purpose."""
    clock = Clock()

    def sit(viewer: Viewer, purpose: str = "", *, sha256: str = "") -> Desk:
        desk = Desk.of(store, viewer.user, session=f"session-{viewer.user}", source="test", clock=clock)
        if purpose:
            desk.begin(sha256 or shelved.sha256, purpose)
        return desk

    return sit


def operation(kind: str, about: str = "", **body: object) -> dict[str, object]:
    """What a browser would send for this act."""
    return {"id": f"{uuid4()}:1", "kind": kind, "about": about, "body": body}


def do(desk: Desk, sha256: str, kind: str, about: str = "", **body: object) -> Act:
    """Do an act of casework."""
    return casework.do(desk, sha256, operation(kind, about, **body))


def judge(desk: Desk, sha256: str, flag: str, answer: Answer = Answer.AGREE, note: str = "") -> None:
    """Answer a mark."""
    viewer = desk.viewer
    desk.decide(Verdict(f"{uuid4()}:1", sha256, flag, answer, viewer.user, viewer.role, desk.clock(), note))
