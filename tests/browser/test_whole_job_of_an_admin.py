"""An administrator's whole job: give somebody an account, close it, open it again; and see no recording."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest
from playwright.sync_api import expect

from review import credentials
from review.access import Viewer
from review.store import open_store
from tests import running

pytestmark = pytest.mark.browser
PASSWORD = "a quiet street at night"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW = "officer.a"


@pytest.fixture(scope="module")
def server(own_server: Any) -> Any:
    """With an administrator who has a real account, since the first one ends the demo accounts."""
    with open_store(own_server.folder / "review.db") as store, store.casebook(write=True) as book:
        one = Viewer("ada", "Administrator A", "admin")
        book.accounts.add(one, at=datetime.now(UTC), password=credentials.hashed(PASSWORD), totp=SECRET)
    return own_server


def try_to_sign_in(window: Any, password: str) -> str:
    """What the new person is told who signs in with this, from another computer."""
    other = window.context.browser.new_context()
    page = other.new_page()
    page.goto(f"{window.base}/sign-in")
    page.get_by_label("Your id").fill(NEW)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("alert").or_(page.get_by_role("heading", name="Before you start")).first.wait_for()
    told = str(page.locator("main").inner_text())
    other.close()
    return told


def add(window: Any) -> str:
    """Fill in the form for a new account; returns the password to hand over."""
    page = window.page
    form = page.get_by_test_id("stForm").filter(has=page.get_by_label("Id to sign in with"))
    form.get_by_role("textbox", name="Id to sign in with").fill(NEW)
    form.get_by_role("textbox", name="Name", exact=True).fill("Officer A")
    form.get_by_role("combobox", name="Role").click()
    page.get_by_role("option", name="Officer", exact=True).click()
    form.get_by_role("textbox", name="Officer's id").fill("4711")
    form.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text(f"The account {NEW} is made.").wait_for()
    page.get_by_text("Hand this password over in person or by phone.").wait_for()
    window.settled()
    return str(page.get_by_test_id("stCode").inner_text()).strip()


def test_an_administrator_adds_disables_and_enables_an_account_and_sees_no_recording(window, server, shelve_into):
    shelved = shelve_into(server.folder)
    page = window.page
    page.goto(window.base)
    page.get_by_label("Your id").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code").fill(pyotp.TOTP(SECRET).at(int(time.time())))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Accounts").wait_for()
    window.settled()
    password = add(window)
    assert page.locator(".bcr-table tr", has_text=NEW).inner_text().split("\t")[:3] == [NEW, "Officer A", "Officer"]
    assert "Choose one that only you know" in try_to_sign_in(window, password)
    choose(window)
    page.get_by_role("button", name="Disable").click()
    page.get_by_text(f"{NEW} is disabled.").wait_for()
    expect(page.get_by_text(password)).to_have_count(0)  # it was shown once
    assert "That did not work." in try_to_sign_in(window, password)
    window.settled()
    page.get_by_role("button", name="Enable again").click()
    page.get_by_text(f"{NEW} can sign in again.").wait_for()
    assert "Choose one that only you know" in try_to_sign_in(window, password)
    assert shelved.media.name not in page.content()
    for what in ("media", "transcript"):
        answer = window.context.request.get(f"{window.base}/api/recordings/{shelved.sha256}/{what}")
        assert answer.status == 403, what
    with open_store(shelved.database) as store, store.casebook() as book:
        entries = book.logged(person="ada", limit=100)
    done = [(one.action, one.details.get("account")) for one in entries if one.action.endswith("_account")]
    assert done[::-1] == [("add_account", NEW), ("disable_account", NEW), ("enable_account", NEW)]
    assert running.run("audit", "verify", db=shelved.database).returncode == 0
    assert (window.errors, window.elsewhere) == ([], [])


def choose(window: Any) -> None:
    """Choose the new account to change it."""
    page = window.page
    page.get_by_role("combobox", name="Account").click()
    page.get_by_role("option", name=f"{NEW} (Officer A)").click()
    window.settled()
