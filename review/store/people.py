"""Accounts: who may sign in, with what, and how often somebody tried; within one transaction."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from review.access import Viewer, ViewerRole
from review.credentials import SEALED
from review.errors import WrongUse
from review.store.tables import people, sign_ins

# AC-7: so many failed tries in this time close an account for as long.
FAILED_TRIES = 5
CLOSED_FOR = timedelta(minutes=15)
DEMO_PREFIX = "demo."
_ID = re.compile(r"[a-z0-9][a-z0-9._@-]{0,79}")
# Stands before a hash that somebody else's choice of a password made: it has to be changed at the next sign-in.
_TEMPORARY = "temporary:"


@dataclass(frozen=True)
class Person:
    """An account as administrators see it."""

    id: str
    name: str
    role: str
    unit: str = ""
    officer: str = ""
    has_password: bool = False
    has_totp: bool = False
    demo: bool = False
    made_at: datetime | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True)
class Particulars:
    """What an administrator can change of an account; what is None stays as it is."""

    name: str | None = None
    role: str | None = None
    unit: str | None = None
    officer: str | None = None


@dataclass(frozen=True)
class Secrets:
    """What an account is checked against at sign-in."""

    password: str  # argon2; empty for those who come by OIDC
    temporary: bool
    totp: str  # sealed, or base32 from before secrets were sealed; empty until it is set up


class Accounts:
    """The accounts within one transaction; use `Casebook.accounts`."""

    def __init__(self, connection: Connection) -> None:
        """Take a connection in a transaction."""
        self._connection = connection

    def every(self) -> tuple[Person, ...]:
        """All accounts, disabled ones too, by id."""
        return tuple(map(_person, self._connection.execute(select(people).order_by(people.c.id)).all()))

    def person(self, user: str) -> Person:
        """The account with this id; raises WrongUse."""
        row = self._connection.execute(select(people).where(people.c.id == user)).first()
        if row is None:
            raise WrongUse(f"there is no account {user[:80]}; `bodycam-review users list` shows all")
        return _person(row)

    def any_real(self) -> bool:
        """Whether there is an account that is no demo, be it disabled."""
        return bool(self._connection.scalar(select(func.count()).select_from(people).where(~people.c.demo)))

    def add(self, viewer: Viewer, *, at: datetime, password: str = "", temporary: bool = False, totp: str = "") -> None:
        """Make an account; `password` is a hash, or empty for one who signs in by OIDC. Raises WrongUse."""
        _check(viewer)
        if self._connection.scalar(select(people.c.id).where(people.c.id == viewer.user)):
            raise WrongUse(f"there is an account {viewer.user} already")
        self._connection.execute(
            insert(people).values(
                id=viewer.user,
                name=viewer.name,
                role=viewer.role,
                unit=viewer.unit,
                officer=viewer.officer,
                password=_kept(password, temporary),
                totp=totp,
                totp_step=0,
                demo=False,
                made_at=at.isoformat(timespec="milliseconds"),
            )
        )

    def secrets(self, user: str) -> Secrets | None:
        """What this account is checked against; None when nobody can sign in with it."""
        row = self._connection.execute(
            select(people).where(people.c.id == user, people.c.disabled_at.is_(None), ~people.c.demo)
        ).first()
        if row is None:
            return None
        return Secrets(row.password.removeprefix(_TEMPORARY), row.password.startswith(_TEMPORARY), row.totp)

    def set_password(self, user: str, password: str, *, temporary: bool) -> None:
        """Keep another hash; raises WrongUse."""
        self._change(user, password=_kept(password, temporary))

    def set_totp(self, user: str, secret: str) -> None:
        """Keep another sealed secret for codes; an empty one is set up at the next sign-in. Raises WrongUse."""
        self._change(user, totp=secret, totp_step=0)

    def reseal(self, user: str, secret: str) -> None:
        """Keep the same secret for one-time codes in another form; a code that was used stays used."""
        self._change(user, totp=secret)

    def any_sealed(self) -> bool:
        """Whether the secret of any account is sealed."""
        here = people.c.totp.startswith(SEALED, autoescape=True)
        return bool(self._connection.scalar(select(func.count()).select_from(people).where(here)))

    def use_step(self, user: str, step: int) -> bool:
        """Use up the code of this time step; False when it, or a later one, was used already."""
        here = (people.c.id == user) & (people.c.totp_step < step)
        return bool(self._connection.execute(update(people).where(here).values(totp_step=step)).rowcount)

    def set_particulars(self, user: str, given: Particulars) -> dict[str, str]:
        """Change name, role, unit or officer's id; returns what is other than before, and what it was. Raises WrongUse.

        `{"role": "supervisor", "role_was": "officer"}`; empty when it was all so already.
        """
        person = self._real(user)
        known = {name: str(getattr(person, name)) for name in vars(given)}
        now = {**known, **{name: said.strip() for name, said in vars(given).items() if said is not None}}
        changed = {name: said for name, said in now.items() if said != known[name]}
        if not changed:
            return {}
        _check(Viewer(user, **now))
        if "role" in changed and person.role == ViewerRole.ADMIN and not person.disabled_at:
            self._leave_an_administrator(user)
        self._change(user, **changed)
        return {**changed, **{f"{name}_was": known[name] for name in changed}}

    def disable(self, user: str, *, at: datetime) -> None:
        """Close an account for good, or until it is enabled; what it did stays.

        Raises WrongUse, also for the last administrator who can sign in.
        """
        person = self._real(user)
        if person.role == ViewerRole.ADMIN and not person.disabled_at:
            self._leave_an_administrator(user)
        self._change(user, disabled_at=at.isoformat(timespec="milliseconds"))

    def enable(self, user: str) -> None:
        """Open a disabled account again; raises WrongUse."""
        self._change(user, disabled_at=None)

    def tried(self, user: str, *, at: datetime, ok: bool) -> None:
        """Note a try to sign in, also for an id that does not exist."""
        stamp = at.isoformat(timespec="milliseconds")
        self._connection.execute(insert(sign_ins).values(person=self._known(user), at=stamp, ok=ok))

    def closed_until(self, user: str, *, at: datetime) -> datetime | None:
        """Until when this id is closed after too many failed tries, the same for ids that do not exist."""
        rows = self._connection.execute(
            select(sign_ins.c.at, sign_ins.c.ok)
            .where(sign_ins.c.person == self._known(user))
            .order_by(sign_ins.c.number.desc())
            .limit(FAILED_TRIES)
        ).all()
        if len(rows) < FAILED_TRIES or any(row.ok for row in rows):
            return None
        newest, oldest = datetime.fromisoformat(rows[0].at), datetime.fromisoformat(rows[-1].at)
        until = newest + CLOSED_FOR
        return until if newest - oldest <= CLOSED_FOR and at < until else None

    def _known(self, user: str) -> str:
        # People type a password where the id belongs; what is no id is kept as a digest only.
        if self._connection.scalar(select(people.c.id).where(people.c.id == user)):
            return user
        return f"?{hashlib.sha256(user.encode()).hexdigest()}"

    def _leave_an_administrator(self, user: str) -> None:
        here = (people.c.role == ViewerRole.ADMIN.value) & people.c.disabled_at.is_(None) & ~people.c.demo
        # Locked, so that two administrators who step down at the same time do not each count on the other.
        admins = self._connection.scalars(select(people.c.id).where(here).order_by(people.c.id).with_for_update()).all()
        if set(admins) <= {user}:
            raise WrongUse(
                f"{user} is the only administrator left, so nobody could manage accounts; make another one first"
            )

    def _real(self, user: str) -> Person:
        person = self.person(user)
        if person.demo:
            raise WrongUse(f"{user} is a demo account, which has nothing to change")
        return person

    def _change(self, user: str, **values: Any) -> None:
        self._real(user)
        self._connection.execute(update(people).where(people.c.id == user).values(**values))


def _kept(password: str, temporary: bool) -> str:
    return f"{_TEMPORARY}{password}" if temporary and password else password


def _check(viewer: Viewer) -> None:
    if not _ID.fullmatch(viewer.user):
        raise WrongUse(f"{viewer.user[:80]!r} is no id: small letters, digits and . _ @ -, at most 80 of them")
    if viewer.user.startswith(DEMO_PREFIX):
        raise WrongUse(f"ids that start with {DEMO_PREFIX} are those of demo accounts")
    if viewer.role not in tuple(ViewerRole):
        raise WrongUse(f"{viewer.role[:40]!r} is no role; there are {', '.join(ViewerRole)}")
    if not viewer.name.strip() or not viewer.name.isprintable() or len(viewer.name) > 120:
        raise WrongUse("a name is text of at most 120 characters")
    if max(len(viewer.unit), len(viewer.officer)) > 80:
        raise WrongUse("a unit and an officer's id have at most 80 characters")
    if viewer.role == ViewerRole.OFFICER and not viewer.officer:
        raise WrongUse("an officer's account needs the agency's id of that officer, else nobody knows their recordings")


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        role=row.role,
        unit=row.unit,
        officer=row.officer,
        has_password=bool(row.password),
        has_totp=bool(row.totp),
        demo=row.demo,
        made_at=datetime.fromisoformat(row.made_at),
        disabled_at=datetime.fromisoformat(row.disabled_at) if row.disabled_at else None,
    )
