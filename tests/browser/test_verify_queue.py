"""The verify queue: one question at a time, one key each, the next one plays by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from review.store import open_store
from tests.conftest import MADE_AT, Shelved, handmade, write_tone

pytestmark = pytest.mark.browser


@pytest.fixture
def played(shelved, played_by):
    """Who judges here has played all of it before."""
    played_by(shelved)


def left(page) -> str:
    return page.locator(".left-count").inner_text()


def test_the_first_open_mark_plays_from_before_it_and_stands_alone(page, player, shelved, eventually):
    first = shelved.encounter.flags[0]
    player.press("v")
    eventually(page, player.playing, bool)
    eventually(page, player.sought, lambda at: first.span.start - 2.01 <= at < first.span.end)
    assert left(page) == "6 of 6 left"
    expect(page.locator(".card:visible")).to_have_count(1)
    expect(player.card("flag-1")).to_be_visible()


def test_each_answer_has_one_key_and_the_next_mark_plays_after_it(page, player, shelved, eventually):
    flags = shelved.encounter.flags
    player.press("v")
    for number, key in enumerate("adsw", start=1):
        player.press(key)
        following = flags[number]
        eventually(page, player.sought, lambda at, to=following: to.span.start - 2.01 <= at < to.span.end)
        assert left(page) == f"{6 - number} of 6 left"
    eventually(page, player.verdicts, lambda kept: len(kept) == 4)
    assert player.verdicts() == [
        ("flag-1", "agree"), ("flag-2", "disagree"), ("flag-3", "wrong_speaker"), ("flag-4", "wrong_words"),
    ]  # fmt: skip


def test_a_skip_says_why(page, player, shelved, eventually):
    from review.store import open_store

    player.press("v", "x")
    reasons = page.locator(".reasons button").all_inner_texts()
    assert reasons == ["1 Cannot hear it", "2 Not sure", "3 Needs a second person", "4 Another reason", "Esc Back"]
    player.press("a")  # no answer while the reasons are asked
    eventually(page, player.verdicts, lambda kept: kept in ([], [("flag-1", "agree")]))
    player.press("v", "v", "x", "3")
    eventually(page, player.verdicts, lambda kept: any(answer == "skip" for _, answer in kept))
    with open_store(shelved.database) as store:
        [skipped] = [one for one in store.verdicts(shelved.sha256) if one.answer.value == "skip"]
    assert skipped.note == "need a second person"


def test_the_last_answer_can_be_taken_back_and_its_mark_is_asked_again(page, player, shelved, eventually):
    player.press("v", "a", "d", "z")
    expect(player.card("flag-2")).to_contain_class("picked")
    assert left(page) == "5 of 6 left"
    flag = shelved.encounter.flags[1]
    eventually(page, player.sought, lambda at: flag.span.start - 2.01 <= at < flag.span.end)
    player.press("w")
    eventually(page, player.verdicts, lambda kept: len(kept) == 4)
    assert player.verdicts() == [
        ("flag-1", "agree"),
        ("flag-2", "disagree"),
        ("flag-2", "undo"),
        ("flag-2", "wrong_words"),
    ]


def test_when_all_are_answered_it_says_so_and_is_silent(page, player, eventually):
    player.press("v", "a", "a", "a", "a", "a", "x", "2")
    assert left(page) == "Nothing left to verify; 1 skipped."
    eventually(page, player.playing, lambda playing: not playing)
    eventually(page, lambda: len(player.verdicts()), lambda count: count == 6)


def test_n_and_p_go_on_and_back_without_an_answer(page, player, eventually):
    player.press("v", "n", "n")
    expect(player.card("flag-3")).to_contain_class("picked")
    player.press("p")
    expect(player.card("flag-2")).to_contain_class("picked")
    assert left(page) == "6 of 6 left"


def test_what_another_reviewer_has_judged_is_asked_only_on_wish(page, window, player, shelved, eventually):
    player.press("v", "a", "a")
    eventually(page, lambda: len(player.verdicts()), lambda count: count == 2)
    window.sign_in("demo.internal-affairs")
    window.listen(shelved.sha256, purpose="complaint")
    eventually(page, lambda: player.state("flag-1"), lambda text: text == "verified")
    player.press("v")
    assert left(page) == "4 of 4 left"
    expect(player.card("flag-3")).to_contain_class("picked")
    page.get_by_label("Also what others have judged").check()
    assert left(page) == "6 of 6 left"


def test_a_filtered_direction_is_not_asked_and_that_is_said(page, player):
    page.locator(".chip.civilian").click()
    player.press("v")
    assert left(page) == "4 of 4 left"
    expect(page.locator(".verify-bar")).to_contain_text("2 more are filtered out")
    player.press("n", "n")
    expect(player.card("flag-4")).to_contain_class("picked")


def test_a_queue_that_was_left_is_gone_on_with_where_it_was(page, window, player, shelved, eventually):
    player.press("v", "a", "a", "n", "n", "n")  # now at the last one
    eventually(page, lambda: len(player.verdicts()), lambda count: count == 2)
    player.pause()
    window.listen(shelved.sha256)
    page.get_by_role("button", name="Go on verifying").click()
    eventually(page, lambda: left(page), lambda text: text == "4 of 6 left")
    expect(player.card("flag-6")).to_contain_class("picked")


def test_only_what_is_not_judged_can_be_listed(page, player, eventually):
    player.card("flag-1").get_by_role("button", name="Agree", exact=True).click()
    eventually(page, lambda: player.state("flag-1"), lambda text: "saved · verified" in text)
    page.get_by_role("button", name="Not judged only").click()
    player.card("flag-2").locator("blockquote").click()
    expect(player.card("flag-1")).to_be_hidden()
    expect(page.locator(".card:visible")).to_have_count(5)


@pytest.fixture
def serious(server, window, player_of, played_by, request):
    """The page of a recording whose fifth mark is of a serious kind, all of it played before, and its player."""
    media = server.folder / f"{request.node.name}.wav"
    write_tone(media, seconds=32, pitch=request.param)  # in hertz; another one is another recording
    made = handmade(media)
    flags = [replace(flag, behaviour="crisis") if flag.id == "flag-5" else flag for flag in made.flags]
    shelved = Shelved(server.folder / "review.db", media, replace(made, flags=tuple(flags)))
    with open_store(shelved.database) as store:
        store.add(shelved.encounter, media, at=MADE_AT)
    played_by(shelved)
    window.sign_in()
    page = window.listen(shelved.sha256)
    return page, player_of(page, shelved)


@pytest.mark.parametrize("serious", [703.0], indirect=True)
def test_serious_ones_first_ticked_on_the_way_are_asked_next(serious, eventually):
    page, player = serious
    player.press("v")
    eventually(page, lambda: left(page), lambda told: told == "6 of 6 left")
    expect(player.card("flag-1")).to_be_visible()
    page.get_by_label("Serious ones first").check()
    player.press("a")
    eventually(page, lambda: left(page), lambda told: told == "5 of 6 left")
    expect(player.card("flag-5")).to_be_visible()
    player.press("a")
    eventually(page, lambda: left(page), lambda told: told == "4 of 6 left")
    expect(player.card("flag-2")).to_be_visible()


@pytest.mark.parametrize("serious", [709.0], indirect=True)
def test_a_card_in_the_list_and_in_the_queue_says_that_its_kind_of_moment_is_serious(serious, look):
    page, player = serious
    card = player.card("flag-5")
    tag = card.get_by_text("serious: listen first", exact=True)
    expect(tag).to_be_visible()
    expect(page.locator(".serious-tag")).to_have_count(1)
    told = tag.get_attribute("title")
    assert "crisis" in told
    assert "nothing about a person" in told
    card.get_by_text("Why it is marked").click()
    expect(card.locator(".why").get_by_text(told)).to_be_visible()  # not by hovering alone
    look("a serious kind of moment on its card")
    player.press("v")
    page.get_by_label("Serious ones first").check()
    player.press("a")
    expect(page.locator(".card.picked .serious-tag")).to_be_visible()


def test_who_stops_verifying_hears_nothing_more(page, player, eventually):
    player.press("v")
    eventually(page, player.playing, bool)
    page.get_by_role("button", name="Stop verifying").click()
    eventually(page, player.playing, lambda playing: not playing)
