"""The unit view at a desk: whose unit, what is withheld, and which moments stand behind a number."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from review.access import Viewer
from review.casework import Act, Kind
from review.desk import Desk, figures
from review.desk.figures import Cell, Period
from review.encounter import Answer, Role, Standing, Status, Verdict
from review.errors import Refused
from review.policy import built_in

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


def test_oversight_gets_figures_without_the_small_ones_and_no_moments(store):
    sign(store, 1)
    desk = at(store, OVERSIGHT)
    unit = figures.unit(desk, Period())
    assert (unit.backlog, unit.opens, unit.waiting) == (None, False, Cell(None))
    assert {unit.coverage[name] for name in ("not_begun", "begun", "signed")} == {Cell(None)}
    with pytest.raises(Refused, match="figures"):
        figures.behind(desk, Period(), unit=None, behaviours=["order"], stands=Standing.VERIFIED)
    with store.casebook() as book:
        assert [entry.outcome for entry in book.logged(action="unit_figures")] == ["refused"]


def test_a_part_cannot_be_reckoned_from_the_others():
    assert figures.parts({"a": 50, "b": 9, "c": 30}) == dict.fromkeys("abc", Cell(None))
    assert figures.parts({"a": 50, "b": 0}) == {"a": Cell(50), "b": Cell(0)}


def test_who_has_no_figures_is_refused(store):
    with pytest.raises(Refused):
        figures.unit(at(store, TRAINER), Period())


def test_every_number_opens_exactly_its_moments(store):
    desk = at(store, SUPERVISOR)
    behind = figures.behind(desk, Period(), unit=None, behaviours=["reason_for_stop"], stands=Standing.VERIFIED)
    assert len(behind) == 12
    assert {one.standing for one in behind} == {Standing.VERIFIED}
    month = behind[0].at[:7]
    assert len(figures.behind(desk, Period(), unit=None, behaviours=["reason_for_stop"], stands=Standing.VERIFIED,
                              month=month)) == 12  # fmt: skip
    [serious] = figures.behind(
        at(store, AFFAIRS), Period(), unit="East", behaviours=["bias_remark"], stands=Standing.UNVERIFIED
    )
    assert (serious.recording, serious.unsure) == ("e" * 64, True)


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


def test_the_moments_behind_a_total_are_as_many_as_it_says(store):
    desk = at(store, AFFAIRS)
    for total in figures.unit(desk, Period()).totals:
        behind = figures.behind(desk, Period(), unit=None, behaviours=[total.behaviour], stands=Standing.VERIFIED)
        assert len(behind) == (total.verified.number or 0)
