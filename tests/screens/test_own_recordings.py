"""Whoever wears the camera, of whatever role: the debrief, with its warning, and the review form once it is signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from review.access import Viewer
from review.casework import Act, Kind, holding
from review.desk import Desk, casework, coaching, debrief, waiting
from review.policy import current
from review.screens import main
from review.screens.debrief_form import NOT_ASKED, signed_form
from review.store import open_store

AT = datetime(2025, 3, 2, 9, 0, tzinfo=UTC)
WEARER = Viewer("w", "Supervisor W", "supervisor", "", "4700")
COLLEAGUE = Viewer("s", "Supervisor A", "supervisor", "", "4701")
OFFICER = Viewer("o", "Officer A", "officer", "", "4711")


def operation(kind: str, about: str = "", **body: object) -> dict[str, object]:
    return {"id": f"{uuid4()}:1", "kind": kind, "about": about, "body": body}


@pytest.fixture
def whose(shelved) -> Callable[..., None]:
    """Says whose recording it is, with the statement done."""

    def say(wearer: str, *others: str) -> None:
        with open_store(shelved.database) as store, store.casebook(write=True) as book:
            for viewer in (WEARER, COLLEAGUE, OFFICER):
                book.keep_demo(viewer, at=AT)
            book.set_whose(shelved.sha256, wearer=wearer, unit="", others=others)
            book.act(Act(f"{uuid4()}:1", shelved.sha256, Kind.STATEMENT_DONE, "", {}, "w", "supervisor", AT))

    return say


@pytest.fixture
def open_app(seated) -> Iterator[Callable[..., AppTest]]:
    """Runs one page of a person's, about the recording when it is told."""

    def run(viewer: Viewer, page: str, *, purpose: str = "own_debrief", **query: str) -> AppTest:
        at = AppTest.from_file(main.__file__, default_timeout=120)
        at.user = seated(viewer, purpose=purpose)
        for name, value in query.items():
            at.query_params[name] = value
        at.switch_page(page).run()
        assert not at.exception
        return at

    yield run
    st.cache_resource.clear()  # closes the store, which is kept for the whole process otherwise


def components(at: AppTest) -> set[str]:
    return {one.proto.component_name for one in at.get("bidi_component")} - {"review.lock"}


def html(at: AppTest) -> str:
    return " ".join(str(piece.proto.body) for piece in at.get("html"))


def at_desk(shelved, viewer: Viewer, purpose: str, *operations: dict[str, object]) -> None:
    with open_store(shelved.database) as store:
        desk = Desk.of(store, viewer.user, session="another", clock=lambda: AT)
        desk.begin(shelved.sha256, purpose)
        for one in operations:
            casework.do(desk, shelved.sha256, one)


def sign(shelved) -> None:
    """A colleague answers all questions, listens to the stretch, and signs off."""
    with open_store(shelved.database) as store:
        desk = Desk.of(store, "s", session="theirs", clock=lambda: AT)
        desk.begin(shelved.sha256, "assigned_review")
        stretch = casework.stretch(desk, shelved.sha256)
        for checklist in desk.policy.checklists:
            for item in checklist.items:
                said = {"checklist": checklist.id, "reply": item.answers[0].value, "note": "<b>heard</b> at once"}
                casework.do(desk, shelved.sha256, operation("answer", item.id, **said))
        casework.do(desk, shelved.sha256, operation("listened", start=stretch.start, end=stretch.end))
        casework.do(desk, shelved.sha256, operation("disposition", choice="Praise"))
        casework.do(desk, shelved.sha256, operation("comment", text="Calm, and explained at once."))
        casework.do(desk, shelved.sha256, operation("sign_off"))


# Somebody of another role who wears the camera


def test_a_supervisor_who_wears_the_camera_is_led_from_the_review_page_to_the_warning(open_app, shelved, whose):
    whose("4700")
    at = open_app(WEARER, "listen.py", recording=shelved.sha256, at="12.5")
    assert at.subheader[-1].value == "Before you listen"
    assert components(at) == set()
    at.switch_page("debrief_recording.py")  # where the browser is by now; this test's own record of it stays behind
    at.button(key="watch").click().run()
    assert not at.exception
    assert components(at) == {"review.answers"}
    [mounted] = [one for one in at.get("bidi_component") if one.proto.component_name == "review.answers"]
    data = json.loads(mounted.proto.json)
    assert data["at"] == 12.5  # the moment that the address named is not lost on the way
    assert {"contest", "context", "ask_review"} <= set(data["may"])


def test_who_only_appears_in_a_recording_is_warned_too_and_reads_no_coaching_of_the_wearers(open_app, shelved, whose):
    whose("4711", "4700")
    at_desk(shelved, COLLEAGUE, "coaching", operation("session", agenda=["12.5"], next_step="reasons first"))
    at = open_app(WEARER, "listen.py", recording=shelved.sha256)
    assert at.subheader[-1].value == "Before you listen"
    with open_store(shelved.database) as store:
        desk = Desk.of(store, "w", session="x", clock=lambda: AT)
        desk.begin(shelved.sha256, "own_debrief")
        assert debrief.debrief(desk, shelved.sha256).work.sessions == ()
        ready = coaching.preparation(desk, shelved.sha256)
        assert (ready.work.sessions, ready.last) == ((), None)
        wearers = Desk.of(store, "o", session="y", clock=lambda: AT)
        wearers.begin(shelved.sha256, "own_debrief")
        assert len(debrief.debrief(wearers, shelved.sha256).work.sessions) == 1


def test_somebody_elses_recording_is_not_opened_as_a_debrief(open_app, shelved, whose):
    whose("4700")
    at = open_app(COLLEAGUE, "debrief_recording.py", purpose="assigned_review", recording=shelved.sha256)
    assert {"review.player", "review.form"} <= components(at)


def test_a_supervisor_lists_the_recordings_that_are_their_own(open_app, shelved, whose):
    whose("4700")
    at = open_app(WEARER, "debrief.py")
    assert at.title[0].value == "My recordings"
    assert [link.proto.label for link in at.get("page_link")] == [r"stop\_at\_night\.wav"]


def test_a_session_sent_to_a_supervisor_who_wears_the_camera_waits_for_them(shelved, whose):
    whose("4700")
    at_desk(shelved, COLLEAGUE, "coaching", operation("session", agenda=["12.5"], next_step="reasons first"))
    with open_store(shelved.database) as store:
        assert [one.what for one in waiting.waiting(Desk.of(store, "w"))] == ["session"]
        assert waiting.waiting(Desk.of(store, "s")) == ()


# The review form


def test_the_officer_reads_the_form_once_it_is_signed_with_who_said_what_and_when(open_app, shelved, whose):
    whose("4711")
    at = open_app(OFFICER, "debrief_recording.py", recording=shelved.sha256)
    at.button(key="watch").click().run()
    assert 'class="bcr-signed"' not in html(at)
    sign(shelved)
    at.run()
    assert not at.exception
    shown = html(at)
    assert "Signed off by Supervisor A, 2025-03-02. It is kept as it is." in shown
    marks = len(shelved.encounter.flags)
    assert f"{marks} of {marks} marks had no answer then and stay as marked by machine." in shown
    assert "<strong>How it ended:</strong> Praise" in shown
    assert "<blockquote>Calm, and explained at once.</blockquote>" in shown
    for checklist in current().checklists:
        assert all(item.text in shown for item in checklist.items)
    assert "&lt;b&gt;heard&lt;/b&gt; at once" in shown
    assert "The review form, signed off" in [one.label for one in at.expander]


def test_a_form_that_is_opened_again_is_not_shown_until_it_is_signed_anew(open_app, shelved, whose):
    whose("4711")
    sign(shelved)
    at_desk(shelved, COLLEAGUE, "assigned_review", operation("reopen", why="a second camera came in"))
    at = open_app(OFFICER, "debrief_recording.py", recording=shelved.sha256)
    at.button(key="watch").click().run()
    assert 'class="bcr-signed"' not in html(at)


def test_an_answer_to_a_question_that_is_asked_no_more_is_shown_all_the_same():
    answer = Act(
        "a:1", "r", Kind.ANSWER, "old", {"checklist": "gone", "reply": "no", "note": ""}, "s", "supervisor", AT
    )
    signed = Act("b:1", "r", Kind.SIGN_OFF, "", {}, "s", "supervisor", AT)
    text = signed_form(holding([answer, signed]), current(), {"s": "Supervisor A"})
    assert NOT_ASKED in text
    assert "old <strong>No</strong>" in text
    assert signed_form(holding([answer]), current(), {}) == ""
