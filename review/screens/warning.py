"""The warning before somebody hears again what they were in: what was marked, whom to talk to, and the choice."""

from __future__ import annotations

import streamlit as st

from review.desk import Desk
from review.encounter import Encounter
from review.screens import debrief_markup, state
from review.screens.debrief_rows import distressing


def passed(desk: Desk, encounter: Encounter, *, back: str) -> bool:
    """Whether quotes and sound may be shown: this person is not in it, nothing in it is hard to hear, or they chose to.

    Else the warning is shown in their place; `back` is the page to which "Not now" leads. The choice holds for this
    visit, on all pages.
    """
    sha256 = encounter.recording.sha256
    kinds, chosen = distressing(encounter), f"watch-{sha256}"
    if not kinds or st.session_state.get(chosen) or not desk.appears(sha256):
        return True
    st.subheader("Before you listen", anchor=False)
    peer_support = state.policy().peer_support
    st.html(debrief_markup.warning(kinds) + debrief_markup.support(peer_support))
    st.session_state[state.SUPPORT_TOLD] = bool(peer_support)
    unseen = " Nothing in this program notices whether you use the line above." if peer_support else ""
    st.caption(f"That you opened this recording is in the log; “Not now” adds nothing to it.{unseen}")
    with st.container(horizontal=True):
        watch, later = st.button("Watch", key="watch"), st.button("Not now", key="not-now")
    if watch:
        st.session_state[chosen] = True
        st.rerun()
    if later:
        st.query_params.clear()
        st.switch_page(back)
    return False
