"""What was wanted of marking, what was measured, and whether it is met, from the results of `benchmarks.behaviours`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.accuracy import table
from review.scoring import Found

PRECISION, RECALL, CALIBRATION = 0.92, 0.85, 0.05
RATIOS = (0.8, 1.25)  # of a dialect's flags to those of the general one
MARKING, LOADING = 3.0, 2.0  # seconds of one core for an hour of talk, and to load
HEAD = """## What was wanted, and what is measured

On talks written for this project and set aside, unless the row says otherwise; what that is worth stands below."""
FLAGS, GENERAL = "flags", "general"
MET = {True: "yes", False: "**no**", None: ""}
Row = tuple[str, str, str, bool | None]  # of what, wanted, measured, met (None where no number was set)


def goals(kept: Mapping[str, Any]) -> str:
    """The part of a page with the table of what is measured already; empty when nothing is."""
    rows = [row for part, make in PARTS.items() if part in kept for row in make(kept[part])]
    said = [(what, wanted, measured, MET[met]) for what, wanted, measured, met in rows]
    return f"{HEAD}\n\n{table(('what', 'wanted', 'measured', 'met?'), said)}" if said else ""


def _talks(part: Mapping[str, Any]) -> Iterator[Row]:
    aside = part["set aside"]
    one, ece = Found(**aside["all"]), aside["ece"]
    at_least = "{:.2f} or more"
    yield "precision of sure marks", at_least.format(PRECISION), f"{one.precision:.3f}", one.precision >= PRECISION
    yield "recall of sure marks", at_least.format(RECALL), f"{one.recall:.3f}", one.recall >= RECALL
    shown = (one.right + one.unsure_right) / max(1, one.right + one.missed)
    yield "the same, unsure marks too", "", f"{shown:.3f}", None
    yield "calibration error", f"{CALIBRATION:.2f} or less", f"{ece:.3f}", ece <= CALIBRATION


def _choices(part: Mapping[str, Any]) -> Iterator[Row]:
    rows = part["rows"]
    own = f"{rows[FLAGS]['auc']:.3f}"
    for peer, beyond in part["flags_beyond"].items():
        low, high = beyond["auc_95"]
        measured = f"{own} against {rows[peer]['auc']:.3f}; difference {low:+.2f} to {high:+.2f} (95 %)"
        yield f"AUC on trainers' choices (POL-COM), against {peer}", "clearly above", measured, low > 0


def _alarms(part: Mapping[str, Any]) -> Iterator[Row]:
    for name, where in (("ordinary", "uneventful talk"), ("colleagues", "officers among themselves")):
        if name in part:
            yield f"false marks an hour, {where}", "few; no number was set", f"{part[name]['false_an_hour']:.0f}", None


def _dialects(part: Mapping[str, Any]) -> Iterator[Row]:
    low, high = RATIOS
    for kind in ("sure", "unsure"):
        general = part[GENERAL][kind]
        ratios = [own[kind] / general for name, own in part.items() if name != GENERAL and general]
        counts = ", ".join(f"{own[kind]} {name.replace('_', ' ')}" for name, own in part.items())
        if ratios:
            measured = f"{min(ratios):.2f} to {max(ratios):.2f} ({counts})"
            met = low <= min(ratios) and max(ratios) <= high
            yield f"{kind} marks in dialects, to the general one", f"{low} to {high}", measured, met


def _speed(part: Mapping[str, Any]) -> Iterator[Row]:
    marking, loading = part["tag_seconds"], part["load_seconds"]
    words = f"{part['words']:,}".replace(",", " ")
    yield f"marking {words} words, one core", f"{MARKING:g} s or less", f"{marking:.1f} s", marking <= MARKING
    yield "loading, one core", f"{LOADING:g} s or less", f"{loading:.1f} s", loading <= LOADING


PARTS = {"talks": _talks, "choices": _choices, "alarms": _alarms, "dialects": _dialects, "speed": _speed}
