"""The command that scores against gold."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from review import pipeline, scoring
from review.cli.console import progress_bar, put_json, show_table
from review.cli.root import AsJson, app
from review.scoring import Score

COLUMNS = (
    "recording", "WER %", "DER % .25", "DER % 0", "speakers", "role %", "start s",
    "marks", "precision %", "recall %",
)  # fmt: skip


@app.command()
def score(
    gold: Annotated[list[Path], typer.Argument(metavar="GOLD…", help="Files *.gold.json, or folders of them.")],
    as_json: AsJson = False,
) -> None:
    """Process recordings whose truth is known and compare: words, voices, roles and marks; held-out ones apart.

    Example: `bodycam-review score samples`
    """
    scores = []
    files = [found for path in gold for found in scoring.gold_files(path)]
    with progress_bar(len(files)) as bar:
        for path in files:
            truth = scoring.read_gold(path)
            scores.append(scoring.score(pipeline.process(truth.media, progress=bar.show), truth))
            bar.step()
    groups = [(False, "tuning set"), (True, "held out")]
    totals = [
        scoring.together([row for row in scores if row.held_out is held_out], name)
        for held_out, name in groups
        if any(row.held_out is held_out for row in scores)
    ]
    if as_json:
        for row in [*scores, *totals]:
            put_json(_row(row))
        return
    _show_recordings([*scores, *totals])
    for total in totals:
        _show_behaviours(total)


def _row(score: Score) -> dict[str, Any]:
    plain = asdict(score)
    plain["wer"] = round(score.words.rate, 4)
    plain["der"] = {str(collar): round(voices.rate, 4) for collar, voices in score.voices.items()}
    plain["voices"] = {str(collar): asdict(voices) for collar, voices in score.voices.items()}
    plain["precision"] = round(score.all_found.precision, 4)
    plain["recall"] = round(score.all_found.recall, 4)
    return plain


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _show_recordings(scores: list[Score]) -> None:
    rows = [
        (
            row.name + (" *" if row.held_out else ""),
            _percent(row.words.rate),
            *(_percent(row.voices[collar].rate) for collar in scoring.COLLARS),
            f"{row.speakers}/{row.gold_speakers}",
            _percent(row.role_right / row.role_words) if row.role_words else "-",
            f"{row.start_error:.2f}" if row.start_error is not None else "-",
            str(row.all_found.right + row.all_found.missed),
            _percent(row.all_found.precision),
            _percent(row.all_found.recall),
        )
        for row in scores
    ]
    show_table("Against gold (* held out: never tuned on)", COLUMNS, rows, right=COLUMNS[1:])


def _show_behaviours(total: Score) -> None:
    columns = ("behaviour", "right", "wrong", "missed", "unsure, right", "unsure, wrong")
    rows = [
        (name, *map(str, (one.right, one.wrong, one.missed, one.unsure_right, one.unsure_wrong)))
        for name, one in total.found.items()
    ]
    show_table(f"Marks by behaviour: {total.name}", columns, rows, right=columns[1:])
