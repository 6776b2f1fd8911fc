"""Any audio or video file as a `Recording` and as 16 kHz mono sound on the player's clock; the one door to pydub."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from av.container import InputContainer

from review.encounter import Recording, Span
from review.errors import UnreadableMedia
from review.sound import SAMPLE_RATE, Samples, Spool, Track, seconds
from review.soundtrack import (
    LENGTH_GUESSED,
    Reading,
    audio_tracks,
    is_picture,
    opened,
    origin,
    readable,
    start_of,
    stated_end,
    stream,
)

with warnings.catch_warnings():
    # pydub warns at import that there is no ffmpeg (only WAV is asked of it here), that audioop will leave Python 3.13
    # (audioop-lts is a dependency there), and at its first compilation of its own escapes.
    warnings.filterwarnings("ignore", message="Couldn't find ff", category=RuntimeWarning)
    warnings.filterwarnings("ignore", message="'audioop' is deprecated", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message=".*invalid escape sequence", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message=".*invalid escape sequence", category=SyntaxWarning)
    from pydub import AudioSegment

__all__ = ["SAMPLE_RATE", "Samples", "Sound", "checksum", "clip", "decoded", "loudness", "probe", "samples"]

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # a clock that was never set says 1904 or 1970
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
UNSET = datetime(2001, 1, 1, tzinfo=UTC)  # Matroska's zero
READ_BLOCK = 1 << 20  # bytes


@dataclass(frozen=True)
class Sound:
    """A whole recording as 16 kHz mono sound on the player's clock, and what a reviewer must know about it."""

    samples: Track
    remarks: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return seconds(self.samples)


def probe(path: Path) -> Recording:
    """What the file is: its checksum, length, tracks and recording time; raises UnreadableMedia.

    The original is only ever opened for reading.
    """
    _refuse_unwritable_name(path)
    with opened(path) as container:
        tracks = audio_tracks(container, path)
        seconds = _measured_end(container) if container.format.name in LENGTH_GUESSED else stated_end(container)
        return Recording(
            sha256=checksum(path),
            name=path.name,
            seconds=round(seconds, 3),
            bytes=path.stat().st_size,
            container=container.format.name,
            has_video=any(not is_picture(stream) for stream in container.streams.video),
            audio_tracks=len(tracks),
            audio_start=round(max(0.0, min(start_of(track) for track in tracks) - origin(container)), 3),
            recorded_at=_recorded_at([container.metadata, *(stream.metadata for stream in container.streams)]),
        )


def _refuse_unwritable_name(path: Path) -> None:
    """Refuse a name in an old encoding: no JSON and no database holds it, so the file could not be found again."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as error:
        shown = str(path).encode("utf-8", "replace").decode("utf-8")
        raise UnreadableMedia(f"{shown} has a name that is not in UTF-8; rename the file and its folders.") from error


def checksum(path: Path) -> str:
    """The SHA-256 of the file's bytes, read in blocks."""
    digest = hashlib.sha256()
    with readable(path) as file:
        while block := file.read(READ_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def samples(path: Path) -> Samples:
    """The whole recording as 16 kHz mono float32; sample n sounds at second n / 16000 of the player's clock."""
    return np.concatenate(list(stream(path, Reading(path.name))))


@contextmanager
def decoded(path: Path) -> Iterator[Sound]:
    """The whole recording as sound, with remarks on what could not be read; raises UnreadableMedia.

    The samples lie on disk until the block ends, so that memory stays flat however long the recording is.
    """
    reading = Reading(path.name)
    with Spool(stream(path, reading)) as spool:
        yield Sound(spool, reading.remarks)


def clip(path: Path, span: Span, *, fade: float = 0.01) -> bytes:
    """The sound of `span` as a WAV file (16 kHz, mono, 16 bit) with short fades, so that it does not click."""
    wanted = round(span.seconds * SAMPLE_RATE)
    pieces: list[Samples] = []
    for piece in stream(path, Reading(path.name), start=span.start):
        pieces.append(piece)
        if sum(map(len, pieces)) >= wanted:
            break
    sound = segment(np.concatenate([*pieces, np.empty(0, np.float32)])[:wanted])
    ramp = min(round(fade * 1000), len(sound) // 2)
    out = io.BytesIO()
    (sound.fade_in(ramp).fade_out(ramp) if ramp else sound).export(out, format="wav")
    return out.getvalue()


def loudness(sound: Samples) -> float:
    """The level of the samples in dB of full scale; minus infinity for digital silence."""
    return float(segment(sound).dBFS)


def segment(sound: Samples) -> Any:
    """The samples as a pydub segment (16 bit)."""
    pcm = (np.clip(sound, -1.0, 1.0) * 32767).astype("<i2")
    return AudioSegment(data=pcm.tobytes(), sample_width=2, frame_rate=SAMPLE_RATE, channels=1)


def _measured_end(container: InputContainer) -> float:
    ends = [
        float((packet.pts + (packet.duration or 0)) * packet.time_base)
        for packet in container.demux()
        if packet.pts is not None
    ]
    return max(ends, default=0.0) - origin(container)


def _recorded_at(tables: Iterable[dict[str, str]]) -> datetime | None:
    for table in tables:
        tags = {key.lower(): value for key, value in table.items()}
        clock = tags.get("creation_time", "")
        # A broadcast WAV keeps its day and its time of day apart.
        joined = f"{tags['date']}T{clock}" if "date" in tags and 0 < len(clock) <= len("HH:MM:SS") else clock
        for said in (tags.get("com.apple.quicktime.creationdate", ""), joined, tags.get("date", "")):
            if (when := _instant(said)) is not None:
                return when
    return None


def _instant(said: str) -> datetime | None:
    """The instant of an ISO date with a time of day, taken as UTC when it names no zone; None when it is not sane."""
    if len(said) < len("2024-01-02T03:04"):
        return None
    try:
        when = datetime.fromisoformat(said.strip())
    except ValueError:
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return when if EARLIEST <= when < LATEST and when != UNSET else None
