from __future__ import annotations

from dataclasses import replace

import pytest

from review.access import HELD, Action, Facts, Purpose, Reach, Rules, Viewer, ViewerRole, appears, may, purposes, reach

NORTH = Facts(wearer="4711", unit="North", present=frozenset({"4712"}), statement_done=True)


def person(role: str, *, unit: str = "", officer: str = "") -> Viewer:
    return Viewer(f"{role}.a", "A", role, unit, officer)


@pytest.mark.parametrize("role", ViewerRole)
def test_no_role_can_do_everything(role):
    assert not all(may(person(role, unit="North", officer="4711"), action, NORTH) for action in Action)


@pytest.mark.parametrize("action", Action)
def test_a_role_that_nobody_has_can_do_nothing(action):
    assert not may(person("chief"), action, NORTH)


def test_a_supervisor_has_the_recordings_of_their_own_unit_and_no_others():
    assert may(person("supervisor", unit="North"), Action.DECIDE, NORTH)
    refusal = may(person("supervisor", unit="South"), Action.VIEW, NORTH)
    assert not refusal
    assert refusal.why == "This recording belongs to another unit."


def test_a_recording_that_was_assigned_can_be_reviewed_from_another_unit():
    given = Facts(wearer="4711", unit="North", assigned_to=frozenset({"supervisor.a"}))
    assert may(person("supervisor", unit="South"), Action.REVIEW, given)


def test_a_small_agency_without_units_needs_no_units():
    assert may(person("supervisor"), Action.PLAY, Facts())


@pytest.mark.parametrize("officer", ["4711", "4712"])
@pytest.mark.parametrize("role", ["supervisor", "internal_affairs"])
@pytest.mark.parametrize("action", [Action.DECIDE, Action.CORRECT, Action.REVIEW, Action.COACH, Action.RELEASE])
def test_nobody_judges_a_recording_in_which_they_appear(role, officer, action):
    assert not may(person(role, unit="North", officer=officer), action, NORTH)


def test_an_officer_sees_their_own_recording_and_no_other():
    assert may(person("officer", officer="4711"), Action.PLAY, NORTH)
    assert not may(person("officer", officer="4712"), Action.PLAY, NORTH)  # appears, but does not wear the camera
    assert not may(person("officer", officer="4713"), Action.LIST, NORTH)
    assert not may(person("officer"), Action.PLAY, Facts())  # no id is not the id of everybody


def test_an_officer_watches_only_after_the_statement_unless_the_policy_says_otherwise():
    before = Facts(wearer="4711")
    mine = person("officer", officer="4711")
    assert "statement" in may(mine, Action.PLAY, before).why
    assert may(mine, Action.LIST, before)
    assert may(mine, Action.STATEMENT, before)
    assert may(mine, Action.PLAY, before, rules=Rules(debrief_after_statement=False))


@pytest.mark.parametrize("role", ["officer", "supervisor", "internal_affairs"])
def test_only_who_wears_the_camera_says_that_their_statement_is_done(role):
    assert may(person(role, unit="North", officer="4711"), Action.STATEMENT, NORTH)
    assert not may(person(role, unit="North", officer="4712"), Action.STATEMENT, NORTH)  # appears only
    assert not may(person(role, unit="North"), Action.STATEMENT, NORTH)


def test_an_officer_never_decides_or_corrects():
    mine = person("officer", officer="4711")
    assert not may(mine, Action.DECIDE, NORTH)
    assert not may(mine, Action.CORRECT, NORTH)
    assert may(mine, Action.ANSWER, NORTH)


@pytest.mark.parametrize("role", ["trainer", "oversight"])
def test_trainers_and_oversight_have_shared_moments_only(role):
    assert not may(person(role), Action.MOMENTS, NORTH)
    shared = Facts(wearer="4711", shared_with=frozenset({role}))
    assert may(person(role), Action.MOMENTS, shared)
    assert not may(person(role), Action.VIEW, shared)
    assert not may(person(role), Action.PLAY, shared)


@pytest.mark.parametrize("action", [Action.LIST, Action.VIEW, Action.PLAY, Action.EXPORT, Action.DECIDE])
def test_an_administrator_sees_no_recording(action):
    assert not may(person("admin"), action, NORTH)


def test_coaching_is_closed_while_a_recording_is_held():
    held = Facts(wearer="4711", unit="North", held=True)
    assert not may(person("supervisor", unit="North"), Action.COACH, held)
    assert may(person("internal_affairs"), Action.RELEASE, held)


@pytest.mark.parametrize("action", [Action.ASSIGN, Action.SHARE, Action.CORRECT, Action.SIGN, Action.SET_PRESENCE])
def test_while_a_recording_is_held_only_internal_affairs_change_what_stands_in_it(action):
    held = Facts(wearer="4711", unit="North", held=True)
    refusal = may(person("supervisor", unit="North"), action, held)
    assert not refusal
    assert "held for internal affairs" in refusal.why
    assert may(person("supervisor", unit="North"), action, replace(held, held=False))
    assert may(person("internal_affairs"), action, held)
    assert not may(person("internal_affairs", officer="4711"), action, held)
    assert "held" not in may(person("supervisor", unit="South"), action, held).why


def test_not_even_an_administrator_changes_whose_a_held_recording_is():
    held = Facts(wearer="4711", unit="North", held=True)
    assert may(person("admin"), Action.SET_PRESENCE, replace(held, held=False))
    assert may(person("admin"), Action.SET_PRESENCE, held).why == HELD


@pytest.mark.parametrize("action", [Action.DECIDE, Action.REVIEW, Action.NOTE, Action.EXPORT])
def test_a_hold_stops_no_listening_and_no_judging(action):
    assert may(person("supervisor", unit="North"), action, Facts(wearer="4711", unit="North", held=True))


def test_ones_own_recording_is_opened_for_a_debrief_only_and_another_never():
    own = person("supervisor", unit="North", officer="4711")
    assert purposes(own, NORTH) == (Purpose.OWN_DEBRIEF,)
    assert Purpose.OWN_DEBRIEF not in purposes(person("supervisor", unit="North"), NORTH)


def test_nobody_without_an_officers_id_appears_anywhere():
    assert not appears(person("officer"), Facts())


def test_a_list_holds_what_the_role_can_reach():
    assert reach(person("internal_affairs")) == Reach(everything=True)
    assert reach(person("officer", officer="4711")) == Reach(wearer="4711")
    assert reach(person("officer")).nothing
    assert reach(person("admin")).nothing
    assert not reach(person("supervisor")).nothing
