"""An encounter as something to read or hand on: JSON, CSV, WebVTT and Markdown, with what people have verified."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from review.encounter import Encounter, Turn, Verdict, Word
from review.encounter_json import to_dict
from review.errors import OutputError
from review.report import record as records
from review.report.markdown import markdown
from review.report.plain import ADVICE, MACHINE, clock, named
from review.report.record import Exporter, Gone, Record
from review.report.tables import table
from review.timeline import timeline

__all__ = [
    "ADVICE",
    "MACHINE",
    "Exporter",
    "Format",
    "Gone",
    "Record",
    "as_dict",
    "clock",
    "make_folder",
    "render",
    "save",
]

CUE_SECONDS = 6.0  # a subtitle cue longer than this is hard to follow
CUE_LETTERS = 84  # two lines of 42 characters, the usual subtitle limit


class Format(StrEnum):
    """What an encounter can be exported as."""

    JSON = "json"
    CSV = "csv"
    MD = "md"
    VTT = "vtt"


def render(
    encounter: Encounter,
    form: Format,
    *,
    verdicts: Sequence[Verdict] = (),
    hidden: Collection[str] = (),
    record: Record | None = None,
) -> str:
    """The encounter and what people did about it, in this format.

    `verdicts` decide where each mark stands; of them, and of all else that people did, only what `record` holds is
    told. Of the behaviours that are `hidden` by policy nothing is told, not even that they were not heard.
    """
    if form is Format.CSV:
        return table(encounter, verdicts, record)
    if form is Format.MD:
        return markdown(encounter, verdicts, hidden, record)
    if form is Format.VTT:
        return _webvtt(encounter, record)
    return json.dumps(as_dict(encounter, verdicts, hidden, record), ensure_ascii=False) + "\n"


def as_dict(
    encounter: Encounter,
    verdicts: Sequence[Verdict] = (),
    hidden: Collection[str] = (),
    record: Record | None = None,
) -> dict[str, Any]:
    """The encounter with its timeline, each flag's standing, and what people did, as JSON values."""
    whole = to_dict(encounter)
    told = timeline(encounter, verdicts=verdicts, hidden=frozenset(hidden))
    for flag in whole["flags"]:
        flag["standing"] = told.standings[flag["id"]].value
    provenance = whole.pop("provenance")
    for model in provenance["models"]:
        if not model["sha256"]:
            del model["sha256"]  # an empty one reads like a checksum that is wrong
    people = records.as_dict(record) if record else {}
    return {"notice": f"{MACHINE} {ADVICE}", **whole, "timeline": told.as_dict(), **people, "provenance": provenance}


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


def _webvtt(encounter: Encounter, record: Record | None) -> str:
    cues = ["WEBVTT", f"NOTE\n{_head(encounter, record)}", f"NOTE\n{ADVICE}"]
    for turn in encounter.turns:
        name = f"{named(encounter.role_of(turn.speaker).role)} {turn.speaker}"
        cues.extend(
            f"{_stamp(words[0].span.start)} --> {_stamp(words[-1].span.end)}\n"
            f"<v {_escaped(name)}>{_escaped(' '.join(word.text for word in words))}"
            for words in _cues(turn)
        )
    return "\n\n".join(cues) + "\n"


def _head(encounter: Encounter, record: Record | None) -> str:
    lines = [f"Recording {encounter.recording.sha256}", f"Revision {encounter.revision}", MACHINE]
    if record:
        lines.append(f"Worn by: {record.wearer or 'nobody has said'}; unit: {record.unit or 'none'}")
        who = f"{record.by.account}, {record.by.role}" if record.by.account else record.by.source
        lines.append(f"Exported {record.at:%Y-%m-%d %H:%M} UTC by {who}")
    # A note ends at an empty line, and an arrow would begin a cue.
    return "\n".join(" ".join(line.split()).replace("-->", "->") for line in lines)


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
