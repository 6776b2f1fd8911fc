"""The whole of `process` against the tools a user would join by hand: `python -m benchmarks.whole_pipeline`.

By hand: openai-whisper with word times, and sherpa-onnx's diarizer of whole files; nothing is marked there. Both chains
run on the same sound, weights and cores in one process, their models loaded before the clock starts.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.accuracy import table
from benchmarks.speakers import SHARED, peer
from review import media, pipeline, sound, speech
from review.speech import openai

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "whole_pipeline.md"
OWN = ("calm_traffic_stop.m4a", "shouted_commands.m4a")
COLUMNS = ("chain", "seconds of sound", "took s", "real time", "times as fast as openai-whisper alone")
HEAD = """# The whole pipeline against tools joined by hand

Made by `python -m benchmarks.whole_pipeline` ({cores} cores, {at}, load before it {load:.1f}): {names}. Ours is all of
`process`: decoding, words, voices, who is who, voice acts, behaviours. By hand is openai-whisper (base, float32, beam
5, word times) and sherpa-onnx's diarizer of whole files with the same two models. Models were loaded before.

"""


def files() -> list[Path]:
    """Two samples, and the shared recordings where they are."""
    shared = [path for path in sorted(SHARED.glob("*.*")) if path.suffix in {".wav", ".flac"}]
    return [*(ROOT / "samples" / name for name in OWN), *shared]


def measure() -> None:
    """Run the chains one after the other and write the page."""
    load, found = os.getloadavg()[0], files()
    settings = pipeline.Settings(speech=speech.Settings(language="en"))
    whisper, _ = openai.loaded(speech.Settings(engine="openai-whisper", language="en"))
    pipeline.process(found[0], settings)
    tracks = [media.samples(path) for path in found]
    seconds = sum(map(sound.seconds, tracks))
    began = time.perf_counter()
    for path in found:
        pipeline.process(path, settings)
    ours = time.perf_counter() - began
    began = time.perf_counter()
    for track in tracks:
        whisper.transcribe(track, language="en", beam_size=5, word_timestamps=True, fp16=False)
    words = time.perf_counter() - began
    for track in tracks:
        peer(track)
    by_hand = time.perf_counter() - began
    rows = [
        (name, round(seconds), f"{took:.1f}", f"{took / seconds:.3f}", f"{words / took:.1f}")
        for name, took in (("ours, all of it", ours), ("openai-whisper alone", words), ("by hand, both", by_hand))
    ]
    about = {"cores": os.cpu_count(), "at": f"{datetime.now(UTC):%Y-%m-%d}", "load": load}
    head = HEAD.format(**about, names=", ".join(path.name for path in found))
    RESULT.write_text(head + table(COLUMNS, rows) + "\n", encoding="utf-8")
    sys.stderr.write(f"written: {RESULT.relative_to(ROOT)}; by hand / ours = {by_hand / ours:.1f}\n")


if __name__ == "__main__":
    measure()
