"""A coaching session as its component shows it: values in, rows out; no streamlit here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from review.access import HELD, Viewer
from review.casework import Act, Kind, Session
from review.casework.acts import LONGEST_SHARE
from review.desk.coaching import Preparation
from review.encounter import Direction, Encounter, Flag
from review.screens.parts import LEAD_IN, ROLE_NAMES, behaviour_name, clock
from review.screens.review_form_rows import share_row
from review.screens.review_form_rows import told as told_by

ANSWER_NAMES = {"acknowledged": "read and acknowledged", "refused_to_sign": "read, not signed"}
# What the next step is called, by the officer's answer; reading a session is not agreeing to it.
STEP_NAMES = {
    "": "Proposed next step",
    "acknowledged": "Next step, acknowledged by the officer",
    "refused_to_sign": "Proposed, not signed by the officer",
}
LAST_NAMES = {
    "": "Proposed last time, not answered by the officer yet",
    "acknowledged": "Next step from last time, acknowledged by the officer",
    "refused_to_sign": "Proposed last time, not signed by the officer",
}
KIND_NAMES = {Kind.PRAISE: "Praise", Kind.NOTE: "Note", Kind.BOOKMARK: "Bookmark"}


def coaching_row(ready: Preparation, viewer: Viewer, *, may: Collection[str], today: date) -> dict[str, Any]:
    """All that the page of one recording's coaching shows; `may` are the kinds of acts that this person may do."""
    work, recording = ready.work, ready.encounter.recording
    base = f"/api/recordings/{recording.sha256}"
    known = {row["id"]: row for row in candidates(ready.encounter, work.moments, ready.verified)}
    earlier = {flag.id: _mark(flag, told="marked by machine") for flag in ready.encounter.flags}
    due = next((one.due for one in work.assignments if one.what == "coaching" and not one.done), None)
    return {
        "view": "coaching",
        "recording": recording.sha256,
        "revision": ready.encounter.revision,
        "seconds": recording.seconds,
        "user": viewer.user,
        "people": dict(ready.people),
        "may": sorted(may),
        "lead_in": LEAD_IN,
        "longest": LONGEST_SHARE,
        "today": today.isoformat(),
        "urls": {"state": f"{base}/coaching", "acts": f"{base}/acts", "media": f"{base}/media"},
        "officer": ready.officer,
        "answers": bool(ready.account),
        "held": HELD if work.hold else "",
        "due": due.isoformat() if due else "",
        "candidates": list(known.values()),
        "steps": STEP_NAMES,
        "sessions": [session_row(one, {**earlier, **known}) for one in reversed(work.sessions)],
        "last": last_row(ready, own="session" in may),
        "shares": [share_row(act, work, viewer.user) for act in work.shares],
    }


def candidates(encounter: Encounter, moments: Iterable[Act], verified: Iterable[Flag]) -> list[dict[str, Any]]:
    """What an agenda can be made of, in order of time: what went well first, then all the rest; each with who spoke."""
    rows = [*(_moment(act, encounter) for act in moments), *map(_mark, verified)]
    return sorted(rows, key=lambda row: (not row["well"], row["at"]))


def session_row(session: Session, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One session with the moments of its agenda, and what the officer answered."""
    answer = session.acknowledged
    return {
        "id": session.act.id,
        "by": session.act.person,
        "on": session.act.at.date().isoformat(),
        "held_on": str(session.act.body.get("held_on") or ""),
        "next_step": session.next_step,
        "agenda": [_agenda_row(one, known) for one in session.agenda],
        "answer": {
            **(told_by(answer) or {}),
            "what": answer.body["answer"],
            "name": ANSWER_NAMES[answer.body["answer"]],
        }
        if answer
        else None,
        "withdrawn": told_by(session.withdrawn),
    }


def last_row(ready: Preparation, *, own: bool) -> dict[str, Any] | None:
    """The next step of the session before, and what the officer said to it; `own` counts this recording's, too."""
    standing = [one for one in ready.work.sessions if one.withdrawn is None]
    here = standing[-1] if own and standing else None
    other = ready.last.session if ready.last else None
    if here is None and other is None:
        return None
    session = max(filter(None, (here, other)), key=lambda one: one.act.at)
    answer = session.acknowledged
    return {
        "on": session.act.at.date().isoformat(),
        "by": session.act.person,
        "text": session.next_step,
        "name": LAST_NAMES[str(answer.body["answer"]) if answer else ""],
        "said": answer.text if answer else "",
        "about": ready.last.name if ready.last and session is other else "",
    }


def _agenda_row(name: str, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    if name in known:
        return dict(known[name])
    gone = {"id": name, "kind": "gone", "name": "A moment that was taken back or corrected since", "well": False}
    try:
        at = float(name)
    except ValueError:
        return {**gone, "at": None, "clock": "", "text": "", "by": ""}
    return {
        "id": name,
        "kind": "time",
        "name": "Moment",
        "well": False,
        "at": at,
        "clock": clock(at),
        "text": "",
        "by": "",
    }


def _moment(act: Act, encounter: Encounter) -> dict[str, Any]:
    at = float(act.body["at"])
    flag = next((one for one in encounter.flags if one.id == act.about), None)
    turn = next((one for one in encounter.turns if one.span.start <= at < one.span.end), None)
    spoke = ROLE_NAMES[encounter.role_of(turn.speaker).role] if turn else ""
    return {
        "id": act.id,
        "kind": act.kind.value,
        "name": KIND_NAMES[act.kind],
        "well": act.kind is Kind.PRAISE,
        "at": at,
        "end": None,
        "clock": clock(at),
        "who": _who(flag) if flag else spoke,
        "text": act.text,
        "by": act.person,
    }


def _who(flag: Flag) -> str:
    """Who spoke in a marked moment; empty where nobody did."""
    return ROLE_NAMES[flag.role] if flag.speaker else ""


def _mark(flag: Flag, *, told: str = "verified") -> dict[str, Any]:
    return {
        "id": flag.id,
        "kind": flag.direction.value,
        "name": f"{behaviour_name(flag.behaviour)} ({told})",
        "well": flag.direction is Direction.DEESCALATING,
        "at": flag.span.start,
        "end": flag.span.end,
        "clock": clock(flag.span.start),
        "who": _who(flag),
        "text": f"“{flag.quote}”",
        "by": "",
    }
