"""Who is looking: the signed-in person, as the gate tells the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# The gate strips these from every request and sets them itself; Streamlit hands them to the pages as `st.user`.
IDENTITY_HEADERS = {"x-review-user": "user", "x-review-name": "name", "x-review-role": "role"}


@dataclass(frozen=True)
class Viewer:
    """A signed-in person: the id stored with each verdict, the name shown, and the role that says whose word counts."""

    user: str
    name: str
    role: str


def from_user(user: Mapping[str, object]) -> Viewer | None:
    """The viewer in Streamlit's user mapping; None unless the gate filled in every part.

    >>> from_user({"user": "demo.supervisor", "name": "Demo supervisor", "role": "supervisor"})
    Viewer(user='demo.supervisor', name='Demo supervisor', role='supervisor')
    >>> from_user({"email": "test@localhost"}) is None
    True
    """
    parts = [user.get(key) for key in IDENTITY_HEADERS.values()]
    if not all(isinstance(part, str) and part for part in parts):
        return None
    return Viewer(*(str(part) for part in parts))
