"""What the pages share: the desk of the person who is looking, and the agency's policy."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from review.behaviours.catalogue import CATALOGUE
from review.desk import Desk, Encounters
from review.errors import Refused
from review.policy import Policy, current
from review.screens import viewer
from review.screens.viewer import Identity
from review.store import Store, database_url, open_store

SUPPORT_TOLD = "support_told"  # in the session: this page itself shows the agency's peer-support line
NOW_APPEARS = "now_appears"  # in the session: the recording that says since it was read that its reader appears in it
NOT_THEIRS = "not_theirs"  # the page that was asked for in vain, until that is told


def identity() -> Identity | None:
    """The signed-in person; None when nobody came through the gate."""
    return viewer.from_user(st.user.to_dict())


def desk() -> Desk:
    """What the person who is looking may do; raises Refused, and StoreUnavailable."""
    who = identity()
    if who is None:
        raise Refused("Nobody is signed in.")
    source = str(st.context.headers.get(viewer.SOURCE_HEADER) or "page")
    return Desk.of(_opened(database_url()), who.user, session=who.session, source=source, encounters=_encounters())


def policy() -> Policy:
    """The agency's policy that the environment names, read anew so that a change holds at once; or the built-in one."""
    return current()


def about_behaviours() -> dict[str, str]:
    """Each behaviour's definition from the codebook."""
    return {behaviour.id: behaviour.definition for behaviour in CATALOGUE.values()}


def zone() -> ZoneInfo | None:
    """The zone of the reader's browser, in which pages tell times; None when it tells none that is known here."""
    try:
        return ZoneInfo(st.context.timezone or "")
    except (KeyError, ValueError, OSError):
        return None


@st.cache_resource(show_spinner=False, on_release=Store.close)
def _opened(url: str) -> Store:
    return open_store(url)


@st.cache_resource(show_spinner=False)
def _encounters() -> Encounters:
    return Encounters()
