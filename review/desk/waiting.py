"""What waits for one person: work they were given, what officers said and asked, what is held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from review import access
from review.access import Action, Facts, Viewer, ViewerRole
from review.casework import Act, Casework, Kind, Session
from review.desk.desk import Desk
from review.encounter import Standing, Verdict, standing

# Not being signed is an answer and needs no other; it stays in the list of who sent the session for so long.
TOLD_FOR = timedelta(days=14)
_ASKED = (Kind.ASSIGN, Kind.SESSION, Kind.REFER, Kind.CONTEST, Kind.ASK_REVIEW)


class What(StrEnum):
    """What waits, in the order in which it is listed."""

    HELD = "held"
    REVIEW = "review"
    COACHING = "coaching"
    SESSION = "session"  # a coaching session that the officer has not answered
    CONTESTED = "contested"
    ASKED = "asked"
    NOT_SIGNED = "not_signed"


@dataclass(frozen=True)
class Case:
    """One recording about which something may wait."""

    sha256: str
    name: str
    facts: Facts
    work: Casework
    verdicts: Sequence[Verdict] = ()


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a person."""

    what: What
    recording: str
    name: str  # of the recording
    since: date
    due: date | None = None
    by: str = ""  # account of who asked for it
    flag: str = ""
    act: str = ""
    text: str = ""  # what they wrote, where the person may read it

    def overdue(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.due is not None and self.due < today


def waiting(desk: Desk) -> tuple[Waiting, ...]:
    """What waits for the person at this desk: overdue first, then by kind, the oldest first."""
    today = desk.clock().date()
    found = [one for case in _cases(desk) for one in waits(desk.viewer, case, today=today)]
    order = list(What)
    return tuple(sorted(found, key=lambda one: (not one.overdue(today), order.index(one.what), one.since, one.act)))


def people(desk: Desk) -> dict[str, str]:
    """The names of all accounts, for what is told of who asked."""
    with desk.store.casebook() as book:
        return {one.id: one.name for one in book.accounts.every()}


def waits(viewer: Viewer, case: Case, *, today: date) -> tuple[Waiting, ...]:
    """What of one recording waits for this person."""
    if access.appears(viewer, case.facts):
        return tuple(_own_sessions(viewer, case))
    found = list(_given(viewer, case))
    if viewer.role == ViewerRole.INTERNAL_AFFAIRS and case.work.hold is not None:
        found.append(_of(What.HELD, case, case.work.hold))
    if viewer.role == ViewerRole.SUPERVISOR:
        found += [_of(What.CONTESTED, case, act, flag=act.about) for act in _contests(case)]
        found += [_of(What.ASKED, case, act) for act in _requests(case)]
    found += _not_signed(viewer, case, today)
    return tuple(found)


def _cases(desk: Desk) -> list[Case]:
    with desk.store.casebook() as book:
        about = {act.recording for act in book.of_kind(_ASKED)}
        facts, work, names = book.facts_of(about), book.casework_of(about), book.names_of(about)
    known = [
        Case(sha256, names[sha256], facts[sha256], work[sha256])
        for sha256 in sorted(about & facts.keys())
        if access.may(desk.viewer, Action.LIST, facts[sha256], rules=desk.rules)
    ]
    # Verdicts are read only where one could answer what an officer said.
    return [
        Case(case.sha256, case.name, case.facts, case.work, desk.store.verdicts(case.sha256))
        if case.work.contests
        else case
        for case in known
    ]


def _given(viewer: Viewer, case: Case) -> Iterable[Waiting]:
    kinds = {"review": What.REVIEW, "coaching": What.COACHING}
    for one in case.work.assignments:
        if one.to == viewer.user and not one.done and not (one.what == "coaching" and case.work.hold):
            yield _of(kinds[one.what], case, one.act, due=one.due)


def _own_sessions(viewer: Viewer, case: Case) -> Iterable[Waiting]:
    if viewer.officer == case.facts.wearer and viewer.role in {ViewerRole.OFFICER, ViewerRole.SUPERVISOR}:
        for session in case.work.sessions:
            if session.acknowledged is None:
                yield _of(What.SESSION, case, session.act)


def _contests(case: Case) -> Iterable[Act]:
    """What an officer said against a mark that nobody who may confirm has judged since."""
    for act in case.work.contests:
        since = [one for one in case.verdicts if one.at > act.at]
        if standing(act.about, since) is Standing.UNVERIFIED:
            yield act


def _requests(case: Case) -> Iterable[Act]:
    signed = case.work.signed
    return (act for act in case.work.requests if signed is None or signed.at < act.at)


def _not_signed(viewer: Viewer, case: Case, today: date) -> Iterable[Waiting]:
    for session in case.work.sessions:
        answer = session.acknowledged
        if answer is None or session.act.person != viewer.user or not refused(session):
            continue
        if today - answer.at.date() <= TOLD_FOR:
            yield _of(What.NOT_SIGNED, case, answer)


def refused(session: Session) -> bool:
    """Whether the officer answered that they do not sign."""
    return session.acknowledged is not None and session.acknowledged.body.get("answer") == "refused_to_sign"


def _of(what: What, case: Case, act: Act, *, due: date | None = None, flag: str = "") -> Waiting:
    return Waiting(
        what, case.sha256, case.name, act.at.date(), due=due, by=act.person, flag=flag, act=act.id, text=act.text
    )
