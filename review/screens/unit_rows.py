"""The unit view as words, rows and chart data: values in, plain values out; no streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from review.desk.figures import FEWEST, Cell, Month, Period, Unit
from review.encounter import Direction, Standing
from review.screens.parts import DIRECTION_NAMES, LEAD_IN, behaviour_name, clock
from review.store import SERIOUS
from review.store.behind import Counted, Heard, Instance, Marks, Number
from review.store.figures import Backlog

WITHHELD = "withheld"
PERIODS = {"Last 3 months": 3, "Last 12 months": 12, "All recordings": None}  # whole months, this one among them
REASON_WORDS = {
    Heard.VERIFIED: "A person verified the reason",
    Heard.MARKED: "A reason was marked, nobody has verified it",
    Heard.UNSURE: "Perhaps a reason: marked as unsure",
    Heard.NONE: "No reason was marked",
}
COUNTED_WORDS = {
    Counted.ALL: "marked by machine, sure or unsure",
    Counted.MARKED: "marked by machine",
    Counted.UNSURE: "marked as unsure",
    Counted.VERIFIED: "verified by people",
    Counted.JUDGED: "judged by people",
}
STANDING_WORDS = {
    Standing.UNVERIFIED: "nobody has judged it",
    Standing.VERIFIED: "verified by people",
    Standing.REJECTED: "people said no",
    Standing.DISPUTED: "people differ",
}
NOT_VERIFIED = "Marked is not verified: a mark is a machine's question until people have listened."
VERIFIED = "People listened, and confirmed the words and the speaker of each."
NO_REASON = (
    "Each opens where the stop was marked. Nothing marked is not nothing said: listen before you conclude anything."
)
JUDGED = "People listened to each. Judged is not verified: some they confirmed, to some they said no."
ABOUT = "Counts of a unit, never of a person, and no score. What a machine marked and what people verified stand apart."
WITHHELD_FROM_ALL = (
    f"Of behaviours, by month and over the whole time, numbers below {FEWEST} are withheld: they would say more about "
    "a few people than about a unit. Reasons for stops are withheld together, when one of the four numbers is from 1 "
    f"to {FEWEST - 1}."
)
WORK_IS_EXACT = (
    "Coverage and backlog are told exactly, to you who may open these recordings: they are work to do. Totals are "
    "whole; where a withheld month could be reckoned from its total, the next smallest month is withheld, too. Take "
    "small numbers out before you hand this page on."
)
FIGURES_ONLY = (
    f"You who see figures only are told no number below {FEWEST} of coverage and backlog, either; how far reviews are "
    f"is withheld as a whole when one of its three numbers is from 1 to {FEWEST - 1}. Totals of behaviours leave out "
    "the months that are withheld."
)
# Only these directions are an officer's own words; the others say nothing about how a unit talks.
SHOWN = (Direction.DEESCALATING, Direction.ESCALATING)


@dataclass(frozen=True)
class BacklogRow:
    """Serious marks of one behaviour that nobody has judged."""

    behaviour: str
    name: str
    why: str
    marked: int
    unsure: int
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
    told: Mapping[Counted, int]  # the numbers that are not withheld
    months: Mapping[Counted, Mapping[str, int]] = field(default_factory=dict)  # the same by month, the newest first


@dataclass(frozen=True)
class Chosen:
    """A number whose moments or recordings are listed, with what its heading says."""

    title: str
    number: Number
    count: int
    note: str
    period: Period
    unit: str | None
    whose: str  # the unit in words
    when: str  # the time in words
    months: Mapping[str, int] = field(default_factory=dict)  # months that are told, with the number of each


def caption(*, opens: bool) -> str:
    """What is withheld and what is told exactly, for those who may `open` recordings and for those who may not."""
    return f"{ABOUT} {WITHHELD_FROM_ALL} {WORK_IS_EXACT if opens else FIGURES_ONLY}"


def number(cell: Cell) -> str:
    """A number, or that it is withheld.

    >>> number(Cell(1234)), number(Cell(None))
    ('1,234', 'withheld')
    """
    return WITHHELD if cell.number is None else f"{cell.number:,}"


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
            one.behaviour,
            behaviour_name(one.behaviour),
            SERIOUS[one.behaviour],
            one.marked,
            one.unsure,
            age(one.oldest, today),
        )
        for one in backlog
    )


def age(instant: str, today: date) -> str:
    """How long ago a recording was made.

    >>> age("2026-03-01T10:00:00+00:00", date(2026, 3, 2)), age("2026-01-01T10:00:00", date(2026, 3, 2))
    ('1 day', '60 days')
    """
    days = max(0, (today - datetime.fromisoformat(instant).date()).days)
    return f"{days} day{'' if days == 1 else 's'}"


def behaviour_rows(
    totals: Sequence[Month], months: Sequence[Month] = (), *, whole: bool = True
) -> tuple[BehaviourRow, ...]:
    """What was marked and verified of the officers' own words, in the codebook's order of directions.

    Totals that are not `whole` leave out other months of what was marked than of what was judged: no share is told.
    """
    rows = [one for direction in SHOWN for one in totals if one.direction == direction]
    return tuple(
        BehaviourRow(
            behaviour=one.behaviour,
            name=behaviour_name(one.behaviour),
            direction=DIRECTION_NAMES[Direction(one.direction)],
            marked=number(one.marked),
            unsure=number(one.unsure),
            verified=number(one.verified),
            judged=_judged(one) if whole else number(one.judged),
            told=_told(one),
            months=_by_month(one.behaviour, months),
        )
        for one in rows
    )


def _told(one: Month) -> dict[Counted, int]:
    cells = {
        Counted.MARKED: one.marked,
        Counted.UNSURE: one.unsure,
        Counted.VERIFIED: one.verified,
        Counted.JUDGED: one.judged,
    }
    return {counted: cell.number for counted, cell in cells.items() if cell.number is not None}


def _by_month(behaviour: str, months: Sequence[Month]) -> dict[Counted, dict[str, int]]:
    out: dict[Counted, dict[str, int]] = {}
    for one in reversed(months):
        if one.behaviour == behaviour:
            for counted, count in _told(one).items():
                out.setdefault(counted, {})[one.month] = count
    return out


def _judged(one: Month) -> str:
    parts = (one.marked.number, one.unsure.number, one.judged.number)
    if None in parts:
        return WITHHELD
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


def not_drawn(points: int, *, opens: bool) -> str:
    """Why points of the chart are missing; for those who may `open` recordings some of them are no small numbers."""
    told = f"{points:,} {'month is' if points == 1 else 'months are'} not drawn: fewer than {FEWEST} verified marks"
    return f"{told}, or the next smallest, without which such a month could be reckoned." if opens else f"{told}."


def most_verified(unit: Unit, count: int = 3) -> list[str]:
    """The behaviours with the most verified marks among the officers' own words: what a chart begins with."""
    own = [one for one in unit.totals if one.direction in SHOWN and one.verified.number]
    ordered = sorted(own, key=lambda one: (-(one.verified.number or 0), one.behaviour))
    return [one.behaviour for one in ordered[:count]]


def note(number: Number) -> str:
    """What to know about the marks behind a number."""
    counted = number.counted if isinstance(number, Marks) else getattr(number, "heard", None)
    if counted is None:
        return ""
    return {"verified": VERIFIED, "judged": JUDGED, "none": NO_REASON}.get(counted, NOT_VERIFIED)


def heading(chosen: Chosen) -> str:
    """How many there are, of which unit and time."""
    what = "mark" if isinstance(chosen.number, Marks) else "recording"
    return f"{chosen.count:,} {what}{'' if chosen.count == 1 else 's'}, {chosen.whose}, {chosen.when}."


def of_month(chosen: Chosen, month: str) -> Chosen:
    """The same number of one month."""
    if not isinstance(chosen.number, Marks):
        return chosen
    return replace(chosen, number=replace(chosen.number, month=month), count=chosen.months[month], when=month)


def place(before: int, here: int, count: int, *, more: bool) -> str:
    """Which part of the list is shown; on its last page also why it is not as long as the number says.

    >>> place(20, 20, 132, more=True)
    '21 to 40 of 132.'
    """
    listed = before + here
    shown = f"{before + 1} to {listed} of {max(count, listed):,}." if here else "None that you may open."
    if more or listed == count:
        return shown
    return (
        f"{shown} The number was {count:,}: it is up to a minute old, and recordings in which you appear are not "
        "listed before your statement is done."
    )


def instance_label(one: Instance) -> str:
    """A moment or a recording as its link says it.

    >>> instance_label(Instance("ab", "stop.mp4", "2026-03-01T10:00:00", 72.0, "courtesy"))
    '2026-03-01, stop.mp4, at 1:12: courtesy, nobody has judged it'
    """
    if not one.behaviour:
        return f"{one.at[:10]}, {one.name}"
    unsure = ", unsure" if one.unsure else ""
    named = behaviour_name(one.behaviour).lower()
    return f"{one.at[:10]}, {one.name}, at {clock(one.start)}: {named}{unsure}, {STANDING_WORDS[one.standing]}"


def instance_query(one: Instance) -> dict[str, str]:
    """Where a moment is heard, two seconds before it; a recording as a whole from where it was left."""
    if not one.behaviour:
        return {"recording": one.recording}
    return {"recording": one.recording, "at": str(round(max(0.0, one.start - LEAD_IN), 3))}
