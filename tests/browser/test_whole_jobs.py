"""One acted recording, really processed, in the hands of a supervisor, of its officer and of internal affairs.

Each does their whole job on the pages alone, and begins with what the one before has left.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from review import scoring
from review.encounter import Encounter, Flag
from tests import running
from tests.acted import NAME, PROCESSED, SAMPLE, SAMPLES, Stop, begin, open_for

pytestmark = pytest.mark.browser
BEGINNINGS = 1.5  # seconds between where a line begins for the machine and where it was really said
PURPOSES = {"demo.supervisor": "assigned_review", "demo.officer": "own_debrief", "demo.internal-affairs": "complaint"}
AGREED, CONTESTED = "dismissal", "insult"  # of the officer's sure marks


@pytest.fixture(scope="module")
def server(own_server: Any) -> Any:
    """With this recording only."""
    return own_server


def card(page: Any, mark: Flag) -> Any:
    """The card of a mark, by its words; what is out of sight has text content and no inner text."""
    return (
        page.locator(".card")
        .filter(has=page.locator("blockquote", has_text=mark.quote))
        .filter(has=page.locator("strong", has_text=mark.behaviour.capitalize()))
    )


def pause(page: Any) -> None:
    page.locator(".player video").evaluate("media => media.pause()")


def judge(page: Any, eventually: Any, mark: Flag, answer: str, told: str) -> None:
    """Listen to a mark to its end, then answer it."""
    one = card(page, mark)
    one.locator(".play").click()
    eventually(page, one.locator(".heard").text_content, lambda text: text == "played")
    pause(page)
    one.get_by_role("button", name=answer, exact=True).click()
    eventually(page, one.locator(".state").text_content, lambda text: text.startswith(told))


def misheard(encounter: Encounter, *, but: set[str]) -> tuple[int, str]:
    """The first line that is one of the truth's but for its words, with what was said; none with these quotes."""
    gold = scoring.read_gold(SAMPLES / f"{SAMPLE}.gold.json").utterances
    for number, turn in enumerate(encounter.turns):
        text = " ".join(word.text for word in turn.words)
        for one in gold:
            same = abs(one.span.start - turn.span.start) + abs(one.span.end - turn.span.end) < BEGINNINGS
            if same and scoring.normal(one.text) != scoring.normal(text) and not any(quote in text for quote in but):
                return number, one.text
    raise AssertionError("every line was heard without a mistake; take another sample")


def put_right(page: Any, eventually: Any, number: int, text: str) -> None:
    """Write the words of a line anew."""
    line = page.locator(f".turn[data-turn='{number}']")
    line.scroll_into_view_if_needed()
    line.hover()
    line.locator("[data-correct=line]").click()
    page.get_by_role("dialog", name="Correct").get_by_role("button", name="Fix the words").click()
    page.locator(".words-field").fill(text)
    page.keyboard.press("Enter")
    notice = page.locator(".correct-notice")
    eventually(page, notice.inner_text, lambda told: "Put right." in told, seconds=PROCESSED)


def sign(page: Any, eventually: Any, ending: str, comment: str) -> None:
    """Listen to the stretch drawn by chance, say how the review ends, and sign."""
    stretch = page.locator(".stretch")
    if "You have listened" not in stretch.inner_text():
        stretch.get_by_role("button").click()
        eventually(page, stretch.inner_text, lambda text: "You have listened" in text)
    page.locator(".closing").get_by_role("button", name=ending).click()
    page.get_by_label("Comment on the review").fill(comment)
    page.get_by_label("Comment on the review").press("Tab")
    eventually(page, page.locator(".left-over").inner_text, lambda text: not text.strip())
    page.get_by_role("button", name="Sign off this review").click()
    page.locator(".signed:visible").wait_for()
    eventually(page, page.locator(".form-saved").inner_text, lambda text: text == "All saved")


def supervise(window: Any, stop: Stop, eventually: Any) -> None:
    """Find it, listen, agree with a mark, put a line right, fill in the form and sign it, coach."""
    page = begin(window, "demo.supervisor")
    page.get_by_role("button", name="serious").click()
    page.get_by_role("heading", name="Recordings").wait_for()
    page.get_by_role("link", name=NAME).wait_for()
    window.settled()
    page.get_by_role("link", name=NAME).click()
    open_for(window, "Review")
    agreed = stop.mark(AGREED)
    judge(page, eventually, agreed, "Agree", "you agreed · saved · verified")
    number, said = misheard(stop.encounter(), but={agreed.quote, stop.mark(CONTESTED).quote})
    put_right(page, eventually, number, said)
    line = page.locator(f".turn[data-turn='{number}'] .words")
    expect(line).to_have_text(said)
    eventually(page, card(page, agreed).locator(".state").text_content, lambda text: text.endswith("verified"))
    judge(page, eventually, stop.mark(CONTESTED), "Agree", "you agreed · saved · verified")
    pause(page)
    page.locator(".transcript").focus()
    page.keyboard.press("g")
    for _ in range(page.locator(".form .item").count()):
        page.keyboard.press("4")
    sign(page, eventually, "Coaching", "The reason was asked for and not given.")
    coach(window, stop, eventually)


def coach(window: Any, stop: Stop, eventually: Any) -> None:
    """Praise a moment, put the confirmed mark beside it, propose what is next."""
    page = window.page
    page.get_by_role("link", name="Coaching on this recording").click()
    praise = page.locator(".adder").first
    praise.get_by_label("At which time?").fill("0:40")
    praise.get_by_label("What went well?").fill("You let your partner step in.")
    praise.get_by_role("button", name="Add praise").click()
    page.locator(f"[data-candidate='{stop.mark(AGREED).id}'] input").check()
    page.get_by_label("Proposed next step", exact=True).fill("Give the reason first.")
    page.get_by_role("button", name="Send to the officer").click()
    page.get_by_text("The officer has not answered yet.").wait_for()
    eventually(page, page.locator(".form-saved").inner_text, lambda text: text == "All saved")


def watch(window: Any) -> None:
    """Open one's own recording, and go on after the warning."""
    page = window.page
    page.get_by_role("button", name="Open").click()
    page.get_by_text("Before you listen").wait_for()
    window.settled()
    page.get_by_role("button", name="Watch").click()


def debrief(window: Any, stop: Stop, eventually: Any) -> None:
    """Say that the statement is done, read the warning, listen, answer a mark, a session and a signed review."""
    page = begin(window, "demo.officer")
    expect(page.get_by_role("link", name=NAME, exact=True)).to_have_count(0)
    page.get_by_role("button", name="My report or statement is done").click()
    page.get_by_role("button", name="Yes, it is done").click()
    page.get_by_role("link", name=NAME, exact=True).click()
    watch(window)
    groups = page.locator(".groups > .group:visible")
    groups.first.wait_for()
    expect(groups.first).to_have_attribute("data-group", "praise")
    contested = page.locator(f"[data-moment='{stop.mark(CONTESTED).id}']")
    contested.locator(".play").click()
    eventually(page, lambda: [one for one in stop.logged("demo.officer") if one.action == "listened"], bool)
    # At the end of the moment, by itself.
    eventually(page, lambda: page.locator("video").evaluate("media => media.paused"), bool)
    expect(contested).to_contain_text("Demo supervisor")
    write(page, eventually, contested, "contest", "I asked whether he could hear me.")
    session = page.locator("[data-group=sessions] article")
    expect(session).to_contain_text("Give the reason first.")
    session.get_by_role("textbox").fill("There was no time for it.")
    session.get_by_role("button", name="I have read it and do not sign").click()
    eventually(page, session.inner_text, lambda told: "not signed by the officer: Give the reason first." in told)
    page.get_by_text("The review form, signed off").click()
    page.locator(".bcr-signed").get_by_text("The reason was asked for and not given.").wait_for()
    whole = page.locator("[data-group=whole]")
    write(page, eventually, whole, "ask_review", "Listen to how fast it went.")


def write(page: Any, eventually: Any, where: Any, kind: str, text: str) -> None:
    """Answer as an officer, and wait until it is kept."""
    where.locator(f"[data-kind={kind}]").click()
    where.get_by_role("textbox").fill(text)
    where.get_by_role("button", name="Send").click()
    where.locator(f".answer.{kind}", has_text=text).wait_for()
    eventually(page, page.locator(".debrief .saved").inner_text, lambda told: told == "All saved")


def look_again(window: Any, stop: Stop, eventually: Any) -> dict[str, Any]:
    """Take what waits, hear the contested mark with the officer's words, sign anew; returns the exported record."""
    page = begin(window, "demo.internal-affairs")
    page.get_by_role("heading", name="Marks that an officer contests").wait_for()
    page.get_by_role("heading", name="Reviews that an officer asks for").wait_for()
    window.settled()
    waiting = page.locator(".bcr-waiting")
    expect(waiting).to_contain_text("Listen to how fast it went.")
    waiting.locator("li", has_text="I asked whether he could hear me.").get_by_role("link", name=NAME).click()
    open_for(window, "Complaint", case="C-25-0117")
    mark = stop.mark(CONTESTED)
    expect(card(page, mark).locator(".said")).to_contain_text("I asked whether he could hear me.")
    judge(page, eventually, mark, "Disagree", "you disagreed · saved")
    page.get_by_label("Why is it reopened?").fill("The officer asks for another person.")
    page.get_by_role("button", name="Reopen").click()
    page.locator(".banner", has_text="Reopened by").wait_for()
    sign(page, eventually, "Coaching", "The insult is in dispute.")
    page.get_by_text("Save the record of this recording (export)").click()
    with page.expect_download() as saved:
        page.locator("a[href$='export.json']").click()
    record: dict[str, Any] = json.loads(Path(saved.value.path()).read_text("utf-8"))
    return record


def read_what_became_of_it(window: Any, stop: Stop) -> None:
    """Find what is new, and who said what since."""
    page = begin(window, "demo.officer")
    page.get_by_role("link", name=f"New in {NAME}").first.click()
    watch(window)
    answered = page.locator(f"[data-moment='{stop.mark(CONTESTED).id}'] .answer.contest")
    answered.wait_for(state="attached")
    became = str(answered.locator(".became").text_content())
    assert "Demo internal affairs" in became
    assert "disagreed" in became


def test_a_recording_goes_from_supervisor_to_officer_to_internal_affairs_and_back(window, stop, eventually):
    for user in PURPOSES:
        window.sign_in(user)  # all three have an account before the first begins
    supervise(window, stop, eventually)
    debrief(window, stop, eventually)
    record = look_again(window, stop, eventually)
    read_what_became_of_it(window, stop)
    agreed, contested = stop.mark(AGREED), stop.mark(CONTESTED)
    judged = [("demo.supervisor", agreed.id, "agree"), ("demo.supervisor", contested.id, "agree")]
    judged.append(("demo.internal-affairs", contested.id, "disagree"))
    assert [(one["by"], one["flag"], one["answer"]) for one in record["verdicts"]] == judged
    stands = {one["id"]: one["standing"] for one in record["flags"]}
    assert (stands[agreed.id], stands[contested.id]) == ("verified", "disputed")
    assert [one["by"] for one in record["corrections"]] == ["demo.supervisor"]
    assert [one["by"] for one in record["review"]["signatures"]] == ["demo.supervisor", "demo.internal-affairs"]
    assert {"I asked whether he could hear me.", "Listen to how fast it went."} <= set(texts(record["review"]))
    for user, purpose in PURPOSES.items():
        entries = [one for one in stop.logged(user) if one.outcome == "done"]
        assert {"open", "view", "listened"} <= {one.action for one in entries}, user
        assert {one.purpose for one in entries if one.action != "statement_done"} == {purpose}
    told = running.run("audit", "verify", db=stop.database)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "verdict 3" in told.stdout
    assert (window.errors, window.elsewhere) == ([], [])


def texts(told: Any) -> Iterator[str]:
    """All texts in a part of the record."""
    if isinstance(told, str):
        yield told
    for one in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from texts(one)
