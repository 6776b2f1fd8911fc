"""A library of 10,000 recordings, made row by row as the program would write it, without any model.

A year of recordings with 80 marks and 70 turns each, 30 % of the marks judged, 20 % of the reviews signed off, eight
units and forty officers.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, insert

from review.behaviours import CATALOGUE
from review.encounter import Answer, Verdict
from review.store import open_store, sums, tallies
from review.store.engine import writing
from review.store.tables import acts, encounters, flags, listings, mark_counts, recordings, turns, verdicts, whose

RECORDINGS = 10_000
MARKS, TURNS, WORDS_A_TURN = 80, 70, 12
FOLDER = Path(tempfile.gettempdir()) / "bodycam-review-benchmark"
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
    places = {
        row["recording"]: (UNITS[int(row["recording"], 16) % len(UNITS)], row["at"][:7]) for row in rows[listings]
    }
    changes: sums.Changes = {}
    for row in rows[mark_counts]:
        key = (*places[row["recording"]], row["behaviour"], row["others"], row["direction"])
        changes.setdefault(key, Counter()).update(sums.summed(row))
    sums.add(connection, changes)


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
