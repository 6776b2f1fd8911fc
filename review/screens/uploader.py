"""The form that sends recordings, as one component of plain JavaScript (see upload/)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st


def uploader(data: Mapping[str, Any]) -> None:
    """Mount the form; the files travel by the upload route, and its only message is that one more was sent."""
    _component()(key="uploader", data=dict(data), on_sent_change=_look_again)


@cache
def _component() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component("review.upload", js="upload.js", css="upload.css")


def _look_again() -> None:
    """Nothing to do: that the trigger fired has run the page, and with it the list of jobs, again."""
