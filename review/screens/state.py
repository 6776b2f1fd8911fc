"""What the pages share: the open store, encounters read once, and who is looking."""

from __future__ import annotations

import streamlit as st

from review.behaviours.catalogue import CATALOGUE
from review.encounter import Encounter
from review.policy import Policy, current
from review.screens import viewer
from review.screens.viewer import Viewer
from review.store import Store, database_url, open_store

ENCOUNTERS_KEPT = 32
# An encounter never changes, but a correction makes a next revision; within this time every page shows it.
FRESH_SECONDS = 30


def current_viewer() -> Viewer | None:
    """The signed-in person; None when nobody came through the gate."""
    return viewer.from_user(st.user.to_dict())


def store() -> Store:
    """The store that the environment names, opened once per server."""
    return _opened(database_url())


def policy() -> Policy:
    """The agency's policy that the environment names, read anew so that a change holds at once; or the built-in one."""
    return current()


def encounter(sha256: str) -> Encounter:
    """What the policy shows of the latest revision of this recording's encounter; raises UnknownRecording."""
    return policy().shown(_encounter(database_url(), sha256))


def about_behaviours() -> dict[str, str]:
    """Each behaviour's definition from the codebook."""
    return {behaviour.id: behaviour.definition for behaviour in CATALOGUE.values()}


@st.cache_resource(show_spinner=False, on_release=Store.close)
def _opened(url: str) -> Store:
    return open_store(url)


@st.cache_resource(max_entries=ENCOUNTERS_KEPT, ttl=FRESH_SECONDS, show_spinner=False)
def _encounter(url: str, sha256: str) -> Encounter:
    return _opened(url).encounter(sha256)
