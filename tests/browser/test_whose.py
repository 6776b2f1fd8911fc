"""Whose recording it is, said in Chromium on the page Review; whoever names themselves is led away and told why."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from review.access import Facts, Viewer
from review.desk import wearing
from review.store import open_store

pytestmark = pytest.mark.browser
# The demo account, with a number as one who can appear in a recording.
SUPERVISOR = Viewer("demo.supervisor", "Demo supervisor", "supervisor", officer="4700")


@pytest.fixture(scope="module")
def server(own_server):
    """With a supervisor who wears a camera, too."""
    return own_server


@pytest.fixture
def whose(window, shelved):
    """The part of the form that asks it, opened."""
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.keep_demo(SUPERVISOR, at=datetime(2025, 3, 1, tzinfo=UTC))
    window.sign_in()
    page = window.listen(shelved.sha256)
    part = page.locator(".whose")
    part.get_by_text("Nobody has said yet who wears the camera").wait_for()
    window.settled()
    part.locator("summary").click()
    return part


def kept(shelved) -> Facts:
    with open_store(shelved.database) as store, store.casebook() as book:
        return book.facts(shelved.sha256)


def test_who_wears_the_camera_and_who_else_appears_is_said_and_stands_on_the_page(whose, window, shelved, eventually):
    page = window.page
    expect(whose.get_by_label("Unit")).to_have_count(0)  # for whoever looks after all units
    whose.get_by_label("Who wears the camera").fill("4711")
    more = whose.get_by_label("Another officer who appears")
    more.fill("4712")
    more.press("Enter")  # adds, and sends nothing yet
    whose.get_by_role("button", name="Remove 4712").wait_for()
    more.fill("4713")  # not added; it is meant all the same
    assert kept(shelved) == Facts()
    whose.get_by_role("button", name="Save", exact=True).click()
    whose.get_by_text("Saved, and in the log with your name.").wait_for()
    expect(whose.locator("p").first).to_have_text("Worn by 4711. Also in it: 4712, 4713.")
    assert (kept(shelved).wearer, kept(shelved).present) == ("4711", frozenset({"4712", "4713"}))
    page.locator(".bcr-facts").get_by_text("4711").wait_for()

    whose.get_by_role("button", name="Remove 4712").click()
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="4799", unit="")  # somebody else, meanwhile
    whose.get_by_role("button", name="Save", exact=True).click()
    whose.get_by_text("Not saved: Somebody else has said meanwhile").wait_for()
    # The form asks for it once more after it was refused; until then it holds what was typed.
    eventually(page, lambda: whose.get_by_label("Who wears the camera").input_value(), lambda held: held == "4799")
    expect(whose.locator("p").first).to_have_text(re.compile(r"^Worn by 4799\."))
    assert kept(shelved).wearer == "4799"


def test_a_supervisor_who_names_themselves_is_led_to_the_debrief_and_told_why(whose, window, shelved, look):
    page = window.page
    more = whose.get_by_label("Another officer who appears")
    more.fill("4712")
    more.press("Enter")
    whose.get_by_label("Who wears the camera").fill("4700")
    whose.get_by_text("You name yourself.").wait_for()
    look("whose recording it is, naming oneself")
    whose.get_by_role("button", name="Save, and leave this recording").click()
    page.get_by_test_id("stAlert").get_by_text(wearing.NOW_APPEARS).wait_for()
    page.wait_for_url("**/debrief_recording?*")
    expect(page.locator(".player")).to_have_count(0)
    assert kept(shelved).wearer == "4700"
    answer = window.context.request.get(f"{window.base}/api/recordings/{shelved.sha256}/transcript")
    assert answer.status == 403
