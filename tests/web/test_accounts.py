"""Signing in with an account: password and code, lockout, first sign-in, lock, disabling; what of it is logged."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime

import argon2
import pyotp
import pytest
from starlette.websockets import WebSocketDisconnect

from review import credentials
from review.access import Viewer
from review.desk import Desk, people
from review.errors import Refused
from review.store import Particulars, open_store

ORIGIN = {"origin": "http://127.0.0.1:8501"}
BROWSER = {"accept": "text/html"}
SCRIPT = {**ORIGIN, "accept": "application/json", "x-requested-by": "bodycam-review"}
PASSWORD = "a quiet street at night"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SOCKET = "ws://127.0.0.1:8501/_stcore/stream"
MADE = datetime(2025, 3, 1, tzinfo=UTC)
NOT_FOR_IT = "An account of the role supervisor is not for this."


@pytest.fixture(autouse=True)
def _cheap(monkeypatch):
    """Hashes that take a hundredth of the time; test_credentials has the real ones."""
    monkeypatch.setattr(credentials, "_HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    credentials._nobodys.cache_clear()
    yield
    credentials._nobodys.cache_clear()


@pytest.fixture
def kept() -> str:
    return credentials.hashed(PASSWORD)


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "review.db") as store:
        yield store


@pytest.fixture
def make(store, kept):
    """Makes an account."""

    def account(user="sam", role="supervisor", *, totp=SECRET, temporary=False, password=None):
        with store.casebook(write=True) as book:
            hashed = kept if password is None else password
            viewer = Viewer(user, user.title(), role, officer="4711" if role == "officer" else "")
            book.accounts.add(viewer, at=MADE, password=hashed, temporary=temporary, totp=totp)

    return account


def code(served, secret=SECRET) -> str:
    return pyotp.TOTP(secret).at(int(served.clock.now))


def sign_in(served, user="sam", *, password=PASSWORD, given=None):
    form = {"user": user, "password": password, "code": code(served) if given is None else given}
    return served.client.post("/sign-in", data=form, headers=ORIGIN)


def log(store, **wanted):
    with store.casebook() as book:
        return [(one.person, one.action, one.outcome, dict(one.details)) for one in book.logged(**wanted)]


def test_id_password_and_code_together_sign_in(served, make, store):
    make()
    answer = sign_in(served)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert served.client.get("/", headers=BROWSER).text == "a page for sam"
    assert log(store)[0] == ("sam", "sign_in", "done", {"how": "password+totp"})


def test_ids_are_typed_in_any_case(served, make):
    make()
    assert sign_in(served, " Sam ").status_code == 303


@pytest.mark.parametrize(
    ("user", "password", "given"),
    [("sam", "a quiet street at noon", None), ("sam", PASSWORD, "000000"), ("sam", PASSWORD, ""), ("sam", "", None),
     ("nobody", PASSWORD, None), ("gone", PASSWORD, None), ("demo.supervisor", "", ""), ("by.oidc", "", None)],
)  # fmt: skip
def test_whatever_is_wrong_the_answer_is_the_same(served, make, store, user, password, given):
    make()
    make("gone")
    make("by.oidc", password="", totp="")
    with store.casebook(write=True) as book:
        book.accounts.disable("gone", at=MADE)
        book.keep_demo(Viewer("demo.supervisor", "Demo", "supervisor"), at=MADE)
    answer = sign_in(served, user, password=password, given=given)
    assert answer.status_code == 401
    assert "That did not work. Check your id, your password and the code" in answer.text
    assert "set-cookie" not in answer.headers


def test_an_account_that_does_not_exist_takes_as_long_as_one_that_does(served, make, monkeypatch):
    make()
    checked = []
    plain = credentials.matches
    monkeypatch.setattr(credentials, "matches", lambda kept, said: checked.append(kept) or plain(kept, said))
    sign_in(served, "nobody")
    sign_in(served, "sam", password="wrong password")
    assert len(checked) == 2  # one hash each time


def test_a_code_works_once(served, make):
    make()
    assert sign_in(served).status_code == 303
    assert sign_in(served).status_code == 401
    served.clock.now += 30
    assert sign_in(served).status_code == 303


@pytest.mark.parametrize("user", ["sam", "nobody"])
def test_five_failed_tries_close_an_id_for_a_quarter_of_an_hour_whether_it_exists_or_not(served, make, store, user):
    make()
    for _ in range(5):
        assert sign_in(served, user, password="wrong password").status_code == 401
    closed = sign_in(served, user)
    assert closed.status_code == 401
    assert "Too many tries failed with this id. Wait a quarter of an hour" in closed.text
    served.clock.now += 14 * 60
    assert "Too many tries" in sign_in(served, user).text
    served.clock.now += 61
    assert sign_in(served, user).status_code == (303 if user == "sam" else 401)
    assert [outcome for _, _, outcome, _ in log(store, action="sign_in")].count("refused") >= 7


def test_a_good_sign_in_starts_the_count_anew(served, make):
    make()
    for _ in range(3):
        for _ in range(4):
            sign_in(served, password="wrong password")
        assert sign_in(served).status_code == 303
        served.clock.now += 30


def test_many_ids_from_one_address_are_stopped_without_filling_the_store(served, make, monkeypatch):
    make()
    monkeypatch.setattr(credentials, "matches", lambda kept, said: False)  # 60 hashes would only take long
    answers = [sign_in(served, f"guess{number}").text for number in range(60)]
    assert sum("Too many tries failed from this address" in text for text in answers) == 10
    served.clock.now += 15 * 60
    assert "this address" not in sign_in(served, "sam").text


def test_a_password_typed_where_the_id_belongs_is_kept_nowhere(served, make, tmp_path):
    make()
    sign_in(served, "my secret passphrase 77", password="")
    found = [path for path in tmp_path.iterdir() if path.is_file() and b"passphrase 77" in path.read_bytes()]
    assert found == []


def test_passwords_codes_and_tokens_are_not_in_the_log(served, make, store, tmp_path):
    make()
    sign_in(served)
    token = served.client.cookies["bodycam_review_session"]
    whole = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert PASSWORD.encode() not in whole
    assert token.encode() not in whole


def test_demo_accounts_are_no_longer_offered_once_there_is_a_real_one(served, make):
    assert "Demo sign-in" in served.client.get("/sign-in").text
    make()
    page = served.client.get("/sign-in")
    assert "Demo sign-in" not in page.text
    assert 'name="password"' in page.text
    assert served.client.post("/sign-in", data={"account": "demo.admin"}, headers=ORIGIN).status_code == 403


def test_everybody_reads_what_using_the_program_means_before_signing_in(served, make, monkeypatch, tmp_path):
    make()
    assert "authorised work only. All use is logged" in served.client.get("/sign-in").text
    (tmp_path / "policy.toml").write_text('[agency]\nuse_notice = "County <property>."\n')
    monkeypatch.setenv("BODYCAM_REVIEW_POLICY", str(tmp_path / "policy.toml"))
    assert "County &lt;property&gt;." in served.client.get("/sign-in").text


def test_the_sign_in_of_accounts_works_over_the_network_too(serve, make):
    far = serve(offered=False, client=("192.0.2.7", 50000))
    make()
    assert sign_in(far).status_code == 303


def secret_on(page: str) -> str:
    [grouped] = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)
    return grouped.replace(" ", "")


def test_somebody_without_codes_sets_them_up_at_the_first_sign_in(served, make, store):
    make(totp="")
    page = sign_in(served, given="")
    assert "set-cookie" not in page.headers
    assert served.client.get("/", headers=BROWSER).status_code == 303  # not in yet
    secret, [name] = secret_on(page.text), re.findall(r'name="name" value="([^"]+)"', page.text)
    wrong = served.client.post("/sign-in/set-up", data={"name": name, "code": "000000"}, headers=ORIGIN)
    assert wrong.status_code == 400
    assert secret_on(wrong.text) == secret  # still the one that was scanned
    done = served.client.post("/sign-in/set-up", data={"name": name, "code": code(served, secret)}, headers=ORIGIN)
    assert done.status_code == 303
    assert served.client.get("/", headers=BROWSER).text == "a page for sam"
    again = served.client.post("/sign-in/set-up", data={"name": name, "code": code(served, secret)}, headers=ORIGIN)
    assert again.status_code == 401  # the page works once
    assert ("sam", "set_up", "done", {"totp": True, "password": False}) in log(store)


def test_two_people_cannot_both_set_up_the_codes_of_one_account(served, make):
    make(totp="")
    pages = [sign_in(served, given="").text for _ in range(2)]
    answers = []
    for page in pages:
        [name] = re.findall(r'name="name" value="([^"]+)"', page)
        form = {"name": name, "code": code(served, secret_on(page))}
        answers.append(served.client.post("/sign-in/set-up", data=form, headers=ORIGIN))
    assert [answer.status_code for answer in answers] == [303, 400]


def test_a_password_from_somebody_else_has_to_be_changed_first(served, make):
    make(temporary=True)
    page = sign_in(served)
    assert "Choose one that only you know" in page.text
    [name] = re.findall(r'name="name" value="([^"]+)"', page.text)
    new = "an even quieter street"
    for password, again, status in (("short", "short", 400), (new, "another", 400), (new, new, 303)):
        form = {"name": name, "password": password, "again": again}
        assert served.client.post("/sign-in/set-up", data=form, headers=ORIGIN).status_code == status
    served.clock.now += 30
    assert sign_in(served).status_code == 401
    served.clock.now += 30
    assert sign_in(served, password=new).status_code == 303


def change(served, **form):
    return served.client.post("/account", data=form, headers=ORIGIN)


def test_people_change_their_own_password_and_their_other_sessions_end(served, make):
    make()
    sign_in(served)
    other = served.client.cookies["bodycam_review_session"]
    served.client.cookies.clear()
    served.clock.now += 30
    sign_in(served)
    assert "Change your password" in served.client.get("/account").text
    new = "an even quieter street"
    served.clock.now += 30
    assert change(served, old="wrong", password=new, again=new, code=code(served)).status_code == 400
    done = change(served, old=PASSWORD, password=new, again=new, code=code(served))
    assert "Your password is changed" in done.text
    assert served.client.get("/", headers=BROWSER).status_code == 200
    served.client.cookies.clear()
    served.clock.now += 2
    assert served.client.get("/", headers={"cookie": f"bodycam_review_session={other}"}).status_code == 401


def test_a_disabled_account_is_out_at_once_and_its_open_page_closes(served, make, store, monkeypatch):
    monkeypatch.setattr("review.web.gate.LOOK_SECONDS", 0.05)
    make()
    sign_in(served)
    with served.client as client, client.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        socket.receive_text()
        with store.casebook(write=True) as book:
            book.accounts.disable("sam", at=MADE)
        served.clock.now += 2
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
        assert client.get("/api/nothing").status_code == 401


def test_whoever_gets_another_unit_is_signed_out_at_once_and_begins_anew(served, make, store, monkeypatch):
    monkeypatch.setattr("review.web.gate.LOOK_SECONDS", 0.05)
    make()
    make("ada", "admin")
    sign_in(served)
    with served.client as client, client.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        socket.receive_text()
        people.change(Desk.of(store, "ada"), "sam", Particulars(unit="South"))
        served.clock.now += 2
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
        assert client.get("/api/nothing").status_code == 401
        served.clock.now += 30
        assert sign_in(served).status_code == 303
        assert client.get("/api/nothing").status_code == 404


def test_only_an_administrator_changes_an_account_and_others_are_refused_on_record(served, make, store):
    make()
    with pytest.raises(Refused):
        people.change(Desk.of(store, "sam"), "sam", Particulars(role="admin"))
    with store.casebook() as book:
        assert book.viewer("sam").role == "supervisor"
    assert log(store) == [
        ("sam", "change_account", "refused", {"account": "sam", "role": "admin", "why": NOT_FOR_IT}),
    ]  # fmt: skip


# The lock


def test_a_locked_session_reaches_nothing_until_the_person_shows_who_they_are(served, make, store):
    make()
    sign_in(served)
    assert served.client.get("/lock").json() == {
        "minutes": 15, "most": 30, "how": "password+totp", "name": "Sam", "locked": False,
    }  # fmt: skip
    assert served.client.post("/lock", headers=SCRIPT).json() == {"locked": True}
    assert served.client.get("/api/anything").status_code == 423
    posted = served.client.post(f"/api/recordings/{'0' * 64}/verdicts", json={"operations": []}, headers=ORIGIN)
    assert posted.status_code == 423  # what the player's outbox keeps and sends again
    page = served.client.get("/listen?recording=ab", headers=BROWSER)
    assert page.headers["location"] == "/unlock?next=%2Flisten%3Frecording%3Dab"
    assert 'value="/listen?recording=ab"' in served.client.get(page.headers["location"]).text

    served.clock.now += 30
    refused = served.client.post("/unlock", data={"password": "no", "code": code(served)}, headers=SCRIPT)
    assert (refused.status_code, served.client.get("/api/anything").status_code) == (403, 423)
    opened = served.client.post("/unlock", data={"password": PASSWORD, "code": code(served)}, headers=SCRIPT)
    assert opened.json() == {"locked": False}
    assert served.client.get("/", headers=BROWSER).text == "a page for sam"
    deeds = [(action, outcome) for _, action, outcome, _ in log(store)]
    assert deeds[:3] == [("unlock", "done"), ("unlock", "refused"), ("lock", "done")]


def test_a_lock_outlives_a_restart_of_the_server(serve, make):
    first = serve()
    make()
    sign_in(first)
    first.client.post("/lock", headers=SCRIPT)
    second = serve()
    cookie = {"cookie": f"bodycam_review_session={first.client.cookies['bodycam_review_session']}"}
    assert second.client.get("/api/anything", headers=cookie).status_code == 423


def test_a_demo_session_unlocks_by_a_click(served):
    served.sign_in()
    served.client.post("/lock", headers=SCRIPT)
    assert served.client.get("/", headers=BROWSER).headers["location"].startswith("/unlock")
    answer = served.client.post("/unlock", data={"next": "/listen"}, headers=ORIGIN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/listen")
    assert served.client.get("/", headers=BROWSER).status_code == 200


def test_tries_to_unlock_count_as_tries_to_sign_in(served, make):
    make()
    sign_in(served)
    served.client.post("/lock", headers=SCRIPT)
    for _ in range(5):
        served.client.post("/unlock", data={"password": "wrong password"}, headers=SCRIPT)
    served.clock.now += 30
    answer = served.client.post("/unlock", data={"password": PASSWORD, "code": code(served)}, headers=SCRIPT)
    assert "Too many tries" in answer.json()["error"]


def test_what_a_locked_page_sends_waits_until_it_is_unlocked(served, monkeypatch):
    monkeypatch.setattr("review.web.gate.LOCK_LOOK_SECONDS", 0.02)
    served.sign_in()
    with served.client as client, client.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        socket.receive_text()
        client.post("/lock", headers=SCRIPT)
        socket.send_text("while locked")
        time.sleep(0.2)
        assert client.get("/api/anything").status_code == 423
        client.post("/unlock", headers=SCRIPT)
        assert socket.receive_text() == "while locked"  # the first answer, and it came after


def test_a_locked_session_can_sign_out(served):
    served.sign_in()
    served.client.post("/lock", headers=SCRIPT)
    assert served.client.post("/sign-out", headers=ORIGIN).headers["location"] == "/sign-in"
    assert served.client.get("/api/anything").status_code == 401


def test_the_tables_hold_no_token_and_no_password(served, make, tmp_path):
    make()
    sign_in(served)
    with closing(sqlite3.connect(tmp_path / "review.db")) as database:
        [(digest, how)] = database.execute("SELECT digest, how FROM sessions").fetchall()
        [(password,)] = database.execute("SELECT password FROM people WHERE id = 'sam'").fetchall()
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert how == "password+totp"
    assert password.startswith("$argon2id$")
