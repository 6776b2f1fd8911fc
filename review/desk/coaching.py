"""Coaching at a desk: which sessions there are, what one is prepared from, and the next step of the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from review import access
from review.access import Action, Decision, Facts, Viewer
from review.casework import Assignment, Casework, Kind, Session
from review.desk import casework
from review.desk.desk import Desk
from review.desk.reviewing import viewers
from review.encounter import Encounter, Flag, Standing
from review.store import Casebook
from review.timeline import standings


@dataclass(frozen=True)
class Given:
    """A coaching session that this person was asked to hold."""

    recording: str
    name: str  # of the recording
    officer: str  # the agency's id of who wears the camera
    assignment: Assignment
    held: bool  # closed until internal affairs releases the recording

    def overdue(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.assignment.due is not None and self.assignment.due < today


@dataclass(frozen=True)
class Held:
    """A session that was sent to an officer."""

    recording: str
    name: str
    officer: str
    session: Session
    reads: Decision  # whether this person may read it; an officer only after their statement


@dataclass(frozen=True)
class Overview:
    """All coaching that concerns one person."""

    given: tuple[Given, ...] = ()  # what is due first
    sessions: tuple[Held, ...] = ()  # those that wait for an answer first, then the newest
    people: Mapping[str, str] = field(default_factory=dict)  # names by account
    officers: Mapping[str, str] = field(default_factory=dict)  # names by the agency's id, where there is an account


@dataclass(frozen=True)
class Preparation:
    """What a session about one recording is prepared from, and what was said in those before."""

    encounter: Encounter
    facts: Facts
    work: Casework
    verified: tuple[Flag, ...]  # marks that people confirmed, in order of time
    last: Held | None  # the session with this officer before, about whichever recording
    people: Mapping[str, str]
    officer: str  # name, or the agency's id, of who wears the camera
    account: str  # of that officer; empty when there is none, and nobody could answer


def overview(desk: Desk) -> Overview:
    """What coaching this person was given, and the sessions within their reach."""
    with desk.store.casebook() as book:
        about = {act.recording for act in book.of_kind([Kind.ASSIGN, Kind.SESSION])}
        facts, work, names = book.facts_of(about), book.casework_of(about), book.names_of(about)
        people, officers = _names(book)
    known = [one for one in sorted(facts) if access.may(desk.viewer, Action.LIST, facts[one], rules=desk.rules)]
    given = [
        Given(one, names[one], facts[one].wearer, job, held=facts[one].held)
        for one in known
        for job in work[one].assignments
        if job.what == "coaching" and job.to == desk.viewer.user and not job.done
    ]
    sessions = [
        Held(one, names[one], facts[one].wearer, session, reads=_reads(desk, facts[one]))
        for one in known
        if _concerned(desk.viewer, facts[one])
        for session in work[one].sessions
    ]
    sessions.sort(key=lambda held: held.session.act.at, reverse=True)
    sessions.sort(key=lambda held: not held.session.waits)
    given.sort(key=lambda one: (one.assignment.due is None, one.assignment.due or date.max, one.assignment.act.at))
    return Overview(tuple(given), tuple(sessions), people, officers)


def preparation(desk: Desk, sha256: str) -> Preparation:
    """What a session about this recording is prepared from; raises Refused, also before it was opened."""
    facts = desk.require(Action.VIEW, sha256)
    encounter, work = desk.encounter(sha256), casework.of(desk, sha256)
    if not _concerned(desk.viewer, facts):
        work = replace(work, sessions=())
    where = standings(encounter.flags, desk.verdicts(sha256))
    with desk.store.casebook() as book:
        people, officers = _names(book)
        account = _answering(viewers(book.accounts.every()), facts)
    return Preparation(
        encounter=encounter,
        facts=facts,
        work=work,
        verified=tuple(flag for flag in encounter.flags if where[flag.id] is Standing.VERIFIED),
        last=_last(desk, facts.wearer, before=work.sessions) if _concerned(desk.viewer, facts) else None,
        people=people,
        officer=officers.get(facts.wearer, facts.wearer),
        account=account,
    )


def _answering(accounts: Sequence[Viewer], facts: Facts) -> str:
    """The account of whoever wears the camera that can read a session and answer it; empty when there is none."""
    theirs = [one for one in accounts if facts.wearer and one.officer == facts.wearer]
    stated = replace(facts, statement_done=True)
    return next((one.user for one in theirs if access.may(one, Action.ANSWER, stated)), "")


def _last(desk: Desk, officer: str, *, before: Sequence[Session]) -> Held | None:
    """The latest session with this officer, not withdrawn, about another recording that this person may read, too."""
    here = {session.act.id for session in before}
    with desk.store.casebook() as book:
        here |= {act.about for act in book.of_kind([Kind.RECALL])}
        acts = [act for act in book.of_kind([Kind.SESSION]) if act.id not in here]
        facts = book.facts_of({act.recording for act in acts})
        theirs = [act for act in acts if officer and facts[act.recording].wearer == officer]
        readable = next((act for act in theirs if _reads(desk, facts[act.recording])), None)
        if readable is None:
            return None
        sessions = book.casework_of([readable.recording])[readable.recording].sessions
        name = book.names_of([readable.recording])[readable.recording]
    [session] = [one for one in sessions if one.act.id == readable.id]
    # Its next step is read here without opening that recording, so it is noted.
    desk.log(Action.VIEW, readable.recording, session=readable.id)
    return Held(readable.recording, name, officer, session, reads=Decision(True))


def _reads(desk: Desk, facts: Facts) -> Decision:
    return access.may(desk.viewer, Action.VIEW, facts, rules=desk.rules)


def _concerned(viewer: Viewer, facts: Facts) -> bool:
    """Whether sessions about a recording concern this person: an officer's only about what they wore the camera in."""
    return facts.wearer == viewer.officer if access.appears(viewer, facts) else True


def _names(book: Casebook) -> tuple[dict[str, str], dict[str, str]]:
    people = book.accounts.every()
    return {one.id: one.name for one in people}, {one.officer: one.name for one in people if one.officer}
