"""The library by mouse: a link opens a recording without loading the program anew, and ticked ones are given out."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from review.casework import Kind
from review.store import open_store

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(own_server: Any) -> Any:
    """With a library of one page."""
    return own_server


@pytest.fixture
def library(window: Any, shelved: Any) -> Any:
    """The library with a recording, as the supervisor sees it."""
    window.sign_in("demo.supervisor")
    window.page.goto(f"{window.base}/library")
    window.page.get_by_role("link", name=shelved.media.name).wait_for()
    window.settled()
    window.watched()
    return window.page


def test_a_recording_opens_without_loading_the_program_anew_and_back_leads_to_the_list(library, window, shelved):
    library.evaluate("window.before = true")
    library.get_by_role("link", name=shelved.media.name).click()
    library.get_by_text("Why are you opening this recording?").wait_for()
    assert library.evaluate("window.before && location.search") == f"?recording={shelved.sha256}"
    library.go_back()
    library.get_by_role("link", name=shelved.media.name).wait_for()
    expect(library).to_have_url(f"{window.base}/library")
    assert library.evaluate("window.before")


def test_a_search_hit_opens_the_recording_at_that_word(library, window, shelved, player_of, eventually):
    window.opened(shelved.sha256)
    library.get_by_label("Search what was said").fill("shouting")
    library.keyboard.press("Enter")
    library.get_by_role("link", name=f"{shelved.media.name}, at").click()
    library.locator(".word").first.wait_for()
    player = player_of(library, shelved)
    word = next(word for word in shelved.encounter.words if word.text == "shouting")
    eventually(library, player.now, lambda at: abs(at - word.span.start) < 0.01)
    expect(library.locator(".word.now")).to_have_text("shouting")


def test_what_is_ticked_is_given_out_and_no_longer_ticked(library, window, shelved, eventually):
    box = library.get_by_label(f"Choose {shelved.media.name}")
    window.settled()  # a row can be put anew under the click
    box.check()
    library.get_by_text("Give out work").click()
    library.get_by_role("button", name="Give out the 1 ticked").wait_for()
    library.get_by_label("To whom").click()
    library.get_by_role("option").first.click()
    library.get_by_role("button", name="Give out the 1 ticked").click()
    library.get_by_text("Given out: 1 recording.").wait_for()
    eventually(library, box.is_checked, lambda ticked: not ticked)
    with open_store(shelved.database) as store, store.casebook() as book:
        [given] = [act for act in book.acts(shelved.sha256) if act.kind is Kind.ASSIGN]
    assert given.body["what"] == "review"


def test_what_the_filter_asks_for_holds_when_its_form_is_closed_and_opened_again(library, window, shelved, eventually):
    form = library.get_by_text("Filter", exact=True)
    form.click()
    library.get_by_text("Overdue", exact=True).click()
    library.get_by_text("No recording fits all of this.").wait_for()
    form.click()
    library.get_by_text("Overdue", exact=True).wait_for(state="hidden")
    window.settled()
    expect(library.locator(".bcr-labels li")).to_have_text(["overdue"])
    form.click()
    library.get_by_label("Overdue").wait_for(state="attached")
    window.settled()
    eventually(library, library.get_by_label("Overdue").is_checked, bool)
    library.get_by_role("button", name="Show all", exact=True).click()
    library.get_by_role("link", name=shelved.media.name).wait_for()
