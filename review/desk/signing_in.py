"""Before anybody sits at the desk: who signs in with what, logged, and told alike for every failure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from review import credentials
from review.access import Viewer
from review.desk import codes
from review.errors import WrongUse
from review.store import AuditEntry, Casebook, Store

WRONG = "That did not work. Check your id, your password and the code; a code works once."
CLOSED = "Too many tries failed with this id. Wait a quarter of an hour, then try again."
NO_ACCOUNT = "There is no account here for you. Ask your administrator for one."


@dataclass(frozen=True)
class Entering:
    """What came of a try: who it is, and what they must do before they are in; or why they are not let in."""

    viewer: Viewer | None = None
    needs_totp: bool = False
    needs_password: bool = False
    why: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing is left to be done."""
        return self.viewer is not None and not (self.needs_totp or self.needs_password)


def enter(
    store: Store, user: str, password: str, *, code: str, at: datetime, source: str, doing: str = "sign_in"
) -> Entering:
    """Check an id, a password and a code; takes the same time and says the same whether the account exists or not.

    Raises MissingKey, for everybody alike, when the secrets of codes are sealed and the key is not there.
    """
    with store.casebook() as book:
        codes.check(book)
        closed = book.accounts.closed_until(user, at=at)
        kept = book.accounts.secrets(user)
        viewer = book.viewer(user)
    ok = credentials.matches(kept.password if kept and not closed else "", password)
    if closed:
        note(store, doing, user, at=at, source=source, outcome="refused", why="closed")
        return Entering(why=CLOSED)
    with store.casebook(write=True) as book:
        if ok and kept and kept.totp:
            ok = _used(book, user, kept.totp, code, at=at)
        entering = Entering(why=WRONG)
        if ok and kept and viewer:
            entering = Entering(viewer, needs_totp=not kept.totp, needs_password=kept.temporary)
        if entering.done or not ok:
            book.accounts.tried(user, at=at, ok=ok)
        if not ok:
            _log(book, doing, user, at=at, source=source, outcome="refused", why="wrong")
    return entering


def complete(
    store: Store, entering: Entering, *, secret: str, code: str, password: str, at: datetime, source: str
) -> None:
    """Set up what was missing: one-time codes, shown to work by `code`, and an own password; raises WrongUse."""
    viewer = entering.viewer
    assert viewer is not None
    kept = credentials.hashed(password, user=viewer.user) if entering.needs_password else ""
    step = credentials.step_of(secret, code, at=at) if entering.needs_totp else None
    if entering.needs_totp and step is None:
        raise WrongUse("this is not the code that the app shows now; check the time on your phone, and type the next")
    with store.casebook(write=True) as book:
        now = book.accounts.secrets(viewer.user)
        if now is None or (entering.needs_totp and now.totp) or (entering.needs_password and not now.temporary):
            raise WrongUse("this was set up meanwhile; sign in again")
        if step is not None:
            book.accounts.set_totp(viewer.user, codes.sealed(book, secret, user=viewer.user))
            book.accounts.use_step(viewer.user, step)
        if kept:
            book.accounts.set_password(viewer.user, kept, temporary=False)
        book.accounts.tried(viewer.user, at=at, ok=True)
        _log(book, "set_up", viewer.user, at=at, source=source, totp=entering.needs_totp, password=bool(kept))


def _used(book: Casebook, user: str, kept: str, code: str, *, at: datetime) -> bool:
    """Whether this is a code of now that was not used before; it is from now on."""
    step = credentials.step_of(codes.opened(book, kept, user=user), code, at=at)
    if step is None or not book.accounts.use_step(user, step):
        return False
    codes.upgrade(book, kept, user=user)
    return True


def change_password(
    store: Store, user: str, *, old: str, new: str, code: str, at: datetime, source: str, keep: str = ""
) -> str:
    """Give oneself another password; ends one's other sessions. Returns why not, or nothing; raises WrongUse."""
    entering = enter(store, user, old, code=code, at=at, source=source, doing="change_password")
    if entering.viewer is None:
        return entering.why
    kept = credentials.hashed(new, user=user)
    if old == new:
        raise WrongUse("this is the password that you have; take another one")
    with store.casebook(write=True) as book:
        book.accounts.set_password(user, kept, temporary=False)
        book.sessions.end_of(user, but=keep)
        _log(book, "change_password", user, at=at, source=source)
    return ""


def known(store: Store, user: str) -> Viewer | None:
    """The account that somebody signs in to elsewhere; None when there is none here, or it is disabled or a demo."""
    with store.casebook() as book:
        return book.viewer(user) if book.accounts.secrets(user) else None


def note(
    store: Store, action: str, user: str, *, at: datetime, source: str, outcome: str = "done", **details: object
) -> None:
    """Log what somebody did, or was refused, before they were let in or on their way out."""
    with store.casebook(write=True) as book:
        _log(book, action, user, at=at, source=source, outcome=outcome, **details)


def _log(
    book: Casebook, action: str, user: str, *, at: datetime, source: str, outcome: str = "done", **details: object
) -> None:
    viewer = book.viewer(user)
    # What is no account's id is not kept: people type a password where the id belongs.
    who, role = (viewer.user, viewer.role) if viewer else (_disabled(book, user), "")
    book.log(AuditEntry(at, who, role, action, outcome=outcome, source=source, details=details))


def _disabled(book: Casebook, user: str) -> str:
    return user if any(person.id == user for person in book.accounts.every()) else ""
