"""What a debrief says of a mark, who judged it, and what becomes of an answer to it; no streamlit here."""

from __future__ import annotations

from review.casework import Casework, heard
from review.desk.debrief import WITHHELD, Debrief
from review.encounter import Answer, Flag, Standing, Verdict
from review.screens.answer_rows import latest
from review.screens.parts import ANSWER_NAMES

STANDING_TEXTS = {
    Standing.UNVERIFIED: "Marked by machine; nobody has judged it yet",
    Standing.VERIFIED: "Confirmed by a person",
    Standing.REJECTED: "A reviewer turned this mark down",
    Standing.DISPUTED: "Reviewers disagree about this mark",
}
ROLE_WORDS = {
    "officer": "officer",
    "supervisor": "supervisor",
    "internal_affairs": "internal affairs",
    "trainer": "trainer",
    "oversight": "oversight",
    "admin": "administrator",
}
PLAYED_SHARE = 0.5  # of a mark; the ends of a played stretch are told to half a second, and most marks are short
_STAYS = "What you send stays and cannot be taken back."
_OTHERS = (
    "It goes to supervisors of your unit who have not judged this mark or signed the review; where there is none, to "
    "internal affairs. " + _STAYS
)
_BESIDE = "What you write stands beside it for everybody who opens the recording; by itself it changes nothing."
NOTE = "A note at this moment."
# Beside the field in which an officer writes, by where the mark or the review stands then; see `hint_of`.
HINTS = {
    "open": {
        "context": "What the recording does not show. It stands beside the mark for whoever judges it.",
        "contest": "Why the mark is wrong or says too little. It stands beside the mark for whoever judges it. "
        + _STAYS,
        "ask_review": "What another person should listen for. " + _OTHERS,
        "note": NOTE,
    },
    "judged": {
        "context": f"What the recording does not show. This mark was judged already. {_BESIDE}",
        "contest": "Why the mark is wrong or says too little. This mark was judged already; your words go to somebody "
        "who has not judged it: a supervisor of your unit, or internal affairs. " + _STAYS,
        "ask_review": "This mark was judged already. What should another person listen for? " + _OTHERS,
        "note": NOTE,
    },
    "signed": {
        "context": "What the recording does not show. The review is signed already, and nobody has judged this mark. "
        + _BESIDE,
        "contest": "Why the mark is wrong or says too little. The review is signed already, and nobody has judged this "
        "mark; your words go to your unit's supervisors, or to internal affairs. " + _STAYS,
        "ask_review": "The review is signed already. What should another person listen for? " + _OTHERS,
        "note": NOTE,
    },
    "whole": {
        "context": "What the recording does not show. It stands beside the review for whoever reviews the recording.",
        "ask_review": "What another person should listen for. " + _OTHERS,
    },
    "whole_signed": {
        "context": f"What the recording does not show. The review is signed already. {_BESIDE}",
        "ask_review": "The review is signed already. What should another person listen for? " + _OTHERS,
    },
}


def hint_of(work: Casework, standing: Standing | None = None) -> str:
    """Which of HINTS holds for a mark that stands so, or, without one, for the recording as a whole."""
    signed = work.signed is not None
    if standing is None:
        return "whole_signed" if signed else "whole"
    if standing is not Standing.UNVERIFIED:
        return "judged"
    return "signed" if signed else "open"


def stands(flag: Flag, found: Debrief) -> str:
    """Where a mark stands, with who judged it and when, and whether they have played it; ends without a full stop."""
    standing = found.told.standings[flag.id]
    said = [
        one for one in latest(one for one in found.verdicts if one.flag == flag.id) if one.answer is not Answer.SKIP
    ]
    if standing is Standing.UNVERIFIED or not said:
        return STANDING_TEXTS[standing]
    if standing is Standing.DISPUTED:
        each = "; ".join(f"{_who(one, found)}: {ANSWER_NAMES[one.answer]}" for one in said)
        return f"{STANDING_TEXTS[standing]}. {each}"
    begin = "Confirmed by" if standing is Standing.VERIFIED else "Turned down by"
    return f"{begin} {' and by '.join(_who(one, found) for one in said)}"


def _who(one: Verdict, found: Debrief) -> str:
    name = found.people.get(one.reviewer, one.reviewer)
    if one.reviewer == WITHHELD:
        return name
    role = ROLE_WORDS.get(one.reviewer_role, one.reviewer_role)
    return f"{name}, {role}, on {one.at.date().isoformat()} ({_played(one, found)})"


def _played(one: Verdict, found: Debrief) -> str:
    flag = next(flag for flag in found.encounter.flags if flag.id == one.flag)
    played = heard(found.work, one.reviewer, flag.span) > PLAYED_SHARE * flag.span.seconds
    return "played this moment here" if played else "no record that they played it"
