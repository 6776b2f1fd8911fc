"""Who is looking: the signed-in person, as the gate tells the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

# The gate strips these from every request and sets them itself; Streamlit hands them to the pages as `st.user`.
IDENTITY_HEADERS = {
    "x-review-user": "user",
    "x-review-name": "name",
    "x-review-role": "role",
    "x-review-session": "session",
}
SOURCE_HEADER = "x-review-source"  # the address that the person's browser connects from, for the log


@dataclass(frozen=True)
class Identity:
    """What a session says of the person: their account, how it is shown, its role, and which session it is."""

    user: str
    name: str
    role: str
    session: str  # names the session; no secret


def to_headers(who: Identity) -> dict[str, str]:
    """The headers that carry an identity; names can hold any letter, headers only those of ASCII."""
    return {name: quote(getattr(who, key), safe=" ") for name, key in IDENTITY_HEADERS.items()}


def from_user(user: Mapping[str, object]) -> Identity | None:
    """The identity in Streamlit's user mapping; None unless the gate filled in every part.

    >>> from_user({"user": "demo.supervisor", "name": "Demo%20supervisor", "role": "supervisor", "session": "1a"})
    Identity(user='demo.supervisor', name='Demo supervisor', role='supervisor', session='1a')
    >>> from_user({"email": "test@localhost"}) is None
    True
    """
    parts = [user.get(key) for key in IDENTITY_HEADERS.values()]
    if not all(isinstance(part, str) and part for part in parts):
        return None
    return Identity(*(unquote(str(part)) for part in parts))
