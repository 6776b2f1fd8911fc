"""Recordings made by hand for the tests of the app: a real sound file, an encounter with words and flags, no models."""

from __future__ import annotations

import hashlib
import math
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

from review.encounter import (
    Direction,
    Encounter,
    Flag,
    Provenance,
    Recording,
    Role,
    Span,
    SpeakerRole,
    Status,
    Turn,
    Word,
)
from review.store import Store, open_store
from tests import postgresql

# A busy machine is no bug: nothing here is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

PROJECT = Path(__file__).parent.parent
MADE_AT = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
WORD_SECONDS = 0.4
LINES = (
    ("S1", "Good evening, I'm with the county police. The reason I stopped you is your tail light."),
    ("S2", "Okay, I did not know it was out."),
    ("S1", "That's all right, take your time and find your licence for me, please."),
    ("S2", "My hands are shaking, I'm scared."),
    ("S1", "I'm not going to tell you again, get out of the car!"),
    ("S2", "Please, why are you shouting at me?"),
    ("S1", "Step out of the car now."),
)
# behaviour, direction, line, first and last word of the line, confidence, status
MARKS = (
    ("reason_for_stop", Direction.DEESCALATING, 0, 7, 15, 0.93, Status.FLAGGED),
    ("time_and_space", Direction.DEESCALATING, 2, 3, 5, 0.9, Status.FLAGGED),
    ("distress", Direction.CIVILIAN, 3, 0, 5, 0.55, Status.UNSURE),
    ("ultimatum", Direction.ESCALATING, 4, 0, 6, 0.91, Status.FLAGGED),
    ("asks_why", Direction.CIVILIAN, 5, 1, 6, 0.8, Status.FLAGGED),
    ("order", Direction.EVENT, 6, 0, 5, 0.88, Status.FLAGGED),
)


@dataclass(frozen=True)
class Shelved:
    """A store with one recording in it, and where both lie."""

    database: Path | str  # a URL where it is no file
    media: Path
    encounter: Encounter

    @property
    def sha256(self) -> str:
        return self.encounter.recording.sha256


def write_tone(path: Path, *, seconds: int, pitch: float = 220.0) -> None:
    """A quiet tone that swells once a second, so that a person who listens hears the place change."""
    rate = 8000
    swells = [0.5 - 0.5 * math.cos(2 * math.pi * n / rate) for n in range(rate)]
    second = b"".join(
        struct.pack("<h", int(4000 * swell * math.sin(2 * math.pi * pitch * n / rate)))
        for n, swell in enumerate(swells)
    )
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(second * seconds)


def handmade(path: Path, *, lines: tuple[tuple[str, str], ...] = LINES, remarks: tuple[str, ...] = ()) -> Encounter:
    """An encounter over the sound file at `path`: one word every 0.4 s, and the marks of MARKS."""
    turns, at = [], 1.0
    for speaker, text in lines:
        words = []
        for word in text.split():
            words.append(Word(word, Span(at, at + WORD_SECONDS * 0.9), 0.35 if word == "licence" else 0.95))
            at += WORD_SECONDS
        turns.append(Turn(speaker, Span(words[0].span.start, words[-1].span.end), tuple(words)))
        at += 0.6
    body = path.read_bytes()
    recording = Recording(
        sha256=hashlib.sha256(body).hexdigest(),
        name=path.name,
        seconds=round(max(at, 1.0), 3),
        bytes=len(body),
        container="wav",
        recorded_at=datetime(2025, 2, 28, 21, 15, tzinfo=UTC),
    )
    roles = (SpeakerRole("S1", Role.OFFICER, 0.95), SpeakerRole("S2", Role.CIVILIAN, 0.6))
    encounter = Encounter(recording, "en", tuple(turns), roles, (), Provenance("review test", MADE_AT, remarks=remarks))
    return replace(encounter, flags=_flags(encounter) if lines is LINES else ())


def _flags(encounter: Encounter) -> tuple[Flag, ...]:
    firsts = [sum(len(turn.words) for turn in encounter.turns[:line]) for line in range(len(encounter.turns))]
    return tuple(
        Flag(
            id=f"flag-{number}",
            behaviour=behaviour,
            direction=direction,
            span=Span(encounter.words[firsts[line] + a].span.start, encounter.words[firsts[line] + b].span.end),
            first=firsts[line] + a,
            last=firsts[line] + b,
            quote=" ".join(word.text for word in encounter.words[firsts[line] + a : firsts[line] + b + 1]),
            speaker=encounter.turns[line].speaker,
            role=encounter.role_of(encounter.turns[line].speaker).role,
            confidence=confidence,
            status=status,
            source=f"{behaviour}/by-hand@1",
        )
        for number, (behaviour, direction, line, a, b, confidence, status) in enumerate(MARKS, start=1)
    )


def a_free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """`a_free_port`, for tests that start something themselves."""
    return a_free_port


class Server:
    """`streamlit run app.py` as a person starts it, in another folder than the project's, on a free port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = a_free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py"), "--server.port", str(self.port)]
        environment = {**os.environ, "BODYCAM_REVIEW_DB": str(self.folder / "review.db")}
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)
        for _ in range(600):
            if self.process.poll() is not None:
                break
            # The socket listens before the program behind it is loaded, so wait for an answer; anonymous, it is 401.
            with suppress(httpx.TransportError):
                if httpx.get(self.base, timeout=60).status_code == 401:
                    return
            time.sleep(0.1)
        raise AssertionError(f"the app did not start:\n{self.log()}")

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def log(self) -> str:
        """What it printed."""
        return (self.folder / "server.log").read_text("utf-8", "replace")


def shelve(
    folder: Path, *, pitch: float = 220.0, name: str = "stop_at_night.wav", database: Path | str | None = None
) -> Shelved:
    """Put one handmade recording of half a minute into the store in `folder`; another pitch is another recording."""
    database = database or folder / "review.db"
    media = folder / name
    write_tone(media, seconds=32, pitch=pitch)
    encounter = handmade(media, remarks=("The second speaker is far from the camera.",))
    with open_store(database) as store:
        store.add(encounter, media, at=MADE_AT)
    return Shelved(database, media, encounter)


@pytest.fixture(scope="session")
def shelve_into() -> Callable[..., Shelved]:
    """`shelve`, for tests that need several recordings."""
    return shelve


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app over a store of its own, for the tests of one module."""
    yield from serving(tmp_path_factory.mktemp("served"))


def serving(folder: Path) -> Iterator[Server]:
    """The app over a store in this folder, as long as somebody asks for it."""
    running = Server(folder)
    open_store(running.folder / "review.db").close()  # else the server and the test would make it at the same time
    running.start()
    yield running
    running.stop()


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest about our marker."""
    config.addinivalue_line("markers", "databases(*names): the store lies in each of these, sqlite or postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that is marked so on each database; the mark nearest to the test counts."""
    mark = metafunc.definition.get_closest_marker("databases")
    if mark and "database" in metafunc.fixturenames:
        which = [pytest.param(name, marks=[postgresql.needed] * (name == "postgresql")) for name in mark.args]
        metafunc.parametrize("database", which, indirect=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """A PostgreSQL server for the tests of this process."""
    with postgresql.running() as server:
        yield server


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where this test's store lies: a file in its folder, or a database of its own on a PostgreSQL server."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield tmp_path / "review.db"
        return
    server: postgresql.Server = request.getfixturevalue("postgresql_server")
    name, url = server.new()
    yield url
    server.drop(name)


@pytest.fixture
def new_store(database: Path | str) -> Iterator[Callable[[], Store]]:
    """Opens this test's store; closed afterwards, since an open SQLite engine is a warning."""
    opened: list[Store] = []

    def open_it() -> Store:
        opened.append(open_store(database))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def shelved(tmp_path: Path, database: Path | str) -> Shelved:
    """A store with one handmade recording of half a minute."""
    return shelve(tmp_path, database=database)
