"""The review form as the officer reads it once it is signed: casework in, HTML out; classes in page.css."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from review.casework import Act, Casework
from review.policy import Checklist, Policy, Reply
from review.screens.review_form_rows import REPLY_NAMES

NOT_ASKED = "Asked when it was signed, and no more"


def signed_form(work: Casework, policy: Policy, people: Mapping[str, str]) -> str:
    """How the review ended, its comment, each answer with its note, and who said it when; empty until it is signed."""
    if work.signed is None:
        return ""
    head = f"<p>Signed off {_by(work.signed, people)}. It is kept as it is.{_unanswered(work.signed)}</p>"
    ended = work.disposition
    choice = escape(str(ended.body["choice"])) if ended else "not said"
    ends = f"<p><strong>How it ended:</strong> {choice} {_quiet(ended, people)}</p>"
    told = ""
    if work.comment is not None and work.comment.text:
        told = f"<p><strong>Comment</strong> {_quiet(work.comment, people)}</p>"
        told += f"<blockquote>{escape(work.comment.text)}</blockquote>"
    lists = "".join(_checklist(one, work.answers, people) for one in policy.checklists)
    return f'<div class="bcr-signed">{head}{ends}{told}{lists}{_gone(work.answers, policy, people)}</div>'


def _unanswered(signed: Act) -> str:
    """How many marks nobody had answered when it was signed; nothing where that was not kept."""
    marks, unanswered = signed.body.get("marks"), signed.body.get("unanswered")
    if not marks:
        return ""
    return f" {unanswered} of {marks} marks had no answer then and stay as marked by machine."


def _checklist(checklist: Checklist, answers: Mapping[str, Act], people: Mapping[str, str]) -> str:
    rows = [(item.text, answers.get(f"{checklist.id}/{item.id}")) for item in checklist.items]
    return _list(checklist.title, (_answer(text, act, people) for text, act in rows))


def _gone(answers: Mapping[str, Act], policy: Policy, people: Mapping[str, str]) -> str:
    """Answers to questions that the agency does not ask any more."""
    asked = {f"{checklist.id}/{item.id}" for checklist in policy.checklists for item in checklist.items}
    left = [_answer(act.about, act, people) for key, act in answers.items() if key not in asked]
    return _list(NOT_ASKED, iter(left)) if left else ""


def _list(title: str, items: Iterator[str]) -> str:
    return f"<h4>{escape(title)}</h4><ul>{''.join(items)}</ul>"


def _answer(text: str, act: Act | None, people: Mapping[str, str]) -> str:
    reply = str(act.body.get("reply") or "") if act else ""
    said = REPLY_NAMES[Reply(reply)] if reply else "no answer"
    note = str(act.body.get("note") or "") if act else ""
    quote = f"<blockquote>{escape(note)}</blockquote>" if note else ""
    return f"<li>{escape(text)} <strong>{said}</strong> {_quiet(act, people)}{quote}</li>"


def _quiet(act: Act | None, people: Mapping[str, str]) -> str:
    return f'<span class="bcr-quiet">{_by(act, people)}</span>' if act else ""


def _by(act: Act, people: Mapping[str, str]) -> str:
    return escape(f"by {people.get(act.person, act.person)}, {act.at.date().isoformat()}")
