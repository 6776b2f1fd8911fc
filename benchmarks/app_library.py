"""How fast the library is on 10,000 recordings: `python -m benchmarks.app_library [desk|browser]`.

The store is generated, row by row as the program would write it, without any model: a year of
recordings with 80 marks and 70 turns each, 30 % of the marks judged, 20 % of the reviews signed off, eight units and
forty officers. It lies in the temporary folder and is made once.
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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, insert

from benchmarks.accuracy import table
from review.behaviours import CATALOGUE
from review.desk import Desk, figures, library
from review.encounter import Answer, Verdict
from review.store import Filter, Sort, State, Store, open_store, tallies
from review.store.engine import writing
from review.store.tables import acts, encounters, flags, listings, mark_counts, recordings, turns, verdicts, whose

RECORDINGS = 10_000
MARKS, TURNS, WORDS_A_TURN = 80, 70, 12
RUNS = 5
LIMIT = 500  # milliseconds that opening, filtering and searching may take
FOLDER = Path(tempfile.gettempdir()) / "bodycam-review-benchmark"
RAW = Path(__file__).with_name("results") / "app_library.json"
RESULT = RAW.with_suffix(".md")
START = datetime(2025, 6, 1, tzinfo=UTC)
UNITS = ("", *(f"Unit {number}" for number in range(1, 8)))
SAID = (
    "the a you your car step out please officer what stop hands know going right okay time sir can have license where "
    "were headed tonight stay there put down knife back up calm breathe hear me listen understand why did pull over "
    "speed light tail reason sister home work late sorry thank help need ambulance hurt arm turn around relax"
)
VOCABULARY = tuple(SAID.split())
RARE = ("trampoline", "saxophone", "binoculars")  # in about one recording of a hundred
SELDOM = {"bias_remark": 0.004, "threat_of_harm": 0.01, "medical_dismissal": 0.01, "force": 0.02}
USUAL = [name for name in CATALOGUE if name not in SELDOM and name != "reason_for_stop"]
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def make(count: int = RECORDINGS) -> Path:
    """The database, made when it is not there yet."""
    database = FOLDER / f"library-{count}.db"
    if database.is_file():
        return database
    FOLDER.mkdir(exist_ok=True)
    unfinished = database.with_suffix(".part")
    for old in FOLDER.glob(f"{unfinished.name}*"):
        old.unlink()
    rng = random.Random(5)
    with open_store(unfinished) as store:
        for first in range(0, count, 250):
            with writing(store._engine) as connection:
                _keep(connection, rng, range(first, min(first + 250, count)), count)
            print(f"{first + 250} recordings", file=sys.stderr)
    shutil.move(unfinished, database)
    return database


def _keep(connection: Connection, rng: random.Random, numbers: range, count: int) -> None:
    """Keep some recordings: the rows that the program would write, several thousand at a time."""
    rows: dict[Any, list[dict[str, Any]]] = {one: [] for one in _TABLES}
    for number in numbers:
        _rows(rows, rng, number, START + timedelta(days=365 * number / count, minutes=rng.randrange(600)))
    for into, several in rows.items():
        connection.execute(insert(into), several)


def _rows(rows: dict[Any, list[dict[str, Any]]], rng: random.Random, number: int, at: datetime) -> None:
    sha256, said_at = f"{number:064x}", at.isoformat()
    language = "en" if rng.random() < 0.9 else "es"
    words = TURNS * WORDS_A_TURN
    of = {"recording": sha256, "revision": 1}
    rows[recordings].append(
        {"sha256": sha256, "name": f"unit_{number:05}.mp4", "seconds": rng.uniform(900, 2400), "has_video": True}
        | {"bytes": 10**8, "recorded_at": said_at, "added_at": said_at, "media": "/nowhere.mp4"}
    )
    told = {"language": language, "words": words, "speakers": 2}
    rows[encounters].append({**of, **told, "made_at": said_at, "body": "{}"})
    rows[turns] += [{**of, **_turn(rng, place)} for place in range(TURNS)]
    marks = [{**of, **mark} for mark in _marks(rng, number)]
    rows[flags] += marks
    said = _said(rng, number, marks, said_at) if number % 10 < 4 else []
    rows[verdicts] += said
    rows[acts] += _acts(number, sha256, said_at, begun=bool(said))
    rows[whose].append({"recording": sha256, "wearer": f"officer-{number % 40}", "unit": UNITS[number % len(UNITS)]})
    counts = tallies.counted([SimpleNamespace(**mark) for mark in marks], [_verdict(one) for one in said])
    rows[mark_counts] += [tallies.row(sha256, key, found) for key, found in counts.items()]
    unread = sum(found["unread_marked"] + found["unread_unsure"] for found in counts.values())
    rows[listings].append({**of, **told, "at": said_at, "unread": unread})


def _turn(rng: random.Random, place: int) -> dict[str, Any]:
    said = rng.choices(VOCABULARY, k=WORDS_A_TURN)
    if rng.random() < 0.01 / TURNS:
        said[3] = rng.choice(RARE)
    speaker, role = (("S1", "officer"), ("S2", "civilian"))[place % 2]
    return {"speaker": speaker, "role": role, "start": 15.0 * place, "text": " ".join(said)}


def _marks(rng: random.Random, number: int) -> list[dict[str, Any]]:
    seldom = [name for name, share in SELDOM.items() if rng.random() < share]
    reason = ["reason_for_stop"] if rng.random() < 0.6 else []
    return [
        {
            "id": f"f{number}-{place}",
            "behaviour": behaviour,
            "direction": CATALOGUE[behaviour].direction.value,
            "status": "unsure" if place % 3 == 0 else "flagged",
            "start": 11.0 * place,
            "role": "officer" if place % 20 else "other_officer",
        }
        for place, behaviour in enumerate([*seldom, *reason, *rng.choices(USUAL, k=MARKS)][:MARKS])
    ]


def _said(rng: random.Random, number: int, marks: Sequence[dict[str, Any]], at: str) -> list[dict[str, Any]]:
    return [
        {"id": f"v:{number}:{place}", "recording": mark["recording"], "flag": mark["id"], "reviewer": "somebody"}
        | {"answer": rng.choice(("agree", "agree", "agree", "disagree", "wrong_speaker"))}
        | {"reviewer_role": "supervisor", "at": at, "note": ""}
        for place, mark in enumerate(marks)
        if rng.random() < 0.75
    ]


def _verdict(row: dict[str, Any]) -> Verdict:
    return Verdict(**{**row, "answer": Answer(row["answer"]), "at": datetime.fromisoformat(row["at"])})


def _acts(number: int, sha256: str, at: str, *, begun: bool) -> list[dict[str, Any]]:
    done: list[tuple[str, str, dict[str, str]]] = []
    done += [("answer", "camera_on", {"checklist": "encounter", "reply": "yes"})] * (16 if begun else 0)
    done += [("sign_off", "", {})] if number % 10 < 2 else []
    done += [("assign", "demo.supervisor", {"what": "review", "due": "2026-01-15"})] if number % 37 == 0 else []
    done += [("refer", "", {"why": "look at this"})] if number % 501 == 0 else []
    return [
        {"id": f"a:{number}:{place}", "recording": sha256, "kind": kind, "about": about, "body": json.dumps(body)}
        | {"person": "somebody", "role": "supervisor", "at": at}
        for place, (kind, about, body) in enumerate(done)
    ]


_TABLES = (recordings, encounters, listings, mark_counts, turns, flags, verdicts, acts, whose)


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


def timed(job: Callable[[], Any], *, runs: int = RUNS) -> tuple[list[float], Any]:
    """Milliseconds of each run, and what it came to."""
    job()
    took, out = [], None
    for _ in range(runs):
        began = time.perf_counter()
        out = job()
        took.append(1000 * (time.perf_counter() - began))
    return took, out


def desk_times(database: Path) -> dict[str, Any]:
    """What the desk takes, without any page around it."""
    out: dict[str, Any] = {}
    with open_store(database) as store:
        for user in ("demo.internal-affairs", "demo.supervisor"):
            desk = _desk(store, user)
            for name, wanted in cases(date.today()).items():  # noqa: DTZ011, only a filter's date
                took, page = timed(lambda desk=desk, wanted=wanted: library.look(desk, wanted, limit=25))
                out[f"{user}: {name}"] = {"ms": took, "found": page.total}
            for query in ("saxophone", "knife down", "the"):
                took, found = timed(lambda desk=desk, query=query: library.searched(desk, query, Filter(), limit=50))
                out[f"{user}: search {query!r}"] = {"ms": took, "found": found.places}
            took, _ = timed(lambda desk=desk: figures.unit(desk, figures.Period()), runs=1)
            out[f"{user}: unit view"] = {"ms": took, "found": 0}
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
            context.set_default_timeout(120_000)
            signed = context.request.post(
                f"{base}/sign-in", form={"account": user}, headers={"origin": base}, max_redirects=0
            )
            assert signed.status == 303, signed.text()
            page = context.new_page()
            page.goto(base)
            _listed(page)
            for name, way in _ways(page).items():
                out[f"{user}: {name}"] = {"ms": [way() for _ in range(RUNS + 1)][1:], "found": 0}
            context.close()
        browser.close()
    return out


def _listed(page: Any) -> None:
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.locator(".bcr-counts").first.wait_for()


def _ways(page: Any) -> dict[str, Callable[[], float]]:
    """What is done on the page, each from a list that is quiet and giving the milliseconds until it shows."""

    def timed_until(act: Callable[[], None], shown: str) -> float:
        began = time.perf_counter()
        act()
        page.get_by_text(shown).first.wait_for()
        took = 1000 * (time.perf_counter() - began)
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        return took

    def everything() -> None:
        button = page.get_by_role("button", name="Show all", exact=True)
        if button.count():
            button.click()
            button.wait_for(state="detached")
        _listed(page)

    def opened() -> float:
        page.get_by_role("link", name="Method", exact=True).click()
        page.get_by_role("heading", name="Method").wait_for()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        return timed_until(lambda: page.get_by_role("link", name="Recordings", exact=True).click(), "newest first")

    def filtered(name: str, shown: str) -> float:
        everything()
        return timed_until(lambda: page.get_by_role("button", name=name, exact=True).click(), shown)

    def searched(query: str) -> float:
        everything()
        field = page.get_by_label("Search what was said")
        field.fill(query)
        took = timed_until(lambda: field.press("Enter"), "where this was said")
        field.fill("")
        field.press("Enter")
        _listed(page)
        return took

    return {
        "open the page from another one": opened,
        "filter: serious marks unread": lambda: filtered("Serious marks unread", "oldest first"),
        "filter: stop without a reason heard": lambda: filtered("Stop without a reason heard", "about half of the"),
        "filter: unsigned, oldest first": lambda: filtered("Unsigned, oldest first", "oldest first"),
        "search a rare word": lambda: searched("saxophone"),
        "search two common words": lambda: searched("knife down"),
    }


def page() -> str:
    """The page of results, from what was measured last."""
    raw = json.loads(RAW.read_text("utf-8"))
    rows = [
        [part, name, f"{statistics.median(one['ms']):.0f}", f"{max(one['ms']):.0f}", one["found"] or ""]
        for part in ("desk", "browser")
        for name, one in raw.get(part, {}).items()
    ]
    head = ("where", "what", "median ms", "longest ms", "found")
    busy = ", ".join(f"{part} at a load of {load} on {os.cpu_count()} cores" for part, load in raw["load"].items())
    return (
        "# The library on 10,000 recordings\n\n"
        "Made by `python -m benchmarks.app_library` on a generated store (see there): 800,000 marks, 700,000 turns, "
        f"30 % of the marks judged. {RUNS} runs each after one that is not counted. desk: what the program takes. "
        "browser: from the click or key in Chromium until the new list shows, through the real app. The unit view is "
        f"counted once a minute at most. Opening, filtering and searching may take {LIMIT} ms each. Measured {busy}: "
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
