"""One recording: hear it, read it, judge what the machine marked, take the report away."""

from __future__ import annotations

import streamlit as st

from review.encounter import Encounter
from review.errors import ReviewError
from review.screens import markup, parts, state
from review.screens.player import player
from review.screens.viewer import Viewer
from review.timeline import Timeline, timeline


def show() -> None:
    """Show the recording that the address names, or the one looked at last."""
    recording = st.query_params.get("recording") or st.session_state.get("recording")
    viewer = state.current_viewer()
    if not recording or viewer is None:
        st.info("Choose a recording in the library first.")
        st.page_link("library.py", label="Go to the library")
        return
    try:
        encounter = state.encounter(state.store().find(recording))
    except ReviewError as error:
        st.error(str(error))
        st.page_link("library.py", label="Go to the library")
        return
    st.session_state["recording"] = encounter.recording.sha256
    _heading(encounter)
    _review(encounter, viewer)
    st.html(markup.exports(encounter.recording.sha256))


def _heading(encounter: Encounter) -> None:
    st.subheader(markup.plain(encounter.recording.name), anchor=False)
    st.html(markup.fact_line(parts.facts(encounter)) + markup.to_summary())
    for remark in encounter.provenance.remarks:
        st.info(markup.plain(remark))


@st.fragment
def _review(encounter: Encounter, viewer: Viewer) -> None:
    at = parts.read_seconds(st.query_params.get("at"))
    if at is not None:
        at = parts.word_at(encounter, at, query=st.query_params.get("find", ""))
    player(parts.player_data(encounter, viewer, at=at, about=state.about_behaviours()))
    verdicts = state.store().verdicts(encounter.recording.sha256)
    told = timeline(encounter, verdicts=verdicts, hidden=state.policy().hidden)
    _telling(encounter, told)
    st.subheader("Marked and verified", anchor=False)
    own, others = (parts.tallies(flags, verdicts) for flags in parts.apart(encounter.flags))
    st.html(markup.tally_table(own, others=others))
    st.html(markup.talk_line(told.talk))


def _telling(encounter: Encounter, told: Timeline) -> None:
    recording = encounter.recording.sha256
    st.subheader("What this encounter tells", anchor="tells")
    st.html(markup.summary_list(told.summary, recording=recording))
    pieces = (
        markup.tension_lane(parts.tension_bars(told.tension)),
        markup.first_words(told.opening),
        markup.order_table((*told.orders, *told.other_orders), recording=recording),
    )
    for piece in filter(None, pieces):  # Streamlit refuses to show nothing
        st.html(piece)
    st.subheader("Procedural justice: a checklist", anchor=False)
    times = {flag.id: flag.span.start for flag in encounter.flags}
    st.html(markup.pillar_cards(told.pillars, times, recording=recording))


if __name__ == "__main__":
    show()
