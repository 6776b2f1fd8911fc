"""How to begin, for who is new: above the pages on which a role's work begins."""

from __future__ import annotations

import streamlit as st

from review.access import ViewerRole
from review.desk import Desk, newcomers

REVIEWING = (
    "**New here?** A mark is a place where the machine heard something that may matter, such as words that calm or "
    "heat a situation, and it can be wrong. Begin with one recording: open it, say what you open it for, press "
    "**Verify**, answer the marks one by one, and sign the review form below the player. No mark is saved as verified "
    "until you have listened to it and agreed."
)
OVERSEEING = (
    "**New here?** This page counts a unit's recordings, what the machine marked in them, and what people verified "
    "after they had listened; it tells nothing of any one person. What was shared for you to hear is under **Shared "
    "moments**, who opened and did what in the **Audit log**, and how often marks are wrong under **Method**."
)
KEEPING_ACCOUNTS = (
    "**New here?** Give each person an account of their own. The role decides which pages they have, a supervisor's "
    "unit which recordings they reach, the officer's id which recordings are their own. The first password is shown "
    "once, for you to hand over."
)
BY_ROLE = {
    ViewerRole.SUPERVISOR.value: REVIEWING,
    ViewerRole.INTERNAL_AFFAIRS.value: REVIEWING,
    ViewerRole.OVERSIGHT.value: OVERSEEING,
    ViewerRole.ADMIN.value: KEEPING_ACCOUNTS,
}


def show(desk: Desk) -> None:
    """Say how to begin, while the person is new."""
    if desk.viewer.role in BY_ROLE and newcomers.is_new(desk):
        st.info(BY_ROLE[desk.viewer.role])
