"""How long it takes to put two swapped voices right in a call of ten minutes: `python -m benchmarks.app_corrections`.

The call is generated: lines of everyday traffic stops in turn, marked by the real rules and models before the voices
are swapped back by clicks in Chromium. Counted from the click that opens the form to the new words on the page, the
first time (the server's process has yet to load the models) and again; and the marking alone, in processor time.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sys
import tempfile
import time
import wave
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.accuracy import table
from benchmarks.app import CHROMIUM, Served, served
from review.encounter import (
    Correction,
    CorrectionKind,
    Encounter,
    Provenance,
    Recording,
    Role,
    Span,
    SpeakerRole,
    Turn,
    Word,
)
from review.revisions import corrected, retagged
from review.store import open_store

MINUTES = 10
RATE = 8000  # samples a second of the silent file
WORD = 0.36  # seconds, with the pause after it: 160 words a minute, as in talk
PAUSE = 0.5  # seconds between two lines
AGAIN = 3  # swaps after the first
PATIENCE = 600_000  # milliseconds; a busy machine is told in the result, not hidden
LIMIT = 30  # seconds
RAW = Path(__file__).with_name("results") / "app_corrections.json"
RESULT = RAW.with_suffix(".md")
MADE_AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
OFFICER = (
    "Good evening, I'm with the county police, the reason I stopped you is your tail light.",
    "Can I see your licence and registration, please?",
    "Take your time, I can wait.",
    "Step out of the car for me.",
    "I understand that this is frustrating, I would be upset, too.",
    "Keep your hands where I can see them.",
    "I'm not going to tell you again, get out of the car!",
    "Do you have any questions before I write this up?",
    "All right, I'll be right back with you.",
)
CIVILIAN = (
    "Okay, I did not know it was out.",
    "Why did you pull me over? I was not even speeding.",
    "My hands are shaking, I'm scared.",
    "I'm just trying to get home from work.",
    "You can't make me do that, I know my rights.",
    "Sorry, it's in the glove box, give me a second.",
    "My chest hurts, I can't breathe right.",
)


def call(folder: Path, minutes: int = MINUTES) -> Encounter:
    """A silent file of this length in `folder`, and what is said in it: by S2 what the officer says, by S1 the rest."""
    media, seconds = folder / "ten_minutes.wav", 60.0 * minutes
    with wave.open(str(media), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(bytes(2 * RATE * 60) * minutes)
    draw, at = random.Random(5), 1.0
    turns: list[Turn] = []
    while at < seconds - 20:
        speaker, lines = ("S2", OFFICER) if len(turns) % 2 == 0 else ("S1", CIVILIAN)
        texts = draw.choice(lines).split()
        words = tuple(Word(text, Span(at + n * WORD, at + (n + 0.9) * WORD), 0.95) for n, text in enumerate(texts))
        turns.append(Turn(speaker, words[0].span.cover(words[-1].span), words))
        at = words[-1].span.end + PAUSE
    body = media.read_bytes()
    recording = Recording(
        sha256=hashlib.sha256(body).hexdigest(), name=media.name, seconds=seconds, bytes=len(body), container="wav",
        recorded_at=MADE_AT,
    )  # fmt: skip
    roles = (SpeakerRole("S1", Role.OFFICER, 0.9), SpeakerRole("S2", Role.CIVILIAN, 0.9))
    return Encounter(recording, "en", tuple(turns), roles, (), Provenance("generated", MADE_AT))


def marking(encounter: Encounter) -> dict[str, float]:
    """Processor seconds, and seconds by the clock, of one swap in a process that has the models."""
    names = (("S1", "S3"), ("S2", "S1"), ("S3", "S2"))
    whole = Span(0.0, encounter.recording.seconds)
    made = [
        Correction(encounter.recording.sha256, CorrectionKind.SPEAKER, was, whole, was, now, "benchmark", MADE_AT)
        for was, now in names
    ]
    clock, processor = time.perf_counter(), time.process_time()
    corrected(encounter, made)
    return {"clock": time.perf_counter() - clock, "processor": time.process_time() - processor}


def by_clicks(server: Served) -> list[float]:
    """Seconds of each swap, from the click on a voice's name to the new words on the page."""
    from playwright.sync_api import sync_playwright  # only this needs it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=CHROMIUM)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE)
        own = {"origin": server.base}
        context.request.post(f"{server.base}/sign-in", form={"account": "demo.supervisor"}, headers=own)
        url = f"{server.base}/api/recordings/{server.sha256}/opening"
        context.request.post(url, data={"purpose": "assigned_review"}, headers=own)
        page = context.new_page()
        page.goto(f"{server.base}/listen?recording={server.sha256}")
        page.locator(".word").first.wait_for()
        found = [_swap(page) for _ in range(1 + AGAIN)]
        browser.close()
    return found


def _swap(page: Any) -> float:
    names = page.locator(".turn .voice-name")
    before = names.first.inner_text()
    began = time.perf_counter()
    names.first.click()
    page.get_by_role("button", name="Swap voices").click()
    page.locator(".correct-notice", has_text="Put right.").wait_for()
    seconds = time.perf_counter() - began
    assert names.first.inner_text() != before, "the voices did not change places"
    return seconds


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "there is no Chromium here"
    return found


def measure() -> dict[str, Any]:
    """All of it, with how busy the machine was: other programs make every figure larger."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        encounter = retagged(call(folder))
        with open_store(folder / "review.db") as store:
            store.add(encounter, folder / "ten_minutes.wav", at=MADE_AT)
        alone = [marking(encounter) for _ in range(3)]
        load = [os.getloadavg()[0]]
        with served(folder) as server:
            clicked = by_clicks(server)
        load.append(os.getloadavg()[0])
    return {
        "minutes": MINUTES,
        "words": len(encounter.words),
        "turns": len(encounter.turns),
        "marks": len(encounter.flags),
        "seconds by clicks": [round(one, 2) for one in clicked],
        "marking alone": [{key: round(value, 2) for key, value in one.items()} for one in alone],
        "load before and after": [round(one, 1) for one in load],
        "processors": os.cpu_count(),
    }


def page_of(raw: dict[str, Any]) -> str:
    """The result as a page."""
    first, *again = raw["seconds by clicks"]
    alone = min(one["processor"] for one in raw["marking alone"])
    rows = [
        ["the first swap, models loaded for it", f"{first:.1f} s", f"under {LIMIT} s"],
        ["the next swaps, slowest", f"{max(again):.1f} s", f"under {LIMIT} s"],
        ["of which marking anew, processor time", f"{alone:.1f} s", ""],
    ]
    load = " and ".join(str(one) for one in raw["load before and after"])
    head = (
        f"# Two swapped voices put right\n\nA call of {raw['minutes']} minutes ({raw['words']:,} words, {raw['turns']} "
        f"turns, {raw['marks']} marks), {raw['processors']} processors; load {load} before and after.\n\n"
    )
    return head + table(["From the click on the name to the new words", "measured", "wanted"], rows) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Measure, keep the result unless told to look only (`--look`), and print it."""
    raw = measure()
    if "--look" not in arguments:
        RAW.write_text(json.dumps(raw, indent=1) + "\n", "utf-8")
        RESULT.write_text(page_of(raw), "utf-8")
    print(page_of(raw))


if __name__ == "__main__":
    main(sys.argv[1:])
