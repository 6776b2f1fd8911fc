"""What an officer answered to marks on their own recording, and what became of it; no streamlit here.

For the officer's debrief and for whoever reviews the recording: both see the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from review.casework import Act, Casework, Kind, withdrawable
from review.desk.waiting import judges_of
from review.encounter import Verdict, latest_answers
from review.screens.parts import ANSWER_NAMES

WHAT_NAMES = {
    "off_camera": "something off camera",
    "weapon_seen": "a weapon was seen",
    "language": "language or interpreting",
    "other": "something else",
}
NOBODY_ELSE = " Nobody else has judged it since."
KIND_NAMES = {
    Kind.CONTEXT: "Context",
    Kind.CONTEST: "Contested",
    Kind.ASK_REVIEW: "Asked for another person to review it",
}


def answers_of(work: Casework) -> dict[str, tuple[Act, ...]]:
    """Context, contests and requests by the mark that they are about, in their order; "" for the whole recording."""
    by_mark: dict[str, list[Act]] = {}
    for act in sorted((*work.contexts, *work.contests, *work.requests), key=lambda act: act.at):
        by_mark.setdefault(act.about, []).append(act)
    return {about: tuple(acts) for about, acts in by_mark.items()}


def answer_rows(
    work: Casework, verdicts: Sequence[Verdict], people: Mapping[str, str], user: str
) -> dict[str, list[dict[str, Any]]]:
    """The same as rows, each with what became of it; `mine` says whether this person can take it back."""
    return {
        about: [_row(act, work, verdicts, people, user) for act in acts] for about, acts in answers_of(work).items()
    }


def _row(act: Act, work: Casework, verdicts: Sequence[Verdict], people: Mapping[str, str], user: str) -> dict[str, Any]:
    return {
        "id": act.id,
        "kind": act.kind.value,
        "name": KIND_NAMES[act.kind],
        "what": WHAT_NAMES.get(str(act.body.get("what", "")), ""),
        "text": act.text,
        "by": people.get(act.person, act.person),
        "on": act.at.date().isoformat(),
        "mine": withdrawable(act, user),
        "became": became(act, work, verdicts, people),
    }


def became(act: Act, work: Casework, verdicts: Sequence[Verdict], people: Mapping[str, str]) -> str:
    """What reviewers have said of the mark since somebody answered to it, in a sentence or two."""
    before = judges_of(act.about, verdicts, before=act.at)
    since = latest(one for one in verdicts if one.flag == act.about and one.at > act.at)
    said = [_said(one, people, again=one.reviewer in before) for one in since]
    if said:
        others = "" if {one.reviewer for one in since} - before else NOBODY_ELSE
        return f"Since then: {' '.join(said)}{others}"
    if not act.about and work.signed is not None and work.signed.at > act.at:
        return _signed(work, since=act.at, people=people)
    return "Nobody has judged the mark since." if act.about else "No review was signed off since."


def _signed(work: Casework, *, since: datetime, people: Mapping[str, str]) -> str:
    before = {one.act.person for one in work.signings if one.act.at <= since}
    after = [one.act for one in work.signings if one.act.at > since]
    said = [
        f"{people.get(act.person, act.person)}{', who had signed it before,' if act.person in before else ''} "
        f"signed the review off on {act.at.date().isoformat()}."
        for act in after
    ]
    others = "" if {act.person for act in after} - before else " Nobody else has signed it since."
    return f"Since then: {' '.join(said)}{others}"


def latest(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The last answer of each reviewer whose answer counts, those taken back left out, in the order of time."""
    return tuple(sorted(latest_answers(verdicts), key=lambda one: one.at))


def _said(one: Verdict, people: Mapping[str, str], *, again: bool) -> str:
    note = f", and wrote: “{one.note}”" if one.note else ""
    who = people.get(one.reviewer, one.reviewer)
    judged = ", who had judged this mark before, judged it again" if again else " judged this mark"
    return f"{who}{judged} on {one.at.date().isoformat()}: {ANSWER_NAMES[one.answer]}{note}."
