"""HTML around the review form, coaching, shared moments and what waits; every text is escaped, classes in page.css."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any
from urllib.parse import quote

from review.access import HELD_FOR, HOLD_CLOSES
from review.desk.coaching import Given, Held, Overview
from review.desk.moments import Moment
from review.desk.waiting import Waiting, What
from review.screens.coaching_rows import ANSWER_NAMES
from review.screens.parts import ROLE_NAMES

# A kind of waiting as its heading, and where one goes to do it.
HEADINGS = {
    What.HELD: "Held for internal affairs",
    What.REVIEW: "Reviews given to you",
    What.COACHING: "Coaching given to you",
    What.SESSION: "Coaching sessions to read",
    What.CONTESTED: "Marks that an officer contests",
    What.ASKED: "Reviews that an officer asks for",
    What.NOT_SIGNED: "Sessions that were read and not signed",
    What.WITH_OTHERS: "Said against what you judged or signed: somebody else looks at it, nothing for you to do",
    What.WITH_NOBODY: "Said against what you judged or signed, and nobody else has an account that can look at it",
}
_PAGES = {What.COACHING: "coaching", What.SESSION: "coaching", What.NOT_SIGNED: "coaching"}
NOTHING_WAITS = "Nothing waits for you. What others give you, ask you or answer will be listed here."
HELD = f"<strong>{HELD_FOR}</strong> {HOLD_CLOSES}"


def to_form(data: Mapping[str, Any], *, mine: str) -> str:
    """What this person was given here, and links to the form; empty when there is neither."""
    people, lines = data["people"], []
    for one in data["assignments"]:
        if one["to"] == mine and not one["done"]:
            due = f", due {one['due']}" if one["due"] else ", no due date"
            late = ' <strong class="bcr-late">overdue</strong>' if one["overdue"] else ""
            by = escape(people.get(one["by"], one["by"]))
            lines.append(f"<strong>Assigned to you</strong> by {by}: {escape(one['what'])}{escape(due)}{late}.")
    if data["hold"]:
        lines.append(HELD)
    if "answer" in data["may"]:
        stands = (
            "signed off"
            if data["signed"]
            else f"{len(data['missing'])} things are missing"
            if data["missing"]
            else "ready to sign off"
        )
        lines.append(f'<a class="bcr-at" href="#form">Review form</a>: {stands}.')
    if "session" in data["may"]:
        where = f"/coaching?recording={data['recording']}"
        lines.append(f'<a class="bcr-at" href="{where}" target="_self">Coaching on this recording</a>')
    return f'<div class="bcr-assigned">{"".join(f"<p>{line}</p>" for line in lines)}</div>' if lines else ""


def waiting_list(found: Sequence[Waiting], people: Mapping[str, str], today: date) -> str:
    """What waits for somebody, by kind; each entry leads to where it is done."""
    if not found:
        return f'<p class="bcr-note">{NOTHING_WAITS}</p>'
    kinds = [what for what in What if any(one.what is what for one in found)]
    parts = []
    for what in kinds:
        rows = [one for one in found if one.what is what]
        items = "".join(_waiting(one, people, today) for one in rows)
        parts.append(f"<section><h3>{HEADINGS[what]} <span>{len(rows)}</span></h3><ul>{items}</ul></section>")
    return f'<div class="bcr-waiting">{"".join(parts)}</div>'


def _waiting(one: Waiting, people: Mapping[str, str], today: date) -> str:
    where = f"/{_PAGES.get(one.what, 'listen')}?recording={quote(one.recording)}"
    due = ""
    if one.due is not None:
        told, late = ("overdue since", ' class="bcr-late"') if one.overdue(today) else ("due", "")
        due = f"<span{late}>{told} {one.due.isoformat()}</span>"
    by = escape(people.get(one.by, one.by))
    text = f"<blockquote>{escape(one.text)}</blockquote>" if one.text else ""
    return (
        f'<li><a href="{escape(where)}" target="_self">{escape(one.name)}</a> '
        f'<span class="bcr-quiet">{by}, {_ago(one.since, today)}</span> {due}{text}</li>'
    )


def _ago(since: date, today: date) -> str:
    days = (today - since).days
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"


def coaching_given(given: Iterable[Given], overview: Overview, today: date) -> str:
    """The sessions that somebody was asked to hold, what is due first."""
    rows = "".join(
        f'<tr><td><a href="/coaching?recording={quote(one.recording)}" target="_self">{escape(one.name)}</a></td>'
        f"<td>{_officer(overview, one.officer)}</td>"
        f"<td>{_due(one, today)}</td><td>{escape(_name(overview, one.assignment.act.person))}</td></tr>"
        for one in given
    )
    if not rows:
        return '<p class="bcr-note">You were given no coaching. Coaching is assigned on a recording\'s review page.</p>'
    return _table(("Recording", "Officer", "Due", "Given by"), rows)


def coaching_sessions(sessions: Iterable[Held], overview: Overview) -> str:
    """Sessions that were sent, and how they were answered."""
    rows = "".join(_session(one, overview) for one in sessions)
    if not rows:
        return '<p class="bcr-note">No session was sent yet.</p>'
    return _table(("Recording", "Officer", "Sent", "By", "Answer"), rows)


def _session(one: Held, overview: Overview) -> str:
    act = one.session.act
    cells = (
        _session_link(one),
        _officer(overview, one.officer),
        act.at.date().isoformat(),
        escape(_name(overview, act.person)),
        escape(_answered(one)),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def moment_card(moment: Moment, *, number: int) -> str:
    """A shared moment: why it was shared, its sound, and what was said by whom, told by role."""
    lines = "".join(
        f'<p><span class="bcr-who">{escape(ROLE_NAMES[one.role])}</span> {escape(one.text)}</p>' for one in moment.lines
    )
    words = lines or '<p class="bcr-note">No words were heard in it.</p>'
    why = f"<p>{escape(moment.why)}</p>" if moment.why else ""
    source = f"/api/moments/{quote(moment.id, safe=':')}/clip"
    return (
        f'<article class="bcr-moment"><h3>Moment {number}</h3>'
        f'<p class="bcr-quiet">shared on {moment.shared_on.isoformat()}, {moment.seconds:.0f} seconds</p>{why}'
        f'<audio controls preload="none" aria-label="Moment {number}" src="{escape(source)}"></audio>{words}</article>'
    )


def _due(one: Given, today: date) -> str:
    if one.held:
        return "closed while the recording is held"
    if one.assignment.due is None:
        return "no date"
    late = ' <strong class="bcr-late">overdue</strong>' if one.overdue(today) else ""
    return f"{one.assignment.due.isoformat()}{late}"


def _session_link(one: Held) -> str:
    if not one.reads:
        return f'{escape(one.name)} <span class="bcr-quiet">{escape(one.reads.why)}</span>'
    return f'<a href="/coaching?recording={quote(one.recording)}" target="_self">{escape(one.name)}</a>'


def _answered(one: Held) -> str:
    answer = one.session.acknowledged
    if one.session.withdrawn is not None:
        return "withdrawn by who sent it"
    return ANSWER_NAMES[str(answer.body["answer"])] if answer else "not answered yet"


def _name(overview: Overview, user: str) -> str:
    return overview.people.get(user, user)


def _officer(overview: Overview, officer: str) -> str:
    return escape(overview.officers.get(officer, officer) or "not said")


def _table(names: Sequence[str], rows: str) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return f'<table class="bcr-table bcr-work"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
