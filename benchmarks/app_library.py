"""How fast the library is on 10,000 recordings: `python -m benchmarks.app_library [desk|browser]`.

The store is generated (`made_library`), lies in the temporary folder and is made once.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.accuracy import table
from benchmarks.made_library import make
from review.desk import Desk, figures, library
from review.desk.library import READY
from review.store import Filter, Sort, State, Store, open_store
from review.store.behind import Counted, Heard, Marks, Number, Reviews, Stops

RUNS = 5
ALL = "All recordings"  # what the page calls no filter
LIMIT = 500  # milliseconds that opening, filtering and searching may take
RAW = Path(__file__).with_name("results") / "app_library.json"
RESULT = RAW.with_suffix(".md")
SINCE = date(2025, 6, 1)
BEHIND: dict[str, Number] = {
    "waiting, unsure uses of force": Marks(Counted.UNSURE, "force", others=True, waiting=True),
    "verified courtesy": Marks(Counted.VERIFIED, "courtesy"),
    "all marks judged": Marks(Counted.JUDGED, others=True),
    "stops without a reason marked": Stops(Heard.NONE),
    "recordings signed off": Reviews("signed"),
}
SHOWN = {ALL: Filter(), **{ready.name: ready.wanted for ready in READY[1:]}}  # the demo accounts have no work
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def cases(today: date) -> dict[str, Filter]:
    """The filters that are measured."""
    return {
        "everything (the page as it opens)": Filter(),
        "serious marks unread": Filter(serious=True, sort=Sort.OLDEST),
        "stop without a reason heard": Filter(without_reason=True),
        "unsigned, oldest first": Filter(state=State.UNSIGNED, sort=Sort.OLDEST),
        "not begun": Filter(state=State.NOT_BEGUN),
        "has unread marks": Filter(unread=True),
        "assigned to me": Filter(mine=True),
        "overdue": Filter(overdue=True),
        "held": Filter(held=True),
        "two behaviours verified": Filter(behaviours=("order", "courtesy"), verified=True),
        "a month, one unit, Spanish, 20 min and longer": Filter(
            since=date(2026, 1, 1), until=date(2026, 1, 31), unit="Unit 3", language="es", shortest=20.0
        ),
        "longest first": Filter(sort=Sort.LONGEST),
    }


def timed(job: Callable[[], Any]) -> tuple[dict[str, list[float]], Any]:
    """Milliseconds of each run, those on the processor apart since they depend less on other work; what it came to."""
    job()
    took: dict[str, list[float]] = {"ms": [], "cpu": []}
    out = None
    for _ in range(RUNS):
        began, worked = time.perf_counter(), time.process_time()
        out = job()
        took["ms"].append(1000 * (time.perf_counter() - began))
        took["cpu"].append(1000 * (time.process_time() - worked))
    return took, out


def desk_times(database: Path) -> dict[str, Any]:
    """What the desk takes, without any page around it."""
    out: dict[str, Any] = {}
    with open_store(database) as store:
        for user in ("demo.internal-affairs", "demo.supervisor"):
            desk = _desk(store, user)
            for name, wanted in cases(date.today()).items():  # noqa: DTZ011, only a filter's date
                took, page = timed(lambda desk=desk, wanted=wanted: library.look(desk, wanted, limit=25))
                out[f"{user}: {name}"] = {**took, "found": page.total}
            for query in ("saxophone", "knife down", "the"):
                took, found = timed(lambda desk=desk, query=query: library.searched(desk, query, Filter(), limit=50))
                out[f"{user}: search {query!r}"] = {**took, "found": found.places}
            for name, period in (("of twelve months", figures.Period(SINCE)), ("of all", figures.Period())):
                took, unit = timed(lambda desk=desk, period=period: figures.unit(desk, period))
                out[f"{user}: unit view {name}"] = {**took, "found": unit.coverage["recorded"].number}
            for name, number in BEHIND.items():
                took, moments = timed(partial(figures.behind, desk, figures.Period(), number, unit=None))
                out[f"{user}: first page behind {name}"] = {**took, "found": len(moments.rows)}
    return out


def _desk(store: Store, user: str) -> Desk:
    from review.web.sign_in import DEMO_ACCOUNTS

    viewer = next(one for one in DEMO_ACCOUNTS if one.user == user)
    with store.casebook(write=True) as book:
        book.keep_demo(viewer, at=datetime.now(UTC))
    return Desk.of(store, user)


@contextmanager
def served(database: Path) -> Iterator[str]:
    """The real app on this store, in a process of its own; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "BODYCAM_REVIEW_DB": str(database)}
    command = [sys.executable, "-m", "review", "app", "--port", str(port), "--no-open"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def browser_times(database: Path) -> dict[str, Any]:
    """From the click or key to the list on the screen, in Chromium on the real app."""
    from playwright.sync_api import sync_playwright

    out: dict[str, Any] = {}
    with served(database) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        for user in ("demo.internal-affairs", "demo.supervisor"):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            context.set_default_timeout(60_000)
            signed = context.request.post(
                f"{base}/sign-in", form={"account": user}, headers={"origin": base}, max_redirects=0
            )
            assert signed.status == 303, signed.text()
            page = context.new_page()
            page.goto(f"{base}/library")
            _quiet(page)
            with open_store(database) as store:
                ways = _ways(page, _desk(store, user))
            for name, way in ways.items():
                out[f"{user}: {name}"] = {"ms": [way() for _ in range(RUNS + 1)][1:], "found": 0}
                print(user, name, [round(took) for took in out[f"{user}: {name}"]["ms"]], file=sys.stderr)
            context.close()
        browser.close()
    return out


def _quiet(page: Any) -> None:
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def _ways(page: Any, desk: Desk) -> dict[str, Callable[[], float]]:
    """What is done on the page, each from a page that is quiet and giving the milliseconds until it shows."""
    totals = {name: f"{library.look(desk, wanted, limit=1).total:,}" for name, wanted in SHOWN.items()}

    def timed_until(act: Callable[[], None], shown: str) -> float:
        began = time.perf_counter()
        act()
        page.get_by_text(shown).first.wait_for()
        took = 1000 * (time.perf_counter() - began)
        _quiet(page)
        return took

    def pill(name: str) -> None:
        page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()

    def to(name: str, shown: str) -> float:
        return timed_until(lambda: page.get_by_role("link", name=name, exact=True).click(), shown)

    def opened(name: str, shown: str) -> float:
        to("Method", "From a recording to a mark")
        return to(name, shown)

    def filtered(name: str) -> float:
        if not page.get_by_text(everything).count():
            timed_until(lambda: pill(ALL), everything)
        return timed_until(lambda: pill(name), f"of {totals[name]} recordings")

    def searched(query: str) -> float:
        field = page.get_by_label("Search what was said")
        field.fill(query)
        took = timed_until(lambda: field.press("Enter"), "where this was said")
        field.fill("")
        timed_until(lambda: field.press("Enter"), everything)
        return took

    everything = f"of {totals[ALL]} recordings, newest first"
    return {
        "open the list from another page": lambda: opened("Recordings", everything),
        **{f"filter: {name}": partial(filtered, name) for name in SHOWN if name != ALL},
        "back to all": lambda: filtered(READY[1].name) and timed_until(lambda: pill(ALL), everything),
        "search a rare word": lambda: searched("saxophone"),
        "search two common words": lambda: searched("knife down"),
        "open the unit view, counted less than a minute ago": lambda: opened("Unit view", "Of the whole time"),
    }


def page() -> str:
    """The page of results, from what was measured last."""
    raw = json.loads(RAW.read_text("utf-8"))
    rows = [
        [
            part,
            name,
            f"{statistics.median(one['ms']):.0f}",
            f"{max(one['ms']):.0f}",
            f"{statistics.median(one['cpu']):.0f}" if "cpu" in one else "",
            one["found"] or "",
        ]
        for part in ("desk", "browser")
        for name, one in raw.get(part, {}).items()
    ]
    head = ("where", "what", "median ms", "longest ms", "of it on the processor", "found")
    busy = ", ".join(f"{part} at a load of {load} on {os.cpu_count()} cores" for part, load in raw["load"].items())
    return (
        "# The library on 10,000 recordings\n\n"
        "Made by `python -m benchmarks.app_library` on a generated store (see there): 800,000 marks, 700,000 turns, "
        f"30 % of the marks judged. {RUNS} runs each after one that is not counted. desk: what the program takes. "
        "browser: from the click or key in Chromium until the new list shows, through the real app. "
        f"Opening, filtering and searching may take {LIMIT} ms each. Measured {busy}: "
        "other work ran beside it, so an idle machine is faster.\n\n" + table(head, rows) + "\n"
    )


def main(parts: Sequence[str]) -> None:
    """Measure these parts and write the page."""
    database = make()
    raw: dict[str, Any] = json.loads(RAW.read_text("utf-8")) if RAW.is_file() else {"load": {}}
    for part, measure in (("desk", desk_times), ("browser", browser_times)):
        if part in parts:
            load = os.getloadavg()[0]
            raw[part] = measure(database)
            raw["load"][part] = round((load + os.getloadavg()[0]) / 2, 1)
            RAW.write_text(json.dumps(raw, indent=1) + "\n", encoding="utf-8")
    RESULT.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or ("desk", "browser"))
