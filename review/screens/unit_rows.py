"""The unit view as words, rows and chart data: values in, plain values out; no streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from review.desk.figures import FEWEST, Cell, Month, Period, Unit
from review.encounter import Direction
from review.screens.parts import DIRECTION_NAMES, LEAD_IN, behaviour_name, clock
from review.store import SERIOUS
from review.store.figures import Backlog, Instance

FEW = f"fewer than {FEWEST}"
PERIODS = {"Last 3 months": 3, "Last 12 months": 12, "All recordings": None}  # whole months, this one among them
REASON_WORDS = {
    "verified": ("A person verified the reason", "verified"),
    "marked": ("A reason was marked, nobody has verified it", "marked"),
    "unsure": ("Perhaps a reason: marked as unsure", "unsure"),
    "none": ("No reason was marked", "none"),
}
# Only these directions are an officer's own words; the others say nothing about how a unit talks.
SHOWN = (Direction.DEESCALATING, Direction.ESCALATING)


@dataclass(frozen=True)
class BacklogRow:
    """Serious marks of one behaviour that nobody has judged."""

    behaviour: str
    name: str
    why: str
    count: str
    age: str


@dataclass(frozen=True)
class BehaviourRow:
    """One behaviour over the whole time, machine and people apart."""

    behaviour: str
    name: str
    direction: str
    marked: str
    unsure: str
    verified: str
    judged: str


def number(cell: Cell) -> str:
    """A number, or that it is withheld.

    >>> number(Cell(1234)), number(Cell(None))
    ('1,234', 'fewer than 10')
    """
    return FEW if cell.number is None else f"{cell.number:,}"


def share(part: Cell, whole: Cell) -> str:
    """A share in words, with both numbers; nothing where one is withheld or there is none.

    >>> share(Cell(30), Cell(120)), share(Cell(None), Cell(120)), share(Cell(0), Cell(0))
    ('25 %', '', '')
    """
    if part.number is None or not whole.number:
        return ""
    return f"{100 * part.number / whole.number:.0f} %"


def period(name: str, today: date) -> Period:
    """The time that a choice stands for.

    >>> period("Last 3 months", date(2026, 2, 17)).since
    datetime.date(2025, 12, 1)
    """
    months = PERIODS[name]
    if months is None:
        return Period()
    years, month = divmod(12 * today.year + today.month - months, 12)
    return Period(date(years, month + 1, 1))


def backlog_rows(backlog: Iterable[Backlog], today: date) -> tuple[BacklogRow, ...]:
    """The serious marks that wait, those whose oldest recording is oldest first."""
    return tuple(
        BacklogRow(
            one.behaviour, behaviour_name(one.behaviour), SERIOUS[one.behaviour], _waiting(one), age(one.oldest, today)
        )
        for one in backlog
    )


def _waiting(one: Backlog) -> str:
    recordings = "recording" if one.recordings == 1 else "recordings"
    return f"{one.marked} marked, {one.unsure} unsure, in {one.recordings} {recordings}"


def age(instant: str, today: date) -> str:
    """How long ago a recording was made.

    >>> age("2026-03-01T10:00:00+00:00", date(2026, 3, 2)), age("2026-01-01T10:00:00", date(2026, 3, 2))
    ('1 day', '60 days')
    """
    days = max(0, (today - datetime.fromisoformat(instant).date()).days)
    return f"{days} day{'' if days == 1 else 's'}"


def behaviour_rows(totals: Sequence[Month]) -> tuple[BehaviourRow, ...]:
    """What was marked and verified of the officers' own words, in the codebook's order of directions."""
    rows = [one for direction in SHOWN for one in totals if one.direction == direction]
    return tuple(
        BehaviourRow(
            behaviour=one.behaviour,
            name=behaviour_name(one.behaviour),
            direction=DIRECTION_NAMES[Direction(one.direction)],
            marked=number(one.marked),
            unsure=number(one.unsure),
            verified=number(one.verified),
            judged=_judged(one),
        )
        for one in rows
    )


def _judged(one: Month) -> str:
    parts = (one.marked.number, one.unsure.number, one.judged.number)
    if None in parts:
        return FEW
    marks = (one.marked.number or 0) + (one.unsure.number or 0)
    return f"{one.judged.number:,} of {marks:,} ({100 * (one.judged.number or 0) / marks:.0f} %)" if marks else ""


def chart_rows(months: Sequence[Month], behaviours: Sequence[str]) -> list[dict[str, Any]]:
    """Verified marks by month as the chart takes them; withheld months are left out, and never drawn as nothing."""
    return [
        {"Month": f"{one.month}-01", "Behaviour": behaviour_name(one.behaviour), "Verified": one.verified.number}
        for one in months
        if one.behaviour in behaviours and one.verified.number is not None
    ]


def withheld(months: Sequence[Month], behaviours: Sequence[str]) -> int:
    """How many points of the chart are withheld."""
    return sum(one.verified.withheld for one in months if one.behaviour in behaviours)


def most_verified(unit: Unit, count: int = 3) -> list[str]:
    """The behaviours with the most verified marks among the officers' own words: what a chart begins with."""
    own = [one for one in unit.totals if one.direction in SHOWN and one.verified.number]
    ordered = sorted(own, key=lambda one: (-(one.verified.number or 0), one.behaviour))
    return [one.behaviour for one in ordered[:count]]


def instance_label(one: Instance) -> str:
    """A moment as its link says it."""
    unsure = ", unsure" if one.unsure else ""
    return f"{one.at[:10]}, {one.name}, at {clock(one.start)}: {behaviour_name(one.behaviour).lower()}{unsure}"


def instance_query(one: Instance) -> dict[str, str]:
    """Where a moment is heard, two seconds before it."""
    return {"recording": one.recording, "at": str(round(max(0.0, one.start - LEAD_IN), 3))}
