"""What an encounter tells, as sections of the Markdown report."""

from __future__ import annotations

from review.report.plain import clock, md, named
from review.timeline import NOTHING_HEARD, Change, Order, Pillar, Reply, Timeline

MOMENTS_SHOWN = 12  # of one sentence; the table of marked moments has them all


def sections(told: Timeline) -> list[str]:
    """The order ledger, the person's next turns, the checklist and the talk, as lines."""
    return [*_ledger(told), *_replies(told), *_checklist(told), *_talk(told)]


def summary(told: Timeline) -> list[str]:
    """The plain sentences, each with the times and names of its moments."""
    lines = []
    for sentence in told.summary:
        shown = sentence.leading(MOMENTS_SHOWN)
        places = ", ".join(
            f"**{clock(moment.at)}**" + (f" {moment.about}" if moment.about else "") + (" (unsure)" * moment.unsure)
            for moment in shown
        )
        more = len(sentence.moments) - len(shown)
        lines.append(f"- {md(sentence.text)} → {places}" + (f" and {more} more" if more else ""))
    return lines


def _ledger(told: Timeline) -> list[str]:
    if not told.orders and not told.other_orders:
        return []
    return [
        "## Orders",
        "",
        "| time | by | order | given | reason before | seconds allowed | then, in words | status | people say | id |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(_order(order) for order in (*told.orders, *told.other_orders)),
        "",
    ]


def _order(order: Order) -> str:
    reason = {None: "not told", True: "yes", False: "none heard"}[order.reason_before]
    then = order.then.value.replace("_", " ") + (f" by {md(order.then_speaker)}" if order.then_speaker else "")
    then += f" at {clock(order.then_at)}" if order.then_at is not None else ""
    cells = (
        clock(order.at),
        named(order.role),
        md(order.quote) + (f" ({md(order.directive)})" if order.directive else ""),
        f"time {order.repeat}" if order.repeat else "not told",
        reason,
        "not given again soon" if order.seconds_allowed is None else f"{order.seconds_allowed:.1f}",
        then + " (unsure)" * order.then_unsure,
        order.status.value,
        order.standing.value,
        f"`{order.flag}`",
    )
    return "| " + " | ".join(cells) + " |"


def _replies(told: Timeline) -> list[str]:
    moved = [one for one in (*told.replies, *told.other_replies) if one.change is not Change.NO_CHANGE]
    if not moved:
        return []
    advice = "Moments to look at, by the marks of the person's turns before and after: no finding, no rate, no total."
    return ["## The person's next turn", "", advice, "", *(_reply(reply) for reply in moved), ""]


def _reply(reply: Reply) -> str:
    ids = ", ".join(f"`{flag}`" for flag in (*reply.line, *reply.after))
    return (
        f"- **{clock(reply.at)}** a line of the {named(reply.role).lower()} {md(reply.officer)}; "
        f"**{clock(reply.reply_at)}** {md(reply.speaker)} is {reply.change.value}{' (unsure)' * reply.unsure}: {ids}"
    )


def _checklist(told: Timeline) -> list[str]:
    rows = [
        "## Procedural justice: a checklist",
        "",
        NOTHING_HEARD,
        "",
        "| pillar | by | words | evidence | verified | hear before ticking it |",
        "|---|---|---|---|---|---|",
        *(_pillar(pillar, "officer") for pillar in told.pillars),
    ]
    # A colleague of whom nothing was heard has no rows: nobody may have been there.
    others = [pillar for pillar in told.other_pillars if pillar.flags]
    return [*rows, *(_pillar(pillar, "other officers") for pillar in others), ""]


def _pillar(pillar: Pillar, whose: str) -> str:
    found = {behaviour: evidence for behaviour, evidence in pillar.items.items() if evidence.flags}
    look = {behaviour: evidence for behaviour, evidence in pillar.look_at.items() if evidence.flags}
    told = [
        "; ".join(
            f"{behaviour} {', '.join(f'`{flag}`' for flag in evidence.flags)}" for behaviour, evidence in some.items()
        )
        for some in (found, look)
    ]
    verified = sum(len(evidence.verified) for evidence in found.values())
    state = pillar.heard.value.replace("_", " ")
    return f"| {pillar.name} | {whose} | {state} | {told[0]} | {verified} | {told[1]} |"


def _talk(told: Timeline) -> list[str]:
    if not told.talk:
        return []
    return [
        "## Talk",
        "",
        "| who | talked | share | words | questions | explaining words: marked | unsure | verified |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {named(role)} | {clock(talk.seconds)} | {100 * talk.share:.0f} % | {talk.words} | "
            f"{len(talk.questions)} | {talk.explanation_words} | {talk.unsure_explanation_words} | "
            f"{talk.verified_explanation_words} |"
            for role, talk in told.talk.items()
        ),
        "",
    ]
