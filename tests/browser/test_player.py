"""What only a browser shows: that a click is heard at the right place and that no answer is ever lost."""

from __future__ import annotations

import itertools

import pytest

pytestmark = pytest.mark.browser
pitches = itertools.count(200, 7)


@pytest.fixture
def shelved(server, shelve_into):
    """A recording that no other test has judged."""
    pitch = next(pitches)
    return shelve_into(server.folder, pitch=float(pitch), name=f"stop_{pitch}.wav")


@pytest.fixture
def page(window, shelved):
    window.sign_in()
    return window.listen(shelved.sha256)


def now(page) -> float:
    return page.locator("audio").evaluate("media => media.currentTime")


def is_playing(page) -> bool:
    return not page.locator("audio").evaluate("media => media.paused")


def pause(page) -> None:
    page.locator("audio").evaluate("media => media.pause()")


def kept(shelved):
    from review.store import open_store

    with open_store(shelved.database) as store:
        return store.verdicts(shelved.sha256)


def card(page, flag: str):
    return page.locator(f".card[data-flag={flag}]")


def test_a_click_on_a_word_makes_the_media_go_there_and_play(page, shelved, eventually):
    word = shelved.encounter.words[40]
    page.locator(".word").nth(40).click()
    eventually(page, lambda: now(page), lambda at: word.span.start <= at < word.span.start + 3)
    eventually(page, lambda: is_playing(page), bool)


def test_a_click_long_after_the_end_of_what_is_buffered_still_lands_on_the_word(page, shelved, eventually):
    for number in (60, 3, 33):
        page.locator(".word").nth(number).click()
        start = shelved.encounter.words[number].span.start
        eventually(page, lambda: now(page), lambda at, start=start: start <= at < start + 3)
        pause(page)


def test_the_word_that_is_being_said_is_lit_while_the_media_plays(page, shelved, eventually):
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


def test_a_flag_is_played_from_two_seconds_before_so_that_its_cause_is_heard(page, shelved, eventually):
    flag = shelved.encounter.flags[3]
    card(page, flag.id).get_by_role("button", name="▶").click()
    eventually(page, lambda: now(page), lambda at: flag.span.start - 2.01 <= at < flag.span.start - 0.2)


def test_the_lane_leads_to_the_place_that_is_clicked(page, shelved, eventually):
    lane = page.locator(".lane")
    lane.click(position={"x": lane.bounding_box()["width"] * 0.75, "y": 2})
    eventually(page, lambda: now(page), lambda at: abs(at - 0.75 * shelved.encounter.recording.seconds) < 2)


def test_an_agreed_flag_is_shown_as_saved_and_verified_and_is_so_after_loading_again(page, window, shelved, eventually):
    card(page, "flag-4").get_by_role("button", name="Agree", exact=True).click()
    state = card(page, "flag-4").locator(".state")
    eventually(page, state.inner_text, lambda text: text == "you agreed · saved · verified")
    assert [(verdict.flag, verdict.answer, verdict.reviewer) for verdict in kept(shelved)] == [
        ("flag-4", "agree", "demo.supervisor")
    ]
    page = window.listen(shelved.sha256)
    state = card(page, "flag-4").locator(".state")
    eventually(page, state.inner_text, lambda text: text == "you agreed · saved · verified")


def test_the_figures_beside_the_player_follow_an_answer(page, eventually):
    row = page.locator(".bcr-table tbody tr", has_text="Escalating").last
    eventually(page, row.inner_text, lambda text: "0 of 1" in text)
    card(page, "flag-4").get_by_role("button", name="Agree", exact=True).click()
    eventually(page, row.inner_text, lambda text: "1 of 1 (100 %)" in text)


def test_thirty_fast_answers_all_arrive_in_their_order(page, shelved, eventually):
    agree = card(page, "flag-1").get_by_role("button", name="Agree", exact=True)
    disagree = card(page, "flag-1").get_by_role("button", name="Disagree")
    for _ in range(15):
        agree.click(delay=0)
        disagree.click(delay=0)
    eventually(page, lambda: len(kept(shelved)), lambda count: count == 30)
    assert [verdict.answer for verdict in kept(shelved)] == ["agree", "disagree"] * 15
    eventually(page, page.locator(".saved").inner_text, lambda text: text == "All answers saved")


def test_an_answer_taken_back_is_shown_as_not_given_and_stays_in_the_record(page, shelved, eventually):
    state = card(page, "flag-2").locator(".state")
    card(page, "flag-2").get_by_role("button", name="Disagree").click()
    eventually(page, state.inner_text, lambda text: text == "you disagreed · saved · rejected")
    card(page, "flag-2").get_by_role("button", name="Undo").click()
    eventually(page, state.inner_text, lambda text: text == "not verified")
    assert [verdict.answer for verdict in kept(shelved)] == ["disagree", "undo"]


def test_a_whole_review_can_be_done_by_keys(page, shelved, eventually):
    flags = shelved.encounter.flags
    page.keyboard.press("n")
    eventually(page, lambda: now(page), lambda at: flags[0].span.start - 2.01 <= at < flags[0].span.start - 0.2)
    page.keyboard.press("a")
    page.keyboard.press("n")
    page.keyboard.press("d")
    page.keyboard.press("n")
    page.keyboard.press("p")
    assert "picked" in card(page, "flag-2").get_attribute("class")
    eventually(page, lambda: len(kept(shelved)), lambda count: count == 2)
    page.keyboard.press("z")
    eventually(page, lambda: len(kept(shelved)), lambda count: count == 3)
    assert [(verdict.flag, verdict.answer) for verdict in kept(shelved)] == [
        ("flag-1", "agree"), ("flag-2", "disagree"), ("flag-2", "undo"),
    ]  # fmt: skip
    page.keyboard.press("k")
    eventually(page, lambda: is_playing(page), lambda playing: not playing)
    at = now(page)
    page.keyboard.press("l")
    eventually(page, lambda: now(page), lambda later: abs(later - at - 5) < 0.1)
    page.keyboard.press("j")
    eventually(page, lambda: now(page), lambda back: abs(back - at) < 0.1)
    page.keyboard.press("Space")
    eventually(page, lambda: is_playing(page), bool)
    page.keyboard.press("?")
    assert page.locator(".help").is_visible()


def test_space_on_the_focused_media_acts_once(page, eventually):
    page.locator("audio").focus()
    page.keyboard.press("Space")
    eventually(page, lambda: is_playing(page), bool)
    page.wait_for_timeout(300)
    assert is_playing(page)


def test_typing_in_a_field_is_never_taken_for_a_shortcut(page, window, shelved):
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), {id: 'note'}))")
    page.locator("#note").focus()
    page.keyboard.type("and play jkl?")
    assert page.locator("#note").input_value() == "and play jkl?"
    assert not is_playing(page)
    assert kept(shelved) == ()


def test_answers_given_while_the_server_is_away_are_kept_and_saved_when_it_is_back(
    page, window, server, shelved, eventually
):
    saved = page.locator(".saved")
    eventually(page, saved.inner_text, lambda text: text == "All answers saved")
    server.stop()
    try:
        card(page, "flag-1").get_by_role("button", name="Agree", exact=True).click()
        card(page, "flag-2").get_by_role("button", name="Disagree").click()
        eventually(page, saved.inner_text, lambda text: text.startswith("2 unsaved"))
        assert "not saved yet" in card(page, "flag-1").locator(".state").inner_text()
        leaving = page.evaluate("() => !window.dispatchEvent(new Event('beforeunload', {cancelable: true}))")
        assert leaving, "the page lets itself be closed with unsaved answers in it"
    finally:
        server.start()
    # Sessions live in the server's memory, so it asks who this is; the answers wait for that.
    eventually(page, saved.inner_text, lambda text: "signed out" in text, seconds=30)
    assert kept(shelved) == ()
    window.page = window.new_page()
    window.sign_in()
    eventually(page, lambda: len(kept(shelved)), lambda count: count == 2, seconds=40)
    assert [(verdict.flag, verdict.answer) for verdict in kept(shelved)] == [
        ("flag-1", "agree"),
        ("flag-2", "disagree"),
    ]
    eventually(page, saved.inner_text, lambda text: text == "All answers saved")
    window.errors.clear()  # the refused connections while the server was away


def test_answers_that_were_not_saved_when_the_window_closed_are_sent_when_it_is_opened_again(
    page, window, shelved, eventually
):
    page.route("**/verdicts", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    card(page, "flag-6").get_by_role("button", name="Agree", exact=True).click()
    eventually(page, page.locator(".saved").inner_text, lambda text: text.startswith("1 unsaved"))
    page.close(run_before_unload=False)
    window.page = window.new_page()
    window.listen(shelved.sha256)
    eventually(window.page, lambda: [verdict.flag for verdict in kept(shelved)], lambda flags: flags == ["flag-6"])


def test_a_mark_that_the_machine_is_unsure_of_says_so_in_words(page):
    assert page.locator(".card.unsure").count() == 1
    assert card(page, "flag-3").locator(".unsure-tag").first.inner_text() == "unsure"


def test_a_search_hit_opens_the_recording_at_that_word(window, shelved, eventually):
    window.library()
    window.settled()
    window.page.get_by_label("Search what was said").fill("shouting")
    window.page.keyboard.press("Enter")
    # The server is shared: other tests' recordings hold the word, too. The library's own link lacks the time.
    window.page.get_by_role("link", name=f"{shelved.media.name}, at").click(timeout=60_000)
    window.page.locator(".word").first.wait_for(timeout=60_000)
    word = next(word for word in shelved.encounter.words if word.text == "shouting")
    eventually(window.page, lambda: now(window.page), lambda at: abs(at - word.span.start) < 0.01)
    assert window.page.locator(".word.now").inner_text().strip() == "shouting"


def test_nothing_is_asked_of_another_machine_and_nothing_goes_wrong_on_the_way(window, shelved, eventually):
    window.library()
    window.page.get_by_role("link", name=shelved.media.name).click()
    window.page.locator(".word").nth(5).click()
    eventually(window.page, lambda: is_playing(window.page), bool)
    window.listen(shelved.sha256)
    window.page.get_by_role("button", name="Sign out").click()
    window.page.get_by_text("Demo sign-in.").wait_for()
    assert window.elsewhere == []
    assert window.errors == []


def test_signing_out_ends_it_for_every_window(page, window, shelved):
    other = window.new_page()
    other.goto(window.base)
    other.get_by_role("button", name="Sign out").click()
    other.get_by_text("Demo sign-in.").wait_for()
    answer = page.evaluate(f"fetch('/api/recordings/{shelved.sha256}/media').then(answer => answer.status)")
    assert answer == 401
