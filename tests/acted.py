"""The beginning of an acted sample, pictures too, really processed for a server; and who opens it there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from review.encounter import Encounter, Flag
from review.store import open_store
from tests import running

SAMPLES = Path(__file__).parents[1] / "samples"
NAME = "heated stop.mp4"
SAMPLE = "heated_traffic_stop"
CUT = 44.0  # seconds of it: an order, a dismissal, an insult, somebody scared, a colleague who steps in
PROCESSED = 300.0  # seconds; the models are loaded for it, on a machine that does other things, too
BEGINS = {  # where each account begins: the heading of the page
    "demo.supervisor": "Today", "demo.officer": "My recordings", "demo.internal-affairs": "Today",
    "demo.trainer": "Shared moments", "demo.oversight": "Unit view",
}  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """The recording in the store of the server, and how a test looks at it."""

    database: Path
    sha256: str

    def encounter(self) -> Encounter:
        with open_store(self.database) as store:
            return store.encounter(self.sha256)

    def mark(self, behaviour: str) -> Flag:
        """The first sure mark of this kind."""
        return next(one for one in self.encounter().flags if one.behaviour == behaviour and one.status == "flagged")

    def logged(self, person: str) -> list[Any]:
        """What stands in the log of this person and this recording, the oldest first."""
        with open_store(self.database) as store, store.casebook() as book:
            return list(book.logged(person=person, recording=self.sha256, limit=10_000)[::-1])


def processed(folder: Path) -> Stop:
    """Hear it as the real command does, into the store in this folder; the demo officer wears the camera."""
    media, database = folder / NAME, folder / "review.db"
    cut(SAMPLES / f"{SAMPLE}.mp4", media, CUT)
    command = [sys.executable, "-m", "review", "process", NAME, "--out", "-", "--db", database.name]
    alone = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=folder, env=alone, capture_output=True, text=True, timeout=PROCESSED)
    assert done.returncode == 0, done.stderr
    sha256 = json.loads(done.stdout)["recording"]["sha256"]
    told = running.run("whose", sha256, "--officer", "demo.officer", db=database)
    assert told.returncode == 0, told.stderr
    return Stop(database, sha256)


def cut(source: Path, target: Path, end: float) -> None:
    """The beginning of a video, without coding anything anew."""
    with av.open(str(source)) as whole, av.open(str(target), "w") as part:
        streams = {one.index: part.add_stream_from_template(one) for one in whole.streams}
        for packet in whole.demux():
            if packet.pts is not None and packet.pts * packet.time_base < end:
                packet.stream = streams[packet.stream.index]
                part.mux(packet)


def begin(window: Any, user: str) -> Any:
    """Sign in, and come to where this person begins."""
    window.page.goto("about:blank")  # nothing of whoever sat here before is asked for in this person's name
    window.sign_in(user)
    window.page.goto(window.base)
    window.page.get_by_role("heading", name=BEGINS[user], exact=True).wait_for()
    window.settled()
    window.watched()
    return window.page


def open_for(window: Any, purpose: str, case: str = "") -> Any:
    """Say what the recording is opened for, as a person does, and wait for words and form."""
    page = window.page
    page.get_by_text("Why are you opening this recording?").wait_for()
    window.settled()
    page.locator("[data-testid=stRadio]").get_by_text(purpose, exact=True).click()
    window.settled()
    if case:
        page.get_by_label("Case or complaint number").fill(case)
    page.get_by_role("button", name="Open", exact=True).click()
    page.locator(".word").first.wait_for()
    page.locator(".form .item").first.wait_for()
    window.settled()
    page.get_by_label("Speed").select_option("2")
    return page
