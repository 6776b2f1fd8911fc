"""How long `process` takes and how much memory it needs, on the samples joined to ten minutes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

import numpy as np

from review import media, pipeline

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "footprint.md"
MINUTES = 10


def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "joined.wav"
        seconds = _join(path)
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", "review", "process", str(path), "--db", f"{folder}/x.db"], stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        took = time.perf_counter() - began
    if child.returncode:
        raise SystemExit(child.returncode)
    cells = (
        f"{seconds:.0f}",
        f"{took:.0f}",
        f"{took / seconds:.2f}",
        f"{usage.ru_utime + usage.ru_stime:.0f}",
        f"{_megabytes(usage.ru_maxrss):.0f}",
    )
    lines = [
        "# Time and memory of `process`",
        "",
        f"Made by `make bench`: the samples joined to {seconds / 60:.0f} minutes, {os.cpu_count()} cores; loading the",
        "models is part of the time.",
        "",
        "| seconds of sound | wall seconds | real-time factor | processor seconds | peak memory (MB) |",
        "|---|---|---|---|---|",
        "| " + " | ".join(cells) + " |",
    ]
    RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stderr.write(f"written: {RESULT.relative_to(ROOT)}\n")


def _megabytes(peak: int) -> float:
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3  # bytes there, kilobytes on Linux


def _join(path: Path) -> float:
    pieces = [media.samples(sample) for sample in pipeline.recordings_in(ROOT / "samples")]
    sound = np.concatenate(pieces)
    sound = np.tile(sound, -(-MINUTES * 60 * media.SAMPLE_RATE // len(sound)))[: MINUTES * 60 * media.SAMPLE_RATE]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(media.SAMPLE_RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return len(sound) / media.SAMPLE_RATE


if __name__ == "__main__":
    measure()
