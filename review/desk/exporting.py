"""What of a recording somebody may take away: its report with what people did about it, no more than they may read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from review import access
from review.access import Action, Facts, ViewerRole
from review.casework import Act, Casework, Kind, holding, item_key
from review.desk import casework, debrief
from review.desk.desk import Desk
from review.desk.reviewing import signed_only
from review.encounter import Encounter, Verdict, latest_answers
from review.pipeline import now
from review.policy import Policy
from review.report import Exporter, Format, Gone, Record, render
from review.store import Casebook, Store

_OF_A_HOLD = frozenset({Kind.REFER, Kind.RELEASE})


def export(desk: Desk, sha256: str, form: Format) -> str:
    """The report of a recording in this form, which is logged; raises Refused."""
    desk.require(Action.EXPORT, sha256, form=form.value)
    text = report(desk, sha256, form, agency=desk.policy)
    desk.log("export", sha256, form=form.value)
    return text


def report(desk: Desk, sha256: str, form: Format, *, agency: Policy) -> str:
    """The same for who has logged it already."""
    latest = desk.latest(sha256)
    shown, said = agency.shown(latest), desk.verdicts(sha256)
    kept = record(desk, latest, said, agency=agency)
    return render(shown, form, verdicts=said, hidden=agency.hidden, record=kept)


def record(desk: Desk, latest: Encounter, said: Sequence[Verdict], *, agency: Policy) -> Record:
    """What people did about this recording, as far as whoever sits at this desk may read it; raises Refused.

    Who appears in it gets what their debrief tells: answers to marks that they contested or gave context to, the
    signed form, the notes, what was corrected; nothing of a hold, nor, where the policy says so, that internal affairs
    judged or noted something while it lasts.
    """
    sha256, viewer = latest.recording.sha256, desk.viewer
    facts = desk.require(Action.VIEW, sha256)
    own, reviews = access.appears(viewer, facts), bool(desk.may(Action.REVIEW, sha256))
    withheld = own and facts.held and not agency.show_affairs_views
    with desk.store.casebook() as book:
        acts = [_no_role(act) for act in book.acts(sha256)] if withheld else list(book.acts(sha256))
        whole = _record(book, sha256, acts, _exporter(desk, book, sha256), at=desk.clock(), agency=agency)
    work = casework.visible(desk, facts, holding(acts))
    if not reviews:
        work = signed_only(work)
    told = answers_to(work, debrief.debrief(desk, sha256).verdicts, viewer.user) if own else tuple(said)
    told = tuple(map(_no_reviewer, told)) if withheld else told
    kept = replace(whole, work=work)
    if not reviews:
        kept = replace(kept, holds=(), answers=tuple(work.answers.items()))
    if own:
        kept = replace(kept, others=())
    return _with_verdicts(desk.store, latest, kept, told, hidden=agency.hidden)


def without_accounts(store: Store, sha256: str, form: Format, *, source: str, agency: Policy) -> str:
    """The report with all that people did, from a store in which nobody has to say who they are."""
    latest, said = store.encounter(sha256), store.verdicts(sha256)
    with store.casebook() as book:
        whole = _record(book, sha256, book.acts(sha256), Exporter(source=source), at=now(), agency=agency)
    kept = _with_verdicts(store, latest, whole, said, hidden=agency.hidden)
    return render(agency.shown(latest), form, verdicts=said, hidden=agency.hidden, record=kept)


def answers_to(work: Casework, verdicts: Sequence[Verdict], user: str) -> tuple[Verdict, ...]:
    """What reviewers answered, after this person contested a mark or gave context to it, and did not take back."""
    asked: dict[str, datetime] = {}
    for act in (*work.contexts, *work.contests, *work.requests):
        if act.person == user and act.about:
            asked[act.about] = min(act.at, asked.get(act.about, act.at))
    since = (one for one in verdicts if one.flag in asked and one.at > asked[one.flag])
    return tuple(sorted(latest_answers(since), key=lambda one: one.at))


def _no_role(act: Act) -> Act:
    """The act without the role that would tell of a hold."""
    return replace(act, role="") if act.role == ViewerRole.INTERNAL_AFFAIRS else act


def _no_reviewer(one: Verdict) -> Verdict:
    return replace(one, reviewer_role="") if one.reviewer_role == ViewerRole.INTERNAL_AFFAIRS else one


def _exporter(desk: Desk, book: Casebook, sha256: str) -> Exporter:
    viewer = desk.viewer
    return Exporter(viewer.user, viewer.name, viewer.role, book.purpose(viewer, sha256), desk.source)


def _record(book: Casebook, sha256: str, acts: Sequence[Act], by: Exporter, *, at: datetime, agency: Policy) -> Record:
    facts: Facts = book.facts(sha256)
    return Record(
        by=by,
        at=at,
        correctors={(act.person, act.at): act.role for act in acts if act.kind is Kind.CORRECT},
        wearer=facts.wearer,
        unit=facts.unit,
        others=tuple(sorted(facts.present)),
        work=holding(acts),
        answers=tuple((item_key(act), act) for act in acts if act.kind is Kind.ANSWER),
        holds=tuple(act for act in acts if act.kind in _OF_A_HOLD),
        questions={f"{form.id}/{item.id}": item.text for form in agency.checklists for item in form.items},
        people={person.id: person.name for person in book.accounts.every()},
    )


def _with_verdicts(
    store: Store, latest: Encounter, kept: Record, told: Sequence[Verdict], *, hidden: Collection[str]
) -> Record:
    """The record with these verdicts, but nothing of marks that the policy hides, in whatever revision they are."""
    sha256 = latest.recording.sha256
    here = {flag.id: flag for flag in latest.flags}
    wanted = {one.flag for one in told} - here.keys()
    gone = dict(_gone(store, latest, wanted)) if wanted else {}
    not_told = {name for name, flag in here.items() if flag.behaviour in hidden}
    not_told |= {name for name, one in gone.items() if one.flag.behaviour in hidden}
    return replace(
        kept,
        verdicts=tuple(one for one in told if one.flag not in not_told),
        gone={name: one for name, one in gone.items() if name not in not_told},
        steps=store.correction_steps(sha256),
    )


def _gone(store: Store, latest: Encounter, wanted: Collection[str]) -> Iterator[tuple[str, Gone]]:
    """The marks of these ids in earlier revisions, each from the latest one that had it."""
    left = set(wanted)
    for revision in range(latest.revision - 1, 0, -1):
        if not left:
            return
        for flag in store.encounter(latest.recording.sha256, revision=revision).flags:
            if flag.id in left:
                left.remove(flag.id)
                yield flag.id, Gone(flag, revision)
