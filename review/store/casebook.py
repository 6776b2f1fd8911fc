"""What people do about recordings, and whose recordings they are, within one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update

from review.access import Facts, Viewer
from review.casework import Act, Casework, Kind, holding
from review.encounter import Correction, Encounter, Verdict
from review.errors import RefusedAct, UnknownRecording
from review.store import audit, corrections, encounters, sums, tallies, verdicts
from review.store.audit import Entry
from review.store.engine import key_file
from review.store.joblist import Jobs
from review.store.people import Accounts
from review.store.sessions import SessionBook
from review.store.tables import acts, appearing, flags, openings, people, places, recordings, whose


class Casebook:
    """The store within one transaction: nothing of it is kept unless all of it is."""

    def __init__(self, connection: Connection) -> None:
        """Take a connection in a transaction; use `Store.casebook`."""
        self._connection = connection

    @property
    def accounts(self) -> Accounts:
        """Who may sign in, with what."""
        return Accounts(self._connection)

    @property
    def key_file(self) -> Path:
        """Where the key lies with which the secrets of one-time codes are sealed."""
        return key_file(self._connection.engine.url)

    @property
    def jobs(self) -> Jobs:
        """The recordings that were sent and are not processed yet."""
        return Jobs(self._connection)

    @property
    def sessions(self) -> SessionBook:
        """Who is signed in."""
        return SessionBook(self._connection)

    def viewer(self, user: str, *, session: str = "") -> Viewer | None:
        """The person with this id; None when there is none, or the account is disabled."""
        row = self._connection.execute(
            select(people).where(people.c.id == user, people.c.disabled_at.is_(None))
        ).first()
        return Viewer(row.id, row.name, row.role, row.unit, row.officer, session) if row else None

    def keep_demo(self, viewer: Viewer, *, at: datetime) -> None:
        """Keep a demo account, clearly marked as one, so that what it does can be told apart from casework."""
        if self._connection.scalar(select(func.count()).select_from(people).where(people.c.id == viewer.user)):
            return
        self._connection.execute(
            insert(people).values(
                id=viewer.user,
                name=viewer.name,
                role=viewer.role,
                unit=viewer.unit,
                officer=viewer.officer,
                password="",
                totp="",
                totp_step=0,
                demo=True,
                made_at=at.isoformat(timespec="milliseconds"),
            )
        )

    def facts(self, sha256: str) -> Facts:
        """What access needs to know of this recording; raises UnknownRecording."""
        found = self.facts_of([sha256])
        if sha256 not in found:
            raise UnknownRecording(f"the store has no recording {sha256[:12]}")
        return found[sha256]

    def facts_of(self, which: Collection[str]) -> dict[str, Facts]:
        """The same for several; those that are not here are left out."""
        known = set(self._connection.scalars(select(recordings.c.sha256).where(recordings.c.sha256.in_(which))))
        rows = self._connection.execute(select(whose).where(whose.c.recording.in_(known))).all()
        theirs = {row.recording: row for row in rows}
        others: dict[str, set[str]] = {}
        for row in self._connection.execute(select(appearing).where(appearing.c.recording.in_(known))).all():
            others.setdefault(row.recording, set()).add(row.officer)
        work = self.casework_of(known)
        return {
            sha256: _facts(theirs.get(sha256), frozenset(others.get(sha256, ())), work.get(sha256, Casework()))
            for sha256 in known
        }

    def set_whose(self, sha256: str, *, wearer: str, unit: str, others: Iterable[str] = ()) -> None:
        """Say who wears the camera, for which unit, and who else appears; what was said before is replaced."""
        self.facts(sha256)
        sums.move(self._connection, sha256, unit=unit)
        self._connection.execute(delete(whose).where(whose.c.recording == sha256))
        self._connection.execute(delete(appearing).where(appearing.c.recording == sha256))
        self._connection.execute(insert(whose).values(recording=sha256, wearer=wearer, unit=unit))
        named = sorted({officer for officer in others if officer and officer != wearer})
        if named:
            rows = [{"recording": sha256, "officer": officer} for officer in named]
            self._connection.execute(insert(appearing), rows)

    def acts(self, sha256: str) -> tuple[Act, ...]:
        """All that was done about this recording, in the order in which it was done."""
        return self._acts([sha256]).get(sha256, ())

    def casework_of(self, which: Collection[str], *, kinds: Collection[Kind] = tuple(Kind)) -> dict[str, Casework]:
        """What holds for each of these recordings; those about which nothing was done are left out.

        Only acts of these kinds are read; ask for all that the part you need is made of.
        """
        return {recording: holding(done) for recording, done in self._acts(which, kinds).items()}

    def _acts(self, which: Collection[str], kinds: Collection[Kind] = tuple(Kind)) -> dict[str, tuple[Act, ...]]:
        query = select(acts).where(acts.c.recording.in_(which)).order_by(acts.c.recording, acts.c.number)
        if len(kinds) < len(Kind):
            query = query.where(acts.c.kind.in_([kind.value for kind in kinds]))
        rows = self._connection.execute(query).all()
        return {recording: tuple(map(_act, group)) for recording, group in groupby(rows, key=lambda row: row.recording)}

    def of_kind(self, kinds: Collection[Kind], *, about: str = "", person: str = "") -> tuple[Act, ...]:
        """Acts of these kinds about any recording, newest first, those that were taken back left out."""
        taken = acts.alias("taken")
        query = select(acts).where(
            acts.c.kind.in_([kind.value for kind in kinds]),
            ~exists().where(taken.c.about == acts.c.id, taken.c.kind.in_([Kind.WITHDRAW.value, Kind.UNASSIGN.value])),
        )
        if about:
            query = query.where(acts.c.about == about)
        if person:
            query = query.where(acts.c.person == person)
        return tuple(map(_act, self._connection.execute(query.order_by(acts.c.number.desc())).all()))

    def names_of(self, which: Collection[str]) -> dict[str, str]:
        """What these recordings are called; those that are not here are left out."""
        query = select(recordings.c.sha256, recordings.c.name).where(recordings.c.sha256.in_(which))
        return {row.sha256: row.name for row in self._connection.execute(query)}

    def has_act(self, name: str) -> bool:
        """Whether an act with this id is kept."""
        return bool(self._connection.scalar(select(func.count()).select_from(acts).where(acts.c.id == name)))

    def has_flag(self, sha256: str, flag: str) -> bool:
        """Whether any revision of this recording has this mark."""
        same = (flags.c.recording == sha256) & (flags.c.id == flag)
        return bool(self._connection.scalar(select(func.count()).select_from(flags).where(same)))

    def act(self, done: Act) -> bool:
        """Keep what somebody did; False when it is kept already. Raises RefusedAct when its id is another's."""
        row = self._connection.execute(select(acts).where(acts.c.id == done.id)).first()
        if row is not None:
            if (row.recording, row.person, row.kind) != (done.recording, done.person, done.kind.value):
                raise RefusedAct("something else is kept under this id; do it again")
            return False
        values = {
            **vars(done),
            "kind": done.kind.value,
            "body": json.dumps(dict(done.body), ensure_ascii=False),
            "at": done.at.isoformat(timespec="milliseconds"),
        }
        self._connection.execute(insert(acts).values(values))
        return True

    def correct(self, encounter: Encounter, made: Sequence[Correction]) -> None:
        """Keep the next revision of a known recording with the corrections that led to it; raises RefusedAct."""
        self.revise(encounter, at=made[0].at)
        corrections.record(self._connection, made, revision=encounter.revision)

    def revise(self, encounter: Encounter, *, at: datetime) -> None:
        """Keep the next revision of a known recording; raises RefusedAct when somebody else was quicker."""
        if encounters.has(self._connection, encounter.recording.sha256, encounter.revision):
            raise RefusedAct("somebody else corrected this recording just now; look at it again, and repeat")
        # The original stays where the first revision said.
        encounters.add(self._connection, encounter, Path(), at)

    def record(self, said: Sequence[Verdict]) -> None:
        """Keep these verdicts; one that is kept already stays as it was. Raises RefusedVerdict."""
        verdicts.record(self._connection, said)
        tallies.count(self._connection, {verdict.recording for verdict in said})

    def open(self, viewer: Viewer, sha256: str, *, purpose: str, at: datetime) -> None:
        """Note that this person begins with this recording, and why; it holds for the session."""
        self._connection.execute(
            insert(openings).values(
                session=viewer.session,
                person=viewer.user,
                recording=sha256,
                purpose=purpose,
                at=at.isoformat(timespec="milliseconds"),
            )
        )

    def purpose(self, viewer: Viewer, sha256: str) -> str:
        """Why this person opened this recording in this session; empty when they have not said."""
        found: str | None = self._connection.scalar(
            select(openings.c.purpose)
            .where(
                openings.c.session == viewer.session,
                openings.c.person == viewer.user,
                openings.c.recording == sha256,
            )
            .order_by(openings.c.number.desc())
            .limit(1)
        )
        return found or ""

    def log(self, entry: Entry) -> None:
        """Add to the audit log."""
        audit.append(self._connection, entry)

    def logged(self, **wanted: Any) -> tuple[Entry, ...]:
        """Entries of the audit log, newest first; see `audit.entries`."""
        return audit.entries(self._connection, **wanted)

    def place(self, user: str, sha256: str) -> Mapping[str, Any]:
        """Where this person was in this recording; empty when they were not."""
        body = self._connection.scalar(
            select(places.c.body).where(places.c.person == user, places.c.recording == sha256)
        )
        return dict(json.loads(body)) if body else {}

    def keep_place(self, user: str, sha256: str, *, body: Mapping[str, Any], at: datetime) -> None:
        """Keep where this person is in this recording."""
        values = {"body": json.dumps(dict(body)), "at": at.isoformat(timespec="milliseconds")}
        here = (places.c.person == user) & (places.c.recording == sha256)
        if not self._connection.execute(update(places).where(here).values(values)).rowcount:
            self._connection.execute(insert(places).values(person=user, recording=sha256, **values))


def _facts(row: Row[Any] | None, others: frozenset[str], work: Casework) -> Facts:
    return Facts(
        wearer=row.wearer if row else "",
        unit=row.unit if row else "",
        present=others,
        statement_done=work.statement is not None,
        held=work.hold is not None,
        shared_with=frozenset(share.about for share in work.shared),
        assigned_to=frozenset(one.to for one in work.assignments),
    )


def _act(row: Row[Any]) -> Act:
    return Act(
        id=row.id,
        recording=row.recording,
        kind=Kind(row.kind),
        about=row.about,
        body=json.loads(row.body),
        person=row.person,
        role=row.role,
        at=datetime.fromisoformat(row.at),
    )
