"""Take the screenshots of this folder: `python docs/screenshots/take.py STORE ADDRESS [PAGE…]` beside a running demo.

After `make demo SERVE=0`, with the app running on that store (`bodycam-review app --no-open`). Some review work is
done first through the app's own routes, so that no page is empty. Needs Chromium and Playwright (the test extra).
"""

from __future__ import annotations

import io
import itertools
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from review.behaviours import CATALOGUE
from review.encounter import Direction, Flag, Status
from review.store import open_store

HERE = Path(__file__).parent
WIDTHS = {1280: 800, 1920: 1080}
SCHEMES = ("light", "dark")
COLOURS = 128  # of a picture's palette
RECORDING, PLAIN = "heated_traffic_stop", "calm_traffic_stop"
PAGES: Mapping[str, tuple[str, str, str]] = {  # file: account, address, what must be seen before
    "sign-in": ("", "/", "form"),
    "today": ("demo.supervisor", "/today", "h1, h2, h3"),
    "library": ("demo.supervisor", "/library", "h1, h2, h3"),
    "review": ("demo.supervisor", "/listen?recording={sha}", ".word"),
    "coaching": ("demo.supervisor", "/coaching", "h1, h2, h3"),
    "unit": ("demo.supervisor", "/unit", "canvas, svg"),
    "add-recordings": ("demo.supervisor", "/upload", "h1, h2, h3"),
    "my-recordings": ("demo.officer", "/debrief", "h1, h2, h3"),
    "debrief": ("demo.officer", "/debrief_recording?recording={sha}", "h1, h2, h3"),
    "debrief-watched": ("demo.officer", "/debrief_recording?recording={sha}", "h1, h2, h3"),
    "moments": ("demo.trainer", "/moments", "h1, h2, h3"),
    "accounts": ("demo.admin", "/people", "h1, h2, h3"),
    "audit": ("demo.internal-affairs", "/audit", "h1, h2, h3"),
    "method": ("demo.oversight", "/method", "h1, h2, h3"),
}
PRESS = {"debrief-watched": "Watch"}  # the button that leads on to what is shown
NUMBERS = itertools.count(1)


class Somebody:
    """One demo account in a browser context of its own."""

    def __init__(self, browser: Browser, base: str, account: str, **look: Any) -> None:
        self.base = base
        self.context: BrowserContext = browser.new_context(**look)
        self.context.set_default_timeout(60_000)
        if account:
            self._post("/sign-in", form={"account": account}, max_redirects=0)

    def _post(self, path: str, **said: Any) -> Any:
        return self.context.request.post(f"{self.base}{path}", headers={"origin": self.base}, **said)

    def opens(self, sha: str, purpose: str) -> None:
        """Say what a recording is opened for."""
        answer = self._post(f"/api/recordings/{sha}/opening", data={"purpose": purpose})
        assert answer.ok, answer.text()

    def says(self, sha: str, route: str, **operation: Any) -> None:
        """Send one answer or act."""
        said = {"id": f"{uuid4()}:{next(NUMBERS)}", **operation}
        headers = {"origin": self.base, "x-requested-by": "bodycam-review"}
        path = f"{self.base}/api/recordings/{sha}/{route}"
        answer = self.context.request.post(path, data={"operations": [said]}, headers=headers)
        assert answer.ok, f"{operation}: {answer.text()}"
        assert not answer.json()["refused"], f"{operation}: {answer.text()}"

    def does(self, sha: str, kind: str, about: str = "", **body: Any) -> None:
        """Do an act of casework."""
        self.says(sha, "acts", kind=kind, about=about, body=body)


def work(browser: Browser, base: str, sha: str, flags: tuple[Flag, ...]) -> None:
    """A little of what a supervisor and an officer do, so that the pages show it."""
    sure = [flag for flag in flags if flag.status is Status.FLAGGED]
    calm = [flag for flag in sure if CATALOGUE[flag.behaviour].direction is Direction.DEESCALATING]
    heated = [flag for flag in sure if CATALOGUE[flag.behaviour].direction is Direction.ESCALATING]
    boss = Somebody(browser, base, "demo.supervisor")
    boss.opens(sha, "assigned_review")
    for flag in (*calm[:4], *heated[:2]):
        boss.says(sha, "verdicts", flag=flag.id, answer="agree")
    boss.says(sha, "verdicts", flag=flags[-1].id, answer="wrong_words")
    boss.does(sha, "praise", at=calm[0].span.start, text="This is what brought it down. Well done.")
    boss.does(sha, "note", at=heated[0].span.start, text="Listen to the tone here once more together.")
    boss.does(sha, "share", "trainer", start=calm[0].span.start, end=calm[0].span.end + 5, text="A clear turn.")
    boss.does(sha, "session", agenda=[calm[0].id, heated[0].id], next_step="Give the reason first.", held_on=None)
    boss.does(sha, "assign", "demo.supervisor", what="review", due="2030-01-31")
    officer = Somebody(browser, base, "demo.officer")
    officer.does(sha, "statement_done")
    officer.opens(sha, "own_debrief")
    officer.does(sha, "context", heated[0].id, what="off_camera", text="He was reaching under the seat.")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def take(page: Page, address: str, seen: str, press: str = "") -> bytes:
    """A picture of the page, once it shows what it must and Streamlit has come to rest; `press` is a button first."""
    page.goto(address)
    page.locator(seen).first.wait_for()
    if "sign-in" not in page.url:
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    if press:
        page.get_by_role("button", name=press, exact=True).click()
    page.wait_for_timeout(2500)  # charts and waveforms are drawn after the words
    return page.screenshot()


def main(store: str, base: str, *wanted: str) -> None:
    """Do some work, then take every page, light and dark, narrow and wide."""
    kept = open_store(store)
    shas = {one.name.split(".")[0]: one.sha256 for one in kept.recordings()}
    sha = shas[RECORDING]
    with chromium() as browser:
        if not wanted:
            work(browser, base, sha, kept.encounter(sha).flags)
        for name, (account, path, seen) in PAGES.items():
            if wanted and name not in wanted:
                continue
            for (width, height), scheme in itertools.product(WIDTHS.items(), SCHEMES):
                look = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
                person = Somebody(browser, base, account, **look)
                if "{sha}" in path:
                    person.opens(sha, "own_debrief" if account == "demo.officer" else "assigned_review")
                picture = take(person.context.new_page(), base + path.format(sha=sha), seen, PRESS.get(name, ""))
                small = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
                small.save(HERE / f"{name}-{scheme}-{width}.png", optimize=True)
                person.context.close()
            sys.stderr.write(f"{name}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
