"""Which number format the two speaker networks are stored in: errors, people found, size and processor time of each.

`python models/make_speaker_models.py --formats float32 float16 int8 int8_weights --out FOLDER` (in an environment of
its own) makes the files, `python -m benchmarks.number_formats FOLDER` measures them. All pairs read a recording one
after the other, on one thread, and each recording begins with another pair, so that their times may be compared.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

from benchmarks.accuracy import today
from benchmarks.speakers import SHARED, TUNING, Case, errors, people, table, table_row
from review import media, scoring, speakers, weights
from review.encounter import Span, Voice
from review.sound import SAMPLE_RATE
from review.speakers import segmentation, signatures

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "number_formats.md"
PAIRS = (  # of segmentation and embedding
    ("float32", "float32"),
    ("float16", "float16"),
    ("int8", "float16"),
    ("float16", "int8"),
    ("int8", "int8"),
    ("int8_weights", "int8_weights"),
)
SHIPPED = ("float16", "float16")
SETTINGS = speakers.Settings(threads=2)
LATER = ("far_witness", "shouted_commands", "spanish_stop")  # samples on which nothing was tuned, not held out
HEAD = """# Number formats of the speaker networks

Made by `python -m benchmarks.number_formats FOLDER`. Segmentation is pyannote segmentation 3.0, embedding is CAM++; the
diarizer and its settings are the default ones. `float16` is what is shipped: float16 weights, computed in float32.
`int8` is onnxruntime's dynamic quantization: int8 weights, computed in int8. `int8_weights` has int8 weights with a
scale for each row, computed in float32. DER in percent of speech, with a collar of 0.25 s on each side of a boundary
and with none; "all" has the errors of all recordings over the speech of all. Processor time is for each second of
sound, of both threads; all pairs took turns in one run, and only their ratios say something.

Measured {day}.

"""


@dataclass(frozen=True)
class Reading:
    """What one pair of networks made of one recording."""

    case: Case
    close: scoring.VoiceErrors  # collar of 0.25 s
    exact: scoring.VoiceErrors  # no collar
    found: int  # people
    worked: float  # processor seconds


def cases() -> Iterator[Case]:
    golds = {gold.name: gold for gold in map(scoring.read_gold, scoring.gold_files(ROOT / "samples"))}
    for name in ("two_speakers", *TUNING, *LATER):
        if name in golds:
            said = tuple(Voice(one.speaker, one.span) for one in golds[name].utterances)
            yield Case(name, media.samples(golds[name].media), said)
        elif (SHARED / f"{name}.rttm").is_file():
            lines = [line.split() for line in (SHARED / f"{name}.rttm").read_text(encoding="utf-8").splitlines()]
            said = tuple(Voice(line[7], Span(float(line[3]), float(line[3]) + float(line[4]))) for line in lines)
            yield Case(name, media.samples(SHARED / f"{name}.wav"), said)


@contextmanager
def using(pair: tuple[str, str], folder: Path) -> Iterator[None]:
    """The diarizer with these two files instead of the shipped ones, loaded."""
    chosen = tuple(
        replace(shipped, path=path_of(shipped, name, folder))
        for shipped, name in zip(weights.speaker_models(), pair, strict=True)
    )
    with patch.object(weights, "speaker_models", lambda: chosen):
        for loaded in (segmentation._network, signatures._extractor):
            loaded.cache_clear()
            loaded()
        yield
    for loaded in (segmentation._network, signatures._extractor):
        loaded.cache_clear()


def path_of(shipped: weights.ModelFiles, name: str, folder: Path) -> Path:
    """The file of this format; the made float16 one must be the very file that is shipped."""
    path = folder / shipped.name / f"{'model' if name == 'float16' else name}.onnx"
    if name == "float16":
        assert hashlib.sha256(path.read_bytes()).hexdigest() == shipped.sha256, path
    return path


def read(case: Case) -> Reading:
    began = time.process_time()
    voices = speakers.diarize(case.samples, SETTINGS)
    worked = time.process_time() - began
    return Reading(case, errors(case, voices, 0.25), errors(case, voices, 0.0), people(voices), worked)


def megabytes(pair: tuple[str, str], folder: Path) -> list[float]:
    models = zip(weights.speaker_models(), pair, strict=True)
    return [path_of(shipped, name, folder).stat().st_size / 1e6 for shipped, name in models]


def total(readings: Sequence[Reading]) -> tuple[float, float, float]:
    """DER with and without collar over all recordings, and processor seconds for each second of sound."""
    close, exact = (
        sum(one.rate * one.speech for one in parts) / sum(one.speech for one in parts)
        for parts in ([one.close for one in readings], [one.exact for one in readings])
    )
    seconds = sum(len(one.case.samples) for one in readings) / SAMPLE_RATE
    return close, exact, sum(one.worked for one in readings) / seconds


def written(readings: dict[tuple[str, str], list[Reading]], folder: Path) -> None:
    """The page so far, so that a run that is broken off leaves what it measured."""
    *_, unit = total(readings[SHIPPED])
    sums = []
    for pair, done in readings.items():
        close, exact, cost = total(done)
        sizes = megabytes(pair, folder)
        right = sum(one.found == one.case.people for one in done)
        cells = (*pair, f"{sizes[0]:.1f} + {sizes[1]:.1f} = {sum(sizes):.1f}", f"{100 * close:.2f}",
                 f"{100 * exact:.2f}", f"{right} of {len(done)}", f"{cost:.3f}", f"{cost / unit:.2f}")  # fmt: skip
        sums.append(table_row(cells))
    names = [(one.case.name, one.case.people) for one in readings[SHIPPED]]
    rows = [
        table_row((*pair, *(f"{100 * one.close.rate:.1f} / {100 * one.exact.rate:.1f} ({one.found})" for one in done)))
        for pair, done in readings.items()
    ]
    columns = ("segmentation", "embedding")
    measured = ("size, MB", "DER % (0.25 s), all", "DER % (0), all", "number of people right",
                "processor seconds a second", "ratio to float16")  # fmt: skip
    parts = [
        table("All recordings", (*columns, *measured), sums),
        table("DER % at 0.25 s / at 0 (people found), by recording",
              (*columns, *(f"{name} ({number})" for name, number in names)), rows),
    ]  # fmt: skip
    RESULT.write_text(HEAD.format(day=today()) + "\n".join(parts), encoding="utf-8")


def measure(folder: Path) -> None:
    """Read every recording with every pair of `folder`'s files, and write the page."""
    readings: dict[tuple[str, str], list[Reading]] = {pair: [] for pair in PAIRS}
    known = list(cases())
    speakers.diarize(known[0].samples, SETTINGS)  # what Python loads once is nobody's time
    for number, case in enumerate(known):
        for at in range(len(PAIRS)):
            pair = PAIRS[(number + at) % len(PAIRS)]
            with using(pair, folder):
                readings[pair].append(read(case))
        written(readings, folder)
        sys.stderr.write(f"measured: {case.name}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where make_speaker_models.py put its files")
    measure(parser.parse_args().folder)
