from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from review.access import Action, Viewer
from review.desk import NO_PURPOSE, Desk, casework, corrections, debrief, exporting, library
from review.encounter import Answer, Verdict
from review.errors import Refused, RefusedAct, RefusedVerdict, UnknownRecording
from review.report import Format
from review.store import Filter, engine, fingerprint
from review.store.tables import audit

pytestmark = pytest.mark.databases("sqlite", "postgresql")
AT = datetime(2025, 3, 2, 9, 0, tzinfo=UTC)
SUPERVISOR = Viewer("s", "Supervisor A", "supervisor", "North", "4700")
OTHER_UNIT = Viewer("t", "Supervisor B", "supervisor", "South", "4800")
OFFICER = Viewer("o", "Officer A", "officer", "North", "4711")
AFFAIRS = Viewer("i", "Internal affairs A", "internal_affairs")
TRAINER = Viewer("e", "Trainer A", "trainer")
ADMIN = Viewer("a", "Administrator A", "admin")
EVERYBODY = (SUPERVISOR, OTHER_UNIT, OFFICER, AFFAIRS, TRAINER, ADMIN)


@pytest.fixture
def store(shelved, new_store):
    store = new_store()
    with store.casebook(write=True) as book:
        for viewer in EVERYBODY:
            book.keep_demo(viewer, at=AT)
        book.set_whose(shelved.sha256, wearer="4711", unit="North", others=["4712"])
    return store


@pytest.fixture
def sit(store, shelved):
    """Sits somebody down, with this recording opened for a purpose."""

    def sit(viewer: Viewer, purpose: str = "") -> Desk:
        desk = Desk.of(store, viewer.user, session=f"session-{viewer.user}", source="test", clock=lambda: AT)
        if purpose:
            desk.begin(shelved.sha256, purpose)
        return desk

    return sit


def log(store, **wanted):
    with store.casebook() as book:
        return book.logged(**wanted)


def verdict(shelved, *, by: str = "s", flag: str = "flag-4") -> Verdict:
    return Verdict(f"{uuid4()}:1", shelved.sha256, flag, Answer.AGREE, by, "supervisor", AT)


def operation(kind: str, about: str = "", **body: object) -> dict[str, object]:
    return {"id": f"{uuid4()}:1", "kind": kind, "about": about, "body": body}


def test_a_recording_cannot_be_read_before_its_purpose_is_said(sit, shelved, store):
    desk = sit(SUPERVISOR)
    with pytest.raises(Refused, match=NO_PURPOSE):
        desk.encounter(shelved.sha256)
    [entry] = log(store)
    assert (entry.outcome, entry.action, entry.person, entry.source) == ("refused", "view", "s", "test")
    desk.begin(shelved.sha256, "assigned_review")
    assert desk.encounter(shelved.sha256) == shelved.encounter


def test_a_purpose_holds_for_its_session_and_no_other(sit, shelved, store):
    sit(SUPERVISOR, "assigned_review")
    elsewhere = Desk.of(store, "s", session="another", source="test")
    with pytest.raises(Refused):
        elsewhere.encounter(shelved.sha256)


@pytest.mark.parametrize("purpose", ["own_debrief", "audit", "curiosity", ""])
def test_a_purpose_that_is_not_ones_own_opens_nothing(sit, shelved, store, purpose):
    desk = sit(SUPERVISOR)
    with pytest.raises(Refused):
        desk.begin(shelved.sha256, purpose)
    assert log(store)[0].outcome == "refused"
    assert desk.purpose(shelved.sha256) == ""


def test_a_supervisor_of_another_unit_is_refused_and_that_is_logged(sit, shelved, store):
    with pytest.raises(Refused, match="another unit"):
        sit(OTHER_UNIT, "assigned_review")
    assert [(entry.person, entry.outcome) for entry in log(store)] == [("t", "refused")]


def test_each_deed_stands_in_the_log_with_its_purpose(sit, shelved, store):
    desk = sit(SUPERVISOR, "complaint")
    said = verdict(shelved)
    desk.decide(said)
    exporting.export(desk, shelved.sha256, Format.CSV)
    casework.do(desk, shelved.sha256, operation("note", at=3.0, text="listen to this"))
    entries = log(store, recording=shelved.sha256)
    assert [entry.action for entry in entries] == ["note", "export", "decide", "open"]
    assert {entry.purpose for entry in entries} == {"complaint"}
    assert entries[2].details == {
        "flag": "flag-4", "answer": "agree", "id": said.id, "digest": fingerprint(said)
    }  # fmt: skip
    assert "listen to this" not in str(entries)  # the log says that a note was made, not what it says


def test_a_verdict_that_cannot_be_kept_leaves_no_trace_of_a_deed(sit, shelved, store):
    desk = sit(SUPERVISOR, "complaint")
    with pytest.raises(RefusedVerdict):
        desk.decide(verdict(shelved, flag="flag-99"))
    assert [entry.action for entry in log(store)] == ["open"]


def test_a_disabled_account_sits_at_no_desk(sit, store, shelved):
    with engine.writing(store._engine) as connection:
        connection.exec_driver_sql("UPDATE people SET disabled_at = '2025-03-01' WHERE id = 's'")
    with pytest.raises(Refused, match="disabled"):
        sit(SUPERVISOR)


def test_an_officer_watches_after_the_statement_is_done_and_sees_who_looked(sit, shelved):
    reviewer = sit(SUPERVISOR, "assigned_review")
    officer = sit(OFFICER)
    with pytest.raises(Refused, match="statement"):
        officer.begin(shelved.sha256, "own_debrief")
    casework.do(officer, shelved.sha256, operation("statement_done"))
    officer.begin(shelved.sha256, "own_debrief")
    assert officer.encounter(shelved.sha256) == shelved.encounter
    assert ("s", "assigned_review") in {(entry.person, entry.purpose) for entry in officer.views(shelved.sha256)}
    assert reviewer.may(Action.DECIDE, shelved.sha256)
    assert not officer.may(Action.DECIDE, shelved.sha256)


def test_an_officer_contests_a_mark_and_the_reviewer_reads_it(sit, shelved):
    reviewer = sit(SUPERVISOR, "assigned_review")
    casework.do(sit(OFFICER), shelved.sha256, operation("statement_done"))
    officer = sit(OFFICER, "own_debrief")
    casework.do(officer, shelved.sha256, operation("contest", "flag-4", text="I said that to my partner."))
    [contest] = casework.of(reviewer, shelved.sha256).contests
    assert (contest.about, contest.text, contest.person) == ("flag-4", "I said that to my partner.", "o")
    with pytest.raises(RefusedAct):
        casework.do(reviewer, shelved.sha256, operation("withdraw", contest.id))


def test_the_same_operation_is_kept_once_and_never_as_somebody_elses(sit, shelved):
    desk, other = sit(SUPERVISOR, "assigned_review"), sit(AFFAIRS, "audit")
    note = operation("note", at=3.0, text="once")
    casework.do(desk, shelved.sha256, note)
    casework.do(desk, shelved.sha256, note)
    assert len(casework.of(desk, shelved.sha256).moments) == 1
    with pytest.raises(RefusedAct):
        casework.do(other, shelved.sha256, note)


def test_a_hold_closes_sharing_correcting_and_signing_to_all_but_internal_affairs(sit, shelved, store):
    desk, affairs = sit(SUPERVISOR, "assigned_review"), sit(AFFAIRS, "audit")
    shared = casework.do(desk, shelved.sha256, operation("share", "trainer", start=1.0, end=4.0))
    casework.do(desk, shelved.sha256, operation("refer", why="force without a report"))
    for kind, body in (("share", {"start": 1.0, "end": 4.0}), ("sign_off", {}), ("reopen", {"why": "x"})):
        with pytest.raises(Refused, match="held for internal affairs"):
            casework.do(desk, shelved.sha256, operation(kind, "trainer", **body))
    with pytest.raises(Refused, match="held for internal affairs"):
        corrections.correct(desk, shelved.sha256, correction(shelved))
    assert not {"share", "sign_off", "reopen", "correct", "session"} & set(casework.kinds(desk, shelved.sha256))
    casework.do(desk, shelved.sha256, operation("withdraw", shared.id))
    casework.do(desk, shelved.sha256, operation("note", at=3.0, text="Listen to this."))
    casework.do(affairs, shelved.sha256, operation("share", "trainer", start=1.0, end=4.0))
    corrections.correct(affairs, shelved.sha256, correction(shelved))
    casework.do(affairs, shelved.sha256, operation("release", why="looked into"))
    assert {"share", "sign_off", "reopen", "correct", "session"} <= set(casework.kinds(desk, shelved.sha256))


def test_a_hold_closes_coaching_until_internal_affairs_releases_it(sit, shelved):
    desk, affairs = sit(SUPERVISOR, "assigned_review"), sit(AFFAIRS, "audit")
    casework.do(desk, shelved.sha256, operation("refer", why="force without a report"))
    with pytest.raises(Refused, match="held"):
        casework.do(desk, shelved.sha256, operation("session", agenda=[]))
    with pytest.raises(Refused):
        casework.do(desk, shelved.sha256, operation("release", why="it is nothing"))
    casework.do(affairs, shelved.sha256, operation("release", why="looked into"))
    casework.do(desk, shelved.sha256, operation("session", agenda=["12.5"], next_step="reasons first"))
    assert len(casework.of(desk, shelved.sha256).sessions) == 1


def signed_off(desk: Desk, shelved) -> None:
    for checklist in desk.policy.checklists:
        for item in checklist.items:
            casework.do(desk, shelved.sha256, operation("answer", item.id, checklist=checklist.id, reply="cannot_tell"))
    casework.do(desk, shelved.sha256, operation("disposition", choice="Praise"))
    stretch = casework.stretch(desk, shelved.sha256)
    casework.do(desk, shelved.sha256, operation("listened", start=stretch.start, end=stretch.end))
    assert casework.to_sign(desk, shelved.sha256) == ()
    casework.do(desk, shelved.sha256, operation("sign_off"))


def test_a_review_is_signed_off_only_when_it_is_whole_and_then_stays_as_it_is(sit, shelved):
    desk = sit(SUPERVISOR, "assigned_review")
    with pytest.raises(RefusedAct, match="not yet"):
        casework.do(desk, shelved.sha256, operation("sign_off"))
    signed_off(desk, shelved)
    assert casework.of(desk, shelved.sha256).signed.person == "s"
    with pytest.raises(RefusedAct, match="reopen"):
        casework.do(desk, shelved.sha256, operation("comment", text="one more thing"))


def test_the_officer_reads_no_signed_form_while_the_recording_is_held(sit, shelved):
    desk, affairs = sit(SUPERVISOR, "assigned_review"), sit(AFFAIRS, "audit")
    signed_off(desk, shelved)
    debrief.state_statement(sit(OFFICER), shelved.sha256)
    officer = sit(OFFICER, "own_debrief")
    assert casework.of(officer, shelved.sha256).signed
    casework.do(desk, shelved.sha256, operation("refer", why="force without a report"))
    kept_back = casework.of(officer, shelved.sha256)
    assert (kept_back.signed, kept_back.disposition, kept_back.answers, kept_back.hold) == (None, None, {}, None)
    assert casework.of(affairs, shelved.sha256).signed
    casework.do(affairs, shelved.sha256, operation("release", why="looked into"))
    assert casework.of(officer, shelved.sha256).signed


def test_a_question_that_the_agency_does_not_ask_is_not_answered(sit, shelved):
    desk = sit(SUPERVISOR, "assigned_review")
    with pytest.raises(RefusedAct):
        casework.do(desk, shelved.sha256, operation("answer", "was_he_guilty", checklist="encounter", reply="yes"))


def test_work_is_given_only_to_accounts_that_are_there(sit, shelved):
    desk = sit(SUPERVISOR, "assigned_review")
    with pytest.raises(RefusedAct, match="no account"):
        casework.do(desk, shelved.sha256, operation("assign", "nobody", what="review"))
    casework.do(desk, shelved.sha256, operation("assign", "t", what="review", due="2025-03-09"))
    assert sit(OTHER_UNIT, "assigned_review").encounter(shelved.sha256)


def test_lists_and_searches_hold_only_what_is_within_reach(sit, shelved):
    assert [library.count(sit(viewer)) for viewer in EVERYBODY] == [1, 0, 1, 1, 0, 0]
    assert [len(library.page(sit(viewer), limit=10)) for viewer in EVERYBODY] == [1, 0, 1, 1, 0, 0]
    assert len(library.search(sit(SUPERVISOR), "shouting", limit=10)) == 1
    assert library.search(sit(OTHER_UNIT), "shouting", limit=10) == ()
    with pytest.raises(Refused):
        library.search(sit(OFFICER), "shouting", limit=10)


def test_whoever_is_named_as_a_voice_is_found_by_no_search(sit, shelved):
    desk = sit(SUPERVISOR, "assigned_review")
    renamed = correction(shelved, kind="speaker", was="S2", now="Witness A")
    assert corrections.correct(desk, shelved.sha256, renamed) == 2
    [hit] = library.search(desk, "shouting", limit=10)
    assert hit.speaker == "Witness A"
    for query in ("Witness A", "witness", '"Witness A"', "Witness A shouting"):
        assert library.search(desk, query, limit=10) == ()
        assert library.searched(desk, query, Filter(), limit=10).places == 0


def test_what_is_not_there_is_unknown_and_what_is_out_of_reach_is_refused(sit, shelved):
    with pytest.raises(UnknownRecording):
        library.find(sit(SUPERVISOR), "0" * 64)
    assert library.find(sit(SUPERVISOR), shelved.sha256[:10]) == shelved.sha256
    with pytest.raises(Refused):
        library.find(sit(OTHER_UNIT), shelved.sha256[:10])


def test_the_place_where_somebody_was_is_kept_for_each_person(sit, shelved):
    desk = sit(SUPERVISOR, "assigned_review")
    assert desk.place(shelved.sha256) == {}
    desk.keep_place(shelved.sha256, {"at": 12.5})
    desk.keep_place(shelved.sha256, {"at": 13.5})
    assert desk.place(shelved.sha256) == {"at": 13.5}
    assert sit(AFFAIRS, "audit").place(shelved.sha256) == {}


# What whoever owns the database takes away before changing what was only ever to be added.
GUARDS = {
    "sqlite": ("DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"),
    "postgresql": ("DROP TRIGGER IF EXISTS audit_unchanged ON audit",),
}


def test_the_log_is_a_chain_that_shows_what_was_changed_removed_or_slipped_in(sit, shelved, store):
    desk = sit(SUPERVISOR, "assigned_review")
    for _ in range(3):
        desk.log("view", shelved.sha256)
    whole = store.verify_audit()
    assert (whole.entries, whole.broken_at) == (4, 0)
    for damage, found in (
        ("UPDATE audit SET person = 'x' WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 2", 3),
    ):
        with engine.writing(store._engine) as connection:
            before = [dict(row._mapping) for row in connection.execute(select(audit)).all()]
            for guard in GUARDS[connection.dialect.name]:
                connection.exec_driver_sql(guard)
            connection.exec_driver_sql(damage)
        assert store.verify_audit().broken_at == found
        with engine.writing(store._engine) as connection:
            connection.exec_driver_sql("DELETE FROM audit")
            connection.execute(insert(audit), before)
    assert store.verify_audit().broken_at == 0


def test_the_database_itself_refuses_to_change_what_was_done(sit, shelved, store):
    casework.do(sit(SUPERVISOR, "assigned_review"), shelved.sha256, operation("note", at=1.0, text="x"))
    for table in ("acts", "audit", "openings"):
        with engine.reading(store._engine) as connection, pytest.raises(DBAPIError, match="only ever added"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


def correction(shelved, *, revision: int = 1, **more: object) -> dict[str, object]:
    one = {"kind": "role", "speaker": "S2", "was": "civilian", "now": "other_officer", **more}
    return {"id": f"{uuid4()}:1", "body": {"revision": revision, "corrections": [one]}}


def test_a_correction_makes_the_next_revision_at_once_and_once_only(sit, shelved, store):
    desk = sit(SUPERVISOR, "assigned_review")
    asked = correction(shelved)
    assert corrections.correct(desk, shelved.sha256, asked) == 2
    assert corrections.correct(desk, shelved.sha256, asked) == 2  # the answer was lost on the way, and it is sent again
    now = desk.encounter(shelved.sha256)
    assert now.revision == 2
    assert now.role_of("S2").role == "other_officer"
    assert "S2 is other_officer, not civilian" in " ".join(now.provenance.remarks)
    assert corrections.earlier(desk, shelved.sha256, 1) == shelved.encounter
    [step] = corrections.made_so_far(desk, shelved.sha256)
    assert (step.revision, step.made[0].reviewer) == (2, "s")
    digest = fingerprint(step.made)
    assert log(store, action="correct")[0].details == {"revision": 2, "corrections": 1, "digest": digest}


def undo(of: int, *, revision: int) -> dict[str, object]:
    """Takes back what led to revision `of`, asked by somebody who looks at `revision`."""
    one = {"kind": "undo", "speaker": "", "was": str(of), "now": ""}
    return {"id": f"{uuid4()}:1", "body": {"revision": revision, "corrections": [one]}}


def test_the_last_correction_is_taken_back_by_a_new_revision_and_all_that_was_stays(sit, shelved, store):
    desk = sit(SUPERVISOR, "assigned_review")
    sha256, first = shelved.sha256, shelved.encounter
    turn = first.turns[1]
    words = {"kind": "text", "start": turn.span.start, "end": turn.span.end, "was": turn.text, "now": "It is on."}
    corrections.correct(desk, sha256, correction(shelved))
    corrections.correct(desk, sha256, correction(shelved, revision=2, **words))
    asked = undo(3, revision=3)
    assert corrections.correct(desk, sha256, asked) == 4
    assert corrections.correct(desk, sha256, asked) == 4  # the answer was lost on the way, and it is sent again
    now, second = desk.encounter(sha256), corrections.earlier(desk, sha256, 2)
    assert (now.turns, now.roles, now.acts) == (second.turns, second.roles, second.acts)
    assert [flag.id for flag in now.flags] == [flag.id for flag in second.flags]
    assert corrections.earlier(desk, sha256, 3).turns[1].text == "It is on."
    assert corrections.correct(desk, sha256, undo(2, revision=4)) == 5
    now = desk.encounter(sha256)
    assert (now.turns, now.roles) == (first.turns, first.roles)
    made = [(step.revision, step.takes_back) for step in corrections.made_so_far(desk, sha256)]
    assert made == [(2, 0), (3, 0), (4, 3), (5, 2)]
    assert "what was put right in revision 2 is taken back" in now.provenance.remarks[-1]
    assert [entry.details["revision"] for entry in log(store, action="correct")][::-1] == [2, 3, 4, 5]


def test_an_answer_holds_again_for_a_mark_that_a_correction_had_taken_away(sit, shelved):
    desk = sit(SUPERVISOR, "assigned_review")
    sha256 = shelved.sha256
    corrections.correct(desk, sha256, correction(shelved, now="civilian"))  # marked by the models from here on
    mark = next(flag for flag in desk.encounter(sha256).flags if flag.speaker == "S1")
    role = {"speaker": "S1", "was": "officer", "now": "radio"}
    corrections.correct(desk, sha256, correction(shelved, revision=2, **role))
    assert mark.id not in {flag.id for flag in desk.encounter(sha256).flags}
    corrections.correct(desk, sha256, undo(3, revision=3))
    assert mark in desk.encounter(sha256).flags


@pytest.mark.parametrize("of", [1, 2, 4])
def test_only_the_last_correction_that_holds_is_taken_back(sit, shelved, of):
    desk = sit(SUPERVISOR, "assigned_review")
    corrections.correct(desk, shelved.sha256, correction(shelved))
    corrections.correct(desk, shelved.sha256, correction(shelved, revision=2, was="other_officer", now="radio"))
    with pytest.raises(RefusedAct, match="not the last"):
        corrections.correct(desk, shelved.sha256, undo(of, revision=3))
    assert desk.encounter(shelved.sha256).revision == 3


def test_an_undo_that_is_sent_with_other_corrections_or_without_any_is_refused(sit, shelved):
    desk = sit(SUPERVISOR, "assigned_review")
    with pytest.raises(RefusedAct, match="not the last"):
        corrections.correct(desk, shelved.sha256, undo(1, revision=1))
    both = correction(shelved)
    both["body"]["corrections"] += undo(1, revision=1)["body"]["corrections"]
    with pytest.raises(RefusedAct, match="by itself"):
        corrections.correct(desk, shelved.sha256, both)


def test_what_was_heard_anew_since_a_correction_is_not_undone(sit, shelved, store):
    desk = sit(SUPERVISOR, "assigned_review")
    corrections.correct(desk, shelved.sha256, correction(shelved))
    heard = replace(desk.latest(shelved.sha256), revision=3, turns=shelved.encounter.turns[:-1], flags=())
    store.add(heard, shelved.media, at=AT)
    with pytest.raises(RefusedAct, match="heard anew"):
        corrections.correct(desk, shelved.sha256, undo(2, revision=3))


def test_a_correction_of_what_somebody_else_corrected_meanwhile_is_refused(sit, shelved):
    desk = sit(SUPERVISOR, "assigned_review")
    corrections.correct(desk, shelved.sha256, correction(shelved))
    with pytest.raises(RefusedAct, match="somebody else"):
        corrections.correct(desk, shelved.sha256, correction(shelved, now="radio"))


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "guilt"}, {"now": 7}, {"start": -1.0}, {"start": 9.0, "end": 3.0}, {"end": 1e9}, {"speaker": "S9"}],
)
def test_a_correction_that_makes_no_sense_is_refused_and_changes_nothing(sit, shelved, wrong):
    desk = sit(SUPERVISOR, "assigned_review")
    with pytest.raises(RefusedAct):
        corrections.correct(desk, shelved.sha256, correction(shelved, **wrong))
    assert desk.encounter(shelved.sha256) == shelved.encounter


def test_an_officer_does_not_correct_their_own_recording(sit, shelved):
    casework.do(sit(OFFICER), shelved.sha256, operation("statement_done"))
    with pytest.raises(Refused):
        corrections.correct(sit(OFFICER, "own_debrief"), shelved.sha256, correction(shelved))
