"""What an agency decides for itself: what is shown, how sure a mark must be, which rights are told, what a review asks.

A policy is data. It can hide a behaviour or ask for more certainty; it can never make the program surer than it is, and
it holds nothing by which a person could be ranked.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path

from review import behaviours
from review.access import Rules
from review.encounter import Encounter, Flag
from review.policy.entries import Entries

VARIABLE = "BODYCAM_REVIEW_POLICY"
BUILT_IN = "the built-in policy"
MOST_LOCK_MINUTES = 30  # CJIS AC-11
# The codebook: a remark on a protected group always goes to a person.
NEVER_HIDDEN = frozenset({"bias_remark"})


class Reply(StrEnum):
    """What a reviewer can answer to an item of a checklist."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Item:
    """One question of a checklist; `look_at` are the behaviours whose flags help to answer it."""

    id: str
    text: str
    answers: tuple[Reply, ...] = tuple(Reply)
    look_at: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checklist:
    """What a reviewer is asked of one encounter; the answers are never added up."""

    id: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Element:
    """One thing that a person is to be told; its id is the one that rules give in a flag's details."""

    id: str
    text: str


@dataclass(frozen=True)
class Country:
    """What is to be told to a person who is arrested there, with its legal source."""

    id: str
    name: str
    source: str
    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Policy:
    """An agency's decisions; every value that its file does not give is that of the built-in policy."""

    country: Country
    checklists: tuple[Checklist, ...]
    agency: str = ""
    peer_support: str = ""  # whom officers can turn to after a hard encounter
    use_notice: str = ""  # what everybody agrees to by signing in
    lock_minutes: int = 15  # without a key or a click until the screen hides itself
    hidden: frozenset[str] = frozenset()  # ids of behaviours; stored, but neither shown nor counted
    threshold: float = behaviours.Settings.threshold  # confidence below which a flag is unsure
    thresholds: Mapping[str, float] = field(default_factory=dict)  # the same for single behaviours, never lower
    retention_days: int | None = None  # None: the agency has set no limit
    access: Rules = field(default_factory=Rules)
    officer_search: bool = False  # whether a supervisor may search all recordings of one officer
    show_affairs_views: bool = True  # whether officers see internal affairs' looks at a recording while it is held
    dispositions: tuple[str, ...] = ()  # how a review can end

    def tagging(self) -> behaviours.Settings:
        """The program's own settings of the tagger made as strict as the policy, with the rights of its country."""
        own = behaviours.Settings()
        return replace(
            own,
            threshold=max(own.threshold, self.threshold),
            thresholds=dict(self.thresholds),
            rights=tuple(element.id for element in self.country.elements),
        )

    def shown(self, encounter: Encounter) -> Encounter:
        """The encounter without the flags that the agency hides, with a remark that tells how many of what they are.

        What is stored stays whole: this is for whatever shows or counts flags.
        """
        hidden = Counter(flag.behaviour for flag in encounter.flags if flag.behaviour in self.hidden)
        if not hidden:
            return encounter
        told = ", ".join(f"{behaviour} ({count})" for behaviour, count in sorted(hidden.items()))
        remark = f"Marks that are stored but not shown or counted, by the agency's policy: {told}."
        provenance = replace(encounter.provenance, remarks=(*encounter.provenance.remarks, remark))
        kept = tuple(self._told(flag) for flag in encounter.flags if flag.behaviour not in self.hidden)
        return replace(encounter, flags=kept, provenance=provenance)

    def _told(self, flag: Flag) -> Flag:
        """The flag without the names of hidden behaviours among those that it says follow it."""
        following = flag.details.get("then_marked", ())
        if self.hidden.isdisjoint(following):
            return flag
        left = [behaviour for behaviour in following if behaviour not in self.hidden]
        details = {key: value for key, value in flag.details.items() if key != "then_marked"}
        # An empty list would say that nothing was marked.
        return replace(flag, details=details | {"then_marked": left} if left else details)


def current(given: Path | None = None) -> Policy:
    """The policy in the file `given`, else in that which BODYCAM_REVIEW_POLICY names, else the built-in one."""
    where = str(given or os.environ.get(VARIABLE) or "")
    return read(Path(where)) if where else built_in()


def read(path: Path) -> Policy:
    """The policy in this TOML file; raises UnreadablePolicy, which names the file, the key and what to do."""
    return _policy(Entries.read(path), built_in())


@cache
def built_in() -> Policy:
    """The policy that holds where an agency says nothing else."""
    text = files(__package__).joinpath("default.toml").read_text("utf-8")
    return _policy(Entries.parse(text, BUILT_IN), Policy(countries()["us"], ()))


@cache
def countries() -> Mapping[str, Country]:
    """The countries whose rights are known, by id."""
    whole = Entries.parse(files(__package__).joinpath("countries.toml").read_text("utf-8"), "countries.toml")
    known = [_country(entries) for entries in whole.tables("country")]
    whole.end()
    return {country.id: country for country in known}


def _country(entries: Entries) -> Country:
    elements = tuple(Element(one.text("id"), one.text("text")) for one in entries.tables("element"))
    country = Country(entries.text("id"), entries.text("name"), entries.text("source"), elements)
    entries.end()
    return country


def _policy(whole: Entries, base: Policy) -> Policy:
    agency, shown, surer = whole.table("agency"), whole.table("behaviours"), whole.table("thresholds")
    rights, retention = whole.table("rights"), whole.table("retention")
    reach, reviews = whole.table("access"), whole.table("review")
    per_behaviour = surer.table("by_behaviour")
    checklists = tuple(_checklist(entries) for entries in whole.tables("checklist"))
    policy = Policy(
        agency=agency.text("name", base.agency),
        peer_support=agency.text("peer_support", base.peer_support),
        use_notice=agency.text("use_notice", base.use_notice),
        lock_minutes=_lock_minutes(reach) if reach.has("lock_minutes") else base.lock_minutes,
        hidden=_hidden(shown) if shown.has("hide") else base.hidden,
        threshold=_stricter(surer, "overall") if surer.has("overall") else base.threshold,
        thresholds={**base.thresholds, **{name: _stricter(per_behaviour, name) for name in _named(per_behaviour)}},
        country=_chosen_country(rights) if rights.has("country") else base.country,
        checklists=checklists or base.checklists,
        retention_days=_days(retention) if retention.has("days") else base.retention_days,
        access=Rules(
            debrief_after_statement=reach.flag("debrief_after_statement", base.access.debrief_after_statement)
        ),
        officer_search=reach.flag("officer_search", base.officer_search),
        show_affairs_views=reach.flag("show_affairs_views", base.show_affairs_views),
        dispositions=reviews.texts("dispositions") if reviews.has("dispositions") else base.dispositions,
    )
    whole.unique("checklist", [checklist.id for checklist in policy.checklists])
    for table in (agency, shown, surer, rights, retention, reach, reviews, whole):
        table.end()
    return policy


def _hidden(shown: Entries) -> frozenset[str]:
    hidden = _known(shown, "hide", shown.texts("hide"))
    for behaviour in hidden:
        if behaviour in NEVER_HIDDEN:
            raise shown.wrong("hide", f"{behaviour} always goes to a person and cannot be hidden; take it out")
    return frozenset(hidden)


def _named(per_behaviour: Entries) -> tuple[str, ...]:
    for behaviour in per_behaviour.keys:
        _known(per_behaviour, behaviour, (behaviour,))
    return per_behaviour.keys


def _known(entries: Entries, key: str, named: tuple[str, ...]) -> tuple[str, ...]:
    for behaviour in named:
        if behaviour not in behaviours.CATALOGUE:
            raise entries.unknown(key, behaviour, behaviours.CATALOGUE, what="behaviour of the codebook")
    return named


def _stricter(entries: Entries, key: str) -> float:
    threshold, own = entries.number(key), behaviours.Settings.threshold
    if not 0 <= threshold <= 1:
        raise entries.wrong(key, f"{threshold} is no threshold; give a number from {own} to 1")
    if threshold < own:
        raise entries.wrong(key, f"{threshold} is below the program's own {own}; a policy can only ask for more")
    return threshold


def _chosen_country(rights: Entries) -> Country:
    chosen = rights.text("country")
    if chosen not in countries():
        raise rights.unknown("country", chosen, countries(), what="country whose rights are known")
    return countries()[chosen]


def _days(retention: Entries) -> int:
    days = retention.whole("days")
    if days < 1:
        raise retention.wrong("days", f"{days} days cannot be kept; give 1 or more, or leave the key out for no limit")
    return days


def _lock_minutes(reach: Entries) -> int:
    minutes = reach.whole("lock_minutes")
    if not 1 <= minutes <= MOST_LOCK_MINUTES:
        raise reach.wrong("lock_minutes", f"{minutes} is not from 1 to {MOST_LOCK_MINUTES}; give minutes in between")
    return minutes


def _checklist(entries: Entries) -> Checklist:
    items = tuple(_item(one) for one in entries.tables("item"))
    checklist = Checklist(entries.identifier("id"), entries.text("title"), items)
    if not items:
        raise entries.wrong("item", "a checklist asks something; add a table [[checklist.item]] with id and text")
    entries.unique("item", [item.id for item in items])
    entries.end()
    return checklist


def _item(entries: Entries) -> Item:
    answers = entries.texts("answers") if entries.has("answers") else tuple(Reply)
    for answer in answers:
        if answer not in tuple(Reply):
            raise entries.unknown("answers", answer, tuple(Reply), what="answer")
    if Reply.CANNOT_TELL not in answers:
        raise entries.wrong("answers", "a recording does not show everything; cannot_tell must be among the answers")
    entries.unique("answers", answers)
    look_at = _known(entries, "look_at", entries.texts("look_at")) if entries.has("look_at") else ()
    item = Item(entries.identifier("id"), entries.text("text"), tuple(Reply(answer) for answer in answers), look_at)
    entries.end()
    return item
