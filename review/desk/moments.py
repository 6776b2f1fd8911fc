"""Moments that were shared with trainers or with oversight: their words and sound, and nothing else of a recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from review.access import PURPOSES, Action
from review.casework import Act, Kind
from review.casework.acts import LONGEST_SHARE, SHARED_WITH
from review.desk.desk import Desk
from review.encounter import Encounter, Role, Span
from review.errors import Refused

_OF_SHARES = (Kind.SHARE, Kind.WITHDRAW, Kind.REFER, Kind.RELEASE)  # what decides whether a moment is heard
NOT_SHARED = "There is no such moment, or it is not shared with you any more."


@dataclass(frozen=True)
class Said:
    """What one speaker said within a moment; who it was is told as a role only."""

    role: Role
    text: str


@dataclass(frozen=True)
class Moment:
    """A shared moment as trainers and oversight see it: no recording, no officer, no time of day."""

    id: str
    seconds: float
    shared_on: date
    why: str  # what whoever shared it wrote
    lines: tuple[Said, ...]


def shared(desk: Desk) -> tuple[Moment, ...]:
    """The moments that were shared with this person's role, newest first; logged for each recording."""
    desk.require(Action.MOMENTS)
    out, read = [], dict[str, Encounter]()
    for act in _shares(desk).values():
        if not desk.may(Action.MOMENTS, act.recording):
            continue  # whoever appears in a recording hears no part of it before the statement; the others are shown
        if act.recording not in read:
            read[act.recording] = desk.store.encounter(act.recording)
        out.append(_moment(act, read[act.recording]))
        desk.log(Action.MOMENTS, act.recording, purpose=_purpose(desk), share=act.id)
    return tuple(out)


def clip(desk: Desk, share: str) -> tuple[Path | None, Span]:
    """The original and the stretch of it that this person may hear; logged as played. Raises Refused."""
    act = _shares(desk).get(share)
    if act is None:
        desk.require(Action.MOMENTS)
        desk.log(Action.PLAY, outcome="refused", why=NOT_SHARED, share=share[:80])
        raise Refused(NOT_SHARED)
    desk.require(Action.MOMENTS, act.recording, purpose=_purpose(desk), share=act.id)
    desk.log(Action.PLAY, act.recording, purpose=_purpose(desk), share=act.id)
    return desk.store.media(act.recording), span_of(act, desk.store.encounter(act.recording))


def span_of(act: Act, encounter: Encounter) -> Span:
    """The stretch that an act shares, within the recording and never longer than a moment.

    An empty one where the act names no stretch.
    """
    start = min(float(act.body["start"]), encounter.recording.seconds)
    end = min(float(act.body["end"]), encounter.recording.seconds, start + LONGEST_SHARE)
    return Span(start, max(start, end))


def _purpose(desk: Desk) -> str:
    """For what this role hears shared moments: it has one purpose, so nobody is asked, and the log tells it."""
    [purpose] = PURPOSES[desk.viewer.role]
    return purpose


def _shares(desk: Desk) -> Mapping[str, Act]:
    """What this role can hear now; that a recording is held is told to nobody here, its moments are only gone."""
    if desk.viewer.role not in SHARED_WITH:
        return {}
    with desk.store.casebook() as book:
        acts = book.of_kind([Kind.SHARE], about=desk.viewer.role)
        work = book.casework_of({act.recording for act in acts}, kinds=_OF_SHARES)
    heard = {act.id for one in work.values() for act in one.shared}
    return {act.id: act for act in acts if act.id in heard}


def _moment(act: Act, encounter: Encounter) -> Moment:
    span = span_of(act, encounter)
    return Moment(act.id, round(span.seconds, 1), act.at.date(), act.text, _said(encounter, span))


def _said(encounter: Encounter, span: Span) -> tuple[Said, ...]:
    """The words that begin and end within the stretch, by turn."""
    lines = []
    for turn in encounter.turns:
        words = [word.text for word in turn.words if word.span.start >= span.start and word.span.end <= span.end]
        if words:
            lines.append(Said(encounter.role_of(turn.speaker).role, " ".join(words)))
    return tuple(lines)
