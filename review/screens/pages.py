"""Which pages there are, and for whom; a page that a role may not see does not exist for it."""

from __future__ import annotations

from dataclasses import dataclass

from review.access import ViewerRole

_OFFICER, _SUPERVISOR, _AFFAIRS = ViewerRole.OFFICER, ViewerRole.SUPERVISOR, ViewerRole.INTERNAL_AFFAIRS
_TRAINER, _OVERSIGHT, _ADMIN = ViewerRole.TRAINER, ViewerRole.OVERSIGHT, ViewerRole.ADMIN


@dataclass(frozen=True)
class Page:
    """One page: its file beside the router, its name in the navigation, who has it; a role's work comes first."""

    file: str
    title: str
    roles: frozenset[ViewerRole]
    own: bool = False  # about recordings in which one appears oneself; only for accounts that name an officer


PAGES = (
    Page("today.py", "Today", frozenset({_SUPERVISOR, _AFFAIRS})),
    Page("library.py", "Recordings", frozenset({_SUPERVISOR, _AFFAIRS})),
    Page("listen.py", "Review", frozenset({_SUPERVISOR, _AFFAIRS})),
    Page("debrief.py", "My recordings", frozenset({_OFFICER, _SUPERVISOR, _AFFAIRS}), own=True),
    Page("debrief_recording.py", "Debrief", frozenset({_OFFICER, _SUPERVISOR, _AFFAIRS}), own=True),
    Page("today.py", "Today", frozenset({_OFFICER})),
    Page("coaching.py", "Coaching", frozenset({_SUPERVISOR, _OFFICER})),
    Page("unit.py", "Unit view", frozenset({_SUPERVISOR, _AFFAIRS, _OVERSIGHT})),
    Page("moments.py", "Shared moments", frozenset({_TRAINER, _OVERSIGHT})),
    Page("people.py", "Accounts", frozenset({_ADMIN})),
    Page("audit.py", "Audit log", frozenset({_AFFAIRS, _OVERSIGHT, _ADMIN})),
    Page("upload.py", "Add recordings", frozenset({_SUPERVISOR, _AFFAIRS, _ADMIN})),
    Page("method.py", "Method", frozenset(ViewerRole)),
)


def pages_of(role: str, *, officer: str = "") -> tuple[Page, ...]:
    """The pages of a role, in the order of the navigation; `officer` is the agency's id that the account names.

    Somebody of another role who wears a camera, too, has an officer's pages for their own recordings.
    """
    own = bool(officer) or role == ViewerRole.OFFICER
    return tuple(page for page in PAGES if role in page.roles and (own or not page.own))


def start_of(role: str, *, waits: bool) -> str:
    """The file of the page on which a person of this role begins; `waits` says whether anything waits on Today.

    Internal affairs are given little and look for much: without work that waits, theirs begins in the library.
    """
    files = [page.file for page in pages_of(role)]
    return "library.py" if role == ViewerRole.INTERNAL_AFFAIRS and not waits else files[0]
