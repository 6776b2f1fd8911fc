"""Addresses typed by hand, in Chromium: a page that a role may not see does not exist for it, and shows nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from review.access import ViewerRole
from review.screens.pages import PAGES, pages_of
from review.web.sign_in import DEMO_ACCOUNTS

pytestmark = pytest.mark.browser
STARTS = {
    "supervisor": "Today", "officer": "My recordings", "trainer": "Shared moments", "oversight": "Unit view",
    "admin": "Accounts",
    "internal_affairs": "Recordings",  # nothing waits for them
}  # fmt: skip
# Told by hand: what each role must not see.
NOT_THEIRS = {
    "supervisor": {"audit", "debrief", "debrief_recording", "moments", "people"},
    "officer": {"audit", "library", "listen", "moments", "people", "unit", "upload"},
    "internal_affairs": {"coaching", "debrief", "debrief_recording", "moments", "people"},
    "trainer": {
        "audit", "coaching", "debrief", "debrief_recording", "library", "listen", "people", "today", "unit", "upload",
    },
    "oversight": {"coaching", "debrief", "debrief_recording", "library", "listen", "people", "today", "upload"},
    "admin": {"coaching", "debrief", "debrief_recording", "library", "listen", "moments", "today", "unit"},
}  # fmt: skip
ACCOUNTS = {account.role: account.user for account in DEMO_ACCOUNTS}
TITLES = {page.file.removesuffix(".py"): page.title for page in PAGES}


@pytest.fixture(scope="module")
def server(own_server):
    """With no recording but that of this module."""
    return own_server


@pytest.fixture(scope="module")
def shelved(server, shelve_into):
    return shelve_into(server.folder, pitch=613.0, name="typed_by_hand.wav")


def test_each_page_is_somebodys_and_each_role_is_asked_for_all_others():
    assert set(NOT_THEIRS) == set(ViewerRole)
    for role, pages in NOT_THEIRS.items():
        assert pages == set(TITLES) - {page.file.removesuffix(".py") for page in pages_of(role)}, role


@pytest.mark.parametrize("role", NOT_THEIRS)
def test_a_page_of_others_typed_by_hand_is_refused_in_words_and_shows_nothing(window, shelved, role):
    window.sign_in(ACCOUNTS[role])
    page = window.page
    said = shelved.encounter.turns[0].words
    for path in sorted(NOT_THEIRS[role]):
        page.goto(f"{window.base}/{path}?recording={shelved.sha256}")
        page.get_by_text(f"There is no page “{path}” for your account").wait_for()
        window.settled()
        expect(page.get_by_role("heading", level=1), path).to_have_text([STARTS[role]])
        shown = page.locator("[data-testid=stMain]").inner_text()
        assert " ".join(one.text for one in said[:4]) not in shown, path
        expect(page.locator(".word, .player, .debrief, audio, video"), path).to_have_count(0)
        if role not in {"supervisor", "internal_affairs"}:  # in whose lists it is
            assert shelved.media.name not in page.content(), path


@pytest.mark.parametrize("path", ["audit", "library", "listen", "people"])
def test_whoever_is_not_signed_in_gets_the_sign_in_page_at_each_address(window, shelved, path):
    page = window.page
    page.goto(f"{window.base}/{path}?recording={shelved.sha256}")
    page.get_by_role("heading", name="Body-camera review").wait_for()
    assert page.url.startswith(f"{window.base}/sign-in?next=%2F{path}")
    assert shelved.media.name not in page.content()
    expect(page.locator("[data-testid=stApp]")).to_have_count(0)
