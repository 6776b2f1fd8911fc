"""The unit view: coverage, backlog, what was verified over time, reasons given; each number opens its moments."""

from __future__ import annotations

from typing import Any

import altair as alt
import streamlit as st

from review.desk import Desk, figures
from review.desk.figures import Cell, Period, Unit
from review.encounter import Standing
from review.errors import ReviewError
from review.screens import library_filter, markup, plain_markup, state, unit_rows
from review.screens.parts import behaviour_name
from review.store import Filter, State
from review.store.filters import REASON

ALL_UNITS = "All units"
KEPT = 60  # seconds that figures are shown again without being counted anew
MOMENTS_SHOWN = 50
OPEN = "unit_open"  # which number's moments are shown
HEIGHT = 260


def show() -> None:
    """Show the figures of the unit and time that are chosen."""
    st.title("Unit view")
    st.caption(
        "Counts of a unit, never of a person, and no score. What a machine marked and what people verified stand "
        "apart. "
        f"Numbers below {figures.FEWEST} are withheld where they would say more about a few people than about a unit."
    )
    try:
        desk = state.desk()
        period, unit = _asked(desk)
        found = _figures(desk.viewer.role, desk.viewer.unit, period, unit, _desk=desk)
    except ReviewError as error:
        st.error(str(error))
        return
    if found.coverage["recorded"].number == 0:
        st.info("There is no recording of this unit in this time. Choose a longer time, or another unit.")
        return
    _coverage(found, period, unit)
    _backlog(desk, found, period, unit)
    _reasons(desk, found, period, unit)
    _verified(desk, found, period, unit)


@st.cache_data(ttl=KEPT, max_entries=64, show_spinner="Counting…")
def _figures(_role: str, _unit: str, period: Period, unit: str | None, *, _desk: Desk) -> Unit:
    return figures.unit(_desk, period, unit=unit)


def _asked(desk: Desk) -> tuple[Period, str | None]:
    units = figures.units(desk)
    when, which = st.columns([2, 3])
    name = when.selectbox("Time", [*unit_rows.PERIODS], index=1, help="Whole months, this one among them.")
    chosen = which.selectbox("Unit", [ALL_UNITS, *units]) if units else ALL_UNITS
    if not units and desk.viewer.unit:
        which.text_input("Unit", value=desk.viewer.unit, disabled=True)
    return unit_rows.period(name, desk.clock().date()), None if chosen == ALL_UNITS else chosen


def _coverage(found: Unit, period: Period, unit: str | None) -> None:
    st.subheader("Coverage", anchor=False)
    of = found.coverage
    columns = st.columns(5)
    _number(columns[0], "Recordings", of["recorded"], found, Filter(since=period.since, unit=unit))
    for column, name, state_, label in zip(
        columns[1:4],
        ("not_begun", "begun", "signed"),
        (State.NOT_BEGUN, State.BEGUN, State.SIGNED),
        ("Review not begun", "Review begun", "Signed off"),
        strict=True,
    ):
        wanted = Filter(since=period.since, unit=unit, state=state_)
        _number(column, label, of[name], found, wanted, share=unit_rows.share(of[name], of["recorded"]))
    judged = unit_rows.share(of["judged"], of["marks"])
    _number(columns[4], "Marks judged by people", of["judged"], found, None, share=judged)


def _number(where: Any, label: str, cell: Cell, found: Unit, wanted: Filter | None, *, share: str = "") -> None:
    with where.container(border=True, height="stretch"):
        st.metric(label, unit_rows.number(cell), delta=share or None, delta_color="off", delta_arrow="off")
        if found.opens and wanted is not None and st.button("Show them", key=f"show-{label}", type="tertiary"):
            library_filter.open_with(wanted)


def _backlog(desk: Desk, found: Unit, period: Period, unit: str | None) -> None:
    st.subheader("Serious marks that nobody has judged", anchor=False)
    if found.backlog is None:
        st.write(f"Waiting: {unit_rows.number(found.waiting)}")
        return
    rows = unit_rows.backlog_rows(found.backlog, desk.clock().date())
    if not rows:
        st.success("None is waiting.")
    for row in rows:
        with st.container(border=True, gap=None):
            what, count, age, act = st.columns([4, 3, 2, 1.4], vertical_alignment="center")
            what.markdown(f"**{markup.plain(row.name)}**  \n{row.why}")
            count.markdown(row.count)
            age.markdown(f"oldest: {row.age}")
            key = f"backlog:{row.behaviour}"
            _opener(act, key)
            _moments(desk, key, period, unit, [row.behaviour], Standing.UNVERIFIED)


def _reasons(desk: Desk, found: Unit, period: Period, unit: str | None) -> None:
    st.subheader("Stops, and the reason given", anchor=False)
    st.caption(
        "Recordings with a marked order or detention. The machine misses about half of the reasons that are given: "
        "nothing marked is not nothing said."
    )
    columns = st.columns(4)
    for column, (name, (label, _)) in zip(columns, unit_rows.REASON_WORDS.items(), strict=True):
        with column.container(border=True, height="stretch"):
            st.metric(label, unit_rows.number(found.reasons[name]))
            if not found.opens:
                continue
            if name == "none" and st.button("Show them", key="show-no-reason", type="tertiary"):
                library_filter.open_with(Filter(since=period.since, unit=unit, without_reason=True))
            if name == "verified":
                _opener(st, "reason")
    _moments(desk, "reason", period, unit, [REASON], Standing.VERIFIED)


def _verified(desk: Desk, found: Unit, period: Period, unit: str | None) -> None:
    st.subheader("Verified behaviours over time", anchor=False)
    rows = unit_rows.behaviour_rows(found.totals)
    if not rows:
        st.info("Nothing was marked in this time. Nothing heard is not nothing done.")
        return
    names = [row.behaviour for row in rows]
    chosen = st.multiselect(
        "Behaviours", names, default=unit_rows.most_verified(found), format_func=behaviour_name, max_selections=6
    )
    drawn = unit_rows.chart_rows(found.months, chosen)
    if drawn:
        st.altair_chart(_chart(drawn))
    left = unit_rows.withheld(found.months, chosen)
    if chosen and (left or not drawn):
        st.caption(f"Months with {unit_rows.FEW} verified marks are not drawn: {left} of them here.")
    st.caption(
        "Only marks that people verified are drawn. More of them can mean more listening, not more of a behaviour."
    )
    st.html(_table(rows))
    if found.opens and chosen:
        which = st.selectbox("Open the verified moments of", chosen, format_func=behaviour_name)
        _opener(st, f"verified:{which}", label="Show the moments")
        _moments(desk, f"verified:{which}", period, unit, [which], Standing.VERIFIED)


def _chart(rows: list[dict[str, Any]]) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows), height=HEIGHT)
        .mark_line(point=alt.OverlayMarkDef(size=60), strokeWidth=2)
        .encode(
            x=alt.X("Month:T", title="Month", axis=alt.Axis(format="%b %Y")),
            y=alt.Y("Verified:Q", title="Verified marks", scale=alt.Scale(zero=True), axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("Behaviour:N", legend=alt.Legend(orient="bottom", title=None)),
            shape=alt.Shape("Behaviour:N"),
            strokeDash=alt.StrokeDash("Behaviour:N", legend=None),
            tooltip=[alt.Tooltip("Behaviour:N"), alt.Tooltip("Month:T", format="%B %Y"), alt.Tooltip("Verified:Q")],
        )
    )
    return chart


def _table(rows: tuple[unit_rows.BehaviourRow, ...]) -> str:
    return plain_markup.plain_table(
        ("Behaviour", "Direction", "Marked by machine", "Unsure", "Verified by people", "Judged so far"),
        [(row.name, row.direction, row.marked, row.unsure, row.verified, row.judged) for row in rows],
        caption="Of the whole time; marks of the officers who wear the cameras. Counts, not a score.",
    )


def _opener(where: Any, key: str, *, label: str = "Show moments") -> None:
    is_open = st.session_state.get(OPEN) == key
    text = "Hide" if is_open else label
    if where.button(text, key=f"open-{key}", type="secondary"):
        st.session_state[OPEN] = None if is_open else key
        st.rerun()


def _moments(desk: Desk, key: str, period: Period, unit: str | None, behaviours: list[str], stands: Standing) -> None:
    if st.session_state.get(OPEN) != key:
        return
    found = figures.behind(desk, period, unit=unit, behaviours=behaviours, stands=stands)
    if not found:
        st.caption("None that you may open.")
    for one in found[:MOMENTS_SHOWN]:
        label = markup.plain(unit_rows.instance_label(one))
        st.page_link("listen.py", label=label, query_params=unit_rows.instance_query(one))
    if len(found) > MOMENTS_SHOWN:
        st.caption(f"The oldest {MOMENTS_SHOWN} are shown; the rest come when these are judged.")


if __name__ == "__main__":
    show()
