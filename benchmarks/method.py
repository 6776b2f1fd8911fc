"""The measured figures that the app's method page shows: `python -m benchmarks.method` packs them with the program.

Nothing is measured here: they are those that benchmarks/behaviours.py and `make bench` wrote last, without their
details. A test compares the packed file with them, so that the page cannot fall behind.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.codebook import RESULT, read_measured, unsure_only
from review.behaviours import CATALOGUE, CODEBOOK_VERSION

PACKED = Path(__file__).parents[1] / "review" / "screens" / "measured.json"
SAMPLES = RESULT.with_name("samples.md")
COLUMNS = {"WER %": "wer", "DER % (collar 0.25 s)": "der", "person %": "person", "role %": "role", "start s": "start"}


def figures() -> dict[str, Any]:
    """All that the page shows, as JSON values."""
    measured = read_measured()
    found = {
        name: {
            key: getattr(measured.found[name], key)
            for key in ("right", "wrong", "missed", "unsure_right", "unsure_wrong")
        }
        for name in CATALOGUE
        if name in measured.found
    }
    return {
        "codebook": CODEBOOK_VERSION,
        "talks": measured.talks,
        "words": measured.words,
        "calibration_error": measured.ece,
        "behaviours": found,
        "unsure_only": sorted(unsure_only()),
        "samples": _samples(),
    }


def _samples() -> dict[str, dict[str, float]]:
    """The two totals of the acted samples, as the table of results has them."""
    lines = [line for line in SAMPLES.read_text("utf-8").splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = next(row for row in rows if row[0] == "recording")
    return {
        row[0].replace(" ", "_"): {key: float(row[head.index(name)]) for name, key in COLUMNS.items()}
        for row in rows
        if row[0] in {"tuning set", "held out"} and len(row) == len(head)
    }


def text() -> str:
    """The packed file."""
    return json.dumps(figures(), indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write the packed file."""
    PACKED.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
