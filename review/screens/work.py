"""Giving out work from the library: to whom, what, until when, for the ticked recordings or all of the filter."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from review.desk import Desk, library
from review.errors import ReviewError
from review.screens import markup, recordings
from review.screens.library_rows import WORK_NAMES
from review.store import Filter

REFUSED_SHOWN = 20
OPEN = "library_give_out"


def give_out(desk: Desk, wanted: Filter, found: library.Page) -> None:
    """Show the form; what was done and what was refused is told above it."""
    _told()
    ticked = recordings.ticked([row.entry.sha256 for row in found.rows])
    form = st.expander("Give out work", icon=":material/task:", key=OPEN, on_change="rerun")
    if form.open:
        _form(desk, form, ticked, wanted=wanted, total=found.total)


def _form(desk: Desk, form: DeltaGenerator, ticked: list[str], *, wanted: Filter, total: int) -> None:
    with form:
        what, who, due = st.columns(3)
        kind = what.selectbox("What", [*WORK_NAMES], format_func=lambda one: WORK_NAMES[one].capitalize())
        people = {one.user: one for one in library.reviewers(desk, kind)}
        to = who.selectbox(
            "To whom",
            [*people],
            format_func=lambda user: f"{people[user].name}, {people[user].role.replace('_', ' ')}",
            index=None,
            placeholder="Choose a person",
        )
        until = due.date_input("Due", value=None, format="YYYY-MM-DD")
        some, every = st.columns(2)
        if some.button(f"Give out the {len(ticked)} ticked", disabled=not (ticked and to), width="stretch"):
            _give(desk, ticked, to=str(to), what=kind, due=until)
        all_of_it = f"Give out all {total:,} of this list"
        too_many = total > library.MOST_AT_ONCE
        if every.button(all_of_it, disabled=not to or too_many, width="stretch"):
            _give(desk, None, to=str(to), what=kind, due=until, wanted=wanted)
        if too_many:
            st.caption(f"At most {library.MOST_AT_ONCE} at a time: narrow the filter to give out a whole list.")


def _give(desk: Desk, which: list[str] | None, *, wanted: Filter | None = None, **told: object) -> None:
    with st.spinner("Giving out the work…"):
        try:
            chosen = which if which is not None else library.all_of(desk, wanted or Filter())
            outcome = library.share_out(desk, chosen, **told)  # type: ignore[arg-type]
        except ReviewError as error:
            st.error(str(error))
            return
    recordings.untick()
    st.session_state["library_given"] = outcome
    st.rerun()


def _told() -> None:
    outcome: library.SharedOut | None = st.session_state.pop("library_given", None)
    if outcome is None:
        return
    if outcome.done:
        recordings = "recording" if len(outcome.done) == 1 else "recordings"
        st.success(f"Given out: {len(outcome.done)} {recordings}.")
    if outcome.refused:
        listed = "\n".join(f"- {markup.plain(name)}: {why}" for name, why in outcome.refused[:REFUSED_SHOWN])
        more = len(outcome.refused) - REFUSED_SHOWN
        rest = f"\n- and {more} more" if more > 0 else ""
        st.warning(f"Not given out: {len(outcome.refused)}\n{listed}{rest}")
