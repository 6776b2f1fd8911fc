"""The library at a desk: lists, searches and shared-out work that hold only what this person may know of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

from review import access
from review.access import Action, Purpose, Viewer, ViewerRole
from review.casework import Assignment
from review.desk import casework
from review.desk.desk import Desk
from review.errors import Refused, ReviewError, UnknownRecording
from review.store import SERIOUS, Asked, Entry, Filter, Found, Hit, Listed, Sort, State

MOST_AT_ONCE = 500  # recordings whose work is shared out in one go
MOST_SAVED = 40  # filters that one person keeps
NOT_BY_OFFICER = "Recordings cannot be listed by officer here; the agency's policy would have to allow it."
# What each kind of work needs the person to be allowed to do.
_NEEDED = {"review": Action.REVIEW, "coaching": Action.COACH}


@dataclass(frozen=True)
class Ready:
    """A filter that everybody finds ready-made, and what to know about what it shows."""

    name: str
    wanted: Filter
    note: str = ""


SERIOUS_NAMES = ", ".join(behaviour.replace("_", " ") for behaviour in SERIOUS)
SERIOUS_KINDS = f"{SERIOUS_NAMES}. Force and medical complaints are listed unless medical aid was marked for sure."
READY = (
    Ready("Assigned to me", Filter(mine=True, sort=Sort.OLDEST)),
    Ready("Unsigned, oldest first", Filter(state=State.UNSIGNED, sort=Sort.OLDEST)),
    Ready(
        "Serious marks unread",
        Filter(serious=True, sort=Sort.OLDEST),
        f"Marks that should be listened to first: {SERIOUS_KINDS} Each is a machine's question until a person has "
        "heard it.",
    ),
    Ready(
        "Stop without a reason heard",
        Filter(without_reason=True),
        "An order or a detention was marked, and no reason for the contact; not every one is a stop. The machine "
        "misses about half of the reasons that are given: nothing heard is not nothing said, so listen first.",
    ),
)


@dataclass(frozen=True)
class Page:
    """One page of a list, and how many recordings the whole list has."""

    rows: tuple[Listed, ...]
    total: int


@dataclass(frozen=True)
class SharedOut:
    """Work that was given out: the recordings, and for those refused their names and why."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def find(desk: Desk, prefix: str) -> str:
    """The sha256 that starts with `prefix`; raises UnknownRecording, WrongUse, and Refused for one out of reach."""
    try:
        sha256 = desk.store.find(prefix)
    except UnknownRecording as error:
        raise UnknownRecording("There is no such recording here. Open it from your list.") from error
    desk.require(Action.LIST, sha256)
    return sha256


def to_open(desk: Desk, sha256: str) -> tuple[Entry, tuple[Purpose, ...]]:
    """What the list says of this recording, and for what this person may open it; raises Refused for who may not."""
    allowed = desk.purposes(sha256)
    with desk.store.register() as register:
        return register.entry(sha256), allowed


def count(desk: Desk) -> int:
    """How many recordings this person's list holds."""
    return desk.store.count(desk.reach)


def page(desk: Desk, *, limit: int, offset: int = 0) -> tuple[Entry, ...]:
    """One page of this person's recordings, newest first; of their own, no mark before the statement."""
    closed_to = desk.viewer if desk.rules.debrief_after_statement else None
    return desk.store.recordings(
        limit=limit, offset=offset, hidden=desk.policy.hidden, reach=desk.reach, closed_to=closed_to
    )


def look(desk: Desk, wanted: Filter, *, limit: int, offset: int = 0) -> Page:
    """One page of this person's recordings that fulfil a filter; raises Refused for one that they may not use."""
    asked = _asked(desk, wanted)
    if wanted.officer:
        desk.log(Action.SEARCH, officer=wanted.officer)
    with desk.store.register() as register:
        total = register.count(asked)
        # A page that is gone since, because somebody signed or somebody's filter changed, is the last one.
        first = min(offset, max(0, (total - 1) // limit * limit))
        return Page(register.page(asked, limit=limit, offset=first), total)


def how_many(desk: Desk, wanted: Filter) -> int:
    """How many of this person's recordings fulfil a filter; raises Refused for one that they may not use."""
    asked = _asked(desk, wanted)
    with desk.store.register() as register:
        return register.count(asked)


def search(desk: Desk, query: str, *, limit: int, wanted: Filter | None = None) -> tuple[Hit, ...]:
    """The turns in which all these words were said, in recordings whose words this person may read; logged."""
    return searched(desk, query, wanted or Filter(), limit=limit).hits


def searched(desk: Desk, query: str, wanted: Filter, *, limit: int) -> Found:
    """The same within a filter, with how many there are."""
    desk.require(Action.SEARCH)
    asked = replace(_asked(desk, wanted), readable=desk.rules.debrief_after_statement)
    desk.log(Action.SEARCH, query=query[:200], **({"officer": wanted.officer} if wanted.officer else {}))
    with desk.store.register() as register:
        found = register.search(asked, query, limit=limit)
    with desk.store.casebook() as book:
        facts = book.facts_of({hit.sha256 for hit in found.hits})
    readable = {sha256 for sha256, one in facts.items() if access.may(desk.viewer, Action.VIEW, one, rules=desk.rules)}
    return replace(found, hits=tuple(hit for hit in found.hits if hit.sha256 in readable))


def by_officer(desk: Desk) -> bool:
    """Whether this person may list recordings by who wears the camera."""
    if desk.viewer.role == ViewerRole.INTERNAL_AFFAIRS:
        return True
    return desk.viewer.role == ViewerRole.SUPERVISOR and desk.policy.officer_search


def officers(desk: Desk) -> tuple[str, ...]:
    """The ids of officers to choose from; none for whom that choice is not."""
    if not by_officer(desk):
        return ()
    with desk.store.register() as register:
        return register.wearers(None if desk.reach.everything else desk.viewer.unit)


def units(desk: Desk) -> tuple[str, ...]:
    """The units to choose from; none for whoever sees one only."""
    if not desk.reach.everything:
        return ()
    with desk.store.register() as register:
        return register.units()


def languages(desk: Desk) -> tuple[str, ...]:
    """The languages to choose from."""
    with desk.store.register() as register:
        return register.languages()


# Filters that a person keeps


def saved(desk: Desk) -> Mapping[str, Filter]:
    """The filters that this person keeps, by name."""
    with desk.store.register() as register:
        return register.saved(desk.viewer.user)


def save(desk: Desk, name: str, wanted: Filter) -> None:
    """Keep a filter under a name; raises Refused for a name that is none or taken, and for too many."""
    name = " ".join(name.split())[:120]
    if not name:
        raise Refused("Give the filter a name.")
    if name in {ready.name for ready in READY}:
        raise Refused(f"“{name}” is a filter that everybody has; choose another name.")
    with desk.store.register(write=True) as register:
        if len(register.saved(desk.viewer.user).keys() - {name}) >= MOST_SAVED:
            raise Refused(f"You keep {MOST_SAVED} filters already; delete one first.")
        register.save(desk.viewer.user, name=name, wanted=wanted)


def forget(desk: Desk, name: str) -> None:
    """Delete a filter that this person kept."""
    with desk.store.register(write=True) as register:
        register.forget(desk.viewer.user, name=name)


# Work that is shared out


def reviewers(desk: Desk, what: str) -> tuple[Viewer, ...]:
    """The accounts that can be given this kind of work."""
    roles = [role for role in ViewerRole if access.may(Viewer("", "", role), _NEEDED[what])]
    with desk.store.register() as register:
        return register.accounts(roles)


def all_of(desk: Desk, wanted: Filter) -> tuple[str, ...]:
    """The recordings of a whole filter; raises Refused when they are more than can be shared out in one go."""
    with desk.store.register() as register:
        found = register.matching(_asked(desk, wanted), limit=MOST_AT_ONCE + 1)
    if len(found) > MOST_AT_ONCE:
        raise Refused(f"Work on at most {MOST_AT_ONCE} recordings is given out at a time; narrow the filter.")
    return found


def share_out(desk: Desk, which: Sequence[str], *, to: str, what: str, due: date | None) -> SharedOut:
    """Give somebody work on these recordings, each on record; what is refused is told and stops nothing else."""
    with desk.store.register() as register:
        given, names = register.open_work(which), register.names(which)
    with desk.store.casebook() as book:
        person = book.viewer(to)
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for sha256 in which:
        try:
            _check(desk, sha256, person, what, given.get(sha256, ()))
            body = {"what": what, "due": due.isoformat() if due else None}
            casework.do(desk, sha256, {"id": f"{uuid4()}:1", "kind": "assign", "about": to, "body": body})
        except ReviewError as error:
            refused.append((names.get(sha256, sha256[:12]), str(error)))
        else:
            done.append(sha256)
    return SharedOut(tuple(done), tuple(refused))


def _check(desk: Desk, sha256: str, person: Viewer | None, what: str, given: Sequence[Assignment]) -> None:
    """Raise Refused where the person could not do this work, or has it already."""
    if person is None:
        raise Refused("This account does not exist or was disabled.")
    if any(one.to == person.user and one.what == what for one in given):
        raise Refused(f"{person.name} has this work already.")
    with desk.store.casebook() as book:
        facts = book.facts(sha256)
    could = access.may(
        person, _NEEDED[what], replace(facts, assigned_to=facts.assigned_to | {person.user}), rules=desk.rules
    )
    if access.appears(person, facts):
        raise Refused(f"{person.name} appears in this recording, so somebody else has to do this.")
    if not could:
        raise Refused(f"{person.name} cannot do this: {could.why}")


def _asked(desk: Desk, wanted: Filter) -> Asked:
    if wanted.officer and not by_officer(desk):
        desk.log(Action.SEARCH, outcome="refused", why=NOT_BY_OFFICER, officer=wanted.officer)
        raise Refused(NOT_BY_OFFICER)
    closes = desk.rules.debrief_after_statement
    return Asked(desk.viewer, desk.reach, desk.clock().date(), wanted, desk.policy.hidden, closes=closes)
