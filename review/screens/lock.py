"""The idle lock: a small script, on every page, that hides the screen and asks who is there (see lock/)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import streamlit as st


def watch(pages: Sequence[str]) -> None:
    """Watch over this page; the script asks the server by itself after how long, and how the person unlocks.

    Links to these pages are followed without the browser loading everything anew.
    """
    _component()(key="lock", data={"pages": [f"/{one}" for one in pages]})


@cache
def _component() -> st.components.v2.types.ComponentRenderer:
    # Registered at the first use, as the player is.
    return st.components.v2.component("review.lock", js="lock.js")
