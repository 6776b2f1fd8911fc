"""An officer's own recordings at their desk: what is new, what was said of them, who opened them, their own past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import uuid4

from review import access
from review.access import Action, Decision, Facts, Viewer, ViewerRole
from review.casework import ACTION, Act, Casework, Kind
from review.desk import casework
from review.desk.desk import Desk
from review.encounter import CONFIRMING_ROLES, Encounter, Verdict
from review.errors import Refused
from review.store import Asked as AskedOfLibrary
from review.store import AuditEntry, Casebook, Entry, Filter, MarkCount, State
from review.timeline import Timeline, timeline

# While a recording is held, who referred it and what that led to is internal affairs' own.
OF_THE_HOLD = frozenset({Kind.REFER.value, Kind.RELEASE.value})
# Refused, these would tell of the hold that closed them.
_CLOSED = frozenset(
    {kind.value for kind, action in ACTION.items() if action in access.CLOSED_BY_HOLD}
    | {action.value for action in access.CLOSED_BY_HOLD}
)
_MINE = (Kind.SESSION, Kind.RECALL, Kind.ACKNOWLEDGE, Kind.PRAISE, Kind.CONTEXT, Kind.CONTEST, Kind.ASK_REVIEW)
WITHHELD = ""  # whose a judgement is while that is not told
_LOOKING = frozenset({"open", "load", Action.VIEW.value, Action.PLAY.value})
NO_NUMBER = (
    "Your account does not say which officer you are, so no recording can be listed as yours; ask for it to be set."
)
MOST = 5000  # recordings of one officer that are looked through for the list and the trends


@dataclass(frozen=True)
class News:
    """What is new for an officer in one recording since they last looked at it."""

    sessions: int = 0  # coaching sessions that wait for their answer
    judged: int = 0  # marks that they contested and that were judged since, or asked to be reviewed
    praise: int = 0

    @property
    def nothing(self) -> bool:
        """Whether there is nothing new."""
        return not (self.sessions or self.judged or self.praise)


@dataclass(frozen=True)
class Mine:
    """One recording in the officer's own list."""

    entry: Entry
    statement: Act | None
    reads: Decision  # whether they may watch it now, and if not, why
    state: State
    news: News = News()


@dataclass(frozen=True)
class Own:
    """One page of an officer's recordings, and how much is new in all of them."""

    rows: tuple[Mine, ...]
    total: int
    news: Mapping[str, News] = field(default_factory=dict)  # by recording, those with something new only
    names: Mapping[str, str] = field(default_factory=dict)  # of these recordings


@dataclass(frozen=True)
class Debrief:
    """All that an officer reads of one recording of theirs."""

    encounter: Encounter
    work: Casework
    verdicts: tuple[Verdict, ...]
    told: Timeline
    people: Mapping[str, str]  # names by account, and of WITHHELD


@dataclass(frozen=True)
class Views:
    """Who opened a recording, newest first; `affairs_withheld` says whether the policy may leave some out."""

    entries: tuple[AuditEntry, ...]
    people: Mapping[str, str]
    affairs_withheld: bool = False


@dataclass(frozen=True)
class Past:
    """What counts of one recording for an officer's own trends."""

    on: date
    seconds: float
    reviewed: bool  # its review was signed off
    counts: tuple[MarkCount, ...]


# The list


def own(desk: Desk, *, limit: int, offset: int = 0) -> Own:
    """One page of the recordings in which this officer wore the camera; lists nothing of what is in them."""
    with desk.store.register() as register:
        asked = _asked(desk)
        total = register.count(asked)
        first = min(offset, max(0, (total - 1) // limit * limit))
        listed = register.page(asked, limit=limit, offset=first)
    which = [row.entry.sha256 for row in listed]
    with desk.store.casebook() as book:
        facts = book.facts_of(which)
        work = book.casework_of(which, kinds=[Kind.STATEMENT_DONE])
        news = _news(desk, book)
        names = book.names_of(news)
    rows = tuple(
        Mine(
            row.entry,
            work.get(row.entry.sha256, Casework()).statement,
            _reads(desk, facts[row.entry.sha256]),
            row.state,
            news.get(row.entry.sha256, News()),
        )
        for row in listed
    )
    return Own(rows, total, news, names)


def state_statement(desk: Desk, sha256: str) -> None:
    """Say that the report or statement about this recording is done; once said, it stays said. Raises Refused."""
    with desk.store.casebook() as book:
        work = book.casework_of([sha256], kinds=[Kind.STATEMENT_DONE])
    if sha256 not in work or work[sha256].statement is None:
        casework.do(desk, sha256, {"id": f"{uuid4()}:1", "kind": Kind.STATEMENT_DONE.value})


def _asked(desk: Desk) -> AskedOfLibrary:
    viewer = desk.viewer
    if not viewer.officer:
        raise Refused(NO_NUMBER)
    reach = access.Reach(wearer=viewer.officer)
    return AskedOfLibrary(viewer, reach, desk.clock().date(), Filter(), desk.policy.hidden)


def _news(desk: Desk, book: Casebook) -> dict[str, News]:
    """What is new in each of this officer's recordings; of those that they may not watch yet, coaching only."""
    viewer = desk.viewer
    about = {act.recording for act in book.of_kind(_MINE)}
    facts = {sha256: one for sha256, one in book.facts_of(about).items() if one.wearer == viewer.officer}
    work = book.casework_of(facts, kinds=_MINE)
    found = {}
    for sha256, one in facts.items():
        said = work[sha256]
        judged = praise = 0
        if _reads(desk, one):
            since = _last_look(book, viewer, sha256)
            judged = len(answered(said, desk.store.verdicts(sha256), viewer.user, since=since))
            praise = sum(act.kind is Kind.PRAISE and _later(act.at, since) for act in said.moments)
        waiting = sum(session.waits for session in said.sessions)
        found[sha256] = News(waiting, judged, praise)
    return {sha256: news for sha256, news in sorted(found.items()) if not news.nothing}


def answered(
    work: Casework, verdicts: Sequence[Verdict], user: str, *, since: datetime | None = None
) -> frozenset[str]:
    """The marks to which this person gave context, or that they contested, which were judged after that and `since`."""
    asked: dict[str, datetime] = {}
    for act in (*work.contexts, *work.contests, *work.requests):
        if act.person == user and act.about:
            asked[act.about] = min(act.at, asked.get(act.about, act.at))
    return frozenset(
        one.flag
        for one in verdicts
        if one.flag in asked
        and one.at > asked[one.flag]
        and one.reviewer_role in CONFIRMING_ROLES
        and _later(one.at, since)
    )


def _later(at: datetime, since: datetime | None) -> bool:
    return since is None or at > since


def _last_look(book: Casebook, viewer: Viewer, sha256: str) -> datetime | None:
    """When this person last opened, read or played this recording."""
    mine = book.logged(recording=sha256, person=viewer.user, limit=50)
    return next((one.at for one in mine if one.action in _LOOKING and one.outcome == "done"), None)


def _reads(desk: Desk, facts: Facts) -> Decision:
    return access.may(desk.viewer, Action.VIEW, facts, rules=desk.rules)


# One recording


def debrief(desk: Desk, sha256: str) -> Debrief:
    """What an officer reads of their own recording; raises Refused, also before it was opened for a purpose."""
    encounter, work, verdicts = desk.encounter(sha256), casework.of(desk, sha256), desk.verdicts(sha256)
    with desk.store.casebook() as book:
        facts = book.facts(sha256)
    if access.appears(desk.viewer, facts) and facts.wearer != desk.viewer.officer:
        work = replace(work, sessions=())  # coaching is between its supervisor and whoever wears the camera
    told = timeline(encounter, verdicts=verdicts, hidden=desk.policy.hidden)
    if facts.held and access.appears(desk.viewer, facts) and not desk.policy.show_affairs_views:
        verdicts = tuple(map(_unnamed, verdicts))
    people = {**_people(desk), WITHHELD: "a person"}
    return Debrief(encounter=encounter, work=work, verdicts=verdicts, told=told, people=people)


def _unnamed(one: Verdict) -> Verdict:
    """The same answer without whose it is, where it is internal affairs' own."""
    return replace(one, reviewer=WITHHELD) if one.reviewer_role == ViewerRole.INTERNAL_AFFAIRS else one


def views(desk: Desk, sha256: str) -> Views:
    """Who opened this recording and what they did, as far as this person may know it; raises Refused.

    To those who appear in it, a hold is not told while it lasts; and whether internal affairs' own entries are shown
    then is the agency's policy.
    """
    entries = desk.views(sha256)
    with desk.store.casebook() as book:
        facts = book.facts(sha256)
    withheld = not desk.policy.show_affairs_views
    if facts.held and access.appears(desk.viewer, facts):
        entries = tuple(entry for entry in entries if not _of_the_hold(entry, affairs=withheld))
    return Views(entries, _people(desk), affairs_withheld=withheld and access.appears(desk.viewer, facts))


def _of_the_hold(entry: AuditEntry, *, affairs: bool) -> bool:
    closed = entry.outcome == "refused" and entry.action in _CLOSED
    return entry.action in OF_THE_HOLD or closed or (affairs and entry.role == ViewerRole.INTERNAL_AFFAIRS)


def _people(desk: Desk) -> dict[str, str]:
    with desk.store.casebook() as book:
        return {person.id: person.name for person in book.accounts.every()}


# Trends


def reviewed(desk: Desk) -> tuple[int, int]:
    """How many of this officer's recordings were reviewed to the end, and how many there are, watchable or not."""
    with desk.store.register() as register:
        listed = register.page(_asked(desk), limit=MOST)
    return sum(row.state is State.SIGNED for row in listed), len(listed)


def past(desk: Desk) -> tuple[Past, ...]:
    """Each recording of this officer's that they may watch, for their own trends, oldest first; nobody else's."""
    asked = _asked(desk)
    with desk.store.register() as register:
        listed = register.page(asked, limit=MOST)
        counts = register.mark_counts([row.entry.sha256 for row in listed])
    with desk.store.casebook() as book:
        facts = book.facts_of([row.entry.sha256 for row in listed])
    hidden = desk.policy.hidden
    rows = [
        Past(
            on=(row.entry.recorded_at or row.entry.added_at).date(),
            seconds=row.entry.seconds,
            reviewed=row.state is State.SIGNED,
            counts=tuple(one for one in counts.get(row.entry.sha256, ()) if one.behaviour not in hidden),
        )
        for row in listed
        if _reads(desk, facts[row.entry.sha256])
    ]
    return tuple(sorted(rows, key=lambda one: one.on))
