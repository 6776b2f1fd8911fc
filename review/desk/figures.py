"""The unit view at a desk: coverage, backlog, what was verified over time, reasons given; never a figure of a person.

A number below ten says little about a unit and much about few people, so it is withheld, from supervisors and internal
affairs too. For those who may hear the recordings coverage and backlog are work to do, and are told exactly; for
everybody else they are numbers like the others.

Nor can a withheld month be reckoned from the total of its row. Those who may hear the recordings are told the whole
total, since it opens its moments, and then a month that is small alone takes the next smallest with it. Everybody else
may lay times side by side that overlap, so their totals are of the months that are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from review import access
from review.access import Action, Reach, ViewerRole
from review.desk.desk import Desk
from review.errors import Refused
from review.store import Asked, Filter
from review.store.behind import Heard, Instance, Number, Reviews, Stops
from review.store.figures import Backlog, Coverage
from review.store.filters import REASON, STOPS
from review.store.sums import NUMBERS, Tally

FEWEST = 10  # a smaller number is withheld
MOMENTS_A_PAGE = 20  # behind one number
NO_MOMENTS = "You see figures here. Moments reach you when somebody shares them."


@dataclass(frozen=True)
class Period:
    """The month from which on recordings count; None for all. Half a month beside whole ones would look like a fall."""

    since: date | None = None  # the first day of a month

    def __post_init__(self) -> None:
        if self.since is not None and self.since.day != 1:
            raise ValueError(f"{self.since} is not the first day of a month")


@dataclass(frozen=True)
class Cell:
    """A number that is told, or withheld because it is small or would give a small one away."""

    number: int | None

    @property
    def withheld(self) -> bool:
        """Whether it is not told."""
        return self.number is None


@dataclass(frozen=True)
class Month:
    """The marks of one behaviour in one month, machine and people apart."""

    month: str
    behaviour: str
    direction: str
    marked: Cell
    unsure: Cell
    verified: Cell
    judged: Cell


@dataclass(frozen=True)
class Unit:
    """What the unit view shows."""

    coverage: dict[str, Cell]  # recorded, not_begun, begun, signed; marks, judged
    months: tuple[Month, ...]
    totals: tuple[Month, ...]  # of the whole time, by behaviour; where nothing opens, without what is withheld
    reasons: dict[str, Cell]  # verified, marked, unsure, none; empty where the policy hides stops or their reasons
    backlog: tuple[Backlog, ...] | None = None  # None for whom it is no work
    waiting: Cell = field(default_factory=lambda: Cell(0))  # all serious marks that nobody has judged
    opens: bool = False  # whether this person may open the moments behind a number


@dataclass(frozen=True)
class Moments:
    """One page of the marks or recordings behind a number."""

    rows: tuple[Instance, ...]
    more: bool  # whether others come after them


def units(desk: Desk) -> tuple[str, ...]:
    """The units to choose from; none for whoever has one only."""
    desk.require(Action.UNIT_FIGURES)
    if desk.viewer.role == ViewerRole.SUPERVISOR:
        return ()
    with desk.store.register() as register:
        return register.units()


def opens(desk: Desk) -> bool:
    """Whether this person may hear recordings, and so open the moments behind a number."""
    return access.may(desk.viewer, Action.PLAY).allowed


def unit(desk: Desk, period: Period, *, unit: str | None = None) -> Unit:
    """The figures of a unit, or of all (None); raises Refused for a unit that is not one's own."""
    asked = _asked(desk, period, unit)
    may_open = opens(desk)
    with desk.store.register() as register:
        figures = register.figures
        covered, backlog = figures.coverage(asked), figures.backlog(asked)
        tallies = figures.by_month(since=period.since, unit=asked.wanted.unit, hidden=desk.policy.hidden)
        reasons = vars(figures.reasons(asked)) if _tells_reasons(desk) else {}
    months = [tally for tally in tallies if not tally.others]
    marks = {"marks": sum(one.marked + one.unsure for one in tallies), "judged": sum(one.judged for one in tallies)}
    waiting = sum(one.marked + one.unsure for one in backlog)
    told_from = _told_from(months) if may_open else {}
    return Unit(
        coverage=_coverage(covered, marks, exact=may_open),
        months=tuple(_month(one, told_from) for one in months),
        totals=tuple(map(_month, _totals(months, exact=may_open))),
        reasons=parts(reasons),
        backlog=backlog if may_open else None,
        waiting=Cell(waiting) if may_open else _cell(waiting),
        opens=may_open,
    )


def behind(
    desk: Desk,
    period: Period,
    number: Number,
    *,
    unit: str | None,
    after: Instance | None = None,
    oldest: bool = False,
    limit: int = MOMENTS_A_PAGE,
) -> Moments:
    """A page of what stands behind a number, the next after `after`; raises Refused for whom it is not."""
    asked = _asked(desk, period, unit)
    if not opens(desk):
        desk.log(Action.UNIT_FIGURES, outcome="refused", why=NO_MOMENTS)
        raise Refused(NO_MOMENTS)
    # An officer's own recording is not told before the statement is done.
    asked = replace(asked, readable=desk.rules.debrief_after_statement)
    with desk.store.register() as register:
        rows = register.figures.behind(asked, number, after=after, oldest=oldest, limit=limit + 1)
    return Moments(rows[:limit], more=len(rows) > limit)


def in_library(desk: Desk, period: Period, number: Number, *, unit: str | None) -> Filter | None:
    """The library's filter that lists the same recordings; None for marks, and where the library has no such filter."""
    wanted = _asked(desk, period, unit).wanted
    if isinstance(number, Reviews):
        return replace(wanted, state=number.state)
    if isinstance(number, Stops) and number.heard is Heard.NONE:
        return replace(wanted, without_reason=True)
    return None


def parts(numbers: dict[str, int]) -> dict[str, Cell]:
    """Parts of a whole: when one of them is small all are withheld, or it could be reckoned from the others.

    >>> parts({"with": 40, "without": 3})
    {'with': Cell(number=None), 'without': Cell(number=None)}
    """
    small = any(0 < number < FEWEST for number in numbers.values())
    return {name: Cell(None) if small else Cell(number) for name, number in numbers.items()}


def told_beside_total(months: Sequence[int]) -> int:
    """The smallest month of a row that is told where the row's total is, too.

    What is withheld could be reckoned if it were one month, or if all of it were nothing or all as much as can be
    withheld. Then the next smallest months are withheld as well: which of them are the small ones stays open.

    >>> told_beside_total([40, 3, 12, 5]), told_beside_total([40, 3, 12, 12]), told_beside_total([40, 9, 9])
    (10, 13, 41)
    """
    small = [number for number in months if number < FEWEST]
    rest = [number for number in months if number >= FEWEST]
    given_away = len(small) == 1 or set(small) in ({0}, {FEWEST - 1})
    return min(rest) + 1 if given_away and rest else FEWEST


def _asked(desk: Desk, period: Period, unit: str | None) -> Asked:
    desk.require(Action.UNIT_FIGURES)
    viewer = desk.viewer
    if viewer.role == ViewerRole.SUPERVISOR:
        if unit not in (None, viewer.unit):
            raise Refused("You see the figures of your own unit.")
        unit = viewer.unit
    wanted = Filter(since=period.since, unit=unit)
    return Asked(viewer, Reach(everything=True), desk.clock().date(), wanted, desk.policy.hidden)


def _tells_reasons(desk: Desk) -> bool:
    # Without the reasons every stop would be one without a reason.
    return REASON not in desk.policy.hidden and not desk.policy.hidden.issuperset(STOPS)


def _coverage(covered: Coverage, marks: dict[str, int], *, exact: bool) -> dict[str, Cell]:
    states = {
        "not_begun": covered.recorded - covered.begun - covered.signed,
        "begun": covered.begun,
        "signed": covered.signed,
    }
    told = {name: Cell(number) for name, number in states.items()} if exact else parts(states)
    whole = {"recorded": covered.recorded, **marks}
    return {**told, **{name: Cell(number) if exact else _cell(number) for name, number in whole.items()}}


def _cell(number: int, told_from: int = FEWEST) -> Cell:
    return Cell(number if number >= told_from else None)


def _told_from(months: Sequence[Tally]) -> dict[tuple[str, str], int]:
    """By behaviour and number, from where on its months are told beside their total."""
    rows: dict[tuple[str, str], list[int]] = {}
    for month in months:
        for name in NUMBERS:
            rows.setdefault((month.behaviour, name), []).append(getattr(month, name))
    return {row: told_beside_total(numbers) for row, numbers in rows.items()}


def _month(tally: Tally, told_from: Mapping[tuple[str, str], int] = MappingProxyType({})) -> Month:
    cells = {name: _cell(getattr(tally, name), told_from.get((tally.behaviour, name), FEWEST)) for name in NUMBERS}
    return Month(month=tally.month, behaviour=tally.behaviour, direction=tally.direction, **cells)


def _totals(months: Sequence[Tally], *, exact: bool) -> tuple[Tally, ...]:
    """The whole time by behaviour; for those who see figures only, without the months that are withheld."""
    rows: dict[str, list[Tally]] = {}
    for month in months:
        rows.setdefault(month.behaviour, []).append(month)
    return tuple(_total(rows[name], exact=exact) for name in sorted(rows))


def _total(row: Sequence[Tally], *, exact: bool) -> Tally:
    told = {name: [getattr(month, name) for month in row] for name in NUMBERS}
    sums = {name: sum(one for one in numbers if exact or one >= FEWEST) for name, numbers in told.items()}
    return Tally(month="", behaviour=row[0].behaviour, direction=row[0].direction, others=row[0].others, **sums)
