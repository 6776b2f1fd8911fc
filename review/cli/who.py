"""Who works at the command line: once a store has real accounts, each command that shows or changes recordings says so.

Whoever can read the store's file can read all that is in it, so this is no lock; it decides by the account's role and
writes the log, with the name of the computer's own account as where it came from.
"""

from __future__ import annotations

import getpass
from typing import Annotated, Any
from uuid import uuid4

import typer

from review.access import Action, Purpose
from review.desk import Desk
from review.errors import WrongUse
from review.pipeline import now
from review.store import AuditEntry, Casebook, Store

User = Annotated[
    str | None,
    typer.Option("--as", metavar="USER", help="Your account; needed once the store has accounts that are no demo."),
]
Why = Annotated[Purpose | None, typer.Option("--purpose", help="Why you open this recording; goes with --as.")]


def desk_of(store: Store, user: str | None) -> Desk | None:
    """The desk of this account; None for nobody in a store without real accounts. Raises WrongUse and Refused."""
    if user:
        return Desk.of(store, user, session=f"cli-{uuid4().hex[:20]}", source=command_line())
    with store.casebook() as book:
        if book.accounts.any_real():
            raise WrongUse("this store has accounts: say with --as USER who you are, and with --purpose why")
    return None


def opened(store: Store, user: str | None, sha256: str, *, purpose: Purpose | None, action: Action) -> Desk | None:
    """The same with one recording opened for a purpose, for this action; raises WrongUse and Refused."""
    desk = desk_of(store, user)
    if desk is not None:
        begin(desk, sha256, purpose=purpose, action=action)
    return desk


def begin(desk: Desk, sha256: str, *, purpose: Purpose | None, action: Action) -> None:
    """Open one recording for a purpose, for this action; raises WrongUse and Refused."""
    if purpose is None:
        allowed = ", ".join(desk.purposes(sha256)) or "none"
        raise WrongUse(f"say with --purpose why you open this recording; for you: {allowed}")
    desk.begin(sha256, purpose)
    desk.require(action, sha256)


def log(store: Store, desk: Desk | None, action: str, sha256: str, **details: Any) -> None:
    """Write to the log what is about to be done; in a store without accounts with the computer's own account."""
    with store.casebook(write=True) as book:
        log_in(book, desk, action, sha256, **details)


def log_in(book: Casebook, desk: Desk | None, action: str, sha256: str, **details: Any) -> None:
    """The same within the transaction that does it, so that nothing is done without its entry."""
    if desk:
        desk.log_in(book, action, sha256, **details)
    else:
        book.log(entry(action, sha256, **details))


def entry(action: str, sha256: str = "", **details: Any) -> AuditEntry:
    """An entry by the computer's own account, about a recording or about none."""
    return AuditEntry(now(), "", "", action, sha256, source=command_line(), details=details)


def command_line() -> str:
    """Where the log says that it came from: the command line, and the computer's own account that runs it."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):
        account = "unknown account"
    return f"command line, {account}"
