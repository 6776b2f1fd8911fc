"""One thing that a person did about a recording, and which ones there are."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from review.access import Action
from review.errors import RefusedAct

MAX_TEXT = 4000  # characters of a note
LONGEST_SHARE = 120.0  # seconds; a moment, not a recording
MAX_CORRECTIONS = 50  # in one step; a swap of two voices is three
MAX_BODY = 16_000  # characters of a body as JSON
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:\d{1,9}")


class Kind(StrEnum):
    """What can be done about a recording besides saying whether a mark is right."""

    LISTENED = "listened"  # body: start, end; a stretch that was played
    ANSWER = "answer"  # about: an item of a checklist; body: checklist, reply, note
    COMMENT = "comment"  # body: text; the review's comment, the latest holds
    DISPOSITION = "disposition"  # body: choice; how the review ends, the latest holds
    SIGN_OFF = "sign_off"  # body, made by the desk: revision, marks, unanswered (marks without an answer then)
    REOPEN = "reopen"  # body: why
    REFER = "refer"  # body: why; holds the recording for internal affairs
    RELEASE = "release"  # body: why; ends the hold
    NOTE = "note"  # about: a flag or nothing; body: at, text
    BOOKMARK = "bookmark"  # the same
    PRAISE = "praise"  # the same
    WITHDRAW = "withdraw"  # about: an act of one's own
    SHARE = "share"  # about: the role it is shared with, trainer or oversight; body: start, end, text
    ASSIGN = "assign"  # about: a user; body: what (review or coaching), due (a date or nothing)
    UNASSIGN = "unassign"  # about: the assignment
    SESSION = "session"  # body: agenda (list of acts, flags or times), next_step, held_on (a date or nothing)
    RECALL = "recall"  # about: a session of one's own that has no answer yet; body: why
    ACKNOWLEDGE = "acknowledge"  # about: a session; body: answer (acknowledged or refused_to_sign), text
    CONTEXT = "context"  # about: a flag or nothing; body: what (off_camera, weapon_seen, language, other), text
    CONTEST = "contest"  # about: a flag; body: text
    ASK_REVIEW = "ask_review"  # body: text
    STATEMENT_DONE = "statement_done"
    CORRECT = "correct"  # body: corrections; kept with the revision that they made (desk.corrections)


# What somebody must be allowed to do for it.
ACTION: Mapping[Kind, Action] = {
    Kind.LISTENED: Action.PLAY,
    Kind.ANSWER: Action.REVIEW,
    Kind.COMMENT: Action.REVIEW,
    Kind.DISPOSITION: Action.REVIEW,
    Kind.SIGN_OFF: Action.SIGN,
    Kind.REOPEN: Action.SIGN,
    Kind.REFER: Action.REFER,
    Kind.RELEASE: Action.RELEASE,
    Kind.NOTE: Action.NOTE,
    Kind.BOOKMARK: Action.NOTE,
    Kind.PRAISE: Action.PRAISE,
    Kind.WITHDRAW: Action.VIEW,
    Kind.SHARE: Action.SHARE,
    Kind.ASSIGN: Action.ASSIGN,
    Kind.UNASSIGN: Action.ASSIGN,
    Kind.SESSION: Action.COACH,
    Kind.RECALL: Action.COACH,
    Kind.ACKNOWLEDGE: Action.ANSWER,
    Kind.CONTEXT: Action.ANSWER,
    Kind.CONTEST: Action.ANSWER,
    Kind.ASK_REVIEW: Action.ANSWER,
    Kind.STATEMENT_DONE: Action.STATEMENT,
    Kind.CORRECT: Action.CORRECT,
}
SHARED_WITH = ("trainer", "oversight")
WITHDRAWABLE = frozenset({Kind.NOTE, Kind.BOOKMARK, Kind.PRAISE, Kind.SHARE, Kind.CONTEXT})


@dataclass(frozen=True)
class Act:
    """One thing that a person did; append-only. `id` is made by the client, so a retry is the same act."""

    id: str
    recording: str
    kind: Kind
    about: str  # a flag, an item of a checklist, or another act; see Kind
    body: Mapping[str, Any]
    person: str
    role: str
    at: datetime

    @property
    def text(self) -> str:
        """What the person wrote."""
        return str(self.body.get("text") or self.body.get("why") or self.body.get("note") or "")


def checked(operation: Mapping[str, Any], *, recording: str, person: str, role: str, at: datetime) -> Act:
    """The act that a client's operation asks for; raises RefusedAct, saying what is wrong with it."""
    name, about, body = operation.get("id"), operation.get("about", ""), operation.get("body", {})
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise RefusedAct("an operation's id is the client's uuid, a colon and a number")
    if operation.get("kind") not in tuple(Kind):
        raise RefusedAct(f"a kind is one of {', '.join(Kind)}")
    if not isinstance(about, str) or len(about) > 120 or not isinstance(body, dict):
        raise RefusedAct("an operation has a short `about` and a body of named values")
    kind = Kind(operation["kind"])
    wrong = [key for key, good in _BODIES.get(kind, {}).items() if not good(body.get(key))]
    if wrong:
        raise RefusedAct(f"{_NAMES.get(wrong[0], wrong[0])} is missing or is not as it must be")
    if len(json.dumps(body)) > MAX_BODY:
        raise RefusedAct(f"this is too long; keep it under {MAX_TEXT} characters")
    if kind in _ABOUT_SOMETHING and not about:
        raise RefusedAct("it does not say what it is about")
    if kind is Kind.SHARE and about not in SHARED_WITH:
        raise RefusedAct(f"a moment is shared with {' or '.join(SHARED_WITH)}")
    if kind is Kind.SHARE and not 0 < body["end"] - body["start"] <= LONGEST_SHARE:
        raise RefusedAct(f"a shared moment ends after it starts, and within {LONGEST_SHARE:.0f} seconds")
    return Act(name, recording, kind, about, body, person, role, at)


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= MAX_TEXT


def _maybe_text(value: object) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= MAX_TEXT)


def _seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _maybe_date(value: object) -> bool:
    if value in (None, ""):
        return True
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _one_of(*values: str) -> Callable[[object], bool]:
    return lambda value: value in values


def _agenda(value: object) -> bool:
    return isinstance(value, list) and len(value) <= 100 and all(isinstance(one, str) for one in value)


_NAMES = {"text": "the text", "why": "the reason", "at": "the time", "reply": "the answer", "due": "the due date"}
_MOMENT = {"at": _seconds, "text": _maybe_text}
_BODIES: Mapping[Kind, Mapping[str, Callable[[object], bool]]] = {
    Kind.LISTENED: {"start": _seconds, "end": _seconds},
    Kind.ANSWER: {
        "checklist": _text,
        "reply": _one_of("yes", "no", "not_applicable", "cannot_tell", ""),
        "note": _maybe_text,
    },
    Kind.COMMENT: {"text": _maybe_text},
    Kind.DISPOSITION: {"choice": _text},
    Kind.REOPEN: {"why": _text},
    Kind.REFER: {"why": _text},
    Kind.RELEASE: {"why": _text},
    Kind.NOTE: {"at": _seconds, "text": _text},
    Kind.BOOKMARK: _MOMENT,
    Kind.PRAISE: {"at": _seconds, "text": _text},
    Kind.SHARE: {"start": _seconds, "end": _seconds, "text": _maybe_text},
    Kind.ASSIGN: {"what": _one_of("review", "coaching"), "due": _maybe_date},
    Kind.SESSION: {"agenda": _agenda, "next_step": _maybe_text, "held_on": _maybe_date},
    Kind.RECALL: {"why": _text},
    Kind.ACKNOWLEDGE: {"answer": _one_of("acknowledged", "refused_to_sign"), "text": _maybe_text},
    Kind.CONTEXT: {"what": _one_of("off_camera", "weapon_seen", "language", "other"), "text": _text},
    Kind.CONTEST: {"text": _text},
    Kind.ASK_REVIEW: {"text": _text},
    Kind.CORRECT: {"corrections": lambda value: isinstance(value, list) and 0 < len(value) <= MAX_CORRECTIONS},
}
_ABOUT_SOMETHING = frozenset(
    {Kind.ANSWER, Kind.WITHDRAW, Kind.UNASSIGN, Kind.RECALL, Kind.ACKNOWLEDGE, Kind.CONTEST, Kind.ASSIGN, Kind.SHARE}
)
