"""The library's rows and the words for its filters, as HTML and plain text; every text is escaped, no streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from html import escape
from urllib.parse import urlencode

from review.encounter import Direction
from review.screens.markup import entry_counts, hit_line, plain, role_name
from review.screens.parts import DIRECTION_NAMES, behaviour_name, clock, in_zone, moment
from review.store import Entry, Filter, Found, Hit, Listed, Sort, State, Work

ORDER_NAMES = {
    Sort.NEWEST: "newest first",
    Sort.OLDEST: "oldest first",
    Sort.LONGEST: "longest first",
    Sort.MOST_UNREAD: "most unread marks first",
}
STATE_NAMES = {
    State.NOT_BEGUN: "not begun",
    State.BEGUN: "begun",
    State.SIGNED: "signed off",
    State.UNSIGNED: "not signed off",
}
WORK_NAMES = {"review": "review", "coaching": "coaching"}
NO_UNIT = "no unit given"
CLOSED = "You appear in it: what was marked is told once the report or statement about it is done."


def shown(first: int, count: int, total: int, *, sort: str = Sort.NEWEST) -> str:
    """Which part of the list a page holds.

    >>> shown(25, 25, 3000), shown(0, 1, 1, sort="oldest")
    ('26 to 50 of 3,000 recordings, newest first', '1 recording')
    """
    order = ORDER_NAMES[Sort(sort)]
    if count == total:
        return f"{total:,} recording" + (f"s, {order}" if total > 1 else "")
    return f"{first + 1:,} to {first + count:,} of {total:,} recordings, {order}"


def filter_words(wanted: Filter) -> tuple[str, ...]:
    """What a filter asks for, a few words for each part.

    >>> filter_words(Filter(unread=True, unit="", shortest=20.0))
    ('no unit given', 'unread marks', '20 minutes or longer')
    """
    told = [
        (wanted.since, f"from {wanted.since}"),
        (wanted.until, f"until {wanted.until}"),
        (wanted.officer, f"camera of {wanted.officer}"),
        (wanted.unit is not None, wanted.unit or NO_UNIT),
        (wanted.behaviours, _behaviours(wanted)),
        (wanted.direction, DIRECTION_NAMES.get(Direction(wanted.direction), "") if wanted.direction else ""),
        (wanted.state, STATE_NAMES[State(wanted.state)] if wanted.state else ""),
        (wanted.unread, "unread marks"),
        (wanted.serious, "serious marks unread"),
        (wanted.without_reason, "stop without a reason heard"),
        (wanted.not_own, "not my own"),
        (wanted.mine, "assigned to me"),
        (wanted.overdue, "overdue"),
        (wanted.held, "held for internal affairs"),
        (wanted.shortest is not None, f"{wanted.shortest or 0:g} minutes or longer"),
        (wanted.longest is not None, f"{wanted.longest or 0:g} minutes or shorter"),
        (wanted.language, f"language {wanted.language}"),
    ]
    return tuple(words for given, words in told if given)


def _behaviours(wanted: Filter) -> str:
    names = " and ".join(behaviour_name(one).lower() for one in wanted.behaviours)
    return f"{names} {'verified' if wanted.verified else 'marked'}"


def filter_line(wanted: Filter) -> str:
    """The parts of a filter as small labels."""
    labels = "".join(f"<li>{escape(words)}</li>" for words in filter_words(wanted))
    return f'<ul class="bcr-labels" aria-label="Shown are recordings with">{labels}</ul>'


def rows(listed: Sequence[Listed], today: date, *, ticks: bool, zone: tzinfo | None = None) -> str:
    """A list of recordings, each with a link, its facts and its counts; with `ticks` a box before each.

    `zone` is the reader's.
    """
    return f'<ul class="bcr-rows">{"".join(_row(one, today, ticks=ticks, zone=zone) for one in listed)}</ul>'


def _row(listed: Listed, today: date, *, ticks: bool, zone: tzinfo | None) -> str:
    entry = listed.entry
    name = escape(entry.name)
    choose = f'<input type="checkbox" data-recording="{entry.sha256}" aria-label="Choose {name}">' if ticks else ""
    link = f'<a href="{escape(_listen(recording=entry.sha256))}" target="_self">{name}</a>'
    return f"<li>{choose}<div>{link}{row_facts(listed, today, zone=zone)}</div><div>{row_counts(listed)}</div></li>"


def _listen(**query: str | float) -> str:
    return f"/listen?{urlencode(query)}"


def hit_rows(hits: Sequence[Hit], query: str) -> str:
    """Where something was said: a link to each place, and the words."""
    return f'<ul class="bcr-rows bcr-hits">{"".join(_hit(hit, query) for hit in hits)}</ul>'


def _hit(hit: Hit, query: str) -> str:
    where = escape(_listen(recording=hit.sha256, at=hit.start, find=query))
    said = hit_line(hit.text, role_name(hit.role, hit.speaker), query)
    return f'<li><div><a href="{where}" target="_self">{escape(hit.name)}, at {clock(hit.start)}</a>{said}</div></li>'


def row_facts(listed: Listed, today: date, *, zone: tzinfo | None = None) -> str:
    """When a recording was made (in the reader's zone), its length, where its review stands, and who was given work."""
    labels = [_label(STATE_NAMES[listed.state], f"state-{listed.state.value}")]
    labels += [_label("held for internal affairs", "held")] if listed.held else []
    labels += [_work(work, today) for work in listed.work]
    return (
        f'<div class="bcr-facts-line">{escape(_facts(listed, zone))}</div><ul class="bcr-labels">{"".join(labels)}</ul>'
    )


def _facts(listed: Listed, zone: tzinfo | None) -> str:
    entry = listed.entry
    unit = [listed.unit] if listed.unit else []
    return " · ".join([when(entry, zone=zone), clock(entry.seconds), _kind(entry), *unit])


def named(entry: Entry, *, zone: tzinfo | None) -> str:
    """Which recording is about to be opened, as Markdown: its name and its date."""
    return f"**{plain(entry.name)}** · {plain(when(entry, zone=zone))}"


def when(entry: Entry, *, zone: tzinfo | None) -> str:
    """The date of a recording as its row tells it: when it was made, else when it was added."""
    if entry.recorded_at is None:
        return f"added {in_zone(entry.added_at, zone):%Y-%m-%d}"
    return moment(in_zone(entry.recorded_at, zone))


def _kind(entry: Entry) -> str:
    return ("video" if entry.has_video else "sound only") + (f" · {entry.language}" if entry.language else "")


def _label(text: str, kind: str = "") -> str:
    return f'<li class="bcr-label-{kind}">{escape(text)}</li>' if kind else f"<li>{escape(text)}</li>"


def _work(work: Work, today: date) -> str:
    due = f", due {work.due}" if work.due else ""
    late = work.due is not None and work.due < today
    return _label(f"{WORK_NAMES[work.what]}: {work.name}{due}{' (overdue)' if late else ''}", "late" if late else "")


def row_counts(listed: Listed) -> str:
    """The counts of a recording by direction, and how many of all its marks people have judged."""
    if listed.entry.closed:
        return f'<div class="bcr-judged">{CLOSED}</div>'
    if not listed.marks:
        return '<div class="bcr-judged">The machine marked nothing here. Nothing heard is not nothing done.</div>'
    share = round(100 * listed.judged / listed.marks)
    others = f"; {listed.others} of them of other officers, not counted above" if listed.others else ""
    return (
        f"{entry_counts(listed.entry)}"
        f'<div class="bcr-judged"><span class="bcr-meter" aria-hidden="true"><i style="width:{share}%"></i></span>'
        f"{listed.judged} of {listed.marks} marks judged ({share} %){others}</div>"
    )


def hits_line(found: Found) -> str:
    """How often something was said.

    >>> hits_line(Found(places=3, recordings=2))
    '3 places in 2 recordings where this was said'
    """
    places = f"{found.places:,} place{'' if found.places == 1 else 's'}"
    where = f"{found.recordings:,} recording{'' if found.recordings == 1 else 's'}"
    line = f"{places} in {where} where this was said"
    if 0 < len(found.hits) < found.places:
        line += f"; the first {len(found.hits)} are shown, newest recording first"
    if found.cut:
        line += ". These words are so common that only the newest places were searched: add a word"
    return line
