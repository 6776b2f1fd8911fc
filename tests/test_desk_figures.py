"""The unit view at a desk: whose unit, what is withheld, and which moments stand behind a number."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from review.access import Reach, Viewer
from review.casework import Act, Kind
from review.desk import Desk, figures, library
from review.desk.figures import Cell, Period
from review.encounter import Answer, Role, Standing, Status, Verdict
from review.errors import Refused
from review.policy import built_in
from review.store import Asked
from review.store.behind import Counted, Heard, Marks, Reviews, Stops

pytestmark = pytest.mark.databases("sqlite", "postgresql")
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SUPERVISOR = Viewer("sam", "Sam", "supervisor", "West")
AFFAIRS = Viewer("ina", "Ina", "internal_affairs")
OVERSIGHT = Viewer("ova", "Ova", "oversight")
TRAINER = Viewer("tina", "Tina", "trainer")


@pytest.fixture
def store(shelved, new_store):
    """Twelve recordings of West with a verified reason, one of East with a serious mark."""
    kept = new_store()
    base = shelved.encounter
    reason, order, said = base.flags[0], base.flags[-1], []
    for number in range(1, 13):
        sha256 = f"{number:064x}"
        what = replace(base.recording, sha256=sha256, name=f"{number}.wav")
        marks = (replace(reason, id=f"r{number}"), replace(order, id=f"o{number}"))
        kept.add(replace(base, recording=what, flags=marks), shelved.media, at=AT)
        said.append(Verdict(f"v:{number}", sha256, f"r{number}", Answer.AGREE, "sam", "supervisor", AT))
    kept.record(said)
    east = replace(base.recording, sha256="e" * 64, name="east.wav")
    theirs = replace(order, id="x", behaviour="bias_remark", role=Role.OTHER_OFFICER, status=Status.UNSURE)
    kept.add(replace(base, recording=east, flags=(theirs,)), shelved.media, at=AT)
    with kept.casebook(write=True) as book:
        for viewer in (SUPERVISOR, AFFAIRS, OVERSIGHT):
            book.keep_demo(viewer, at=AT)
        for number in range(1, 13):
            book.set_whose(f"{number:064x}", wearer="o1", unit="West")
        book.set_whose("e" * 64, wearer="o2", unit="East")
        book.set_whose(shelved.sha256, wearer="o3", unit="East")
    return kept


@pytest.fixture
def mixed(store, shelved):
    """The same with marks of every kind: rejected, unsure, of a colleague, of other months, corrected since."""
    base = shelved.encounter
    reason, order = base.flags[0], base.flags[-1]
    for number, marks in (
        (20, (order, replace(order, id="f", behaviour="force"), replace(order, id="a", behaviour="medical_aid"))),
        (21, (order, replace(reason, status=Status.UNSURE))),
        (22, (order, reason, replace(order, id="z", span=base.flags[0].span, status=Status.UNSURE))),
    ):
        when = datetime(2026, 1, number, tzinfo=UTC)
        what = replace(base.recording, sha256=f"{number:064x}", name=f"{number}.wav", recorded_at=when)
        store.add(replace(base, recording=what, flags=marks), shelved.media, at=AT)
        with store.casebook(write=True) as book:
            book.set_whose(f"{number:064x}", wearer="o1", unit="West")
    colleague = replace(base.recording, sha256="b" * 64, name="b.wav")
    marks = (order, replace(reason, role=Role.OTHER_OFFICER))
    store.add(replace(base, recording=colleague, flags=marks), shelved.media, at=AT)
    first = store.encounter(f"{1:064x}")
    more = (
        replace(order, id="f1", behaviour="force"),
        replace(order, id="f2", behaviour="force", status=Status.UNSURE),
    )
    store.add(replace(first, revision=first.revision + 1, flags=(*first.flags, *more)), shelved.media, at=AT)
    store.record(
        [
            Verdict("w:1", f"{22:064x}", reason.id, Answer.DISAGREE, "sam", "supervisor", AT),
            Verdict("w:2", f"{22:064x}", order.id, Answer.AGREE, "sam", "supervisor", AT),
            Verdict("w:3", f"{22:064x}", order.id, Answer.DISAGREE, "ina", "internal_affairs", AT),
            Verdict("w:4", f"{3:064x}", "o3", Answer.SKIP, "sam", "supervisor", AT),
        ]
    )
    return store


def at(store, viewer) -> Desk:
    return Desk(store, replace(viewer, session="s"), clock=lambda: AT)


def sign(store, number):
    sha256 = f"{number:064x}"
    act = Act(f"00000000-0000-0000-0000-000000000000:{number}", sha256, Kind.SIGN_OFF, "", {}, "sam", "supervisor", AT)
    with store.casebook(write=True) as book:
        book.act(act)


def test_a_supervisor_sees_the_own_unit_exactly_where_it_is_work(store):
    sign(store, 1)
    unit = figures.unit(at(store, SUPERVISOR), Period())
    assert {name: cell.number for name, cell in unit.coverage.items()} == {
        "not_begun": 0, "begun": 11, "signed": 1, "recorded": 12, "marks": 24, "judged": 12,
    }  # fmt: skip
    assert (unit.backlog, unit.opens) == ((), True)
    with pytest.raises(Refused, match="own unit"):
        figures.unit(at(store, SUPERVISOR), Period(), unit="East")


def test_internal_affairs_see_one_unit_or_all(store):
    desk = at(store, AFFAIRS)
    assert figures.unit(desk, Period()).coverage["recorded"] == Cell(14)
    east = figures.unit(desk, Period(), unit="East")
    [waiting] = east.backlog
    assert (waiting.behaviour, waiting.marked, waiting.unsure, waiting.recordings) == ("bias_remark", 0, 1, 1)
    assert figures.units(desk) == ("East", "West")
    assert figures.units(at(store, SUPERVISOR)) == ()


def test_marked_and_verified_are_told_apart_with_how_many_were_judged(store):
    [order, reason] = figures.unit(at(store, SUPERVISOR), Period()).totals
    assert (reason.behaviour, reason.marked, reason.verified, reason.judged) == (
        "reason_for_stop", Cell(12), Cell(12), Cell(12),
    )  # fmt: skip
    assert (order.behaviour, order.marked, order.verified) == ("order", Cell(12), Cell(None))


def test_marks_of_other_officers_are_work_but_never_a_units_figure(store):
    east = figures.unit(at(store, AFFAIRS), Period(), unit="East")
    assert "bias_remark" not in {month.behaviour for month in east.months}


@pytest.mark.parametrize("viewer", [SUPERVISOR, AFFAIRS, OVERSIGHT])
def test_a_number_below_ten_is_withheld_from_everybody_where_it_is_no_work(store, viewer):
    unit = figures.unit(at(store, viewer), Period())
    for month in unit.months:
        for cell in (month.marked, month.unsure, month.verified, month.judged):
            assert cell.number is None or cell.number >= figures.FEWEST


@pytest.mark.parametrize(("viewer", "exact"), [(SUPERVISOR, True), (AFFAIRS, True), (OVERSIGHT, False)])
def test_only_coverage_and_backlog_are_exact_and_only_for_those_who_may_open_the_recordings(mixed, viewer, exact):
    unit = figures.unit(at(mixed, viewer), Period())

    def small(cells):
        return [cell.number for cell in cells if cell.number is not None and 0 < cell.number < figures.FEWEST]

    totals = [cell for one in unit.totals for cell in (one.marked, one.unsure, one.verified, one.judged)]
    assert small([*totals, *unit.reasons.values()]) == []
    assert any(cell.withheld for cell in totals)
    assert all(cell.withheld for cell in unit.reasons.values())
    assert (unit.backlog is not None) is exact
    assert bool(small([*unit.coverage.values(), unit.waiting])) is exact


def test_oversight_gets_figures_without_the_small_ones_and_no_moments(store):
    sign(store, 1)
    desk = at(store, OVERSIGHT)
    unit = figures.unit(desk, Period())
    assert (unit.backlog, unit.opens, unit.waiting) == (None, False, Cell(None))
    assert {unit.coverage[name] for name in ("not_begun", "begun", "signed")} == {Cell(None)}
    with pytest.raises(Refused, match="figures"):
        figures.behind(desk, Period(), Marks(Counted.VERIFIED, "order"), unit=None)
    with pytest.raises(Refused, match="figures"):
        figures.behind(desk, Period(), Reviews(), unit=None)
    with store.casebook() as book:
        assert [entry.outcome for entry in book.logged(action="unit_figures")] == ["refused", "refused"]


def test_a_part_cannot_be_reckoned_from_the_others():
    assert figures.parts({"a": 50, "b": 9, "c": 30}) == dict.fromkeys("abc", Cell(None))
    assert figures.parts({"a": 50, "b": 0}) == {"a": Cell(50), "b": Cell(0)}


def a_row(months: Sequence[int]) -> tuple[list[int | None], int | None]:
    """What is shown of one row: its months, and their total."""
    told_from = figures.told_beside_total(months)
    total = sum(months)
    return [one if one >= told_from else None for one in months], total if total >= figures.FEWEST else None


def rows_like(months: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All rows that would be shown just as this one, by somebody who knows how months are withheld."""
    shown = a_row(months)
    hidden = [at for at, one in enumerate(shown[0]) if one is None]
    left = sum(months[at] for at in hidden)
    for numbers in product(range(left + 1), repeat=max(0, len(hidden) - 1)):
        other = list(months)
        for at, number in zip(hidden, (*numbers, left - sum(numbers)), strict=True):
            other[at] = number
        if hidden and other[hidden[-1]] >= 0 and a_row(other) == shown:
            yield tuple(other)


@given(st.lists(st.one_of(st.integers(0, 13), st.sampled_from((0, 9, 10))), max_size=4))
@example([9, 10, 10])
@example([0, 0, 12])
@example([9, 9, 10])
@example([9, 9, 9, 9])
@example([3, 12])
def test_no_withheld_month_can_be_reckoned_from_what_is_shown_of_its_row(months):
    """For each there is another row with another number there that looks the same; without a total nothing is told."""
    cells, total = a_row(months)
    assert all(one is None or one >= figures.FEWEST for one in cells)
    if total is None:
        assert set(cells) <= {None}
        return
    for at, one in enumerate(cells):
        assert one is not None or any(other[at] != months[at] for other in rows_like(months))


@given(st.lists(st.integers(0, 40), max_size=12))
def test_months_are_withheld_beside_small_ones_only_and_no_more_than_the_next_smallest(months):
    cells, _ = a_row(months)
    beside = {months[at] for at, one in enumerate(cells) if one is None and months[at] >= figures.FEWEST}
    assert len(beside) <= 1
    assert not beside or min(months) < figures.FEWEST


def test_a_month_that_is_small_alone_takes_the_next_smallest_with_it(mixed):
    """Thirteen reasons were marked, twelve of them in one month: neither month is told beside that total."""
    desk = at(mixed, SUPERVISOR)
    found = figures.unit(desk, Period())
    [total] = [one for one in found.totals if one.behaviour == "reason_for_stop"]
    months = [one.marked for one in found.months if one.behaviour == "reason_for_stop"]
    assert total.marked == Cell(13) == Cell(len(listed(desk, Marks(Counted.MARKED, "reason_for_stop"))))
    assert months == [Cell(None), Cell(None)]


def test_who_opens_nothing_is_told_totals_without_the_months_that_are_withheld(mixed):
    found = figures.unit(at(mixed, OVERSIGHT), Period())
    for total in found.totals:
        for name in ("marked", "unsure", "verified", "judged"):
            months = [getattr(one, name) for one in found.months if one.behaviour == total.behaviour]
            told = sum(cell.number or 0 for cell in months)
            assert getattr(total, name) == Cell(told or None)
    assert {bool(one.marked.number) for one in found.months if one.behaviour == "reason_for_stop"} == {True, False}


def test_who_has_no_figures_is_refused(store):
    with pytest.raises(Refused):
        figures.unit(at(store, TRAINER), Period())


def listed(desk, number, *, unit=None, period=None, oldest=False, limit=5):
    """All that is listed behind a number, page after page."""
    out, after = [], None
    while True:
        page = figures.behind(desk, period or Period(), number, unit=unit, after=after, oldest=oldest, limit=limit)
        assert len(page.rows) == limit or not page.more
        out += page.rows
        if not page.more:
            return out
        after = page.rows[-1]


def test_every_number_opens_exactly_its_moments(mixed):
    """Each number of the page, for one unit and for all: as many are listed, none twice, and all are of that kind."""
    desk = at(mixed, AFFAIRS)
    for unit in (None, "West", "East"):
        found = figures.unit(desk, Period(), unit=unit)
        with mixed.register() as register:
            tallies = register.figures.by_month(since=None, unit=unit, hidden=())
        for tally in [one for one in tallies if not one.others]:
            for counted in list(Counted)[1:]:
                number = Marks(counted, tally.behaviour, month=tally.month)
                rows = listed(desk, number, unit=unit)
                assert len({(one.recording, one.flag) for one in rows}) == len(rows) == getattr(tally, counted.value)
                assert all(one.behaviour == tally.behaviour and one.at[:7] == tally.month for one in rows)
                if counted in (Counted.MARKED, Counted.UNSURE):
                    assert {one.unsure for one in rows} <= {counted is Counted.UNSURE}
        for one in (*found.totals, *found.months):
            rows = listed(desk, Marks(Counted.MARKED, one.behaviour, month=one.month), unit=unit)
            assert one.marked.number in (len(rows), None)
        assert len(listed(desk, Marks(others=True), unit=unit)) == found.coverage["marks"].number
        assert len(listed(desk, Marks(Counted.JUDGED, others=True), unit=unit)) == found.coverage["judged"].number


def test_each_number_of_the_backlog_opens_the_marks_that_nobody_judged(mixed):
    desk = at(mixed, AFFAIRS)
    backlog = figures.unit(desk, Period()).backlog
    assert {one.behaviour for one in backlog} == {"bias_remark", "force"}
    for one in backlog:
        for counted, count in ((Counted.MARKED, one.marked), (Counted.UNSURE, one.unsure)):
            rows = listed(desk, Marks(counted, one.behaviour, others=True, waiting=True))
            assert len(rows) == count
            assert {row.standing for row in rows} <= {Standing.UNVERIFIED}
    relieved = {row.recording for row in listed(desk, Marks(Counted.ALL, "force", others=True, waiting=True))}
    assert relieved == {f"{1:064x}"}  # aid was marked in the others


def test_each_coverage_number_opens_its_recordings_here_and_in_the_library(mixed):
    sign(mixed, 1)
    for viewer in (AFFAIRS, SUPERVISOR):
        desk = at(mixed, viewer)
        coverage = figures.unit(desk, Period()).coverage
        for name in ("", "not_begun", "begun", "signed"):
            rows = listed(desk, Reviews(name))
            assert len({one.recording for one in rows}) == len(rows) == coverage[name or "recorded"].number
            wanted = figures.in_library(desk, Period(), Reviews(name), unit=None)
            assert library.look(desk, wanted, limit=5).total == len(rows)


def test_each_number_of_reasons_opens_its_recordings_where_the_reason_is_heard(mixed):
    desk = at(mixed, AFFAIRS)
    with mixed.register() as register:
        asked = Asked(AFFAIRS, Reach(everything=True), AT.date())
        counted = vars(register.figures.reasons(asked))
    assert counted == {"verified": 12, "marked": 3, "unsure": 1, "none": 1}
    for heard in Heard:
        rows = listed(desk, Stops(heard))
        assert len({one.recording for one in rows}) == len(rows) == counted[heard.value]
        assert {one.behaviour for one in rows} == {"order" if heard is Heard.NONE else "reason_for_stop"}
        assert all(one.flag for one in rows)
    [unsure] = listed(desk, Stops(Heard.UNSURE))
    assert (unsure.unsure, unsure.standing) == (True, Standing.UNVERIFIED)
    wanted = figures.in_library(desk, Period(), Stops(Heard.NONE), unit=None)
    found = library.look(desk, wanted, limit=9).rows
    assert {one.entry.sha256 for one in found} == {one.recording for one in listed(desk, Stops(Heard.NONE))}


def test_a_reason_that_a_colleague_gave_is_a_reason(mixed):
    """Whoever told the person why: to say that no reason was marked would be untrue."""
    theirs = [one for one in listed(at(mixed, AFFAIRS), Stops(Heard.MARKED)) if one.recording == "b" * 64]
    assert len(theirs) == 1


@pytest.mark.parametrize("number", [Marks(Counted.ALL, others=True), Reviews(), Stops(Heard.VERIFIED)])
@pytest.mark.parametrize("limit", [1, 4, 100])
def test_a_list_begins_with_the_newest_and_turns_round(mixed, number, limit):
    desk = at(mixed, AFFAIRS)
    rows, turned = (listed(desk, number, limit=limit, oldest=oldest) for oldest in (False, True))
    assert [one.at for one in rows] == sorted((one.at for one in rows), reverse=True)
    assert [one.at for one in turned] == sorted(one.at for one in turned)
    assert {(one.recording, one.flag) for one in rows} == {(one.recording, one.flag) for one in turned}
    assert len(rows) == len(turned) > 10


def test_a_supervisors_list_holds_the_own_unit_only(mixed):
    desk = at(mixed, SUPERVISOR)
    assert not {one.recording for one in listed(desk, Reviews())} & {"b" * 64, "e" * 64}
    with pytest.raises(Refused, match="own unit"):
        figures.behind(desk, Period(), Reviews(), unit="East")


def test_reasons_count_each_recording_with_a_stop_once(store):
    unit = figures.unit(at(store, SUPERVISOR), Period())
    assert {name: cell.number for name, cell in unit.reasons.items()} == {
        "verified": 12, "marked": 0, "unsure": 0, "none": 0,
    }  # fmt: skip


def test_a_time_leaves_out_what_was_recorded_before(store):
    unit = figures.unit(at(store, SUPERVISOR), Period(since=AT.date()))
    assert unit.coverage["recorded"] == Cell(0)


def test_a_time_is_made_of_whole_months(store):
    with pytest.raises(ValueError, match="first day of a month"):
        Period(since=AT.date().replace(day=2))
    desk = at(store, SUPERVISOR)
    recorded = figures.unit(desk, Period()).months[0].month  # all are of this month
    for since, known in ((f"{recorded}-01", True), (AT.date().isoformat(), False)):
        unit = figures.unit(desk, Period(since=date.fromisoformat(since)))
        assert bool(unit.months) is bool(unit.totals) is known
        assert unit.coverage["marks"] == Cell(24 if known else 0)


def test_figures_follow_a_recording_to_another_unit(store):
    before = figures.unit(at(store, AFFAIRS), Period())
    with store.casebook(write=True) as book:
        for number in range(1, 12):
            book.set_whose(f"{number:064x}", wearer="o1", unit="East")
    west, east = (figures.unit(at(store, AFFAIRS), Period(), unit=name) for name in ("West", "East"))
    assert (west.coverage["marks"], west.coverage["judged"]) == (Cell(2), Cell(1))
    assert east.coverage["judged"] == Cell(11)
    assert [one.verified for one in east.totals if one.behaviour == "reason_for_stop"] == [Cell(11)]
    assert figures.unit(at(store, AFFAIRS), Period()).totals == before.totals


def test_what_the_policy_hides_is_in_no_figure(store, monkeypatch):
    policy = replace(built_in(), hidden=frozenset({"order"}))
    monkeypatch.setattr(Desk, "policy", property(lambda self: policy))
    unit = figures.unit(at(store, SUPERVISOR), Period())
    assert {month.behaviour for month in unit.months} == {"reason_for_stop"}
    assert unit.coverage["marks"] == Cell(12)


def test_what_the_policy_hides_stands_behind_no_number(mixed, monkeypatch):
    policy = replace(built_in(), hidden=frozenset({"order"}))
    monkeypatch.setattr(Desk, "policy", property(lambda self: policy))
    desk = at(mixed, AFFAIRS)
    unit = figures.unit(desk, Period())
    assert listed(desk, Marks(Counted.MARKED, "order")) == []
    everything = listed(desk, Marks(others=True))
    assert len(everything) == unit.coverage["marks"].number
    assert "order" not in {one.behaviour for one in everything}


@pytest.mark.parametrize(
    ("hidden", "told"),
    [({"order"}, {0}), ({"order", "detention"}, set()), ({"reason_for_stop"}, set())],
)
def test_stops_and_reasons_that_the_policy_hides_are_not_counted(store, monkeypatch, hidden, told):
    policy = replace(built_in(), hidden=frozenset(hidden))
    monkeypatch.setattr(Desk, "policy", property(lambda self: policy))
    desk = at(store, SUPERVISOR)
    assert {cell.number for cell in figures.unit(desk, Period()).reasons.values()} == told
    assert all(not listed(desk, Stops(heard)) for heard in Heard if "order" in hidden)


def test_a_recording_in_which_one_appears_is_listed_after_ones_statement_only(mixed):
    """The number tells of it all the same; the page says why its list is shorter."""
    worn = replace(AFFAIRS, officer="o2")
    with mixed.casebook(write=True) as book:
        book.keep_demo(worn, at=AT)
    desk = at(mixed, worn)
    number = figures.unit(desk, Period()).coverage["recorded"].number
    assert desk.rules.debrief_after_statement
    assert len(listed(desk, Reviews())) == number - 1
