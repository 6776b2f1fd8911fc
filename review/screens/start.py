"""Where a person begins: no page of its own, it goes on to the page of their work."""

from __future__ import annotations

import streamlit as st

from review.access import ViewerRole
from review.desk import waiting
from review.errors import ReviewError
from review.screens import state
from review.screens.pages import start_of


def show() -> None:
    """Go on to where this person's work is."""
    try:
        desk = state.desk()
        # Only internal affairs begin elsewhere when nothing waits; nobody else's list is made for nothing.
        waits = desk.viewer.role != ViewerRole.INTERNAL_AFFAIRS or bool(waiting.waiting(desk))
    except ReviewError as error:
        st.error(str(error))
        return
    st.switch_page(start_of(desk.viewer.role, waits=waits))


if __name__ == "__main__":
    show()
