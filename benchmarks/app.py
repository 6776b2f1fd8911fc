"""How fast the review app is on an hour of video: `python -m benchmarks.app [short] [open …]`.

The recording is generated (app_recording.py). The real app serves it in a process of its own, and Chromium opens it.
Parts: open, seek, verdict, burst, playing, memory; none named: all. `short` measures fewer times.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.accuracy import table
from benchmarks.app_recording import FOLDER, MARKS, MINUTES, NAME, WORDS, make
from review.store import open_store

RAW = Path(__file__).with_name("results") / "app.json"
RESULT = RAW.with_suffix(".md")
WATCH = Path(__file__).with_suffix(".js").read_text("utf-8")
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
REPEATS = {"open": 7, "seek": 30, "verdict": 30, "burst": 300, "playing": 3, "memory": 4}
SHORT = {"open": 2, "seek": 5, "verdict": 5, "burst": 40, "playing": 1, "memory": 1}
GAP = 200  # milliseconds between two answers of the burst at most
PLAYING = 20.0  # seconds in which the main thread is watched
LOOK = 5.0  # seconds between two looks at the server's memory
LIMITS = {
    "open, warm (ms)": 1200, "open, by a click in the library (ms)": 1200, "click to seek (ms)": 250,
    "verdict round trip (ms)": 300, "answers lost of the burst": 0,
    "main thread while playing (%)": 40,
}  # fmt: skip


@dataclass(frozen=True)
class Served:
    """The app on the generated store: its address, its process, the recording, and where the store lies."""

    base: str
    pid: int
    sha256: str
    database: Path

    def memory(self) -> float:
        """Megabytes that the server's process holds."""
        told = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        return int(told.partition("VmRSS:")[2].split()[0]) / 1e3


@contextmanager
def served(made: Path) -> Iterator[Served]:
    """The real app on a copy of the store, with the waveform drawn already, as it is after the first opening."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "review.db"
        shutil.copy(made / "review.db", database)
        with open_store(database) as store:
            [one] = store.recordings()
        log = Path(folder) / "server.log"
        with log.open("wb") as printed:
            server = subprocess.Popen(
                [sys.executable, "-m", "review", "app", "--port", str(port), "--no-open"],
                env={**os.environ, "BODYCAM_REVIEW_DB": str(database)},
                stdout=printed,
                stderr=printed,
            )
        try:
            for _ in range(3000):
                with socket.socket() as probe:
                    if server.poll() is not None or probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            if server.poll() is not None:
                raise SystemExit(log.read_text("utf-8", "replace"))
            yield Served(f"http://127.0.0.1:{port}", server.pid, one.sha256, database)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


class Windows:
    """Chromium on the app, signed in as the supervisor."""

    def __init__(self, browser: Any, app: Served) -> None:
        self.browser, self.app = browser, app
        self.context: Any = None
        self.fresh()

    def fresh(self) -> None:
        """A browser that has never seen the app."""
        if self.context:
            self.context.close()
        self.context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(180_000)
        self.context.add_init_script(WATCH)
        base, headers = self.app.base, {"origin": self.app.base}
        signed = self.context.request.post(
            f"{base}/sign-in", form={"account": "demo.supervisor"}, headers=headers, max_redirects=0
        )
        assert signed.status == 303, signed.text()
        opened = self.context.request.post(
            f"{base}/api/recordings/{self.app.sha256}/opening", data={"purpose": "assigned_review"}, headers=headers
        )
        assert opened.ok, opened.text()

    def outlined(self) -> None:
        """Wait until the waveform is drawn, as it is from the first opening on."""
        while not self.context.request.get(f"{self.app.base}/api/recordings/{self.app.sha256}/peaks").ok:
            time.sleep(1)

    def open(self, page: Any) -> float:
        """Open the recording by its address; milliseconds until its last word is painted."""
        page.goto(f"{self.app.base}/listen?recording={self.app.sha256}", wait_until="commit")
        return float(page.evaluate("(one) => bench.painted(one)", [WORDS, 0]))

    def at_work(self) -> Any:
        """A window with the recording open and quiet."""
        page = self.context.new_page()
        self.open(page)
        settled(page)
        return page


def settled(page: Any) -> None:
    """Wait until Streamlit's script has run, and a moment longer."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(1500)


def opening(windows: Windows, count: int) -> dict[str, Any]:
    """Opening by address in a new browser, in one that knows the app, and by a click in the library."""
    cold, warm, clicked, parts = [], [], [], []
    for _ in range(count):
        windows.fresh()
        cold.append(windows.open(windows.context.new_page()))
    page = windows.context.pages[0]
    for _ in range(count):
        settled(page)  # what the server still does for the opening before is no part of the next
        page.goto("about:blank")
        warm.append(windows.open(page))
        parts.append(page.evaluate("bench.parts()"))
    for _ in range(count):
        page.goto(f"{windows.app.base}/library")
        link = page.get_by_role("link", name=NAME)
        link.wait_for()
        settled(page)
        began = page.evaluate("performance.now()")
        link.click()
        clicked.append(float(page.evaluate("(one) => bench.painted(one)", [WORDS, began])))
    told = {name: statistics.median(one[name] for one in parts) for name in parts[0]}
    return {
        "open, cold (ms)": cold,
        "open, warm (ms)": warm,
        "open, by a click in the library (ms)": clicked,
        "parts": told,
    }


def seeking(windows: Windows, count: int) -> dict[str, Any]:
    """Clicks on words all over the hour."""
    page, draw = windows.at_work(), random.Random(1)
    took = [page.evaluate("(number) => bench.seek(number)", draw.randrange(WORDS)) for _ in range(count)]
    page.close()
    return {"click to seek (ms)": [one for one, _ in took], "click to playing (ms)": [one for _, one in took]}


def answering(windows: Windows, count: int) -> dict[str, Any]:
    """One answer after the other, each when the one before is saved."""
    page = windows.at_work()
    took = []
    for number in range(count):
        flag = f"flag-{number % MARKS + 1}"
        took.append(
            # Not agreement: that is asked for by ear first.
            float(
                page.evaluate(
                    "(one) => bench.verdict(one)", [flag, "wrong_words" if number // MARKS % 2 else "disagree"]
                )
            )
        )
        page.wait_for_timeout(300)
    page.close()
    return {"verdict round trip (ms)": took}


def burst(windows: Windows, count: int) -> dict[str, Any]:
    """Answers faster than anybody gives them; how many the database does not hold afterwards, in their order."""
    before = len(kept(windows))
    page, draw, given = windows.at_work(), random.Random(2), []
    latest: dict[str, str] = {}
    for _ in range(count):
        flag = f"flag-{draw.randrange(MARKS) + 1}"
        # Another one than before: the same answer once more would be none.
        latest[flag] = "wrong_speaker" if latest.get(flag) == "wrong_words" else "wrong_words"
        given.append((flag, latest[flag]))
        page.evaluate("(one) => bench.answer(one)", given[-1])
        page.wait_for_timeout(draw.uniform(0, GAP))
    page.get_by_text("All answers saved").wait_for()
    page.close()
    there = kept(windows)[before:]
    lost = count - sum(1 for one, other in zip(there, given, strict=False) if one == other)
    return {"answers given in the burst": [count], "answers lost of the burst": [lost]}


def kept(windows: Windows) -> list[tuple[str, str]]:
    """The answers that the database holds, in their order."""
    with open_store(windows.app.database) as store:
        return [(one.flag, one.answer.value) for one in store.verdicts(windows.app.sha256)]


def playing(windows: Windows, count: int) -> dict[str, Any]:
    """How much of its time the page's main thread works while an hour of video plays."""
    page = windows.at_work()
    watch = windows.context.new_cdp_session(page)
    watch.send("Performance.enable", {"timeDomain": "threadTicks"})  # what the thread really ran, whoever else does
    page.evaluate("(number) => bench.seek(number)", WORDS // 3)
    shares = []
    for _ in range(count):
        page.wait_for_timeout(2000)
        began, busy = time.perf_counter(), _busy(watch)
        page.wait_for_timeout(1000 * PLAYING)
        shares.append(100 * (_busy(watch) - busy) / (time.perf_counter() - began))
    assert not page.evaluate("bench.root().querySelector('video').paused")
    page.close()
    return {"main thread while playing (%)": shares}


def _busy(watch: Any) -> float:
    return float(
        next(one["value"] for one in watch.send("Performance.getMetrics")["metrics"] if one["name"] == "TaskDuration")
    )


def memory(windows: Windows, minutes: int) -> dict[str, Any]:
    """The server's memory while three windows watch and jump about."""
    pages, draw, seen = [windows.at_work() for _ in range(3)], random.Random(4), []
    ends = time.monotonic() + 60 * minutes
    while time.monotonic() < ends:
        for page in pages:
            page.evaluate("(number) => bench.seek(number)", draw.randrange(WORDS))
        pages[0].wait_for_timeout(1000 * LOOK)
        seen.append(windows.app.memory())
    for page in pages:
        page.close()
    half = len(seen) // 2
    return {
        "server's memory, three watching (MB)": seen,
        "growth from its first half to its second (MB)": [
            statistics.mean(seen[half:]) - statistics.mean(seen[: half or 1])
        ],
    }


PARTS_MEASURED: dict[str, Callable[[Windows, int], dict[str, Any]]] = {
    "open": opening, "seek": seeking, "verdict": answering, "burst": burst, "playing": playing, "memory": memory,
}  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Measure these parts, or all, and write the page."""
    from playwright.sync_api import sync_playwright

    repeats = SHORT if "short" in arguments else REPEATS
    wanted = [name for name in PARTS_MEASURED if name in arguments] or list(PARTS_MEASURED)
    raw: dict[str, Any] = json.loads(RAW.read_text("utf-8")) if RAW.is_file() else {}
    with served(make()) as app, sync_playwright() as playwright:
        raw["video"] = {"MB": round(next((FOLDER / f"app-{MINUTES}").glob("*.mp4")).stat().st_size / 1e6)}
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        windows = Windows(browser, app)
        windows.outlined()
        windows.at_work().close()  # what the server loads at its first use is not measured
        raw["cores"] = os.cpu_count()
        for name in wanted:
            load = os.getloadavg()[0]
            found = PARTS_MEASURED[name](windows, repeats[name])
            raw[name] = {"repeats": repeats[name], "load": round((load + os.getloadavg()[0]) / 2, 1), "found": found}
            print(name, raw[name]["load"], summary(found), file=sys.stderr)
            RAW.write_text(json.dumps(raw, indent=1) + "\n", encoding="utf-8")
            RESULT.write_text(page_of(raw), encoding="utf-8")
        browser.close()


def summary(found: dict[str, Any]) -> dict[str, Any]:
    """The medians of what was found."""
    return {name: round(statistics.median(one), 1) if isinstance(one, list) else one for name, one in found.items()}


def page_of(raw: dict[str, Any]) -> str:
    """The page of results."""
    rows, parts = [], ""
    for name in PARTS_MEASURED:
        for what, took in raw.get(name, {}).get("found", {}).items():
            if what == "parts":
                parts = "; ".join(f"{part}: {value:.0f}" for part, value in took.items())
                continue
            limit = f"{LIMITS[what]}" if what in LIMITS else ""
            kept = "" if not limit else "yes" if statistics.median(took) <= LIMITS[what] else "no"
            spread = f"{min(took):.0f} to {max(took):.0f}" if len(took) > 1 else ""
            rows.append([what, f"{statistics.median(took):.0f}", spread, len(took), limit, kept, raw[name]["load"]])
    head = ("what", "median", "from … to", "times", "may be", "kept", "load")
    return (
        "# The review app on an hour of video\n\n"
        f"Made by `python -m benchmarks.app` (see there): a generated recording of {MINUTES} minutes, "
        f"{raw['video']['MB']} MB, H.264 and AAC, {WORDS:,} words, {MARKS} marks; the real app in a process of its "
        f"own, Chromium without a graphics card beside it on the same {raw['cores']} cores. Load: what else ran, as "
        "the machine counts it (1 is one core; server and browser are part of it).\n\n"
        + table(head, rows)
        + "\n\nCold: a browser that has never seen the app. Warm: the page is loaded anew by its address. Painted: the "
        "last of all words is in the page and a frame was drawn after it. "
        + (f"Warm, in milliseconds since the address was asked for: {parts}.\n" if parts else "\n")
    )


if __name__ == "__main__":
    main(sys.argv[1:])
