"""axe-core on every page of every role, light and dark: nothing serious, in our parts nor in Streamlit's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import axe_playwright_python
import pytest

from review.access import ViewerRole
from review.desk import Desk, casework
from review.encounter import Answer, Verdict
from review.screens.pages import pages_of
from review.store import open_store
from review.web.sign_in import DEMO_ACCOUNTS

pytestmark = pytest.mark.browser
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
SERIOUS = ("serious", "critical")
# In the dark only what looks at colours can find anything else than in the light.
SCHEMES: dict[str, dict[str, object]] = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
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


@pytest.fixture
def findings(window: Any) -> Iterator[list[str]]:
    """What axe found on the pages of a test; at its end there must be nothing."""
    window.context.set_default_timeout(90_000)  # axe takes its time, and so do the pages behind it
    found: list[str] = []
    yield found
    assert not found, "\n" + "\n".join(sorted(set(found)))


@pytest.fixture
def look(window: Any, findings: list[str]) -> Any:
    """Runs axe on what a page shows, light and dark, and keeps what is serious."""

    def at(name: str, page: Any = None) -> None:
        page = page or window.page
        if page.locator("[data-testid=stApp]").count():
            page.wait_for_timeout(700)  # an answer that was kept runs the page again, and Streamlit fades it meanwhile
            window.settled()
        for scheme, which in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(400)  # colours fade over
            page.evaluate(AXE)
            told = page.evaluate("which => axe.run(document, {resultTypes: ['violations'], ...which})", which)
            findings.extend(f"{name}, {scheme}: {one}" for one in serious(told["violations"]))
        page.emulate_media(color_scheme="light")

    return at


def serious(violations: list[dict[str, Any]]) -> list[str]:
    """The serious findings, one a line."""
    return [
        f"{rule['id']} ({rule['impact']}) {node['html'][:160]} {reason(node)[:300]}"
        for rule in violations
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def reason(node: dict[str, Any]) -> str:
    return " ".join(one["message"] for one in (*node["any"], *node["all"], *node["none"]))


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


def test_a_held_recording_a_debrief_and_a_coaching_session_have_none(window, agency, look):
    window.sign_in("demo.officer")
    window.opened(agency.sha256, "own_debrief")
    page = window.page
    page.goto(f"{window.base}/debrief_recording?recording={agency.sha256}")
    page.get_by_role("button", name="Watch").wait_for()
    window.settled()
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
