"""What holds now, from all that was done about a recording; later acts stand over earlier ones, which stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from review.access import ViewerRole
from review.casework.acts import WITHDRAWABLE, Act, Kind
from review.encounter import Span

MOMENTS = frozenset({Kind.NOTE, Kind.BOOKMARK, Kind.PRAISE})


@dataclass(frozen=True)
class Assignment:
    """Work on a recording that somebody was given."""

    act: Act
    to: str
    what: str  # review or coaching
    due: date | None
    done: bool  # a review: signed off since; coaching: a session was kept since


@dataclass(frozen=True)
class Session:
    """A coaching session and what the officer said to it; None while nothing."""

    act: Act
    agenda: tuple[str, ...]
    next_step: str
    acknowledged: Act | None = None
    withdrawn: Act | None = None  # by who sent it, with the reason; only while there was no answer

    @property
    def waits(self) -> bool:
        """Whether the officer can still answer it, and has not."""
        return self.acknowledged is None and self.withdrawn is None


@dataclass(frozen=True)
class Signing:
    """A review as it was signed once, and what opened it again."""

    act: Act
    disposition: Act | None
    comment: Act | None
    reopened: Act | None = None


@dataclass(frozen=True)
class Casework:
    """All that people have done about one recording, as it stands."""

    answers: Mapping[str, Act] = field(default_factory=dict)  # by checklist/item
    comment: Act | None = None
    disposition: Act | None = None
    signed: Act | None = None
    signings: tuple[Signing, ...] = ()  # every time that it was signed, the first one first
    hold: Act | None = None
    statement: Act | None = None
    moments: tuple[Act, ...] = ()  # notes, bookmarks, praise, in the order of their times
    shares: tuple[Act, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    sessions: tuple[Session, ...] = ()
    contexts: tuple[Act, ...] = ()
    contests: tuple[Act, ...] = ()
    requests: tuple[Act, ...] = ()
    listened: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)  # by person, apart and in order

    @property
    def shared(self) -> tuple[Act, ...]:
        """The shares that can be heard now: while the recording is held, only what internal affairs shared."""
        return tuple(act for act in self.shares if self.hold is None or act.role == ViewerRole.INTERNAL_AFFAIRS)


def holding(acts: Iterable[Act]) -> Casework:
    """The casework that these acts, in the order in which they were done, amount to."""
    done = list(acts)
    gone = {act.about for act in done if act.kind in {Kind.WITHDRAW, Kind.UNASSIGN}}
    here = [act for act in done if act.id not in gone]
    by_kind: dict[Kind, list[Act]] = {kind: [] for kind in Kind}
    for act in here:
        by_kind[act.kind].append(act)
    return Casework(
        answers={item_key(act): act for act in by_kind[Kind.ANSWER]},
        comment=_last(by_kind[Kind.COMMENT]),
        disposition=_last(by_kind[Kind.DISPOSITION]),
        signed=_stands(here, Kind.SIGN_OFF, Kind.REOPEN),
        signings=_signings(here),
        hold=_stands(here, Kind.REFER, Kind.RELEASE),
        statement=_last(by_kind[Kind.STATEMENT_DONE]),
        moments=tuple(sorted((act for act in here if act.kind in MOMENTS), key=lambda act: float(act.body["at"]))),
        shares=tuple(by_kind[Kind.SHARE]),
        assignments=tuple(_assignment(act, here) for act in by_kind[Kind.ASSIGN]),
        sessions=tuple(_session(act, here) for act in by_kind[Kind.SESSION]),
        contexts=tuple(by_kind[Kind.CONTEXT]),
        contests=tuple(by_kind[Kind.CONTEST]),
        requests=tuple(by_kind[Kind.ASK_REVIEW]),
        listened=_listened(by_kind[Kind.LISTENED]),
    )


def item_key(act: Act) -> str:
    """Which question of which checklist an answer is about."""
    return f"{act.body['checklist']}/{act.about}"


def withdrawable(act: Act, person: str) -> bool:
    """Whether this person can take the act back: only what is their own, and what is no decision."""
    return act.person == person and act.kind in WITHDRAWABLE


def heard(casework: Casework, person: str, stretch: Span) -> float:
    """Seconds of `stretch` that this person has played."""
    return round(sum(span.overlap(stretch) for span in casework.listened.get(person, ())), 3)


def _last(acts: Sequence[Act]) -> Act | None:
    return acts[-1] if acts else None


def _stands(acts: Sequence[Act], begin: Kind, end: Kind) -> Act | None:
    """The latest act of the one kind, unless one of the other ended it."""
    latest = _last([act for act in acts if act.kind in {begin, end}])
    return latest if latest and latest.kind is begin else None


def _assignment(act: Act, acts: Sequence[Act]) -> Assignment:
    ends = {"review": Kind.SIGN_OFF, "coaching": Kind.SESSION}[str(act.body["what"])]
    since = acts[acts.index(act) :]
    due = act.body.get("due")
    return Assignment(
        act=act,
        to=act.about,
        what=str(act.body["what"]),
        due=date.fromisoformat(str(due)) if due else None,
        done=any(later.kind is ends for later in since),
    )


def _signings(acts: Sequence[Act]) -> tuple[Signing, ...]:
    out: list[Signing] = []
    disposition = comment = None
    for act in acts:
        if act.kind is Kind.DISPOSITION:
            disposition = act
        elif act.kind is Kind.COMMENT:
            comment = act
        elif act.kind is Kind.SIGN_OFF:
            out.append(Signing(act, disposition, comment))
        elif act.kind is Kind.REOPEN and out:
            out[-1] = replace(out[-1], reopened=act)
    return tuple(out)


def _session(act: Act, acts: Sequence[Act]) -> Session:
    about = [one for one in acts if one.about == act.id]
    return Session(
        act=act,
        agenda=tuple(map(str, act.body["agenda"])),
        next_step=str(act.body.get("next_step") or ""),
        acknowledged=_last([one for one in about if one.kind is Kind.ACKNOWLEDGE]),
        withdrawn=_last([one for one in about if one.kind is Kind.RECALL]),
    )


def _listened(acts: Sequence[Act]) -> dict[str, tuple[Span, ...]]:
    """The stretches that each person played, joined where they touch."""
    by_person: dict[str, list[Span]] = {}
    for act in acts:
        start, end = float(act.body["start"]), float(act.body["end"])
        if end > start:
            by_person.setdefault(act.person, []).append(Span(start, end))
    return {person: joined(spans) for person, spans in by_person.items()}


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch or overlap made one.

    >>> joined([Span(4, 6), Span(0, 2), Span(1, 3)])
    (Span(start=0.0, end=3.0), Span(start=4.0, end=6.0))
    """
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start <= out[-1].end:
            out[-1] = out[-1].cover(span)
        else:
            out.append(span)
    return tuple(out)
