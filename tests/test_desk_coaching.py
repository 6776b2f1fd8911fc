"""Reviews, coaching, shared moments and what waits, each at the desk of the person whom it concerns."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from review.access import Action, Facts, Purpose, Viewer
from review.casework import Act, Kind, holding
from review.desk import Desk, casework, coaching, debrief, moments, reviewing, waiting
from review.desk.waiting import Case, What
from review.encounter import Answer, Role, Span, Verdict
from review.errors import Refused, RefusedAct
from review.screens.debrief_views import view_rows
from review.screens.parts import PURPOSE_NAMES
from tests import desks
from tests.desks import AFFAIRS, AT, OFFICER, SUPERVISOR, known, sitting

pytestmark = pytest.mark.databases("sqlite", "postgresql")
COLLEAGUE = Viewer("c", "Supervisor C", "supervisor", "North")
OTHER_UNIT = Viewer("t", "Supervisor B", "supervisor", "South", "4800")
PRESENT = Viewer("p", "Officer B", "officer", "North", "4712")
TRAINER = Viewer("e", "Trainer A", "trainer")
TRAINER_B = Viewer("b", "Trainer B", "trainer", "North", "4711")
OVERSIGHT = Viewer("v", "Oversight A", "oversight")
EVERYBODY = (SUPERVISOR, COLLEAGUE, OTHER_UNIT, OFFICER, PRESENT, AFFAIRS, TRAINER, TRAINER_B, OVERSIGHT)


@pytest.fixture
def store(shelved, new_store):
    return known(new_store(), shelved.sha256, EVERYBODY)


@pytest.fixture
def sit(store, shelved):
    return sitting(store, shelved)


@pytest.fixture
def supervisor(sit, shelved):
    """A supervisor with the recording open, whose officer's statement is done."""
    desk = sit(SUPERVISOR, "assigned_review")
    do(sit(OFFICER), shelved, "statement_done")
    return desk


def do(desk: Desk, shelved, kind: str, about: str = "", **body: object) -> Act:
    return desks.do(desk, shelved.sha256, kind, about, **body)


def kinds(desk: Desk) -> list[What]:
    return [one.what for one in waiting.waiting(desk)]


def answer(desk: Desk, shelved, reply: str, note: str = "") -> Act:
    return do(desk, shelved, "answer", "reason_given", checklist="encounter", reply=reply, note=note)


# The review


def test_each_persons_answer_stands_with_their_name_and_the_latest_one_holds(supervisor, sit, shelved):
    colleague = sit(COLLEAGUE, "assigned_review")
    answer(supervisor, shelved, "no")
    answer(colleague, shelved, "yes", "at 0:41")
    answer(supervisor, shelved, "cannot_tell")
    found = reviewing.review(colleague, shelved.sha256)
    given = found.given["encounter/reason_given"]
    assert [(act.person, act.body["reply"]) for act in given] == [("c", "yes"), ("s", "cannot_tell")]
    assert found.work.answers["encounter/reason_given"].person == "s"
    assert found.people["c"] == "Supervisor C"


def test_an_answer_that_was_taken_back_is_nobodys_any_more(supervisor, shelved):
    answer(supervisor, shelved, "no")
    answer(supervisor, shelved, "")
    assert reviewing.review(supervisor, shelved.sha256).given == {}


def test_a_review_tells_what_is_missing_and_how_much_of_the_stretch_was_heard(supervisor, sit, shelved):
    found = reviewing.review(supervisor, shelved.sha256)
    assert len(found.missing) == len(supervisor.policy.checklists[0].items) + 2
    do(supervisor, shelved, "listened", start=found.stretch.start, end=found.stretch.end)
    again = reviewing.review(supervisor, shelved.sha256)
    assert again.heard == pytest.approx(found.stretch.seconds)
    assert len(again.missing) == len(found.missing) - 1
    other = reviewing.review(sit(COLLEAGUE, "assigned_review"), shelved.sha256)
    assert other.heard == 0.0  # everybody listens for themselves


def test_who_cannot_review_is_told_neither_what_is_missing_nor_which_stretch_was_drawn(supervisor, sit, shelved):
    found = reviewing.review(sit(OFFICER, "own_debrief"), shelved.sha256)
    assert (found.missing, found.stretch, dict(found.fitting)) == ((), None, {})


def test_work_can_be_given_to_those_who_may_do_it_and_to_nobody_who_appears(supervisor, shelved):
    found = reviewing.review(supervisor, shelved.sha256)
    assert {viewer.user for viewer in found.fitting["review"]} == {"s", "c", "t", "i"}
    assert {viewer.user for viewer in found.fitting["coaching"]} == {"s", "c", "t"}
    do(supervisor, shelved, "refer", why="force without a report")
    assert dict(reviewing.review(supervisor, shelved.sha256).fitting) == {}  # while it is held others give it out


def test_a_disabled_account_is_given_no_work(store, supervisor, shelved):
    with store.casebook(write=True) as book:
        book.accounts.add(Viewer("gone", "Supervisor D", "supervisor"), at=AT)
        book.accounts.disable("gone", at=AT)
    assert "gone" not in {one.user for one in reviewing.review(supervisor, shelved.sha256).fitting["review"]}


def test_a_reopened_review_says_who_opened_it_and_why_until_it_is_signed_anew(supervisor, shelved):
    for checklist in supervisor.policy.checklists:
        for item in checklist.items:
            do(supervisor, shelved, "answer", item.id, checklist=checklist.id, reply="yes")
    do(supervisor, shelved, "disposition", choice="Praise")
    stretch = casework.stretch(supervisor, shelved.sha256)
    do(supervisor, shelved, "listened", start=stretch.start, end=stretch.end)
    do(supervisor, shelved, "sign_off")
    assert reviewing.review(supervisor, shelved.sha256).reopened is None
    do(supervisor, shelved, "reopen", why="a second camera came in")
    assert reviewing.review(supervisor, shelved.sha256).reopened.text == "a second camera came in"
    do(supervisor, shelved, "sign_off")
    assert reviewing.review(supervisor, shelved.sha256).reopened is None


def test_a_review_says_how_many_marks_have_no_answer_and_a_signature_keeps_the_number(supervisor, shelved):
    judge(supervisor, shelved)
    found = reviewing.review(supervisor, shelved.sha256)
    assert (found.marks, found.unanswered) == (len(shelved.encounter.flags), len(shelved.encounter.flags) - 1)
    sign(supervisor, shelved)
    judge(supervisor, shelved, Answer.UNDO)
    kept = reviewing.review(supervisor, shelved.sha256).work.signed
    assert kept.body == {"revision": 1, "marks": found.marks, "unanswered": found.unanswered}


def test_what_was_signed_before_is_told_to_who_reviews_and_not_to_the_officer(supervisor, sit, shelved):
    sign(supervisor, shelved)
    do(supervisor, shelved, "reopen", why="a second camera came in")
    do(supervisor, shelved, "disposition", choice="Coaching")
    do(supervisor, shelved, "sign_off")
    first, _ = reviewing.review(sit(COLLEAGUE, "assigned_review"), shelved.sha256).work.signings
    assert (first.disposition.body["choice"], first.reopened.text) == ("Praise", "a second camera came in")
    assert reviewing.review(sit(OFFICER, "own_debrief"), shelved.sha256).work.signings == ()


# Coaching


def test_given_coaching_is_listed_by_its_day_until_a_session_is_sent(supervisor, shelved):
    do(supervisor, shelved, "assign", "s", what="coaching", due="2025-03-01")
    [given] = coaching.overview(supervisor).given
    assert (given.officer, given.overdue(date(2025, 3, 2)), given.overdue(date(2025, 3, 1))) == ("4711", True, False)
    do(supervisor, shelved, "session", agenda=[], next_step="reasons first")
    found = coaching.overview(supervisor)
    assert found.given == ()
    [held] = found.sessions
    assert (held.session.next_step, held.session.acknowledged) == ("reasons first", None)
    assert found.officers["4711"] == "Officer A"


def test_coaching_on_a_held_recording_is_listed_as_closed(supervisor, shelved):
    do(supervisor, shelved, "assign", "s", what="coaching")
    do(supervisor, shelved, "refer", why="force without a report")
    [given] = coaching.overview(supervisor).given
    assert given.held


@pytest.mark.parametrize(
    ("viewer", "count"), [(OFFICER, 1), (PRESENT, 0), (COLLEAGUE, 1), (OTHER_UNIT, 0), (AFFAIRS, 1)]
)
def test_sessions_are_listed_for_the_officer_and_those_in_reach(supervisor, sit, shelved, viewer, count):
    do(supervisor, shelved, "session", agenda=["12.5"], next_step="reasons first")
    assert len(coaching.overview(sit(viewer)).sessions) == count


def test_an_officer_finds_the_session_but_reads_it_after_the_statement(sit, shelved):
    desk = sit(SUPERVISOR, "coaching")
    do(desk, shelved, "session", agenda=[], next_step="reasons first")
    [held] = coaching.overview(sit(OFFICER)).sessions
    assert not held.reads
    assert "statement" in held.reads.why
    do(sit(OFFICER), shelved, "statement_done")
    assert coaching.overview(sit(OFFICER)).sessions[0].reads


@pytest.mark.parametrize("said", ["acknowledged", "refused_to_sign"])
def test_an_officer_answers_a_session_either_way_and_the_supervisor_reads_it(supervisor, sit, shelved, said):
    session = do(supervisor, shelved, "session", agenda=["12.5"], next_step="reasons first")
    officer = sit(OFFICER, "own_debrief")
    do(officer, shelved, "acknowledge", session.id, answer=said, text="There was no time.")
    [held] = coaching.overview(supervisor).sessions
    assert held.session.acknowledged.body == {"answer": said, "text": "There was no time."}


def test_a_session_without_an_answer_is_withdrawn_by_who_sent_it_and_by_nobody_else(supervisor, sit, shelved):
    session = do(supervisor, shelved, "session", agenda=[], next_step="reasons first")
    officer = sit(OFFICER, "own_debrief")
    with pytest.raises(RefusedAct, match="only who sent"):
        do(sit(COLLEAGUE, "coaching"), shelved, "recall", session.id, why="x")
    with pytest.raises(Refused):
        do(officer, shelved, "recall", session.id, why="x")
    do(supervisor, shelved, "recall", session.id, why="The mark was another officer's.")
    assert kinds(officer) == []
    [held] = coaching.overview(officer).sessions
    assert held.session.withdrawn.text == "The mark was another officer's."
    for kind, body in {"acknowledge": {"answer": "acknowledged"}, "recall": {"why": "again"}}.items():
        desk = officer if kind == "acknowledge" else supervisor
        with pytest.raises(RefusedAct, match="withdrawn"):
            do(desk, shelved, kind, session.id, **body)


def test_a_session_that_the_officer_answered_cannot_be_withdrawn(supervisor, sit, shelved):
    session = do(supervisor, shelved, "session", agenda=[], next_step="reasons first")
    do(sit(OFFICER, "own_debrief"), shelved, "acknowledge", session.id, answer="refused_to_sign")
    with pytest.raises(RefusedAct, match="has answered"):
        do(supervisor, shelved, "recall", session.id, why="x")


def test_a_withdrawn_session_is_not_what_the_next_one_begins_with(supervisor, sit, store, shelved, shelve_into):
    session = do(supervisor, shelved, "session", agenda=[], next_step="reasons first")
    do(supervisor, shelved, "recall", session.id, why="x")
    later = shelve_into(shelved.media.parent, database=shelved.database, pitch=330.0, name="later.wav")
    with store.casebook(write=True) as book:
        book.set_whose(later.sha256, wearer="4711", unit="North")
    assert coaching.preparation(sit(SUPERVISOR, "coaching", sha256=later.sha256), later.sha256).last is None


def test_a_session_is_prepared_from_verified_marks_only(supervisor, shelved, store):
    assert coaching.preparation(supervisor, shelved.sha256).verified == ()
    supervisor.decide(Verdict(f"{uuid4()}:1", shelved.sha256, "flag-4", Answer.AGREE, "s", "supervisor", AT))
    ready = coaching.preparation(supervisor, shelved.sha256)
    assert [flag.id for flag in ready.verified] == ["flag-4"]
    assert (ready.officer, ready.account) == ("Officer A", "o")


@pytest.mark.parametrize(
    "said",
    [
        [],
        [(SUPERVISOR, Answer.DISAGREE)],
        [(SUPERVISOR, Answer.SKIP)],
        [(SUPERVISOR, Answer.AGREE), (COLLEAGUE, Answer.DISAGREE)],
        [(SUPERVISOR, Answer.AGREE), (SUPERVISOR, Answer.UNDO)],
    ],
)
def test_a_mark_that_nobody_has_confirmed_cannot_be_on_an_agenda_whatever_is_sent(supervisor, sit, shelved, said):
    for viewer, reply in said:
        desks.judge(sit(viewer, "assigned_review"), shelved.sha256, "flag-4", reply)
    praise = do(supervisor, shelved, "praise", "flag-1", at=3.0, text="Well explained.")
    with pytest.raises(RefusedAct, match="nobody has confirmed"):
        do(supervisor, shelved, "session", agenda=[praise.id, "flag-4"], next_step="reasons first")
    assert coaching.overview(supervisor).sessions == ()


def test_a_confirmed_mark_praise_and_a_time_can_be_on_an_agenda(supervisor, shelved):
    desks.judge(supervisor, shelved.sha256, "flag-4")
    praise = do(supervisor, shelved, "praise", "flag-1", at=3.0, text="Well explained.")
    session = do(supervisor, shelved, "session", agenda=[praise.id, "flag-4", "12.5"], next_step="reasons first")
    [held] = coaching.overview(supervisor).sessions
    assert held.session.agenda == (praise.id, "flag-4", "12.5") == tuple(session.body["agenda"])


def test_the_next_session_begins_with_the_next_step_of_the_one_before(supervisor, sit, store, shelved, shelve_into):
    do(supervisor, shelved, "session", agenda=[], next_step="reasons first")
    later = shelve_into(shelved.media.parent, database=shelved.database, pitch=330.0, name="later.wav")
    with store.casebook(write=True) as book:
        book.set_whose(later.sha256, wearer="4711", unit="North")
    desk = sit(SUPERVISOR, "coaching", sha256=later.sha256)
    last = coaching.preparation(desk, later.sha256).last
    assert (last.name, last.session.next_step) == (shelved.media.name, "reasons first")
    with store.casebook(write=True) as book:
        book.set_whose(later.sha256, wearer="4999", unit="North")
    assert coaching.preparation(desk, later.sha256).last is None  # another officer's


def test_a_next_step_from_elsewhere_is_not_read_by_who_may_not_read_that_recording(
    supervisor, sit, store, shelved, shelve_into
):
    do(supervisor, shelved, "session", agenda=[], next_step="reasons first")
    moved = shelve_into(shelved.media.parent, database=shelved.database, pitch=330.0, name="moved.wav")
    with store.casebook(write=True) as book:
        book.set_whose(moved.sha256, wearer="4711", unit="South")
    desk = sit(OTHER_UNIT, "coaching", sha256=moved.sha256)
    assert coaching.preparation(desk, moved.sha256).last is None


def test_coaching_is_not_read_before_the_recording_was_opened(sit, shelved):
    with pytest.raises(Refused):
        coaching.preparation(sit(SUPERVISOR), shelved.sha256)


# Shared moments


def shared(desk: Desk, shelved, *, start: float, end: float, role: str = "trainer", **more: object) -> Act:
    return do(desk, shelved, "share", role, start=start, end=end, **more)


def test_a_shared_moment_holds_its_own_words_by_role_and_nothing_else(supervisor, sit, shelved, store):
    order = shelved.encounter.flags[-1]
    shared(supervisor, shelved, start=order.span.start, end=order.span.end, text="an order")
    [moment] = moments.shared(sit(TRAINER))
    assert [(line.role, line.text) for line in moment.lines] == [(Role.OFFICER, order.quote)]
    for secret in (shelved.sha256, shelved.media.name, "4711", "Officer A", "stop_at_night"):
        assert secret not in repr(moment)
    with store.casebook() as book:
        [entry] = book.logged(action="moments")
    assert (entry.person, entry.recording, entry.outcome) == ("e", shelved.sha256, "done")


def test_a_moment_is_shared_with_one_role_and_gone_when_it_is_taken_back(supervisor, sit, shelved):
    act = shared(supervisor, shelved, start=1.0, end=4.0, role="oversight")
    assert moments.shared(sit(TRAINER)) == ()
    assert len(moments.shared(sit(OVERSIGHT))) == 1
    do(supervisor, shelved, "withdraw", act.id)
    assert moments.shared(sit(OVERSIGHT)) == ()
    with pytest.raises(Refused):
        moments.clip(sit(OVERSIGHT), act.id)


def test_while_a_recording_is_held_only_what_internal_affairs_shared_is_heard(supervisor, sit, shelved, store):
    before = shared(supervisor, shelved, start=1.0, end=4.0)
    do(supervisor, shelved, "refer", why="force without a report")
    assert moments.shared(sit(TRAINER)) == ()
    with pytest.raises(Refused, match="not shared with you any more"):
        moments.clip(sit(TRAINER), before.id)
    affairs = sit(AFFAIRS, "audit")
    after = shared(affairs, shelved, start=5.0, end=8.0)
    assert [moment.id for moment in moments.shared(sit(TRAINER))] == [after.id]
    assert moments.clip(sit(TRAINER), after.id) == (shelved.media, Span(5.0, 8.0))
    with pytest.raises(Refused, match="not shared with you any more"):
        moments.clip(sit(TRAINER), before.id)
    do(affairs, shelved, "release", why="looked into")
    assert [moment.id for moment in moments.shared(sit(TRAINER))] == [after.id, before.id]
    assert moments.clip(sit(TRAINER), before.id)


def test_each_play_of_a_moment_is_logged_and_so_is_each_refusal(supervisor, sit, shelved, store):
    act = shared(supervisor, shelved, start=1.0, end=4.0)
    path, span = moments.clip(sit(TRAINER), act.id)
    assert (path, span) == (shelved.media, Span(1.0, 4.0))
    for viewer in (OVERSIGHT, SUPERVISOR, OFFICER, AFFAIRS):
        with pytest.raises(Refused):
            moments.clip(sit(viewer), act.id)
    with store.casebook() as book:
        played = [(entry.person, entry.outcome) for entry in book.logged() if entry.details.get("share") == act.id]
    assert ("e", "done") in played
    assert ("v", "refused") in played


@pytest.mark.parametrize(("viewer", "purpose"), [(TRAINER, "coaching"), (OVERSIGHT, "audit")])
def test_the_officer_reads_why_a_shared_moment_was_heard(supervisor, sit, shelved, store, viewer, purpose):
    act = shared(supervisor, shelved, start=1.0, end=4.0, role=viewer.role)
    moments.shared(sit(viewer))
    moments.clip(sit(viewer), act.id)
    with store.casebook() as book:
        logged = [
            (one.action, one.purpose) for one in book.logged(recording=shelved.sha256) if one.person == viewer.user
        ]
    assert sorted(logged) == [("moments", purpose), ("play", purpose)]
    do(sit(OFFICER), shelved, "statement_done")
    rows = view_rows(debrief.views(sit(OFFICER, "own_debrief"), shelved.sha256), OFFICER.user, own=False)
    assert {one.why for one in rows if one.who == viewer.name} == {PURPOSE_NAMES[Purpose(purpose)]}


def test_a_moment_that_a_trainer_may_not_hear_yet_is_passed_over(sit, shelved):
    shared(sit(SUPERVISOR, "assigned_review"), shelved, start=1.0, end=4.0)
    assert len(moments.shared(sit(TRAINER))) == 1
    assert moments.shared(sit(TRAINER_B)) == ()  # wears the camera, and made no statement yet


@pytest.mark.parametrize("start", [0.0, 10.0])
def test_a_moment_is_never_a_whole_recording(supervisor, shelved, start):
    act = shared(supervisor, shelved, start=start, end=start + 119.0)
    span = moments.span_of(act, shelved.encounter)
    assert span.end <= shelved.encounter.recording.seconds
    assert span.seconds <= 120.0


@pytest.mark.parametrize("viewer", [SUPERVISOR, OFFICER, AFFAIRS])
def test_who_reaches_recordings_themselves_has_no_list_of_moments(sit, viewer):
    with pytest.raises(Refused):
        moments.shared(sit(viewer))


# What waits


def test_given_work_waits_until_it_is_done_and_the_overdue_stands_first(supervisor, sit, shelved):
    do(supervisor, shelved, "assign", "c", what="review", due="2025-03-09")
    do(supervisor, shelved, "assign", "c", what="coaching", due="2025-03-01")
    desk = sit(COLLEAGUE, "coaching")
    assert kinds(desk) == [What.COACHING, What.REVIEW]
    do(desk, shelved, "session", agenda=[], next_step="reasons first")
    assert kinds(desk) == [What.REVIEW]
    assert kinds(supervisor) == []


def test_a_held_recording_waits_for_internal_affairs_and_nobody_in_it_learns_of_it(supervisor, sit, shelved):
    do(supervisor, shelved, "refer", why="force without a report")
    affairs = sit(AFFAIRS, "complaint")
    [one] = waiting.waiting(affairs)
    assert (one.what, one.by, one.text) == (What.HELD, "s", "force without a report")
    assert kinds(sit(OFFICER)) == kinds(sit(PRESENT)) == []
    do(affairs, shelved, "release", why="looked into")
    assert kinds(affairs) == []


def judge(desk: Desk, shelved, said: Answer = Answer.DISAGREE, *, at: datetime | None = None) -> None:
    viewer = desk.viewer
    desk.decide(Verdict(f"{uuid4()}:1", shelved.sha256, "flag-4", said, viewer.user, viewer.role, at or desk.clock()))


def contest(sit, shelved) -> Act:
    return do(sit(OFFICER, "own_debrief"), shelved, "contest", "flag-4", text="I said that to my partner.")


def sign(desk: Desk, shelved) -> Act:
    """All that a signature needs, and the signature."""
    for checklist in desk.policy.checklists:
        for item in checklist.items:
            do(desk, shelved, "answer", item.id, checklist=checklist.id, reply="yes")
    do(desk, shelved, "disposition", choice="Praise")
    stretch = casework.stretch(desk, shelved.sha256)
    do(desk, shelved, "listened", start=stretch.start, end=stretch.end)
    return do(desk, shelved, "sign_off")


def test_a_contested_mark_that_nobody_judged_waits_until_somebody_who_may_confirm_does(supervisor, sit, shelved):
    contest(sit, shelved)
    [one] = waiting.waiting(supervisor)
    assert (one.what, one.flag, one.text) == (What.CONTESTED, "flag-4", "I said that to my partner.")
    judge(supervisor, shelved)
    assert kinds(supervisor) == kinds(sit(COLLEAGUE)) == []


def test_what_is_said_against_a_judgement_waits_for_somebody_else_and_who_judged_is_only_told(supervisor, sit, shelved):
    judge(supervisor, shelved, Answer.AGREE, at=AT)
    contest(sit, shelved)
    assert kinds(supervisor) == [What.WITH_OTHERS]
    assert kinds(sit(COLLEAGUE)) == [What.CONTESTED]
    assert kinds(sit(AFFAIRS)) == []  # a colleague can look at it
    assert kinds(sit(OTHER_UNIT)) == []
    judge(supervisor, shelved)
    assert kinds(sit(COLLEAGUE)) == [What.CONTESTED]  # the same person once more is no other look at it
    judge(sit(COLLEAGUE, "assigned_review"), shelved, Answer.AGREE)
    assert kinds(supervisor) == kinds(sit(COLLEAGUE)) == []


def test_where_every_supervisor_in_reach_has_judged_the_mark_its_contest_goes_to_internal_affairs(
    supervisor, sit, shelved
):
    judge(supervisor, shelved, Answer.AGREE, at=AT)
    judge(sit(COLLEAGUE, "assigned_review"), shelved, Answer.AGREE, at=AT)
    contest(sit, shelved)
    assert kinds(supervisor) == kinds(sit(COLLEAGUE)) == [What.WITH_OTHERS]
    assert kinds(sit(AFFAIRS)) == [What.CONTESTED]
    judge(sit(AFFAIRS, "audit"), shelved, Answer.AGREE, at=AT)
    assert kinds(supervisor) == kinds(sit(AFFAIRS)) == [What.WITH_NOBODY]  # nobody is left, and that is said


def test_an_answer_that_was_skipped_or_taken_back_before_a_contest_keeps_nobody_from_it(supervisor, sit, shelved):
    judge(supervisor, shelved, Answer.AGREE, at=AT)
    judge(supervisor, shelved, Answer.UNDO, at=AT + timedelta(seconds=1))
    judge(sit(COLLEAGUE, "assigned_review"), shelved, Answer.SKIP, at=AT)
    contest(sit, shelved)
    assert kinds(supervisor) == kinds(sit(COLLEAGUE)) == [What.CONTESTED]


def test_a_review_that_an_officer_asks_for_waits_for_those_in_reach(supervisor, sit, shelved):
    do(sit(OFFICER, "own_debrief"), shelved, "ask_review", text="Please look at the search.")
    assert kinds(supervisor) == kinds(sit(COLLEAGUE)) == [What.ASKED]
    assert kinds(sit(OTHER_UNIT)) == []


def test_another_persons_review_waits_for_another_person_than_who_signed(supervisor, sit, shelved):
    sign(supervisor, shelved)
    do(sit(OFFICER, "own_debrief"), shelved, "ask_review", text="Please look at the search.")
    colleague = sit(COLLEAGUE, "assigned_review")
    assert (kinds(supervisor), kinds(colleague)) == ([What.WITH_OTHERS], [What.ASKED])
    do(supervisor, shelved, "reopen", why="asked to look again")
    do(supervisor, shelved, "sign_off")
    assert kinds(colleague) == [What.ASKED]
    do(colleague, shelved, "reopen", why="the officer asked for another person")
    sign(colleague, shelved)
    assert kinds(supervisor) == kinds(colleague) == []


def test_another_look_at_one_mark_is_answered_by_who_judges_it_and_had_not(supervisor, sit, shelved):
    judge(supervisor, shelved, Answer.AGREE, at=AT)
    do(sit(OFFICER, "own_debrief"), shelved, "ask_review", "flag-4", text="Somebody else, please.")
    colleague = sit(COLLEAGUE, "assigned_review")
    assert (kinds(supervisor), kinds(colleague)) == ([What.WITH_OTHERS], [What.ASKED])
    judge(colleague, shelved)
    assert kinds(supervisor) == kinds(colleague) == []


def test_a_session_waits_for_its_officer_and_an_unsigned_one_is_told_to_who_sent_it(supervisor, sit, shelved):
    session = do(supervisor, shelved, "session", agenda=[], next_step="reasons first")
    officer = sit(OFFICER, "own_debrief")
    [one] = waiting.waiting(officer)
    assert (one.what, one.text) == (What.SESSION, "")  # what was agreed is read in the session
    do(officer, shelved, "acknowledge", session.id, answer="refused_to_sign", text="There was no time.")
    assert kinds(officer) == []
    [told] = waiting.waiting(supervisor)
    assert (told.what, told.text) == (What.NOT_SIGNED, "There was no time.")
    assert kinds(sit(COLLEAGUE)) == []


def test_not_being_signed_is_told_for_two_weeks(shelved):
    acts = [
        Act("x:1", "r", Kind.SESSION, "", {"agenda": []}, "s", "supervisor", AT),
        Act("y:1", "r", Kind.ACKNOWLEDGE, "x:1", {"answer": "refused_to_sign"}, "o", "officer", AT),
    ]
    case = Case("r", "stop.wav", Facts(wearer="4711", unit="North"), holding(acts))
    assert len(waiting.waits(SUPERVISOR, case, today=AT.date() + timedelta(days=14))) == 1
    assert waiting.waits(SUPERVISOR, case, today=AT.date() + timedelta(days=15)) == ()


def test_whoever_reaches_nothing_has_nothing_waiting(supervisor, sit, shelved):
    do(supervisor, shelved, "refer", why="force without a report")
    for viewer in (TRAINER, OVERSIGHT):
        assert waiting.waiting(sit(viewer)) == ()
        assert not sit(viewer).may(Action.LIST, shelved.sha256)
