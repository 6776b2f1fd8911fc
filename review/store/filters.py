"""What somebody asks of the library, as a value and as conditions in SQL; and the filters that people keep."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.elements import UnaryExpression

from review.access import Viewer
from review.casework import Kind
from review.store.serious import SERIOUS, WITHOUT
from review.store.tables import acts, appearing, listings, mark_counts, recordings, saved_filters, verdicts, whose

STOPS = ("order", "detention")
REASON = "reason_for_stop"


class Sort(StrEnum):
    """In which order; there is none by officer."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"
    MOST_UNREAD = "most_unread"


class State(StrEnum):
    """How far the review of a recording is."""

    NOT_BEGUN = "not_begun"
    BEGUN = "begun"
    SIGNED = "signed"
    UNSIGNED = "unsigned"  # either of the first two


@dataclass(frozen=True)
class Filter:
    """Which recordings somebody wants to see; every empty part holds for all."""

    since: date | None = None
    until: date | None = None  # this day, too
    officer: str = ""
    unit: str | None = None  # "": nobody has said whose it is
    behaviours: tuple[str, ...] = ()  # all of them
    verified: bool = False  # the behaviours as people verified them, not as the machine marked them
    direction: str = ""
    state: str = ""
    unread: bool = False  # has marks that nobody has judged
    serious: bool = False  # has serious ones among these
    without_reason: bool = False  # an order or detention was marked, and no reason for the stop at all
    not_own: bool = False  # those in which whoever asks does not appear
    mine: bool = False  # work that was given to whoever asks, and is not done
    overdue: bool = False  # work given to anybody that should be done
    held: bool = False
    shortest: float | None = None  # minutes
    longest: float | None = None
    language: str = ""
    sort: str = Sort.NEWEST

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing in particular, whatever the order."""
        return all(getattr(self, one.name) == one.default for one in fields(self) if one.name != "sort")


def to_json(wanted: Filter) -> str:
    """The filter as text; only what differs from asking for nothing."""
    parts = {one.name: getattr(wanted, one.name) for one in fields(Filter) if getattr(wanted, one.name) != one.default}
    return json.dumps(parts, default=str)


def from_json(text: str) -> Filter:
    """The filter that `to_json` wrote; parts that a newer version knows are left out."""
    known = {one.name for one in fields(Filter)}
    parts = {name: value for name, value in json.loads(text).items() if name in known}
    for name in ("since", "until"):
        if parts.get(name):
            parts[name] = date.fromisoformat(parts[name])
    if "behaviours" in parts:
        parts["behaviours"] = tuple(parts["behaviours"])
    return Filter(**parts)


def conditions(
    wanted: Filter, viewer: Viewer, *, today: date, hidden: Collection[str], closes: bool, dialect: str
) -> list[ColumnElement[bool]]:
    """What must hold of a row of `listings` joined with `recordings`; `closes` as `Asked` says."""
    at, recording = listings.c.at, listings.c.recording
    out: list[ColumnElement[bool]] = []
    if wanted.since:
        out.append(at >= wanted.since.isoformat())
    if wanted.until:
        out.append(at < (wanted.until + timedelta(days=1)).isoformat())
    if wanted.language:
        out.append(listings.c.language == wanted.language)
    if wanted.shortest is not None:
        out.append(recordings.c.seconds >= 60 * wanted.shortest)
    if wanted.longest is not None:
        out.append(recordings.c.seconds <= 60 * wanted.longest)
    out += _whose(wanted, recording)
    if marks := _marks(wanted, recording, hidden):
        out += [*marks, ~untold(viewer, recording)] if closes else marks
    if wanted.not_own:
        out.append(~appears(viewer, recording))
    out += _work(wanted, viewer, recording, today=today, dialect=dialect)
    return out


def _whose(wanted: Filter, recording: ColumnElement[str]) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = []
    if wanted.officer:
        out.append(exists().where(whose.c.recording == recording, whose.c.wearer == wanted.officer))
    if wanted.unit == "":
        out.append(~exists().where(whose.c.recording == recording, whose.c.unit != ""))
    elif wanted.unit is not None:
        out.append(exists().where(whose.c.recording == recording, whose.c.unit == wanted.unit))
    return out


def _marks(wanted: Filter, recording: ColumnElement[str], hidden: Collection[str]) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = []
    here = mark_counts.c.recording == recording
    shown = mark_counts.c.behaviour.not_in(hidden)
    what = mark_counts.c.verified > 0 if wanted.verified else mark_counts.c.marked + mark_counts.c.unsure > 0
    for behaviour in wanted.behaviours:
        out.append(exists().where(here, shown, mark_counts.c.behaviour == behaviour, what))
    if wanted.direction:
        out.append(exists().where(here, shown, mark_counts.c.direction == wanted.direction, what))
    if wanted.unread:
        out.append(_unread_but(recording, hidden) > 0)
    if wanted.serious:
        out.append(serious(recording, hidden))
    if wanted.without_reason:
        out += without_reason(recording, hidden)
    return out


def _unread_but(recording: ColumnElement[str], hidden: Collection[str]) -> ColumnElement[int]:
    if not hidden:
        return listings.c.unread
    unshown = select(func.sum(mark_counts.c.unread_marked + mark_counts.c.unread_unsure)).where(
        mark_counts.c.recording == recording, mark_counts.c.behaviour.in_(hidden)
    )
    return listings.c.unread - func.coalesce(unshown.scalar_subquery(), 0)


def serious(recording: ColumnElement[str], hidden: Collection[str]) -> ColumnElement[bool]:
    """Whether the recording has a serious mark that nobody has judged."""
    return exists().where(mark_counts.c.recording == recording, is_serious_unread(mark_counts, hidden))


def is_serious_unread(counts: Any, hidden: Collection[str]) -> ColumnElement[bool]:
    """Whether this row of counts holds unjudged marks of a serious behaviour."""
    ways = []
    for behaviour, other in WITHOUT.items():
        relief = mark_counts.alias()
        # An unsure mark of aid silences nobody who says they cannot breathe.
        same = (relief.c.recording == counts.c.recording) & (relief.c.behaviour == other)
        relieved = exists().where(same, relief.c.marked > 0)
        ways.append(and_(counts.c.behaviour == behaviour, relieved))
    return and_(
        counts.c.behaviour.in_([one for one in SERIOUS if one not in hidden]),
        counts.c.unread_marked + counts.c.unread_unsure > 0,
        ~or_(*ways),
    )


def without_reason(recording: ColumnElement[str], hidden: Collection[str]) -> list[ColumnElement[bool]]:
    """That a stop was marked for the wearer of the camera, and no reason for it, not even an unsure one."""
    own = (mark_counts.c.recording == recording) & ~mark_counts.c.others & mark_counts.c.behaviour.not_in(hidden)
    return [
        exists().where(own, mark_counts.c.behaviour.in_(STOPS), mark_counts.c.marked > 0),
        ~exists().where(mark_counts.c.recording == recording, mark_counts.c.behaviour == REASON),
    ]


def _work(
    wanted: Filter, viewer: Viewer, recording: ColumnElement[str], *, today: date, dialect: str
) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = []
    if wanted.state:
        signed, touched = stands(recording, Kind.SIGN_OFF, Kind.REOPEN), begun(recording)
        out += {
            State.SIGNED: [signed],
            State.UNSIGNED: [~signed],
            State.BEGUN: [~signed, touched],
            State.NOT_BEGUN: [~signed, ~touched],
        }[State(wanted.state)]
    if wanted.held:
        out += [stands(recording, Kind.REFER, Kind.RELEASE), ~appears(viewer, recording)]
    if wanted.mine:
        out.append(assigned(recording, to=viewer.user, dialect=dialect))
    if wanted.overdue:
        out.append(assigned(recording, before=today.isoformat(), dialect=dialect))
    return out


def stands(recording: ColumnElement[str], begin: Kind, end: Kind) -> ColumnElement[bool]:
    """Whether an act of the one kind was done, and none of the other after it."""
    first, later = acts.alias(), acts.alias()
    return exists().where(
        first.c.recording == recording,
        first.c.kind == begin.value,
        ~exists()
        .where(later.c.recording == recording, later.c.kind == end.value, later.c.number > first.c.number)
        .correlate_except(later),
    )


def begun(recording: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether somebody has judged a mark or answered a question of the form."""
    form = [kind.value for kind in (Kind.ANSWER, Kind.COMMENT, Kind.DISPOSITION, Kind.SIGN_OFF)]
    did = acts.alias()
    return or_(
        exists().where(verdicts.c.recording == recording),
        exists().where(did.c.recording == recording, did.c.kind.in_(form)),
    )


def appears(viewer: Viewer, recording: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether this person wears the camera or appears in the recording."""
    if not viewer.officer:
        return literal_column("1") == 0
    return or_(
        exists().where(whose.c.recording == recording, whose.c.wearer == viewer.officer),
        exists().where(appearing.c.recording == recording, appearing.c.officer == viewer.officer),
    )


def untold(viewer: Viewer, recording: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether this person appears in the recording, and the report or statement about it is not done."""
    stated = exists().where(acts.c.recording == recording, acts.c.kind == Kind.STATEMENT_DONE.value)
    return and_(appears(viewer, recording), ~stated)


def assigned(recording: ColumnElement[str], *, dialect: str, to: str = "", before: str = "") -> ColumnElement[bool]:
    """Whether work on it was given (to this user; due before this day), not taken back, and is not done."""
    given, ended = acts.alias(), acts.alias()
    what = _of_body(given.c.body, "what", dialect)
    # The act that ends it names it, or is a sign-off or a session that came later.
    end = or_(
        (ended.c.kind == Kind.UNASSIGN.value) & (ended.c.about == given.c.id),
        (ended.c.kind == Kind.SIGN_OFF.value) & (what == "review") & (ended.c.number > given.c.number),
        (ended.c.kind == Kind.SESSION.value) & (what == "coaching") & (ended.c.number > given.c.number),
    )
    done = exists().where(ended.c.recording == recording, end).correlate_except(ended)
    query = exists().where(given.c.recording == recording, given.c.kind == Kind.ASSIGN.value, ~done)
    if to:
        query = query.where(given.c.about == to)
    if before:
        due = _of_body(given.c.body, "due", dialect)
        query = query.where(due.is_not(None), due != "", due < before)
    return query


def _of_body(body: ColumnElement[str], key: str, dialect: str) -> ColumnElement[str]:
    if dialect == "postgresql":
        return cast(cast(body, JSON)[key].as_string(), Text)
    told: ColumnElement[str] = func.json_extract(body, f"$.{key}")
    return told


def order(sort: str, *, closed_to: Viewer | None = None) -> tuple[UnaryExpression[Any], ...]:
    """The order of a page; equal ones by their checksum, so that no page repeats another's.

    A recording whose marks are not told to this viewer yet has none, as to the order by unread marks.
    """
    at, recording = listings.c.at, listings.c.recording
    if sort == Sort.OLDEST:
        return at.asc(), recording.asc()
    unread: ColumnElement[int] = listings.c.unread
    if closed_to is not None and closed_to.officer:
        unread = case((untold(closed_to, recording), literal_column("0")), else_=unread)
    first = {Sort.LONGEST: recordings.c.seconds, Sort.MOST_UNREAD: unread}.get(Sort(sort), at)
    return first.desc(), recording.asc()


# Filters that people keep


def saved(connection: Connection, person: str) -> dict[str, Filter]:
    """The filters that this person keeps, by name."""
    rows = connection.execute(
        select(saved_filters).where(saved_filters.c.person == person).order_by(saved_filters.c.name)
    ).all()
    return {row.name: from_json(row.body) for row in rows}


def save(connection: Connection, person: str, *, name: str, wanted: Filter) -> None:
    """Keep a filter under a name; one that was kept under it is replaced."""
    forget(connection, person, name=name)
    connection.execute(insert(saved_filters).values(person=person, name=name, body=to_json(wanted)))


def forget(connection: Connection, person: str, *, name: str) -> None:
    """Keep this person's filter of that name no longer."""
    connection.execute(delete(saved_filters).where(saved_filters.c.person == person, saved_filters.c.name == name))
