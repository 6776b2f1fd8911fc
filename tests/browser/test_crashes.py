"""kill -9 of the server at any moment of verifying: what was shown as saved is kept, what was answered arrives once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from review.encounter import Direction, Flag, Role, Span, Status
from review.store import open_store

pytestmark = pytest.mark.browser
KILLS = 20
SEED = 5
MORE = 8  # answers that are saved between two ends of the server at most
LATER = 0.08  # seconds from then to its end at most: also between an answer and its being kept
DOWN = 0.4  # seconds until it is started again at most
GAP = 0.06  # seconds between two answers at most: nobody is as fast
ROUNDS = 60  # how often all lines are said: enough marks for the longest run
# Notes each operation when the page takes it, and when the page holds it for saved.
WATCH = """
window.taken = []; window.saved = [];
const [set, remove] = [Storage.prototype.setItem, Storage.prototype.removeItem];
const ours = (key) => key.includes(':outbox:') && key.includes(':verdicts:');
Storage.prototype.setItem = function (key, value) {
  if (ours(key)) taken.push(JSON.parse(value));
  set.call(this, key, value);
};
Storage.prototype.removeItem = function (key) {
  if (ours(key)) saved.push(JSON.parse(this.getItem(key)));
  remove.call(this, key);
};
"""
SHOWN = """() => { const host = [...document.querySelectorAll('*')].find(n => n.shadowRoot?.querySelector('audio'));
const cards = [...(host?.shadowRoot.querySelectorAll('.card[data-saved=true]') ?? [])];
return cards.map(card => [card.dataset.flag, card.querySelector('.answer[aria-pressed=true]')?.dataset.do ?? ''])
  .filter(([, answer]) => answer); }"""


class Mortal:
    """The app as a process that can be killed and is there again within a second."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.base = f"http://127.0.0.1:{port}"
        self.process = 0
        self.log = (folder / "server.log").open("ab")
        self.parent = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("forking_server.py")), str(port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, cwd=folder, text=True,
            start_new_session=True,
            env={**os.environ, "BODYCAM_REVIEW_DB": str(folder / "review.db")},
        )  # fmt: skip

    def start(self) -> None:
        """Start a server and wait until it answers."""
        assert self.parent.stdin
        assert self.parent.stdout
        self.parent.stdin.write("\n")
        self.parent.stdin.flush()
        self.process = int(self.parent.stdout.readline())
        for _ in range(2400):
            with suppress(httpx.TransportError):
                if httpx.get(self.base, timeout=60).status_code == 401:
                    return
            time.sleep(0.05)
        raise AssertionError(f"the app did not start:\n{(self.folder / 'server.log').read_text('utf-8', 'replace')}")

    def kill(self) -> None:
        """End it without a word, as `kill -9` does, and wait until it is gone."""
        os.kill(self.process, signal.SIGKILL)
        with suppress(ProcessLookupError):
            for _ in range(2000):
                os.kill(self.process, 0)
                time.sleep(0.005)

    def end(self) -> None:
        """Leave nothing behind."""
        with closing(self.log):
            os.killpg(self.parent.pid, signal.SIGKILL)
            self.parent.communicate()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, free_port: Any) -> Iterator[Mortal]:
    """In place of the server that lives as long as its module."""
    mortal = Mortal(tmp_path_factory.mktemp("killed"), free_port())
    try:
        mortal.start()
        yield mortal
    finally:
        mortal.end()


@pytest.fixture
def shelved(server: Mortal, shelve_into: Any) -> Any:
    """A long recording with a mark on every line."""
    short = shelve_into(server.folder)
    lines = short.encounter.turns
    length = lines[-1].span.end + 1
    turns, flags, at = [], [], 0
    for number in range(ROUNDS):
        for turn in lines:
            said = tuple(replace(word, span=later(word.span, number * length)) for word in turn.words)
            turns.append(replace(turn, span=later(turn.span, number * length), words=said))
            flags.append(mark(len(flags) + 1, turns[-1], at))
            at += len(said)
    recording = replace(short.encounter.recording, sha256="c" * 64, seconds=round(ROUNDS * length, 3))
    encounter = replace(short.encounter, recording=recording, turns=tuple(turns), flags=tuple(flags))
    with open_store(short.database) as store:
        store.add(encounter, short.media, at=short.encounter.provenance.made_at)
    return replace(short, encounter=encounter)


def later(span: Span, seconds: float) -> Span:
    return Span(span.start + seconds, span.end + seconds)


def mark(number: int, turn: Any, first: int) -> Flag:
    quote = " ".join(word.text for word in turn.words)
    return Flag(
        f"flag-{number}", "order", Direction.EVENT, turn.span, first, first + len(turn.words) - 1, quote, turn.speaker,
        Role.OFFICER, 0.9, Status.FLAGGED, "order/by-hand@1",
    )  # fmt: skip


class Killer(threading.Thread):
    """Kills the server at drawn moments; the test looks at what is kept each time before the next one starts."""

    def __init__(self, server: Mortal) -> None:
        super().__init__(daemon=True)
        self.server, self.draw = server, random.Random(SEED)
        self.saved, self.wanted = 0, 1
        self.enough, self.dead, self.looked = threading.Event(), threading.Event(), threading.Event()
        self.failed: Exception | None = None

    def tell(self, saved: int) -> None:
        """How many answers the page shows as saved by now."""
        self.saved = saved
        if saved >= self.wanted:
            self.enough.set()

    def run(self) -> None:
        try:
            for _ in range(KILLS):
                self.enough.wait()
                time.sleep(self.draw.uniform(0, LATER))
                self.server.kill()
                self.dead.set()
                self.looked.wait()
                self.looked.clear()
                self.wanted = self.saved + self.draw.randint(1, MORE)
                self.enough.clear()
                time.sleep(self.draw.uniform(0, DOWN))
                self.server.start()
        except Exception as error:
            self.failed = error


def kept(shelved: Any) -> list[tuple[str, str, str]]:
    """What the database holds: (operation, mark, answer) in their order."""
    with open_store(shelved.database) as store:
        return [(one.id, one.flag, one.answer.value) for one in store.verdicts(shelved.sha256)]


def holding(answers: list[tuple[str, str, str]]) -> dict[str, str]:
    """The answer that holds for each mark."""
    holds: dict[str, list[str]] = {}
    for _, flag, answer in answers:
        said = holds.setdefault(flag, [])
        if answer == "undo":
            said[-1:] = []
        else:
            said.append(answer)
    return {flag: said[-1] for flag, said in holds.items() if said}


def look(page: Any, shelved: Any) -> int:
    """Nothing that the page shows as saved is missing, now that the server is dead; how many are on their way."""
    shown, saved = page.evaluate(SHOWN), page.evaluate("saved")
    there = kept(shelved)
    ids = {one for one, _, _ in there}
    assert [one for one in saved if one["id"] not in ids] == []
    unsaved = {one["flag"] for one in page.evaluate("taken") if one["id"] not in {kept["id"] for kept in saved}}
    holds = holding(there)
    assert [(flag, answer) for flag, answer in shown if flag not in unsaved and holds.get(flag) != answer] == []
    return len(unsaved)


def answer(page: Any, draw: random.Random) -> None:
    """One key as a reviewer presses it who goes as fast as a keyboard does."""
    page.keyboard.press(draw.choice("aaddddswz"))
    page.wait_for_timeout(1000 * draw.uniform(0, GAP))


def test_twenty_crashes_while_verifying_lose_nothing_and_double_nothing(window, server, shelved, eventually):
    window.context.set_default_timeout(60_000)
    window.context.add_init_script(WATCH)
    window.sign_in()
    page = window.listen(shelved.sha256)
    draw, killer, waiting = random.Random(SEED + 1), Killer(server), []
    page.keyboard.press("v")
    killer.start()
    while killer.is_alive() or killer.dead.is_set():
        answer(page, draw)
        killer.tell(page.evaluate("saved.length"))
        if killer.dead.is_set():
            try:
                waiting.append(look(page, shelved))
            finally:
                killer.dead.clear()
                killer.looked.set()
    assert killer.failed is None, killer.failed
    page.locator("audio").evaluate("media => media.pause()")
    eventually(page, lambda: page.locator(".saved").inner_text(), lambda text: text == "All answers saved", seconds=90)
    taken = [(one["id"], one["flag"], one["answer"]) for one in page.evaluate("taken")]
    assert len(taken) >= 5 * KILLS, "hardly anything was answered meanwhile"
    assert kept(shelved) == taken
    assert dict(page.evaluate(SHOWN)) == holding(taken)
    assert len(waiting) == KILLS
    assert any(waiting), "no crash came between an answer and its being kept"
    print(f"{len(taken)} answers; on their way at each crash: {waiting}")  # noqa: T201
