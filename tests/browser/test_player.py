"""What only a browser shows of listening: that a click is heard at the right place, and what a person can do there."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.conftest import WORD_SECONDS

pytestmark = pytest.mark.browser


def test_a_click_on_a_word_makes_the_media_go_there_and_play(page, player, shelved, eventually):
    word = shelved.encounter.words[40]
    page.locator(".word").nth(40).click()
    eventually(page, player.sought, lambda at: abs(at - word.span.start) < 0.05)
    eventually(page, player.playing, bool)


def test_a_click_long_after_the_end_of_what_is_buffered_still_lands_on_the_word(page, player, shelved, eventually):
    for number in (60, 3, 33):
        page.locator(".word").nth(number).click()
        start = shelved.encounter.words[number].span.start
        eventually(page, player.sought, lambda at, start=start: abs(at - start) < 0.05)
        player.pause()


def test_the_word_that_is_being_said_is_lit_while_the_media_plays(page, shelved):
    words = shelved.encounter.words
    page.locator(".word").nth(10).click()
    seen = set()
    for _ in range(40):
        at, lit = page.evaluate(
            """() => { const host = [...document.querySelectorAll('*')].find(n => n.shadowRoot?.querySelector('audio'));
            const root = host.shadowRoot;
            const lit = root.querySelector('.word.now');
            return [root.querySelector('audio').currentTime, lit ? Number(lit.dataset.at) : null]; }"""
        )
        if lit is not None:
            seen.add(lit)
            assert lit - 0.25 <= at <= lit + 1.0, "the lit word is not the one that is being said"
        page.wait_for_timeout(60)
    assert len(seen) >= 4
    assert seen <= {word.span.start for word in words}


def test_a_flag_is_played_from_two_seconds_before_so_that_its_cause_is_heard(page, player, shelved, eventually):
    flag = shelved.encounter.flags[3]
    player.card(flag.id).get_by_role("button", name="▶").click()
    eventually(page, player.sought, lambda at: flag.span.start - 2.01 <= at < flag.span.start - 0.2)


def test_a_mark_that_the_machine_is_unsure_of_says_so_in_words(page, player):
    expect(page.locator(".card.unsure")).to_have_count(1)
    expect(player.card("flag-3").locator(".unsure-tag").first).to_have_text("unsure")


def test_the_lane_leads_to_the_place_that_is_clicked(page, player, shelved, eventually):
    lane = page.locator(".lane")
    lane.click(position={"x": lane.bounding_box()["width"] * 0.75, "y": 4})
    eventually(page, player.now, lambda at: abs(at - 0.75 * shelved.encounter.recording.seconds) < 2)


def test_every_voice_and_every_direction_has_a_row_with_its_name_and_the_sound_is_drawn(page, eventually):
    names = page.locator(".lane-name")
    eventually(page, names.all_inner_texts, lambda texts: "Sound" in texts)
    rows = names.all_inner_texts()
    assert rows[1:4] == ["Sound", "Officer (S1)", "Civilian (S2)"]
    assert {"De-escalating", "Escalating", "Civilian", "Event"} < set(rows)


def test_zooming_keeps_the_instant_in_sight_and_a_click_still_means_what_is_seen(page, player, shelved, eventually):
    player.card("flag-4").get_by_role("button", name="▶").click()
    player.pause()
    player.press("i", "i", "i")
    part = eventually(page, page.locator(".part").inner_text, lambda text: text.count(":") == 2)
    first, last = (
        sum(int(n) * f for n, f in zip(text.split(":"), (60, 1), strict=True)) for text in part.split(" to ")
    )
    assert last - first < shelved.encounter.recording.seconds / 3
    assert first <= player.now() <= last + 1
    lane = page.locator(".lane")
    lane.click(position={"x": lane.bounding_box()["width"] * 0.5, "y": 4})
    eventually(page, player.now, lambda at: abs(at - (first + last) / 2) < 2)
    player.press("0")
    expect(page.locator(".part")).to_have_text("")


def test_ctrl_and_the_wheel_zoom_while_the_wheel_alone_is_left_to_the_page(page, eventually):
    box = page.locator(".lane").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 20)
    page.mouse.wheel(0, 100)
    expect(page.locator(".part")).to_have_text("")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    eventually(page, page.locator(".part").inner_text, bool)


def test_a_search_counts_its_places_and_goes_from_one_to_the_next(page, eventually):
    player_field = page.get_by_role("searchbox", name="Search in the transcript")
    page.keyboard.press("/")
    page.keyboard.type("the car")
    count = page.locator(".count")
    eventually(page, count.inner_text, lambda text: text == "2 places")
    page.keyboard.press("Enter")
    expect(count).to_have_text("1 of 2")
    page.keyboard.press("Enter")
    expect(count).to_have_text("2 of 2")
    expect(page.locator(".word.hit-now")).to_have_text(["the", "car"])
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("1 of 2")
    expect(page.locator(".word.hit-now")).to_have_text(["the", "car!"])
    page.keyboard.press("Escape")
    expect(player_field).to_have_value("")
    expect(page.locator(".word.hit")).to_have_count(0)


def test_a_place_that_was_found_is_played_by_a_key_and_the_field_says_which(page, player, shelved, eventually):
    hint = page.locator(".play-key")
    page.keyboard.press("/")
    page.keyboard.press("Control+Enter")
    expect(hint).to_be_hidden()
    assert not player.playing()
    page.keyboard.type("the car")
    page.locator(".count", has_text="2 places").wait_for()
    expect(hint).to_have_text("Ctrl + Enter plays")
    starts = [one.span.start for one in shelved.encounter.words if one.text.strip("!") == "car"]
    for number, start in enumerate(starts, start=1):
        page.keyboard.press("Enter")
        page.keyboard.press("Control+Enter")
        page.locator(".count", has_text=f"{number} of 2").wait_for()
        the = start - WORD_SECONDS  # the word before, with which the place begins
        eventually(page, player.sought, lambda at, the=the: abs(at - the) < 0.05)
        eventually(page, player.playing, bool)
    field = page.get_by_role("searchbox", name="Search in the transcript")
    field.fill("licence")
    page.keyboard.press("Control+Enter")  # without having looked at a place before
    page.locator(".count", has_text="1 of 1").wait_for()
    start = next(one.span.start for one in shelved.encounter.words if one.text == "licence")
    eventually(page, player.sought, lambda at: abs(at - start) < 0.05)
    page.keyboard.press("Escape")
    player.press("?")
    told = "Ctrl + Enter in the search: play from the place"
    expect(page.locator(".help")).to_contain_text(told, use_inner_text=True)


def test_a_search_for_what_was_not_said_says_so(page):
    page.get_by_role("searchbox", name="Search in the transcript").fill("helicopter")
    expect(page.locator(".count")).to_have_text("no places")


def test_speed_changes_by_keys_and_keeps_the_pitch(page, player):
    player.press("]", "]")
    assert player.speed() == 1.5
    player.press("[", "[", "[", "[", "[", "[")
    assert player.speed() == 0.5
    expect(page.get_by_label("Speed")).to_have_value("0.5")
    assert page.locator("audio").evaluate("media => media.preservesPitch")


def test_a_hard_place_is_played_again_slower_and_then_at_the_usual_speed(page, player, eventually):
    page.locator(".word").nth(30).click()
    eventually(page, player.playing, bool)
    before = player.now()
    player.press("h")
    eventually(page, player.speed, lambda speed: speed < 1)
    eventually(page, player.now, lambda at: at < before)
    eventually(page, player.speed, lambda speed: speed == 1)
    assert player.now() >= before


def test_a_mark_can_be_repeated_until_it_is_understood(page, player, shelved, eventually):
    flag = shelved.encounter.flags[1]
    player.card(flag.id).locator("blockquote").click()
    page.get_by_label("Speed").select_option("2")
    player.press("r")
    times = []
    while len(times) < 1800 and not any(later < before - 1 for before, later in pairwise(times)):
        times.append(player.now())
        page.wait_for_timeout(50)
    assert len(times) < 1800, "it never went back"
    assert max(times) < flag.span.end + 2
    player.press("r")
    eventually(page, player.now, lambda at: at > flag.span.end + 2)


def test_what_was_played_is_told_on_its_card_and_what_was_skipped_over_is_not(page, player, shelved, eventually):
    flag = shelved.encounter.flags[1]
    page.get_by_label("Speed").select_option("2")
    player.card(flag.id).get_by_role("button", name="▶").click()
    heard = player.card(flag.id).locator(".heard")
    eventually(page, heard.inner_text, lambda text: text == "played")
    expect(player.card("flag-6").locator(".heard")).to_have_text("you have not played it yet")


def test_whoever_comes_back_goes_on_where_they_were(page, window, player, shelved, eventually):
    page.locator(".word").nth(45).click()
    eventually(page, player.playing, bool)
    player.card("flag-5").locator("blockquote").click()
    player.pause()
    at = player.now()
    page.wait_for_timeout(1200)
    window.listen(shelved.sha256)
    eventually(page, player.now, lambda back: abs(back - at) < 1)
    expect(player.card("flag-5")).to_contain_class("picked")
    assert not player.playing()
    page.get_by_role("button", name="From the beginning").click()
    eventually(page, player.now, lambda at: at == 0)


def test_the_player_can_be_used_when_everything_is_twice_as_large(window, shelved, player):
    page = player.page
    page.set_viewport_size({"width": 640, "height": 450})  # 1280 x 900 at 200 %
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    player.card("flag-4").get_by_role("button", name="Agree", exact=True).click()
    box = player.card("flag-4").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 640


def test_nothing_is_asked_of_another_machine_and_nothing_goes_wrong_on_the_way(window, shelved, player_of, eventually):
    window.library()
    window.opened(shelved.sha256)
    window.page.goto(f"{window.base}/listen?recording={shelved.sha256}")  # others fill the first page of the library
    window.page.locator(".word").nth(5).click()
    eventually(window.page, player_of(window.page, shelved).playing, bool)
    window.listen(shelved.sha256)
    window.page.get_by_role("button", name="Sign out").click()
    window.page.get_by_text("Demo sign-in.").wait_for()
    assert window.elsewhere == []
    assert window.errors == []


def test_the_way_back_from_the_first_page_leads_to_what_was_before_it(window, eventually):
    window.sign_in()
    page = window.page
    page.goto(f"{window.base}/account")
    page.goto(window.base)
    page.get_by_role("heading", name="Today").wait_for()
    window.settled()
    read = "performance.getEntriesByType('resource').some(one => one.name.includes('lock.js') && one.responseEnd)"
    eventually(page, lambda: page.evaluate(read), bool)  # a busy machine reads it seconds after the page is there
    page.wait_for_timeout(500)
    page.go_back()
    eventually(page, lambda: page.url, lambda url: url.endswith("/account"))


def test_signing_out_ends_it_for_every_window(page, window, shelved):
    other = window.new_page()
    other.goto(window.base)
    other.get_by_role("button", name="Sign out").click()
    other.get_by_text("Demo sign-in.").wait_for()
    answer = page.evaluate(f"fetch('/api/recordings/{shelved.sha256}/media').then(answer => answer.status)")
    assert answer == 401
