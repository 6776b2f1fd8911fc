"""The review form as rows, around it as HTML, and on its page; what waits, and shared moments, as pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from uuid import uuid4

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from review import screens
from review.access import HELD, HOLD_CLOSES, Viewer
from review.desk import Desk, casework, people
from review.desk.moments import Moment, Said
from review.desk.reviewing import Wearer
from review.desk.waiting import Waiting, What
from review.encounter import Answer, Role, Verdict
from review.screens import first_help, main, review_form, review_form_markup
from review.screens.casework_rows import casework_row
from review.screens.review_form_data import coaching_data, form_data
from review.screens.review_form_rows import officer_line

AT = datetime(2025, 3, 2, 9, 0, tzinfo=UTC)
TODAY = AT.date()
SUPERVISOR = Viewer("demo.supervisor", "Demo supervisor", "supervisor")
OFFICER = Viewer("demo.officer", "Demo officer", "officer", officer="4711")
AFFAIRS = Viewer("demo.internal-affairs", "Demo internal affairs", "internal_affairs")
TRAINER = Viewer("demo.trainer", "Demo trainer", "trainer")


@pytest.fixture
def store(shelved, new_store):
    store = new_store()
    with store.casebook(write=True) as book:
        for viewer in (SUPERVISOR, OFFICER, AFFAIRS, TRAINER):
            book.keep_demo(viewer, at=AT)
        book.set_whose(shelved.sha256, wearer="4711", unit="")
    return store


@pytest.fixture
def desk(store, shelved):
    desk = Desk.of(store, "demo.supervisor", session="another", source="test", clock=lambda: AT)
    desk.begin(shelved.sha256, "assigned_review")
    return desk


@pytest.fixture
def open_page(seated: Callable[..., dict[str, str]]) -> Iterator[Callable[..., AppTest]]:
    """Runs one page for one person through the router."""

    def run(page: str, viewer: Viewer = SUPERVISOR, *, purpose: str = "assigned_review", **query: str) -> AppTest:
        at = AppTest.from_file(main.__file__, default_timeout=60)
        at.user = seated(viewer, purpose=purpose)
        at.run()
        for name, value in query.items():
            at.query_params[name] = value
        at.switch_page(page).run()
        assert not at.exception
        return at

    yield run
    st.cache_resource.clear()


def do(desk: Desk, shelved, kind: str, about: str = "", **body: object):
    return casework.do(desk, shelved.sha256, {"id": f"{uuid4()}:1", "kind": kind, "about": about, "body": body})


def answer_all(desk: Desk, shelved) -> None:
    for checklist in desk.policy.checklists:
        for item in checklist.items:
            do(desk, shelved, "answer", item.id, checklist=checklist.id, reply="cannot_tell")
    do(desk, shelved, "disposition", choice="Praise")
    stretch = casework.stretch(desk, shelved.sha256)
    do(desk, shelved, "listened", start=stretch.start, end=stretch.end)


def forms(at: AppTest) -> list[dict[str, object]]:
    found = [one.proto for one in at.get("bidi_component") if one.proto.component_name == "review.form"]
    return [json.loads(proto.json) for proto in found]


def html(at: AppTest) -> str:
    return " ".join(str(piece.proto.body) for piece in at.get("html"))


def test_the_form_asks_what_the_agency_asks_with_the_marks_that_help_to_answer(desk, shelved):
    data = form_data(desk, shelved.sha256)
    [checklist] = data["checklists"]
    assert [item["text"] for item in checklist["items"]] == [one.text for one in desk.policy.checklists[0].items]
    marks = {item["id"]: item["marks"] for item in checklist["items"]}
    assert marks["reason_given"] == ["flag-1", "flag-5"]
    assert marks["force_used"] == []
    assert {mark["id"] for mark in data["marks"]} >= set(marks["reason_given"])
    assert data["dispositions"] == list(desk.policy.dispositions)


@pytest.mark.parametrize(
    ("wearer", "told"),
    [
        (Wearer(known=False, account=False, stated=False, opened=False), "Nobody has said yet who wears the camera"),
        (Wearer(known=True, account=False, stated=True, opened=False), "The officer has no account here"),
        (Wearer(known=True, account=True, stated=False, opened=False), "has not marked their report or statement as"),
        (Wearer(known=True, account=True, stated=False, opened=True), "has not marked their report or statement as"),
        (Wearer(known=True, account=True, stated=True, opened=False), "The officer has not opened this recording yet"),
    ],
)
def test_whoever_signs_is_told_why_the_officer_cannot_have_added_context(wearer, told):
    assert told in officer_line(wearer)
    assert "context can" in officer_line(wearer)


def test_nothing_is_said_of_the_officers_context_once_they_could_add_it_nor_to_who_cannot_review(desk, shelved, store):
    assert officer_line(None) == officer_line(Wearer(known=True, account=True, stated=True, opened=True)) == ""
    said = [form_data(desk, shelved.sha256)["officer"]]
    officer = Desk.of(store, "demo.officer", session="o", source="test", clock=lambda: AT)
    do(officer, shelved, "statement_done")
    said.append(form_data(desk, shelved.sha256)["officer"])
    officer.begin(shelved.sha256, "own_debrief")
    said.append(form_data(desk, shelved.sha256)["officer"])
    assert said == [
        "The officer has not marked their report or statement as done yet; their context cannot be here.",
        "The officer has not opened this recording yet; their context cannot be here.",
        "",
    ]
    assert form_data(officer, shelved.sha256)["officer"] == ""


def test_the_form_says_who_answered_and_keeps_a_signature_with_its_day(desk, shelved):
    answer_all(desk, shelved)
    do(desk, shelved, "comment", text="Reasons came early.")
    do(desk, shelved, "sign_off")
    data = form_data(desk, shelved.sha256)
    assert data["missing"] == []
    assert data["given"]["encounter/force_used"] == [
        {"by": "demo.supervisor", "on": "2025-03-02", "reply": "cannot_tell", "note": ""}
    ]
    marks = len(shelved.encounter.flags)
    assert data["signed"] == {
        "by": "demo.supervisor",
        "on": "2025-03-02",
        "marked": marks,
        "unanswered": marks,
        "revision": 1,
    }
    assert (data["comment"]["text"], data["disposition"]["choice"]) == ("Reasons came early.", "Praise")


def test_the_form_says_before_it_is_signed_how_many_marks_have_no_answer(desk, shelved):
    marks = len(shelved.encounter.flags)
    desk.decide(Verdict(f"{uuid4()}:1", shelved.sha256, "flag-4", Answer.AGREE, "demo.supervisor", "supervisor", AT))
    data = form_data(desk, shelved.sha256)
    assert (data["marked"], data["unanswered"], data["signed"]) == (marks, marks - 1, None)


def test_a_form_that_was_signed_anew_still_tells_how_it_was_signed_before_and_why_it_was_reopened(desk, shelved):
    answer_all(desk, shelved)
    do(desk, shelved, "comment", text="Reasons came early.")
    do(desk, shelved, "sign_off")
    assert form_data(desk, shelved.sha256)["signings"] == []  # it stands
    do(desk, shelved, "reopen", why="a second camera came in")
    do(desk, shelved, "comment", text="Reasons came late.")
    do(desk, shelved, "disposition", choice=desk.policy.dispositions[1])
    do(desk, shelved, "sign_off")
    data = form_data(desk, shelved.sha256)
    [before] = data["signings"]
    assert (before["choice"], before["comment"], before["signed"]["by"]) == (
        "Praise",
        "Reasons came early.",
        "demo.supervisor",
    )
    assert before["reopened"] == {"by": "demo.supervisor", "on": "2025-03-02", "text": "a second camera came in"}
    assert data["comment"]["text"] == "Reasons came late."


def test_the_form_holds_no_count_of_answers_by_kind(desk, shelved):
    answer_all(desk, shelved)
    data = form_data(desk, shelved.sha256)
    assert not {"score", "total", "points", "yes", "rank"} & set(data)


def test_the_review_page_shows_the_form_under_the_player(desk, open_page, shelved):
    at = open_page("listen.py", recording=shelved.sha256)
    [data] = forms(at)
    assert (data["view"], data["recording"], data["user"]) == ("review", shelved.sha256, "demo.supervisor")
    assert "Review form" in [heading.value for heading in at.subheader]
    assert 'href="#form"' in html(at)


def test_the_review_page_says_what_was_assigned_to_me_and_that_it_is_overdue(desk, open_page, shelved):
    do(desk, shelved, "assign", "demo.supervisor", what="review", due="2025-03-01")
    shown = html(open_page("listen.py", recording=shelved.sha256))
    assert "<strong>Assigned to you</strong> by Demo supervisor: review, due 2025-03-01" in shown
    assert "overdue" in shown


@pytest.fixture
def officer(desk, store, shelved):
    """The desk of the officer who wears the camera, after their statement."""
    desk = Desk.of(store, "demo.officer", session="theirs", source="test", clock=lambda: AT)
    do(desk, shelved, "statement_done")
    desk.begin(shelved.sha256, "own_debrief")
    return desk


def test_an_officer_is_offered_the_form_once_it_is_signed_and_not_before(desk, officer, shelved):
    answer_all(desk, shelved)
    assert not review_form.offered(officer, form_data(officer, shelved.sha256))
    do(desk, shelved, "sign_off")
    data = form_data(officer, shelved.sha256)
    assert review_form.offered(officer, data)
    assert not {"answer", "sign_off", "reopen", "assign", "refer"} & set(data["may"])


def test_an_officer_is_not_told_of_a_hold(desk, officer, shelved, open_page):
    do(desk, shelved, "refer", why="force without a report")
    assert form_data(officer, shelved.sha256)["hold"] is None
    assert form_data(desk, shelved.sha256)["hold"]["text"] == "force without a report"
    assert HELD in re.sub(r"</?strong>", "", html(open_page("listen.py", recording=shelved.sha256)))


def test_what_a_hold_closes_is_said_in_one_sentence_of_the_server(desk, shelved):
    assert HELD.endswith(HOLD_CLOSES)
    work = casework.of(desk, shelved.sha256)
    assert (casework_row(work, "s")["held"], coaching_data(desk, shelved.sha256)["held"]) == ("", "")
    do(desk, shelved, "refer", why="force without a report")
    work = casework.of(desk, shelved.sha256)
    assert (casework_row(work, "s")["held"], coaching_data(desk, shelved.sha256)["held"]) == (HELD, HELD)
    assert form_data(desk, shelved.sha256)["hold_closes"] == HOLD_CLOSES
    scripts = [path.read_text(encoding="utf-8") for path in Path(screens.__path__[0]).glob("*/*.js")]
    assert scripts
    assert not [script for script in scripts if "coaching on it is closed" in script]


# What waits


def test_today_says_that_nothing_waits(desk, open_page):
    assert review_form_markup.NOTHING_WAITS in html(open_page("today.py"))


def test_who_reviews_is_told_how_to_begin_on_both_pages_of_their_work_until_a_first_review_is_signed(
    desk, open_page, shelved
):
    pages = ("today.py", "library.py")
    for person, page in product((SUPERVISOR, AFFAIRS), pages):
        assert [told.value for told in open_page(page, person).info] == [first_help.REVIEWING]
    assert not open_page("today.py", OFFICER).info
    answer_all(desk, shelved)
    do(desk, shelved, "sign_off")
    do(desk, shelved, "reopen", why="A second camera.")
    for page in pages:
        assert not open_page(page).info
        assert open_page(page, AFFAIRS).info


def test_the_unit_view_tells_oversight_how_to_begin_until_they_sign_in_again(desk, open_page):
    oversight = Viewer("ova", "Oversight A", "oversight")
    for _ in range(2):
        assert first_help.OVERSEEING in {told.value for told in open_page("unit.py", oversight).info}
        Desk(desk.store, oversight).log("sign_in")
    assert first_help.OVERSEEING not in {told.value for told in open_page("unit.py", oversight).info}
    assert first_help.OVERSEEING not in {told.value for told in open_page("unit.py", SUPERVISOR).info}


def test_the_accounts_page_tells_an_administrator_how_to_begin_until_a_first_account_is_added(desk, open_page):
    admin = Viewer("ada", "Administrator A", "admin")
    assert [told.value for told in open_page("people.py", admin).info] == [first_help.KEEPING_ACCOUNTS]
    people.add(Desk(desk.store, admin), Viewer("nina", "Supervisor B", "supervisor", "West"))
    assert not open_page("people.py", admin).info


def test_today_leads_whoever_reviews_to_what_nobody_has_begun(desk, open_page):
    for person, heading in ((SUPERVISOR, "Open in your unit"), (AFFAIRS, "Open in all units")):
        at = open_page("today.py", person)
        assert [one.value for one in at.subheader] == [heading]
        assert "1 recording that nobody has begun to review" in [one.label for one in at.button]
    assert not open_page("today.py", OFFICER).subheader


@pytest.mark.parametrize("stated", [False, True])
def test_today_counts_no_recording_in_which_one_appears_as_open_to_oneself(store, open_page, shelved, stated):
    worn = Viewer("w", "Sergeant W", "supervisor", officer="4711")
    if stated:
        do(Desk.of(store, "demo.officer", clock=lambda: AT), shelved, "statement_done")
    at = open_page("today.py", worn)
    assert not at.subheader
    assert not [one for one in at.button if "recording" in one.label]


def test_the_way_from_today_to_the_recordings_sets_their_filter(desk, open_page):
    at = open_page("today.py")
    [button] = [one for one in at.button if one.label.endswith("that nobody has begun to review")]
    button.click().run()
    assert at.title[0].value == "Recordings"
    assert at.session_state["library_filter"].state == "not_begun"


def test_what_a_supervisor_judged_and_an_officer_contests_is_told_and_is_no_work_of_theirs(
    desk, officer, open_page, shelved
):
    said = Verdict(f"{uuid4()}:1", shelved.sha256, "flag-4", Answer.AGREE, "demo.supervisor", "supervisor", AT)
    desk.decide(said)
    do(officer, shelved, "contest", "flag-4", text="I said that to my partner.")
    at = open_page("today.py")
    assert "somebody else looks at it, nothing for you to do <span>1</span>" in html(at)
    assert [link.proto.label for link in at.get("page_link")] == ["Look through the recordings"]
    assert "Marks that an officer contests <span>1</span>" in html(open_page("today.py", AFFAIRS))


def test_today_leads_internal_affairs_to_what_is_held(desk, open_page, shelved):
    do(desk, shelved, "refer", why="force without a report")
    shown = html(open_page("today.py", AFFAIRS))
    assert "Held for internal affairs <span>1</span>" in shown
    assert f'href="/listen?recording={shelved.sha256}"' in shown
    assert "force without a report" in shown


def test_what_people_wrote_is_shown_as_text_and_never_as_html():
    nasty = '<img src=x onerror="alert(1)">'
    one = Waiting(What.ASKED, "r" * 64, nasty, TODAY, by=nasty, text=nasty)
    shown = review_form_markup.waiting_list([one], {}, TODAY)
    assert "<img" not in shown
    assert shown.count("&lt;img") == 3


def test_what_somebody_else_looks_at_is_told_as_nothing_to_do_after_all_that_is():
    own = Waiting(What.WITH_OTHERS, "r" * 64, "stop.wav", TODAY, by="o", text="I said that to my partner.")
    task = Waiting(What.CONTESTED, "q" * 64, "search.wav", TODAY, by="o")
    shown = review_form_markup.waiting_list([task, own], {"o": "Officer A"}, TODAY)
    assert shown.index("Marks that an officer contests") < shown.index(
        "somebody else looks at it, nothing for you to do"
    )
    assert "I said that to my partner." in shown


@pytest.mark.parametrize(("days", "words"), [(0, "today"), (1, "yesterday"), (30, "30 days ago")])
def test_how_long_something_waits_is_told_in_days(days, words):
    one = Waiting(What.ASKED, "r" * 64, "stop.wav", TODAY - timedelta(days=days), by="o")
    assert words in review_form_markup.waiting_list([one], {"o": "Officer A"}, TODAY)


def test_overdue_work_says_since_when():
    late = Waiting(What.REVIEW, "r" * 64, "stop.wav", TODAY, due=date(2025, 3, 1), by="s")
    assert "overdue since 2025-03-01" in review_form_markup.waiting_list([late], {}, TODAY)
    assert "due 2025-03-01" in review_form_markup.waiting_list([late], {}, date(2025, 3, 1))


# Shared moments


def test_a_trainer_reads_the_moment_by_roles_and_hears_it_from_its_own_address(desk, open_page, shelved):
    act = do(desk, shelved, "share", "trainer", start=1.0, end=4.0, text="How it began")
    at = open_page("moments.py", TRAINER, purpose="")
    shown = html(at)
    assert f'src="/api/moments/{act.id}/clip"' in shown
    assert '<span class="bcr-who">Officer</span> Good evening,' in shown
    assert "How it began" in shown
    assert shelved.sha256 not in str(at.main) + shown
    assert "stop_at_night" not in shown
    assert 'preload="none"' in shown  # a moment is fetched, and so logged, when it is played


def test_a_trainer_without_moments_is_told_where_they_come_from(store, open_page):
    assert "No moment is shared with you yet" in open_page("moments.py", TRAINER, purpose="").info[0].value


def test_a_moment_without_words_says_so():
    assert "No words were heard" in review_form_markup.moment_card(Moment("a:1", 3.0, TODAY, "", ()), number=1)


def test_words_of_a_moment_are_escaped():
    said = (Said(Role.CIVILIAN, "<b>no</b>"),)
    assert "<b>" not in review_form_markup.moment_card(Moment("a:1", 3.0, TODAY, "<i>", said), number=1)
