"""Time and memory of `process` on 5, 30, 120 and 240 minutes of sound: the samples joined in drawn order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import wave
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy import table, today
from review import media, pipeline
from review.sound import SAMPLE_RATE

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "footprint.md"
MEASURED = RESULT.with_suffix(".json")
MINUTES = (5, 30, 120)  # `python -m benchmarks.footprint 240` adds four hours
HEAD = """# Time and memory of `process`

Made by `python -m benchmarks.footprint [MINUTES …]`, {cores} cores: the samples joined in drawn order (seed 1).
`make bench` measures 5, 30 and 120 minutes, with torch in its environment; a row that is not measured again stays. The
environment of `make demo` has no torch; where it is installed, spaCy loads it, which takes more memory. Loading the
models is part of the time. The real-time factor is wall seconds by seconds of sound; the peak is that of the whole
process.

"""
COLUMNS = (
    "minutes", "wall seconds", "real-time factor", "processor seconds", "peak memory (MB)", "words", "speakers",
    "with torch", "measured",
)  # fmt: skip


def measure(minutes: tuple[int, ...] = MINUTES) -> None:
    known: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    for length in minutes:
        known[str(length)] = _measured(length)
        MEASURED.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        rows = [_row(number, known[number]) for number in sorted(known, key=int)]
        RESULT.write_text(HEAD.format(cores=os.cpu_count()) + table(COLUMNS, rows) + "\n", encoding="utf-8")
        sys.stderr.write(f"written: {RESULT.relative_to(ROOT)} ({length} minutes)\n")


def _measured(minutes: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "joined.wav", Path(folder) / "out.json"
        _join(path, minutes)
        began = time.perf_counter()
        with out.open("wb") as answer:
            child = subprocess.Popen(
                [sys.executable, "-m", "review", "process", str(path), "--out", "-", "--db", f"{folder}/x.db"],
                stdout=answer,
            )
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(child.returncode)
        encounter = json.loads(out.read_text(encoding="utf-8"))
        return {
            "wall": round(time.perf_counter() - began, 1),
            "processor": round(usage.ru_utime + usage.ru_stime, 1),
            "peak": round(usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)),  # bytes there, kilobytes here
            "words": sum(len(turn["words"]) for turn in encounter["turns"]),
            "speakers": len(encounter["speakers"]),
            "torch": find_spec("torch") is not None,
            "at": today(),
        }


def _row(minutes: str, one: dict[str, Any]) -> tuple[object, ...]:
    factor = f"{one['wall'] / (60 * int(minutes)):.3f}"
    return (
        minutes,
        f"{one['wall']:.0f}",
        factor,
        f"{one['processor']:.0f}",
        one["peak"],
        one["words"],
        one["speakers"],
        "yes" if one["torch"] else "no",
        one["at"],
    )


def _join(path: Path, minutes: int) -> None:
    draw = np.random.default_rng(1)
    pieces = [media.samples(sample) for sample in pipeline.recordings_in(ROOT / "samples")]
    left = minutes * 60 * SAMPLE_RATE
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        while left > 0:
            for number in draw.permutation(len(pieces)):
                sound = pieces[number][:left]
                file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
                left -= len(sound)


if __name__ == "__main__":
    measure(tuple(map(int, sys.argv[1:])) or MINUTES)
