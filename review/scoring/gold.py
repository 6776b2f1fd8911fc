"""What was really said, by whom, when, and which behaviours it carries: the files *.gold.json."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.encounter import Role, Span
from review.errors import UnreadableGold

FORMAT = 1


@dataclass(frozen=True)
class Mark:
    """A behaviour that a person put into the gold."""

    behaviour: str
    quote: str
    span: Span


@dataclass(frozen=True)
class Utterance:
    """What one person said in one go, with the behaviours it carries."""

    speaker: str
    role: Role
    span: Span
    text: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Gold:
    """The truth about one recording; `held_out` gold is scored but never tuned on."""

    name: str
    media: Path
    held_out: bool
    utterances: tuple[Utterance, ...]
    language: str = "en"
    snr_db: float | None = None  # speech over noise; None where it was not measured

    @property
    def in_time(self) -> list[Utterance]:
        """The utterances in order of time; a script may list one that talks over another after it."""
        return sorted(self.utterances, key=lambda utterance: utterance.span)


def gold_files(path: Path) -> tuple[Path, ...]:
    """The gold files that `path` stands for: itself, or all in that folder; raises UnreadableGold for none.

    A name that ends in .jsonl holds written talks, any other one recording.
    """
    if not path.is_dir():
        return (path,)
    found = tuple(sorted([*path.glob("*.gold.json"), *path.glob("*.jsonl")]))
    if not found:
        raise UnreadableGold(f"{path} holds no *.gold.json and no *.jsonl file; see samples/README.md for the formats")
    return found


def read_gold(path: Path) -> Gold:
    """The gold of one recording; raises UnreadableGold naming the file."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise UnreadableGold(f"{path.name} has gold format {raw['format']}; this version reads format {FORMAT}")
        return Gold(
            name=raw["name"],
            media=path.parent / raw["media"],
            held_out=bool(raw["held_out"]),
            utterances=tuple(_utterance(one) for one in raw["utterances"]),
            language=raw.get("language", "en"),
            snr_db=_ratio(raw.get("snr_db")),
        )
    except OSError as error:
        raise UnreadableGold(
            f"{path} could not be read: {error.strerror}; give the path of a .gold.json file"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableGold(f"{path.name} is no gold file: {error!r}; see samples/README.md for the format") from error


def _ratio(raw: float | None) -> float | None:
    if raw is not None and not math.isfinite(raw):
        raise ValueError(f"snr_db is {raw}, no number of decibels")
    return raw


def _utterance(raw: Mapping[str, Any]) -> Utterance:
    span = Span(raw["start"], raw["end"])
    marks = tuple(Mark(mark["behaviour"], mark["quote"], span) for mark in raw.get("behaviours", ()))
    return Utterance(raw["speaker"], Role(raw["role"]), span, raw["text"], marks)
