"""What people did about a recording, as sections of the Markdown report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from review.report.plain import clock, md
from review.report.record import Record, as_dict

NOTHING = "Nothing that this export may hold."
_WRITTEN = ("text", "why", "note", "choice")  # of a body; what else is in it is told by name


def facts(record: Record | None) -> list[str]:
    """Whose recording it is, and who took this away when, as lines of the head."""
    if record is None:
        return []
    by = record.by
    who = f"{md(by.name or by.account)} ({md(by.account)}, {md(by.role)})" if by.account else md(by.source)
    purpose = f", for {by.purpose.replace('_', ' ')}" if by.purpose else ""
    others = f", also in it: {', '.join(map(md, record.others))}" if record.others else ""
    return [
        f"- Worn by: {md(record.wearer) or 'nobody has said'}; unit: {md(record.unit) or 'none'}{others}",
        f"- Exported: {record.at:%Y-%m-%d %H:%M} UTC by {who}{purpose}",
    ]


def sections(record: Record | None) -> list[str]:
    """Verdicts, corrections and the review, each under its heading."""
    if record is None:
        return []
    told = as_dict(record)
    return [
        *_section("What people said of the marks", _table(_VERDICT, map(_verdict, told["verdicts"]))),
        *_section("What was corrected", _table(_CORRECTION, map(_correction, told["corrections"]))),
        *_section("Review", _review(told["review"])),
    ]


_VERDICT = ("mark", "answer", "by", "role", "at (UTC)", "note", "counts")
_CORRECTION = ("revision", "kind", "speaker", "time", "was", "now", "by", "role", "at (UTC)", "holds")


def _verdict(one: Mapping[str, Any]) -> tuple[str, ...]:
    then = one.get("of_revision")
    mark = f"`{one['flag']}`" + (f" of revision {then['revision']}: {then['behaviour']}" if then else "")
    return (mark, one["answer"], *_by(one), md(one["note"]), "yes" if one["counts"] else "no")


def _correction(one: Mapping[str, Any]) -> tuple[str, ...]:
    span = f"{clock(one['start'])} to {clock(one['end'])}"
    what = (str(one["revision"]), one["kind"], md(one["speaker"]), span, md(one["was"]), md(one["now"]))
    return (*what, *_by(one), "yes" if one["holds"] else "taken back")


def _review(told: Mapping[str, Any]) -> list[str]:
    lines = []
    for one in told["answers"]:
        reply = str(one["body"].get("reply") or "taken back").replace("_", " ")
        earlier = "" if one["holds"] else " (earlier answer)"
        note = f", note: {md(str(one['body']['note']))}" if one["body"].get("note") else ""
        lines.append(f"- {md(one['question'] or one['item'])} **{reply}**{earlier}{note}; {_signed(one)}")
    for one in told["signatures"] or filter(None, [told["signed"]]):
        lines.append(f"- {_said(one)}")
        lines += [f"  - {_said(one[part])}" for part in ("disposition", "comment", "reopened") if one.get(part)]
    if not told["signatures"]:
        lines += [f"- {_said(told[part])}" for part in ("disposition", "comment") if told[part]]
    rest = [*told["holds"], *filter(None, [told["statement_done"]]), *told["moments"], *told["officer_answers"]]
    return [*lines, *(f"- {_said(one)}" for one in rest)]


def _said(one: Mapping[str, Any]) -> str:
    body = one["body"]
    at = f" at {clock(body['at'])}" if "at" in body else ""
    about = f" about `{one['about']}`" if one.get("about") else ""
    facts = [f"{name} {md(str(value))}" for name, value in body.items() if name not in (*_WRITTEN, "at")]
    told = f" ({', '.join(facts)})" if facts else ""
    words = " ".join(md(str(body[name])) for name in _WRITTEN if body.get(name))
    return f"**{one['kind'].replace('_', ' ')}**{at}{about}{told}{': ' if words else ''}{words}; {_signed(one)}"


def _signed(one: Mapping[str, Any]) -> str:
    who, role, at = _by(one)
    return f"{who}{f', {role}' if role else ''}, {at} UTC"


def _by(one: Mapping[str, Any]) -> tuple[str, str, str]:
    who = f"{md(one['name'])} ({md(one['by'])})" if one["name"] else md(one["by"])
    return who, one["role"].replace("_", " "), one["at"][:19].replace("T", " ")


def _table(columns: Sequence[str], rows: Any) -> list[str]:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    head = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return [*head, *lines] if lines else []


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *(lines or [NOTHING]), ""]
