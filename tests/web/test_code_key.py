"""The secrets of one-time codes at rest: sealed, with the key in a file of its own."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import argon2
import pyotp
import pytest

from review import credentials
from review.access import Viewer
from review.credentials import Safe, is_sealed
from review.desk import codes
from review.errors import MissingKey
from review.store import open_store
from tests.test_cli import run

ORIGIN = {"origin": "http://127.0.0.1:8501"}
PASSWORD = "a quiet street at night"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MADE = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _cheap(monkeypatch):
    """Hashes that take a hundredth of the time; test_credentials has the real ones."""
    monkeypatch.setattr(credentials, "_HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    credentials._nobodys.cache_clear()
    yield
    credentials._nobodys.cache_clear()


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "review.db") as store:
        yield store


@pytest.fixture
def key(tmp_path) -> Path:
    return tmp_path / "review.db.key"


@pytest.fixture
def make(store):
    """Makes an account whose secret is kept sealed, or plain as before secrets were sealed."""

    def account(user: str = "sam", *, plain: bool = False) -> None:
        with store.casebook(write=True) as book:
            totp = SECRET if plain else codes.sealed(book, SECRET, user=user)
            viewer = Viewer(user, user.title(), "supervisor")
            book.accounts.add(viewer, at=MADE, password=credentials.hashed(PASSWORD), totp=totp)

    return account


def kept(store, user: str = "sam") -> str:
    with store.casebook() as book:
        return book.accounts.secrets(user).totp


def sign_in(served, user: str = "sam", *, password: str = PASSWORD):
    form = {"user": user, "password": password, "code": pyotp.TOTP(SECRET).at(int(served.clock.now))}
    return served.client.post("/sign-in", data=form, headers=ORIGIN)


def in_the_store(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("review.db*") if path.suffix != ".key")


def test_a_secret_is_in_the_store_only_sealed_and_its_key_beside_it_is_for_the_owner_only(make, store, key, tmp_path):
    make()
    assert is_sealed(kept(store))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert SECRET.encode() not in in_the_store(tmp_path)
    assert key.read_bytes().strip() not in in_the_store(tmp_path)
    assert sorted(path.suffix for path in tmp_path.glob("review.db.*")) == [".key"]


def test_who_has_a_sealed_secret_signs_in_with_its_code(served, make):
    make()
    assert sign_in(served).status_code == 303


def test_a_plain_secret_is_sealed_at_the_first_sign_in_that_works_and_not_before(served, make, store, tmp_path):
    make(plain=True)
    assert sign_in(served, password="a quiet street at noon").status_code == 401
    assert kept(store) == SECRET
    assert sign_in(served).status_code == 303
    assert is_sealed(kept(store))
    assert sign_in(served).status_code == 401  # the code that was used stays used
    served.clock.now += 30
    assert sign_in(served).status_code == 303


def test_two_accounts_share_the_key_and_neither_the_secret_nor_its_sealed_form(served, make, store):
    make()
    make("kim")
    assert kept(store) != kept(store, "kim")
    assert (sign_in(served).status_code, sign_in(served, "kim").status_code) == (303, 303)
    with store.casebook(write=True) as book:  # as somebody would who can write to the store only
        book.accounts.reseal("kim", kept(store))
    served.clock.now += 30
    assert sign_in(served, "kim").status_code == 503


def test_without_the_key_nobody_is_let_in_and_no_new_key_is_made(served, make, key, store, caplog):
    make()
    make("old", plain=True)
    key.unlink()
    for user, password in (("sam", PASSWORD), ("sam", "wrong"), ("old", PASSWORD), ("nobody", PASSWORD)):
        answer = sign_in(served, user, password=password)
        assert answer.status_code == 503
        assert "a file is missing on the server" in answer.text
        assert str(key) not in answer.text
    assert f"{key}, cannot be read" in caplog.text
    assert not key.exists()
    with store.casebook(write=True) as book, pytest.raises(MissingKey, match="put it back from your backup"):
        codes.sealed(book, SECRET, user="new")


@pytest.mark.parametrize("content", [b"", b"no key", b"A" * 44])
def test_a_key_that_is_damaged_or_another_stores_is_told(make, key, store, content):
    make()
    key.write_bytes(content)
    with store.casebook() as book, pytest.raises(MissingKey, match="put back the one that belongs to this store"):
        codes.opened(book, kept(store), user="sam")


def test_the_key_lies_where_the_agency_says(make, key, tmp_path, monkeypatch, store):
    elsewhere = tmp_path / "keys" / "codes"
    monkeypatch.setenv(credentials.KEY_VARIABLE, str(elsewhere))
    make()
    assert not key.exists()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o600
    with store.casebook() as book:
        assert codes.opened(book, kept(store), user="sam") == SECRET


def test_where_no_key_can_be_written_old_accounts_sign_in_and_new_ones_are_told(served, make, store, monkeypatch):
    make(plain=True)
    monkeypatch.setenv(credentials.KEY_VARIABLE, "/proc/no/key")
    assert sign_in(served).status_code == 303
    assert kept(store) == SECRET
    with store.casebook(write=True) as book, pytest.raises(MissingKey, match="BODYCAM_REVIEW_KEY"):
        codes.sealed(book, SECRET, user="new")


def test_a_key_is_made_once(tmp_path):
    safe = Safe(tmp_path / "key")
    safe.make()
    first = (tmp_path / "key").read_bytes()
    safe.make()
    assert (tmp_path / "key").read_bytes() == first
    assert safe.open(safe.seal(SECRET, user="sam"), user="sam") == SECRET


def test_the_command_that_makes_accounts_says_what_is_wrong_with_the_key(make, key, tmp_path):
    make()
    key.unlink()
    done = run(
        "users", "add", "new", "--name", "N", "--role", "admin", "--password-stdin", stdin=PASSWORD + "\n",
        db=tmp_path / "review.db",
    )  # fmt: skip
    assert done.returncode == 1
    assert str(key) in done.stderr
    assert "new" not in run("users", "list", "--json", db=tmp_path / "review.db").stdout
