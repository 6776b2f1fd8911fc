"""Written transcripts, in and out of the tagger: JSONL, WebVTT, SubRip or plain text to lines, flags back to lines."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from review.encounter import Flag, Role, Span, SpeakerRole, Turn, Word
from review.errors import UnreadableTranscript

STANDARD_INPUT = Path("-")
SPEAKING = 2.5  # words a second, for lines without times (conversational English is spoken at 2 to 3)
NOBODY = ""  # the speaker of a line that names none
TRAILING = ".,!?;:…"  # a quote ends with its last letter

_TOKEN = re.compile(r"\S+")
_NAMED = re.compile(r"^\s*([^:]{1,40}):\s+(.*)$")  # "Officer A: step out"
_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]+)>")
_TAG = re.compile(r"<[^>]*>")


class Format(StrEnum):
    """How a transcript is written."""

    JSONL = "jsonl"
    VTT = "vtt"
    SRT = "srt"
    TXT = "txt"


@dataclass(frozen=True)
class Line:
    """One utterance of a written transcript; times are seconds where they are known."""

    speaker: str
    role: Role
    text: str
    start: float | None = None
    end: float | None = None
    number: int = 0  # of the line in its file, from 1


@dataclass(frozen=True)
class BadLine:
    """A line that could not be read, and why."""

    number: int
    message: str


def format_of(path: Path) -> Format:
    """The format that a file's ending stands for; JSONL for any other.

    >>> format_of(Path("stop.VTT")).value, format_of(Path("-")).value
    ('vtt', 'jsonl')
    """
    ending = path.suffix.lower().removeprefix(".")
    return Format(ending) if ending in list(Format) else Format.JSONL


def read(path: Path, form: Format) -> tuple[tuple[Line, ...], tuple[BadLine, ...]]:
    """The lines of a transcript and those that could not be read; `-` is standard input.

    Raises UnreadableTranscript when the file as a whole cannot be read.
    """
    try:
        raw = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
    except OSError as error:
        raise UnreadableTranscript(f"{path} could not be read: {error.strerror}; check the path") from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableTranscript(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    readers: Mapping[Format, Callable[[str], Iterable[Line | BadLine]]] = {
        Format.JSONL: _jsonl,
        Format.VTT: _subtitles,
        Format.SRT: _subtitles,
        Format.TXT: _plain,
    }
    try:
        found = list(readers[form](text))
    except UnreadableTranscript as error:
        raise UnreadableTranscript(f"{path}: {error}") from error
    lines = tuple(one for one in found if isinstance(one, Line))
    return lines, tuple(one for one in found if isinstance(one, BadLine))


def _jsonl(text: str) -> Iterator[Line | BadLine]:
    # Not splitlines(): a line separator such as U+2028 may stand inside a JSON string.
    for number, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        try:
            yield _line(json.loads(raw), number)
        except json.JSONDecodeError as error:
            yield BadLine(number, f"is not JSON ({error.msg}); write one object a line")
        except RecursionError:
            yield BadLine(number, "is nested too deeply; write one flat object a line")
        except ValueError as error:
            yield BadLine(number, str(error))


def _line(raw: object, number: int) -> Line:
    if not isinstance(raw, dict):
        raise ValueError(f"is a JSON {type(raw).__name__}; write an object with a text")
    text, speaker, role = raw.get("text"), raw.get("speaker"), raw.get("role")
    if not isinstance(text, str):
        raise ValueError("has no text; give the words as a string")
    if speaker is not None and not isinstance(speaker, str):
        raise ValueError("has a speaker that is no string")
    if role is not None and role not in list(Role):
        raise ValueError(f"has the role {role!r}; use one of {', '.join(Role)} or leave it out")
    if any("\ud800" <= letter <= "\udfff" for letter in text + (speaker or "")):
        raise ValueError("has half a character (a lone surrogate); write it as UTF-8")
    start, end = _seconds(raw, "start"), _seconds(raw, "end")
    if start is not None and end is not None and end < start:
        raise ValueError(f"ends ({end}) before it starts ({start})")
    return Line(speaker or NOBODY, Role(role) if role else Role.UNKNOWN, text, start, end, number)


def _seconds(raw: Mapping[str, object], name: str) -> float | None:
    value = raw.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"has a {name} that is no number of seconds: {value!r}")
    return float(value)


def _subtitles(text: str) -> Iterator[Line | BadLine]:
    import pysubs2

    try:
        events = pysubs2.SSAFile.from_string(
            text, format_="vtt" if text.lstrip().startswith("WEBVTT") else "srt", keep_html_tags=True
        )
    except (pysubs2.exceptions.Pysubs2Error, ValueError) as error:
        raise UnreadableTranscript(f"no subtitles could be read ({error}); give WebVTT or SubRip") from error
    if not len(events) and text.strip().removeprefix("WEBVTT").strip():
        raise UnreadableTranscript("no subtitles could be read; give WebVTT or SubRip")
    for number, event in enumerate(events, start=1):
        if "-->" in event.text:
            yield BadLine(number, "is followed by a cue whose times cannot be read; mend them")
            continue
        said = event.text.replace("\\N", " ").replace("\\n", " ")
        voice = _VOICE.search(said)
        words = _TAG.sub("", said).strip()
        speaker, words = (voice.group(1).strip(), words) if voice else _named(words)
        yield Line(speaker, _role_in(speaker), words, event.start / 1000, event.end / 1000, number)


def _plain(text: str) -> Iterator[Line]:
    for number, raw in enumerate(text.splitlines(), start=1):
        if raw.strip():
            speaker, words = _named(raw)
            yield Line(speaker, _role_in(speaker), words, number=number)


def _named(text: str) -> tuple[str, str]:
    found = _NAMED.match(text)
    return (found.group(1).strip(), found.group(2)) if found else (NOBODY, text)


def _role_in(speaker: str) -> Role:
    """The role that a speaker's name states, as in "Officer A" or "civilian"; unknown when it states none."""
    name = speaker.lower().replace(" ", "_")
    return next((role for role in (Role.OTHER_OFFICER, *Role) if name.startswith(role.value)), Role.UNKNOWN)


def to_turns(lines: Sequence[Line]) -> tuple[tuple[Turn, ...], tuple[SpeakerRole, ...]]:
    """Each line as a turn of its own, its words evenly spread over its time, and each speaker's role.

    A line without times begins where the one before ended and lasts as long as it takes to say. Words that are written
    down have confidence 1. One speaker with several roles stands as several speakers.
    """
    turns, clock = [], 0.0
    roles: dict[str, SpeakerRole] = {}
    for line in lines:
        start = clock if line.start is None else line.start
        tokens = _TOKEN.findall(line.text)
        end = max(start, start + len(tokens) / SPEAKING if line.end is None else line.end)
        clock = end
        step = (end - start) / len(tokens) if tokens else 0.0
        spans = [Span(start + step * n, start + step * (n + 1)) for n in range(len(tokens))]
        words = tuple(Word(token, span, 1.0) for token, span in zip(tokens, spans, strict=True))
        label = speaker_label(line)
        roles.setdefault(label, SpeakerRole(label, line.role, 0.0 if line.role is Role.UNKNOWN else 1.0))
        turns.append(Turn(label, Span(start, end), words))
    return tuple(turns), tuple(roles.values())


def speaker_label(line: Line) -> str:
    """Whom a line belongs to: its speaker in its role, since lines may name nobody but state a role."""
    return f"{line.speaker or '?'}/{line.role.value}"


def line_flags(lines: Sequence[Line], turns: Sequence[Turn], flags: Iterable[Flag]) -> list[dict[str, Any]]:
    """Each line with its flags, as `tag --format jsonl` prints it; a flag that crosses lines sits on its last one."""
    offsets = [[match.span() for match in _TOKEN.finditer(line.text)] for line in lines]
    first_words, count = [], 0
    for turn in turns:
        first_words.append(count)
        count += len(turn.words)
    home = [number for number, turn in enumerate(turns) for _ in turn.words]
    answers: list[dict[str, Any]] = [
        {"speaker": line.speaker or None, "role": line.role.value, "text": line.text, "flags": []} for line in lines
    ]
    for flag in flags:
        number = home[flag.last]
        begin = offsets[number][max(flag.first - first_words[number], 0)][0]
        end = offsets[number][flag.last - first_words[number]][1]
        quote = lines[number].text[begin:end].rstrip(TRAILING)
        answers[number]["flags"].append(_flag(flag, quote, begin))
    return answers


def _flag(flag: Flag, quote: str, begin: int) -> dict[str, Any]:
    return {
        "behaviour": flag.behaviour,
        "direction": flag.direction.value,
        "quote": quote,
        "start_char": begin,
        "end_char": begin + len(quote),
        "confidence": flag.confidence,
        "status": flag.status.value,
        "source": flag.source,
        "modifiers": list(flag.modifiers),
    }
