"""Who opened a recording, what they did and why, in plain words: entries of the log in, rows and HTML out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from review.access import Action, Purpose
from review.casework import Kind
from review.desk.debrief import Views
from review.screens.debrief_words import ROLE_WORDS
from review.screens.parts import PURPOSE_NAMES
from review.store import AuditEntry

AT_THE_COMMAND_LINE = "command line"  # how the source of such an entry begins
# What an entry of the log says, as its reader would say it.
DEEDS = {
    "open": "opened it",
    "load": "loaded its sound or picture",
    Action.LIST: "looked for it",
    Action.VIEW: "read its words and marks",
    Action.PLAY: "listened or watched",
    Action.MOMENTS: "heard a moment of it that was shared",
    Action.DECIDE: "judged a mark",
    Action.EXPORT: "took a report away",
    Action.SEE_VIEWS: "looked who had opened it",
    Action.SET_PRESENCE: "said whose recording it is",
    Kind.LISTENED: "listened to a stretch",
    Kind.ANSWER: "answered a question of the review form",
    Kind.COMMENT: "commented in the review form",
    Kind.DISPOSITION: "chose how the review ends",
    Kind.SIGN_OFF: "signed the review off",
    Kind.REOPEN: "reopened the review",
    Kind.REFER: "referred it to internal affairs",
    Kind.RELEASE: "ended internal affairs' hold",
    Kind.NOTE: "wrote a note",
    Kind.BOOKMARK: "set a bookmark",
    Kind.PRAISE: "praised a moment",
    Kind.WITHDRAW: "took something of their own back",
    Kind.SHARE: "shared a moment",
    Kind.ASSIGN: "gave somebody work on it",
    Kind.UNASSIGN: "took such work back",
    Kind.SESSION: "sent a coaching session",
    Kind.RECALL: "withdrew a coaching session that had no answer",
    Kind.ACKNOWLEDGE: "answered a coaching session",
    Kind.CONTEXT: "added context",
    Kind.CONTEST: "contested a mark",
    Kind.ASK_REVIEW: "asked for another person to review it",
    Kind.STATEMENT_DONE: "said that the report or statement is done",
    Kind.CORRECT: "corrected who spoke or what was said",
}
WITHHELD = "By your agency's policy, what internal affairs did can be left out of this list for a time."


@dataclass(frozen=True)
class Viewed:
    """One line of the list: what somebody did in a row on one day for one reason."""

    when: str  # of the last of it
    who: str
    role: str
    what: tuple[str, ...]  # deeds, the first one first, with how often
    why: str
    refused: bool


def view_rows(views: Views, user: str, *, own: bool = True) -> tuple[Viewed, ...]:
    """The entries as lines, newest first; without `own` those of this person themselves are left out."""
    entries = [entry for entry in views.entries if own or entry.person != user]
    return tuple(_viewed(list(group), views, user) for _, group in groupby(entries, key=_together))


def views_table(rows: Sequence[Viewed], *, withheld: bool) -> str:
    """The lines as a table, with what may be left out of it."""
    note = f'<p class="bcr-note">{escape(WITHHELD)}</p>' if withheld else ""
    if not rows:
        return f'<p class="bcr-note">Nobody else has opened this recording.</p>{note}'
    head = "".join(f'<th scope="col">{name}</th>' for name in ("When (UTC)", "Who", "What", "Why"))
    lines = "".join(_line(row) for row in rows)
    return f'<table class="bcr-table bcr-views"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>{note}'


def _line(row: Viewed) -> str:
    what = ", ".join(row.what)
    cells = (
        row.when,
        f"{row.who}, {row.role}" if row.role else row.who,
        f"tried, and was refused: {what}" if row.refused else what,
        row.why,
    )
    refused = ' class="bcr-refused"' if row.refused else ""
    return f"<tr{refused}>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _together(entry: AuditEntry) -> tuple[object, ...]:
    return (entry.at.date(), entry.person, entry.role, entry.purpose, entry.outcome, _typed(entry))


def _viewed(entries: Sequence[AuditEntry], views: Views, user: str) -> Viewed:
    newest = entries[0]
    mine = newest.person == user
    deeds = Counter(map(_deed, reversed(entries)))
    return Viewed(
        when=f"{newest.at:%Y-%m-%d %H:%M}",
        who=_who(newest, views, mine=mine),
        role="" if mine else ROLE_WORDS.get(newest.role, newest.role),
        what=tuple(deed if times == 1 else f"{deed} ({times} times)" for deed, times in deeds.items()),
        why=PURPOSE_NAMES[Purpose(newest.purpose)] if newest.purpose in tuple(Purpose) else "",
        refused=newest.outcome == "refused",
    )


def _typed(entry: AuditEntry) -> bool:
    """Whether it was done at the command line."""
    return entry.source.startswith(AT_THE_COMMAND_LINE)


def _who(entry: AuditEntry, views: Views, *, mine: bool) -> str:
    name = "You" if mine else views.people.get(entry.person, entry.person)
    if not name:
        return "At the command line" if _typed(entry) else "Somebody who was not signed in"
    return f"{name}, at the command line" if _typed(entry) else name


def _deed(entry: AuditEntry) -> str:
    told = DEEDS.get(entry.action, entry.action.replace("_", " "))
    if entry.action == Action.EXPORT and entry.details.get("form"):
        return f"{told} ({entry.details['form']})"
    if entry.action == Kind.SHARE and entry.details.get("about"):
        return f"{told} with {'trainers' if entry.details['about'] == 'trainer' else 'oversight'}"
    return told
