"""Signed-in sessions: kept in the store, so that a restart signs nobody out, with a memory in front of it."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from review.screens.viewer import Identity
from review.store import KeptSession, Store

IDLE_SECONDS = 30 * 60.0  # CJIS AC-11: lock after at most 30 idle minutes
ABSOLUTE_SECONDS = 12 * 3600.0  # one shift
TOKEN_BYTES = 32
SESSION_NAME = 24  # digits of the token's digest that name a session in the log
# A session that was ended, locked or disabled from elsewhere (another process, the command line) is noticed after this.
LOOK_AGAIN = 2.0  # seconds
WRITE_AGAIN = 60.0  # seconds until it is written again when the person was last seen


@dataclass
class Session:
    """One sign-in; `ended` wakes the open WebSockets of a session that is over."""

    viewer: Identity
    digest: str
    began: float
    seen: float
    how: str
    locked: bool = False
    looked: float = 0.0  # when the store was last asked about it
    written: float = 0.0  # when `seen` was last written there
    ended: Future[None] = field(default_factory=Future)

    def end(self) -> None:
        """Wake all that wait for the end, on whatever thread and loop they are."""
        if not self.ended.done():
            self.ended.set_result(None)


class Sessions:
    """Opens, finds, locks and ends sessions; knows only the SHA-256 of each token, so no copy of it can sign in.

    Whatever touches the store blocks; a request needs that only when `fresh` says no. Raises StoreUnavailable.
    """

    def __init__(
        self,
        store: Callable[[], Store],
        *,
        idle: float = IDLE_SECONDS,
        absolute: float = ABSOLUTE_SECONDS,
        # Not the monotonic clock: that one stands still while a laptop sleeps, and its sessions would live on.
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take where the store is to be had, the limits in seconds and the clock that they are read on."""
        self._store = store
        self._idle = idle
        self._absolute = absolute
        self._clock = clock
        self._lock = threading.RLock()
        self._open: dict[str, Session] = {}

    def open(self, user: str, name: str, role: str, *, how: str) -> str:
        """Sign a person in; returns the token for the cookie, which is kept nowhere else."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        digest, now = _digest(token), self._clock()
        with self._store().casebook(write=True) as book:
            book.sessions.sweep(seen_before=now - self._idle, began_before=now - self._absolute)
            book.sessions.add(KeptSession(digest, user, now, now, locked=False, how=how))
        self._sweep()
        viewer = Identity(user, name, role, session=digest[:SESSION_NAME])
        self._keep(Session(viewer, digest, began=now, seen=now, how=how, looked=now, written=now))
        return token

    def fresh(self, token: str) -> Session | None:
        """The session of `token` when memory alone can tell, now seen again; else None, and `find` has to look."""
        session = self._open.get(_digest(token))
        if session is None or self.stale(session) or not self.live(session):
            return None
        self.touch(session)
        return session

    def find(self, token: str) -> Session | None:
        """The live session of `token`, now seen again; None for an unknown, idle, old or ended one."""
        digest = _digest(token)
        session = self._open.get(digest) or self._read(digest)
        if session is None:
            return None
        if self.stale(session):
            self.refresh(session)
        if not self.live(session):
            self.close(session)
            return None
        self.touch(session)
        return session

    def touch(self, session: Session) -> None:
        """Note that the person did something just now."""
        session.seen = self._clock()

    def live(self, session: Session) -> bool:
        """Whether `session` was neither ended nor left idle nor open for longer than a shift."""
        return not session.ended.done() and self.seconds_left(session) > 0

    def seconds_left(self, session: Session) -> float:
        """Seconds until `session` runs out if the person does nothing."""
        now = self._clock()
        return min(session.seen + self._idle, session.began + self._absolute) - now

    def stale(self, session: Session) -> bool:
        """Whether the store should be asked again about `session`."""
        return not 0 <= self._clock() - session.looked < LOOK_AGAIN

    def refresh(self, session: Session) -> None:
        """Ask the store whether `session` was ended or disabled meanwhile; write there when it was seen."""
        session.looked = self._clock()
        with self._store().casebook() as book:
            kept = book.sessions.find(session.digest)
        if kept is None:
            self._drop(session)
            return
        session.locked = kept.locked
        if session.viewer.role != kept.role or session.viewer.name != kept.name:
            session.viewer = _identity(kept)
        if session.seen - session.written >= WRITE_AGAIN:
            session.written = session.seen
            with self._store().casebook(write=True) as book:
                book.sessions.note(session.digest, seen=session.seen)

    def lock(self, session: Session, locked: bool) -> None:
        """Lock or unlock: a locked session reaches nothing until the person has shown again who they are."""
        with self._store().casebook(write=True) as book:
            book.sessions.lock(session.digest, locked)
        session.locked = locked

    def end(self, token: str) -> Session | None:
        """Sign out: the token is worthless from now on and its WebSockets close; returns what it was."""
        digest = _digest(token)
        session = self._open.get(digest) or self._read(digest)
        if session is not None:
            self.close(session)
        return session

    def close(self, session: Session) -> None:
        """End a session that is already known."""
        self._drop(session)
        with self._store().casebook(write=True) as book:
            book.sessions.end(session.digest)

    def _read(self, digest: str) -> Session | None:
        with self._store().casebook() as book:
            kept = book.sessions.find(digest)
        if kept is None:
            return None
        now = self._clock()
        made = Session(_identity(kept), digest, kept.began, kept.seen, kept.how, kept.locked, now, kept.seen)
        return self._keep(made)

    def _keep(self, session: Session) -> Session:
        with self._lock:
            return self._open.setdefault(session.digest, session)

    def _drop(self, session: Session) -> None:
        with self._lock:
            self._open.pop(session.digest, None)
        session.end()

    def _sweep(self) -> None:
        for session in [session for session in list(self._open.values()) if not self.live(session)]:
            self._drop(session)


def _identity(kept: KeptSession) -> Identity:
    return Identity(kept.person, kept.name, kept.role, session=kept.digest[:SESSION_NAME])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
