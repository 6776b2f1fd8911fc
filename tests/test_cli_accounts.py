"""The commands about accounts and the audit log, and what the others ask once there are accounts."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing

import pyotp
import pytest

from review import credentials
from review.access import Viewer
from review.desk import codes
from review.pipeline import now
from review.store import KeptSession, open_store
from tests.test_cli import run

PASSWORD = "a quiet street at night"


def add(db, user="sam", role="supervisor", *more, stdin=PASSWORD + "\n"):
    name = ("--name", "S. Example", "--role", role, "--password-stdin")
    return run("users", "add", user, *name, *more, stdin=stdin, db=db)


@pytest.fixture
def with_sam(shelved):
    """The store with one account, made without the command, which takes seconds."""
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.accounts.add(Viewer("sam", "Sam", "supervisor"), at=now(), password="$argon2id$x", totp="A" * 32)
        book.accounts.add(Viewer("ada", "Ada", "admin"), at=now(), password="$argon2id$x", totp="A" * 32)
    return shelved


def entries(db, **wanted):
    with open_store(db) as store, store.casebook() as book:
        return [(one.person, one.action, one.recording, one.outcome, one.purpose) for one in book.logged(**wanted)]


def test_an_account_made_at_the_command_line_can_sign_in_with_what_was_printed(shelved):
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.keep_demo(Viewer("demo.admin", "Demo", "admin"), at=now())
        book.sessions.add(KeptSession("d" * 64, "demo.admin", 0.0, 0.0, locked=False, how="demo"))
    done = add(shelved.database, "sam", "supervisor", "--unit", "north")
    assert done.returncode == 0, done.stderr
    assert "demo sessions ended: 1" in done.stderr
    uri = done.stdout.strip()
    secret = re.fullmatch(r"otpauth://totp/Body-camera%20review:sam\?secret=([A-Z2-7]{32})&issuer=.*", uri)[1]
    with open_store(shelved.database) as store, store.casebook() as book:
        kept, viewer = book.accounts.secrets("sam"), book.viewer("sam")
        totp = codes.opened(book, kept.totp, user="sam")
    assert credentials.matches(kept.password, PASSWORD)
    assert secret not in kept.totp
    assert credentials.step_of(totp, pyotp.TOTP(secret).at(now()), at=now())
    assert (viewer.role, viewer.unit) == ("supervisor", "north")
    listed = [json.loads(line) for line in run("users", "list", "--json", db=shelved.database).stdout.splitlines()]
    assert [(one["id"], one["demo"]) for one in listed] == [("demo.admin", True), ("sam", False)]
    assert PASSWORD not in str(listed)
    assert secret not in str(listed)


@pytest.mark.parametrize(
    ("user", "role", "more", "stdin", "words"),
    [
        ("sam", "supervisor", (), "short\n", "at least 12 characters"),
        ("Sam Doe", "supervisor", (), PASSWORD, "is no id"),
        ("demo.sam", "supervisor", (), PASSWORD, "those of demo accounts"),
        ("sam", "officer", (), PASSWORD, "needs the agency's id"),
        ("sam", "chief", (), PASSWORD, "chief"),
    ],
)
def test_half_an_account_is_refused_and_nothing_is_made(tmp_path, user, role, more, stdin, words):
    done = add(tmp_path / "a.db", user, role, *more, stdin=stdin)
    assert done.returncode == 2
    assert words in done.stderr
    if (tmp_path / "a.db").exists():
        with open_store(tmp_path / "a.db") as store, store.casebook() as book:
            assert book.accounts.every() == ()


def test_without_a_terminal_the_command_says_how_to_give_a_password(tmp_path):
    done = run("users", "add", "sam", "--name", "S", "--role", "admin", db=tmp_path / "a.db")
    assert done.returncode == 2
    assert "--password-stdin" in done.stderr


def test_an_account_is_disabled_enabled_and_gets_new_secrets_and_each_is_logged(with_sam):
    db = with_sam.database
    for command in (("disable",), ("enable",), ("totp", "--later"), ("password", "--password-stdin", "--temporary")):
        done = run("users", command[0], "sam", *command[1:], stdin=PASSWORD + "\n", db=db)
        assert done.returncode == 0, done.stderr
    with open_store(db) as store, store.casebook() as book:
        kept = book.accounts.secrets("sam")
    assert (kept.totp, kept.temporary) == ("", True)
    assert credentials.matches(kept.password, PASSWORD)
    actions = [action for _, action, *_ in entries(db)]
    assert actions == ["reset_password", "reset_totp", "enable_account", "disable_account"]
    assert run("users", "disable", "nobody", db=db).returncode == 2


def test_an_account_is_changed_logged_and_its_sessions_end(with_sam):
    db = with_sam.database
    with open_store(db) as store, store.casebook(write=True) as book:
        book.sessions.add(KeptSession("d" * 64, "sam", 0.0, 0.0, locked=False, how="password+totp"))
    named = run("users", "set", "sam", "--name", "Sam B.", db=db)
    assert named.stderr == "sam: name Sam B. (was Sam); sessions ended: 0\n"
    moved = run("users", "set", "sam", "--role", "officer", "--unit", "north", "--officer", "4711", db=db)
    assert moved.returncode == 0, moved.stderr
    assert "role officer (was supervisor), unit north (was none), officer 4711 (was none)" in moved.stderr
    assert "sessions ended: 1" in moved.stderr
    again = run("users", "set", "sam", "--unit", "north", db=db)
    assert "nothing is changed" in again.stderr
    with open_store(db) as store, store.casebook() as book:
        last, first = book.logged(action="change_account")
        assert book.viewer("sam") == Viewer("sam", "Sam B.", "officer", "north", "4711")
    assert first.details == {"account": "sam", "name": "Sam B.", "name_was": "Sam"}
    assert (last.details["role"], last.details["role_was"]) == ("officer", "supervisor")
    assert last.source.startswith("command line, ")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("ada", "--role", "trainer"), "ada is the only administrator left"),
        (("sam", "--role", "officer"), "needs the agency's id"),
        (("nobody", "--unit", "north"), "there is no account nobody"),
        (("sam",), "say what to change"),
    ],
)
def test_a_change_of_an_account_that_cannot_be_is_refused_and_not_logged(with_sam, given, words):
    done = run("users", "set", *given, db=with_sam.database)
    assert done.returncode == 2
    assert words in done.stderr
    assert entries(with_sam.database, action="change_account") == []


def test_the_last_administrator_is_not_disabled_and_that_is_not_logged(with_sam):
    done = run("users", "disable", "ada", db=with_sam.database)
    assert done.returncode == 2
    assert "ada is the only administrator left, so nobody could manage accounts" in done.stderr
    assert entries(with_sam.database, action="disable_account") == []


@pytest.mark.parametrize("command", ["list", "show", "search", "export", "correct", "retag"])
def test_once_there_are_accounts_each_command_asks_who_it_is(with_sam, command):
    arguments = {
        "list": (),
        "search": ("licence",),
        "export": ("--format", "md"),
        "correct": ("--speaker", "S2", "--role", "officer"),
    }
    recording = () if command in ("list", "search") else (with_sam.sha256,)
    done = run(command, *recording, *arguments.get(command, ()), db=with_sam.database)
    assert done.returncode == 2
    assert "--as USER" in done.stderr
    assert "licence" not in done.stdout


def test_an_export_needs_a_purpose_and_is_logged_with_it_and_from_where(with_sam):
    db, sha256 = with_sam.database, with_sam.sha256
    without = run("export", sha256, "--format", "md", "--as", "sam", db=db)
    assert without.returncode == 2
    assert "assigned_review" in without.stderr
    done = run("export", sha256, "--format", "md", "--as", "sam", "--purpose", "assigned_review", db=db)
    assert done.returncode == 0, done.stderr
    assert "Step out of the car now." in done.stdout
    assert ("sam", "export", sha256, "done", "assigned_review") in entries(db)
    with open_store(db) as store, store.casebook() as book:
        [entry] = book.logged(action="export")
    assert entry.source.startswith("command line, ")


@pytest.mark.parametrize(
    ("user", "purpose", "words"),
    [
        ("ada", "audit", "role admin is not for this"),
        ("nobody", "audit", "does not exist"),
        ("sam", "audit", "purpose"),
    ],
)
def test_who_may_not_export_gets_nothing_and_that_is_logged(with_sam, user, purpose, words):
    done = run("export", with_sam.sha256, "--format", "json", "--as", user, "--purpose", purpose, db=with_sam.database)
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stdout == ""
    if user != "nobody":
        assert entries(with_sam.database)[0][:4] == (user, "open", with_sam.sha256, "refused")


def test_a_correction_at_the_command_line_carries_the_account_that_made_it(with_sam):
    db, who = with_sam.database, ("--as", "sam", "--purpose", "assigned_review")
    done = run("correct", with_sam.sha256, "--speaker", "S2", "--role", "other_officer", "--by", "x", *who, db=db)
    assert done.returncode == 0, done.stderr
    with open_store(db) as store:
        [made] = store.corrections(with_sam.sha256)
    assert made.reviewer == "sam"
    assert "correct" in [action for _, action, *_ in entries(db)]


def test_lists_hold_what_the_account_may_know_of(with_sam):
    db = with_sam.database
    with open_store(db) as store, store.casebook(write=True) as book:
        book.set_whose(with_sam.sha256, wearer="4711", unit="south")
    assert with_sam.sha256[:12] not in run("list", "--as", "sam", db=db).stdout
    with open_store(db) as store, store.casebook(write=True) as book:
        book.set_whose(with_sam.sha256, wearer="4711", unit="")
    assert "stop_at_night" in run("list", "--as", "sam", db=db).stdout


def test_the_list_tells_no_count_of_a_recording_in_which_one_appears_before_the_statement(with_sam):
    db = with_sam.database
    with open_store(db) as store, store.casebook(write=True) as book:
        book.accounts.add(Viewer("olli", "Olli", "officer", "", "4711"), at=now(), password="x", totp="A" * 32)
        book.set_whose(with_sam.sha256, wearer="4711", unit="")
    counts = [json.loads(run("list", "--json", "--as", who, db=db).stdout)["counts"] for who in ("sam", "olli")]
    assert [bool(one) for one in counts] == [True, False]
    assert "stop_at_night" in run("list", "--as", "olli", db=db).stdout


def test_the_log_is_whole_until_somebody_changes_the_file(with_sam):
    db = with_sam.database
    run("list", "--as", "sam", db=db)
    run("search", "licence", "--as", "sam", db=db)
    run("list", "--as", "sam", db=db)
    whole = run("audit", "verify", db=db)
    assert whole.returncode == 0
    assert re.search(r"entries: 3\nnewest hash: [0-9a-f]{64}\n", whole.stdout)
    with closing(sqlite3.connect(db)) as database:
        with pytest.raises(sqlite3.DatabaseError, match="only ever added"):
            database.execute("UPDATE audit SET person = 'ada' WHERE number = 2")
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET person = 'ada' WHERE number = 2")
        database.commit()
    broken = run("audit", "verify", db=db)
    assert broken.returncode == 1
    assert "entry 2 does not fit" in broken.stderr
    assert json.loads(run("audit", "verify", "--json", db=db).stdout)["broken_at"] == 2


def test_an_entry_taken_out_of_the_file_is_found_too(with_sam):
    db = with_sam.database
    for _ in range(3):
        run("list", "--as", "sam", db=db)
    with closing(sqlite3.connect(db)) as database:
        database.execute("DROP TRIGGER audit_no_delete")
        database.execute("DELETE FROM audit WHERE number = 2")
        database.commit()
    broken = run("audit", "verify", db=db)
    assert broken.returncode == 1
    assert "entry 3 does not fit" in broken.stderr


def test_the_log_is_shown_to_those_who_may_read_it_and_that_is_logged(with_sam):
    db = with_sam.database
    run("list", "--as", "sam", db=db)
    assert run("audit", "show", "--as", "sam", db=db).returncode == 1
    done = run("audit", "show", "--as", "ada", "--json", db=db)
    assert [json.loads(line)["action"] for line in done.stdout.splitlines()] == ["read_audit", "read_audit", "list"]
    assert "read_audit" in run("audit", "show", "--as", "ada", "--action", "read_audit", db=db).stdout
