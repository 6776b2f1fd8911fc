"""Nobody confirms what they have not played, and nobody judges what the officer answered to without seeing it."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from review.casework import Act, Kind
from review.store import open_store
from tests.conftest import MADE_AT

pytestmark = pytest.mark.browser
LISTEN_FIRST = "Listen first, then press again"


def listened(shelved) -> list[tuple[float, float]]:
    with open_store(shelved.database) as store, store.casebook() as book:
        found = [act.body for act in book.acts(shelved.sha256) if act.kind is Kind.LISTENED]
    return [(body["start"], body["end"]) for body in found]


def contest(shelved, flag: str, text: str) -> None:
    """What the officer says about a mark, from the officer's own page."""
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        who = {"person": "demo.officer", "role": "officer", "at": MADE_AT}
        book.act(Act(f"{uuid4()}:1", shelved.sha256, Kind.CONTEST, flag, {"text": text}, **who))


@pytest.mark.parametrize("way", ["key", "button"])
def test_to_agree_to_what_was_not_played_plays_it_first_and_agrees_when_pressed_again(
    page, player, shelved, eventually, way
):
    flag = shelved.encounter.flags[3]

    def agree() -> None:
        if way == "key":
            player.press("a")
        else:
            player.card(flag.id).get_by_role("button", name="Agree", exact=True).click()

    player.card(flag.id).locator("blockquote").click()
    agree()
    eventually(page, player.sought, lambda at: flag.span.start - 2.01 <= at < flag.span.start - 0.2)
    told = player.card(flag.id).locator(".listen-first")
    expect(told).to_have_text(re.compile(f"^{re.escape(LISTEN_FIRST)}"))
    expect(player.card(flag.id).locator(".state")).to_have_text("not verified")
    eventually(page, lambda: player.heard(flag.id), lambda text: text == "played")
    assert player.verdicts() == []
    expect(told).to_contain_text("Press again to agree")
    agree()
    eventually(page, player.verdicts, lambda kept: kept == [(flag.id, "agree")])
    eventually(page, lambda: player.state(flag.id), lambda text: text == "you agreed · saved · verified")
    expect(told).to_have_text("")
    [(start, end), *_] = eventually(page, lambda: listened(shelved), bool)
    assert start < flag.span.start + 0.2
    assert end > flag.span.end - 0.3


def test_pressing_quickly_in_the_queue_neither_agrees_unheard_nor_plays_anew_and_the_other_answers_are_taken(
    page, player, shelved, eventually
):
    first, second = shelved.encounter.flags[:2]
    player.press("v", "a", "a")
    eventually(page, player.now, lambda at: at > max(0.4, first.span.start - 1.5))
    at = player.now()
    player.press("a", "a", "a")
    page.wait_for_timeout(200)
    assert player.now() >= at, "it began anew under the reviewer's hands"
    expect(page.locator(".left-count")).to_have_text("6 of 6 left")
    expect(player.card(first.id).locator(".listen-first")).to_have_text(re.compile(f"^{re.escape(LISTEN_FIRST)}"))
    player.press("d", "a", "a")
    eventually(page, player.verdicts, lambda kept: kept == [(first.id, "disagree")])
    expect(player.card(second.id)).to_contain_class("picked")
    eventually(page, lambda: player.heard(second.id), lambda text: text == "played")
    player.press("a")
    eventually(page, player.verdicts, lambda kept: kept == [(first.id, "disagree"), (second.id, "agree")])


def test_what_was_played_twice_as_fast_is_still_played_after_loading_again_and_can_be_agreed_to(
    page, window, player, shelved, eventually
):
    flag = shelved.encounter.flags[1]
    page.get_by_label("Speed").select_option("2")
    player.card(flag.id).get_by_role("button", name="▶").click()
    eventually(page, lambda: player.heard(flag.id), lambda text: text == "played")
    window.listen(shelved.sha256)  # at once: what was played may still be on its way
    eventually(page, lambda: player.heard(flag.id), lambda text: text == "played")
    expect(player.card("flag-6").locator(".heard")).to_have_text("you have not played it yet")
    player.card(flag.id).locator("blockquote").click()
    player.press("a")
    eventually(page, player.verdicts, lambda kept: kept == [(flag.id, "agree")])
    assert not player.playing()


def test_that_somebody_else_has_played_it_is_not_enough(window, shelved, player_of, played_by, eventually):
    played_by(shelved, "demo.internal-affairs")
    window.sign_in()
    player = player_of(window.listen(shelved.sha256), shelved)
    player.card("flag-4").get_by_role("button", name="Agree", exact=True).click()
    eventually(window.page, player.playing, bool)
    expect(player.card("flag-4").locator(".heard")).to_have_text("you have not played it yet")
    assert player.verdicts() == []


def test_what_the_officer_says_stands_on_the_mark_before_the_answers_also_in_the_queue(
    window, shelved, player_of, eventually
):
    contest(shelved, "flag-1", "I was asking <b>my partner</b>.")
    window.sign_in()
    page = window.listen(shelved.sha256)
    player = player_of(page, shelved)
    said = player.card("flag-1").locator(".said")
    expect(said).to_contain_text("Contested (Demo officer")
    expect(said).to_contain_text("“I was asking <b>my partner</b>.”")
    expect(page.locator(".answered-tag:visible")).to_have_text(["the officer answered"])
    player.press("v")
    expect(said).to_contain_text("I was asking")
    assert said.bounding_box()["y"] < player.card("flag-1").locator(".agree").bounding_box()["y"]
    player.press("v", "k")
    hints = set()
    box = page.locator(".lane").bounding_box()
    first = shelved.encounter.flags[0].span
    across = (first.start + first.end) / 2 / shelved.encounter.recording.seconds * box["width"]
    for down in range(4, int(box["height"]), 5):
        page.mouse.move(box["x"] + across, box["y"] + down)
        hints.add(page.locator(".tip").inner_text())
    assert any(hint.endswith("· the officer answered") for hint in hints)


def test_what_the_officer_says_while_the_page_is_open_comes_with_the_next_thing_that_is_kept(
    page, player, shelved, eventually
):
    expect(page.locator(".said:visible")).to_have_count(0)
    contest(shelved, "flag-4", "Nobody heard the first order.")
    player.press("b")
    said = player.card("flag-4").locator(".said")
    eventually(page, said.is_visible, bool)
    expect(said).to_contain_text("Nobody heard the first order.")


def test_praise_for_a_chosen_mark_lands_at_the_mark_and_says_so(page, player, shelved, eventually):
    flag = shelved.encounter.flags[4]
    page.locator(".word").nth(2).click()
    eventually(page, player.playing, bool)
    player.press("k")
    player.card(flag.id).locator("blockquote").click()
    player.press("+")
    heading = page.locator(".moment-form strong").inner_text()
    assert heading == f"Praise for the mark at 0:{int(flag.span.start):02}"
    page.keyboard.type("Well said")
    player.press("Enter", "b")
    told = page.locator(".moment-told")
    expect(told).to_have_text(re.compile(f"^Bookmark for the mark at 0:{int(flag.span.start):02}; about: "))
    eventually(page, player.acts, lambda acts: len(acts) == 2)
    assert [(act.about, act.body["at"]) for act in player.acts()] == [(flag.id, flag.span.start)] * 2


def test_whoever_has_gone_on_from_the_mark_notes_where_they_are(page, player, shelved, eventually):
    flag = shelved.encounter.flags[0]
    player.card(flag.id).locator("blockquote").click()
    marked = {number for one in shelved.encounter.flags for number in range(one.first, one.last + 1)}
    number, word = next(
        (number, word)
        for number, word in enumerate(shelved.encounter.words)
        if number not in marked and word.span.start > flag.span.end + 10
    )
    page.locator(".word").nth(number).click()
    eventually(page, player.now, lambda at: at >= word.span.start)
    player.pause()
    at = player.now()
    player.press("b")
    told = f"Bookmark at 0:{int(at):02}, where the recording is; about: Reason for stop."
    expect(page.locator(".moment-told")).to_have_text(told)
    eventually(page, player.acts, lambda acts: len(acts) == 1)
    [act] = player.acts()
    assert abs(act.body["at"] - at) < 0.01
