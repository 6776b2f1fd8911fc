"""Take the screenshots of this folder beside a running demo.

`python docs/screenshots/take.py STORE ADDRESS [--into FOLDER] [PAGE…]`, after `make demo SERVE=0`, with the app running
on that store (`bodycam-review app --no-open`). Some review work is done first through the app's own routes, so that no
page is empty. Needs Chromium and Playwright (the test extra).
"""

from __future__ import annotations

import argparse
import io
import itertools
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FloatRect, Locator, Page, sync_playwright

from review.behaviours import CATALOGUE
from review.encounter import Direction, Flag, Status
from review.store import open_store

HERE = Path(__file__).parent
WIDTHS = {1280: 800, 1920: 1080}
SCHEMES = ("light", "dark")
COLOURS = 128  # of a picture's palette
EDGE = 24  # pixels around a part
RECORDING = "heated_traffic_stop"
NOT_STATED = "calm_traffic_stop"  # whose officer has not said that the report is done
HEADING = "h1, h2, h3"
# Streamlit lays a page in boxes as high as the window and scrolls the inner one; the boxes grow here to what they hold.
# The window itself stays as it is, since the player takes its height from it.
UNROLLED = """html, body, #root, [data-testid=stApp], [data-testid=stAppViewContainer], [data-testid=stMain] {
  position: static !important; height: auto !important; min-height: 100vh; overflow: visible !important; }"""
LOCK = "() => new BroadcastChannel('bodycam-review:lock').postMessage({ locked: true })"


def _nothing(page: Page) -> None:
    """Show the page as it opens."""


def _press(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=name, exact=True).click()


def _trends(page: Page) -> None:
    page.get_by_role("tab", name="My trends").click()
    page.get_by_role("tab", name="My trends", selected=True).wait_for()


def _prepare(page: Page) -> None:
    page.get_by_text("Prepare a session").click()
    page.locator(".coaching .agenda").first.wait_for()


def _verify(page: Page) -> None:
    page.keyboard.press("v")
    page.locator(".verify-bar").wait_for()


def _lock(page: Page) -> None:
    # As another window of the same person tells it; the script that listens comes after the words.
    page.wait_for_timeout(1000)
    page.evaluate(LOCK)
    page.locator("dialog.bcr-lock").wait_for()


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at which address, and what is done first."""

    account: str
    address: str
    seen: str = HEADING  # must be there before anything else is done
    purpose: str = ""  # what the recording is opened for; empty: it is not opened
    first: Callable[[Page], None] = _nothing
    part: str = ""  # this of the page only
    whole: bool = True  # the page down to its end, not only the window
    streamlit: bool = True  # it is one of the program's pages, and no plain form


REVIEW, DEBRIEF = "/listen?recording={sha}", "/debrief_recording?recording={sha}"
BOSS, OFFICER = "demo.supervisor", "demo.officer"
ASSIGNED, OWN = "assigned_review", "own_debrief"
SHOTS: Mapping[str, Shot] = {
    "sign-in": Shot("", "/", "form", streamlit=False),
    "account": Shot(BOSS, "/account", streamlit=False),
    "lock": Shot(BOSS, "/today", first=_lock, whole=False),
    "today": Shot(BOSS, "/today"),
    "library": Shot(BOSS, "/library"),
    "purpose": Shot(BOSS, REVIEW, "[data-testid=stForm]"),
    "review-window": Shot(BOSS, REVIEW, ".word", ASSIGNED, whole=False),
    "review": Shot(BOSS, REVIEW, ".word", ASSIGNED),
    "verifying": Shot(BOSS, REVIEW, ".word", ASSIGNED, _verify, whole=False),
    "review-form": Shot(BOSS, REVIEW, ".form .item", ASSIGNED, part=".form"),
    "coaching": Shot(BOSS, "/coaching"),
    "coaching-session": Shot(BOSS, "/coaching?recording={sha}", ".coaching .sessions", "coaching", _prepare),
    "unit": Shot(BOSS, "/unit", "canvas, svg"),
    "add-recordings": Shot(BOSS, "/upload"),
    "my-recordings": Shot(OFFICER, "/debrief"),
    "trends": Shot(OFFICER, "/debrief", first=_trends),
    "debrief": Shot(OFFICER, DEBRIEF, HEADING, OWN),
    "debrief-watched": Shot(OFFICER, DEBRIEF, HEADING, OWN, _press("Watch")),
    "moments": Shot("demo.trainer", "/moments"),
    "accounts": Shot("demo.admin", "/people"),
    "audit": Shot("demo.internal-affairs", "/audit"),
    "method": Shot("demo.oversight", "/method"),
}
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


def work(browser: Browser, base: str, shas: Mapping[str, str], flags: tuple[Flag, ...]) -> None:
    """A little of what a supervisor and an officer do, so that the pages show it; `flags` are of the recording."""
    sha = shas[RECORDING]
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
    for name, other in shas.items():
        if name != NOT_STATED:
            officer.does(other, "statement_done")
    officer.opens(sha, "own_debrief")
    officer.does(sha, "context", heated[0].id, what="off_camera", text="He was reaching under the seat.")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def take(page: Page, shot: Shot, address: str) -> bytes:
    """The picture, once the page shows what it must and Streamlit has come to rest."""
    page.goto(address)
    page.locator(shot.seen).first.wait_for()
    if shot.streamlit:
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    shot.first(page)
    if shot.whole and shot.streamlit:  # plain forms are not in boxes, and allow no style of ours
        page.add_style_tag(content=UNROLLED)
    page.wait_for_timeout(2500)  # charts and waveforms are drawn after the words
    # Cut out of the whole page: scrolled to, a part would have the page's fixed head across it.
    clip = _around(page.locator(shot.part).first) if shot.part else None
    return page.screenshot(full_page=shot.whole, clip=clip)


def _around(part: Locator) -> FloatRect | None:
    """Where a part stands in the page, with some of what is around it."""
    box = part.bounding_box()
    return box and {
        "x": box["x"] - EDGE,
        "y": box["y"] - 3 * EDGE,  # its heading stands above it
        "width": box["width"] + 2 * EDGE,
        "height": box["height"] + 4 * EDGE,
    }


def keep(picture: bytes, path: Path) -> None:
    """Keep a picture in few colours, which makes it small."""
    small = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    path.parent.mkdir(parents=True, exist_ok=True)
    small.save(path, optimize=True)


def main(store: str, base: str, *, into: Path, wanted: list[str]) -> None:
    """Do some work unless it is done, then take the pages that are wanted, light and dark, narrow and wide."""
    kept = open_store(store)
    shas = {one.name.split(".")[0]: one.sha256 for one in kept.recordings()}
    sha = shas[RECORDING]
    with chromium() as browser:
        if not kept.verdicts(sha):
            work(browser, base, shas, kept.encounter(sha).flags)
        for name in wanted or SHOTS:
            shot = SHOTS[name]
            for (width, height), scheme in itertools.product(WIDTHS.items(), SCHEMES):
                look = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
                person = Somebody(browser, base, shot.account, **look)
                if shot.purpose:
                    person.opens(sha, shot.purpose)
                picture = take(person.context.new_page(), shot, base + shot.address.format(sha=sha))
                keep(picture, into / f"{name}-{scheme}-{width}.png")
                person.context.close()
            sys.stderr.write(f"{name}\n")


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("store")
    asked.add_argument("address")
    asked.add_argument("--into", type=Path, default=HERE)
    asked.add_argument("pages", nargs="*", metavar="PAGE", help=f"of {', '.join(SHOTS)}; all when none is named")
    given = asked.parse_args()
    if unknown := set(given.pages) - set(SHOTS):
        asked.error(f"there is no page {', '.join(sorted(unknown))}")
    main(given.store, given.address, into=given.into, wanted=given.pages)
