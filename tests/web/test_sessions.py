from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from review.access import Viewer
from review.pipeline import now
from review.screens.viewer import Identity
from review.store import Store
from review.web.sessions import Sessions

pytestmark = pytest.mark.databases("sqlite", "postgresql")
MINUTE, HOUR = 60.0, 3600.0


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(new_store) -> Store:
    store = new_store()
    with store.casebook(write=True) as book:
        book.accounts.add(Viewer("s", "Somebody", "supervisor"), at=now())
    return store


@pytest.fixture
def restart(store, clock) -> Callable[[], Sessions]:
    """The sessions as a server that starts anew, or another process, sees them."""
    return lambda: Sessions(lambda: store, clock=clock)


@pytest.fixture
def sessions(restart) -> Sessions:
    return restart()


def open_one(sessions: Sessions) -> str:
    return sessions.open("s", "Somebody", "supervisor", how="password+totp")


def kept(store: Store) -> int:
    with store.casebook() as book:
        return len(book._connection.exec_driver_sql("SELECT * FROM sessions").all())


def test_a_token_finds_its_person_and_another_finds_nobody(sessions):
    token = open_one(sessions)
    found = sessions.find(token).viewer
    assert found == Identity("s", "Somebody", "supervisor", session=found.session)
    assert len(found.session) == 24
    assert sessions.find(token + "x") is None
    assert sessions.find("") is None


@pytest.mark.databases("sqlite")
def test_the_token_itself_is_kept_nowhere(sessions, tmp_path):
    token = open_one(sessions)
    assert token not in repr(vars(sessions))
    assert all(token.encode() not in path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert len(token) >= 43  # 32 random bytes


def test_each_sign_in_has_its_own_token_and_signing_out_ends_only_that_one(sessions):
    first, second = open_one(sessions), open_one(sessions)
    sessions.end(first)
    assert sessions.find(first) is None
    assert sessions.find(second) is not None


def test_half_an_hour_of_doing_nothing_ends_a_session(sessions, clock):
    token = open_one(sessions)
    clock.pass_by(29 * MINUTE)
    assert sessions.find(token) is not None  # and starts the half hour again
    clock.pass_by(29 * MINUTE)
    assert sessions.find(token) is not None
    clock.pass_by(31 * MINUTE)
    assert sessions.find(token) is None
    clock.pass_by(-29 * MINUTE)
    assert sessions.find(token) is None  # ended for good, even if the clock is put back


def test_a_session_ends_after_a_shift_however_busy_the_person_is(sessions, clock):
    token = open_one(sessions)
    for _ in range(71):
        clock.pass_by(10 * MINUTE)
        assert sessions.find(token) is not None
    clock.pass_by(10 * MINUTE)
    assert sessions.find(token) is None


def test_sessions_that_ran_out_are_forgotten_at_the_next_sign_in(sessions, store, clock):
    open_one(sessions)
    clock.pass_by(2 * HOUR)
    open_one(sessions)
    assert len(sessions._open) == 1
    assert kept(store) == 1


def test_a_restart_of_the_server_signs_nobody_out(sessions, restart, clock):
    token = open_one(sessions)
    clock.pass_by(10 * MINUTE)
    found = restart().find(token)
    assert found.viewer == sessions.find(token).viewer
    assert found.how == "password+totp"


def test_a_restart_does_not_start_the_idle_time_or_the_shift_anew(sessions, restart, clock):
    token = open_one(sessions)
    clock.pass_by(31 * MINUTE)
    assert restart().find(token) is None


def test_a_session_that_signed_out_stays_ended_after_a_restart(sessions, restart):
    token = open_one(sessions)
    sessions.end(token)
    assert restart().find(token) is None


def test_what_another_process_ends_or_locks_is_noticed_within_two_seconds(sessions, restart, clock):
    token, locked = open_one(sessions), open_one(sessions)
    other = restart()
    other.end(token)
    other.lock(other.find(locked), True)
    clock.pass_by(2)
    assert sessions.find(token) is None
    assert sessions.find(locked).locked


def test_a_disabled_account_is_out_within_two_seconds_and_its_sockets_wake(sessions, store, clock):
    token = open_one(sessions)
    session = sessions.find(token)
    with store.casebook(write=True) as book:
        book.accounts.disable("s", at=now())
    clock.pass_by(2)
    assert sessions.find(token) is None
    assert session.ended.done()


def test_another_role_holds_at_once_without_signing_in_again(sessions, store, clock):
    token = open_one(sessions)
    with store.casebook(write=True) as book:
        book._connection.exec_driver_sql("UPDATE people SET role = 'oversight'")
    clock.pass_by(2)
    assert sessions.find(token).viewer.role == "oversight"


def test_a_request_asks_the_store_at_most_every_two_seconds_and_writes_once_a_minute(sessions, store, clock):
    token, asked = open_one(sessions), []
    plain = store.casebook
    store.casebook = lambda *, write=False: asked.append(write) or plain(write=write)  # type: ignore[method-assign]
    for _ in range(1200):  # a request every tenth of a second for two minutes
        clock.pass_by(0.1)
        assert sessions.fresh(token) or sessions.find(token)
    assert asked.count(False) <= 60
    assert asked.count(True) == 1 or asked.count(True) == 2
