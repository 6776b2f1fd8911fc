"""The audit log: who did what, when, from where and with what outcome; each entry's hash holds the one before.

Whoever changes, removes or slips in an entry breaks the chain from there on, unless they make all later hashes anew;
that is why the newest hash should be kept elsewhere from time to time (`bodycam-review audit verify` prints it).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select

from review.encounter import Encounter
from review.store.tables import audit

MODEL_DIGITS = 12  # of a model's sha256
FIRST = "0" * 64  # what stands before the first entry
_CHUNK = 1000


@dataclass(frozen=True)
class Entry:
    """One thing that was done or refused."""

    at: datetime
    person: str
    role: str
    action: str
    recording: str = ""
    purpose: str = ""
    outcome: str = "done"  # or refused
    source: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0  # counted from 1; 0 while it is not kept yet


@dataclass(frozen=True)
class Misfit:
    """Something that does not fit the log; `id` is a verdict's, an act's, or the revision that corrections made."""

    what: str  # verdict, act or correction
    recording: str
    id: str
    why: str


@dataclass(frozen=True)
class Compared:
    """What people did, compared with the log: how many of each kind in full, by their answer only, or not at all."""

    misfits: tuple[Misfit, ...] = ()
    checked: Mapping[str, int] = field(default_factory=dict)
    by_answer: Mapping[str, int] = field(default_factory=dict)  # logged by an earlier version of the program
    not_covered: Mapping[str, int] = field(default_factory=dict)  # done before the log begins


@dataclass(frozen=True)
class Chain:
    """Whether the log is whole; `broken_at` is the number of the first entry that does not fit, 0 for none.

    `compared` says whether what people did is still what the log says; nothing is compared with a broken log.
    """

    entries: int
    newest: str
    broken_at: int = 0
    compared: Compared = field(default_factory=Compared)


def processing(
    encounter: Encounter, name: str, *, at: datetime, source: str, person: str = "", role: str = ""
) -> Entry:
    """The entry of a recording that was processed: which software and models heard it."""
    made = encounter.provenance
    details = {
        "name": name,
        "revision": encounter.revision,
        "software": made.software,
        "models": [f"{use.job}: {use.name} {use.version} {use.sha256[:MODEL_DIGITS]}".strip() for use in made.models],
    }
    return Entry(at, person, role, "process", encounter.recording.sha256, source=source, details=details)


def append(connection: Connection, entry: Entry) -> None:
    """Add an entry; the connection must be writing, so that nobody else adds one in between."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE audit IN EXCLUSIVE MODE")
    last = connection.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
    number, before = (last.number + 1, last.hash) if last else (1, FIRST)
    values = _values(entry)
    connection.execute(insert(audit).values(number=number, **values, hash=_hash(before, number, values)))


def entries(
    connection: Connection,
    *,
    recording: str = "",
    person: str = "",
    action: str = "",
    outcome: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 200,
    offset: int = 0,
) -> tuple[Entry, ...]:
    """Entries, newest first; empty conditions hold for all, `since` and `until` (left out itself) are in UTC."""
    named = {"recording": recording, "person": person, "action": action, "outcome": outcome}
    wanted: list[ColumnElement[bool]] = [audit.c[name] == value for name, value in named.items() if value]
    if since:
        wanted.append(audit.c.at >= since.isoformat(timespec="milliseconds"))
    if until:
        wanted.append(audit.c.at < until.isoformat(timespec="milliseconds"))
    query = select(audit).where(*wanted).order_by(audit.c.number.desc()).limit(limit).offset(offset)
    return tuple(map(_entry, connection.execute(query).all()))


def verify(connection: Connection, note: Callable[[Row[Any]], None] = lambda _: None) -> Chain:
    """Recompute the whole chain; each entry that fits is handed to `note`, the oldest first."""
    before, count = FIRST, 0
    for row in _in_order(connection):
        count += 1
        values = {key: row._mapping[key] for key in _KEYS}
        if row.number != count or row.hash != _hash(before, row.number, values):
            return Chain(count, before, broken_at=row.number)
        before = row.hash
        note(row)
    return Chain(count, before)


def _in_order(connection: Connection) -> Iterator[Row[Any]]:
    last = 0
    while rows := connection.execute(
        select(audit).where(audit.c.number > last).order_by(audit.c.number).limit(_CHUNK)
    ).all():
        yield from rows
        last = rows[-1].number


_KEYS = ("at", "person", "role", "action", "recording", "purpose", "outcome", "source", "details")


def _values(entry: Entry) -> dict[str, str]:
    return {
        **{key: str(getattr(entry, key)) for key in _KEYS},
        "at": entry.at.isoformat(timespec="milliseconds"),
        "details": json.dumps(dict(entry.details), sort_keys=True, ensure_ascii=False),
    }


def _hash(before: str, number: int, values: Mapping[str, str]) -> str:
    told = json.dumps([before, number, *(values[key] for key in _KEYS)], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def _entry(row: Row[Any]) -> Entry:
    raw = {key: row._mapping[key] for key in _KEYS}
    return Entry(**{**raw, "at": datetime.fromisoformat(row.at), "details": json.loads(row.details)}, number=row.number)
