"""axe-core on every page of every role, light and dark: nothing serious, in our parts nor in Streamlit's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from review.access import ViewerRole
from review.casework import Act, Kind
from review.desk import Desk, casework, corrections
from review.encounter import Answer, Verdict
from review.screens.pages import pages_of
from review.store import open_store
from review.web.sign_in import DEMO_ACCOUNTS

pytestmark = pytest.mark.browser
ACCOUNTS = {account.role: account.user for account in DEMO_ACCOUNTS}


def act(folder: Path, sha256: str, user: str, kind: str, about: str = "", **body: object) -> str:
    """Do something about the recording as `user`, at a desk of this test; returns the act's id."""
    name = f"{uuid4()}:1"
    with open_store(folder / "review.db") as store:
        desk = Desk.of(store, user, session=f"a-desk-of-{user}")
        if not desk.purpose(sha256) and kind != "statement_done":
            desk.begin(sha256, desk.purposes(sha256)[0])
        casework.do(desk, sha256, {"id": name, "kind": kind, "about": about, "body": body})
    return name


@pytest.fixture(scope="module")
def server(own_server: Any) -> Any:
    """With these two recordings only."""
    return own_server


@pytest.fixture(scope="module")
def agency(server: Any, chromium: Any, shelve_into: Any) -> Any:
    """Two recordings on which everybody has worked, so that no page is empty; returns the first."""
    first = shelve_into(server.folder, name="stop_at_night.wav")
    second = shelve_into(server.folder, pitch=330.0, name="a_second_stop.wav")
    with open_store(first.database) as store, store.casebook(write=True) as book:
        for account in DEMO_ACCOUNTS:
            book.keep_demo(account, at=datetime.now(UTC))
        for one in (first, second):
            book.set_whose(one.sha256, wearer="demo.officer", unit="")
    late = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    of_first = (server.folder, first.sha256)
    act(*of_first, "demo.officer", "statement_done")
    act(*of_first, "demo.supervisor", "assign", "demo.supervisor", what="review", due=late)
    act(*of_first, "demo.supervisor", "note", "flag-4", at=14.0, text="Voice rises before the order.")
    praise = act(*of_first, "demo.supervisor", "praise", "flag-1", at=2.0, text="The reason came first.")
    act(*of_first, "demo.supervisor", "session", agenda=[praise, "14.0"], next_step="Keep it so.", held_on=None)
    act(*of_first, "demo.supervisor", "share", "trainer", start=1.0, end=6.0, text="A reason, plainly given.")
    act(*of_first, "demo.supervisor", "share", "oversight", start=1.0, end=6.0, text="A reason, plainly given.")
    act(*of_first, "demo.officer", "contest", "flag-4", text="That was said to my partner.")
    act(server.folder, second.sha256, "demo.supervisor", "refer", why="A blow at 0:14")
    with open_store(first.database) as store:
        desk = Desk.of(store, "demo.supervisor", session="a-desk-of-demo.supervisor")
        said = (Answer.AGREE, "demo.supervisor", "supervisor", datetime.now(UTC))
        for flag in ("flag-1", "flag-2"):
            desk.decide(Verdict(f"{uuid4()}:1", first.sha256, flag, *said))
    return first


@pytest.fixture(scope="module")
def past(server: Any, shelve_into: Any) -> None:
    """Two months of an officer's recordings, enough of them to say something; all those of one month are reviewed."""
    made = shelve_into(server.folder, pitch=550.0, name="long_ago.wav")
    mark = made.encounter.flags[1]
    with open_store(made.database) as store:
        for number in range(6):
            at = datetime(2025, 3 + number % 2, 1 + number, 12, tzinfo=UTC)
            sha256 = f"{number:064x}"
            about = replace(
                made.encounter.recording, sha256=sha256, name=f"past {number}", seconds=1200.0, recorded_at=at
            )
            marks = tuple(replace(mark, id=f"{number}-{which}") for which in range(4))
            store.add(replace(made.encounter, recording=about, flags=marks), made.media, at=at)
            said = [(Kind.STATEMENT_DONE, "demo.officer", "officer")]
            if number % 2:
                said.append((Kind.SIGN_OFF, "demo.supervisor", "supervisor"))
                answer = (Answer.AGREE, "demo.supervisor", "supervisor", at)
                store.record([Verdict(f"{uuid4()}:1", sha256, one.id, *answer) for one in marks])
            with store.casebook(write=True) as book:
                book.set_whose(sha256, wearer="demo.officer", unit="")
                for kind, who, role in said:
                    book.act(Act(f"{uuid4()}:1", sha256, kind, "", {}, who, role, at))


@pytest.mark.parametrize("role", [role.value for role in ViewerRole])
def test_no_page_of_a_role_has_a_serious_finding(window, agency, look, role):
    window.sign_in(ACCOUNTS[role])
    for page in pages_of(role):
        window.page.goto(f"{window.base}/{page.file.removesuffix('.py')}")
        window.page.locator("[data-testid=stMain] [data-testid=stElementContainer]").first.wait_for(state="attached")
        window.settled()
        look(f"{role}, {page.title}")


def test_the_pages_before_and_around_the_program_have_none(window, agency, look):
    window.page.goto(f"{window.base}/sign-in")
    look("signing in")
    window.sign_in()
    window.page.goto(f"{window.base}/account")
    look("one's own account")
    window.page.goto(window.base)
    window.settled()
    locked = window.context.request.post(f"{window.base}/lock", headers={"origin": window.base})
    assert locked.ok
    window.page.goto(f"{window.base}/unlock")
    look("unlocking")


def test_a_recording_under_review_has_none_at_any_moment_of_the_work(window, agency, look):
    window.sign_in()
    page = window.page
    page.goto(f"{window.base}/listen?recording={agency.sha256}")
    page.get_by_role("radio").first.wait_for()
    window.settled()
    look("the purpose is asked")
    window.listen(agency.sha256)
    page.locator(".form .item").first.wait_for()
    window.settled()
    look("player and form")
    page.keyboard.press("v")
    page.keyboard.press("x")
    page.locator(".reasons button").first.wait_for()
    page.locator("audio").evaluate("media => media.pause()")
    look("verifying, a reason for skipping is asked")
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    page.keyboard.press("m")
    page.keyboard.type("A note")
    look("a note is written")
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Notes").click()
    page.locator(".moment").first.wait_for()
    look("notes are listed")
    page.keyboard.press("/")
    page.keyboard.type("the car")
    page.keyboard.press("Enter")
    page.locator(".item").first.get_by_role("button", name="Note").click()
    look("searching, and a note on a question")
    page.locator("audio").focus()
    page.keyboard.press("?")
    look("help")
    page.keyboard.press("?")
    page.keyboard.press("!")
    look("stop and refer")


def warned(window: Any, agency: Any) -> Any:
    """The officer's debrief, as far as the warning before it."""
    window.sign_in("demo.officer")
    window.opened(agency.sha256, "own_debrief")
    page = window.page
    page.goto(f"{window.base}/debrief_recording?recording={agency.sha256}")
    page.get_by_role("button", name="Watch").wait_for()
    window.settled()
    return page


def test_a_held_recording_a_debrief_and_a_coaching_session_have_none(window, agency, look):
    page = warned(window, agency)
    look("a warning before listening")
    page.get_by_role("button", name="Watch").click()
    page.locator('[data-moment="flag-4"]').wait_for()
    page.locator('[data-moment="flag-4"] [data-kind=context]').click()
    window.settled()
    look("the debrief")
    page.goto(f"{window.base}/coaching?recording={agency.sha256}")
    page.get_by_role("button", name="Watch", exact=True).click()
    page.locator(".equal button").first.wait_for()
    window.settled()
    look("an officer's coaching session")
    window.sign_in()
    window.opened(agency.sha256, "coaching")
    page.goto(f"{window.base}/coaching?recording={agency.sha256}")
    page.locator(".adder").first.wait_for(state="attached")
    window.settled()
    look("a supervisor's coaching session")


def test_the_filter_of_the_library_and_the_window_behind_a_number_have_none(window, agency, past, look):
    window.sign_in()
    page = window.page
    page.goto(f"{window.base}/library")
    page.get_by_role("link", name=agency.media.name).wait_for()
    window.settled()
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Keep this filter as").wait_for()
    window.settled()
    look("the filter, opened")
    page.get_by_label("Behaviours").click()
    page.get_by_role("option").first.wait_for()
    look("the filter, choosing behaviours")
    page.keyboard.press("Escape")
    page.goto(f"{window.base}/unit")
    page.get_by_role("combobox", name="Time").click()
    page.get_by_role("option", name="All recordings").click()
    page.get_by_role("button", name="Show them").first.wait_for()
    window.settled()
    look("the unit view with its numbers")
    page.get_by_role("button", name="Show them").first.click()
    page.get_by_role("dialog").get_by_role("link").first.wait_for()
    window.settled()
    look("the recordings behind a number")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.get_by_role("dialog").wait_for(state="detached")
    window.settled()
    page.get_by_role("button", name="Show them").nth(4).click()
    page.get_by_role("dialog").get_by_role("link").first.wait_for()
    window.settled()
    look("the moments behind a number")


def test_a_recording_that_is_corrected_has_none_at_any_step(window, agency, shelve_into, server, look):
    wrong = shelve_into(server.folder, pitch=440.0, name="corrected_stop.wav")
    with open_store(wrong.database) as store, store.casebook(write=True) as book:
        book.set_whose(wrong.sha256, wearer="demo.officer", unit="")
    with open_store(wrong.database) as store:
        desk = Desk.of(store, "demo.supervisor", session="a-desk-of-demo.supervisor")
        desk.begin(wrong.sha256, "assigned_review")
        for revision, now in ((1, "other_officer"), (2, "civilian")):
            role = {"kind": "role", "speaker": "S2", "was": "civilian", "now": now}
            body = {"revision": revision, "corrections": [role]}
            corrections.correct(desk, wrong.sha256, {"id": f"{uuid4()}:1", "body": body})
    window.sign_in()
    page = window.listen(wrong.sha256)
    page.locator(".form .item").first.wait_for()
    window.settled()
    page.locator(".turn").first.hover()
    page.locator(".turn [data-correct=line]").first.click()
    dialog = page.get_by_role("dialog", name="Correct")
    dialog.get_by_role("button", name="Fix the words").wait_for()
    look("correcting a line")
    dialog.get_by_role("button", name="Fix the words").click()
    page.locator(".words-field").wait_for()
    look("correcting words")
    page.keyboard.press("Escape")
    page.locator(".turn [data-correct=voice]").first.click()
    dialog.wait_for()
    look("correcting a voice")
    page.keyboard.press("Escape")
    page.get_by_text("What was corrected (2)").click()
    page.get_by_role("button", name="Corrected: what was changed").first.click()
    look("what was corrected")
    page.get_by_role("button", name="Show what the machine heard").click()
    page.get_by_role("button", name="Back to the corrected words").wait_for()
    look("what the machine heard")


def test_the_player_of_a_debrief_and_an_officers_trends_have_none(window, agency, server, past, look):
    page = warned(window, agency)
    page.get_by_role("button", name="Watch").click()
    page.locator('[data-moment="flag-4"]').wait_for()
    page.get_by_text("Who opened this recording, and why").click()
    page.get_by_text("Show the whole recording with all its words").click()
    page.locator(".player .word").first.wait_for()
    window.settled()
    look("the debrief's player")
    page.locator('[data-moment="flag-4"] .play').click()
    look("the debrief, listening")
    page.goto(f"{window.base}/debrief")
    page.get_by_role("tab", name="My trends").click()
    page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg").nth(2).wait_for()
    window.settled()
    look("an officer's trends")
