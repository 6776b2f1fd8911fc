"""Chromium on the running app; where there is none these tests skip loudly, in CI (REQUIRE_BROWSER=1) they fail."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from review.casework import Act, Kind
from review.store import open_store
from tests import acted, axe
from tests.conftest import Server, serving

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
KEPT = "cookies,local_storage,indexeddb,service_workers"  # by a page, not the files that it is made of
RETRIES = 3  # a kept connection may be closed by the server in the moment in which it is used again
NOTE_SEEKS = """media => {
  let to;
  media.addEventListener('seeking', () => (to = media.currentTime));
  media.addEventListener('seeked', () => (media.sought = to));
}"""
PATIENCE = 90_000  # milliseconds; a busy machine is no bug: nothing here is timed
PITCHES = itertools.count(200, 7)  # another one is another recording
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# Streamlit looks for its server below the page's own path first; that it is not there is how it finds the right one.
PROBES = ("/_stcore/health", "/_stcore/host-config")

expect.set_options(timeout=PATIENCE)


def look_until(page: Page, look: Callable[[], Any], holds: Callable[[Any], bool], *, seconds: float = 90.0) -> Any:
    """Look again and again until a condition holds, and say what was seen last."""
    for _ in range(int(seconds * 20)):
        seen = look()
        if holds(seen):
            return seen
        page.wait_for_timeout(50)
    raise AssertionError(f"after {seconds} s it was still {seen!r}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium for all tests."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, but there is no Chromium on this machine: apt-get install chromium")
        pytest.skip("NO CHROMIUM HERE: nothing of what only a browser shows is tested (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


class Watched:
    """A browser window that notes what went wrong in it and what it asked of other machines."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.base = base
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.asked: set[Page] = set()  # pages whose script for locking and for links has come: it asks first of all
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self._console(message))
        page.on("request", lambda request: self._request(request.url))
        page.on("domcontentloaded", lambda page: self.asked.discard(page))
        page.on("response", lambda told: self._answered(page, told.url))
        return page

    def _console(self, message: Any) -> None:
        if message.type == "error" and not message.location.get("url", "").endswith(PROBES):
            self.errors.append(f"{message.text} {message.location.get('url', '')}")

    def _answered(self, page: Page, url: str) -> None:
        if url == f"{self.base}/lock":
            self.asked.add(page)

    def _request(self, url: str) -> None:
        here = (self.base, self.base.replace("http", "ws"), "data:", "blob:")
        if not url.startswith(here):
            self.elsewhere.append(url)

    def sign_in(self, account: str = "demo.supervisor") -> None:
        """Sign in without looking at the page, which has a test of its own."""
        headers = {"origin": self.base}
        answer = self.context.request.post(
            f"{self.base}/sign-in", form={"account": account}, headers=headers, max_redirects=0, max_retries=RETRIES
        )
        assert answer.status == 303

    def library(self, account: str = "Demo supervisor") -> Page:
        """Sign in as a person does, and go to the library."""
        self.page.goto(self.base)
        self.page.get_by_role("button", name=account).click()
        self.page.get_by_role("heading", name="Today").wait_for()
        self.page.get_by_role("link", name="Recordings", exact=True).click()
        self.page.get_by_role("heading", name="Recordings").wait_for()
        return self.page

    def settled(self) -> None:
        """Wait until Streamlit's script has run to its end: what is typed before can be lost."""
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()

    def watched(self, page: Page | None = None) -> None:
        """Wait until the window locks by itself and follows our links: before that, a link loads the program anew."""
        look_until(page or self.page, lambda: (page or self.page) in self.asked, bool)

    def opened(self, sha256: str, purpose: str = "assigned_review") -> None:
        """Say what a recording is opened for, without looking at the page that asks."""
        answer = self.context.request.post(
            f"{self.base}/api/recordings/{sha256}/opening",
            data={"purpose": purpose},
            headers={"origin": self.base},
            max_retries=RETRIES,
        )
        assert answer.ok, answer.text()

    def listen(self, sha256: str, query: str = "", *, purpose: str = "assigned_review") -> Page:
        """Open a recording and wait for its words."""
        self.opened(sha256, purpose)
        self.page.goto(f"{self.base}/listen?recording={sha256}{query}")
        self.page.locator(".word").first.wait_for(timeout=60_000)
        return self.page


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app over one store for the tests of many modules, each with recordings of its own."""
    yield from serving(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def server(served: Server) -> Server:
    """That app; a module that changes what others see says `server = own_server`."""
    if served.process is None:
        served.start()
    return served


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app over a store that no other module sees."""
    yield from serving(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def stop(own_server: Any) -> acted.Stop:
    """The beginning of a sample, really processed, in the module's own store."""
    return acted.processed(own_server.folder)


@pytest.fixture(scope="module")
def profile(chromium: Browser, server: Any) -> Iterator[BrowserContext]:
    """What the windows of one module share: the program's files, which a browser needs two seconds to read.

    A module whose tests set the browser's clock, which cannot be set back, has `own_profile` for its own.
    """
    yield from browsing(chromium)


@pytest.fixture
def own_profile(chromium: Browser, server: Any) -> Iterator[BrowserContext]:
    """Nothing shared with the test before."""
    yield from browsing(chromium)


def browsing(chromium: Browser) -> Iterator[BrowserContext]:
    """A context of the browser."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def window(profile: BrowserContext, server: Any) -> Iterator[Watched]:
    """A window that finds no cookies and nothing kept from the test before."""
    profile.set_default_timeout(PATIENCE)
    profile.set_offline(False)
    watched = Watched(profile, server.base)
    yield watched
    profile.unroute_all()
    for page in profile.pages:
        page.close()
    blank = profile.new_page()
    told = profile.new_cdp_session(blank)
    told.send("Storage.clearDataForOrigin", {"origin": server.base, "storageTypes": KEPT})
    blank.close()
    profile.clear_cookies()


class Player:
    """The player of one recording on a page, as the tests look at it."""

    def __init__(self, page: Page, shelved: Any) -> None:
        self.page = page
        self.shelved = shelved
        self.page.locator("audio").evaluate(NOTE_SEEKS)

    def sought(self) -> float:
        """Where playback last went, however late the test looks; before the first time, where it is."""
        return float(self.page.locator("audio").evaluate("media => media.sought ?? media.currentTime"))

    def now(self) -> float:
        return float(self.page.locator("audio").evaluate("media => media.currentTime"))

    def speed(self) -> float:
        return float(self.page.locator("audio").evaluate("media => media.playbackRate"))

    def playing(self) -> bool:
        return not self.page.locator("audio").evaluate("media => media.paused")

    def pause(self) -> None:
        self.page.locator("audio").evaluate("media => media.pause()")

    def card(self, flag: str) -> Any:
        return self.page.locator(f".card[data-flag={flag}]")

    def state(self, flag: str) -> str:
        return str(self.card(flag).locator(".state").text_content())

    def heard(self, flag: str) -> str:
        return str(self.card(flag).locator(".heard").text_content())

    def saved(self) -> str:
        return str(self.page.locator(".saved").inner_text())

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def verdicts(self) -> list[tuple[str, str]]:
        """What the server has kept: (flag, answer) in their order."""
        with open_store(self.shelved.database) as store:
            return [(one.flag, one.answer.value) for one in store.verdicts(self.shelved.sha256)]

    def acts(self) -> list[Any]:
        """What people did besides, except which stretches they played."""
        with open_store(self.shelved.database) as store, store.casebook() as book:
            return [act for act in book.acts(self.shelved.sha256) if act.kind.value != "listened"]


@pytest.fixture
def shelved(server: Any, shelve_into: Callable[..., Any]) -> Any:
    """A recording that no other test has judged."""
    pitch = next(PITCHES)
    return shelve_into(server.folder, pitch=float(pitch), name=f"stop_{pitch}.wav")


@pytest.fixture
def played_by() -> Callable[..., None]:
    """Keeps that a person played all of a recording on an earlier day."""

    def keep(shelved: Any, person: str = "demo.supervisor") -> None:
        body = {"start": 0.0, "end": shelved.encounter.recording.seconds}
        at = datetime(2025, 3, 2, tzinfo=UTC)
        with open_store(shelved.database) as store, store.casebook(write=True) as book:
            book.act(Act(f"{uuid4()}:1", shelved.sha256, Kind.LISTENED, "", body, person, "supervisor", at))

    return keep


@pytest.fixture
def played() -> None:
    """Nothing of the recording was played before; a module whose tests agree at once says otherwise."""


@pytest.fixture
def page(window: Watched, shelved: Any, played: None) -> Page:
    """The page of that recording, as the supervisor sees it."""
    window.sign_in()
    return window.listen(shelved.sha256)


@pytest.fixture
def player_of() -> type[Player]:
    """`Player`, for pages that a test opens itself."""
    return Player


@pytest.fixture
def player(page: Page, shelved: Any) -> Player:
    """The player on that page."""
    return Player(page, shelved)


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """`look_until`, for the tests."""
    return look_until


@pytest.fixture
def findings(window: Watched) -> Iterator[list[str]]:
    """What axe found on the pages of a test; at its end there must be nothing."""
    window.context.set_default_timeout(PATIENCE)  # axe takes its time, and so do the pages behind it
    found: list[str] = []
    yield found
    assert not found, "\n" + "\n".join(sorted(set(found)))


@pytest.fixture
def look(window: Watched, findings: list[str]) -> Callable[..., None]:
    """Runs axe on what a page shows, light and dark, and keeps what is serious."""

    def at(name: str, page: Page | None = None) -> None:
        page = page or window.page
        if page.locator("[data-testid=stApp]:visible").count():  # behind the lock nothing of it is
            page.wait_for_timeout(700)  # an answer that was kept runs the page again, and Streamlit fades it meanwhile
            window.settled()
        findings.extend(f"{name}, {one}" for one in axe.looked_at(page))

    return at
