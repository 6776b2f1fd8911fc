"""Accounts at an administrator's desk; each change is logged with it, or not made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from review import credentials
from review.access import Action, Viewer
from review.desk.desk import Desk
from review.errors import WrongUse
from review.store import Casebook, Particulars, Person

CHANGE = "change_account"
# What decides about access: nobody goes on with what they opened while it was another.
ENDS_SESSIONS = frozenset({"role", "unit", "officer"})


@dataclass(frozen=True)
class Changed:
    """What became of an account: each particular that is another now, with what it was, and how many sessions ended."""

    told: Mapping[str, str]
    ended: int = 0


def every(desk: Desk) -> tuple[Person, ...]:
    """All accounts."""
    desk.require(Action.MANAGE_PEOPLE)
    with desk.store.casebook() as book:
        return book.accounts.every()


def add(desk: Desk, viewer: Viewer, *, oidc: bool = False) -> str:
    """Make an account; returns the password to hand over, to be changed at the first sign-in. Raises WrongUse."""
    password = "" if oidc else credentials.new_password()
    with _changing(desk, "add_account", viewer.user, role=viewer.role, unit=viewer.unit) as book:
        kept = credentials.hashed(password) if password else ""
        book.accounts.add(viewer, at=desk.clock(), password=kept, temporary=True)
        book.sessions.end_demo()
    return password


def change(desk: Desk, user: str, given: Particulars) -> Changed:
    """Change an account's name, role, unit or officer's id; raises WrongUse."""
    asked = {name: said for name, said in vars(given).items() if said is not None}
    desk.require(Action.MANAGE_PEOPLE, told=CHANGE, account=user[:80], **asked)
    with desk.store.casebook(write=True) as book:
        changed = change_in(book, user, given)
        if changed.told:
            desk.log_in(book, CHANGE, account=user, **changed.told)
    return changed


def change_in(book: Casebook, user: str, given: Particulars) -> Changed:
    """The same within a transaction, for whoever writes the log themselves. Raises WrongUse."""
    told = book.accounts.set_particulars(user, given)
    return Changed(told, ended=book.sessions.end_of(user) if ENDS_SESSIONS & told.keys() else 0)


def disable(desk: Desk, user: str) -> None:
    """Close an account and end its sessions at once; what it did stays. Raises WrongUse."""
    if user == desk.viewer.user:
        raise WrongUse("you cannot disable your own account; ask another administrator")
    with _changing(desk, "disable_account", user) as book:
        book.accounts.disable(user, at=desk.clock())
        book.sessions.end_of(user)


def enable(desk: Desk, user: str) -> None:
    """Open a disabled account again; raises WrongUse."""
    with _changing(desk, "enable_account", user) as book:
        book.accounts.enable(user)


def reset_totp(desk: Desk, user: str) -> None:
    """Have the person set up their codes anew at the next sign-in, as after a lost phone; ends their sessions."""
    with _changing(desk, "reset_totp", user) as book:
        book.accounts.set_totp(user, "")
        book.sessions.end_of(user)


def reset_password(desk: Desk, user: str) -> str:
    """Give an account a password to hand over, to be changed at the next sign-in; ends its sessions."""
    password = credentials.new_password()
    with _changing(desk, "reset_password", user) as book:
        book.accounts.set_password(user, credentials.hashed(password), temporary=True)
        book.sessions.end_of(user)
    return password


@contextmanager
def _changing(desk: Desk, told: str, user: str, **details: str) -> Iterator[Casebook]:
    desk.require(Action.MANAGE_PEOPLE, told=told, account=user[:80], **details)
    with desk.store.casebook(write=True) as book:
        yield book
        desk.log_in(book, told, account=user, **details)
