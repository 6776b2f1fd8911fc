"""Shared moments: what trainers and oversight hear and read, and nothing around it."""

from __future__ import annotations

import streamlit as st

from review.desk import moments
from review.errors import ReviewError
from review.screens import review_form_markup, state

EMPTY = (
    "No moment is shared with you yet. Supervisors share moments from a recording's review or from a coaching session."
)


def show() -> None:
    """Show all moments that are shared with this person's role."""
    st.title("Shared moments")
    st.caption(
        "Each is a short stretch of a recording. Speakers are told by role; "
        "what was said stands as the machine heard it. Each play is kept in the log."
    )
    try:
        found = moments.shared(state.desk())
    except ReviewError as error:
        st.error(str(error))
        return
    if not found:
        st.info(EMPTY)
    for number, moment in enumerate(found, start=1):
        st.html(review_form_markup.moment_card(moment, number=number))


if __name__ == "__main__":
    show()
