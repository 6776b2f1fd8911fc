from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.casework import ACTION, Act, Kind, checked, drawn, heard, holding, joined, missing, withdrawable
from review.encounter import Span
from review.errors import RefusedAct

AT = datetime(2025, 3, 1, tzinfo=UTC)
CLIENT = "00000000-0000-4000-8000-000000000000"


def act(kind: Kind, about: str = "", *, by: str = "s", **body: object) -> Act:
    operation = {"id": f"{uuid4()}:1", "kind": kind.value, "about": about, "body": body}
    return checked(operation, recording="sha", person=by, role="supervisor", at=AT)


def answer(item: str, reply: str, *, by: str = "s") -> Act:
    return act(Kind.ANSWER, item, by=by, checklist="encounter", reply=reply)


def test_every_kind_of_act_needs_a_right():
    assert set(ACTION) == set(Kind)


@pytest.mark.parametrize(
    ("kind", "about", "body"),
    [
        ("note", "", {"at": 1.0}),
        ("note", "", {"at": -1.0, "text": "x"}),
        ("note", "", {"at": float("nan"), "text": "x"}),
        ("note", "", {"at": True, "text": "x"}),
        ("note", "", {"at": 1.0, "text": "x" * 5000}),
        ("note", "", {"at": 1.0, "text": "   "}),
        ("answer", "", {"checklist": "encounter", "reply": "yes"}),
        ("answer", "item", {"checklist": "encounter", "reply": "perhaps"}),
        ("assign", "s", {"what": "punish"}),
        ("assign", "s", {"what": "review", "due": "soon"}),
        ("share", "everybody", {"start": 0.0, "end": 1.0}),
        ("share", "trainer", {"start": 3.0, "end": 3.0}),
        ("share", "trainer", {"start": 0.0, "end": 600.0}),
        ("refer", "", {}),
        ("recall", "", {"why": "x"}),
        ("recall", "a session", {}),
        ("verdict", "", {}),
        ("note", 7, {"at": 1.0, "text": "x"}),
        ("note", "", []),
        ("note", "", {"at": 1.0, "text": "x", "more": "y" * 20_000}),
    ],
)
def test_an_act_that_is_not_whole_is_refused(kind, about, body):
    operation = {"id": f"{uuid4()}:1", "kind": kind, "about": about, "body": body}
    with pytest.raises(RefusedAct):
        checked(operation, recording="sha", person="s", role="supervisor", at=AT)


@pytest.mark.parametrize("name", ["", "1", "x:1", None, f"{CLIENT}:", f"{CLIENT}:1;"])
def test_an_act_without_a_clients_id_is_refused(name):
    with pytest.raises(RefusedAct):
        checked({"id": name, "kind": "sign_off"}, recording="sha", person="s", role="supervisor", at=AT)


def test_the_latest_answer_to_a_question_holds():
    work = holding([answer("reason_given", "no"), answer("reason_given", "yes", by="t")])
    assert work.answers["encounter/reason_given"].body["reply"] == "yes"
    assert work.answers["encounter/reason_given"].person == "t"


def test_a_signed_review_can_be_reopened_and_signed_again():
    signed, reopened = act(Kind.SIGN_OFF), act(Kind.REOPEN, why="missed the end")
    assert holding([signed]).signed == signed
    assert holding([signed, reopened]).signed is None
    again = act(Kind.SIGN_OFF)
    assert holding([signed, reopened, again]).signed == again


def test_a_hold_lasts_until_it_is_released():
    hold = act(Kind.REFER, why="force")
    assert holding([hold]).hold == hold
    assert holding([hold, act(Kind.RELEASE, why="looked into")]).hold is None


def test_moments_stand_in_the_order_of_their_times_and_one_taken_back_is_gone():
    late, early = act(Kind.NOTE, at=9.0, text="b"), act(Kind.PRAISE, at=3.0, text="a")
    assert holding([late, early]).moments == (early, late)
    assert holding([late, early, act(Kind.WITHDRAW, late.id)]).moments == (early,)


def test_only_ones_own_and_no_decision_can_be_taken_back():
    assert withdrawable(act(Kind.NOTE, at=1.0, text="x"), "s")
    assert not withdrawable(act(Kind.NOTE, at=1.0, text="x"), "t")
    assert not withdrawable(act(Kind.SIGN_OFF), "s")
    assert not withdrawable(act(Kind.CONTEST, "flag-1", text="that was not me"), "s")


def test_an_assigned_review_is_done_once_it_is_signed_off_afterwards():
    given_out = act(Kind.ASSIGN, "t", what="review", due="2025-03-08")
    [open_one] = holding([act(Kind.SIGN_OFF), given_out]).assignments
    assert (open_one.to, open_one.due.isoformat(), open_one.done) == ("t", "2025-03-08", False)
    [done] = holding([given_out, act(Kind.SIGN_OFF)]).assignments
    assert done.done


def test_a_session_carries_what_the_officer_said_to_it():
    session = act(Kind.SESSION, agenda=["flag-1"], next_step="give the reason first", held_on="2025-03-02")
    said = act(Kind.ACKNOWLEDGE, session.id, by="o", answer="refused_to_sign", text="not as it was")
    [kept] = holding([session, said]).sessions
    assert kept.next_step == "give the reason first"
    assert kept.acknowledged == said


def test_a_session_that_was_withdrawn_stays_with_the_reason_and_waits_for_nobody():
    session = act(Kind.SESSION, agenda=["flag-1"], next_step="give the reason first")
    recall = act(Kind.RECALL, session.id, why="The mark was another officer's.")
    [before] = holding([session]).sessions
    [after] = holding([session, recall]).sessions
    assert (before.waits, after.waits) == (True, False)
    assert (after.next_step, after.withdrawn) == ("give the reason first", recall)


def test_each_signature_keeps_how_the_review_ended_then_and_why_it_was_opened_again():
    praise, first = act(Kind.DISPOSITION, choice="Praise"), act(Kind.COMMENT, text="Calm.")
    signed, reopened = act(Kind.SIGN_OFF), act(Kind.REOPEN, by="t", why="a second camera came in")
    other, again = act(Kind.DISPOSITION, choice="Coaching"), act(Kind.SIGN_OFF, by="t")
    one, two = holding([praise, first, signed, reopened, other, again]).signings
    assert (one.act, one.disposition, one.comment, one.reopened) == (signed, praise, first, reopened)
    assert (two.act, two.disposition, two.comment, two.reopened) == (again, other, first, None)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 20)), max_size=20))
def test_joined_stretches_lie_apart_and_cover_the_same_time(pairs):
    spans = [Span(start, start + length) for start, length in pairs]
    out = joined(spans)
    assert all(a.end < b.start for a, b in itertools.pairwise(out))
    assert all(any(whole.start <= span.start and span.end <= whole.end for whole in out) for span in spans)


def test_what_was_played_twice_counts_once():
    work = holding([act(Kind.LISTENED, start=0.0, end=10.0), act(Kind.LISTENED, start=5.0, end=12.0)])
    assert heard(work, "s", Span(8.0, 20.0)) == 4.0
    assert heard(work, "t", Span(8.0, 20.0)) == 0.0


def test_the_drawn_stretch_is_the_same_at_each_look_and_holds_no_mark(shelved):
    stretch = drawn(shelved.encounter)
    assert stretch == drawn(shelved.encounter)
    assert all(flag.span.overlap(stretch) == 0 for flag in shelved.encounter.flags)
    assert any(word.span.overlap(stretch) for word in shelved.encounter.words)


def test_where_no_word_was_recognised_any_time_without_a_mark_can_be_drawn(shelved):
    encounter = shelved.encounter
    whole = replace(encounter.recording, seconds=600.0)
    marks = tuple(replace(encounter.flags[0], span=Span(at, at + 20.0)) for at in (100.0, 300.0, 595.0))
    found = set()
    for number in range(30):
        silent = replace(encounter, recording=replace(whole, sha256=f"{number:064x}"), turns=(), flags=marks)
        stretch = drawn(silent)
        assert stretch == drawn(silent)
        assert stretch.seconds == pytest.approx(30.0)
        assert 0.0 <= stretch.start < stretch.end <= 600.0
        assert all(mark.span.overlap(stretch) == 0 for mark in marks)
        found.add(stretch)
    assert len(found) > 20


def test_where_every_word_is_marked_the_rest_of_the_time_is_listened_to(shelved):
    encounter = shelved.encounter
    spoken = replace(encounter.flags[0], span=Span(0.0, 40.0))
    longer = replace(encounter, recording=replace(encounter.recording, seconds=60.0), flags=(spoken,))
    assert all(spoken.span.overlap(word.span) == word.span.seconds for word in encounter.words)
    assert drawn(longer) == Span(40.0, 60.0)


def test_what_was_drawn_in_a_recording_with_words_stays_what_it_was(shelved):
    """People have listened to it and signed."""
    plain = replace(shelved.encounter, flags=())
    recording = replace(plain.recording, sha256="7" * 64, seconds=400.0)
    assert drawn(replace(plain, recording=recording)) == Span(11.8, 41.8)


def test_where_everything_is_marked_nothing_can_be_drawn(shelved):
    encounter = shelved.encounter
    for end in (encounter.recording.seconds, encounter.recording.seconds - 0.5):  # nobody can tell half a second
        everywhere = replace(encounter.flags[0], span=Span(0.0, end))
        assert drawn(replace(encounter, flags=(everywhere,))) is None


def test_a_stretch_too_short_to_hear_anything_is_drawn_only_where_there_is_no_longer_one(shelved):
    encounter = shelved.encounter
    marks = tuple(replace(encounter.flags[0], span=Span(at, at + 1.5)) for at in range(0, 20, 2))
    assert drawn(replace(encounter, flags=marks)).start >= 19.5
    everywhere = tuple(replace(encounter.flags[0], span=Span(at, at + 1.5)) for at in range(0, 30, 2))
    longest = Span(29.5, encounter.recording.seconds)
    assert drawn(replace(encounter, flags=everywhere)) == longest


def test_another_recording_draws_another_stretch(shelved):
    plain = replace(shelved.encounter, flags=())
    drawn_from = {
        drawn(replace(plain, recording=replace(plain.recording, sha256=str(number), seconds=400.0)))
        for number in range(20)
    }
    assert len(drawn_from) > 5


def test_a_review_cannot_be_signed_off_before_every_question_an_ending_and_the_drawn_stretch():
    wanted = [("encounter/reason_given", "Was a reason given?"), ("encounter/force_used", "Was force used?")]
    stretch = Span(10.0, 40.0)
    done = [answer("reason_given", "yes")]
    left = missing(holding(done), wanted, stretch=stretch, person="s")
    assert left[0] == "Answer: Was force used?"
    assert len(left) == 3
    done += [answer("force_used", "cannot_tell"), act(Kind.DISPOSITION, choice="Praise")]
    done += [act(Kind.LISTENED, start=10.0, end=39.0)]
    assert missing(holding(done), wanted, stretch=stretch, person="s") == ()
    assert missing(holding(done), wanted, stretch=stretch, person="t") != ()  # each signs for what they heard
    assert missing(holding(done[:-1]), wanted, stretch=None, person="s") == ()
