"""Signed-in sessions, kept in the memory of the one server process: a restart signs everybody out."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from review.screens.viewer import Identity

IDLE_SECONDS = 30 * 60.0  # CJIS AC-11: lock after at most 30 idle minutes
ABSOLUTE_SECONDS = 12 * 3600.0  # one shift
TOKEN_BYTES = 32
SESSION_NAME = 24  # digits of the token's digest that name a session in the log


@dataclass
class Session:
    """One sign-in; `ended` wakes the open WebSockets of a session that was signed out."""

    viewer: Identity
    began: float
    seen: float
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Sessions:
    """Opens, finds and ends sessions; knows only the SHA-256 of each token, so a memory dump cannot sign in."""

    def __init__(
        self,
        *,
        idle: float = IDLE_SECONDS,
        absolute: float = ABSOLUTE_SECONDS,
        # Not the monotonic clock: that one stands still while a laptop sleeps, and its sessions would live on.
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the limits in seconds and the clock that they are read on."""
        self._idle = idle
        self._absolute = absolute
        self._clock = clock
        self._open: dict[str, Session] = {}

    def open(self, user: str, name: str, role: str) -> str:
        """Sign a person in; returns the token for the cookie, which is kept nowhere else."""
        self._sweep()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._clock()
        viewer = Identity(user, name, role, session=_digest(token)[:SESSION_NAME])
        self._open[_digest(token)] = Session(viewer, began=now, seen=now)
        return token

    def find(self, token: str) -> Session | None:
        """The live session of `token`, now seen again; None for an unknown, idle, old or ended one."""
        session = self._open.get(_digest(token))
        if session is None:
            return None
        if not self.live(session):
            self.end(token)
            return None
        self.touch(session)
        return session

    def touch(self, session: Session) -> None:
        """Note that the person did something just now."""
        session.seen = self._clock()

    def live(self, session: Session) -> bool:
        """Whether `session` was neither signed out nor left idle nor open for longer than a shift."""
        return not session.ended.is_set() and self.seconds_left(session) > 0

    def seconds_left(self, session: Session) -> float:
        """Seconds until `session` runs out if the person does nothing."""
        now = self._clock()
        return min(session.seen + self._idle, session.began + self._absolute) - now

    def end(self, token: str) -> None:
        """Sign out: the token is worthless from now on and its WebSockets close."""
        session = self._open.pop(_digest(token), None)
        if session is not None:
            session.ended.set()

    def _sweep(self) -> None:
        for digest in [digest for digest, session in self._open.items() if not self.live(session)]:
            self._open.pop(digest).ended.set()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
