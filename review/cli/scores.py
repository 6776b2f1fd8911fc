"""The command that scores against gold."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from review import pipeline, scoring
from review.cli import talk_scores
from review.cli.console import progress_bar, put_json, show_table
from review.cli.options import Engine, Language, Model, Offline, chosen_settings
from review.cli.root import AsJson, app
from review.scoring import Score

TALKS = ".jsonl"
COLUMNS = (
    "recording", "WER %", "DER % .25", "DER % 0", "speakers", "person %", "role %", "start s",
    "marks", "precision %", "recall %",
)  # fmt: skip
SETS = ((False, "tuning set"), (True, "held out"))


@app.command()
def score(
    gold: Annotated[
        list[Path],
        typer.Argument(metavar="GOLD…", help="Files *.gold.json (recordings) or *.jsonl (talks), or folders of them."),
    ],
    engine: Engine = "faster-whisper",
    model: Model = "base",
    language: Language = None,
    offline: Offline = False,
    as_json: AsJson = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the same as JSON there, too.")] = None,
) -> None:
    """Process recordings, or tag written talks, whose truth is known, and compare; held-out ones apart.

    Recordings: words, voices, roles and marks, with totals by noise. Talks: marks by behaviour.
    Example: `bodycam-review score samples`
    """
    files = [found for path in gold for found in scoring.gold_files(path)]
    talks = [path for path in files if path.suffix == TALKS]
    with progress_bar(len(files)) as bar:
        scored = []
        for path in talks:
            scored.append((path, talk_scores.scored(path)))
            bar.step()
        scores = []
        if len(talks) < len(files):
            settings = chosen_settings(engine, model, language=language, offline=offline)
        for path in (path for path in files if path.suffix != TALKS):
            truth = scoring.read_gold(path)
            scores.append(scoring.score(pipeline.process(truth.media, settings, progress=bar.show), truth))
            bar.step()
    totals, bands, talk_sets = _totals(scores), _by_noise(scores), talk_scores.sets(scored)
    rows = [*(_row(row) for row in [*scores, *totals, *bands]), *(talk_scores.row(*one) for one in talk_sets)]
    if out:
        out.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if as_json:
        for row in rows:
            put_json(row)
        return
    if scores:
        _show_recordings([*scores, *totals, *bands])
        _show_voices([*scores, *totals, *bands])
    for total in totals:
        _show_words(total)
        _show_behaviours(total)
    for name, talks_total in talk_sets:
        talk_scores.show(name, talks_total)


def _totals(scores: list[Score]) -> list[Score]:
    return [
        scoring.together([row for row in scores if row.held_out is held_out], name)
        for held_out, name in SETS
        if any(row.held_out is held_out for row in scores)
    ]


def _by_noise(scores: list[Score]) -> list[Score]:
    return [
        band
        for held_out, name in SETS
        for band in scoring.by_noise([row for row in scores if row.held_out is held_out], name)
    ]


def _row(score: Score) -> dict[str, Any]:
    words = score.words
    return {
        **asdict(score),
        "wer": round(words.errors.rate, 4),
        "wer_by_role": {role: round(errors.rate, 4) for role, errors in words.by_role.items()},
        "der": {str(collar): round(voices.rate, 4) for collar, voices in score.voices.items()},
        "voices": {str(collar): asdict(voices) for collar, voices in score.voices.items()},
        "start_error": words.start_error,
        "start_error_90": words.worst_starts,
        "calibration_error": words.calibration_error,
        "precision": round(score.all_found.precision, 4),
        "recall": round(score.all_found.recall, 4),
    }


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _share(part: float, whole: float) -> str:
    return _percent(part / whole) if whole else "-"


def _named(score: Score) -> str:
    return score.name + (" *" if score.held_out else "")


def _show_recordings(scores: list[Score]) -> None:
    rows = [
        (
            _named(row),
            _percent(row.words.errors.rate),
            *(_percent(row.voices[collar].rate) for collar in scoring.COLLARS),
            f"{row.speakers}/{row.gold_speakers}",
            _share(row.words.right_speaker, row.words.recognised),
            _share(row.words.role_right, row.words.role_words),
            f"{row.words.start_error:.2f}" if row.words.start_error is not None else "-",
            str(row.all_found.right + row.all_found.missed),
            _percent(row.all_found.precision),
            _percent(row.all_found.recall),
        )
        for row in scores
    ]
    show_table("Against gold (* held out: never tuned on)", COLUMNS, rows, right=COLUMNS[1:])


def _show_voices(scores: list[Score]) -> None:
    columns = ("recording", "collar s", "speech s", "DER %", "missed %", "false alarm %", "confusion %")
    rows = [
        (
            _named(row),
            f"{collar:.2f}",
            f"{one.speech:.1f}",
            _percent(one.rate),
            *(_share(part, one.speech) for part in (one.missed, one.false_alarm, one.confused)),
        )
        for row in scores
        for collar, one in row.voices.items()
    ]
    show_table("Voices: DER and its parts, in % of speech", columns, rows, right=columns[1:])


def _show_words(total: Score) -> None:
    columns = ("words of", "said", "WER %", "substituted", "deleted", "inserted")
    rows = [
        (role, str(one.words), _percent(one.rate), str(one.substituted), str(one.deleted), str(one.inserted))
        for role, one in total.words.by_role.items()
    ]
    show_table(f"Words by role: {total.name}", columns, rows, right=columns[1:])
    steps = ("confidence", "words", "mean confidence %", "right %")
    tenths = [
        (name, str(words), _percent(sure), _percent(right))
        for name, words, sure, right in scoring.by_tenths(total.words.bins)
    ]
    error = total.words.calibration_error
    title = f"Confidence of words: {total.name}, calibration error {'-' if error is None else _percent(error)} %"
    show_table(title, steps, tenths, right=steps[1:])


def _show_behaviours(total: Score) -> None:
    columns = ("behaviour", "right", "wrong", "missed", "unsure, right", "unsure, wrong")
    rows = [
        (name, *map(str, (one.right, one.wrong, one.missed, one.unsure_right, one.unsure_wrong)))
        for name, one in total.found.items()
    ]
    show_table(f"Marks by behaviour: {total.name}", columns, rows, right=columns[1:])
