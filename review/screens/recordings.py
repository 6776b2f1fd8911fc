"""The list of recordings as one component of plain JavaScript (see rows/), with ticks where they are wanted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import streamlit as st

_KEY = "recordings"
_TICKED = "recordings_ticked"


@dataclass(frozen=True)
class _Ticked:
    turn: int = 0  # how often the ticks have changed
    which: frozenset[str] = frozenset()


def recordings(html: str) -> None:
    """Show these rows (`library_rows.rows`)."""
    now = _now()
    data = {"html": html, "ticked": sorted(now.which), "turn": now.turn}
    _component()(key=_KEY, data=data, on_ticked_change=_learn)


def ticked(shown: Collection[str]) -> list[str]:
    """Which of the recordings that are shown are ticked."""
    return [one for one in shown if one in _now().which]


def untick() -> None:
    """Take all ticks away, from the next time the list is shown."""
    st.session_state[_TICKED] = _Ticked(_now().turn + 1)


def _now() -> _Ticked:
    kept: _Ticked = st.session_state.get(_TICKED, _Ticked())
    return kept


def _learn() -> None:
    told = st.session_state[_KEY]["ticked"]
    st.session_state[_TICKED] = _Ticked(int(told["turn"]), frozenset(map(str, told["which"])))


@cache
def _component() -> st.components.v2.types.ComponentRenderer:
    # As in player.py: found through review/pyproject.toml, and registered at the first use.
    return st.components.v2.component("review.rows", js="rows.js", isolate_styles=False)
