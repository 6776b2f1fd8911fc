"""Scores of written talks as tables and rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from review import pipeline, scoring
from review.cli.console import show_table
from review.scoring import Found, Talk, TalkScore

Scored = tuple[Talk, TalkScore]


def scored(path: Path, settings: pipeline.Settings | None = None) -> list[Scored]:
    """Each talk of the file with how its tags compare with its marks."""
    return [
        (talk, scoring.score_talk(talk, pipeline.tag(talk.lines, settings, language=talk.language)))
        for talk in scoring.read_talks(path)
    ]


def sets(files: Sequence[tuple[Path, Sequence[Scored]]]) -> list[tuple[str, TalkScore]]:
    """The talks that were tuned on, those set aside, and each file of a kind of its own, such as dialects, by name."""
    groups: dict[str, list[TalkScore]] = {}
    for path, rows in files:
        for talk, score in rows:
            groups.setdefault(_set(path, talk), []).append(score)
    return [(name, scoring.talks_together(own)) for name, own in groups.items()]


def _set(path: Path, talk: Talk) -> str:
    if not talk.held_out:
        return TUNED_ON
    kind = path.stem.removeprefix("set_aside").strip("_")
    return SET_ASIDE if not kind or kind.isdecimal() or kind == path.stem else f"{SET_ASIDE}, {kind}"


TUNED_ON, SET_ASIDE = "tuning talks", "talks set aside"


def row(name: str, total: TalkScore) -> dict[str, Any]:
    """The set as JSON values."""
    found = total.all_found
    return {
        "name": name,
        **asdict(total),
        "precision": round(found.precision, 4),
        "recall": round(found.recall, 4),
        "calibration_error": total.calibration_error,
    }


def show(name: str, total: TalkScore) -> None:
    """Print the set: marks by behaviour, by role, and how sure the flags were."""
    columns = ("behaviour", "right", "wrong", "missed", "precision %", "95 %", "recall %", "near misses", "unsure")
    rows = [_found_row(behaviour, one, total.near.get(behaviour)) for behaviour, one in total.found.items()]
    rows.append(_found_row("all", total.all_found, None))
    show_table(f"Marks: {name} ({total.talks} talks, {total.words} words)", columns, rows, right=columns[1:])
    roles = [_found_row(role, sum(own.values(), Found()), None)[:7] for role, own in total.by_role.items() if own]
    show_table(f"By role: {name}", ("role", *columns[1:7]), roles, right=columns[1:7])
    steps = ("confidence", "flags", "mean confidence %", "right %")
    tenths = [
        (step, str(flags), _percent(sure), _percent(right))
        for step, flags, sure, right in scoring.by_tenths(total.bins)
    ]
    error = total.calibration_error
    title = f"Confidence of flags: {name}, calibration error {'-' if error is None else _percent(error)} %"
    show_table(title, steps, tenths, right=steps[1:])


def _found_row(name: str, found: Found, near: tuple[int, int] | None) -> tuple[str, ...]:
    flags, marks = found.right + found.wrong, found.right + found.missed
    low, high = scoring.interval(found.right, flags)
    return (
        name,
        *map(str, (found.right, found.wrong, found.missed)),
        _percent(found.precision) if flags else "-",
        f"{_percent(low)}-{_percent(high)}" if flags else "-",
        _percent(found.recall) if marks else "-",
        f"{near[1]} of {near[0]}" if near else "-",
        f"{found.unsure_right} right, {found.unsure_wrong} wrong" if found.unsure_right + found.unsure_wrong else "-",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
