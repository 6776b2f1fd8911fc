"""Coaching as rows and as a page: what an agenda is made of, what is due, and what an officer finds there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from review.access import Viewer
from review.desk import Desk, casework
from review.encounter import Answer, Verdict
from review.policy import VARIABLE
from review.screens import main
from review.screens.review_form_data import coaching_data
from tests.desks import judge

AT = datetime(2025, 3, 2, 9, 0, tzinfo=UTC)
SUPERVISOR = Viewer("demo.supervisor", "Demo supervisor", "supervisor")
OFFICER = Viewer("demo.officer", "Demo officer", "officer", officer="4711")
AFFAIRS = Viewer("demo.internal-affairs", "Demo internal affairs", "internal_affairs")


@pytest.fixture
def store(shelved, new_store):
    store = new_store()
    with store.casebook(write=True) as book:
        for viewer in (SUPERVISOR, OFFICER, AFFAIRS):
            book.keep_demo(viewer, at=AT)
        book.set_whose(shelved.sha256, wearer="4711", unit="")
    return store


@pytest.fixture
def desk(store, shelved):
    desk = Desk.of(store, "demo.supervisor", session="another", source="test", clock=lambda: AT)
    desk.begin(shelved.sha256, "coaching")
    do(Desk.of(store, "demo.officer", clock=lambda: AT), shelved, "statement_done")
    return desk


@pytest.fixture
def open_page(seated: Callable[..., dict[str, str]]) -> Iterator[Callable[..., AppTest]]:
    """Runs the coaching page for one person through the router."""

    def run(viewer: Viewer = SUPERVISOR, *, purpose: str = "coaching", **query: str) -> AppTest:
        at = AppTest.from_file(main.__file__, default_timeout=60)
        at.user = seated(viewer, purpose=purpose)
        at.run()
        for name, value in query.items():
            at.query_params[name] = value
        at.switch_page("coaching.py").run()
        assert not at.exception
        return at

    yield run
    st.cache_resource.clear()


def do(desk: Desk, shelved, kind: str, about: str = "", **body: object):
    return casework.do(desk, shelved.sha256, {"id": f"{uuid4()}:1", "kind": kind, "about": about, "body": body})


def agree(desk: Desk, shelved, flag: str) -> None:
    desk.decide(Verdict(f"{uuid4()}:1", shelved.sha256, flag, Answer.AGREE, "demo.supervisor", "supervisor", AT))


def forms(at: AppTest) -> list[dict[str, object]]:
    found = [one.proto for one in at.get("bidi_component") if one.proto.component_name == "review.form"]
    return [json.loads(proto.json) for proto in found]


def html(at: AppTest) -> str:
    return " ".join(str(piece.proto.body) for piece in at.get("html"))


def test_an_agenda_is_made_of_moments_with_what_went_well_first(desk, shelved):
    do(desk, shelved, "note", at=1.0, text="a note")
    do(desk, shelved, "bookmark", at=2.0, text="")
    do(desk, shelved, "praise", at=30.0, text="well done")
    agree(desk, shelved, "flag-4")  # an ultimatum
    agree(desk, shelved, "flag-2")  # time and space
    rows = coaching_data(desk, shelved.sha256)["candidates"]
    assert [(row["kind"], row["well"]) for row in rows] == [
        ("deescalating", True),
        ("praise", True),
        ("note", False),
        ("bookmark", False),
        ("escalating", False),
    ]


def test_a_mark_that_nobody_confirmed_is_no_moment_of_an_agenda(desk, shelved):
    assert coaching_data(desk, shelved.sha256)["candidates"] == []


def test_a_session_names_its_moments_also_when_one_is_gone(desk, shelved):
    praise = do(desk, shelved, "praise", at=30.0, text="well done")
    judge(desk, shelved.sha256, "flag-4")
    do(desk, shelved, "session", agenda=[praise.id, "flag-4", "12.5", "nothing-known"], next_step="reasons first")
    [session] = coaching_data(desk, shelved.sha256)["sessions"]
    assert session["agenda"][1]["name"] == "Ultimatum (verified)"
    judge(desk, shelved.sha256, "flag-4", Answer.UNDO)
    [session] = coaching_data(desk, shelved.sha256)["sessions"]
    assert [row["name"] for row in session["agenda"]] == [
        "Praise",
        "Ultimatum (marked by machine)",
        "Moment",
        "A moment that was taken back or corrected since",
    ]
    do(desk, shelved, "withdraw", praise.id)
    [session] = coaching_data(desk, shelved.sha256)["sessions"]
    assert session["agenda"][0]["at"] is None


def test_a_recording_of_nobody_says_that_nobody_could_answer(desk, shelved, store):
    with store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="", unit="")
    data = coaching_data(desk, shelved.sha256)
    assert (data["officer"], data["answers"]) == ("", False)


def test_a_supervisor_finds_what_is_due_and_what_was_sent(desk, open_page, shelved):
    do(desk, shelved, "assign", "demo.supervisor", what="coaching", due="2025-03-01")
    shown = html(open_page())
    assert f'href="/coaching?recording={shelved.sha256}"' in shown
    assert "2025-03-01" in shown
    assert "overdue" in shown
    do(desk, shelved, "session", agenda=[], next_step="reasons first")
    shown = html(open_page())
    assert "You were given no coaching." in shown
    assert "not answered yet" in shown


def test_an_officer_opens_the_session_for_the_own_debrief_and_can_answer_it(desk, open_page, shelved):
    do(desk, shelved, "session", agenda=[], next_step="reasons first")
    at = open_page(OFFICER, purpose="", recording=shelved.sha256)
    assert forms(at) == []
    assert shelved.media.name in at.markdown[0].value.replace("\\", "")
    at.button[0].click().run()
    at.button(key="watch").click().run()
    [data] = forms(at)
    assert data["view"] == "coaching"
    assert "acknowledge" in data["may"]
    assert "session" not in data["may"]
    assert data["sessions"][0]["next_step"] == "reasons first"


def test_an_officer_is_warned_before_the_quotes_and_the_sound_of_an_agenda_and_the_choice_is_not_logged(
    desk, open_page, shelved, new_store, tmp_path, monkeypatch
):
    (tmp_path / "agency.toml").write_text('[agency]\npeer_support = "Peers: 0800 555 0100"\n')
    monkeypatch.setenv(VARIABLE, str(tmp_path / "agency.toml"))
    judge(desk, shelved.sha256, "flag-4")
    do(desk, shelved, "session", agenda=["flag-4"], next_step="reasons first")
    at = open_page(OFFICER, purpose="own_debrief", recording=shelved.sha256)
    assert at.subheader[-1].value == "Before you listen"
    assert 'class="bcr-support">Peers: <a href="tel:08005550100">' in html(at)
    assert forms(at) == []
    with new_store().casebook() as book:
        before = book.logged()
    at.button(key="not-now").click().run()
    assert at.subheader[0].value == "My sessions"
    with new_store().casebook() as book:
        assert book.logged() == before


def test_who_was_not_there_is_asked_nothing_before_preparing_a_session(desk, open_page, shelved):
    at = open_page(recording=shelved.sha256)
    assert [data["view"] for data in forms(at)] == ["coaching"]


def test_an_officer_before_the_statement_is_told_why_the_session_cannot_be_read(store, open_page, shelved):
    desk = Desk.of(store, "demo.supervisor", session="another", source="test", clock=lambda: AT)
    desk.begin(shelved.sha256, "coaching")
    do(desk, shelved, "session", agenda=[], next_step="reasons first")
    shown = html(open_page(OFFICER, purpose=""))
    assert "once your report or statement is marked as done" in shown
    assert f"recording={shelved.sha256}" not in shown
    at = open_page(OFFICER, purpose="", recording=shelved.sha256)
    assert "statement" in at.error[0].value
    assert forms(at) == []


def test_the_next_step_is_told_to_who_prepares_the_next_one(desk, shelved):
    assert coaching_data(desk, shelved.sha256)["last"] is None
    do(desk, shelved, "session", agenda=[], next_step="reasons first")
    assert coaching_data(desk, shelved.sha256)["last"] == {
        "on": "2025-03-02",
        "by": "demo.supervisor",
        "text": "reasons first",
        "name": "Proposed last time, not answered by the officer yet",
        "said": "",
        "about": "",
    }


@pytest.mark.parametrize(
    ("said", "name", "step"),
    [
        ("refused_to_sign", "Proposed last time, not signed by the officer", "Proposed, not signed by the officer"),
        ("acknowledged", "Next step from last time, acknowledged by the officer", "Next step, acknowledged by the"),
    ],
)
def test_a_next_step_is_a_proposal_until_the_officer_acknowledged_it_and_never_called_agreed(
    desk, store, shelved, said, name, step
):
    session = do(desk, shelved, "session", agenda=[], next_step="reasons first")
    data = coaching_data(desk, shelved.sha256)
    assert data["steps"][""] == "Proposed next step"
    officer = Desk.of(store, "demo.officer", session="o", source="test", clock=lambda: AT)
    officer.begin(shelved.sha256, "own_debrief")
    do(officer, shelved, "acknowledge", session.id, answer=said, text="I do not agree.")
    data = coaching_data(desk, shelved.sha256)
    assert (data["last"]["name"], data["last"]["said"]) == (name, "I do not agree.")
    assert data["steps"][data["sessions"][0]["answer"]["what"]].startswith(step)
    assert "agreed" not in json.dumps([data["last"], data["steps"]]).lower()


def test_a_withdrawn_session_is_told_with_the_reason_and_is_not_the_last_one(desk, open_page, shelved):
    session = do(desk, shelved, "session", agenda=[], next_step="reasons first")
    do(desk, shelved, "recall", session.id, why="The mark was another officer's.")
    data = coaching_data(desk, shelved.sha256)
    assert data["sessions"][0]["withdrawn"]["text"] == "The mark was another officer's."
    assert data["last"] is None
    assert "withdrawn by who sent it" in html(open_page())


def test_a_moment_of_an_agenda_says_who_spoke(desk, shelved):
    agree(desk, shelved, "flag-4")
    do(desk, shelved, "note", "flag-3", at=0.1, text="a civilian's words")
    do(desk, shelved, "note", at=500.0, text="after the end")
    rows = {row["text"]: row["who"] for row in coaching_data(desk, shelved.sha256)["candidates"]}
    ultimatum = next(flag for flag in shelved.encounter.flags if flag.id == "flag-4")
    assert rows == {f"“{ultimatum.quote}”": "Officer", "a civilian's words": "Civilian", "after the end": ""}


def test_both_answers_of_an_officer_are_told_in_plain_words(desk, open_page, shelved, store):
    session = do(desk, shelved, "session", agenda=[], next_step="reasons first")
    officer = Desk.of(store, "demo.officer", session="o", source="test", clock=lambda: AT)
    officer.begin(shelved.sha256, "own_debrief")
    do(officer, shelved, "acknowledge", session.id, answer="refused_to_sign", text="")
    assert "read, not signed" in html(open_page())
    do(officer, shelved, "acknowledge", session.id, answer="acknowledged", text="")
    assert "read and acknowledged" in html(open_page())
