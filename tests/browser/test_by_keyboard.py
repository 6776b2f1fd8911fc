"""A whole review without a mouse: from signing in to signing off, by keys alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from review.casework import Kind
from review.policy import built_in
from review.store import open_store

pytestmark = pytest.mark.browser
ITEMS = built_in().checklists[0].items
MOST_TABS = 150
DEEPEST = """let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;"""
# What has the focus, also inside a component: its name as a screen reader would say it.
FOCUSED = f"""() => {{ {DEEPEST}
  if (!node || node === document.body) return '';
  const name = node.getAttribute('aria-label') || node.innerText || node.labels?.[0]?.innerText || '';
  return node.type === 'radio' ? `radio ${{name.trim()}}` : name.trim(); }}"""
# Whether that shows; Streamlit draws a radio's ring on what lies beside its hidden input.
RING = f"""() => {{ {DEEPEST}
  const drawn = [node, ...(node.matches('input') ? node.closest('label')?.querySelectorAll('*') ?? [] : [])];
  return drawn.some((one) => {{
    const {{ outlineStyle, outlineWidth, boxShadow }} = getComputedStyle(one);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  }}); }}"""
# Nothing on the way may come from a pointing device.
POINTED = "window.pointed = 0; addEventListener('pointerdown', () => (window.pointed += 1), true);"


@pytest.fixture(scope="module")
def server(own_server: Any) -> Any:
    """With a library that is soon walked through."""
    return own_server


def tab_to(page: Any, wanted: Callable[[str], bool], *, back: bool = False) -> str:
    """Press Tab until what `wanted` has the focus, and can be seen to have it; its name."""
    seen = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        name = str(page.evaluate(FOCUSED))
        if wanted(name):
            assert page.evaluate(RING), f"nothing shows that {name!r} has the focus"
            return name
        seen.append(name)
    raise AssertionError(f"Tab does not lead there, only to {list(dict.fromkeys(seen))}")


def acts(shelved: Any, kind: Kind) -> list[Any]:
    with open_store(shelved.database) as store, store.casebook() as book:
        return [act for act in book.acts(shelved.sha256) if act.kind is kind]


def open_it(window: Any, shelved: Any) -> Any:
    """Sign in, find the recording in the library, say what it is opened for."""
    page = window.page
    page.goto(window.base)
    tab_to(page, lambda name: name.startswith("Demo supervisor"))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Today").wait_for()
    window.settled()
    tab_to(page, lambda name: name == "Recordings")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Recordings").wait_for()
    page.get_by_role("link", name=shelved.media.name).wait_for()
    window.settled()
    tab_to(page, lambda name: name == shelved.media.name)
    page.keyboard.press("Enter")
    page.get_by_role("radio").first.wait_for(state="attached")
    window.settled()
    tab_to(page, lambda name: name.startswith("radio"))
    page.keyboard.press("Space")
    window.settled()
    tab_to(page, lambda name: name == "Open")
    page.keyboard.press("Enter")
    page.locator(".word").first.wait_for(timeout=60_000)
    page.locator(".form .item").first.wait_for()
    return page


def test_a_review_is_done_from_signing_in_to_signing_off_without_a_mouse(window, shelved, player_of, eventually):
    window.page.add_init_script(POINTED)
    page = open_it(window, shelved)
    player = player_of(page, shelved)
    player.press("]", "]", "]", "]", "v")  # twice as fast, and what is agreed to is listened to first
    for number, key in enumerate("adswa", start=1):
        if key == "a":
            eventually(page, lambda flag=f"flag-{number}": player.heard(flag), lambda told: told == "played")
        player.press(key)
    player.press("x", "2")
    eventually(page, lambda: page.locator(".left-count").inner_text(), lambda text: text.startswith("Nothing left"))
    eventually(page, player.verdicts, lambda kept: len(kept) == 6)
    answers = ["agree", "disagree", "wrong_speaker", "wrong_words", "agree", "skip"]
    assert player.verdicts() == [(f"flag-{number}", answer) for number, answer in enumerate(answers, start=1)]

    player.press("g")
    for _ in ITEMS:
        player.press("4")
    # After the last question comes the stretch drawn by chance.
    eventually(page, lambda: page.evaluate(FOCUSED), lambda name: name.startswith("Play"))
    player.press("Enter")
    eventually(
        page, lambda: page.locator(".stretch").inner_text(), lambda text: "You have listened" in text, seconds=90
    )
    ending = built_in().dispositions[0]
    tab_to(page, lambda name: name == ending)
    player.press("Enter")
    tab_to(page, lambda name: name == "Comment on the review")
    page.keyboard.type("Nothing that needs more.")
    tab_to(page, lambda name: name == "Sign off this review")
    eventually(page, lambda: page.locator(".left-over").inner_text(), lambda text: not text.strip())
    player.press("Enter")
    page.locator(".signed:visible").wait_for()
    [signed] = eventually(page, lambda: acts(shelved, Kind.SIGN_OFF), bool)
    assert signed.person == "demo.supervisor"
    assert [act.text for act in acts(shelved, Kind.COMMENT)][-1] == "Nothing that needs more."
    assert [act.body["choice"] for act in acts(shelved, Kind.DISPOSITION)][-1] == ending
    assert len(acts(shelved, Kind.ANSWER)) == len(ITEMS)
    assert page.evaluate("window.pointed") == 0


def test_tab_leads_out_of_the_player_again_and_every_stop_shows_that_it_is_one(page, shelved):
    page.locator(".form .item").first.wait_for()
    page.evaluate("document.activeElement?.blur()")
    dark = []
    for _ in range(2 * MOST_TABS):
        page.keyboard.press("Tab")
        name = str(page.evaluate(FOCUSED))
        if name and not page.evaluate(RING):
            dark.append(name)
        if name == "Yes":
            break
    else:
        raise AssertionError("Tab never comes to the form")
    assert dark == []
