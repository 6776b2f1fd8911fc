"""An encounter as something to read or hand on: JSON, CSV, WebVTT and Markdown, with what people have verified."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from review.encounter import Encounter, Turn, Verdict, Word
from review.encounter_json import to_dict
from review.errors import OutputError
from review.report.markdown import markdown
from review.report.plain import ADVICE, clock, named
from review.timeline import standings, timeline

__all__ = ["ADVICE", "Format", "as_dict", "clock", "make_folder", "render", "save"]

CUE_SECONDS = 6.0  # a subtitle cue longer than this is hard to follow
CUE_LETTERS = 84  # two lines of 42 characters, the usual subtitle limit
_CSV_COLUMNS = (
    "recording", "start", "end", "behaviour", "direction", "status", "standing", "quote", "speaker", "role",
    "confidence", "source", "modifiers", "id",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that starts so


class Format(StrEnum):
    """What an encounter can be exported as."""

    JSON = "json"
    CSV = "csv"
    MD = "md"
    VTT = "vtt"


def render(
    encounter: Encounter, form: Format, *, verdicts: Sequence[Verdict] = (), hidden: Collection[str] = ()
) -> str:
    """The encounter and what people said of its flags, in this format.

    Of the behaviours that are `hidden` by policy nothing is told, not even that they were not heard.
    """
    renderers: dict[Format, Callable[[Encounter, Sequence[Verdict], Collection[str]], str]] = {
        Format.JSON: _json,
        Format.CSV: _csv,
        Format.MD: markdown,
        Format.VTT: _webvtt,
    }
    return renderers[form](encounter, verdicts, hidden)


def as_dict(encounter: Encounter, verdicts: Sequence[Verdict] = (), hidden: Collection[str] = ()) -> dict[str, Any]:
    """The encounter with its timeline and each flag's standing, as JSON values."""
    whole = to_dict(encounter)
    told = timeline(encounter, verdicts=verdicts, hidden=frozenset(hidden))
    for flag in whole["flags"]:
        flag["standing"] = told.standings[flag["id"]].value
    provenance = whole.pop("provenance")
    return {**whole, "timeline": told.as_dict(), "provenance": provenance}


def make_folder(folder: Path) -> None:
    """Make the folder that reports go to; raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} could not be made: {error.strerror}; choose another folder") from error


def save(text: str, path: Path) -> None:
    """Write a report whole or not at all; raises OutputError."""
    half = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        half.write_bytes(text.encode("utf-8"))
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise OutputError(f"{path} could not be written: {error.strerror}; choose another place") from error


def _json(encounter: Encounter, verdicts: Sequence[Verdict], hidden: Collection[str]) -> str:
    return json.dumps(as_dict(encounter, verdicts, hidden), ensure_ascii=False) + "\n"


def _csv(encounter: Encounter, verdicts: Sequence[Verdict], _hidden: Collection[str]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    rows.writerow(_CSV_COLUMNS)
    stands = standings(encounter.flags, verdicts)
    for flag in encounter.flags:
        cells: tuple[str | float, ...] = (
            encounter.recording.sha256,
            flag.span.start,
            flag.span.end,
            flag.behaviour,
            flag.direction.value,
            flag.status.value,
            stands[flag.id].value,
            flag.quote,
            flag.speaker,
            flag.role.value,
            flag.confidence,
            flag.source,
            " ".join(flag.modifiers),
            flag.id,
        )
        rows.writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def _harmless(cell: str | float) -> str | float:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _webvtt(encounter: Encounter, _verdicts: Sequence[Verdict], _hidden: Collection[str]) -> str:
    cues = ["WEBVTT", f"NOTE\n{ADVICE}"]
    for turn in encounter.turns:
        name = f"{named(encounter.role_of(turn.speaker).role)} {turn.speaker}"
        cues.extend(
            f"{_stamp(words[0].span.start)} --> {_stamp(words[-1].span.end)}\n"
            f"<v {_escaped(name)}>{_escaped(' '.join(word.text for word in words))}"
            for words in _cues(turn)
        )
    return "\n\n".join(cues) + "\n"


def _cues(turn: Turn) -> Iterator[list[Word]]:
    cue: list[Word] = []
    letters = 0
    for word in turn.words:
        too_long = cue and word.span.end - cue[0].span.start > CUE_SECONDS
        if too_long or letters + len(word.text) > CUE_LETTERS:
            yield cue
            cue, letters = [], 0
        cue.append(word)
        letters += len(word.text) + 1
    if cue:
        yield cue


def _stamp(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandths:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
