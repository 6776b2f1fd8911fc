"""How well the samples are heard and marked: one row a recording, the held-out ones apart."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "samples.md"
HEAD = """# The samples against their gold

Made by `make bench` with `bodycam-review score samples --json`. The samples are acted by synthetic voices: these
figures say that the parts work together, not how the program does in the field. Held-out samples were never tuned on.
WER is after Whisper's English normaliser; DER is of the final turns against the gold utterances, pauses within an
utterance included; role is the share of recognised officer and civilian words that were given to a voice of that role;
start is the median distance in seconds between the first word of an utterance and its gold start. Precision and recall
are of the marks that the machine stands by; marks shown as unsure are counted apart and as neither right nor wrong.

"""
COLUMNS = (
    "recording", "held out", "WER %", "DER % (collar 0.25 s)", "DER % (0)", "speakers", "role %", "start s",
    "gold marks", "right", "wrong", "unsure right", "unsure wrong", "precision", "recall",
)  # fmt: skip


def measure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "review", "score", str(ROOT / "samples"), "--json"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    table = ["| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|", *map(_row, rows)]
    behaviours = [_behaviours(row) for row in rows if row["name"] in ("tuning set", "held out")]
    RESULT.write_text(HEAD + "\n".join(table) + "\n\n" + "\n\n".join(behaviours) + "\n", encoding="utf-8")
    sys.stderr.write(f"written: {RESULT.relative_to(ROOT)}\n")


def _row(row: dict[str, Any]) -> str:
    total = {kind: sum(one[kind] for one in row["found"].values()) for kind in _KINDS}
    cells = (
        row["name"],
        "yes" if row["held_out"] else "",
        f"{100 * row['wer']:.1f}",
        f"{100 * row['der']['0.25']:.1f}",
        f"{100 * row['der']['0.0']:.1f}",
        f"{row['speakers']} of {row['gold_speakers']}",
        f"{100 * row['role_right'] / row['role_words']:.1f}" if row["role_words"] else "",
        f"{row['start_error']:.2f}" if row["start_error"] is not None else "",
        total["right"] + total["missed"],
        total["right"],
        total["wrong"],
        total["unsure_right"],
        total["unsure_wrong"],
        f"{row['precision']:.2f}",
        f"{row['recall']:.2f}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


_KINDS = ("right", "wrong", "missed", "unsure_right", "unsure_wrong")


def _behaviours(row: dict[str, Any]) -> str:
    lines = [f"## By behaviour: {row['name']}", "", "| behaviour | " + " | ".join(_KINDS).replace("_", ", ") + " |"]
    lines.append("|---" * (len(_KINDS) + 1) + "|")
    for name, found in row["found"].items():
        lines.append(f"| {name} | " + " | ".join(str(found[kind]) for kind in _KINDS) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    measure()
