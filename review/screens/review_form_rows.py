"""The review form as its component shows it: values in, rows out; no streamlit here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from review.access import HOLD_CLOSES, Viewer
from review.casework import Act, Assignment, Casework, Signing, withdrawable
from review.casework.acts import LONGEST_SHARE
from review.casework.form import HEARD_SHARE
from review.desk.reviewing import Review, Wearer
from review.desk.wearing import Wearing
from review.encounter import Encounter, Flag
from review.policy import Checklist, Item, Policy, Reply
from review.screens.parts import LEAD_IN, behaviour_name, clock

REPLY_NAMES = {
    Reply.YES: "Yes",
    Reply.NO: "No",
    Reply.NOT_APPLICABLE: "Not applicable",
    Reply.CANNOT_TELL: "Cannot tell",
}
SHARED_NAMES = {"trainer": "trainers", "oversight": "oversight"}


def form_row(
    review: Review, encounter: Encounter, policy: Policy, viewer: Viewer, *, may: Collection[str], today: date
) -> dict[str, Any]:
    """All that the form shows; `may` are the kinds of acts that this person may do here."""
    work = review.work
    base = f"/api/recordings/{encounter.recording.sha256}"
    return {
        "view": "review",
        "recording": encounter.recording.sha256,
        "revision": encounter.revision,
        "seconds": encounter.recording.seconds,
        "user": viewer.user,
        "people": dict(review.people),
        "may": sorted(may),
        "lead_in": LEAD_IN,
        "longest": LONGEST_SHARE,
        "urls": {"state": f"{base}/form", "acts": f"{base}/acts", "whose": f"{base}/whose"},
        "checklists": [_checklist(one, encounter.flags) for one in policy.checklists],
        "answers": {key: _answer(act) for key, act in work.answers.items()},
        "given": {key: [_answer(act) for act in acts] for key, acts in review.given.items()},
        "dispositions": list(policy.dispositions),
        "disposition": {**_by(work.disposition), "choice": work.disposition.body["choice"]}
        if work.disposition
        else None,
        "comment": told(work.comment),
        "signed": signed_row(work.signed),
        "signings": [signing_row(one) for one in work.signings if one.reopened is not None],
        "marked": review.marks,
        "unanswered": review.unanswered,
        "reopened": told(review.reopened),
        "officer": officer_line(review.wearer),
        "hold": told(work.hold),
        "hold_closes": HOLD_CLOSES,
        "stretch": _stretch(review),
        "missing": list(review.missing),
        "assignments": [assignment_row(one, viewer, today) for one in work.assignments],
        "fitting": {
            what: [{"id": who.user, "name": who.name} for who in people] for what, people in review.fitting.items()
        },
        "shares": [share_row(act, work, viewer.user) for act in work.shares],
        "marks": [mark_row(flag) for flag in encounter.flags],
    }


def whose_row(known: Wearing | None) -> dict[str, Any] | None:
    """Whose recording it is and what can be chosen, as lists and texts; None for whoever may not say it."""
    return {**vars(known), "names": dict(known.names)} if known else None


def officer_line(wearer: Wearer | None) -> str:
    """Why a reviewer cannot have read the officer's context yet, before they sign; empty when they could have.

    >>> officer_line(Wearer(known=True, account=True, stated=True, opened=False))
    'The officer has not opened this recording yet; their context cannot be here.'
    """
    if wearer is None:
        return ""
    reasons = (
        (wearer.known, "Nobody has said yet who wears the camera, so no officer's context can be here."),
        (wearer.account, "The officer has no account here; their context cannot be here."),
        (
            wearer.stated,
            "The officer has not marked their report or statement as done yet; their context cannot be here.",
        ),
        (wearer.opened, "The officer has not opened this recording yet; their context cannot be here."),
    )
    return next((why for done, why in reasons if not done), "")


def told(act: Act | None) -> dict[str, Any] | None:
    """What somebody wrote, who it was and when; None for nothing."""
    return {**_by(act), "text": act.text} if act else None


def signed_row(act: Act | None) -> dict[str, Any] | None:
    """Who signed when, on which revision, and how many marks had no answer then; None for what was not kept yet."""
    if act is None:
        return None
    body = {name: act.body.get(kept) for name, kept in (("marked", "marks"), ("unanswered", "unanswered"))}
    return {**_by(act), **body, "revision": act.body.get("revision")}


def signing_row(one: Signing) -> dict[str, Any]:
    """A signature that was opened again: how the review ended then, its comment, and who opened it and why."""
    return {
        "signed": signed_row(one.act),
        "choice": str(one.disposition.body["choice"]) if one.disposition else "",
        "comment": one.comment.text if one.comment else "",
        "reopened": told(one.reopened),
    }


def mark_row(flag: Flag) -> dict[str, Any]:
    """One mark as a moment that plays."""
    return {
        "id": flag.id,
        "name": behaviour_name(flag.behaviour),
        "at": flag.span.start,
        "end": flag.span.end,
        "clock": clock(flag.span.start),
        "quote": flag.quote,
    }


def assignment_row(one: Assignment, viewer: Viewer, today: date) -> dict[str, Any]:
    """Work that somebody was given."""
    return {
        **_by(one.act),
        "id": one.act.id,
        "to": one.to,
        "what": one.what,
        "due": one.due.isoformat() if one.due else "",
        "overdue": one.due is not None and one.due < today and not one.done,
        "done": one.done,
        "mine": one.to == viewer.user,
    }


def share_row(act: Act, work: Casework, user: str) -> dict[str, Any]:
    """A stretch that was shared, with whom, whether they hear it now, and whether this person can take it back."""
    start, end = float(act.body["start"]), float(act.body["end"])
    return {
        **_by(act),
        "id": act.id,
        "with": SHARED_NAMES.get(act.about, act.about),
        "start": start,
        "end": end,
        "clock": f"{clock(start)}–{clock(end)}",
        "text": act.text,
        "heard": act in work.shared,
        "mine": withdrawable(act, user),
    }


def _checklist(checklist: Checklist, flags: Sequence[Flag]) -> dict[str, Any]:
    return {"id": checklist.id, "title": checklist.title, "items": [_item(item, flags) for item in checklist.items]}


def _item(item: Item, flags: Sequence[Flag]) -> dict[str, Any]:
    return {
        "id": item.id,
        "text": item.text,
        "replies": [{"id": reply.value, "name": REPLY_NAMES[reply]} for reply in item.answers],
        "marks": [flag.id for flag in flags if flag.behaviour in item.look_at],
    }


def _answer(act: Act) -> dict[str, Any]:
    return {**_by(act), "reply": str(act.body.get("reply") or ""), "note": str(act.body.get("note") or "")}


def _by(act: Act) -> dict[str, str]:
    return {"by": act.person, "on": act.at.date().isoformat()}


def _stretch(review: Review) -> dict[str, Any] | None:
    if review.stretch is None:
        return None
    span = review.stretch
    return {
        "start": span.start,
        "end": span.end,
        "clock": f"{clock(span.start)}–{clock(span.end)}",
        "heard": review.heard,
        "needed": round(HEARD_SHARE * span.seconds, 3),
    }
