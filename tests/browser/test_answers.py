"""No answer is ever lost: at any speed, on a bad network, in two windows, when the server is away or starts anew."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def played(shelved, played_by):
    """Who judges here has played all of it before."""
    played_by(shelved)


def agree(player, flag: str) -> None:
    player.card(flag).get_by_role("button", name="Agree", exact=True).click()


def disagree(player, flag: str) -> None:
    player.card(flag).get_by_role("button", name="Disagree").click()


def test_an_agreed_flag_is_shown_as_saved_and_verified_and_is_so_after_loading_again(
    page, window, player, shelved, eventually
):
    agree(player, "flag-4")
    eventually(page, lambda: player.state("flag-4"), lambda text: text == "you agreed · saved · verified")
    assert player.verdicts() == [("flag-4", "agree")]
    window.listen(shelved.sha256)
    eventually(page, lambda: player.state("flag-4"), lambda text: text == "you agreed · saved · verified")


def test_the_figures_beside_the_player_follow_an_answer(page, player, eventually):
    row = page.locator(".bcr-table tbody tr", has_text="Escalating").last
    eventually(page, row.inner_text, lambda text: "0 of 1" in text)
    agree(player, "flag-4")
    eventually(page, row.inner_text, lambda text: "1 of 1 (100 %)" in text)


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("Wrong speaker", "wrong_speaker", "you said: wrong speaker"),
        ("Wrong words", "wrong_words", "you said: wrong words"),
    ],
)
def test_a_mark_can_be_right_in_kind_and_wrong_in_voice_or_words(page, player, eventually, name, answer, told):
    player.card("flag-5").get_by_role("button", name=name).click()
    eventually(page, lambda: player.state("flag-5"), lambda text: text.startswith(f"{told} · saved"))
    assert player.verdicts() == [("flag-5", answer)]


def test_thirty_fast_answers_all_arrive_in_their_order(page, player, eventually):
    for _ in range(15):
        player.card("flag-1").get_by_role("button", name="Agree", exact=True).click(delay=0)
        player.card("flag-1").get_by_role("button", name="Disagree").click(delay=0)
    eventually(page, lambda: len(player.verdicts()), lambda count: count == 30)
    assert [answer for _, answer in player.verdicts()] == ["agree", "disagree"] * 15
    eventually(page, player.saved, lambda text: text == "All answers saved")


def test_three_hundred_answers_without_any_pause_all_arrive_in_their_order(page, player, eventually):
    page.evaluate(
        """() => { const host = [...document.querySelectorAll('*')].find(n => n.shadowRoot?.querySelector('audio'));
        const card = host.shadowRoot.querySelector('.card[data-flag=flag-2]');
        for (let n = 0; n < 300; n += 1) card.querySelector(n % 2 ? '.disagree' : '.agree').click(); }"""
    )
    eventually(page, player.saved, lambda text: text == "All answers saved", seconds=90)
    assert player.verdicts() == [("flag-2", "agree"), ("flag-2", "disagree")] * 150


def test_an_answer_taken_back_is_shown_as_not_given_and_stays_in_the_record(page, player, eventually):
    disagree(player, "flag-2")
    eventually(page, lambda: player.state("flag-2"), lambda text: text == "you disagreed · saved · rejected")
    player.card("flag-2").get_by_role("button", name="Undo").click()
    eventually(page, lambda: player.state("flag-2"), lambda text: text == "not verified")
    assert player.verdicts() == [("flag-2", "disagree"), ("flag-2", "undo")]


def test_a_network_that_loses_every_second_answer_costs_nothing(page, player, eventually):
    seen = itertools.count()

    def unreliable(route):
        number = next(seen)
        if route.request.method != "POST" or number % 4 == 3:
            route.continue_()
        elif number % 4 == 0:
            route.abort()
        elif number % 4 == 1:
            route.fulfill(status=502, body="bad gateway")
        else:  # the server has it, and the browser never learns so
            route.fetch()
            route.abort()

    page.route(re.compile("/verdicts$"), unreliable)
    for flag in ("flag-1", "flag-2", "flag-3"):
        agree(player, flag)
    disagree(player, "flag-3")
    eventually(page, player.saved, lambda text: text == "All answers saved", seconds=90)
    page.unroute_all(behavior="ignoreErrors")
    expected = [("flag-1", "agree"), ("flag-2", "agree"), ("flag-3", "agree"), ("flag-3", "disagree")]
    assert player.verdicts() == expected


def test_answers_given_while_the_server_is_away_are_kept_and_saved_when_it_is_back(
    page, window, server, player, eventually
):
    eventually(page, player.saved, lambda text: text == "All answers saved")
    server.stop()
    try:
        # Streamlit lays a notice over the page sooner or later; what counts is what was pressed before.
        player.card("flag-1").locator(".agree").dispatch_event("click")
        player.card("flag-2").locator(".disagree").dispatch_event("click")
        eventually(page, player.saved, lambda text: text.startswith("2 unsaved"))
        expect(player.card("flag-1").locator(".state")).to_contain_text("not saved yet")
        leaving = page.evaluate("() => !window.dispatchEvent(new Event('beforeunload', {cancelable: true}))")
        assert leaving, "the page lets itself be closed with unsaved answers in it"
    finally:
        server.start()
    window.page = window.new_page()
    window.sign_in()  # a restart may sign everybody out
    window.opened(player.shelved.sha256)
    eventually(page, lambda: len(player.verdicts()), lambda count: count == 2, seconds=90)
    assert player.verdicts() == [("flag-1", "agree"), ("flag-2", "disagree")]
    eventually(page, player.saved, lambda text: text == "All answers saved")


def test_whoever_is_signed_out_meanwhile_is_told_and_loses_nothing(page, window, player, eventually):
    cookies = window.context.cookies()
    window.context.clear_cookies()
    agree(player, "flag-1")
    eventually(page, player.saved, lambda text: text.startswith("1 unsaved") and "signed out" in text)
    assert player.verdicts() == []
    window.context.add_cookies(cookies)
    eventually(page, player.verdicts, lambda kept: kept == [("flag-1", "agree")], seconds=90)


def block(page) -> None:
    page.route("**/verdicts", lambda route: route.abort() if route.request.method == "POST" else route.continue_())


def test_answers_that_were_not_saved_when_the_window_closed_are_sent_when_it_is_opened_again(
    page, window, player, shelved, eventually
):
    block(page)
    agree(player, "flag-6")
    eventually(page, player.saved, lambda text: text.startswith("1 unsaved"))
    page.close(run_before_unload=False)
    window.page = window.new_page()
    window.listen(shelved.sha256)
    eventually(window.page, player.verdicts, lambda kept: kept == [("flag-6", "agree")])


def test_they_are_sent_from_any_other_recording_too(page, window, player, server, shelve_into, eventually):
    block(page)
    agree(player, "flag-6")
    eventually(page, player.saved, lambda text: text.startswith("1 unsaved"))
    page.close(run_before_unload=False)
    window.page = window.new_page()
    other = shelve_into(server.folder, pitch=901.0, name="another.wav")
    window.listen(other.sha256)
    eventually(window.page, player.verdicts, lambda kept: kept == [("flag-6", "agree")])


def test_two_windows_with_the_same_recording_keep_each_others_answers(
    page, window, player, player_of, shelved, eventually
):
    block(page)
    agree(player, "flag-1")
    eventually(page, player.saved, lambda text: text.startswith("1 unsaved"))
    window.page = window.new_page()
    block(window.page)
    window.listen(shelved.sha256)
    second = player_of(window.page, shelved)
    agree(second, "flag-2")
    eventually(page, player.saved, lambda text: text.startswith("2 unsaved"))
    agree(player, "flag-3")
    page.unroute_all()
    eventually(page, lambda: sorted(player.verdicts()), lambda kept: len(kept) == 3, seconds=90)
    assert player.verdicts() == [("flag-1", "agree"), ("flag-2", "agree"), ("flag-3", "agree")]


def test_a_refused_answer_is_told_and_does_not_hold_up_the_others(page, player, eventually):
    def one_refused(route):
        body = route.request.post_data_json
        if body and body["operations"][0]["flag"] == "flag-1":
            body["operations"][0]["flag"] = "nothing"
            route.continue_(post_data=body)
        else:
            route.continue_()

    page.route("**/verdicts", one_refused)
    agree(player, "flag-1")
    eventually(page, player.saved, lambda text: "1 refused" in text)
    agree(player, "flag-2")
    eventually(page, player.verdicts, lambda kept: kept == [("flag-2", "agree")])
    page.unroute_all(behavior="ignoreErrors")
