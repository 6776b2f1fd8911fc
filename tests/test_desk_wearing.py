"""Whose recording it is, said at a desk: by whom, with what to choose from, and what follows for who says it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from review.access import Action, Facts, Viewer
from review.desk import Desk, casework, wearing
from review.errors import Refused, RefusedAct

pytestmark = pytest.mark.databases("sqlite", "postgresql")
AT = datetime(2025, 3, 2, 9, 0, tzinfo=UTC)
SUPERVISOR = Viewer("s", "Supervisor A", "supervisor", "North", "4700")
OFFICER = Viewer("o", "Officer A", "officer", "North", "4711")
ELSEWHERE = Viewer("p", "Officer B", "officer", "South", "4801")
AFFAIRS = Viewer("i", "Internal affairs A", "internal_affairs")
SEEN = Facts(wearer="4711", unit="North")


@pytest.fixture
def store(shelved, new_store):
    store = new_store()
    with store.casebook(write=True) as book:
        for viewer in (SUPERVISOR, OFFICER, ELSEWHERE, AFFAIRS):
            book.keep_demo(viewer, at=AT)
        book.set_whose(shelved.sha256, wearer="4711", unit="North")
    return store


@pytest.fixture
def sit(store, shelved):
    def sit(viewer: Viewer, purpose: str = "assigned_review") -> Desk:
        desk = Desk.of(store, viewer.user, session=f"session-{viewer.user}", source="test", clock=lambda: AT)
        desk.begin(shelved.sha256, purpose)
        return desk

    return sit


def facts(store, shelved) -> Facts:
    with store.casebook() as book:
        return book.facts(shelved.sha256)


def test_a_second_officer_in_the_picture_is_named_and_that_is_logged(sit, store, shelved):
    desk = sit(SUPERVISOR)
    said = replace(SEEN, present=frozenset({"4801"}))
    assert wearing.say(desk, shelved.sha256, said, seen=SEEN) == ""
    assert facts(store, shelved).present == {"4801"}
    with store.casebook() as book:
        [entry] = book.logged(action="set_presence")
    assert (entry.person, entry.outcome, entry.details) == (
        "s", "done", {"wearer": "4711", "unit": "North", "others": ["4801"]},
    )  # fmt: skip


def test_whoever_names_themselves_loses_the_recording_at_once_and_is_told(sit, store, shelved):
    desk = sit(SUPERVISOR)
    said = replace(SEEN, present=frozenset({"4700"}))
    assert "you appear in this recording" in wearing.say(desk, shelved.sha256, said, seen=SEEN)
    for action in (Action.DECIDE, Action.REVIEW, Action.CORRECT, Action.COACH, Action.SET_PRESENCE):
        assert not desk.may(action, shelved.sha256)
    assert wearing.to_say(desk, shelved.sha256) is None
    with pytest.raises(Refused, match="You appear"):
        wearing.say(desk, shelved.sha256, SEEN, seen=said)


def test_while_a_recording_is_held_only_internal_affairs_say_whose_it_is(sit, store, shelved):
    desk, affairs = sit(SUPERVISOR), sit(AFFAIRS, "audit")
    casework.do(desk, shelved.sha256, {"id": f"{uuid4()}:1", "kind": "refer", "about": "", "body": {"why": "force"}})
    said = replace(SEEN, present=frozenset({"4801"}))
    assert wearing.to_say(desk, shelved.sha256) is None
    with pytest.raises(Refused, match="held for internal affairs"):
        wearing.say(desk, shelved.sha256, said, seen=SEEN)
    assert not facts(store, shelved).present
    with store.casebook() as book:
        assert [entry.outcome for entry in book.logged(action="set_presence")] == ["refused"]
    wearing.say(affairs, shelved.sha256, said, seen=SEEN)
    assert facts(store, shelved).present == {"4801"}


def test_a_supervisor_chooses_from_their_unit_and_internal_affairs_from_all(sit, shelved):
    known = wearing.to_say(sit(SUPERVISOR), shelved.sha256)
    assert (known.wearer, known.unit, known.others, known.own) == ("4711", "North", (), "4700")
    assert (known.officers, known.units) == (("4700", "4711"), ())
    assert known.names["4711"] == "Officer A"
    known = wearing.to_say(sit(AFFAIRS), shelved.sha256)
    assert (known.officers, known.units) == (("4700", "4711", "4801"), ("North", "South"))


def test_only_who_looks_after_all_units_gives_a_recording_to_another(sit, store, shelved):
    elsewhere = replace(SEEN, unit="South")
    with pytest.raises(Refused, match="another unit"):
        wearing.say(sit(SUPERVISOR), shelved.sha256, elsewhere, seen=SEEN)
    assert facts(store, shelved).unit == "North"
    wearing.say(sit(AFFAIRS), shelved.sha256, elsewhere, seen=SEEN)
    assert facts(store, shelved).unit == "South"
    with store.casebook() as book:
        assert [entry.outcome for entry in book.logged(action="set_presence")] == ["done", "refused"]


def test_what_somebody_else_has_said_meanwhile_is_not_overwritten(sit, store, shelved):
    first, second = sit(SUPERVISOR), sit(AFFAIRS)
    wearing.say(first, shelved.sha256, replace(SEEN, present=frozenset({"4801"})), seen=SEEN)
    with pytest.raises(RefusedAct, match="Somebody else has said meanwhile"):
        wearing.say(second, shelved.sha256, replace(SEEN, wearer="4700"), seen=SEEN)
    assert (facts(store, shelved).wearer, facts(store, shelved).present) == ("4711", {"4801"})
    with store.casebook() as book:
        assert [entry.person for entry in book.logged(action="set_presence")] == ["s"]


def test_an_officer_says_nothing_of_whose_a_recording_is(store, shelved):
    desk = Desk.of(store, "o", session="theirs", source="test", clock=lambda: AT)
    assert wearing.to_say(desk, shelved.sha256) is None
    with pytest.raises(Refused):
        wearing.say(desk, shelved.sha256, Facts(), seen=SEEN)
