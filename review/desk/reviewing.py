"""The review of one recording at a desk: who answered what, what is still missing, and who can be given the work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from review import access
from review.access import Action, Facts, Rules, Viewer
from review.casework import Act, Assignment, Casework, Kind, heard, holding, item_key
from review.desk import casework
from review.desk.desk import Desk
from review.encounter import Span
from review.store import Casebook, Person

# What somebody must be allowed to do on the recording to be given this work on it.
WORK: Mapping[str, Action] = {"review": Action.REVIEW, "coaching": Action.COACH}


@dataclass(frozen=True)
class Wearer:
    """How far who wears the camera has come, before they could add context to what a reviewer decides."""

    known: bool  # somebody said who it is
    account: bool  # with which they could read and answer
    stated: bool  # their report or statement is done, or the policy does not ask for it
    opened: bool  # they opened the recording for their debrief


@dataclass(frozen=True)
class Review:
    """Where the review of a recording stands, as one person may know it."""

    work: Casework
    given: Mapping[str, tuple[Act, ...]] = field(default_factory=dict)  # by item: each person's latest answer
    missing: tuple[str, ...] = ()  # before this person can sign it off; empty for those who cannot review it
    marks: int = 0  # in the recording
    unanswered: int = 0  # of them, by anybody who may confirm
    stretch: Span | None = None
    heard: float = 0.0  # seconds of the stretch that this person has played
    reopened: Act | None = None  # why a signed review was opened again, until it is signed anew
    wearer: Wearer | None = None  # None for those who cannot review it
    people: Mapping[str, str] = field(default_factory=dict)  # names by account
    fitting: Mapping[str, tuple[Viewer, ...]] = field(default_factory=dict)  # by kind of work, whom it can be given

    def mine(self, user: str) -> tuple[Assignment, ...]:
        """The open work that this person was given here."""
        return tuple(one for one in self.work.assignments if one.to == user and not one.done)


def review(desk: Desk, sha256: str) -> Review:
    """Where the review of this recording stands; told to who cannot review it once it is signed. Raises Refused."""
    facts = desk.require(Action.VIEW, sha256)
    may = desk.may_all(sha256)
    with desk.store.casebook() as book:
        acts, people = book.acts(sha256), book.accounts.every()
        wearer = _wearer(book, sha256, facts, viewers(people), desk.rules)
    work = casework.visible(desk, facts, holding(acts))
    if Action.REVIEW not in may:
        work, acts = signed_only(work), ()
    marks = casework.marks_open(desk, sha256)
    stretch = casework.stretch(desk, sha256) if Action.REVIEW in may else None
    return Review(
        work=work,
        given=answers_by_person(acts),
        missing=casework.to_sign(desk, sha256) if Action.REVIEW in may else (),
        marks=marks["marks"],
        unanswered=marks["unanswered"],
        stretch=stretch,
        heard=heard(work, desk.viewer.user, stretch) if stretch else 0.0,
        reopened=_reopened(acts),
        wearer=wearer if Action.REVIEW in may else None,
        people={person.id: person.name for person in people},
        fitting=fitting(people, facts, rules=desk.rules) if Action.ASSIGN in may else {},
    )


def _wearer(book: Casebook, sha256: str, facts: Facts, accounts: Iterable[Viewer], rules: Rules) -> Wearer:
    theirs = [one.user for one in accounts if facts.wearer and one.officer == facts.wearer]
    looked = (book.logged(recording=sha256, person=user, action="open", outcome="done", limit=1) for user in theirs)
    return Wearer(
        known=bool(facts.wearer),
        account=bool(theirs),
        stated=facts.statement_done or not rules.debrief_after_statement,
        opened=any(looked),
    )


def signed_only(work: Casework) -> Casework:
    """The casework without work that was given out, shares, earlier signatures, and a review that is not signed yet."""
    rest = replace(work, assignments=(), shares=(), signings=())
    return rest if work.signed else replace(rest, answers={}, comment=None, disposition=None)


def answers_by_person(acts: Iterable[Act]) -> dict[str, tuple[Act, ...]]:
    """Each person's latest answer to each item, the one that was given last at the end.

    An answer that was taken back (no reply and no note) is left out.
    """
    latest: dict[str, dict[str, Act]] = {}
    for act in acts:
        if act.kind is Kind.ANSWER:
            people = latest.setdefault(item_key(act), {})
            people.pop(act.person, None)
            people[act.person] = act
    given = {
        key: tuple(act for act in people.values() if act.body.get("reply") or act.text)
        for key, people in latest.items()
    }
    return {key: found for key, found in given.items() if found}


def fitting(people: Iterable[Person], facts: Facts, *, rules: Rules) -> dict[str, tuple[Viewer, ...]]:
    """Whom each kind of work on a recording of these facts can be given to; being given it brings it within reach."""
    known = viewers(people)
    return {what: tuple(one for one in known if _fits(one, action, facts, rules)) for what, action in WORK.items()}


def viewers(people: Iterable[Person]) -> list[Viewer]:
    """These people as those who could sit at a desk; disabled accounts are left out."""
    return [Viewer(one.id, one.name, one.role, one.unit, one.officer) for one in people if one.disabled_at is None]


def _fits(viewer: Viewer, action: Action, facts: Facts, rules: Rules) -> bool:
    given = replace(facts, assigned_to=facts.assigned_to | {viewer.user})
    return bool(access.may(viewer, action, given, rules=rules))


def _reopened(acts: Sequence[Act]) -> Act | None:
    about = [act for act in acts if act.kind in {Kind.SIGN_OFF, Kind.REOPEN}]
    return about[-1] if about and about[-1].kind is Kind.REOPEN else None
