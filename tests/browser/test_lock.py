"""The idle lock in a real browser: what was on the screen is gone, nothing is lost, and no key reaches the page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from review.casework import Act, Kind
from review.store import open_store
from review.web.sign_in import DEMO_ACCOUNTS

pytestmark = pytest.mark.browser
AT = datetime(2025, 3, 2, tzinfo=UTC)
MOMENTS = [("demo.officer", "own_debrief", "debrief_recording"), ("demo.supervisor", "coaching", "coaching")]
TELL = """() => {
  window.other = new BroadcastChannel("bodycam-review:lock");
  window.other.postMessage({ locked: true });
}"""


@pytest.fixture
def profile(own_profile):
    """Another one for each test, since they turn the clock."""
    return own_profile


@pytest.fixture(scope="module")
def shelved(server, shelve_into):
    return shelve_into(server.folder)


@pytest.fixture
def listening(window, shelved):
    """A recording open for review, in a window whose clock the test turns."""
    window.context.set_default_timeout(60_000)
    window.page.clock.install()
    window.sign_in()
    headers = {"origin": window.base}
    path = f"{window.base}/api/recordings/{shelved.sha256}/opening"
    assert window.context.request.post(path, data={"purpose": "assigned_review"}, headers=headers).ok
    return window.listen(shelved.sha256)


@pytest.fixture
def praised(server, shelve_into):
    """An officer's recording with a moment to hear, on each page that plays moments."""
    shelved = shelve_into(server.folder, pitch=977.0, name="praised.wav")
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        for account in DEMO_ACCOUNTS:
            book.keep_demo(account, at=AT)
        book.set_whose(shelved.sha256, wearer="demo.officer", unit="")
        for kind, body, who in (
            (Kind.STATEMENT_DONE, {}, ("demo.officer", "officer")),
            (Kind.PRAISE, {"at": 5.0, "text": "Calm."}, ("demo.supervisor", "supervisor")),
        ):
            book.act(Act(f"{uuid4()}:1", shelved.sha256, kind, "", body, *who, AT))
    return shelved


def listened(shelved, user: str) -> list[Act]:
    with open_store(shelved.database) as store, store.casebook() as book:
        return [act for act in book.acts(shelved.sha256) if (act.kind, act.person) == (Kind.LISTENED, user)]


def fall_idle(page, minutes: int = 16) -> None:
    page.clock.fast_forward(f"{minutes}:00")
    page.clock.run_for(6000)


def status(page) -> int:
    found: int = page.evaluate("fetch('/api/nothing').then((answer) => answer.status)")
    return found


def test_the_screen_hides_itself_and_comes_back_as_it_was(listening, eventually):
    page = listening
    word = page.locator(".word").first
    expect(word).to_be_visible()
    fall_idle(page)
    locked = page.get_by_role("dialog", name="Locked")
    locked.wait_for()
    expect(word).to_be_hidden()
    eventually(page, lambda: status(page), lambda found: found == 423)
    for key in ("a", "Escape", "Escape", "Escape"):
        page.keyboard.press(key)
    expect(locked).to_be_visible()
    locked.get_by_role("button", name="Unlock").click()
    word.wait_for()
    expect(page.get_by_role("dialog", name="Locked")).to_have_count(0)
    assert status(page) == 404
    eventually(page, page.locator(".word").count, lambda words: words > 10)


def test_somebody_who_goes_on_working_is_not_locked_out(listening):
    page = listening
    for _ in range(4):
        fall_idle(page, 10)
        page.mouse.move(200, 200)
        page.mouse.move(210, 210)
    expect(page.get_by_role("dialog", name="Locked")).to_have_count(0)


@pytest.mark.parametrize(("user", "purpose", "path"), MOMENTS)
def test_somebody_who_listens_to_a_moment_without_touching_anything_is_not_locked_out(
    window, praised, eventually, user, purpose, path
):
    page = window.page
    page.clock.install()
    window.sign_in(user)
    window.opened(praised.sha256, purpose)
    page.goto(f"{window.base}/{path}?recording={praised.sha256}")
    page.get_by_role("button", name="Watch", exact=True).or_(page.locator("[data-candidate]")).first.wait_for()
    window.settled()
    if path == "debrief_recording":
        page.get_by_role("button", name="Watch", exact=True).click()
    page.get_by_role("button", name="0:05: Praise").or_(page.get_by_role("button", name="Play Praise")).first.click()
    sound = page.locator("audio")
    sound.evaluate("media => (media.playbackRate = 0.25)")  # so that the moment lasts for longer than the test
    eventually(page, lambda: sound.evaluate("media => media.currentTime"), lambda at: at > 4.2)
    fall_idle(page)
    assert not sound.evaluate("media => media.paused")
    expect(page.get_by_role("dialog", name="Locked")).to_have_count(0)
    sound.evaluate("media => media.pause()")
    eventually(page, lambda: listened(praised, user), bool)  # that is sent, and so the server hears of somebody, too
    fall_idle(page)
    page.get_by_role("dialog", name="Locked").wait_for()
    assert sound.evaluate("media => media.paused")


def test_what_is_unsaved_when_the_screen_locks_is_saved_after_unlocking(listening, window, shelved, eventually):
    page = listening
    fall_idle(page)
    page.get_by_role("dialog", name="Locked").wait_for()
    eventually(page, lambda: status(page), lambda found: found == 423)
    # As if an answer had been given in the moment before: it waits in the outbox, and the server refuses it.
    key = f"bodycam-review:outbox:demo.supervisor:{shelved.sha256}:verdicts:000000000000001:x"
    operation = {"id": "0a1b2c3d-0000-4000-8000-000000000000:1", "flag": "flag-1", "answer": "agree"}
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, json.dumps(operation)])
    page.evaluate("window.dispatchEvent(new StorageEvent('storage', { key: null }))")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    assert page.evaluate("(key) => localStorage.getItem(key) !== null", key)
    page.get_by_role("button", name="Unlock").click()
    eventually(page, lambda: page.evaluate("(key) => localStorage.getItem(key)", key), lambda kept: kept is None)
    answer = window.context.request.get(f"{window.base}/api/recordings/{shelved.sha256}/verdicts")
    assert "agree" in answer.text()


def test_windows_of_one_person_lock_and_unlock_together(window, eventually):
    window.context.set_default_timeout(60_000)
    window.sign_in()
    pages = window.page, window.new_page()
    for page in pages:
        page.goto(f"{window.base}/")
        page.get_by_role("heading", name="Today").wait_for()
        window.watched(page)
    # What the window whose time ran out tells the others; a window does not hear itself.
    pages[0].evaluate(TELL)
    for page in pages:
        page.get_by_role("dialog", name="Locked").wait_for()
    pages[0].get_by_role("button", name="Unlock").click()
    for page in pages:
        page.get_by_role("heading", name="Today").wait_for()
        expect(page.get_by_role("dialog", name="Locked")).to_have_count(0)


def test_a_locked_page_that_is_loaded_anew_asks_who_is_there_and_goes_on_where_it_was(listening, eventually):
    page = listening
    fall_idle(page)
    page.get_by_role("dialog", name="Locked").wait_for()
    eventually(page, lambda: status(page), lambda found: found == 423)
    page.reload()
    page.get_by_role("heading", name="Locked").wait_for()
    page.get_by_role("button", name="Unlock").click()
    page.locator(".word").first.wait_for(timeout=60_000)
