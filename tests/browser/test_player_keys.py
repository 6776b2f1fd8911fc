"""The whole player by keys, which everybody can change, since foot pedals send keys of their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def played(shelved, played_by):
    """Who judges here has played all of it before."""
    played_by(shelved)


def test_a_whole_review_can_be_done_by_keys(page, player, shelved, eventually):
    flags = shelved.encounter.flags
    player.press("n")
    eventually(page, player.sought, lambda at: flags[0].span.start - 2.01 <= at < flags[0].span.start - 0.2)
    player.press("a", "n", "d", "n", "p")
    expect(player.card("flag-2")).to_contain_class("picked")
    eventually(page, lambda: len(player.verdicts()), lambda count: count == 2)
    player.press("z")
    eventually(page, lambda: len(player.verdicts()), lambda count: count == 3)
    assert player.verdicts() == [("flag-1", "agree"), ("flag-2", "disagree"), ("flag-2", "undo")]
    player.press("k")
    eventually(page, player.playing, lambda playing: not playing)
    at = player.now()
    player.press("l")
    eventually(page, player.now, lambda later: abs(later - at - 5) < 0.1)
    player.press("j")
    eventually(page, player.now, lambda back: abs(back - at) < 0.1)
    player.press("Space")
    eventually(page, player.playing, bool)
    player.press("?")
    expect(page.locator(".help")).to_be_visible()


# Every key that a keyboard has, by what a browser calls it; Tab and Enter are the browser's own.
KEYBOARD = [
    *"abcdefghijklmnopqrstuvwxyz0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    *("Escape", "Backspace", "Delete", "Insert", "Home", "End", "PageUp", "PageDown"),
    *(f"F{number}" for number in range(1, 13)),
    *(f"{shift}Arrow{side}" for shift in ("", "Shift+") for side in ("Left", "Right", "Up", "Down")),
]
# Presses each where nothing has the focus, and tells which ones somebody has taken; what one opens is shut again.
TAKEN = """keyboard => {
  const roots = [document, ...[...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean)];
  const press = (name) => {
    const [key, shiftKey] = [name.replace('Shift+', ''), name.startsWith('Shift+')];
    const event = new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true, composed: true });
    document.body.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return keyboard.filter((name) => {
    const taken = press(name);
    for (const root of roots) root.querySelectorAll('dialog[open]').forEach((one) => one.close());
    press('Escape');
    return taken;
  });
}"""


def test_the_list_of_keys_names_each_key_that_does_something_and_no_other(page, player):
    page.locator(".form .item").first.wait_for()
    player.press("?")
    listed = {text for row in page.locator(".key").all_inner_texts() for text in row.split(", ")}
    page.get_by_role("button", name="Close").click()
    page.evaluate("document.activeElement?.blur()")
    names = {" ": "Space"} | {key: key.replace("Arrow", "").replace("+", " + ") for key in KEYBOARD if len(key) > 1}
    assert {names.get(key, key) for key in page.evaluate(TAKEN, KEYBOARD)} == listed
    assert "g" in listed


def test_the_key_of_the_review_form_can_be_changed_and_the_form_says_so(page, player, eventually):
    page.locator(".form .item").first.wait_for()
    expect(page.locator(".next-key")).to_have_text("g")
    player.press("?")
    page.locator(".key[data-action=question]").click()
    player.press("F9")
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".next-key")).to_have_text("F9")
    player.press("F9")
    first = page.locator(".form .item").first.locator(".reply").first
    eventually(page, lambda: first.evaluate("one => one.getRootNode().activeElement === one"), bool)


def test_space_on_the_focused_media_acts_once(page, player, eventually):
    page.locator("audio").focus()
    player.press("Space")
    eventually(page, player.playing, bool)
    page.wait_for_timeout(300)
    assert player.playing()


def test_typing_in_a_field_is_never_taken_for_a_shortcut(page, player):
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), {id: 'note'}))")
    page.locator("#note").focus()
    page.keyboard.type("and play jklvxw!?+")
    expect(page.locator("#note")).to_have_value("and play jklvxw!?+")
    assert not player.playing()
    assert player.verdicts() == []
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_key_can_be_changed_and_is_so_after_loading_again(page, window, player, shelved, eventually):
    player.press("?")
    page.locator(".key[data-action=agree]").click()
    player.press("F9")  # as foot pedals do, or F13 and above, which Playwright cannot press
    page.get_by_role("button", name="Close").click()
    player.press("n", "a")
    player.press("F9")
    eventually(page, player.verdicts, lambda kept: kept == [("flag-1", "agree")])
    window.listen(shelved.sha256)
    player.press("?")
    expect(page.locator(".key[data-action=agree]")).to_have_text("F9")
    page.get_by_role("button", name="Standard keys").click()
    expect(page.locator(".key[data-action=agree]")).to_have_text("a")


def test_a_key_that_is_taken_from_another_action_says_so_and_does_one_thing_only(page, player, eventually):
    player.press("?")
    page.locator(".key[data-action=disagree]").click()
    player.press("a")
    expect(page.locator(".help")).to_contain_text("taken away from: agree with the chosen mark")
    expect(page.locator(".key[data-action=agree]")).to_have_text("none")
    page.get_by_role("button", name="Close").click()
    player.press("n", "a")
    eventually(page, player.verdicts, lambda kept: kept == [("flag-1", "disagree")])


def test_escape_while_a_key_is_asked_leaves_it_as_it_is(page, player):
    player.press("?")
    page.locator(".key[data-action=agree]").click()
    player.press("Escape")
    expect(page.locator(".key[data-action=agree]")).to_have_text("a")
    expect(page.locator(".help")).to_be_visible()


def test_keys_do_nothing_behind_an_open_dialog(page, player):
    player.press("n", "?", "a", "d", "m")
    assert player.verdicts() == []
    expect(page.locator(".moment-form")).to_be_hidden()
    player.press("?")
    expect(page.locator(".help")).to_be_hidden()


def test_streamlits_own_keys_do_not_act_beside_ours(page, player, shelved):
    player.press("n")
    player.press("r")  # Streamlit would run the page again
    page.wait_for_timeout(300)
    expect(page.locator("button", has_text="Repeat mark")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("dialog")).to_have_count(0)
