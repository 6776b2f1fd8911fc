"""The player: media, transcript, flag lane and flag cards as one component of plain JavaScript (see player/)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st


def player(data: Mapping[str, Any]) -> bool:
    """Mount the player for one recording; it fetches media and transcript and sends verdicts by itself.

    Its messages to the page are "judged", so that the figures beside it are read again, and "corrected": there is a
    newer revision than the one in `data`, and the page is to be read again. Returns whether that was told just now.
    """
    told = _component()(
        key=f"player-{data['recording']}",
        data=dict(data),
        on_judged_change=_look_again,
        on_corrected_change=_look_again,
    )
    return bool(told.corrected)


@cache
def _component() -> st.components.v2.types.ComponentRenderer:
    # Found through review/pyproject.toml; a name other than "<distribution>.<component>" would not be. Registered at
    # the first use: without a running server Streamlit refuses it, and a plain import of this module would fail.
    return st.components.v2.component("review.player", js="player.js", css="player.css")


def _look_again() -> None:
    """Nothing to do: that the trigger fired has run the page's figures again."""
