"""The router: which pages there are for the person who is looking."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from review.errors import ReviewError, UnreadablePolicy
from review.screens import lock, markup, state
from review.screens.pages import pages_of

STYLE = Path(__file__).parent / "page.css"


def show() -> None:
    """Show the page asked for, or say how to sign in when the gate was gone round."""
    st.set_page_config(page_title="Body-camera review", layout="wide")
    try:
        viewer = state.desk().viewer
    except ReviewError as error:
        st.error(f"{error} Start the program with `bodycam-review app` and open the address it prints.")
        st.stop()
    pages = [
        st.Page(page.file, title=page.title, default=number == 0) for number, page in enumerate(pages_of(viewer.role))
    ]
    st.html(STYLE)
    lock.watch()
    if not pages:
        st.info("There is no page for this kind of account yet.")
        st.stop()
    page = st.navigation(pages, position="top")
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
