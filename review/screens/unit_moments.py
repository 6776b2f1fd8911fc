"""The one place where the unit view lists what stands behind a number: a window over the page, twenty at a time."""

from __future__ import annotations

import streamlit as st

from review.desk import Desk, figures
from review.desk.figures import MOMENTS_A_PAGE
from review.errors import ReviewError
from review.screens import library_filter, markup, unit_rows
from review.screens.unit_rows import Chosen
from review.store.behind import Instance

OPEN = "unit_open"  # the number whose moments are listed; kept while its person listens to one of them
PAGES = "unit_pages"  # the last instance of each page before this one
OLDEST, MONTH = "unit_oldest", "unit_month"  # kept beside the widgets, which are forgotten on another page
WHOLE = "the whole time"


def choose(number: Chosen) -> None:
    """List what stands behind this number, from its newest on."""
    close()
    st.session_state[OPEN] = number


def close() -> None:
    """List nothing any more."""
    for key in (OPEN, PAGES, OLDEST, MONTH, f"{OLDEST}_widget", f"{MONTH}_widget"):
        st.session_state.pop(key, None)


def opener(label: str, number: Chosen, *, key: str) -> None:
    """A button that lists what stands behind a number."""
    st.button(label, key=f"open-{key}", on_click=choose, args=(number,), help=f"Show: {number.title}")


def show(desk: Desk) -> None:
    """Show the window, when a number was chosen."""
    number: Chosen | None = st.session_state.get(OPEN)
    if number is not None:
        st.dialog(number.title, width="large", on_dismiss=close)(_listed)(desk, number)


def _listed(desk: Desk, number: Chosen) -> None:
    number = _of_month(number)
    st.markdown(f"**{markup.plain(unit_rows.heading(number))}** {markup.plain(number.note)}")
    oldest = _oldest_first(number)
    pages: list[Instance] = st.session_state.setdefault(PAGES, [])
    after = pages[-1] if pages else None
    try:
        found = figures.behind(
            desk, number.period, number.number, unit=number.unit, after=after, oldest=oldest, limit=MOMENTS_A_PAGE
        )
    except ReviewError as error:
        st.error(str(error))
        return
    for one in found.rows:
        label = markup.plain(unit_rows.instance_label(one))
        st.page_link("listen.py", label=label, query_params=unit_rows.instance_query(one))
    before = MOMENTS_A_PAGE * len(pages)
    _turning(found, pages)
    st.caption(unit_rows.place(before, len(found.rows), number.count, more=found.more))
    _in_library(desk, number)


def _of_month(number: Chosen) -> Chosen:
    """The same number of one month, when the whole time has several and one is chosen."""
    if len(number.months) < 2:
        return number
    names = [WHOLE, *number.months]
    key = f"{MONTH}_widget"
    st.session_state.setdefault(key, st.session_state.get(MONTH, WHOLE))
    st.selectbox("Month", names, key=key, on_change=_begin_anew)
    st.session_state[MONTH] = st.session_state[key]
    return number if st.session_state[key] == WHOLE else unit_rows.of_month(number, st.session_state[key])


def _oldest_first(number: Chosen) -> bool:
    if number.count < 2:
        return False
    key = f"{OLDEST}_widget"
    st.session_state.setdefault(key, st.session_state.get(OLDEST, False))
    st.session_state[OLDEST] = st.toggle("Oldest first", key=key, on_change=_begin_anew)
    return bool(st.session_state[OLDEST])


def _begin_anew() -> None:
    st.session_state[PAGES] = []


def _turning(found: figures.Moments, pages: list[Instance]) -> None:
    if not pages and not found.more:
        return
    with st.container(horizontal=True):
        st.button("Back", key="unit-back", disabled=not pages, on_click=pages.__delitem__, args=(-1,))
        st.button("Next", key="unit-next", disabled=not found.more, on_click=pages.extend, args=(found.rows[-1:],))


def _in_library(desk: Desk, number: Chosen) -> None:
    wanted = figures.in_library(desk, number.period, number.number, unit=number.unit)
    if wanted is not None and st.button("See them under Recordings", help="To filter them further or to give out work"):
        close()
        library_filter.open_with(wanted)
