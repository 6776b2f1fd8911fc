"""The router: which pages there are for the person who is looking."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from review.errors import UnreadablePolicy
from review.screens import markup, state

STYLE = Path(__file__).parent / "page.css"


def show() -> None:
    """Show the page asked for, or say how to sign in when the gate was gone round."""
    st.set_page_config(page_title="Body-camera review", layout="wide")
    viewer = state.current_viewer()
    if viewer is None:
        st.error("Nobody is signed in. Start the program with `bodycam-review app` and open the address it prints.")
        st.stop()
    library = st.Page("library.py", title="Library", default=True)
    listen = st.Page("listen.py", title="Listen")
    page = st.navigation([library, listen], position="top")
    st.html(STYLE)
    st.html(markup.signed_in(viewer.name))
    page.run()
    _agency()


def _agency() -> None:
    """Whose policy holds here, and whom an officer can turn to."""
    try:
        policy = state.policy()
    except UnreadablePolicy as error:
        st.error(str(error))
        return
    for text in (policy.agency, policy.peer_support):
        if text:
            st.caption(markup.plain(text))


if __name__ == "__main__":
    show()
