"""Casework at a desk: what people do about a recording, checked, kept with its entry in the log, and folded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from review import access
from review.access import Action, Facts
from review.casework import ACTION, Act, Casework, Kind, checked, drawn, holding, missing, withdrawable
from review.desk.desk import Desk
from review.encounter import Span, Standing, standing
from review.errors import RefusedAct
from review.store import Casebook, fingerprint
from review.timeline import standings

ABOUT_A_MARK = frozenset({Kind.CONTEXT, Kind.CONTEST, Kind.ASK_REVIEW})
FORM = frozenset({Kind.ANSWER, Kind.COMMENT, Kind.DISPOSITION})


def of(desk: Desk, sha256: str) -> Casework:
    """What holds about this recording, as far as this person may know it."""
    facts = desk.require(Action.VIEW, sha256)
    with desk.store.casebook() as book:
        return visible(desk, facts, holding(book.acts(sha256)))


def visible(desk: Desk, facts: Facts, work: Casework) -> Casework:
    """The casework without what is internal affairs' own while a recording is held: who referred it, and why.

    A signed form is kept back as long: how a review ended ("referred") would tell of the hold.
    """
    if work.hold is not None and access.appears(desk.viewer, facts):
        return replace(work, hold=None, signed=None, signings=(), disposition=None, comment=None, answers={})
    return work


def kinds(desk: Desk, sha256: str) -> tuple[str, ...]:
    """The kinds of acts that this person may do here, for what a page offers."""
    allowed = desk.may_all(sha256)
    return tuple(kind.value for kind, action in ACTION.items() if action in allowed)


def do(desk: Desk, sha256: str, operation: Mapping[str, Any]) -> Act:
    """Keep what somebody did, once; raises RefusedAct, or Refused, saying why."""
    viewer = desk.viewer
    act = checked(operation, recording=sha256, person=viewer.user, role=viewer.role, at=desk.clock())
    details = {"about": act.about, **_told(act)}
    desk.require(ACTION[act.kind], sha256, told=act.kind.value, **details)
    with desk.store.casebook(write=True) as book:
        if book.has_act(act.id):
            book.act(act)  # sent once more: refused where it is somebody else's, and neither kept nor logged again
            return act
        _check(desk, book, act)
        if act.kind is Kind.SIGN_OFF:
            act = replace(act, body={"revision": desk.latest(sha256).revision, **marks_open(desk, sha256)})
        book.act(act)
        desk.log_in(book, act.kind.value, sha256, **details, id=act.id, digest=fingerprint(act))
    return act


def to_sign(desk: Desk, sha256: str) -> tuple[str, ...]:
    """What the review still needs before this person can sign it off, in plain words."""
    desk.require(Action.REVIEW, sha256)
    with desk.store.casebook() as book:
        return _missing(desk, book, sha256)


def marks_open(desk: Desk, sha256: str) -> dict[str, int]:
    """How many marks the recording has, and how many of them nobody who may confirm has answered."""
    stands = standings(desk.encounter(sha256).flags, desk.verdicts(sha256)).values()
    return {"marks": len(stands), "unanswered": sum(one is Standing.UNVERIFIED for one in stands)}


def stretch(desk: Desk, sha256: str) -> Span | None:
    """The stretch without marks that was drawn by chance for whoever reviews this recording."""
    return drawn(desk.encounter(sha256))


def _told(act: Act) -> dict[str, Any]:
    """What of an act goes into the log: what it was, never what was written."""
    return {key: value for key, value in act.body.items() if key not in {"text", "why", "note", "next_step"}}


def _missing(desk: Desk, book: Casebook, sha256: str) -> tuple[str, ...]:
    return missing(holding(book.acts(sha256)), _wanted(desk), stretch=stretch(desk, sha256), person=desk.viewer.user)


def _wanted(desk: Desk) -> Iterator[tuple[str, str]]:
    for checklist in desk.policy.checklists:
        for item in checklist.items:
            yield f"{checklist.id}/{item.id}", item.text


def _check(desk: Desk, book: Casebook, act: Act) -> None:
    """Raise RefusedAct where what holds stands against it."""
    work = holding(book.acts(act.recording))
    if act.kind in FORM and work.signed:
        raise RefusedAct("this review was signed off; reopen it first")
    if act.kind is Kind.SIGN_OFF:
        left = _missing(desk, book, act.recording)
        if work.signed or left:
            raise RefusedAct("it was signed off already" if work.signed else f"not yet: {' '.join(left)}")
    if act.kind is Kind.CORRECT:
        raise RefusedAct("corrections are sent to their own address")
    if act.kind in ABOUT_A_MARK and act.about and not book.has_flag(act.recording, act.about):
        raise RefusedAct("this recording has no such mark; load the page again")
    if act.kind is Kind.REOPEN and not work.signed:
        raise RefusedAct("it was not signed off")
    if act.kind is Kind.WITHDRAW:
        mine = [one for one in book.acts(act.recording) if one.id == act.about]
        if not mine or not withdrawable(mine[0], act.person):
            raise RefusedAct("only what is your own can be taken back, and no decision")
    if act.kind in {Kind.ACKNOWLEDGE, Kind.RECALL}:
        _check_session(work, act)
    if act.kind is Kind.SESSION:
        _check_agenda(desk, book, act)
    if act.kind is Kind.ASSIGN and book.viewer(act.about) is None:
        raise RefusedAct(f"there is no account {act.about}")
    if act.kind is Kind.ANSWER and not _known_item(desk, act):
        raise RefusedAct("the agency's checklist has no such question; load the page again")


def _check_session(work: Casework, act: Act) -> None:
    session = next((one for one in work.sessions if one.act.id == act.about), None)
    if session is None:
        raise RefusedAct("there is no such session")
    if session.withdrawn is not None:
        raise RefusedAct("this session was withdrawn; load the page again")
    if act.kind is Kind.RECALL and session.act.person != act.person:
        raise RefusedAct("only who sent a session can withdraw it")
    if act.kind is Kind.RECALL and session.acknowledged is not None:
        raise RefusedAct("the officer has answered this session; it stays")


def _check_agenda(desk: Desk, book: Casebook, act: Act) -> None:
    said = desk.verdicts(act.recording)
    for name in act.body["agenda"]:
        if book.has_flag(act.recording, name) and standing(name, said) is not Standing.VERIFIED:
            raise RefusedAct(
                "a mark that nobody has confirmed cannot be on an agenda; confirm it first or leave it out"
            )


def _known_item(desk: Desk, act: Act) -> bool:
    return f"{act.body['checklist']}/{act.about}" in {key for key, _ in _wanted(desk)}
