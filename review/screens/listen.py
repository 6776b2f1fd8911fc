"""One recording: hear it, read it, judge what the machine marked, take the report away."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from review.access import Action
from review.desk import Desk, casework, library, waiting, wearing
from review.encounter import Encounter
from review.errors import ReviewError
from review.screens import library_rows, markup, parts, review_form, state
from review.screens.casework_rows import casework_row
from review.screens.debrief_data import officer_said
from review.screens.player import player
from review.screens.player_data import player_data
from review.timeline import Timeline, timeline


def show() -> None:
    """Show the recording that the address names, or the one looked at last, once its purpose is said."""
    recording = st.query_params.get("recording") or st.session_state.get("recording")
    if not recording:
        st.info("Choose a recording under **Recordings** first.")
        st.page_link("library.py", label="Go to Recordings")
        return
    try:
        desk = state.desk()
        sha256 = library.find(desk, recording)
        st.session_state["recording"] = sha256
        if desk.appears(sha256):
            _to_debrief(sha256)
        if not desk.purpose(sha256):
            _purpose(desk, sha256)
            return
        encounter = desk.encounter(sha256)
    except ReviewError as error:
        st.error(str(error))
        st.page_link("library.py", label="Go to Recordings")
        return
    _heading(desk, encounter)
    if desk.may(Action.EXPORT, sha256):
        st.html(markup.exports(sha256))
    _review(desk, encounter)


def _to_debrief(sha256: str) -> NoReturn:
    """Go on to the debrief: nobody reviews a recording in which they appear, and the warning comes first there."""
    at = st.query_params.get("at")
    st.switch_page("debrief_recording.py", query_params={"recording": sha256, **({"at": at} if at else {})})


def _purpose(desk: Desk, sha256: str) -> None:
    """Ask why the recording is opened; the answer is logged and holds until the person signs out."""
    entry, allowed = library.to_open(desk, sha256)
    st.subheader("Why are you opening this recording?", anchor=False)
    st.write(library_rows.named(entry, zone=state.zone()))
    st.caption(
        "Your answer stands in the log, and beside all that you do here. The log stays; you are asked again after you "
        "have signed out."
    )
    with st.form("purpose", border=False):
        chosen = st.radio("Purpose", allowed, index=None, format_func=lambda one: parts.PURPOSE_NAMES[one])
        case = st.text_input("Case or complaint number, if there is one", max_chars=80)
        sent = st.form_submit_button("Open", type="primary")
    if sent and chosen:
        desk.begin(sha256, chosen, case=case.strip())
        st.rerun()
    if sent:
        st.warning("Choose what you open it for.")


def _heading(desk: Desk, encounter: Encounter) -> None:
    facts = parts.facts(encounter, zone=state.zone(), whose=wearing.whose(desk, encounter.recording.sha256))
    st.subheader(markup.plain(encounter.recording.name), anchor=False)
    st.html(markup.fact_line(facts) + markup.to_summary())
    for remark in parts.remarks(encounter):
        st.info(markup.plain(remark))


@st.fragment
def _review(desk: Desk, encounter: Encounter) -> None:
    sha256 = encounter.recording.sha256
    if desk.appears(sha256):  # said since the page was read
        st.session_state[state.NOW_APPEARS] = sha256
        st.rerun()  # the whole page, which goes on to the debrief
    if not desk.may_read(sha256):
        st.rerun()
    at = parts.read_seconds(st.query_params.get("at"))
    if at is not None:
        at = parts.word_at(encounter, at, query=st.query_params.get("find", ""))
    form = review_form.of(desk, sha256)
    review_form.assigned(desk, form)
    work, kinds = casework.of(desk, sha256), casework.kinds(desk, sha256)
    verdicts = desk.verdicts(sha256)
    told = timeline(encounter, verdicts=verdicts, hidden=state.policy().hidden)
    data = player_data(
        encounter,
        desk.viewer,
        at=at,
        about=state.about_behaviours(),
        tension=parts.tension_bars(told.tension),
        may=kinds,
        judges=bool(desk.may(Action.DECIDE, sha256)),
        casework=casework_row(work, desk.viewer.user, waiting.people(desk)),
    )
    if player(data):
        st.rerun()  # the whole page: a new revision has other words and marks everywhere
    if said := officer_said(desk, sha256):
        st.html(said)
    if review_form.show(desk, form):
        st.rerun()  # the heading says whose camera it is, and whoever appears goes on to the debrief
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
