"""At 200 % nothing runs off the side of a page, and what a person works with can be reached (WCAG 1.4.10, 1.4.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from review.desk import Desk, casework
from review.store import open_store

pytestmark = pytest.mark.browser
WIDE, HIGH = 640, 450  # 1280 x 900 at 200 %
# What scrolls sideways: the window, or one of the boxes in which Streamlit lays a page; by how many pixels.
SIDEWAYS = """() => [document.scrollingElement,
  ...document.querySelectorAll('[data-testid=stMain], [data-testid=stAppViewContainer]')]
  .map((box) => box.scrollWidth - box.clientWidth)"""
# What can be pressed or filled in and is cut off at a side, as its beginning and its two edges.
CUT_OFF = """controls => controls.filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => {
  const { left, right, width } = one.getBoundingClientRect();
  return width && (left < 0 || right > innerWidth + 0.5) ? `${one.outerHTML.slice(0, 120)} ${left} ${right}` : ''; })
  .filter(Boolean)"""
# Whether a control can be brought to the middle of the window with nothing before it.
REACHED = """control => {
  control.scrollIntoView({ block: 'center' });
  const { left, top, width, height } = control.getBoundingClientRect();
  let root = document, there = null;
  for (;;) {
    const found = root.elementFromPoint(left + width / 2, top + height / 2);
    if (!found || found === there) break;
    there = found;
    if (!there.shadowRoot) break;
    root = there.shadowRoot;
  }
  return control.contains(there); }"""
# Streamlit keeps inputs beside its own that nobody sees or comes to.
CONTROLS = "button, a[href], input:not([tabindex='-1']), select, textarea, summary"


@pytest.fixture(scope="module")
def server(own_server: Any) -> Any:
    """With a library of one page."""
    return own_server


def review_form(window: Any, shelved: Any) -> Any:
    """The form under the player, as a supervisor fills it in."""
    window.sign_in()
    page = window.listen(shelved.sha256)
    page.locator(".form .item").first.wait_for()
    window.settled()
    form = page.locator(".form")
    form.locator(".item").first.get_by_role("button", name="Note").click()
    form.locator(".share summary").click()
    form.locator(".work summary").click()
    return form


def debrief(window: Any, shelved: Any) -> Any:
    """The debrief with its player, as the officer hears it."""
    window.sign_in("demo.supervisor")
    window.opened(shelved.sha256)  # so that somebody else has opened it
    window.sign_in("demo.officer")
    with open_store(shelved.database) as store:
        with store.casebook(write=True) as book:
            book.set_whose(shelved.sha256, wearer="demo.officer", unit="")
        desk = Desk.of(store, "demo.officer", session="a-desk-of-this-test")
        casework.do(desk, shelved.sha256, {"id": f"{uuid4()}:1", "kind": "statement_done"})
    window.opened(shelved.sha256, "own_debrief")
    page = window.page
    page.goto(f"{window.base}/debrief_recording?recording={shelved.sha256}")
    page.get_by_role("button", name="Watch").click()
    page.locator('[data-moment="flag-4"] [data-kind=contest]').click()
    page.get_by_text("Who opened this recording, and why").click()
    page.locator(".bcr-views").wait_for()
    page.get_by_text("Show the whole recording with all its words").click()
    page.locator(".player .word").first.wait_for()
    window.settled()
    return page.locator("[data-testid=stMain]")


def library(window: Any, shelved: Any) -> Any:
    """The list of recordings, with its filter opened and one of them ticked."""
    window.sign_in()
    page = window.page
    page.goto(f"{window.base}/library")
    page.get_by_role("link", name=shelved.media.name).wait_for()
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Keep this filter as").wait_for()
    window.settled()  # a row that moves down with the filter can be put anew under the click
    page.get_by_label(f"Choose {shelved.media.name}").check()
    page.get_by_text("Give out work").click()
    page.get_by_role("button", name="Give out the 1 ticked").wait_for()
    window.settled()
    return page.locator("[data-testid=stMain]")


# How each page is opened, and a few buttons and links that must be there.
PAGES: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "review form": (
        review_form,
        ("Yes", "Cannot tell", "Play 0:", "Sign off this review", "Assign", "Stop and refer", "Share"),
    ),
    "debrief": (debrief, ("Listen", "Contest", "Send", "Add context to the whole recording", "Keys", "▶")),
    "library": (library, ("Keep", "Give out the 1 ticked", "stop_")),
}


@pytest.mark.parametrize("name", PAGES)
def test_at_two_hundred_per_cent_a_page_scrolls_down_only_and_all_its_controls_are_within(window, shelved, name):
    opener, wanted = PAGES[name]
    window.page.set_viewport_size({"width": WIDE, "height": HIGH})
    root = opener(window, shelved)
    assert window.page.evaluate(SIDEWAYS) == [0, 0, 0]
    controls = root.locator(CONTROLS)
    assert controls.count() > 20
    assert controls.evaluate_all(CUT_OFF) == []
    for text in wanted:
        control = root.get_by_role("button", name=text).or_(root.get_by_role("link", name=text)).first
        assert control.evaluate(REACHED), text
