"""Whether somebody is new to the program, so that a page says how to begin: told from what the log has of them."""

from __future__ import annotations

from review.access import ViewerRole
from review.casework import Kind
from review.desk.desk import Desk
from review.encounter import CONFIRMING_ROLES

# What ends it for each role, and how often the log must have it. Oversight does nothing that it had to learn, so
# theirs ends with the second sign-in. The other roles' pages say how to begin by themselves.
_LEARNT = {
    **dict.fromkeys(CONFIRMING_ROLES, (Kind.SIGN_OFF.value, 1)),
    ViewerRole.OVERSIGHT.value: ("sign_in", 2),
    ViewerRole.ADMIN.value: ("add_account", 1),
}


def is_new(desk: Desk) -> bool:
    """Whether this person has yet to sign a first review, sign in again, or add a first account, by their role.

    A review that was reopened since was signed all the same.
    """
    learnt = _LEARNT.get(desk.viewer.role)
    if learnt is None:
        return False
    action, times = learnt
    with desk.store.casebook() as book:
        return len(book.logged(person=desk.viewer.user, action=action, outcome="done", limit=times)) < times
