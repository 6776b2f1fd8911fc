"""The router: which pages there are for the person who is looking."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

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
    lock.watch([page.url_path for page in pages])
    if not pages:
        st.info("There is no page for this kind of account yet.")
        st.stop()
    # The program's bare address is nobody's page: so each page keeps its own, whoever begins with it.
    start = st.Page("start.py", title=TITLE, default=True, visibility="hidden")
    page = st.navigation([start, *pages], position="top")
    st.html(markup.signed_in(viewer.name))
    if page.url_path == "":  # the start goes on to another page, which tells it
        st.session_state[state.NOT_THEIRS] = not_theirs(st.context.url or "", [one.url_path for one in pages])
    elif asked := st.session_state.pop(state.NOT_THEIRS, ""):
        st.info(f"There is no page “{markup.plain(asked)}” for your account, so you are where your work begins.")
    st.session_state.pop(state.SUPPORT_TOLD, None)
    page.run()
    _agency()


def not_theirs(address: str, known: Collection[str]) -> str:
    """The page that an address asks for, when this person has none of that name; Streamlit shows the first instead.

    >>> not_theirs("http://127.0.0.1:8501/unit?x=1", ["library", "listen"]), not_theirs("http://127.0.0.1/", [])
    ('unit', '')
    """
    asked = urlsplit(address).path.strip("/")
    return "" if asked in {"", *known} else asked


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
