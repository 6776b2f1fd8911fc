"""Today: what waits for the person who is looking."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from review.access import ViewerRole
from review.desk import Desk, library, waiting
from review.encounter import CONFIRMING_ROLES
from review.errors import ReviewError
from review.screens import first_help, library_filter, review_form_markup, state
from review.store import Filter, Sort, State

# Where to look when nothing waits: others, and officers.
ELSEWHERE = {False: ("library.py", "Look through the recordings"), True: ("debrief.py", "My recordings")}
# What somebody who reviews may take up although nobody gave it to them.
OPEN = (
    ("with serious marks that nobody has judged", Filter(serious=True, sort=Sort.OLDEST)),
    ("that nobody has begun to review", Filter(state=State.NOT_BEGUN, sort=Sort.OLDEST)),
)


def show() -> None:
    """Show what waits, overdue first, and the way to each."""
    st.title("Today")
    try:
        desk = state.desk()
        found = waiting.waiting(desk)
        people = waiting.people(desk)
        free = _free(desk)
        first_help.show(desk)
    except ReviewError as error:
        st.error(str(error))
        return
    st.html(review_form_markup.waiting_list(found, people, desk.clock().date()))
    if all(one.what in waiting.ONLY_TOLD for one in found):
        page, label = ELSEWHERE[desk.viewer.role == ViewerRole.OFFICER]
        st.page_link(page, label=label)
    _open(free, everywhere=desk.viewer.role == ViewerRole.INTERNAL_AFFAIRS)


def _free(desk: Desk) -> list[tuple[int, str, Filter]]:
    """How many recordings there are of each kind that whoever reviews may take up, and the filter that shows them.

    Nobody reviews a recording in which they appear.
    """
    if desk.viewer.role not in CONFIRMING_ROLES:
        return []
    theirs = ((label, replace(wanted, not_own=bool(desk.viewer.officer))) for label, wanted in OPEN)
    counted = ((library.how_many(desk, wanted), label, wanted) for label, wanted in theirs)
    return [one for one in counted if one[0]]


def _open(free: list[tuple[int, str, Filter]], *, everywhere: bool) -> None:
    if free:
        st.subheader("Open in all units" if everywhere else "Open in your unit")
    for number, label, wanted in free:
        if st.button(f"{number:,} {'recording' if number == 1 else 'recordings'} {label}", key=label):
            library_filter.open_with(wanted)


if __name__ == "__main__":
    show()
