"""The whole pipeline under body-camera conditions: tuning samples made harder by `samples/maker`, seed 1.

`python -m benchmarks.hard_conditions`; some twenty minutes on two quiet cores. Results: hard_conditions.md.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks.accuracy import percent, table
from review import pipeline, scoring

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
RESULT = ROOT / "benchmarks" / "results" / "hard_conditions.md"
OF = ("calm_traffic_stop", "heated_traffic_stop", "mental_health_crisis")  # tuned on, with little noise of their own
HEAD = """# Under body-camera conditions

Made by `python -m benchmarks.hard_conditions` ({cores} cores, {day}): {of}, each made harder by
`samples/make.py --condition` (seed 1) and given to all of `process`. The samples are acted by synthetic voices and have
been tuned on, so the lines are worth something beside each other only. The signal-to-noise ratio is that of all active
speech to the added noise; people far from the camera are lower by what their distance takes. WER is after Whisper's
normaliser, role is the share of recognised officer and civilian words given to a voice of that role, precision and
recall are of the marks that the machine stands by.

"""
COLUMNS = (
    "condition", "SNR dB", "WER %", "deleted %", "inserted %", "DER % (0.25 s)", "DER % (0)", "people", "role %",
    "marks", "precision", "recall",
)  # fmt: skip


def measure() -> None:
    """Score each condition and write the page after each, so that a run that is broken off has not been for nothing."""
    rows = []
    for row in lines():
        rows.append(row)
        head = HEAD.format(cores=os.cpu_count(), day=datetime.now(UTC).strftime("%Y-%m-%d"), of=", ".join(OF))
        RESULT.write_text(head + table(COLUMNS, rows) + "\n", encoding="utf-8")
        sys.stderr.write(f"measured: {row[0]}\n")


def lines() -> Iterator[tuple[object, ...]]:
    """One line for each condition of the maker."""
    sys.path.append(str(SAMPLES))
    conditions, harder = (import_module(f"maker.{name}") for name in ("conditions", "harder"))
    for condition in conditions.CONDITIONS.values():
        scores = []
        with tempfile.TemporaryDirectory() as folder:
            for name in OF:
                made = harder.harder(SAMPLES / f"{name}.gold.json", condition, seed=1, out=Path(folder))
                gold = scoring.read_gold(made)
                scores.append(scoring.score(pipeline.process(gold.media), gold))
        yield _line(condition.name, condition.snr, scoring.together(scores, condition.name))


def _line(name: str, snr: float | None, score: scoring.Score) -> tuple[object, ...]:
    errors, found = score.words.errors, score.all_found
    return (
        name,
        "" if snr is None else f"{snr:g}",
        percent(errors.rate),
        percent(errors.deleted, errors.words),
        percent(errors.inserted, errors.words),
        percent(score.voices[0.25].rate),
        percent(score.voices[0.0].rate),
        f"{score.speakers} of {score.gold_speakers}",
        percent(score.words.role_right, score.words.role_words),
        found.right + found.wrong,
        f"{found.precision:.2f}",
        f"{found.recall:.2f}",
    )


if __name__ == "__main__":
    measure()
