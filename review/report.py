"""An encounter as something to read or hand on: JSON, CSV, WebVTT and Markdown, with what people have verified."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from review.encounter import Encounter, Flag, Role, Turn, Verdict, Word, standing
from review.encounter_json import to_dict
from review.errors import OutputError
from review.timeline import timeline

CUE_SECONDS = 6.0  # a subtitle cue longer than this is hard to follow
CUE_LETTERS = 84  # two lines of 42 characters, the usual subtitle limit
ADVICE = (
    "Marks are made by a machine for a person to check. They advise and conclude nothing: no mark, good or bad, "
    "counts as verified until a person has confirmed the words and the speaker, and nothing heard is not nothing done."
)
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


def render(encounter: Encounter, form: Format, *, verdicts: Sequence[Verdict] = ()) -> str:
    """The encounter and what people said of its flags, in this format."""
    renderers: dict[Format, Callable[[Encounter, Sequence[Verdict]], str]] = {
        Format.JSON: _json,
        Format.CSV: _csv,
        Format.MD: _markdown,
        Format.VTT: _webvtt,
    }
    return renderers[form](encounter, verdicts)


def as_dict(encounter: Encounter, verdicts: Sequence[Verdict] = ()) -> dict[str, Any]:
    """The encounter with its timeline and each flag's standing, as JSON values."""
    whole = to_dict(encounter)
    for flag in whole["flags"]:
        flag["standing"] = standing(flag["id"], verdicts).value
    numbers = timeline(encounter, verdicts=verdicts).as_dict()
    provenance = whole.pop("provenance")
    return {**whole, "timeline": numbers, "provenance": provenance}


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


def clock(seconds: float) -> str:
    """Seconds as a reader's clock.

    >>> clock(3725.4)
    '1:02:05'
    >>> clock(65)
    '1:05'
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _json(encounter: Encounter, verdicts: Sequence[Verdict]) -> str:
    return json.dumps(as_dict(encounter, verdicts), ensure_ascii=False) + "\n"


def _csv(encounter: Encounter, verdicts: Sequence[Verdict]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    rows.writerow(_CSV_COLUMNS)
    for flag in encounter.flags:
        cells: tuple[str | float, ...] = (
            encounter.recording.sha256,
            flag.span.start,
            flag.span.end,
            flag.behaviour,
            flag.direction.value,
            flag.status.value,
            standing(flag.id, verdicts).value,
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


def _webvtt(encounter: Encounter, _verdicts: Sequence[Verdict]) -> str:
    cues = ["WEBVTT", f"NOTE\n{ADVICE}"]
    for turn in encounter.turns:
        name = f"{_named(encounter.role_of(turn.speaker).role)} {turn.speaker}"
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


def _named(role: Role) -> str:
    return role.value.replace("_", " ").capitalize()


def _markdown(encounter: Encounter, verdicts: Sequence[Verdict]) -> str:
    recording = encounter.recording
    when = recording.recorded_at.strftime("%Y-%m-%d %H:%M UTC") if recording.recorded_at else "not in the file"
    lines = [
        f"# {_md(recording.name)}",
        "",
        f"{ADVICE}",
        "",
        f"- Recording: `{recording.sha256}`",
        f"- Recorded: {when}",
        f"- Length: {clock(recording.seconds)}",
        f"- Language: {encounter.language}",
        f"- Revision: {encounter.revision}",
        *(f"- Remark: {_md(remark)}" for remark in encounter.provenance.remarks),
        "",
        *_figures(encounter, verdicts),
        "",
        "## Marked moments",
        "",
        *_moments(encounter, verdicts),
        "",
        "## Transcript",
        "",
        *(_line(encounter, turn) for turn in encounter.turns),
        *([] if encounter.turns else ["No speech was recognised."]),
        "",
        "## How this was made",
        "",
        f"- {encounter.provenance.software}, {encounter.provenance.made_at:%Y-%m-%d %H:%M} UTC",
        *(f"- {use.job}: {use.name} {use.version} `{use.sha256[:12]}`" for use in encounter.provenance.models),
        *(f"- {name}: {count}" for name, count in encounter.provenance.counts.items()),
    ]
    return "\n".join(lines) + "\n"


def _figures(encounter: Encounter, verdicts: Sequence[Verdict]) -> list[str]:
    directions: dict[str, list[Flag]] = {}
    for flag in encounter.flags:
        # What other officers say never enters the figures of who wears the camera.
        whose = " (other officers)" if flag.role is Role.OTHER_OFFICER else ""
        directions.setdefault(flag.direction.value + whose, []).append(flag)
    rows = ["| direction | marked | unsure | verified |", "|---|---|---|---|"]
    for direction, flags in sorted(directions.items()):
        marked = sum(flag.status.value == "flagged" for flag in flags)
        sure = sum(standing(flag.id, verdicts).value == "verified" for flag in flags)
        rows.append(f"| {direction} | {marked} | {len(flags) - marked} | {sure} |")
    return rows if directions else ["No moments were marked."]


def _moments(encounter: Encounter, verdicts: Sequence[Verdict]) -> list[str]:
    rows = [
        "| time | behaviour | words | speaker | confidence | status | people say | rule or model |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for flag in encounter.flags:
        cells = (
            clock(flag.span.start),
            flag.behaviour,
            _md(flag.quote),
            f"{flag.speaker} ({flag.role.value})",
            f"{flag.confidence:.2f}",
            flag.status.value,
            standing(flag.id, verdicts).value,
            f"`{flag.source}`",
        )
        rows.append("| " + " | ".join(cells) + " |")
    return rows if encounter.flags else ["None."]


def _line(encounter: Encounter, turn: Turn) -> str:
    role = encounter.role_of(turn.speaker).role
    return f"- **{clock(turn.span.start)} {turn.speaker} ({role.value})** {_md(turn.text)}"


def _md(text: str) -> str:
    flat = " ".join(text.split())
    for sign in "\\`*_|<>[]#":
        flat = flat.replace(sign, f"\\{sign}")
    return flat
