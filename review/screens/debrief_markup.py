"""Small pieces of HTML for an officer's pages; every text is escaped, every class is in page.css."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from html import escape
from typing import Any

from review.desk.debrief import Mine, News
from review.screens.parts import clock, in_zone, moment
from review.store import State

STATES = {
    State.NOT_BEGUN: "No review yet",
    State.BEGUN: "A review has begun",
    State.SIGNED: "Review finished",
}
# A web address, a mail address or a telephone number within a policy's line.
_LINKS = re.compile(
    r"(?P<web>https://[^\s<>\"]+[^\s<>\".,;)])|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?P<tel>\+?\d[\d ().–-]{2,}\d)"
)


def support(text: str) -> str:
    """The agency's peer-support line, its numbers and addresses as plain links; no click on them comes to this program.

    >>> support("Call 0800 123 456.")
    '<p class="bcr-support">Call <a href="tel:0800123456">0800 123 456</a>.</p>'
    """
    return f'<p class="bcr-support">{_linked(text)}</p>' if text else ""


def _linked(text: str) -> str:
    out, at = [], 0
    for found in _LINKS.finditer(text):
        said = found[0]
        to = {"web": said, "mail": f"mailto:{said}", "tel": f"tel:{re.sub(r'[^+0-9]', '', said)}"}[str(found.lastgroup)]
        rel = ' rel="noreferrer noopener" target="_blank"' if found.lastgroup == "web" else ""
        out += [escape(text[at : found.start()]), f'<a href="{escape(to)}"{rel}>{escape(said)}</a>']
        at = found.end()
    return "".join([*out, escape(text[at:])])


def warning(kinds: Sequence[tuple[str, int]]) -> str:
    """What may be hard to hear again, before it is heard."""
    items = "".join(f"<li>{escape(name)}</li>" for name, _ in kinds)
    return (
        '<div class="bcr-warning"><p>The machine marked in this recording:</p>'
        f"<ul>{items}</ul><p>It can be wrong, and there can be more that it did not hear. You need not watch this now, "
        "and you need not watch it alone.</p></div>"
    )


def mine_facts(one: Mine, *, zone: tzinfo | None = None) -> str:
    """When a recording was made in the reader's zone, how long it is, and where its review stands."""
    entry = one.entry
    when = moment(in_zone(entry.recorded_at, zone)) if entry.recorded_at else "recording time not in the file"
    kind = "video" if entry.has_video else "sound only"
    pieces = [when, clock(entry.seconds), kind, STATES[one.state], _statement(one)]
    return f'<p class="bcr-mine">{" · ".join(map(escape, pieces))}</p>'


def _statement(one: Mine) -> str:
    if one.statement is not None:
        return f"Report or statement done on {one.statement.at.date().isoformat()}"
    return "Report or statement not marked as done"


def news_line(news: News) -> str:
    """What is new in one recording, in words; empty when there is nothing."""
    told = news_words(news)
    return f'<p class="bcr-new"><strong>New:</strong> {escape(", ".join(told))}</p>' if told else ""


def news_words(news: News) -> tuple[str, ...]:
    """What is new, a phrase each.

    >>> news_words(News(sessions=1, judged=2))
    ('a coaching session to read', '2 marks judged since you answered to them')
    """
    told = []
    if news.sessions:
        told.append(
            "a coaching session to read" if news.sessions == 1 else f"{news.sessions} coaching sessions to read"
        )
    if news.judged:
        one = "1 mark judged since you answered to it"
        told.append(one if news.judged == 1 else f"{news.judged} marks judged since you answered to them")
    if news.praise:
        told.append("praise")
    return tuple(told)


def answers_said(rows: Mapping[str, Sequence[Mapping[str, Any]]], marks: Mapping[str, str]) -> str:
    """What the officer answered, for whoever reviews the recording; `marks` names each mark. Empty when nothing.

    `rows` are those of answer_rows.answer_rows.
    """
    items = "".join(
        _said(row, marks.get(about, "a mark that is not shown any more") if about else "the recording as a whole")
        for about, said in rows.items()
        for row in said
    )
    return f'<ul class="bcr-answers">{items}</ul>' if items else ""


def _said(row: Mapping[str, Any], about: str) -> str:
    name = f"{row['name']}: {row['what']}" if row["what"] else row["name"]
    return (
        f"<li><strong>{escape(name)}</strong>, about {escape(about)} ({escape(row['by'])}, {escape(row['on'])})"
        f"<blockquote>{escape(row['text'])}</blockquote><span>{escape(row['became'])}</span></li>"
    )
