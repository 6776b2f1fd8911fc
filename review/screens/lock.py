"""The idle lock: a small script, on every page, that hides the screen and asks who is there (see lock/)."""

from __future__ import annotations

from functools import cache

import streamlit as st


def watch() -> None:
    """Watch over this page; the script asks the server by itself after how long, and how the person unlocks."""
    _component()(key="lock")


@cache
def _component() -> st.components.v2.types.ComponentRenderer:
    # Registered at the first use, as the player is.
    return st.components.v2.component("review.lock", js="lock.js")
