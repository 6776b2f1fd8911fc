"""An officer's answers to marks, with the moments to listen to, as one component of plain JavaScript (see answers/)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st


def answers(data: Mapping[str, Any]) -> None:
    """Mount the moments of one recording; the component sends by itself what the officer answers."""
    _component()(key=f"answers-{data['recording']}", data=dict(data), on_changed_change=_look_again)


@cache
def _component() -> st.components.v2.types.ComponentRenderer:
    # As in player.py: found through review/pyproject.toml, and registered at the first use.
    return st.components.v2.component("review.answers", js="answers.js", css="answers.css")


def _look_again() -> None:
    """Nothing to do: that the trigger fired has run the page around it again."""
