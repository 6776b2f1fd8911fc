"""The scripts of the samples as values: who speaks, with which voice, how far away, what is said and what it shows."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from maker.voices import Voice


@dataclass(frozen=True)
class Person:
    """One speaker of a script."""

    label: str
    role: str  # officer (the wearer), other_officer, civilian or radio
    voice: Voice
    near: bool
    level: float  # dBFS, active speech level in the mix
    echo: float = 0.35  # seconds until the room has died away by 60 dB; far voices only


@dataclass(frozen=True)
class Mark:
    """One behaviour that a line shows, and the words that carry it."""

    behaviour: str
    quote: str
    structure: bool = False  # comes of several lines or of the sound, not of these words alone
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One utterance of the script."""

    who: str
    text: str
    marks: tuple[Mark, ...] = ()
    after: float | None = None  # seconds after the last speech so far; negative talks over it; None is a natural gap
    spoken: str = ""  # what the synthesiser is given, where it would misread `text`
    gain: float = 0.0  # dB over the person's level
    pitch: float = 0.0  # semitones over the person's voice
    pace: float = 1.0


@dataclass(frozen=True)
class Layer:
    """One kind of noise that is there throughout, in dB against the other layers."""

    kind: str
    db: float = 0.0


@dataclass(frozen=True)
class Passing:
    """One noise that comes and goes, in dB over the noise bed."""

    kind: str
    at: float  # seconds of the mix
    seconds: float
    db: float


@dataclass(frozen=True)
class Script:
    """One encounter as written."""

    name: str
    title: str
    media: str
    recorded_at: datetime
    held_out: bool
    people: dict[str, Person]
    lines: tuple[Line, ...]
    snr: float  # dB, the wearer's speech over the noise bed
    layers: tuple[Layer, ...]
    passing: tuple[Passing, ...]
    lead_in: float = 1.0  # seconds before the first word
    tail: float = 1.5  # seconds after the last
    audio_start: float = 0.0  # seconds of the player's clock before the first sound
    language: str = "en"  # ISO 639, of every line


def read(path: Path) -> Script:
    """The script in `path`; a quote that its line does not hold is refused."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    people = {label: _person(label, entry) for label, entry in raw.pop("people").items()}
    lines = tuple(_line(path, entry) for entry in raw.pop("say"))
    strangers = {line.who for line in lines} - set(people)
    if strangers:
        raise ValueError(f"{path.name}: {sorted(strangers)} speak but are not among the people")
    noise = raw.pop("noise")
    return Script(
        name=path.stem,
        people=people,
        lines=lines,
        snr=noise["snr"],
        layers=tuple(Layer(**layer) for layer in noise["layers"]),
        passing=tuple(Passing(**passing) for passing in noise.get("passing", ())),
        **raw,
    )


def _person(label: str, entry: dict[str, Any]) -> Person:
    return Person(label=label, **{**entry, "voice": Voice(**entry["voice"])})


def _line(path: Path, entry: dict[str, Any]) -> Line:
    marks = tuple(_mark(mark) for mark in entry.pop("marks", ()))
    line = Line(marks=marks, **entry)
    for mark in marks:
        if mark.quote not in line.text:
            raise ValueError(f"{path.name}: {mark.behaviour} quotes {mark.quote!r}, which is not in {line.text!r}")
    return line


def _mark(entry: list[Any]) -> Mark:
    """A mark is written `["behaviour", "quote"]`, with a table of details for what spans lines."""
    behaviour, quote, *rest = entry
    return Mark(behaviour, quote, structure=bool(rest), details=rest[0] if rest else {})
