"""Today: what waits for the person who is looking."""

from __future__ import annotations

import streamlit as st

from review.access import ViewerRole
from review.desk import waiting
from review.errors import ReviewError
from review.screens import review_form_markup, state

# Where to look when nothing waits: others, and officers.
ELSEWHERE = {False: ("library.py", "Look through the recordings"), True: ("debrief.py", "My recordings")}


def show() -> None:
    """Show what waits, overdue first, and the way to each."""
    st.title("Today")
    try:
        desk = state.desk()
        found = waiting.waiting(desk)
        people = waiting.people(desk)
    except ReviewError as error:
        st.error(str(error))
        return
    st.html(review_form_markup.waiting_list(found, people, desk.clock().date()))
    if all(one.what in waiting.ONLY_TOLD for one in found):
        page, label = ELSEWHERE[desk.viewer.role == ViewerRole.OFFICER]
        st.page_link(page, label=label)


if __name__ == "__main__":
    show()
