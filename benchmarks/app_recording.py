"""The recording that benchmarks/app.py opens: an hour of video, 10,000 words, 80 marks, generated without any model."""

from __future__ import annotations

import hashlib
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import numpy as np

from review.behaviours import CATALOGUE
from review.encounter import Encounter, Flag, Provenance, Recording, Role, Span, SpeakerRole, Status, Turn, Word
from review.store import open_store

MINUTES = 60
WORDS, MARKS, WORDS_A_TURN = 10_000, 80, 8
RATE, BLOCK = 16_000, 1024  # samples a second, and in one AAC frame
CLIP = 20.48  # seconds that are encoded and then repeated: whole frames of sound (320) and of picture (512)
PICTURES, SIZE = 25, (1280, 720)  # a second; pixels
BITS = 2_250_000  # a second of picture
FOLDER = Path(tempfile.gettempdir()) / "bodycam-review-benchmark"
NAME = "one_hour.mp4"
MADE_AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
SAID = ("the", "a", "you", "your", "car", "step", "out", "please", "officer", "what", "stop", "hands", "know", "time")


def make(minutes: int = MINUTES) -> Path:
    """The folder with the store and the recording in it, made when it is not there yet."""
    folder = FOLDER / f"app-{minutes}"
    if (folder / "review.db").is_file():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    media = folder / NAME
    began = time.perf_counter()
    seconds = write_video(media, minutes)
    print(f"{media.stat().st_size / 1e6:.0f} MB in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    with open_store(folder / "unfinished.db") as store:
        store.add(encounter(media, seconds), media, at=MADE_AT)
    (folder / "unfinished.db").rename(folder / "review.db")
    return folder


def write_video(path: Path, minutes: int) -> float:
    """Write moving noise with a swelling tone; only the first seconds are encoded, the rest repeats them."""
    draw = np.random.default_rng(7)
    noise = draw.integers(0, 256, (2 * SIZE[1] // 8, 2 * SIZE[0] // 8), dtype=np.uint8)
    times = max(1, round(60 * minutes / CLIP))
    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        picture = out.add_stream("libx264", rate=PICTURES, options={"preset": "ultrafast", "bf": "0", "g": "50"})
        picture.width, picture.height, picture.pix_fmt, picture.bit_rate = *SIZE, "yuv420p", BITS
        sound = out.add_stream("aac", rate=RATE, layout="mono")
        packets = [*_pictures(picture, noise), *_sound(sound)]
        for number in range(times):
            for stream, length, body, pts, key in sorted(packets, key=lambda one: one[3] / one[1]):
                packet = av.Packet(body)
                packet.stream, packet.time_base = stream, stream.codec_context.time_base
                packet.pts = packet.dts = pts + number * length
                packet.is_keyframe = key
                out.mux(packet)
    return times * CLIP


# One packet: its stream, units of time in a clip, its bytes, when, and whether one can begin there.
Piece = tuple[Any, int, bytes, int, bool]


def _pictures(stream: Any, noise: Any) -> Iterator[Piece]:
    count = round(CLIP * PICTURES)
    wide, high = SIZE[0] // 8, SIZE[1] // 8
    for number in range(count):
        at = (number * 3) % high, (number * 5) % wide
        grey = np.kron(noise[at[0] : at[0] + high, at[1] : at[1] + wide], np.ones((8, 8), dtype=np.uint8))
        frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
        frame.pts = number
        for packet in stream.encode(frame):
            yield stream, count, bytes(packet), packet.pts, packet.is_keyframe
    for packet in stream.encode(None):
        yield stream, count, bytes(packet), packet.pts, packet.is_keyframe


def _sound(stream: Any) -> Iterator[Piece]:
    blocks = round(CLIP * RATE / BLOCK)
    at = np.arange(blocks * BLOCK) / RATE
    tone = (0.3 * np.sin(2 * np.pi * 220 * at) * (0.5 - 0.5 * np.cos(2 * np.pi * at))).astype(np.float32)
    for number in range(blocks + 1):
        block = tone[number * BLOCK : (number + 1) * BLOCK].reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono") if number < blocks else None
        if frame is not None:
            frame.sample_rate, frame.pts = RATE, number * BLOCK
        for packet in stream.encode(frame):
            if 0 <= packet.pts < blocks * BLOCK:
                yield stream, blocks * BLOCK, bytes(packet), packet.pts, True


def encounter(media: Path, seconds: float) -> Encounter:
    """Two voices that talk all the time, and marks spread over it."""
    draw = random.Random(3)
    each = seconds / WORDS
    words = [Word(draw.choice(SAID), Span(at * each, (at + 0.9) * each), draw.uniform(0.3, 1)) for at in range(WORDS)]
    turns = tuple(
        Turn(f"S{1 + (at // WORDS_A_TURN) % 2}", Span(words[at].span.start, words[at + WORDS_A_TURN - 1].span.end),
             tuple(words[at : at + WORDS_A_TURN]))
        for at in range(0, WORDS, WORDS_A_TURN)
    )  # fmt: skip
    kinds = sorted(CATALOGUE)
    flags = []
    for number in range(MARKS):
        first = number * (WORDS // MARKS) // WORDS_A_TURN * WORDS_A_TURN
        kind, turn = CATALOGUE[kinds[number % len(kinds)]], turns[first // WORDS_A_TURN]
        quote = " ".join(word.text for word in turn.words)
        role = Role.OFFICER if turn.speaker == "S1" else Role.CIVILIAN
        flags.append(
            Flag(f"flag-{number + 1}", kind.id, kind.direction, turn.span, first, first + WORDS_A_TURN - 1, quote,
                 turn.speaker, role, 0.9, Status.FLAGGED, f"{kind.id}/generated@1")
        )  # fmt: skip
    with media.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    recording = Recording(
        sha256=sha256, name=media.name, seconds=seconds, bytes=media.stat().st_size, container="mp4", has_video=True,
        recorded_at=MADE_AT,
    )  # fmt: skip
    roles = (SpeakerRole("S1", Role.OFFICER, 0.95), SpeakerRole("S2", Role.CIVILIAN, 0.9))
    return Encounter(recording, "en", turns, roles, tuple(flags), Provenance("generated", MADE_AT))
