"""Small pieces of HTML for the pages, made from values; every text is escaped, every class is in page.css."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from review.encounter import Direction, Role
from review.report import Format
from review.screens.parts import DIRECTION_NAMES, ROLE_NAMES, Tally, clock, moment
from review.store import Count, Entry
from review.timeline import Talk

# A shape for each direction, so that colour is never the only sign; the player draws the same ones.
SYMBOLS = {
    Direction.DEESCALATING: "▼",
    Direction.ESCALATING: "▲",
    Direction.CIVILIAN: "●",
    Direction.EVENT: "■",
    Direction.SIGNAL: "◆",
}
EXPORT_NAMES = {
    Format.JSON: "JSON (everything)",
    Format.CSV: "CSV (marks, for a spreadsheet)",
    Format.VTT: "WebVTT (subtitles)",
    Format.MD: "Markdown (to read)",
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def plain(text: str) -> str:
    r"""A text that Streamlit's Markdown shows as it is.

    >>> plain("unit_12 [copy].mp4")
    'unit\\_12 \\[copy\\]\\.mp4'
    """
    return _MARKDOWN.sub(r"\\\1", text)


def shown(first: int, count: int, total: int) -> str:
    """Which part of the library a page holds.

    >>> shown(25, 25, 3000), shown(0, 1, 1)
    ('26 to 50 of 3,000 recordings, newest first', '1 recording')
    """
    if count == total:
        return f"{total:,} recording" + ("s, newest first" if total > 1 else "")
    return f"{first + 1:,} to {first + count:,} of {total:,} recordings, newest first"


def direction(which: Direction) -> str:
    """A direction's shape and name."""
    return (
        f'<span class="bcr-dir bcr-{which.value}"><span class="bcr-sym" aria-hidden="true">{SYMBOLS[which]}</span> '
        f"{escape(DIRECTION_NAMES[which])}</span>"
    )


def entry_facts(entry: Entry) -> str:
    """When a recording was made, how long it is and who talks in it, as one line of Markdown."""
    when = moment(entry.recorded_at) if entry.recorded_at else "recording time not in the file"
    speakers = f"{entry.speakers} speaker" + ("" if entry.speakers == 1 else "s")
    kind = "video" if entry.has_video else "sound only"
    language = entry.language or "no language"
    return plain(f"{when} · {clock(entry.seconds)} · {kind} · {language} · {speakers} · {entry.words:,} words")


def entry_counts(entry: Entry) -> str:
    """The counts of a recording's marks by direction, machine and people apart."""
    cells = "".join(_count(which, entry.counts.get(which, Count())) for which in Direction)
    return f'<div class="bcr-counts">{cells}</div>'


def _count(which: Direction, count: Count) -> str:
    none = " bcr-none" if not count.marked + count.unsure else ""
    return (
        f'<div class="bcr-count{none}">{direction(which)}<div><strong>{count.marked}</strong> marked</div>'
        f"<div>{count.unsure} unsure</div><div>{count.verified} verified</div></div>"
    )


def hit_line(text: str, who: str, query: str) -> str:
    """What was said at a search hit, its words marked."""
    return f'<div class="bcr-hit"><span class="bcr-who">{escape(who)}</span> {_marked(text, query)}</div>'


def _marked(text: str, query: str) -> str:
    words = sorted(set(re.findall(r"\w+", query)), key=lambda word: (-len(word), word))
    if not words:
        return escape(text)
    found = re.compile(rf"\b({'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
    pieces = found.split(text)
    return "".join(f"<mark>{escape(piece)}</mark>" if odd % 2 else escape(piece) for odd, piece in enumerate(pieces))


def role_name(role: str, speaker: str) -> str:
    """A speaker of a search hit.

    >>> role_name("civilian", "S2")
    'Civilian (S2)'
    """
    return f"{ROLE_NAMES[Role(role)]} ({speaker})"


def fact_line(facts: Iterable[tuple[str, str]]) -> str:
    """The heading's facts in one line."""
    pairs = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in facts)
    return f'<dl class="bcr-facts">{pairs}</dl>'


def tally_table(tallies: Sequence[Tally], *, others: Sequence[Tally] = ()) -> str:
    """What the machine marked and what people verified, side by side, with how much has been judged; never a score.

    `others` are the marks of officers who do not wear this camera; they stand by themselves.
    """
    if not tallies and not others:
        return '<p class="bcr-note">The machine marked nothing here. Nothing heard is not nothing done.</p>'
    rows = "".join(_tally_row(tally) for tally in tallies)
    if others:
        heading = "Other officers, never counted with the wearer of this camera"
        rows += f'<tr><th colspan="7" scope="rowgroup">{heading}</th></tr>'
        rows += "".join(_tally_row(tally) for tally in others)
    return (
        '<table class="bcr-table"><caption>Counts, not a score. Only marks that a person has confirmed count as '
        "verified; the rest is what a machine asks somebody to look at.</caption>"
        '<thead><tr><th rowspan="2" scope="col">Direction</th><th colspan="2" scope="colgroup">Marked by machine</th>'
        '<th colspan="3" scope="colgroup">Said by people</th><th rowspan="2" scope="col">Judged so far</th></tr>'
        '<tr><th scope="col">marked</th><th scope="col">unsure</th><th scope="col">verified</th>'
        f'<th scope="col">rejected</th><th scope="col">disputed</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _tally_row(tally: Tally) -> str:
    numbers = (tally.marked, tally.unsure, tally.verified, tally.rejected, tally.disputed)
    cells = "".join(f"<td>{number}</td>" for number in numbers)
    share = round(100 * tally.judged / tally.total)
    return (
        f'<tr><th scope="row">{direction(tally.direction)}</th>{cells}'
        f"<td>{tally.judged} of {tally.total} ({share} %)</td></tr>"
    )


def talk_line(talk: Mapping[Role, Talk]) -> str:
    """How long each role was heard talking."""
    heard = [
        f"{ROLE_NAMES[role]} {clock(spoken.seconds)} ({spoken.words} words)"
        for role, spoken in talk.items()
        if spoken.words
    ]
    return f'<p class="bcr-note">Heard talking: {escape(", ".join(heard) or "nobody")}.</p>'


def exports(sha256: str) -> str:
    """Links that save the report."""
    links = " ".join(
        f'<a href="/api/recordings/{sha256}/export.{form.value}" download>{escape(name)}</a>'
        for form, name in EXPORT_NAMES.items()
    )
    return f'<div class="bcr-exports"><span>Save as:</span> {links}</div>'


def signed_in(name: str) -> str:
    """Who is signed in, and the way out; a plain form, so that signing out needs no script."""
    return (
        '<form class="bcr-out" method="post" action="/sign-out">'
        f"<span>Signed in as <strong>{escape(name)}</strong></span> <button>Sign out</button></form>"
    )
