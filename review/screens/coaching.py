"""Coaching: what is due, the sessions that were sent, and one recording's session to prepare or to read."""

from __future__ import annotations

import streamlit as st

from review.access import Action, Purpose
from review.desk import Desk, coaching, library
from review.errors import ReviewError
from review.screens import library_rows, markup, parts, review_form, review_form_markup, state, warning
from review.screens.review_form_data import coaching_data


def show() -> None:
    """Show one recording's coaching when the address names it, else what there is to do."""
    st.title("Coaching")
    try:
        desk = state.desk()
        recording = st.query_params.get("recording")
        if recording:
            _one(desk, library.find(desk, recording))
        else:
            _all(desk)
    except ReviewError as error:
        st.error(str(error))
        st.page_link("coaching.py", label="All coaching")


def _all(desk: Desk) -> None:
    found = coaching.overview(desk)
    today = desk.clock().date()
    if desk.may(Action.COACH):
        st.subheader("To do", anchor=False)
        st.html(review_form_markup.coaching_given(found.given, found, today))
        st.subheader("Sessions", anchor=False)
    else:
        st.subheader("My sessions", anchor=False)
        st.caption(
            "A session names moments that went well and moments to talk about. You read it, and answer as you like."
        )
    st.html(review_form_markup.coaching_sessions(found.sessions, found))


def _one(desk: Desk, sha256: str) -> None:
    if not desk.purpose(sha256):
        _open(desk, sha256)
        return
    encounter = desk.encounter(sha256)
    st.subheader(markup.plain(encounter.recording.name), anchor=False)
    if not warning.passed(desk, encounter, back="coaching.py"):
        return
    links = st.columns([1, 1, 4])
    links[0].page_link("coaching.py", label="All coaching")
    links[1].page_link(_player_page(desk, sha256), label="Watch it with the words", query_params={"recording": sha256})
    _session(desk, sha256)


def _player_page(desk: Desk, sha256: str) -> str:
    """Whoever appears in a recording watches it on a page of their own."""
    return "debrief_recording.py" if desk.appears(sha256) else "listen.py"


@st.fragment
def _session(desk: Desk, sha256: str) -> None:
    review_form.form(coaching_data(desk, sha256))


def _open(desk: Desk, sha256: str) -> None:
    """A recording is opened here for one purpose only, so the button says which."""
    entry, allowed = library.to_open(desk, sha256)
    purpose = next((one for one in (Purpose.COACHING, Purpose.OWN_DEBRIEF) if one in allowed), None)
    if purpose is None:
        st.info("Open this recording on the page Review first; your role does not open it for coaching.")
        return
    st.write(library_rows.named(entry, zone=state.zone()))
    name = parts.PURPOSE_NAMES[purpose]
    st.write(f"This opens the recording for the purpose **{name}**, which is kept in the log until you sign out.")
    if st.button(f"Open: {name}", type="primary"):
        desk.begin(sha256, purpose)
        st.rerun()


if __name__ == "__main__":
    show()
