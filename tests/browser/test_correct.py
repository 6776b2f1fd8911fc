"""What people put right in the player: by clicks and keys, marked anew by the real server, shown without a new page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from review.store import open_store

pytestmark = pytest.mark.browser


@pytest.fixture
def played(shelved, played_by):
    """Who judges here has played all of it before."""
    played_by(shelved)


MARKED = 300.0  # seconds; the models are loaded by the first correction, on a machine that does other things, too


def heads(page):
    """The names over the lines, without what is said of their roles."""
    return [text.partition("role unsure")[0].strip() for text in page.locator(".turn .who").all_text_contents()]


def line(page, number):
    return page.locator(f".turn[data-turn='{number}']")


def ask(page, number, what):
    """Open the form of a line, or of its voice."""
    line(page, number).hover()
    line(page, number).locator(f"[data-correct={what}]").click()
    return page.get_by_role("dialog", name="Correct")


def fix(page, number, text):
    """Put the words of a line right, as a person does."""
    ask(page, number, "line").get_by_role("button", name="Fix the words").click()
    page.locator(".words-field").fill(text)
    page.keyboard.press("Enter")


def put_right(page, eventually):
    eventually(page, page.locator(".correct-notice").inner_text, lambda text: "Put right." in text, seconds=MARKED)


def kept(shelved):
    with open_store(shelved.database) as store:
        return store.corrections(shelved.sha256), store.latest_revision(shelved.sha256)


def test_two_swapped_voices_change_places_while_the_player_plays_on(page, player, shelved, eventually, window):
    page.evaluate("window.sameWindow = true")
    player.card("flag-6").get_by_role("button", name="Agree", exact=True).click()
    eventually(page, player.saved, lambda text: text == "All answers saved")
    page.get_by_label("Speed").select_option("0.5")
    page.locator(".word").nth(2).click()
    eventually(page, player.playing, bool)
    before = heads(page)
    ask(page, 0, "voice").get_by_role("button", name="Swap voices").click()
    page.get_by_text("Putting it right").wait_for()
    put_right(page, eventually)
    swap = {"Officer (S1)": "Civilian (S2)", "Civilian (S2)": "Officer (S1)"}
    eventually(page, lambda: heads(page), lambda names: names == [swap[name] for name in before])
    assert player.playing() or player.now() > 30
    assert page.evaluate("window.sameWindow")
    made, revision = kept(shelved)
    assert (len(made), revision) == (3, 2)
    eventually(page, page.locator(".lane-name").all_inner_texts, lambda names: "Officer (S1)" in names)
    eventually(
        page, page.locator(".bcr-facts, main").first.inner_text, lambda text: "Revision 2" in " ".join(text.split())
    )
    expect(line(page, 0).get_by_role("button", name="Corrected")).to_have_count(1)
    line(page, 0).get_by_role("button", name="Corrected").click()
    expect(line(page, 0).locator(".mended-notes")).to_contain_text("demo.supervisor")
    expect(line(page, 0).locator(".mended-notes")).to_contain_text("swapped the voices S1 and S2")
    assert window.errors == []


def test_words_are_put_right_where_they_stand_and_the_marks_follow(page, player, shelved, eventually):
    fix(page, 5, "Please, I am going home now.")
    put_right(page, eventually)
    expect(line(page, 5).locator(".words")).to_have_text("Please, I am going home now.")
    quotes = page.locator(".card blockquote").all_text_contents()
    assert not any("shouting" in quote for quote in quotes)
    [made], _ = kept(shelved)
    assert (made.was, made.now) == ("why are you shouting at me?", "I am going home now.")
    page.get_by_role("button", name="Show what the machine heard").click()
    expect(line(page, 5).locator(".words")).to_contain_text("shouting")
    expect(page.locator(".correct-line")).to_have_count(0)
    page.get_by_role("button", name="Back to the corrected words").click()
    expect(line(page, 5).locator(".words")).to_contain_text("home")


def test_escape_leaves_the_words_as_they_are_and_typing_is_no_command(page, player, shelved):
    page.locator(".transcript").focus()
    page.keyboard.press("e")
    page.get_by_role("button", name="Fix the words").click()
    page.keyboard.type("rcv ")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".verify-bar")).to_be_hidden()
    assert kept(shelved) == ((), 1)


def test_a_line_is_split_and_joined_again_by_keys_alone(page, player, shelved, eventually):
    page.locator(".word").nth(3).click()
    player.pause()
    page.keyboard.press("e")
    page.get_by_label("New line before").select_option(label="I'm (word 3)")
    page.get_by_role("button", name="Split").focus()
    page.keyboard.press("Enter")
    put_right(page, eventually)
    expect(line(page, 0).locator(".words")).to_have_text("Good evening,")
    ask(page, 1, "line").get_by_role("button", name="Join with the line before").press("Enter")
    eventually(page, page.locator(".turn").count, lambda count: count == 7, seconds=MARKED)
    put_right(page, eventually)
    assert [one.now for one in kept(shelved)[0]] == ["split", "merged"]


def test_words_chosen_with_shift_and_arrows_go_to_another_voice(page, player, shelved, eventually):
    line(page, 2).locator(".time").focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".chosen-bar")).to_have_text(re.compile("^4 words chosen"))
    page.keyboard.press("e")
    panel = page.get_by_role("dialog", name="Correct: 4 chosen words")
    panel.get_by_label("These words are said by").select_option(label="a voice not told apart yet")
    panel.get_by_role("button", name="Change").click()
    put_right(page, eventually)
    expect(line(page, 2).locator(".words")).to_have_text("That's all right, take")
    eventually(page, lambda: heads(page)[2], lambda name: name == "Unknown speaker (S3)")
    expect(page.locator(".word.chosen")).to_have_count(0)


def test_words_chosen_with_the_mouse_over_two_lines_are_given_together(page, player, shelved, eventually):
    first, last = line(page, 3).locator(".word").nth(2), line(page, 4).locator(".word").nth(1)
    last.scroll_into_view_if_needed()
    first.scroll_into_view_if_needed()
    start, end = first.bounding_box(), last.bounding_box()
    page.mouse.move(start["x"] + 2, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] - 8, end["y"] + 8, steps=5)
    page.mouse.up()
    eventually(page, page.locator(".chosen-bar").inner_text, lambda text: text.startswith("6 words chosen"))
    page.locator(".chosen-bar").get_by_role("button", name="Correct").click()
    page.get_by_label("These words are said by").select_option(label="Officer (S1)")
    page.get_by_role("dialog").get_by_role("button", name="Change").click()
    put_right(page, eventually)
    [made], _ = kept(shelved)
    assert (made.speaker, made.now) == ("S2", "S1")


def test_a_voice_gets_a_name_and_other_windows_and_computers_get_it_too(
    page, window, player, shelved, chromium, eventually
):
    other = window.new_page()
    other.goto(page.url)
    other.locator(".word").first.wait_for()
    elsewhere = chromium.new_context(viewport={"width": 1280, "height": 900})
    elsewhere.set_default_timeout(MARKED * 1000)
    try:
        second = type(window)(elsewhere, window.base)
        second.sign_in()
        far = second.listen(shelved.sha256)
        panel = ask(page, 1, "voice")
        panel.get_by_label("Name of this voice").fill("S1")
        panel.get_by_role("button", name="Rename").click()
        expect(panel).to_contain_text("Another voice has this name")
        panel.get_by_label("Name of this voice").fill("Driver")
        panel.get_by_role("button", name="Rename").click()
        put_right(page, eventually)
        eventually(page, lambda: heads(page)[1], lambda name: name == "Civilian (Driver)")
        eventually(other, lambda: heads(other)[1], lambda name: name == "Civilian (Driver)", seconds=MARKED)
        # The other computer still shows the first revision: what it corrects is refused, told, and the new words come.
        ask(far, 1, "voice").get_by_label("Who it is").select_option("other_officer")
        far.get_by_role("button", name="Change role").click()
        far.get_by_text("somebody else corrected this recording").wait_for()
        eventually(far, lambda: heads(far)[1], lambda name: name == "Civilian (Driver)", seconds=MARKED)
        ask(far, 1, "voice").get_by_label("Who it is").select_option("other_officer")
        far.get_by_role("button", name="Change role").click()
        eventually(far, lambda: heads(far)[1], lambda name: name == "Other officer (Driver)", seconds=MARKED)
    finally:
        elsewhere.close()


def test_the_last_corrections_are_taken_back_one_after_the_other_and_all_of_it_stays_to_be_seen(
    page, player, shelved, eventually
):
    words, undo = line(page, 1).locator(".words"), page.get_by_role("button", name="Undo last correction")
    before, names = words.text_content().strip(), heads(page)
    expect(undo).to_be_hidden()
    fix(page, 1, "Okay, nobody told me.")
    put_right(page, eventually)
    ask(page, 1, "voice").get_by_label("Name of this voice").fill("Driver")
    page.get_by_role("button", name="Rename").click()
    eventually(page, lambda: heads(page)[1], lambda name: name == "Civilian (Driver)", seconds=MARKED)
    for revision in (4, 5):
        undo.click()
        page.get_by_text("Putting it right").wait_for()
        eventually(page, page.locator(".correct-notice").inner_text, lambda text: "Taken back." in text, seconds=MARKED)
        assert kept(shelved)[1] == revision
        eventually(page, lambda: heads(page), lambda seen: seen == names)
    expect(words).to_have_text(before)
    expect(undo).to_be_hidden()
    expect(page.get_by_role("button", name="Corrected")).to_have_count(0)
    page.get_by_text("What was corrected (4)").click()
    expect(page.locator(".steps li")).to_have_count(4)
    told = page.locator(".steps li").all_text_contents()
    assert [text.partition(": demo.supervisor")[0] for text in told] == [f"Revision {n}" for n in (2, 3, 4, 5)]
    assert ["(taken back)" in text for text in told] == [True, True, False, False]
    assert "nobody" not in told[0]
    assert "they were" in told[0]
    assert "took back what was put right in revision 2" in told[3]
    assert [one.kind.value for one in kept(shelved)[0]] == ["text", "speaker", "undo", "undo"]


def test_an_answer_holds_on_for_a_mark_that_is_still_there_after_another_line_was_changed(page, shelved, eventually):
    fix(page, 1, "Okay, I did not know it was broken.")
    put_right(page, eventually)
    mark = page.locator(".card", has_text="get out of the car!").first
    mark.get_by_role("button", name="Agree", exact=True).click()
    eventually(page, mark.locator(".state").inner_text, lambda text: "saved" in text)
    fix(page, 1, "Okay, nobody told me.")
    page.get_by_text("Putting it right").wait_for()
    put_right(page, eventually)
    expect(line(page, 1).locator(".words")).to_have_text("Okay, nobody told me.")
    eventually(page, mark.locator(".state").inner_text, lambda text: text == "you agreed · saved · verified")


def test_a_correction_that_could_not_be_sent_is_sent_when_the_server_is_there_again(page, window, shelved, eventually):
    window.context.route("**/corrections", lambda route: route.abort())
    fix(page, 1, "Okay, nobody told me.")
    eventually(page, page.locator(".saved").inner_text, lambda text: text.startswith("1 unsaved"))
    window.context.unroute("**/corrections")
    window.page.on("dialog", lambda dialog: dialog.accept())
    window.listen(shelved.sha256)
    eventually(page, lambda: kept(shelved)[1], lambda revision: revision == 2, seconds=MARKED)
    expect(line(page, 1).locator(".words")).to_have_text("Okay, nobody told me.", timeout=MARKED * 1000)


def test_the_place_follows_the_person_to_another_computer(page, window, player, shelved, chromium, eventually):
    page.locator(".word").nth(45).click()
    eventually(page, player.playing, bool)
    player.pause()
    at = player.now()
    page.goto("about:blank")  # what is not told yet is told on leaving
    elsewhere = chromium.new_context(viewport={"width": 1280, "height": 900})
    try:
        second = type(window)(elsewhere, window.base)
        second.sign_in()
        other = second.listen(shelved.sha256)
        there = type(player)(other, shelved)
        eventually(other, there.now, lambda back: abs(back - at) < 1)
        expect(other.locator(".right")).to_contain_text("You were here before")
    finally:
        elsewhere.close()


def test_the_form_can_be_used_when_everything_is_twice_as_large(page, player, shelved):
    page.set_viewport_size({"width": 640, "height": 450})
    panel = ask(page, 2, "line")
    box = panel.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 640
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
