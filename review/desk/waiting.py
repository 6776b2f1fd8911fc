"""What waits for one person: work they were given, what officers said and asked, what is held.

What an officer says against a mark, or asks of a review, waits for people who have not judged that mark and not signed
that review: the other supervisors in reach of it, and where there is none, internal affairs. Who did is told, no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from review import access
from review.access import Action, Facts, Rules, Viewer, ViewerRole
from review.casework import Act, Casework, Kind, Session
from review.desk.desk import Desk
from review.desk.reviewing import viewers
from review.encounter import Answer, Verdict, latest_answers

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
    WITH_OTHERS = "with_others"  # said against this person's own answer or signature; somebody else looks at it
    WITH_NOBODY = "with_nobody"  # the same, and there is nobody else who could


ONLY_TOLD = frozenset({What.WITH_OTHERS, What.WITH_NOBODY})  # nothing for this person to do


@dataclass(frozen=True)
class Case:
    """One recording about which something may wait."""

    sha256: str
    name: str
    facts: Facts
    work: Casework
    verdicts: Sequence[Verdict] = ()
    judges: Sequence[Viewer] = ()  # who may judge its marks: supervisors in reach, and internal affairs


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
    found += _said_by_officers(viewer, case)
    found += _not_signed(viewer, case, today)
    return tuple(found)


def _cases(desk: Desk) -> list[Case]:
    with desk.store.casebook() as book:
        about = {act.recording for act in book.of_kind(_ASKED)}
        facts, work, names = book.facts_of(about), book.casework_of(about), book.names_of(about)
        accounts = viewers(book.accounts.every())
    known = [
        Case(sha256, names[sha256], facts[sha256], work[sha256])
        for sha256 in sorted(about & facts.keys())
        if access.may(desk.viewer, Action.LIST, facts[sha256], rules=desk.rules)
    ]
    # Verdicts and judges are looked up only where an officer said something that they could answer.
    return [
        replace(case, verdicts=desk.store.verdicts(case.sha256), judges=_judges(accounts, case.facts, desk.rules))
        if case.work.contests or case.work.requests
        else case
        for case in known
    ]


def _judges(accounts: Iterable[Viewer], facts: Facts, rules: Rules) -> list[Viewer]:
    return [one for one in accounts if access.may(one, Action.DECIDE, facts, rules=rules)]


def _given(viewer: Viewer, case: Case) -> Iterable[Waiting]:
    kinds = {"review": What.REVIEW, "coaching": What.COACHING}
    for one in case.work.assignments:
        if one.to == viewer.user and not one.done and not (one.what == "coaching" and case.work.hold):
            yield _of(kinds[one.what], case, one.act, due=one.due)


def _own_sessions(viewer: Viewer, case: Case) -> Iterable[Waiting]:
    if viewer.officer == case.facts.wearer and viewer.role in {ViewerRole.OFFICER, ViewerRole.SUPERVISOR}:
        for session in case.work.sessions:
            if session.waits:
                yield _of(What.SESSION, case, session.act)


def _said_by_officers(viewer: Viewer, case: Case) -> Iterable[Waiting]:
    """What officers contest and ask for that nobody has answered who had not judged or signed it before."""
    for act in (*case.work.contests, *case.work.requests):
        taken = concerned(act, case)
        if _answered(act, case, taken):
            continue
        free = [one for one in case.judges if one.user not in taken]
        supervisors = [one for one in free if one.role == ViewerRole.SUPERVISOR]
        if viewer.user in {one.user for one in supervisors or free}:
            yield _of(What.CONTESTED if act.kind is Kind.CONTEST else What.ASKED, case, act, flag=act.about)
        elif viewer.user in taken:
            yield _of(What.WITH_OTHERS if free else What.WITH_NOBODY, case, act, flag=act.about)


def concerned(act: Act, case: Case) -> frozenset[str]:
    """Who had judged the mark before an officer said this of it, or signed the review; they do not answer it."""
    judged = judges_of(act.about, case.verdicts, before=act.at) if act.about else frozenset()
    if act.kind is Kind.CONTEST:
        return judged
    return judged | {one.act.person for one in case.work.signings if one.act.at <= act.at}


def judges_of(
    flag: str, verdicts: Iterable[Verdict], *, before: datetime | None = None, after: datetime | None = None
) -> frozenset[str]:
    """Who has answered to this mark, in a role that may confirm; a skip is no answer, one taken back none any more."""
    here = (
        one
        for one in verdicts
        if one.flag == flag and (before is None or one.at <= before) and (after is None or one.at > after)
    )
    return frozenset(one.reviewer for one in latest_answers(here) if one.answer is not Answer.SKIP)


def _answered(act: Act, case: Case, taken: frozenset[str]) -> bool:
    """Whether somebody else has judged the mark since, or, when that was asked for, signed the review."""
    if act.about and judges_of(act.about, case.verdicts, after=act.at) - taken:
        return True
    signed = case.work.signed
    return act.kind is not Kind.CONTEST and signed is not None and signed.at > act.at and signed.person not in taken


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
