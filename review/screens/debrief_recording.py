"""An officer's debrief of one recording: a warning first where it is due, then what went well, then the rest."""

from __future__ import annotations

import streamlit as st

from review.access import Action, Purpose
from review.desk import Desk, casework, debrief, library, reviewing, waiting, wearing
from review.encounter import Encounter
from review.errors import ReviewError
from review.screens import library_rows, markup, parts, state, warning
from review.screens.answers import answers
from review.screens.casework_rows import casework_row
from review.screens.debrief_data import debrief_data
from review.screens.debrief_form import signed_form
from review.screens.debrief_views import view_rows, views_table
from review.screens.player import player
from review.screens.player_data import player_data

LIST_PAGE = "debrief.py"
OPENED_AS = "This is opened as your own debrief; that is logged, with what you do here until you sign out."
NO_DEBRIEF = "Your role opens no recording as a debrief."


def show() -> None:
    """Show the recording that the address names, or the one looked at last."""
    recording = st.query_params.get("recording") or st.session_state.get("recording")
    if not recording:
        st.info("Choose one of your recordings first.")
        st.page_link(LIST_PAGE, label="My recordings")
        return
    try:
        desk = state.desk()
        sha256 = library.find(desk, recording)
        st.session_state["recording"] = sha256
        if not desk.appears(sha256):
            # Whoever may know of somebody else's recording has the page Review.
            st.switch_page("listen.py", query_params={"recording": sha256})
        if st.session_state.get(state.NOW_APPEARS) == sha256:
            st.info(wearing.NOW_APPEARS)
        if not desk.purpose(sha256):
            _purpose(desk, sha256)
            return
        encounter = desk.encounter(sha256)
    except ReviewError as error:
        st.error(str(error))
        st.page_link(LIST_PAGE, label="My recordings")
        return
    st.page_link(LIST_PAGE, label="My recordings")
    st.subheader(markup.plain(encounter.recording.name), anchor=False)
    st.html(markup.fact_line(parts.facts(encounter, zone=state.zone())))
    if warning.passed(desk, encounter, back=LIST_PAGE):
        _debrief(desk, encounter)


def _purpose(desk: Desk, sha256: str) -> None:
    """Say for what a recording of one's own is opened: there is one purpose only, so nothing is asked."""
    entry, allowed = library.to_open(desk, sha256)
    if Purpose.OWN_DEBRIEF not in allowed:
        st.info(NO_DEBRIEF)
        return
    st.write(library_rows.named(entry, zone=state.zone()))
    st.write(OPENED_AS)
    if st.button("Open", type="primary"):
        desk.begin(sha256, Purpose.OWN_DEBRIEF)
        st.rerun()


def _debrief(desk: Desk, encounter: Encounter) -> None:
    sha256 = encounter.recording.sha256
    at = parts.read_seconds(st.query_params.get("at"))
    if not st.session_state.get(f"read-{sha256}"):
        desk.log(Action.VIEW, sha256, revision=encounter.revision)
        st.session_state[f"read-{sha256}"] = True
    found = debrief.debrief(desk, sha256)
    answers(debrief_data(desk, found, at=at))
    if st.toggle("Show the whole recording with all its words", key=f"whole-{sha256}"):
        _whole(desk, encounter, at, parts.tension_bars(found.told.tension))
    _signed(desk, sha256)
    with st.expander("Who opened this recording, and why"):
        views = debrief.views(desk, sha256)
        own = st.checkbox("Show what I did, too", key=f"own-{sha256}")
        st.html(views_table(view_rows(views, desk.viewer.user, own=own), withheld=views.affairs_withheld))
    if desk.may(Action.EXPORT, sha256):
        st.html(markup.exports(sha256))


def _signed(desk: Desk, sha256: str) -> None:
    """The review form, once somebody has signed it; before, it is nobody's answer yet."""
    found = reviewing.review(desk, sha256)
    form = signed_form(found.work, desk.policy, found.people)
    if form:
        with st.expander("The review form, signed off"):
            st.html(form)


def _whole(desk: Desk, encounter: Encounter, at: float | None, tension: tuple[parts.Bar, ...]) -> None:
    sha256 = encounter.recording.sha256
    work = casework_row(casework.of(desk, sha256), desk.viewer.user, waiting.people(desk))
    # Officers judge nothing of their own; what they answer goes with the moments above.
    player(
        player_data(
            encounter,
            desk.viewer,
            at=at,
            about=state.about_behaviours(),
            tension=tension,
            may=("note", "bookmark"),
            judges=False,
            casework=work,
        )
    )
    if tension:
        st.caption(markup.TENSION_TOLD)


if __name__ == "__main__":
    show()
