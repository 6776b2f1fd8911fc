"""What stands behind a number of the unit view: its marks or recordings, page after page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, select, tuple_

from review.encounter import Role, Standing, Status, standing
from review.store import filters, library, verdicts
from review.store.library import Asked
from review.store.tables import flags, listings, mark_counts, recordings
from review.store.tables import verdicts as said_by_people

_CHUNK = 10  # recordings whose marks are looked at together, until there are enough
_kind = flags.c.behaviour.concat("")  # by the index on it SQLite would go through this behaviour in all recordings


class Counted(StrEnum):
    """Which marks a number counts."""

    ALL = "all"
    MARKED = "marked"  # by the machine, unsure ones left out
    UNSURE = "unsure"
    VERIFIED = "verified"
    JUDGED = "judged"  # people verified it, said no, or differ


class Heard(StrEnum):
    """What was heard of the reason for a stop, the strongest of it."""

    VERIFIED = "verified"
    MARKED = "marked"
    UNSURE = "unsure"
    NONE = "none"


@dataclass(frozen=True)
class Marks:
    """A number of marks."""

    counted: Counted = Counted.ALL
    behaviour: str = ""  # empty: all
    others: bool = False  # those of officers who do not wear the camera are counted, too
    waiting: bool = False  # only where the behaviour is serious, and nobody has judged the mark
    month: str = ""  # 2026-03; empty: the whole time


@dataclass(frozen=True)
class Stops:
    """A number of recordings with a marked stop, by what was heard of its reason."""

    heard: Heard


@dataclass(frozen=True)
class Reviews:
    """A number of recordings, by how far their review is."""

    state: str = ""  # a filters.State; empty: all


Number = Marks | Stops | Reviews


@dataclass(frozen=True)
class Instance:
    """One mark or recording behind a number: where it is heard, and where it stands."""

    recording: str
    name: str
    at: str  # ISO instant of the recording
    start: float = 0.0  # seconds
    behaviour: str = ""  # empty: the recording itself is what is counted
    unsure: bool = False
    standing: Standing = Standing.UNVERIFIED
    flag: str = ""


def page(
    connection: Connection, asked: Asked, number: Number, *, after: Instance | None, oldest: bool, limit: int
) -> tuple[Instance, ...]:
    """The next ones after an instance, the newest recording first (or the oldest); within one in order of time."""
    if isinstance(number, Marks):
        return _marks(connection, asked, number, after=after, oldest=oldest, limit=limit)
    if isinstance(number, Stops):
        holding = _heard(number.heard, asked)
        rows = _recordings(connection, asked, holding, after=after, oldest=oldest, limit=limit)
        return _where_heard(connection, rows, number.heard, asked)
    asked = replace(asked, wanted=replace(asked.wanted, state=number.state))
    rows = _recordings(connection, asked, [], after=after, oldest=oldest, limit=limit)
    return tuple(Instance(row.recording, row.name, row.at) for row in rows)


def _recordings(
    connection: Connection,
    asked: Asked,
    holding: Sequence[ColumnElement[bool]],
    *,
    after: Instance | None,
    oldest: bool,
    limit: int,
    itself: bool = False,
) -> Sequence[Row[Any]]:
    at, recording = listings.c.at, listings.c.recording
    conditions = [*library.conditions(connection, asked), *holding]
    if after is not None:
        place, before = tuple_(at, recording), tuple_(after.at, after.recording)
        beyond = place > before if oldest else place < before
        conditions.append(beyond | (recording == after.recording) if itself else beyond)
        conditions.append(at >= after.at if oldest else at <= after.at)  # by itself it can use the index
    order = (at.asc(), recording.asc()) if oldest else (at.desc(), recording.desc())
    joined = listings.join(recordings, recordings.c.sha256 == recording)
    query: Select[Any] = select(recording, at, recordings.c.name).select_from(joined).where(*conditions)
    return connection.execute(query.order_by(*order).limit(limit)).all()


# Marks


def _marks(
    connection: Connection, asked: Asked, number: Marks, *, after: Instance | None, oldest: bool, limit: int
) -> tuple[Instance, ...]:
    rows = _recordings(
        connection,
        asked,
        _holding(number, asked),
        after=after,
        oldest=oldest,
        limit=limit + 1,  # each has one at least, but of the first all may be behind us
        itself=True,
    )
    out: list[Instance] = []
    for first in range(0, len(rows), _CHUNK):
        for one in _instances(connection, rows[first : first + _CHUNK], number, asked):
            passed = after is not None and one.recording == after.recording
            if not (passed and after and (one.start, one.flag) <= (after.start, after.flag)):
                out.append(one)
        if len(out) >= limit:
            break
    return tuple(out[:limit])


def _holding(number: Marks, asked: Asked) -> list[ColumnElement[bool]]:
    """What must hold of a row of `listings` whose recording has such marks."""
    counts, recording = mark_counts, listings.c.recording
    one = [counts.c.recording == recording, counts.c.behaviour.not_in(asked.hidden), _count(counts, number) > 0]
    if number.behaviour:
        one.append(counts.c.behaviour == number.behaviour)
    if not number.others:
        one.append(~counts.c.others)
    if number.waiting:
        one.append(filters.is_serious_unread(counts, asked.hidden))
    # For an `exists` SQLite would go through the counts of all recordings; a sum it looks up until there are enough.
    holding: list[ColumnElement[bool]] = [select(func.sum(_count(counts, number))).where(*one).scalar_subquery() > 0]
    if number.counted in (Counted.VERIFIED, Counted.JUDGED):
        # Most recordings have no verdict, and this is found sooner than that none of their counts has one.
        holding.insert(0, exists().where(said_by_people.c.recording == recording))
    if number.month:
        holding.append(listings.c.at.between(f"{number.month}-", f"{number.month}-~"))
    return holding


def _count(counts: Any, number: Marks) -> ColumnElement[int]:
    names = {
        Counted.ALL: ("unread_marked", "unread_unsure") if number.waiting else ("marked", "unsure"),
        Counted.MARKED: ("unread_marked",) if number.waiting else ("marked",),
        Counted.UNSURE: ("unread_unsure",) if number.waiting else ("unsure",),
        Counted.VERIFIED: ("verified",),
        Counted.JUDGED: ("verified", "rejected", "disputed"),
    }[number.counted]
    first, *more = (counts.c[name] for name in names)
    return sum(more, first)  # type: ignore[no-any-return]  # columns add up to a column


def _instances(connection: Connection, which: Sequence[Row[Any]], number: Marks, asked: Asked) -> Iterator[Instance]:
    wanted: list[ColumnElement[bool]] = [_kind.not_in(asked.hidden)]
    if number.behaviour:
        wanted.append(_kind == number.behaviour)
    if not number.others:
        wanted.append(flags.c.role != Role.OTHER_OFFICER.value)
    if number.counted in (Counted.MARKED, Counted.UNSURE):
        unsure = flags.c.status == Status.UNSURE.value
        wanted.append(unsure if number.counted is Counted.UNSURE else ~unsure)
    for one in _standing(connection, which, wanted):
        if _counts(one, number):
            yield one


def _counts(one: Instance, number: Marks) -> bool:
    if number.waiting:
        return one.standing is Standing.UNVERIFIED
    if number.counted is Counted.VERIFIED:
        return one.standing is Standing.VERIFIED
    return number.counted is not Counted.JUDGED or one.standing is not Standing.UNVERIFIED


def _standing(
    connection: Connection, which: Sequence[Row[Any]], wanted: Sequence[ColumnElement[bool]]
) -> Iterator[Instance]:
    """The marks of the latest revision of these recordings, in their order, with where people stand."""
    latest = (listings.c.recording == flags.c.recording) & (listings.c.revision == flags.c.revision)
    here = flags.c.recording.in_([row.recording for row in which])  # pairs with the revision would not use the index
    rows = connection.execute(
        select(flags).join(listings, latest).where(here, *wanted).order_by(flags.c.start, flags.c.id)
    ).all()
    marks: dict[str, list[Row[Any]]] = {}
    for row in rows:
        marks.setdefault(row.recording, []).append(row)
    said: dict[tuple[str, str], list[Any]] = {}
    for recording, given in verdicts.by_recording(connection, list(marks)).items():
        for verdict in given:
            said.setdefault((recording, verdict.flag), []).append(verdict)
    for listed in which:
        for row in marks.get(listed.recording, ()):
            stands = standing(row.id, said.get((row.recording, row.id), ()))
            unsure = row.status == Status.UNSURE
            yield Instance(
                row.recording, listed.name, listed.at, row.start, row.behaviour, unsure, standing=stands, flag=row.id
            )


# Stops


def _heard(heard: Heard, asked: Asked) -> list[ColumnElement[bool]]:
    """What must hold of a row of `listings` with a stop of which this was heard; as `figures.reasons` counts."""
    counts, recording = mark_counts, listings.c.recording
    stop = exists().where(
        counts.c.recording == recording,
        counts.c.behaviour.in_([one for one in filters.STOPS if one not in asked.hidden]),
        ~counts.c.others,
        counts.c.marked > 0,
    )
    reason = (counts.c.recording == recording, counts.c.behaviour == filters.REASON)
    order = [one for one in Heard if one is not Heard.NONE]
    has = {one: exists().where(*reason, counts.c[one.value] > 0) for one in order}
    stronger = order if heard is Heard.NONE else order[: order.index(heard)]
    return [stop, *([] if heard is Heard.NONE else [has[heard]]), *(~has[one] for one in stronger)]


def _where_heard(connection: Connection, which: Sequence[Row[Any]], heard: Heard, asked: Asked) -> tuple[Instance, ...]:
    """Each of these recordings once: where its reason is first heard, or else the stop."""
    certain = flags.c.status != Status.UNSURE.value
    if heard is Heard.NONE:
        stops = [one for one in filters.STOPS if one not in asked.hidden]
        wanted = [_kind.in_(stops), flags.c.role != Role.OTHER_OFFICER.value, certain]
    else:
        wanted = [_kind == filters.REASON, *([certain] if heard is Heard.MARKED else [])]
    first: dict[str, Instance] = {}
    for one in _standing(connection, which, wanted):
        if heard is not Heard.VERIFIED or one.standing is Standing.VERIFIED:
            first.setdefault(one.recording, one)
    return tuple(first[row.recording] for row in which)
