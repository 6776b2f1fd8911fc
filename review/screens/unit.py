"""The unit view: coverage, backlog, what was verified over time, reasons given; each number opens its moments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt
import streamlit as st

from review.desk import Desk, figures
from review.desk.figures import Cell, Period, Unit
from review.errors import ReviewError
from review.screens import first_help, markup, plain_markup, state, unit_moments, unit_rows
from review.screens.parts import behaviour_name
from review.screens.unit_rows import Chosen
from review.store import State, database_url
from review.store.behind import Counted, Heard, Marks, Number, Reviews, Stops

ALL_UNITS = "All units"
KEPT = 60  # seconds that figures are shown again without being counted anew
TIME, UNIT = "unit_time", "unit_unit"  # what was chosen, kept while its person is on another page
COLUMNS = (4, 1.5, 1.5, 1.5, 2)  # of the table of behaviours
HEIGHT = 260
OF_WHOLE_TIME = "Of the whole time; marks of the officers who wear the cameras. Counts, not a score."


def show() -> None:
    """Show the figures of the unit and time that are chosen."""
    st.title("Unit view")
    try:
        desk = state.desk()
        opens = figures.opens(desk)
        if not opens:
            first_help.show(desk)  # for those whose work begins here; others were told on Today
        st.caption(unit_rows.caption(opens=opens))
        period, unit = _asked(desk)
        found = _figures(_whose(desk), period, unit, _desk=desk)
    except ReviewError as error:
        st.error(str(error))
        return
    if found.coverage["recorded"].number == 0:
        st.info("There is no recording of this unit in this time. Choose a longer time, or another unit.")
        return
    asked = _Asked(found, period, unit, unit or desk.viewer.unit or ALL_UNITS.lower())
    _coverage(asked)
    _backlog(asked, desk.clock().date())
    _reasons(asked)
    _verified(asked)
    if found.opens:
        unit_moments.show(desk)


@dataclass(frozen=True)
class _Asked:
    """The figures of the page, and what they are of."""

    found: Unit
    period: Period
    unit: str | None
    whose: str

    def chosen(self, title: str, number: Number, count: int, *, months: Mapping[str, int] | None = None) -> Chosen:
        """A number of these figures, to be opened."""
        note, when = unit_rows.note(number), st.session_state[TIME].lower()
        return Chosen(title, number, count, note, self.period, self.unit, self.whose, when, months or {})


# Streamlit leaves arguments that begin with an underscore out of the key: `whose` has to tell people apart.
@st.cache_data(ttl=KEPT, max_entries=64, show_spinner="Counting…")
def _figures(whose: tuple[str, ...], period: Period, unit: str | None, *, _desk: Desk) -> Unit:
    return figures.unit(_desk, period, unit=unit)


def _whose(desk: Desk) -> tuple[str, ...]:
    """All that figures depend on besides what is chosen: the store, the account, and what the policy hides."""
    viewer = desk.viewer
    return (database_url(), viewer.user, viewer.role, viewer.unit, *sorted(desk.policy.hidden))


def _asked(desk: Desk) -> tuple[Period, str | None]:
    units = figures.units(desk)
    when, which = st.columns([2, 3])
    name = _kept(when, "Time", [*unit_rows.PERIODS], TIME, first=1, told="Whole months, this one among them.")
    chosen = _kept(which, "Unit", [ALL_UNITS, *units], UNIT) if units else ALL_UNITS
    if not units and desk.viewer.unit:
        which.text_input("Unit", value=desk.viewer.unit, disabled=True)
    return unit_rows.period(name, desk.clock().date()), None if chosen == ALL_UNITS else chosen


def _kept(where: Any, label: str, names: list[str], key: str, *, first: int = 0, told: str = "") -> str:
    """A choice that is the same when its person comes back from listening."""
    widget = f"{key}_widget"
    before = st.session_state.get(key)
    st.session_state.setdefault(widget, before if before in names else names[first])
    st.session_state[key] = where.selectbox(label, names, key=widget, help=told or None)
    return str(st.session_state[key])


def _coverage(asked: _Asked) -> None:
    st.subheader("Coverage", anchor=False)
    of = asked.found.coverage
    columns = st.columns(4)
    _number(columns[0], "Recordings", of["recorded"], asked, Reviews())
    for column, name, state_, label in zip(
        columns[1:],
        ("not_begun", "begun", "signed"),
        (State.NOT_BEGUN, State.BEGUN, State.SIGNED),
        ("Review not begun", "Review begun", "Signed off"),
        strict=True,
    ):
        _number(column, label, of[name], asked, Reviews(state_), share=unit_rows.share(of[name], of["recorded"]))
    marks, judged = st.columns(2)
    _number(marks, "Marked by machine, sure or unsure", of["marks"], asked, Marks(others=True))
    share = unit_rows.share(of["judged"], of["marks"])
    _number(judged, "Marks judged by people", of["judged"], asked, Marks(Counted.JUDGED, others=True), share=share)


def _number(where: Any, label: str, cell: Cell, asked: _Asked, number: Number, *, share: str = "") -> None:
    with where.container(border=True, height="stretch"):
        st.metric(label, unit_rows.number(cell), delta=share or None, delta_color="off", delta_arrow="off")
        if asked.found.opens and cell.number:
            unit_moments.opener("Show them", asked.chosen(label, number, cell.number), key=label)


def _backlog(asked: _Asked, today: date) -> None:
    st.subheader("Serious marks that nobody has judged", anchor=False)
    if asked.found.backlog is None:
        st.write(f"Waiting: {unit_rows.number(asked.found.waiting)}")
        return
    rows = unit_rows.backlog_rows(asked.found.backlog, today)
    if not rows:
        st.success("None is waiting.")
    for row in rows:
        with st.container(border=True):
            what, marked, unsure, age = st.columns([4, 1.5, 1.5, 2], vertical_alignment="center")
            what.markdown(f"**{markup.plain(row.name)}**  \n{row.why}")
            for where, counted, count in ((marked, Counted.MARKED, row.marked), (unsure, Counted.UNSURE, row.unsure)):
                number = Marks(counted, row.behaviour, others=True, waiting=True)
                title = f"{row.name}: {unit_rows.COUNTED_WORDS[counted]}, not judged"
                with where:
                    word = "marked" if counted is Counted.MARKED else "unsure"
                    _cell(f"{count:,} {word}", count, asked.chosen(title, number, count), key=title)
            age.markdown(f"oldest: {row.age}")


def _reasons(asked: _Asked) -> None:
    if not asked.found.reasons:
        return  # the agency hides stops or their reasons
    st.subheader("Stops, and the reason given", anchor=False)
    st.caption(
        "Recordings with a marked order or detention. The machine misses about half of the reasons that are given: "
        "nothing marked is not nothing said."
    )
    for column, (heard, label) in zip(st.columns(4), unit_rows.REASON_WORDS.items(), strict=True):
        _number(column, label, asked.found.reasons[heard], asked, Stops(Heard(heard)))


def _verified(asked: _Asked) -> None:
    found = asked.found
    st.subheader("Verified behaviours over time", anchor=False)
    rows = unit_rows.behaviour_rows(found.totals, found.months, whole=found.opens)
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
        st.caption(unit_rows.not_drawn(left, opens=found.opens))
    st.caption(
        "Only marks that people verified are drawn. More of them can mean more listening, not more of a behaviour."
    )
    if found.opens:
        with st.container(gap="xxsmall"):
            _open_table(asked, rows)
    else:
        st.html(_table(rows))


def _open_table(asked: _Asked, rows: tuple[unit_rows.BehaviourRow, ...]) -> None:
    """The table for those who may open its numbers: each that is told is a button."""
    st.caption(f"{OF_WHOLE_TIME} Choose a number to see its moments, month by month if you like.")
    for where, head in zip(
        st.columns(COLUMNS),
        ("Behaviour", "Marked by machine", "Unsure", "Verified by people", "Judged so far"),
        strict=True,
    ):
        where.markdown(f"**{head}**")
    for row in rows:
        name, *cells = st.columns(COLUMNS, vertical_alignment="center")
        name.markdown(f"{markup.plain(row.name)} :small[({row.direction.lower()})]")
        texts = (row.marked, row.unsure, row.verified, row.judged)
        for where, counted, text in zip(cells, list(Counted)[1:], texts, strict=True):
            count = row.told.get(counted, 0)
            title = f"{row.name}: {unit_rows.COUNTED_WORDS[counted]}"
            number = Marks(counted, row.behaviour)
            with where:
                number_of = asked.chosen(title, number, count, months=row.months.get(counted))
                _cell(text, count if text != unit_rows.WITHHELD else 0, number_of, key=title)


def _cell(text: str, count: int, number: Chosen, *, key: str) -> None:
    """A number as a button where something stands behind it."""
    if count:
        unit_moments.opener(text, number, key=key)
    else:
        st.markdown(f":small[{text}]")


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
        caption=OF_WHOLE_TIME,
    )


if __name__ == "__main__":
    show()
