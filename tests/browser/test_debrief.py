"""An officer's whole job in a browser: from "my statement is done" to what became of an answer."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from review.casework import Kind
from review.desk import Desk, casework
from review.encounter import Answer, Verdict
from review.policy import VARIABLE
from review.store import open_store

pytestmark = pytest.mark.browser
POLICY = '[agency]\npeer_support = "Peer support, day and night: 0800 555 0100"\n'


@pytest.fixture(scope="module", autouse=True)
def agency(tmp_path_factory):
    """A policy that names a peer-support line."""
    path = tmp_path_factory.mktemp("policy") / "agency.toml"
    path.write_text(POLICY)
    os.environ[VARIABLE] = str(path)
    yield
    del os.environ[VARIABLE]


@pytest.fixture(scope="module")
def server(agency, own_server):
    """The server of this module starts with the agency's policy."""
    return own_server


@pytest.fixture
def officer(window, shelved):
    """An officer whose recording it is, signed in."""
    window.sign_in("demo.supervisor")
    window.sign_in("demo.officer")
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="demo.officer", unit="")
    return window


@pytest.fixture
def reviewer(shelved, officer):
    """Does something as the supervisor, at a desk of their own."""

    def do(kind: str, about: str = "", **body: object) -> None:
        with open_store(shelved.database) as store:
            desk = Desk.of(store, "demo.supervisor", session="a-desk-of-this-test")
            desk.begin(shelved.sha256, "assigned_review")
            if kind in tuple(Answer):
                at = datetime.now(UTC)
                said = (f"{uuid4()}:1", shelved.sha256, about, Answer(kind), "demo.supervisor", "supervisor", at)
                desk.decide(Verdict(*said, note=str(body.get("note", ""))))
            else:
                casework.do(desk, shelved.sha256, {"id": f"{uuid4()}:1", "kind": kind, "about": about, "body": body})

    return do


@pytest.fixture
def stated(shelved, officer):
    """The officer's statement is done."""
    with open_store(shelved.database) as store:
        desk = Desk.of(store, "demo.officer", session="another-desk")
        casework.do(desk, shelved.sha256, {"id": f"{uuid4()}:1", "kind": "statement_done"})


def acts(shelved, *kinds: Kind):
    with open_store(shelved.database) as store, store.casebook() as book:
        return [act for act in book.acts(shelved.sha256) if act.kind in kinds]


def entries(shelved) -> int:
    with open_store(shelved.database) as store, store.casebook() as book:
        return len(book.logged(limit=10_000))


def watch(window, shelved):
    """Open the debrief and go past the warning."""
    window.opened(shelved.sha256, "own_debrief")
    page = window.page
    page.goto(f"{window.base}/debrief_recording?recording={shelved.sha256}")
    page.get_by_role("button", name="Watch").click()
    page.locator(".debrief .moment").first.wait_for(timeout=60_000)
    return page


def moment(page, flag: str):
    return page.locator(f'[data-moment="{flag}"]')


def answer(page, flag: str, kind: str, text: str):
    card = moment(page, flag)
    card.locator(f"[data-kind={kind}]").click()
    card.get_by_role("textbox").fill(text)
    card.get_by_role("button", name="Send").click()
    return card


def test_from_the_statement_to_what_became_of_an_answer(officer, shelved, reviewer, eventually):
    page = officer.page
    page.goto(officer.base)
    page.get_by_role("heading", name="My recordings").wait_for(timeout=60_000)
    row = page.locator("[data-testid=stVerticalBlock]", has_text=shelved.media.name).last
    expect(row.get_by_role("link", name=shelved.media.name)).to_have_count(0)
    page.locator(f".st-key-statement-{shelved.sha256}").get_by_role("button").click()
    page.get_by_role("button", name="Yes, it is done").click()
    page.get_by_role("link", name=shelved.media.name).click()
    page.get_by_role("button", name="Open").click()
    page.get_by_text("Before you listen").wait_for()
    expect(page.locator("audio, video")).to_have_count(0)
    page.get_by_role("button", name="Watch").click()
    card = answer(page, "flag-4", "contest", "I said that to my partner.")
    card.get_by_text("Nobody has judged the mark since.").wait_for()
    [kept] = acts(shelved, Kind.CONTEST)
    assert (kept.about, kept.text, kept.person) == ("flag-4", "I said that to my partner.", "demo.officer")
    reviewer("disagree", "flag-4", note="Heard again: an order.")
    page.reload()
    page.get_by_role("button", name="Watch").click()
    page.locator("[data-group=rejected] summary").first.click()
    told = moment(page, "flag-4").locator(".became")
    told.wait_for()
    expect(told).to_contain_text("disagreed, and wrote: “Heard again: an order.”")
    # Streamlit looks for its server below the page first; that it is not there is how it finds the right one.
    assert [error for error in officer.errors if "/_stcore/" not in error] == []
    assert officer.elsewhere == []


def test_a_moment_plays_from_before_it_to_its_end_and_stops(officer, stated, shelved, eventually):
    page = watch(officer, shelved)
    flag = shelved.encounter.flags[1]
    audio = page.locator("audio")
    moment(page, flag.id).get_by_role("button", name="Listen").click()
    began = eventually(page, lambda: audio.evaluate("media => media.currentTime"), lambda at: at > 0.1)
    assert abs(began - (flag.span.start - 2)) < 2
    eventually(page, lambda: audio.evaluate("media => media.paused"), bool, seconds=90)
    assert flag.span.end < audio.evaluate("media => media.currentTime") < flag.span.end + 3


def test_what_an_officer_plays_in_the_debrief_is_kept_as_listened_also_when_they_leave_at_once(
    officer, stated, shelved, eventually
):
    page = watch(officer, shelved)
    flag = shelved.encounter.flags[1]
    audio = page.locator("audio")
    moment(page, flag.id).get_by_role("button", name="Listen").click()
    eventually(page, lambda: audio.evaluate("media => media.currentTime"), lambda at: at > flag.span.start)
    page.get_by_role("link", name="My recordings", exact=True).first.click()
    [kept] = eventually(page, lambda: acts(shelved, Kind.LISTENED), bool)
    assert kept.person == "demo.officer"
    assert kept.body["start"] < flag.span.start <= kept.body["end"]
    with open_store(shelved.database) as store, store.casebook() as book:
        [entry] = [one for one in book.logged(recording=shelved.sha256) if one.action == "listened"]
    assert (entry.person, entry.purpose) == ("demo.officer", "own_debrief")


def test_what_went_well_stands_above_what_is_marked_as_escalating(officer, stated, shelved, reviewer):
    reviewer("agree", "flag-1")
    reviewer("praise", "flag-2", at=8.0, text="Good time given.")
    page = watch(officer, shelved)
    groups = page.locator(".groups > .group").evaluate_all("nodes => nodes.map(node => node.dataset.group)")
    assert groups == ["praise", "verified", "well", "sessions", "escalating", "around"]
    expect(page.locator("[data-group=sessions]")).to_be_hidden()
    expect(page.locator("[data-group=praise]")).to_contain_text("Good time given.")


def test_an_answer_given_without_a_network_is_said_to_be_unsaved_and_arrives_later(
    officer, stated, shelved, eventually
):
    page = watch(officer, shelved)
    officer.context.set_offline(True)
    card = answer(page, "flag-1", "context", "He had his hand on the door.")
    card.get_by_text("Being saved.").wait_for()
    expect(page.locator(".debrief .saved")).to_contain_text("1 unsaved")
    assert acts(shelved, Kind.CONTEXT) == []
    officer.context.set_offline(False)
    eventually(page, lambda: page.locator(".debrief .saved").inner_text(), lambda told: told == "All saved", seconds=90)
    [kept] = acts(shelved, Kind.CONTEXT)
    assert (kept.about, kept.body["what"], kept.text) == ("flag-1", "off_camera", "He had his hand on the door.")


def test_what_was_begun_to_be_written_is_there_after_a_reload_and_was_sent_to_nobody(officer, stated, shelved):
    page = watch(officer, shelved)
    moment(page, "flag-4").locator("[data-kind=contest]").click()
    expect(moment(page, "flag-4").locator(".writing")).to_contain_text("stays and cannot be taken back")
    moment(page, "flag-4").get_by_role("textbox").fill("I am not sure how to")
    page.reload()
    page.get_by_role("button", name="Watch").click()
    moment(page, "flag-4").locator("[data-kind=contest]").click()
    expect(moment(page, "flag-4").get_by_role("textbox")).to_have_value("I am not sure how to")
    assert acts(shelved, Kind.CONTEST) == []
    expect(moment(page, "flag-4")).to_contain_text("Not private")


def test_a_coaching_session_is_read_and_answered(officer, stated, shelved, reviewer, eventually):
    reviewer("session", agenda=["12.5"], next_step="Give the reason first.")
    page = watch(officer, shelved)
    page.get_by_role("button", name="Go to it").click()
    session = page.locator("[data-group=sessions] article")
    expect(session).to_contain_text("Proposed next step: Give the reason first.")
    session.get_by_role("textbox").fill("I see it differently.")
    session.get_by_role("button", name="I have read it and do not sign").click()
    eventually(page, lambda: session.inner_text(), lambda told: "Your answer" in told)
    expect(session).to_contain_text("Proposed, not signed by the officer: Give the reason first.")
    [kept] = eventually(page, lambda: acts(shelved, Kind.ACKNOWLEDGE), bool)
    assert (kept.body["answer"], kept.text) == ("refused_to_sign", "I see it differently.")


def test_context_that_was_taken_back_is_gone_and_a_contest_cannot_be(officer, stated, shelved, eventually):
    page = watch(officer, shelved)
    card = answer(page, "flag-4", "context", "He was armed.")
    card.get_by_role("button", name="Take back").click()
    eventually(page, lambda: card.locator(".answer").count(), lambda count: count == 0)
    eventually(page, lambda: len(acts(shelved, Kind.WITHDRAW)), lambda count: count == 1)
    card = answer(page, "flag-4", "contest", "No.")
    card.get_by_text("Nobody has judged the mark since.").wait_for()
    expect(card.get_by_role("button", name="Take back")).to_have_count(0)


def test_no_route_and_no_log_sees_a_click_on_the_peer_support_line(officer, stated, shelved):
    officer.opened(shelved.sha256, "own_debrief")
    page = officer.page
    page.goto(f"{officer.base}/debrief_recording?recording={shelved.sha256}")
    page.get_by_role("button", name="Watch").wait_for(timeout=60_000)
    officer.settled()
    line = page.locator(".bcr-support a")
    expect(line).to_have_attribute("href", "tel:08005550100")
    before, asked, sent = entries(shelved), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: socket.on("framesent", sent.append))
    line.click()
    page.wait_for_timeout(1000)
    assert [url for url in asked if not url.startswith("tel:")] == []
    assert sent == []
    assert entries(shelved) == before


def test_an_officer_sees_who_opened_the_recording_and_why(officer, stated, shelved, reviewer):
    reviewer("note", at=3.0, text="Hear this together.")
    page = watch(officer, shelved)
    page.get_by_text("Who opened this recording, and why").click()
    table = page.locator(".bcr-views")
    table.wait_for()
    expect(table).to_contain_text("Demo supervisor, supervisor")
    expect(table).to_contain_text("opened it, wrote a note")
    expect(page.locator("[data-group=notes]")).to_contain_text("Hear this together.")


def test_a_card_is_answered_with_the_keyboard_alone(officer, stated, shelved, eventually):
    page = watch(officer, shelved)
    moment(page, "flag-4").locator("[data-kind=contest]").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("That was for my partner.")
    page.keyboard.press("Control+Enter")
    eventually(
        page,
        lambda: [act.text for act in acts(shelved, Kind.CONTEST)],
        lambda said: said == ["That was for my partner."],
    )
    page.keyboard.press("Shift+Tab")
    focused = page.evaluate("() => document.activeElement.shadowRoot?.activeElement?.tagName")
    assert focused == "BUTTON" or focused == "SUMMARY"
