"""The router: which pages there are for the person who is looking."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from review.errors import ReviewError, UnreadablePolicy
from review.screens import lock, markup, state
from review.screens.pages import pages_of

TITLE = "Body-camera review"
STYLE = Path(__file__).parent / "page.css"


def show() -> None:
    """Show the page asked for, or say how to sign in when the gate was gone round."""
    st.set_page_config(page_title=TITLE, layout="wide")
    try:
        viewer = state.desk().viewer
    except ReviewError as error:
        st.error(f"{error} Start the program with `bodycam-review app` and open the address it prints.")
        st.stop()
    theirs = pages_of(viewer.role, officer=viewer.officer)
    pages = [st.Page(page.file, title=page.title) for page in theirs]
    st.html(STYLE)
    lock.watch()
    if not pages:
        st.info("There is no page for this kind of account yet.")
        st.stop()
    # The program's bare address is nobody's page: so each page keeps its own, whoever begins with it.
    start = st.Page("start.py", title=TITLE, default=True, visibility="hidden")
    page = st.navigation([start, *pages], position="top")
    st.html(markup.signed_in(viewer.name))
    st.session_state.pop(state.SUPPORT_TOLD, None)
    page.run()
    _agency()


def _agency() -> None:
    """Whose policy holds here, and whom an officer can turn to, unless the page has told that already."""
    try:
        policy = state.policy()
    except UnreadablePolicy as error:
        st.error(str(error))
        return
    told = st.session_state.get(state.SUPPORT_TOLD)
    for text in (policy.agency, "" if told else policy.peer_support):
        if text:
            st.caption(markup.plain(text))


if __name__ == "__main__":
    show()
