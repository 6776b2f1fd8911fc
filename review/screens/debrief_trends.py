"""An officer's own past over time: verified and marked apart, per recorded hour, with how much was reviewed.

Nobody else's figures enter, and what is too little to say anything is left out and said to be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from review.desk.debrief import Past
from review.encounter import Direction
from review.screens.parts import behaviour_name

LEAST_RECORDINGS = 3  # in a month; one or two encounters say something of those encounters, nothing of a month
LEAST_HOURS = 0.5  # recorded in a month; of less, one moment would look like dozens an hour
LEAST_MOMENTS = 10  # of a behaviour in all; as in all other figures of this program
VERIFIED, MARKED = "Verified by people", "Marked by the machine, sure"


@dataclass(frozen=True)
class Month:
    """One month of an officer's own recordings."""

    month: str  # 2025-03
    recordings: int
    reviewed: int
    hours: float
    reviewed_hours: float
    marked: Counter[str]  # by behaviour, in all recordings
    verified: Counter[str]  # by behaviour, in those whose review was signed off


@dataclass(frozen=True)
class Point:
    """One month's figure of a behaviour; None where it is too few to say."""

    month: str
    kind: str  # VERIFIED or MARKED
    moments: int
    per_hour: float | None


def months(past: Sequence[Past]) -> tuple[Month, ...]:
    """The officer's months in order, from the first to the last recording; those between without any, too."""
    groups: dict[str, list[Past]] = {}
    for one in past:
        groups.setdefault(f"{one.on:%Y-%m}", []).append(one)
    return tuple(_month(month, groups.get(month, [])) for month in _from_to(min(groups), max(groups))) if groups else ()


def _from_to(first: str, last: str) -> tuple[str, ...]:
    """All months between two, with both.

    >>> _from_to("2024-12", "2025-02")
    ('2024-12', '2025-01', '2025-02')
    """
    begin, end = (12 * int(month[:4]) + int(month[5:]) - 1 for month in (first, last))
    return tuple(f"{number // 12:04}-{number % 12 + 1:02}" for number in range(begin, end + 1))


def behaviours(found: Sequence[Month], past: Sequence[Past]) -> tuple[tuple[str, str], ...]:
    """The behaviours of which there is enough to say something, as id and name; what went well first."""
    total: Counter[str] = sum((month.marked for month in found), Counter())
    ways = {count.behaviour: count.direction for one in past for count in one.counts if not count.others}
    order = [Direction.DEESCALATING, Direction.ESCALATING]
    enough = [one for one in total if total[one] >= LEAST_MOMENTS and ways[one] in order]
    return tuple(
        (one, behaviour_name(one)) for one in sorted(enough, key=lambda one: (order.index(ways[one]), -total[one], one))
    )


def points(found: Sequence[Month], behaviour: str) -> tuple[Point, ...]:
    """Two lines that are never added: what people verified in reviewed recordings, and what the machine marked."""
    out = []
    for one in found:
        verified = one.verified[behaviour]
        out.append(Point(one.month, VERIFIED, verified, _rate(verified, one.reviewed, one.reviewed_hours)))
        out.append(
            Point(one.month, MARKED, one.marked[behaviour], _rate(one.marked[behaviour], one.recordings, one.hours))
        )
    return tuple(out)


def coverage(found: Sequence[Month], *, reviewed: int, total: int) -> str:
    """How many of all their recordings were reviewed, and of how many the figures are made, in a sentence or two."""
    shown = sum(one.recordings for one in found)
    said = f"{reviewed} of your {total} recordings {'was' if reviewed == 1 else 'were'}"
    rest = "" if shown == total else f" The figures here are made of the {shown} that you may watch so far."
    return f"{said} reviewed to the end.{rest}"


def _rate(moments: int, recordings: int, hours: float) -> float | None:
    return round(moments / hours, 2) if recordings >= LEAST_RECORDINGS and hours >= LEAST_HOURS else None


def _month(month: str, group: Sequence[Past]) -> Month:
    marked: Counter[str] = Counter()
    verified: Counter[str] = Counter()
    for one in group:
        for count in one.counts:
            if not count.others:
                marked[count.behaviour] += count.marked
                verified[count.behaviour] += count.verified * one.reviewed
    return Month(
        month=month,
        recordings=len(group),
        reviewed=sum(one.reviewed for one in group),
        hours=sum(one.seconds for one in group) / 3600,
        reviewed_hours=sum(one.seconds for one in group if one.reviewed) / 3600,
        marked=marked,
        verified=verified,
    )


def month_table(found: Sequence[Month], shown: Sequence[Point]) -> str:
    """The same in numbers: each month with what it is made of; "too few to say" where it is."""
    by_month = {(point.month, point.kind): point for point in shown}
    names = ("Month", "Recordings", "Reviewed", "Hours", VERIFIED, "per hour reviewed", MARKED, "per hour")
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = "".join(
        _row(one, by_month[one.month, VERIFIED], by_month[one.month, MARKED]) for one in found if one.recordings
    )
    return f'<table class="bcr-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _row(one: Month, verified: Point, marked: Point) -> str:
    cells = [str(one.recordings), str(one.reviewed), f"{one.hours:.1f}"]
    for point in (verified, marked):
        cells += (
            [str(point.moments), f"{point.per_hour:.1f}"] if point.per_hour is not None else ["–", "too few to say"]
        )
    return f'<tr><th scope="row">{one.month}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
