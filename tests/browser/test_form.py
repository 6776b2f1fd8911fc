"""The review form and coaching in Chromium: by keyboard alone, with a bad network, and over a restart of the server."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from review.casework import Act, Kind
from review.policy import built_in
from review.store import open_store

pytestmark = pytest.mark.browser
ITEMS = [item.id for item in built_in().checklists[0].items]
FOCUSED = """() => { let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.closest?.('.item')?.dataset.item ?? null; }"""


@pytest.fixture
def page(window, shelved):
    window.sign_in()
    page = window.listen(shelved.sha256)
    page.locator(".form .item").first.wait_for()
    window.settled()
    return page


def acts(shelved, *kinds: Kind):
    with open_store(shelved.database) as store, store.casebook() as book:
        return [act for act in book.acts(shelved.sha256) if not kinds or act.kind in kinds]


def replies(shelved) -> dict[str, str]:
    """The reply that holds for each item."""
    return {act.about: act.body["reply"] for act in acts(shelved, Kind.ANSWER)}


def notes(shelved) -> dict[str, str]:
    return {act.about: act.body["note"] for act in acts(shelved, Kind.ANSWER) if act.body["note"]}


def saved(page) -> str:
    return page.locator(".form-saved").inner_text()


def item(page, number: int):
    return page.locator(".item").nth(number)


def post(window, shelved, user: str, kind: str, about: str = "", **body: object) -> str:
    """Does something as whoever is signed in, without looking at a page; returns the act's id."""
    name = f"{uuid4()}:1"
    answer = window.context.request.post(
        f"{window.base}/api/recordings/{shelved.sha256}/acts",
        data=json.dumps({"as": user, "operations": [{"id": name, "kind": kind, "about": about, "body": body}]}),
        headers={"origin": window.base, "x-requested-by": "bodycam-review", "content-type": "application/json"},
    )
    assert answer.ok, answer.text()
    assert answer.json()["acknowledged"] == [name], answer.text()
    return name


def answer_all(page) -> None:
    page.keyboard.press("g")
    for _ in ITEMS:
        page.keyboard.press("4")


def test_the_whole_form_is_filled_in_and_signed_by_keyboard_alone(page, shelved, eventually):
    expect(page.locator(".left-over")).to_contain_text("16 of 16 questions have no answer")
    before = page.locator(".before-signing").inner_text()
    assert "marks have no answer; signing leaves them as marked by machine." in before
    assert "The officer reads this form, with comment and notes, once it is signed." in before
    assert before.startswith("Nobody has said yet who wears the camera, so no officer's context can be here.")
    answer_all(page)  # the last one moves on to the stretch
    page.keyboard.press("Enter")
    eventually(
        page, lambda: page.locator(".stretch").inner_text(), lambda text: "You have listened" in text, seconds=90
    )
    page.locator(".stretch button").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # how the review ends
    for _ in built_in().dispositions:
        page.keyboard.press("Tab")
    page.keyboard.type("Nothing that needs more.")
    page.keyboard.press("Tab")
    eventually(page, lambda: page.locator(".left-over").inner_text(), lambda text: not text.strip())
    page.keyboard.press("Enter")
    page.locator(".signed:visible").wait_for()
    marks = len(shelved.encounter.flags)
    told = f"{marks} of {marks} marks had no answer then"
    eventually(page, lambda: page.locator(".signed").inner_text(), lambda text: told in text)
    [signed] = acts(shelved, Kind.SIGN_OFF)
    assert signed.person == "demo.supervisor"
    assert replies(shelved) == dict.fromkeys(ITEMS, "cannot_tell")
    assert [act.text for act in acts(shelved, Kind.COMMENT)][-1] == "Nothing that needs more."


def test_no_answer_is_lost_however_fast_they_are_given(page, shelved, eventually):
    page.keyboard.press("g")
    for round_number in range(5):
        for _ in ITEMS:
            page.keyboard.press(str(round_number % 4 + 1), delay=0)
        item(page, 0).locator("button").first.focus()
    eventually(page, lambda: saved(page), lambda text: text == "All saved", seconds=90)
    given = acts(shelved, Kind.ANSWER)
    assert len(given) == 5 * len(ITEMS)
    assert set(replies(shelved).values()) == {"yes"}  # the fifth round pressed 1 again
    expect(item(page, 3).locator(".state")).to_have_text("✓ saved")


def test_the_same_answer_once_more_takes_it_back(page, shelved, eventually):
    yes = item(page, 0).get_by_role("button", name="Yes")
    yes.click()
    yes.click()
    eventually(page, lambda: saved(page), lambda text: text == "All saved")
    assert [act.body["reply"] for act in acts(shelved, Kind.ANSWER)] == ["yes", ""]
    expect(yes).to_have_attribute("aria-pressed", "false")


def test_without_a_network_answers_wait_and_are_saved_when_it_is_back(page, window, shelved, eventually):
    window.context.set_offline(True)
    page.keyboard.press("g")
    for _ in range(6):
        page.keyboard.press("2")
    eventually(page, lambda: saved(page), lambda text: text.startswith("6 unsaved"))
    expect(item(page, 0).locator(".state")).to_contain_text("saving")
    assert acts(shelved, Kind.ANSWER) == []
    window.context.set_offline(False)
    eventually(page, lambda: saved(page), lambda text: text == "All saved", seconds=90)
    assert replies(shelved) == dict.fromkeys(ITEMS[:6], "no")
    window.errors.clear()  # the browser names each request that failed


def test_answers_given_while_the_server_is_down_are_saved_after_its_start(page, server, window, shelved, eventually):
    # Streamlit lays a dialog over the page some time after its server went, so the answers are given just before.
    page.route("**/acts", lambda route: route.abort())
    page.keyboard.press("g")
    eventually(page, lambda: page.evaluate(FOCUSED), lambda key: key == f"encounter/{ITEMS[0]}")
    page.keyboard.press("1")
    eventually(page, lambda: page.evaluate(FOCUSED), lambda key: key == f"encounter/{ITEMS[1]}")
    page.keyboard.press("2")
    eventually(page, lambda: saved(page), lambda text: "2 unsaved" in text)
    server.stop()
    page.unroute("**/acts")
    try:
        page.wait_for_event("requestfailed", lambda asked: asked.url.endswith("/acts"), timeout=60_000)
    finally:
        server.start()
    eventually(page, lambda: saved(page), lambda text: text == "All saved", seconds=90)
    assert replies(shelved) == {ITEMS[0]: "yes", ITEMS[1]: "no"}
    window.errors.clear()


def test_what_was_being_typed_when_the_window_closed_is_sent_when_the_form_is_opened_again(
    page, window, shelved, eventually
):
    field = item(page, 2)
    field.get_by_role("button", name="Note").click()
    page.keyboard.type("It came late")
    page.evaluate("() => window.stop()")
    page.close(run_before_unload=False)
    again = window.new_page()
    again.goto(f"{window.base}/listen?recording={shelved.sha256}")
    again.locator(".form .item").first.wait_for()
    again.locator(".item textarea:visible").first.focus()
    again.keyboard.press("Tab")
    eventually(again, lambda: notes(shelved), lambda found: found == {ITEMS[2]: "It came late"})


def test_a_moment_beside_a_question_plays_and_a_key_leads_back_to_the_question(page, shelved, eventually):
    flag = shelved.encounter.flags[0]
    page.locator(f".item .place[data-mark={flag.id}]").first.click()
    eventually(page, lambda: page.locator("audio").evaluate("media => media.currentTime"), lambda at: at > 0.2)
    expect(page.locator(".back")).to_have_text("Back to question 3")
    page.keyboard.press("g")
    eventually(page, lambda: page.evaluate(FOCUSED), lambda key: key == "encounter/reason_given")


def test_several_peoples_answers_stand_with_their_names(page, window, shelved, eventually):
    item(page, 0).get_by_role("button", name="Yes").click()
    eventually(page, lambda: saved(page), lambda text: text == "All saved")
    window.sign_in("demo.internal-affairs")
    window.opened(shelved.sha256, "audit")
    post(window, shelved, "demo.internal-affairs", "answer", ITEMS[0], checklist="encounter", reply="no", note="0:05")
    window.listen(shelved.sha256, purpose="audit")
    told = item(page, 0).locator(".told")
    told.get_by_text("Demo supervisor").wait_for()
    expect(told).to_contain_text("Yes")
    expect(item(page, 0).locator("button[aria-pressed=true]")).to_have_text(["No"])  # the latest one holds


def test_what_the_server_refuses_stays_on_the_page_to_be_read(page, window, shelved, eventually):
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        signed = Act(
            f"{uuid4()}:1", shelved.sha256, Kind.SIGN_OFF, "", {}, "demo.supervisor", "supervisor", datetime.now(UTC)
        )
        book.act(signed)
    page.locator(".closing textarea").first.fill("One more thing.")
    item(page, 0).locator("button").first.focus()
    refusal = page.locator(".refusal")
    refusal.wait_for()
    expect(refusal).to_contain_text("signed off")
    expect(refusal).to_contain_text("One more thing.")


def test_work_is_given_and_a_recording_is_stopped_from_the_form(page, shelved, eventually):
    page.locator(".work").get_by_label("For").select_option("demo.supervisor")
    page.locator(".work").get_by_label("Due").fill("2020-01-02")
    page.locator(".work").get_by_role("button", name="Assign").click()
    page.locator(".work li.overdue").wait_for()
    page.get_by_text("Assigned to you").wait_for()
    page.locator(".work summary").click()
    page.get_by_label("Why is it referred?").last.fill("Force, and no report of it")
    page.locator(".work").get_by_role("button", name="Stop and refer").click()
    page.locator(".banner", has_text="Held for internal affairs by you").wait_for()
    assert [act.text for act in acts(shelved, Kind.REFER)] == ["Force, and no report of it"]


def opened_for_coaching(window, shelved):
    """The officer's recording, opened by the supervisor after the officer has marked the statement done."""
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="demo.officer", unit="")
    window.sign_in("demo.officer")
    post(window, shelved, "demo.officer", "statement_done")
    window.sign_in()
    window.opened(shelved.sha256, "coaching")


def test_a_session_is_made_of_moments_sent_and_answered_by_the_officer(window, shelved, eventually):
    opened_for_coaching(window, shelved)
    page = window.page
    page.goto(f"{window.base}/coaching?recording={shelved.sha256}")
    praise = page.locator(".adder").first
    praise.get_by_label("At which time?").fill("0:05")
    praise.get_by_label("What went well?").fill("The reason came first.")
    praise.get_by_role("button", name="Add praise").click()
    page.get_by_label("Proposed next step", exact=True).fill("Keep it so.")
    page.get_by_role("button", name="Send to the officer").click()
    page.get_by_text("The officer has not answered yet.").wait_for()
    expect(page.locator(".session .step")).to_have_text("Proposed next step: Keep it so.")
    eventually(page, lambda: saved(page), lambda text: text == "All saved")
    [session] = acts(shelved, Kind.SESSION)
    assert session.body["agenda"] == [acts(shelved, Kind.PRAISE)[0].id]

    window.sign_in("demo.officer")
    page.goto(f"{window.base}/coaching?recording={shelved.sha256}")
    page.get_by_role("button", name="Open: My own debrief").click()
    page.get_by_role("button", name="Watch", exact=True).click()
    both = page.locator(".equal button")
    both.first.wait_for()
    [read, not_signed] = [both.nth(at).bounding_box() for at in (0, 1)]
    assert read["width"] == pytest.approx(not_signed["width"], abs=2)
    assert read["height"] == not_signed["height"]
    page.get_by_label("What you want to say to it").fill("There was little time.")
    both.nth(1).click()
    page.get_by_text("Read by you, who does not sign").wait_for()
    expect(page.locator(".session .step")).to_have_text("Proposed, not signed by the officer: Keep it so.")
    eventually(
        page,
        lambda: [act.text for act in acts(shelved, Kind.ACKNOWLEDGE)],
        lambda said: said == ["There was little time."],
    )


def test_what_an_officer_plays_of_an_agenda_is_kept_as_listened(window, shelved, eventually):
    opened_for_coaching(window, shelved)
    post(window, shelved, "demo.supervisor", "session", agenda=["5"], next_step="Keep it so.")
    window.sign_in("demo.officer")
    page = window.page
    window.opened(shelved.sha256, "own_debrief")
    page.goto(f"{window.base}/coaching?recording={shelved.sha256}")
    page.get_by_role("button", name="Watch", exact=True).click()
    page.get_by_label("What you want to say to it").fill("There was")
    play = page.get_by_role("button", name="Play Moment at 0:05")
    play.focus()
    page.keyboard.press("Enter")
    [kept] = eventually(page, lambda: acts(shelved, Kind.LISTENED), bool)
    assert kept.person == "demo.officer"
    assert kept.body["start"] < 3.5
    assert 8.5 < kept.body["end"] < 10
    eventually(page, lambda: page.locator("audio").evaluate("media => media.paused"), bool)
    focused = page.evaluate("() => document.activeElement.shadowRoot?.activeElement?.ariaLabel")
    assert focused == "Play Moment at 0:05"
    eventually(page, lambda: saved(page), lambda text: text == "All saved")
    expect(page.get_by_label("What you want to say to it")).to_have_value("There was")


def test_a_session_is_withdrawn_with_a_reason_that_stays(window, shelved, eventually):
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="demo.officer", unit="")
    window.sign_in()
    window.opened(shelved.sha256, "coaching")
    post(window, shelved, "demo.supervisor", "session", agenda=[], next_step="Keep it so.")
    page = window.page
    page.goto(f"{window.base}/coaching?recording={shelved.sha256}")
    page.locator(".recall summary").click()
    page.get_by_label("Why is this session withdrawn?").fill("Sent by mistake.")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    page.get_by_text("Sent by mistake.").wait_for()
    [kept] = eventually(page, lambda: acts(shelved, Kind.RECALL), bool)
    assert kept.text == "Sent by mistake."


def test_a_reopened_and_newly_signed_form_shows_how_it_was_signed_before(page, window, shelved, eventually):
    at = datetime.now(UTC)
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        for kind, body in [
            (Kind.DISPOSITION, {"choice": "Praise"}), (Kind.COMMENT, {"text": "Calm."}), (Kind.SIGN_OFF, {}),
            (Kind.REOPEN, {"why": "A second camera."}), (Kind.SIGN_OFF, {}),
        ]:  # fmt: skip
            book.act(Act(f"{uuid4()}:1", shelved.sha256, kind, "", body, "demo.supervisor", "supervisor", at))
    page.reload()
    page.locator(".signed-before:visible").wait_for()
    told = page.locator(".signed-before").inner_text()
    assert "Praise" in told
    assert "Comment: “Calm.”" in told
    assert "Reopened by you" in told
    assert "A second camera." in told


def test_a_trainer_hears_a_shared_moment_and_nothing_else(page, window, shelved, eventually):
    page.locator(".share summary").click()
    page.locator(".share").get_by_label("From", exact=True).fill("0:01")
    page.locator(".share").get_by_label("To", exact=True).fill("0:04")
    page.locator(".share").get_by_role("button", name="Share").click()
    page.locator(".share li", has_text="0:01–0:04 with trainers").wait_for()
    eventually(page, lambda: saved(page), lambda text: text == "All saved")
    share = acts(shelved, Kind.SHARE)[0].id
    window.sign_in("demo.trainer")
    page.goto(window.base)
    sound = page.locator(f"audio[src*='{share}']")
    sound.wait_for()
    assert shelved.media.name not in page.content()
    assert shelved.sha256 not in page.content()
    sound.evaluate("media => media.play()")
    eventually(
        page, lambda: sound.evaluate("media => media.duration"), lambda length: length == pytest.approx(3.0, abs=0.1)
    )
    for what in ("media", "transcript", "form", "coaching", "peaks"):
        answer = window.context.request.get(f"{window.base}/api/recordings/{shelved.sha256}/{what}")
        assert answer.status == 403, what


def test_what_was_shared_before_a_hold_is_not_heard_during_it_and_can_still_be_taken_back(
    page, window, shelved, eventually
):
    share = post(window, shelved, "demo.supervisor", "share", "trainer", start=1.0, end=4.0)
    post(window, shelved, "demo.supervisor", "refer", why="Force, and no report of it")
    page.reload()
    page.locator(".share summary").click()
    row = page.locator(f".share li[data-share='{share}']")
    row.get_by_text("not heard while the recording is held").wait_for()
    expect(page.locator(".share form")).to_be_hidden()
    window.context.clear_cookies()
    window.sign_in("demo.trainer")
    clip = f"{window.base}/api/moments/{share}/clip"
    assert window.context.request.get(clip).status == 403
    window.sign_in("demo.supervisor")
    window.listen(shelved.sha256)
    page.locator(".share summary").click()
    row.get_by_role("button", name="Stop sharing").click()
    [kept] = eventually(page, lambda: acts(shelved, Kind.WITHDRAW), bool)
    assert kept.about == share
