"""Recordings made by hand for the tests of the app: a real sound file, an encounter with words and flags, no models."""

from __future__ import annotations

import hashlib
import math
import struct
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

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

# A busy machine is no bug: nothing here is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

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

    database: Path
    media: Path
    encounter: Encounter

    @property
    def sha256(self) -> str:
        return self.encounter.recording.sha256


def write_tone(path: Path, *, seconds: float, pitch: float = 220.0) -> None:
    """A quiet tone that swells twice a second, so that a person who listens hears the place change."""
    rate = 8000
    frames = (
        int(4000 * math.sin(2 * math.pi * pitch * n / rate) * (0.5 + 0.5 * math.sin(2 * math.pi * n / rate)))
        for n in range(int(seconds * rate))
    )
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(struct.pack("<h", frame) for frame in frames))


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


@pytest.fixture
def new_store(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the store in this test's folder; closed afterwards, since an open SQLite engine is a warning."""
    opened: list[Store] = []

    def open_it() -> Store:
        opened.append(open_store(tmp_path / "review.db"))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def shelved(tmp_path: Path, new_store: Callable[[], Store]) -> Shelved:
    """A store with one handmade recording of half a minute."""
    media = tmp_path / "stop_at_night.wav"
    write_tone(media, seconds=32)
    encounter = handmade(media, remarks=("The second speaker is far from the camera.",))
    new_store().add(encounter, media, at=MADE_AT)
    return Shelved(tmp_path / "review.db", media, encounter)
