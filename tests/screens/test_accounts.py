"""The pages of administrators and auditors, through the router."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from review.access import Viewer
from review.screens import main, markup
from review.screens.audit_rows import as_csv, audit_table, shown
from review.screens.people_rows import account_table
from review.store import AuditEntry, KeptSession, Person, Store

AT = datetime(2025, 3, 1, 12, 0, 0, 7000, tzinfo=UTC)
ADMIN = Viewer("demo.admin", "Demo administrator", "admin")
AUDITOR = Viewer("demo.oversight", "Demo oversight", "oversight")


@pytest.fixture
def store(new_store) -> Store:
    return new_store()


@pytest.fixture
def open_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Store) -> Iterator[Callable[..., AppTest]]:
    monkeypatch.setenv("BODYCAM_REVIEW_DB", str(tmp_path / "review.db"))

    def run(who: Viewer, page: str) -> AppTest:
        with store.casebook(write=True) as book:
            book.keep_demo(who, at=AT)
        at = AppTest.from_file(main.__file__, default_timeout=60)
        at.user = {"user": who.user, "name": who.name, "role": who.role, "session": "s" * 24}
        at.run()
        at.switch_page(page).run()
        assert not at.exception
        return at

    yield run
    st.cache_resource.clear()


def html(at: AppTest) -> str:
    return " ".join(str(piece.proto.body) for piece in at.get("html"))


def button(at: AppTest, label: str):
    [found] = [one for one in at.button if one.label == label]
    return found


def field(kind: Any, label: str):
    """The last field of this name, which is that of the form that changes an account."""
    return [one for one in kind if one.label == label][-1]


def deeds(store: Store) -> list[tuple[str, str, str]]:
    with store.casebook() as book:
        return [(entry.person, entry.action, entry.outcome) for entry in book.logged()]


def test_an_administrator_adds_an_account_whose_password_is_shown_once(open_app, store):
    at = open_app(ADMIN, "people.py")
    for label, value in (("Id to sign in with", "J.Doe"), ("Name", "J. Doe"), ("Officer's id", "4711")):
        [field] = [one for one in at.text_input if one.label == label]
        field.set_value(value)
    button(at, "Add").click().run()
    assert not at.exception
    assert "j.doe" in html(at)
    assert "password; code app not set up yet" in html(at)
    [password] = [one.value for one in at.code]
    assert len(password) >= 16
    at.run()
    assert len(at.code) == 0
    assert ("demo.admin", "add_account", "done") in deeds(store)
    with store.casebook() as book:
        kept = book.accounts.secrets("j.doe")
    assert kept.temporary


def test_what_is_wrong_with_an_account_is_told_and_nothing_is_made(open_app, store):
    at = open_app(ADMIN, "people.py")
    button(at, "Add").click().run()
    assert "is no id" in at.error[0].value
    with store.casebook() as book:
        assert not book.accounts.any_real()
    assert [action for _, action, _ in deeds(store)] == []


@pytest.mark.parametrize(
    ("label", "action", "state"),
    [("Disable", "disable_account", "disabled"), ("New password", "reset_password", "password"),
     ("New code app", "reset_totp", "code app not set up yet")],
)  # fmt: skip
def test_an_administrator_changes_an_account_and_its_sessions_end(open_app, store, label, action, state):
    with store.casebook(write=True) as book:
        book.accounts.add(Viewer("sam", "Sam", "supervisor"), at=AT, password="$argon2id$x", totp="A" * 32)
    at = open_app(ADMIN, "people.py")
    button(at, label).click().run()
    assert not at.exception
    assert state in html(at)
    assert deeds(store)[0] == ("demo.admin", action, "done")


def test_an_administrator_changes_who_somebody_is_and_that_is_logged_with_what_it_was(open_app, store):
    with store.casebook(write=True) as book:
        for user in ("bob", "sam"):
            book.accounts.add(Viewer(user, user.title(), "officer", "North", f"47{user}"), at=AT, password="x")
        book.sessions.add(KeptSession("d" * 64, "sam", 0.0, 0.0, locked=False, how="password+totp"))
    at = open_app(ADMIN, "people.py")
    at.selectbox(key="account").select("sam").run()
    field(at.selectbox, "Role").set_value("supervisor")
    field(at.text_input, "Unit").set_value(" South ")
    button(at, "Save changes").click().run()
    assert not at.exception
    assert at.success[0].value == markup.plain(
        "sam: role is now Supervisor (was Officer), unit is now South (was North). Sessions ended: 1."
    )
    assert (at.selectbox(key="account").value, field(at.text_input, "Unit").value) == ("sam", "South")
    with store.casebook() as book:
        assert book.viewer("sam") == Viewer("sam", "Sam", "supervisor", "South", "47sam")
        assert book.viewer("bob").unit == "North"
        [entry] = book.logged(action="change_account")
    assert (entry.person, entry.details) == ("demo.admin", {
        "account": "sam", "role": "supervisor", "role_was": "officer", "unit": "South", "unit_was": "North",
    })  # fmt: skip
    button(at, "Save changes").click().run()
    assert "sam was so already" in at.success[0].value


def test_the_last_administrator_is_told_why_they_keep_the_role(open_app, store):
    with store.casebook(write=True) as book:
        book.accounts.add(Viewer("ada", "Ada", "admin"), at=AT, password="x")
    at = open_app(ADMIN, "people.py")
    field(at.selectbox, "Role").set_value("oversight")
    button(at, "Save changes").click().run()
    assert "ada is the only administrator left" in at.error[0].value
    assert [action for _, action, _ in deeds(store)] == []


def test_the_last_administrator_is_not_disabled_on_the_page(open_app, store):
    with store.casebook(write=True) as book:
        book.accounts.add(Viewer("ada", "Ada", "admin"), at=AT, password="x")
    at = open_app(ADMIN, "people.py")
    button(at, "Disable").click().run()
    assert "ada is the only administrator left" in at.error[0].value
    assert [action for _, action, _ in deeds(store)] == []


def test_only_administrators_find_the_page_of_accounts(open_app):
    for who in (AUDITOR, Viewer("demo.supervisor", "Demo", "supervisor")):
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            open_app(who, "people.py")


def test_reading_the_log_is_in_the_log_once_for_each_question(open_app, store):
    at = open_app(AUDITOR, "audit.py")
    at.run()  # as when somebody clicks elsewhere on the page
    assert deeds(store) == [("demo.oversight", "read_audit", "done")]
    [what] = [one for one in at.text_input if one.label == "What"]
    what.set_value("Read audit").run()
    assert len(deeds(store)) == 2
    assert "demo.oversight" in html(at)
    what.set_value("export").run()
    assert "Nothing in the log fits" in at.info[0].value


def test_the_page_says_whether_the_log_is_whole(open_app, store):
    at = open_app(AUDITOR, "audit.py")
    button(at, "Check all entries").click().run()
    assert "all fit. Newest hash" in at.success[0].value


def test_a_supervisor_has_no_page_of_the_log(open_app):
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_app(Viewer("demo.supervisor", "Demo", "supervisor"), "audit.py")


HOSTILE = AuditEntry(
    AT, "=cmd()", "admin", "add_account", "ab" * 32, "", "refused", "192.0.2.7", {"why": "<script>x"}, 7
)


def test_a_spreadsheet_takes_nothing_in_the_log_for_a_formula():
    head, line = as_csv([HOSTILE])
    assert head == "number,at,person,role,action,recording,purpose,outcome,source,details\r\n"
    assert line.startswith("7,2025-03-01T12:00:00.007+00:00,'=cmd(),admin,add_account,abab")


def test_nothing_in_the_log_or_of_an_account_becomes_a_tag():
    assert "<script" not in audit_table([shown(HOSTILE)])
    assert "&lt;script&gt;x" in audit_table([shown(HOSTILE)])
    assert "<b>" not in account_table([Person("a", "<b>", "admin")])


def test_a_row_of_the_log_reads_as_people_read():
    row = shown(HOSTILE)
    assert row["When (UTC)"] == "2025-03-01 12:00:00.007"
    assert (row["What"], row["Recording"], row["Details"]) == ("add account", "abababababab", "why: <script>x")
