"""An officer's own recordings at their desk: only theirs, only when they may, and nothing of a hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from review.access import Action, Viewer
from review.casework import Kind
from review.desk import Desk, casework, debrief, exporting
from review.desk.debrief import News
from review.encounter import Answer, Verdict
from review.errors import Refused
from review.policy import VARIABLE
from review.report import Format
from review.screens.debrief_data import officer_said
from review.store import State
from tests import desks
from tests.desks import AFFAIRS, OFFICER, SUPERVISOR, known, operation, sitting

pytestmark = pytest.mark.databases("sqlite", "postgresql")
OTHER = Viewer("p", "Officer B", "officer", "North", "4712")
NUMBERLESS = Viewer("n", "Officer C", "officer", "North")
EVERYBODY = (SUPERVISOR, OFFICER, OTHER, NUMBERLESS, AFFAIRS)


@pytest.fixture
def store(shelved, new_store):
    return known(new_store(), shelved.sha256, EVERYBODY)


@pytest.fixture
def sit(store, shelved):
    return sitting(store, shelved)


@pytest.fixture
def officer(sit, shelved):
    """The officer whose statement is done, with the recording open."""
    debrief.state_statement(sit(OFFICER), shelved.sha256)
    return sit(OFFICER, "own_debrief")


def judge(desk: Desk, sha256: str, answer: Answer = Answer.DISAGREE, *, flag: str = "flag-4") -> None:
    desks.judge(desk, sha256, flag, answer)


def news(desk: Desk, sha256: str) -> News:
    return debrief.own(desk, limit=10).news.get(sha256, News())


def test_an_officer_lists_their_own_recordings_and_nobody_elses(sit, shelved):
    [row] = debrief.own(sit(OFFICER), limit=10).rows
    assert (row.entry.sha256, row.state, row.statement) == (shelved.sha256, State.NOT_BEGUN, None)
    # Who appears in it does not wear the camera.
    assert debrief.own(sit(OTHER), limit=10).total == 0


def test_an_account_that_says_no_officer_is_told_so_and_lists_nothing(sit):
    with pytest.raises(Refused, match="which officer you are"):
        debrief.own(sit(NUMBERLESS), limit=10)


def test_before_the_statement_is_done_nothing_of_a_recording_is_told(sit, shelved):
    reviewer = sit(SUPERVISOR, "assigned_review")
    casework.do(reviewer, shelved.sha256, operation("praise", "flag-1", at=3.0, text="Well explained."))
    casework.do(reviewer, shelved.sha256, operation("session", agenda=["12.5"], next_step="reasons first"))
    desk = sit(OFFICER)
    [row] = debrief.own(desk, limit=10).rows
    assert not row.reads
    assert "statement" in row.reads.why
    assert row.news == News(sessions=1)  # that coaching waits, but not what was said
    for read in (debrief.debrief, debrief.views):
        with pytest.raises(Refused):
            read(desk, shelved.sha256)


def test_a_statement_is_said_to_be_done_once_and_stays_said(sit, shelved, store):
    desk = sit(OFFICER)
    for _ in range(3):
        debrief.state_statement(desk, shelved.sha256)
    with store.casebook() as book:
        kept = [act for act in book.acts(shelved.sha256) if act.kind is Kind.STATEMENT_DONE]
    assert [act.person for act in kept] == ["o"]
    assert debrief.own(desk, limit=10).rows[0].reads


def test_what_a_contested_mark_came_to_is_news_until_the_officer_has_looked(sit, shelved, officer):
    casework.do(officer, shelved.sha256, operation("contest", "flag-4", text="I said that to my partner."))
    assert news(officer, shelved.sha256) == News()
    reviewer = sit(SUPERVISOR, "assigned_review")
    judge(reviewer, shelved.sha256, flag="flag-1")  # not what was contested
    assert news(officer, shelved.sha256) == News()
    judge(reviewer, shelved.sha256)
    assert news(officer, shelved.sha256) == News(judged=1)
    officer.log("view", shelved.sha256)
    assert news(officer, shelved.sha256) == News()


def test_a_verdict_from_before_the_answer_is_no_answer_to_it(sit, shelved, officer):
    judge(sit(SUPERVISOR, "assigned_review"), shelved.sha256)
    officer.log("view", shelved.sha256)
    casework.do(officer, shelved.sha256, operation("contest", "flag-4", text="No."))
    assert news(officer, shelved.sha256) == News()


def test_praise_and_coaching_are_news_and_a_session_until_it_is_answered(sit, shelved, officer):
    reviewer = sit(SUPERVISOR, "assigned_review")
    casework.do(reviewer, shelved.sha256, operation("praise", "flag-1", at=3.0, text="Well explained."))
    session = casework.do(reviewer, shelved.sha256, operation("session", agenda=["12.5"]))
    assert news(officer, shelved.sha256) == News(sessions=1, praise=1)
    officer.log("play", shelved.sha256)
    assert news(officer, shelved.sha256) == News(sessions=1)
    casework.do(officer, shelved.sha256, operation("acknowledge", session.id, answer="refused_to_sign"))
    assert news(officer, shelved.sha256) == News()


def test_a_debrief_holds_the_encounter_with_its_verdicts_and_names(sit, shelved, officer):
    judge(sit(SUPERVISOR, "assigned_review"), shelved.sha256, Answer.AGREE)
    found = debrief.debrief(officer, shelved.sha256)
    assert found.encounter == shelved.encounter
    assert found.told.standings["flag-4"] == "verified"
    assert found.people["s"] == "Supervisor A"


@pytest.mark.parametrize("viewer", [OTHER, NUMBERLESS])
def test_no_other_officer_reads_a_debrief_or_who_looked(sit, shelved, officer, viewer):
    desk = sit(viewer)
    for read in (debrief.debrief, debrief.views):
        with pytest.raises(Refused):
            read(desk, shelved.sha256)


def deeds(desk: Desk, sha256: str) -> list[tuple[str, str]]:
    return [(entry.person, entry.action) for entry in debrief.views(desk, sha256).entries]


def test_an_officer_reads_who_opened_exported_and_was_refused_newest_first(sit, shelved, officer):
    reviewer = sit(SUPERVISOR, "complaint")
    exporting.export(reviewer, shelved.sha256, Format.CSV)
    with pytest.raises(Refused):
        sit(OTHER).encounter(shelved.sha256)
    found = debrief.views(officer, shelved.sha256).entries
    assert [(one.person, one.action, one.purpose, one.outcome) for one in found[:3]] == [
        ("p", "view", "", "refused"),
        ("s", "export", "complaint", "done"),
        ("s", "open", "complaint", "done"),
    ]


def hold(sit, sha256: str) -> None:
    reviewer, affairs = sit(SUPERVISOR, "assigned_review"), sit(AFFAIRS, "complaint")
    casework.do(reviewer, sha256, operation("refer", why="force without a report"))
    affairs.log("play", sha256)
    with pytest.raises(Refused, match="held"):
        casework.do(reviewer, sha256, operation("session", agenda=[]))
    with pytest.raises(Refused, match="held"):
        casework.do(reviewer, sha256, operation("share", "trainer", start=1.0, end=4.0))
    with pytest.raises(Refused, match="held"):
        reviewer.require(Action.CORRECT, sha256)


def test_that_a_recording_is_held_is_not_told_to_its_officer_while_it_is(sit, shelved, officer):
    hold(sit, shelved.sha256)
    told = deeds(officer, shelved.sha256)
    assert ("i", "play") in told  # without a policy that says otherwise
    assert {action for _, action in told} & {"refer", "session", "share", "correct"} == set()
    assert "held" not in str([entry.details for entry in debrief.views(officer, shelved.sha256).entries])
    assert ("s", "refer") in deeds(sit(SUPERVISOR), shelved.sha256)
    casework.do(sit(AFFAIRS), shelved.sha256, operation("release", why="looked into"))
    assert {("s", "refer"), ("i", "release")} <= set(deeds(officer, shelved.sha256))


def test_a_policy_can_leave_internal_affairs_out_while_a_recording_is_held(
    sit, shelved, officer, tmp_path, monkeypatch
):
    (tmp_path / "agency.toml").write_text("[access]\nshow_affairs_views = false\n")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "agency.toml"))
    sit(AFFAIRS, "audit")
    assert ("i", "open") in deeds(officer, shelved.sha256)  # nothing is held
    hold(sit, shelved.sha256)
    assert {person for person, _ in deeds(officer, shelved.sha256)} == {"o", "s"}
    assert debrief.views(officer, shelved.sha256).affairs_withheld
    assert ("i", "play") in deeds(sit(SUPERVISOR), shelved.sha256)
    assert not debrief.views(sit(SUPERVISOR), shelved.sha256).affairs_withheld
    casework.do(sit(AFFAIRS), shelved.sha256, operation("release", why="looked into"))
    assert ("i", "play") in deeds(officer, shelved.sha256)
    # That some may be left out is said whether or not anything is held: it would tell of the hold otherwise.
    assert debrief.views(officer, shelved.sha256).affairs_withheld


def test_the_past_is_made_of_ones_own_recordings_that_one_may_watch(
    sit, shelved, shelve_into, store, tmp_path, database, officer
):
    theirs = shelve_into(tmp_path, pitch=300.0, name="b.wav", database=database)
    unsaid = shelve_into(tmp_path, pitch=310.0, name="c.wav", database=database)
    with store.casebook(write=True) as book:
        book.set_whose(theirs.sha256, wearer="4712", unit="North")
        book.set_whose(unsaid.sha256, wearer="4711", unit="North")
    judge(sit(SUPERVISOR, "assigned_review"), shelved.sha256, Answer.AGREE)
    [one] = debrief.past(officer)
    assert (one.on, one.seconds, one.reviewed) == (
        shelved.encounter.recording.recorded_at.date(),
        shelved.encounter.recording.seconds,
        False,
    )
    assert {count.behaviour: (count.marked, count.unsure, count.verified) for count in one.counts} == {
        "reason_for_stop": (1, 0, 0),
        "time_and_space": (1, 0, 0),
        "distress": (0, 1, 0),
        "ultimatum": (1, 0, 1),
        "asks_why": (1, 0, 0),
        "order": (1, 0, 0),
    }


def test_all_recordings_of_an_officers_count_as_theirs_watchable_or_not(
    sit, shelved, shelve_into, store, tmp_path, database, officer
):
    unsaid = shelve_into(tmp_path, pitch=310.0, name="c.wav", database=database)
    with store.casebook(write=True) as book:
        book.set_whose(unsaid.sha256, wearer="4711", unit="North")
    assert len(debrief.past(officer)) == 1
    assert debrief.reviewed(officer) == (0, 2)


def test_whose_a_judgement_of_internal_affairs_is_stays_untold_where_the_policy_leaves_them_out(
    sit, shelved, officer, tmp_path, monkeypatch
):
    affairs = sit(AFFAIRS, "audit")
    judge(affairs, shelved.sha256, Answer.AGREE)
    casework.do(sit(SUPERVISOR, "assigned_review"), shelved.sha256, operation("refer", why="force without a report"))
    assert [one.reviewer for one in debrief.debrief(officer, shelved.sha256).verdicts] == ["i"]
    (tmp_path / "agency.toml").write_text("[access]\nshow_affairs_views = false\n")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "agency.toml"))
    found = debrief.debrief(officer, shelved.sha256)
    assert [found.people[one.reviewer] for one in found.verdicts] == ["a person"]
    assert found.told.standings["flag-4"] == "verified"


def test_a_withdrawn_session_is_no_news(sit, shelved, officer):
    reviewer = sit(SUPERVISOR, "assigned_review")
    session = casework.do(reviewer, shelved.sha256, operation("session", agenda=["12.5"]))
    casework.do(reviewer, shelved.sha256, operation("recall", session.id, why="x"))
    assert news(officer, shelved.sha256) == News()


def test_what_the_agency_hides_is_in_nobodys_past(sit, shelved, officer, tmp_path, monkeypatch):
    (tmp_path / "agency.toml").write_text('[behaviours]\nhide = ["ultimatum"]\n')
    monkeypatch.setenv(VARIABLE, str(tmp_path / "agency.toml"))
    [one] = debrief.past(officer)
    assert "ultimatum" not in {count.behaviour for count in one.counts}


def test_a_long_list_comes_a_page_at_a_time_and_a_page_that_is_gone_is_the_last_one(
    sit, shelve_into, store, tmp_path, database
):
    for number in range(4):
        shelved = shelve_into(tmp_path, pitch=400.0 + number, name=f"{number}.wav", database=database)
        with store.casebook(write=True) as book:
            book.set_whose(shelved.sha256, wearer="4711", unit="North")
    desk = sit(OFFICER)
    assert [len(debrief.own(desk, limit=3, offset=offset).rows) for offset in (0, 3, 90)] == [3, 2, 2]
    assert debrief.own(desk, limit=3).total == 5


def test_answers_are_those_of_reviewers_who_may_confirm(sit, shelved, officer):
    contest = casework.do(officer, shelved.sha256, operation("contest", "flag-4", text="No."))
    work = casework.of(officer, shelved.sha256)
    later = Verdict("x:1", shelved.sha256, "flag-4", Answer.AGREE, "t", "trainer", contest.at + timedelta(days=1))
    assert debrief.answered(work, [later], "o") == frozenset()
    assert debrief.answered(work, [replace(later, reviewer_role="supervisor")], "o") == {"flag-4"}
    assert debrief.answered(work, [replace(later, reviewer_role="supervisor")], "somebody else") == frozenset()


def test_reviewers_read_the_officers_answers_where_they_judge(sit, shelved, officer):
    reviewer = sit(SUPERVISOR, "assigned_review")
    assert officer_said(reviewer, shelved.sha256) == ""
    casework.do(officer, shelved.sha256, operation("context", "flag-4", what="weapon_seen", text="A knife lay there."))
    shown = officer_said(reviewer, shelved.sha256)
    assert "Context: a weapon was seen</strong>, about Ultimatum at 0:20 (Officer A, 2025-03-02)" in shown
    assert "A knife lay there." in shown
    with pytest.raises(Refused):
        officer_said(sit(OTHER), shelved.sha256)
