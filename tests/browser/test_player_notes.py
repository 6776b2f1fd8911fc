"""Notes, bookmarks, praise and referrals, made in the player at the moment that they are about."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def moments(page) -> list[str]:
    page.get_by_role("tab", name="Notes").click()
    return page.locator(".moment strong").all_inner_texts()


def test_a_note_is_kept_at_its_moment_with_the_mark_that_it_is_about(page, player, shelved, eventually):
    flag = shelved.encounter.flags[3]
    player.card(flag.id).get_by_role("button", name="▶").click()
    eventually(page, player.playing, bool)
    player.press("m")
    eventually(page, player.playing, lambda playing: not playing)
    at = player.now()
    page.keyboard.type("Voice rises before the order: a,d,j,k? Talk about it.")
    player.press("Enter")
    eventually(page, player.acts, lambda acts: len(acts) == 1)
    [act] = player.acts()
    assert (act.kind, act.about, act.text) == ("note", flag.id, "Voice rises before the order: a,d,j,k? Talk about it.")
    assert abs(act.body["at"] - at) < 0.1
    assert player.verdicts() == [], "typing was taken for an answer"
    eventually(page, player.playing, bool)


def test_praise_is_as_easy_as_critique_and_a_bookmark_asks_nothing(page, player, eventually):
    player.press("+")
    page.keyboard.type("Clear reason given")
    player.press("Enter", "b")
    eventually(page, player.acts, lambda acts: len(acts) == 2)
    assert [(act.kind, act.about, act.text) for act in player.acts()] == [
        ("praise", "", "Clear reason given"), ("bookmark", "", ""),
    ]  # fmt: skip
    eventually(page, lambda: sorted(moments(page)), lambda kinds: kinds == ["Bookmark", "Praise"])
    eventually(page, page.locator(".lane-name").all_inner_texts, lambda names: "Notes" in names)


def test_what_is_kept_is_there_when_the_page_is_loaded_again_and_can_be_played(
    page, window, player, shelved, eventually
):
    page.locator(".word").nth(40).click()
    player.pause()
    at = player.now()
    player.press("m")
    page.keyboard.type("Listen here")
    player.press("Enter")
    eventually(page, player.acts, lambda acts: len(acts) == 1)
    window.listen(shelved.sha256)
    assert moments(page) == ["Note"]
    page.locator(".moment .play").click()
    eventually(page, player.now, lambda back: at - 2.01 <= back < at)


def test_ones_own_note_can_be_withdrawn_and_stays_in_the_record(page, player, eventually):
    player.press("m")
    page.keyboard.type("A slip")
    player.press("Enter")
    eventually(page, player.acts, lambda acts: len(acts) == 1)
    assert moments(page) == ["Note"]
    page.get_by_role("button", name="Withdraw").click()
    eventually(page, player.acts, lambda acts: len(acts) == 2)
    assert [act.kind for act in player.acts()] == ["note", "withdraw"]
    eventually(page, lambda: moments(page), lambda names: names == [])


def test_notes_on_a_broken_network_are_kept_shown_as_unsaved_and_sent_later(page, player, eventually):
    page.route("**/acts", lambda route: route.abort())
    player.press("m")
    page.keyboard.type("Kept meanwhile")
    player.press("Enter")
    eventually(page, player.saved, lambda text: text.startswith("1 unsaved"))
    page.get_by_role("tab", name="Notes").click()
    expect(page.locator(".moment")).to_contain_text("not saved yet")
    page.unroute_all(behavior="ignoreErrors")
    eventually(page, lambda: [act.text for act in player.acts()], lambda texts: texts == ["Kept meanwhile"], seconds=90)


def test_a_note_that_the_server_refuses_is_shown_again_with_the_reason(page, player, eventually):
    def refuse(route):
        operations = route.request.post_data_json["operations"]
        refused = [{"id": one["id"], "why": "this recording is held"} for one in operations]
        route.fulfill(json={"acknowledged": [], "refused": refused, "casework": {"moments": []}})

    page.route("**/acts", refuse)
    player.press("m")
    page.keyboard.type("A long thought")
    player.press("Enter")
    page.get_by_role("tab", name="Notes").click()
    eventually(page, page.locator(".moments").inner_text, lambda text: "Not kept: this recording is held" in text)
    expect(page.locator(".moments")).to_contain_text("A long thought")


def test_which_stretches_were_played_is_kept_without_a_word(page, player, shelved, eventually):
    from review.store import open_store

    page.locator(".word").nth(10).click()
    start = shelved.encounter.words[10].span.start
    eventually(page, player.now, lambda at: at > start + 1.5)
    player.pause()

    def listened():
        with open_store(shelved.database) as store, store.casebook() as book:
            return [act.body for act in book.acts(shelved.sha256) if act.kind.value == "listened"]

    [stretch] = eventually(page, listened, bool)
    assert abs(stretch["start"] - start) < 0.5
    assert 1 < stretch["end"] - stretch["start"] < 10


def test_stop_and_refer_asks_for_the_reason_and_holds_the_recording(page, player, eventually):
    player.press("!")
    dialog = page.get_by_role("dialog", name="Stop and refer")
    expect(dialog).to_be_visible()
    page.keyboard.type("A blow to the head at 0:14")
    dialog.get_by_role("button", name="Stop and refer").click()
    eventually(page, player.acts, lambda acts: len(acts) == 1)
    [act] = player.acts()
    assert (act.kind, act.body) == ("refer", {"why": "A blow to the head at 0:14"})
    page.get_by_text("This recording is held for internal affairs.").first.wait_for()


def test_stop_and_refer_is_done_by_keys_alone_and_enter_is_a_new_line(page, player, eventually):
    player.press("!")
    dialog = page.get_by_role("dialog", name="Stop and refer")
    expect(dialog).to_contain_text("Ctrl + Enter sends it")
    player.press("Space", "Control+Enter")
    expect(dialog, "a reason of blanks was taken for one").to_be_visible()
    page.keyboard.type("A blow to the head")
    player.press("Enter")
    page.keyboard.type("at 0:14")
    player.press("Control+Enter")
    dialog.wait_for(state="hidden")
    [act] = eventually(page, player.acts, bool)
    assert (act.kind, act.body) == ("refer", {"why": "A blow to the head\nat 0:14"})
    page.get_by_text("This recording is held for internal affairs.").first.wait_for()


def test_a_referral_that_was_cancelled_did_nothing(page, player):
    player.press("!")
    page.keyboard.type("No")
    page.get_by_role("dialog", name="Stop and refer").get_by_role("button", name="Cancel").click()
    player.press("k")
    assert player.acts() == []
