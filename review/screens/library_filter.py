"""The library's filter as widgets: what they hold now, ready-made and kept filters, and what was asked last time."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import streamlit as st

from review.behaviours import CATALOGUE
from review.desk import Desk, library
from review.errors import ReviewError
from review.screens import library_rows
from review.screens.parts import behaviour_name
from review.store import Filter, Sort, State
from review.store.filters import to_json

KEY = "library_filter"  # the filter itself, which outlives the page's widgets
OPEN = "library_filter_open"
ALL = "All recordings"
NO_UNIT = "(no unit given)"
_STATES = ("", State.UNSIGNED, State.NOT_BEGUN, State.BEGUN, State.SIGNED)
_TICKS = {
    "unread": "Has unread marks",
    "serious": "Has serious marks unread",
    "without_reason": "Stop without a reason heard",
    "mine": "Assigned to me",
    "overdue": "Overdue",
    "held": "Held for internal affairs",
}
_OF_WEARERS = {"not_own": "Not my own recordings"}  # only for who can appear in one


def chosen(desk: Desk) -> Filter:
    """Show the widgets; the answer is the filter that they hold."""
    before: Filter = st.session_state.get(KEY, Filter())
    for one in fields(Filter):
        # Set anew even where it is known: a field that was not shown for a while would begin with nothing.
        key = _key(one.name)
        st.session_state[key] = st.session_state.get(key, _to_widget(one.name, getattr(before, one.name)))
    _choices(desk)
    # Its thirty fields take the browser longer than the list itself, so they are there when they are asked for.
    form = st.expander("Filter", icon=":material/filter_list:", key=OPEN, on_change="rerun")
    if form.open:
        with form:
            _widgets(desk)
            _keeping(desk)
    wanted = Filter(**{one.name: _from_widget(one.name) for one in fields(Filter)})
    st.session_state[KEY] = wanted
    return wanted


def page_key() -> str:
    """The key of the page number: another one for each filter, so that a new list begins at its first page."""
    return f"library_page_{to_json(st.session_state.get(KEY, Filter()))}"


def told(wanted: Filter) -> None:
    """Say what is shown, and what to know about it."""
    if wanted.empty:
        return
    labels, clear = st.columns([6, 1], vertical_alignment="center")
    labels.html(library_rows.filter_line(wanted))
    clear.button("Show all", on_click=set_to, args=(Filter(sort=wanted.sort),), width="stretch")
    for ready in library.READY:
        if ready.note and _asks(wanted, ready.wanted):
            st.caption(ready.note)


def set_to(wanted: Filter) -> None:
    """Make the widgets hold this filter, from the next run on."""
    for one in fields(Filter):
        st.session_state[_key(one.name)] = _to_widget(one.name, getattr(wanted, one.name))


def open_with(wanted: Filter) -> None:
    """Go to the library with this filter."""
    set_to(wanted)
    st.session_state[KEY] = wanted
    st.session_state["last_search"] = ""
    st.switch_page("library.py")


def _asks(wanted: Filter, ready: Filter) -> bool:
    return (ready.serious and wanted.serious) or (ready.without_reason and wanted.without_reason)


def _choices(desk: Desk) -> None:
    kept = library.saved(desk)
    known = {ALL: Filter(), **{ready.name: ready.wanted for ready in library.READY}, **kept}
    which, order = st.columns([3, 2])
    which.pills(
        "Ready-made and kept filters",
        [*known],
        key="library_ready",
        on_change=_take,
        args=(known,),
        label_visibility="collapsed",
    )
    order.selectbox(
        "Order",
        [*Sort],
        key=_key("sort"),
        format_func=lambda one: library_rows.ORDER_NAMES[one].capitalize(),
        label_visibility="collapsed",
    )


def _take(known: dict[str, Filter]) -> None:
    name = st.session_state.get("library_ready")
    if name in known:
        set_to(known[name])
    st.session_state["library_ready"] = None


def _widgets(desk: Desk) -> None:
    first, second, third, fourth = st.columns(4)
    first.date_input("From", key=_key("since"), format="YYYY-MM-DD")
    second.date_input("Until", key=_key("until"), format="YYYY-MM-DD")
    third.number_input("At least, minutes", min_value=0.0, step=5.0, key=_key("shortest"), format="%g")
    fourth.number_input("At most, minutes", min_value=0.0, step=5.0, key=_key("longest"), format="%g")
    what, how, state, language = st.columns(4)
    what.multiselect("Behaviours", [*CATALOGUE], key=_key("behaviours"), format_func=behaviour_name)
    how.selectbox(
        "as", [False, True], key=_key("verified"), format_func=lambda one: "verified" if one else "marked by machine"
    )
    state.selectbox("Review", _STATES, key=_key("state"), format_func=_state_name)
    language.selectbox("Language", ["", *library.languages(desk)], key=_key("language"), format_func=_any)
    units, officers = library.units(desk), library.officers(desk)
    if units or officers:
        unit, officer, _, _ = st.columns(4)
        if units:
            unit.selectbox("Unit", ["", NO_UNIT, *units], key=_key("unit"), format_func=_any)
        if officers:
            officer.selectbox("Camera worn by", ["", *officers], key=_key("officer"), format_func=_any)
    columns = st.columns(3)
    ticks = {**_TICKS, **(_OF_WEARERS if desk.viewer.officer else {})}
    for number, (name, label) in enumerate(ticks.items()):
        columns[number % 3].checkbox(label, key=_key(name))


def _keeping(desk: Desk) -> None:
    name, keep, which, forget = st.columns([3, 1, 3, 1], vertical_alignment="bottom")
    called = name.text_input("Keep this filter as", key="library_keep_as", max_chars=120)
    if keep.button("Keep", disabled=not called.strip(), width="stretch"):
        _do(lambda: library.save(desk, called, Filter(**{one.name: _from_widget(one.name) for one in fields(Filter)})))
    kept = library.saved(desk)
    if kept:
        gone = which.selectbox("Kept filters", [*kept])
        if forget.button("Delete", width="stretch"):
            _do(lambda: library.forget(desk, gone))


def _do(job: Any) -> None:
    try:
        job()
    except ReviewError as error:
        st.error(str(error))
    else:
        st.rerun()


def _key(name: str) -> str:
    return f"library_f_{name}"


def _any(value: str) -> str:
    return value or "any"


def _state_name(state: str) -> str:
    return library_rows.STATE_NAMES[State(state)] if state else "any"


def _to_widget(name: str, value: Any) -> Any:
    if name == "unit":
        return {None: "", "": NO_UNIT}.get(value, value)
    if name == "behaviours":
        return list(value)
    return Sort(value) if name == "sort" else value


def _from_widget(name: str) -> Any:
    value = st.session_state.get(_key(name), getattr(Filter(), name))
    if name == "unit":
        return {"": None, NO_UNIT: ""}.get(value, value)
    return tuple(value) if name == "behaviours" else value
