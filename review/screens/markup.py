"""Small pieces of HTML for the pages, made from values; every text is escaped, every class is in page.css."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from review.encounter import Direction, Role
from review.report import Format
from review.screens.parts import DIRECTION_NAMES, ROLE_NAMES, Bar, Tally, address, behaviour_name, clock
from review.store import Count, Entry
from review.timeline import NOTHING_HEARD, Evidence, Heard, Opening, Order, Pillar, Sentence, Talk

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
    Format.CSV: "CSV (marks and answers, for a spreadsheet)",
    Format.VTT: "WebVTT (subtitles)",
    Format.MD: "Markdown (to read)",
}
EXPORTED = (
    "With who said what of which mark and when, what was corrected, and the review, as far as you may read it. "
    "What you save is logged."
)
HEARD_SYMBOLS = {Heard.HEARD: "✓", Heard.UNSURE: "?", Heard.NOT_HEARD: "–"}
TENSION_TOLD = (
    "Tension of the scene, from everybody's marks: light is marked by machine, dark is verified by people. It shows "
    "where to listen; its height means nothing outside this recording."
)
LINKS_SHOWN = 8  # moments of one sentence; the cards have them all
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


def to_summary() -> str:
    """The way to the summary, which stands under the player."""
    return '<p class="bcr-note"><a class="bcr-at" href="#tells">What this encounter tells</a></p>'


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
    heard = [_spoken(role, spoken) for role, spoken in talk.items() if spoken.words]
    return f'<p class="bcr-note">Heard talking: {escape(", ".join(heard) or "nobody")}.</p>'


def _spoken(role: Role, talk: Talk) -> str:
    told = [f"{talk.words} words"]
    told += [f"{100 * talk.share:.0f} % of the talk"] if talk.share else []
    told += [f"{len(talk.questions)} questions"] if talk.questions else []
    told += [f"{talk.explanation_words} words that explain"] if talk.explanation_words else []
    return f"{ROLE_NAMES[role]} {clock(talk.seconds)} ({', '.join(told)})"


def summary_list(sentences: Sequence[Sentence], *, recording: str) -> str:
    """The plain sentences about an encounter, each with links to where its moments are heard."""
    items = "".join(f"<li>{escape(one.text)} {_moments(one, recording)}</li>" for one in sentences)
    return f'<ul class="bcr-told">{items}</ul>'


def _moments(sentence: Sentence, recording: str) -> str:
    shown = sentence.leading(LINKS_SHOWN)
    more = len(sentence.moments) - len(shown)
    links = [_heard_at(one.at, recording, about=one.about + " (unsure)" * one.unsure) for one in shown]
    return f'<span class="bcr-ats">{" ".join(links)}{f" and {more} more" if more else ""}</span>'


def _heard_at(at: float, recording: str, *, about: str = "") -> str:
    """A link to a moment: the page opens there; a player can take `data-at` and go there without opening it again."""
    text = f"{clock(at)} {escape(about)}".strip()
    return f'<a class="bcr-at" data-at="{at}" href="{escape(address(recording, at))}">{text}</a>'


def tension_lane(bars: Sequence[Bar]) -> str:
    """The tension of the scene as a row of bars, what the machine marked behind what people verified."""
    if not bars:
        return ""
    drawn = "".join(
        f'<span class="bcr-bar" title="{clock(bar.at)}"><i style="height:{100 * bar.marked:.0f}%"></i>'
        f'<b style="height:{100 * bar.verified:.0f}%"></b></span>'
        for bar in bars
    )
    return (
        '<figure class="bcr-tension"><div class="bcr-bars" role="img" aria-label="Tension of the scene over time; '
        f'the places where it turns most are linked above">{drawn}</div>'
        f"<figcaption>{TENSION_TOLD}</figcaption></figure>"
    )


def pillar_cards(pillars: Sequence[Pillar], times: Mapping[str, float], *, recording: str) -> str:
    """The four pillars of procedural justice as a checklist; `times` tells when each flag begins."""
    cards = "".join(_pillar(pillar, times, recording) for pillar in pillars)
    note = f"Heard by a machine, unless it is said to be verified. {NOTHING_HEARD}"
    return f'<div class="bcr-pillars">{cards}</div><p class="bcr-note">{note}</p>'


def _pillar(pillar: Pillar, times: Mapping[str, float], recording: str) -> str:
    items = "".join(_item(name, evidence, times, recording) for name, evidence in pillar.items.items())
    look = {name: evidence for name, evidence in pillar.look_at.items() if evidence.flags}
    also = "".join(
        f"<li>{escape(behaviour_name(name))} {_links(evidence, times, recording)}</li>"
        for name, evidence in look.items()
    )
    also = f"<p>Hear before ticking it:</p><ul>{also}</ul>" if also else ""
    # One apology is no tick beside an insult: where something may speak against it there is none.
    told = f"{pillar.heard.value.replace('_', ' ')}, and what may speak against it" if look else _heard(pillar.heard)
    return (
        f'<section class="bcr-pillar"><h4>{escape(pillar.name.capitalize())}: {told}</h4>'
        f"<ul>{items}</ul>{also}</section>"
    )


def _item(behaviour: str, evidence: Evidence, times: Mapping[str, float], recording: str) -> str:
    name, links = escape(behaviour_name(behaviour)), _links(evidence, times, recording)
    return f'<li class="bcr-{evidence.heard.value}">{name}: {_heard(evidence.heard)} {links}</li>'


def _links(evidence: Evidence, times: Mapping[str, float], recording: str) -> str:
    shown = evidence.flags[:LINKS_SHOWN]
    unsure = frozenset(evidence.unsure)
    links = " ".join(_heard_at(times[flag], recording, about="(unsure)" * (flag in unsure)) for flag in shown)
    more = f" and {len(evidence.flags) - len(shown)} more" if len(evidence.flags) > len(shown) else ""
    return links + more + (f" ({len(evidence.verified)} verified)" if evidence.verified else "")


def _heard(state: Heard) -> str:
    return f'<span aria-hidden="true">{HEARD_SYMBOLS[state]}</span> {state.value.replace("_", " ")}'


def first_words(opening: Opening) -> str:
    """The wearer's first words, folded away."""
    if not opening.words:
        return ""
    return (
        f'<details class="bcr-more"><summary>First {opening.words} words of the officer</summary>'
        f"<blockquote>{escape(opening.quote)}</blockquote></details>"
    )


def order_table(orders: Sequence[Order], *, recording: str) -> str:
    """Every order with what came before and after it, folded away; empty when none was marked."""
    if not orders:
        return ""
    names = ("When", "By", "Order", "Given", "Reason before", "Seconds allowed", "Then, in words", "Machine", "People")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = "".join(_order_row(order, recording) for order in orders)
    return (
        f'<details class="bcr-more"><summary>Orders: {len(orders)}, with what was said before and after</summary>'
        f'<table class="bcr-table bcr-orders"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>'
    )


def _order_row(order: Order, recording: str) -> str:
    who = f" by {escape(order.then_speaker)}" if order.then_speaker else ""
    then = order.then.value.replace("_", " ") + who + " (unsure)" * order.then_unsure
    cells = (
        _heard_at(order.at, recording),
        escape(ROLE_NAMES[order.role]),
        escape(order.quote),
        f"time {order.repeat}" if order.repeat else "",
        {None: "", True: "heard", False: "not heard"}[order.reason_before],
        "" if order.seconds_allowed is None else f"{order.seconds_allowed:.1f}",
        then if order.then_at is None else f"{then} {_heard_at(order.then_at, recording)}",
        order.status.value,
        order.standing.value,
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def exports(sha256: str) -> str:
    """Links that save the record, folded away under a title; they stand where a page begins."""
    links = " ".join(
        f'<a href="/api/recordings/{sha256}/export.{form.value}" download>{escape(name)}</a>'
        for form, name in EXPORT_NAMES.items()
    )
    return (
        '<details class="bcr-more"><summary>Save the record of this recording (export)</summary>'
        f'<div class="bcr-exports">{links}</div><p class="bcr-note">{EXPORTED}</p></details>'
    )


def save_link(url: str, text: str) -> str:
    """A link that saves what is at this address of the server."""
    return f'<div class="bcr-exports"><a href="{escape(url)}" download>{escape(text)}</a></div>'


def signed_in(name: str) -> str:
    """Who is signed in, and the way out; a plain form, so that signing out needs no script."""
    return (
        '<form class="bcr-out" method="post" action="/sign-out">'
        f'<span>Signed in as <strong>{escape(name)}</strong></span> <a href="/account" target="_self">Your account</a> '
        "<button>Sign out</button></form>"
    )
