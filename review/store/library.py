"""One page of the library: each recording with its counts, in a fixed number of queries however long the page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.sql.elements import UnaryExpression

from review.access import Reach, Viewer
from review.casework import Assignment, Kind
from review.encounter import Direction
from review.store import filters
from review.store.casebook import Casebook
from review.store.filters import Filter, State
from review.store.tables import acts, listings, mark_counts, people, recordings, whose


@dataclass(frozen=True)
class Count:
    """How many flags the machine marked, how many it is unsure of, and how many people have verified.

    Other officers' flags are not among them: they never enter the figures of who wears the camera.
    """

    marked: int = 0
    unsure: int = 0
    verified: int = 0


@dataclass(frozen=True)
class Entry:
    """One recording as the library lists it."""

    sha256: str
    name: str
    seconds: float
    recorded_at: datetime | None
    added_at: datetime
    language: str
    has_video: bool
    words: int
    speakers: int
    counts: Mapping[Direction, Count] = field(default_factory=dict)
    closed: bool = False  # no mark is told: whoever asks appears in it, and their statement is not done


@dataclass(frozen=True)
class Work:
    """Open work on a recording: who was given it, what it is, until when."""

    to: str
    name: str  # of the person
    what: str  # review or coaching
    due: date | None


@dataclass(frozen=True)
class Listed:
    """One recording with where its review stands."""

    entry: Entry
    unit: str
    state: State
    held: bool
    marks: int = 0  # other officers' among them
    judged: int = 0  # of these
    others: int = 0  # marks of other officers
    work: tuple[Work, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Who asks for what: the filter, what this person's lists can hold, and which behaviours the agency hides."""

    viewer: Viewer
    reach: Reach
    today: date
    wanted: Filter = field(default_factory=Filter)
    hidden: frozenset[str] = frozenset()
    closes: bool = False  # tell no mark of those in which the viewer appears before their statement is done
    readable: bool = False  # leave out those in which the viewer appears before their statement is done


EVERYTHING = Reach(everything=True)


def within(reach: Reach, recording: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the recording with this sha256 is one that `reach` can hold."""
    if reach.everything:
        return true()
    ways: list[ColumnElement[bool]] = [false()]
    if reach.unit == "":
        ways.append(~exists().where(whose.c.recording == recording, whose.c.unit != ""))
    elif reach.unit is not None:
        ways.append(exists().where(whose.c.recording == recording, whose.c.unit == reach.unit))
    if reach.wearer:
        ways.append(exists().where(whose.c.recording == recording, whose.c.wearer == reach.wearer))
    if reach.assigned_to:
        taken = acts.alias("taken")
        ways.append(
            exists().where(
                acts.c.recording == recording,
                acts.c.kind == Kind.ASSIGN.value,
                acts.c.about == reach.assigned_to,
                ~exists().where(taken.c.about == acts.c.id, taken.c.kind == Kind.UNASSIGN.value),
            )
        )
    return or_(*ways)


def count(connection: Connection, reach: Reach = EVERYTHING) -> int:
    """How many recordings there are within reach."""
    query = select(func.count()).select_from(recordings).where(within(reach, recordings.c.sha256))
    return connection.scalar(query) or 0


def entries(
    connection: Connection,
    *,
    limit: int,
    offset: int,
    hidden: Collection[str] = (),
    reach: Reach = EVERYTHING,
    closed_to: Viewer | None = None,
) -> tuple[Entry, ...]:
    """The recordings in order of time, newest first, those without a recording time by when they were added.

    Flags of the behaviours that are `hidden` are not counted, nor those that are not told to `closed_to` yet.
    """
    query = (
        _listed([within(reach, recordings.c.sha256)], [*_PLAIN, _closed(closed_to)])
        .order_by(*filters.order(filters.Sort.NEWEST))
        .limit(limit)
        .offset(offset)
    )
    rows = connection.execute(query).all()
    counts = _counts(connection, [row.sha256 for row in rows if not row.closed], hidden)
    return tuple(_entry(row, counts.get(row.sha256, _Counts())) for row in rows)


def matching(connection: Connection, asked: Asked, *, limit: int) -> tuple[str, ...]:
    """The checksums of all that was asked for, in order, at most so many."""
    query = _listed(conditions(connection, asked), [recordings.c.sha256])
    return tuple(connection.scalars(query.order_by(*_order(asked)).limit(limit)))


def entry(connection: Connection, sha256: str) -> Entry:
    """One recording as the library lists it, without its counts."""
    row = connection.execute(_listed([recordings.c.sha256 == sha256], [*_PLAIN, _closed(None)])).one()
    return _entry(row, _Counts())


def names(connection: Connection, which: Collection[str]) -> dict[str, str]:
    """What these recordings are called."""
    query = select(recordings.c.sha256, recordings.c.name).where(recordings.c.sha256.in_(which))
    return {row.sha256: row.name for row in connection.execute(query)}


def how_many(connection: Connection, asked: Asked) -> int:
    """How many recordings were asked for."""
    query = _listed(conditions(connection, asked), [func.count()])
    return connection.scalar(query) or 0


def page(connection: Connection, asked: Asked, *, limit: int, offset: int = 0) -> tuple[Listed, ...]:
    """One page of what was asked for, with where each review stands; four queries."""
    recording = listings.c.recording
    theirs = whose.alias("theirs")  # the conditions look into `whose` by themselves
    columns = [
        *_PLAIN,
        theirs.c.unit.label("unit"),
        state(recording).label("state"),
        _held(asked.viewer, recording).label("held"),
        _closed(asked.viewer if asked.closes else None),
    ]
    query = (
        _listed(conditions(connection, asked), columns)
        .join(theirs, theirs.c.recording == recording, isouter=True)
        .order_by(*_order(asked))
        .limit(limit)
        .offset(offset)
    )
    rows = connection.execute(query).all()
    counts = _counts(connection, [row.sha256 for row in rows if not row.closed], asked.hidden)
    work = _work(connection, [row.sha256 for row in rows])
    return tuple(_row(row, counts.get(row.sha256, _Counts()), work.get(row.sha256, ())) for row in rows)


_PLAIN: list[Any] = [recordings, listings.c.language, listings.c.words, listings.c.speakers]


def _listed(holding: Sequence[ColumnElement[bool]], columns: Sequence[Any]) -> Select[Any]:
    joined = listings.join(recordings, recordings.c.sha256 == listings.c.recording)
    return select(*columns).select_from(joined).where(*holding)


def conditions(connection: Connection, asked: Asked) -> list[ColumnElement[bool]]:
    """What a row of `listings` joined with `recordings` must fulfil to be asked for and within reach."""
    asked_for = filters.conditions(
        asked.wanted,
        asked.viewer,
        today=asked.today,
        hidden=asked.hidden,
        closes=asked.closes,
        dialect=connection.dialect.name,
    )
    recording = listings.c.recording
    if asked.readable and asked.viewer.officer:
        asked_for.append(~filters.untold(asked.viewer, recording))
    return [within(asked.reach, recording), *asked_for]


def state(recording: ColumnElement[str]) -> ColumnElement[str]:
    """How far the review of a recording is."""
    return case(
        (filters.stands(recording, Kind.SIGN_OFF, Kind.REOPEN), literal(State.SIGNED.value)),
        (filters.begun(recording), literal(State.BEGUN.value)),
        else_=literal(State.NOT_BEGUN.value),
    )


def _order(asked: Asked) -> tuple[UnaryExpression[Any], ...]:
    return filters.order(asked.wanted.sort, closed_to=asked.viewer if asked.closes else None)


def _closed(viewer: Viewer | None) -> ColumnElement[int]:
    """Whether no mark of the recording is told to this viewer yet."""
    if viewer is None or not viewer.officer:
        return literal(0).label("closed")
    return case((filters.untold(viewer, listings.c.recording), literal(1)), else_=literal(0)).label("closed")


def _held(viewer: Viewer, recording: ColumnElement[str]) -> ColumnElement[bool]:
    # That a recording was referred is not told to those who appear in it.
    held = and_(filters.stands(recording, Kind.REFER, Kind.RELEASE), ~filters.appears(viewer, recording))
    return case((held, literal(1)), else_=literal(0))


@dataclass(frozen=True)
class _Counts:
    own: Mapping[Direction, Count] = field(default_factory=dict)
    marks: int = 0
    judged: int = 0
    others: int = 0


def _entry(row: Row[Any], counts: _Counts) -> Entry:
    return Entry(
        sha256=row.sha256,
        name=row.name,
        seconds=row.seconds,
        recorded_at=datetime.fromisoformat(row.recorded_at) if row.recorded_at else None,
        added_at=datetime.fromisoformat(row.added_at),
        language=row.language,
        has_video=row.has_video,
        words=row.words,
        speakers=row.speakers,
        counts=counts.own,
        closed=bool(row.closed),
    )


def _row(row: Row[Any], counts: _Counts, work: Sequence[Work]) -> Listed:
    return Listed(
        entry=_entry(row, counts),
        unit=row.unit or "",
        state=State(row.state),
        held=bool(row.held),
        marks=counts.marks,
        judged=counts.judged,
        others=counts.others,
        work=tuple(work),
    )


def _counts(connection: Connection, which: Sequence[str], hidden: Collection[str]) -> dict[str, _Counts]:
    rows = connection.execute(
        select(mark_counts).where(mark_counts.c.recording.in_(which), mark_counts.c.behaviour.not_in(hidden))
    ).all()
    out: dict[str, _Counts] = {}
    for row in rows:
        before = out.get(row.recording, _Counts())
        marks = row.marked + row.unsure
        own = dict(before.own)
        if not row.others:
            so_far = own.get(direction := Direction(row.direction), Count())
            own[direction] = Count(
                so_far.marked + row.marked, so_far.unsure + row.unsure, so_far.verified + row.verified
            )
        out[row.recording] = replace(
            before,
            own={one: own[one] for one in Direction if one in own},
            marks=before.marks + marks,
            judged=before.judged + row.verified + row.rejected + row.disputed,
            others=before.others + row.others * marks,
        )
    return out


def _work(connection: Connection, which: Sequence[str]) -> dict[str, list[Work]]:
    """The open work on these recordings."""
    names = {row.id: row.name for row in connection.execute(select(people.c.id, people.c.name))}
    return {
        recording: [Work(one.to, names.get(one.to, one.to), one.what, one.due) for one in given]
        for recording, given in open_work(connection, which).items()
    }


def open_work(connection: Connection, which: Collection[str]) -> dict[str, tuple[Assignment, ...]]:
    """The work on each of these recordings that was given to somebody and is not done."""
    kinds = (Kind.ASSIGN, Kind.UNASSIGN, Kind.SIGN_OFF, Kind.SESSION)
    found = Casebook(connection).casework_of(which, kinds=kinds)
    return {sha256: tuple(one for one in work.assignments if not one.done) for sha256, work in found.items()}
