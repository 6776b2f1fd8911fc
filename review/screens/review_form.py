"""The review form under the player, and the component of plain JavaScript that it and coaching share (see form/)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st

from review.access import Action
from review.desk import Desk
from review.screens import review_form_markup
from review.screens.review_form_data import form_data


def assigned(desk: Desk, data: Mapping[str, Any]) -> None:
    """What this person was given to do with this recording, and the way to the form; nothing for others."""
    line = review_form_markup.to_form(data, mine=desk.viewer.user)
    if line:
        st.html(line)


def show(desk: Desk, data: Mapping[str, Any]) -> bool:
    """The form for those who review, read-only for others once it is signed.

    Returns whether somebody has said in it just now whose recording it is, so that the page is to be read again.
    """
    if not offered(desk, data):
        return False
    st.subheader("Review form", anchor="form")
    return form(data)


def offered(desk: Desk, data: Mapping[str, Any]) -> bool:
    """Whether there is a form for this person: a review that is not signed is nobody's answer yet."""
    return bool(data["signed"]) or desk.may(Action.REVIEW, data["recording"]).allowed


def of(desk: Desk, sha256: str) -> dict[str, Any]:
    """What the form of this recording is mounted with."""
    return form_data(desk, sha256)


def form(data: Mapping[str, Any]) -> bool:
    """Mount the component; it sends what people do by itself, and tells the page only that something changed.

    Returns whether that was, just now, whose recording it is.
    """
    told = _component()(
        key=f"{data['view']}-{data['recording']}",
        data=dict(data),
        on_changed_change=_look_again,
        on_whose_change=_look_again,
    )
    return bool(told.whose)


@cache
def _component() -> st.components.v2.types.ComponentRenderer:
    # Found and registered as the player is; see player.py.
    return st.components.v2.component("review.form", js="form.js", css="form.css")


def _look_again() -> None:
    """Nothing to do: that the trigger fired has run the page again."""
