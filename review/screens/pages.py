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
    Page("library.py", "Recordings", frozenset({_SUPERVISOR, _AFFAIRS, _OFFICER})),
    Page("listen.py", "Review", frozenset({_SUPERVISOR, _AFFAIRS, _OFFICER})),
)


def pages_of(role: str) -> tuple[Page, ...]:
    """The pages of a role, in the order of the navigation."""
    return tuple(page for page in PAGES if role in page.roles)
