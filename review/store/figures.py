"""What the unit view counts: recordings, reviews, marks and verdicts of a unit over a time, and the moments behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Join, Row, and_, case, func, select, tuple_

from review.encounter import Role, Standing, Status, standing
from review.store import filters, library, verdicts
from review.store.library import Asked
from review.store.tables import flags, listings, mark_counts, recordings

_CHUNK = 100  # recordings whose marks are looked at together, until there are enough


@dataclass(frozen=True)
class Coverage:
    """How many recordings there are, and how far people are with them."""

    recorded: int = 0
    begun: int = 0  # not signed off
    signed: int = 0


@dataclass(frozen=True)
class Backlog:
    """Serious marks of one behaviour that nobody has judged."""

    behaviour: str
    marked: int
    unsure: int
    recordings: int
    oldest: str  # ISO instant of the oldest recording


@dataclass(frozen=True)
class Reasons:
    """Recordings with a marked stop, by what was heard of its reason."""

    verified: int = 0
    marked: int = 0
    unsure: int = 0
    none: int = 0


@dataclass(frozen=True)
class Instance:
    """One mark behind a number: where it is heard, and where it stands."""

    recording: str
    name: str
    at: str  # ISO instant of the recording
    start: float  # seconds
    behaviour: str
    unsure: bool
    standing: Standing


def coverage(connection: Connection, asked: Asked) -> Coverage:
    """How far people are with what was asked for."""
    here = _here(connection, asked)
    state = library.state(listings.c.recording)
    states = select(state.label("state")).select_from(_listed()).where(*here).subquery()
    rows = connection.execute(select(states.c.state, func.count()).group_by(states.c.state))
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    begun, signed = found.get(filters.State.BEGUN, 0), found.get(filters.State.SIGNED, 0)
    return Coverage(sum(found.values()), begun, signed)


def backlog(connection: Connection, asked: Asked) -> tuple[Backlog, ...]:
    """The serious marks that nobody has judged, whoever's they are; those whose oldest waits longest first."""
    rows = connection.execute(
        select(
            mark_counts.c.behaviour,
            func.sum(mark_counts.c.unread_marked),
            func.sum(mark_counts.c.unread_unsure),
            func.count(mark_counts.c.recording.distinct()),
            func.min(listings.c.at).label("oldest"),
        )
        .select_from(_counted())
        .where(*_here(connection, asked), filters.is_serious_unread(mark_counts, asked.hidden))
        .group_by(mark_counts.c.behaviour)
        .order_by("oldest")
    ).all()
    return tuple(Backlog(*row) for row in rows)


def reasons(connection: Connection, asked: Asked) -> Reasons:
    """The recordings with a marked stop, by what was heard of its reason."""
    stop, reason = mark_counts.alias("stop"), mark_counts.alias("reason")
    stops = (
        select(stop.c.recording)
        .where(stop.c.behaviour.in_(filters.STOPS), ~stop.c.others, stop.c.marked > 0)
        .distinct()
        .subquery()
    )
    heard = case(
        (reason.c.verified > 0, "verified"),
        (reason.c.marked > 0, "marked"),
        (reason.c.unsure > 0, "unsure"),
        else_="none",
    )
    mine = and_(reason.c.recording == stops.c.recording, reason.c.behaviour == filters.REASON, ~reason.c.others)
    rows = connection.execute(
        select(heard.label("heard"), func.count())
        .select_from(
            stops.join(listings, listings.c.recording == stops.c.recording)
            .join(recordings, recordings.c.sha256 == listings.c.recording)
            .join(reason, mine, isouter=True)
        )
        .where(*_here(connection, asked))
        .group_by("heard")
    )
    return Reasons(**{row[0]: row[1] for row in rows})


def instances(
    connection: Connection, asked: Asked, *, behaviours: Sequence[str], stands: Standing, month: str = "", limit: int
) -> tuple[Instance, ...]:
    """The marks of these behaviours that stand so, the oldest recording first, at most so many."""
    own: list[ColumnElement[bool]] = [mark_counts.c.behaviour.in_(behaviours)]
    if stands is Standing.VERIFIED:
        own += [mark_counts.c.verified > 0, ~mark_counts.c.others]
    else:
        own.append(filters.is_serious_unread(mark_counts, asked.hidden))
    if month:
        own.append(func.substr(listings.c.at, 1, 7) == month)
    which = connection.execute(
        select(listings.c.recording, listings.c.revision, listings.c.at, recordings.c.name)
        .select_from(_counted())
        .where(*_here(connection, asked), *own)
        .distinct()
        .order_by(listings.c.at, listings.c.recording)
        .limit(limit)  # each has one at least
    ).all()
    out: list[Instance] = []
    for first in range(0, len(which), _CHUNK):
        out += _marks(connection, which[first : first + _CHUNK], behaviours, stands)
        if len(out) >= limit:
            break
    return tuple(out[:limit])


def _marks(
    connection: Connection, which: Sequence[Any], behaviours: Sequence[str], stands: Standing
) -> Iterator[Instance]:
    rows = connection.execute(
        select(flags)
        .where(
            tuple_(flags.c.recording, flags.c.revision).in_([(row.recording, row.revision) for row in which]),
            flags.c.behaviour.in_(behaviours),
        )
        .order_by(flags.c.recording, flags.c.start)
    ).all()
    marks: dict[str, list[Row[Any]]] = {}
    for row in rows:
        marks.setdefault(row.recording, []).append(row)
    said = verdicts.by_recording(connection, list(marks), marks={row.id for row in rows})
    for listed in which:
        for row in marks.get(listed.recording, ()):
            where = standing(row.id, said.get(row.recording, ()))
            if where is stands and not (stands is Standing.VERIFIED and row.role == Role.OTHER_OFFICER):
                unsure = row.status == Status.UNSURE
                yield Instance(row.recording, listed.name, listed.at, row.start, row.behaviour, unsure, where)


def _here(connection: Connection, asked: Asked) -> list[ColumnElement[bool]]:
    return library.conditions(connection, asked)


def _listed() -> Join:
    return listings.join(recordings, recordings.c.sha256 == listings.c.recording)


def _counted() -> Join:
    return _listed().join(mark_counts, mark_counts.c.recording == listings.c.recording)
