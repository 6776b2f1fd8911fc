from __future__ import annotations

from dataclasses import dataclass

import pytest

from review.screens.viewer import Viewer
from review.web.sessions import Sessions

SOMEBODY = Viewer("s", "Somebody", "supervisor")
MINUTE, HOUR = 60.0, 3600.0


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock=clock)


def test_a_token_finds_its_person_and_another_finds_nobody(sessions):
    token = sessions.open(SOMEBODY)
    assert sessions.find(token).viewer == SOMEBODY
    assert sessions.find(token + "x") is None
    assert sessions.find("") is None


def test_the_token_itself_is_kept_nowhere(sessions):
    token = sessions.open(SOMEBODY)
    assert token not in repr(vars(sessions))
    assert len(token) >= 43  # 32 random bytes


def test_each_sign_in_has_its_own_token_and_signing_out_ends_only_that_one(sessions):
    first, second = sessions.open(SOMEBODY), sessions.open(SOMEBODY)
    sessions.end(first)
    assert sessions.find(first) is None
    assert sessions.find(second) is not None


def test_half_an_hour_of_doing_nothing_ends_a_session(sessions, clock):
    token = sessions.open(SOMEBODY)
    clock.now = 29 * MINUTE
    assert sessions.find(token) is not None  # and starts the half hour again
    clock.now = 58 * MINUTE
    assert sessions.find(token) is not None
    clock.now = 89 * MINUTE
    assert sessions.find(token) is None
    clock.now = 60 * MINUTE
    assert sessions.find(token) is None  # ended for good, even if the clock is put back


def test_a_session_ends_after_a_shift_however_busy_the_person_is(sessions, clock):
    token = sessions.open(SOMEBODY)
    for minute in range(0, 12 * 60, 10):
        clock.now = minute * MINUTE
        assert sessions.find(token) is not None
    clock.now = 12 * HOUR
    assert sessions.find(token) is None


def test_sessions_that_ran_out_are_forgotten_at_the_next_sign_in(sessions, clock):
    sessions.open(SOMEBODY)
    clock.now = 2 * HOUR
    sessions.open(SOMEBODY)
    assert len(sessions._open) == 1
