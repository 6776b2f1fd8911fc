"""Signed-in sessions as they outlive a restart of the server; only the SHA-256 of each token is known here."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from review.store.tables import people, sessions

DEMO = "demo"  # how somebody without a password signed in


@dataclass(frozen=True)
class KeptSession:
    """One sign-in, with the person as the account is now."""

    digest: str
    person: str
    began: float  # Unix seconds
    seen: float  # Unix seconds
    locked: bool
    how: str
    name: str = ""
    role: str = ""


class SessionBook:
    """The sessions within one transaction; use `Casebook.sessions`."""

    def __init__(self, connection: Connection) -> None:
        """Take a connection in a transaction."""
        self._connection = connection

    def add(self, session: KeptSession) -> None:
        """Keep a new session."""
        self._connection.execute(
            insert(sessions).values(
                digest=session.digest,
                person=session.person,
                began=session.began,
                seen=session.seen,
                locked=session.locked,
                how=session.how,
            )
        )

    def find(self, digest: str) -> KeptSession | None:
        """The session of this digest; None when it ended, or the account is disabled."""
        row = self._connection.execute(
            select(sessions, people.c.name, people.c.role)
            .join(people, people.c.id == sessions.c.person)
            .where(sessions.c.digest == digest, people.c.disabled_at.is_(None))
        ).first()
        return KeptSession(**row._mapping) if row else None

    def note(self, digest: str, *, seen: float) -> None:
        """Note when the person did something last."""
        self._connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen=seen))

    def lock(self, digest: str, locked: bool) -> None:
        """Lock or unlock a session."""
        self._connection.execute(update(sessions).where(sessions.c.digest == digest).values(locked=locked))

    def end(self, digest: str) -> None:
        """End a session for good."""
        self._connection.execute(delete(sessions).where(sessions.c.digest == digest))

    def end_of(self, person: str, *, but: str = "") -> int:
        """End all sessions of a person, but the one of the digest `but`; returns how many."""
        where = (sessions.c.person == person) & (sessions.c.digest != but)
        return self._connection.execute(delete(sessions).where(where)).rowcount

    def end_demo(self) -> int:
        """End all sessions of demo accounts; returns how many."""
        return self._connection.execute(delete(sessions).where(sessions.c.how == DEMO)).rowcount

    def sweep(self, *, seen_before: float, began_before: float) -> None:
        """Forget sessions that ran out."""
        old = (sessions.c.seen < seen_before) | (sessions.c.began < began_before)
        self._connection.execute(delete(sessions).where(old))
