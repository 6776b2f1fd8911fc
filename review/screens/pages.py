"""Which pages there are, and for whom; a page that a role may not see does not exist for it."""

from __future__ import annotations

from dataclasses import dataclass

from review.access import ViewerRole

_OFFICER, _SUPERVISOR, _AFFAIRS = ViewerRole.OFFICER, ViewerRole.SUPERVISOR, ViewerRole.INTERNAL_AFFAIRS
_TRAINER, _OVERSIGHT, _ADMIN = ViewerRole.TRAINER, ViewerRole.OVERSIGHT, ViewerRole.ADMIN


@dataclass(frozen=True)
class Page:
    """One page: its file beside the router, its name in the navigation, and who has it; the first is the start."""

    file: str
    title: str
    roles: frozenset[ViewerRole]


PAGES = (
    Page("debrief.py", "My recordings", frozenset({_OFFICER})),
    Page("debrief_recording.py", "Debrief", frozenset({_OFFICER})),
    Page("library.py", "Recordings", frozenset({_SUPERVISOR, _AFFAIRS})),
    Page("listen.py", "Review", frozenset({_SUPERVISOR, _AFFAIRS})),
    Page("today.py", "Today", frozenset({_SUPERVISOR, _AFFAIRS, _OFFICER})),
    Page("coaching.py", "Coaching", frozenset({_SUPERVISOR, _OFFICER})),
    Page("moments.py", "Shared moments", frozenset({_TRAINER, _OVERSIGHT})),
    Page("people.py", "Accounts", frozenset({_ADMIN})),
    Page("audit.py", "Audit log", frozenset({_AFFAIRS, _OVERSIGHT, _ADMIN})),
    Page("upload.py", "Add recordings", frozenset({_SUPERVISOR, _AFFAIRS, _ADMIN})),
    Page("unit.py", "Unit view", frozenset({_SUPERVISOR, _AFFAIRS, _OVERSIGHT})),
    Page("method.py", "Method", frozenset(ViewerRole)),
)


def pages_of(role: str) -> tuple[Page, ...]:
    """The pages of a role, in the order of the navigation."""
    return tuple(page for page in PAGES if role in page.roles)
