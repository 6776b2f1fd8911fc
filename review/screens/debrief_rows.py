"""An officer's debrief as its component shows it, what went well first: values in, rows out; no streamlit here."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from review.access import Viewer
from review.casework import Act, Kind, withdrawable
from review.desk.debrief import Debrief
from review.encounter import Direction, Encounter, Flag, Role, Standing, Status
from review.screens.answer_rows import WHAT_NAMES, answer_rows
from review.screens.coaching_rows import STEP_NAMES, candidates, session_row
from review.screens.debrief_words import HINTS, STANDING_TEXTS, hint_of, stands
from review.screens.parts import LEAD_IN, ROLE_NAMES, behaviour_name, clock
from review.screens.player_data import flag_row
from review.timeline import Sentence

# What somebody should be warned of before they hear it again.
DISTRESSING = (
    "force", "force_warning", "weapon", "medical_complaint", "crisis", "distress", "threat_of_harm", "threat_to_others",
)  # fmt: skip
OWN_WORDS = ("deescalating", "opening", "escalating", "orders", "replies", "pillars", "nothing")  # forms of the summary
READERS = (
    "Everything that you write here can be read by your unit's supervisors, by whoever this recording is given to for "
    "review, and by internal affairs. It is kept with the recording and can be disclosed with it. There are no private "
    "notes in this program: do not write here what is meant for you alone."
)
LINES_BEFORE = 2  # turns before a mark
WORDS_BEFORE = 40  # of a turn; more of it is heard
NOTED = {Kind.NOTE: "Note", Kind.BOOKMARK: "Bookmark", Kind.PRAISE: "Praise"}


@dataclass(frozen=True)
class Group:
    """Moments under one heading; `folded` ones are opened by whoever wants to see them."""

    id: str
    title: str
    note: str
    moments: tuple[dict[str, Any], ...]
    folded: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The group as JSON values."""
        return {**vars(self), "moments": list(self.moments)}


def debrief_row(
    found: Debrief, viewer: Viewer, *, may: Collection[str], about: Mapping[str, str], at: float | None = None
) -> dict[str, Any]:
    """All that the debrief of one recording shows; `may` are the kinds of acts that this person may do here."""
    recording = found.encounter.recording
    base = f"/api/recordings/{recording.sha256}"
    answers = answer_rows(found.work, found.verdicts, found.people, viewer.user)
    signed = found.work.signed
    return {
        "view": "debrief",
        "recording": recording.sha256,
        "revision": found.encounter.revision,
        "seconds": recording.seconds,
        "video": recording.has_video,
        "at": at,
        "user": viewer.user,
        "people": dict(found.people),
        "may": sorted(may),
        "lead_in": LEAD_IN,
        "urls": {"state": f"{base}/debrief", "acts": f"{base}/acts", "media": f"{base}/media"},
        "readers": READERS,
        "hints": HINTS,
        "hint": hint_of(found.work),
        "steps": STEP_NAMES,
        "what": [{"id": key, "name": name} for key, name in WHAT_NAMES.items()],
        "groups": [group.as_dict() for group in groups(found, viewer, about, answers)],
        "told": [_sentence(one) for one in own_words(found.told.summary)],
        "sessions": _sessions(found),
        "whole": answers.get("", []),
        "elsewhere": _elsewhere(found, answers),
        "signed": signed.at.date().isoformat() if signed else "",
    }


def distressing(encounter: Encounter) -> tuple[tuple[str, int], ...]:
    """What of a recording may be hard to hear again, and how often it was marked, unsure marks too."""
    found = Counter(flag.behaviour for flag in encounter.flags)
    return tuple((behaviour_name(one), found[one]) for one in DISTRESSING if found[one])


def own_words(summary: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences that are about the officer's own words, what went well first."""
    by_form = {sentence.form: sentence for sentence in summary}
    return tuple(by_form[form] for form in OWN_WORDS if form in by_form)


def groups(
    found: Debrief, viewer: Viewer, about: Mapping[str, str], answers: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Group]:
    """The moments in the order in which they are to be heard: what went well, the rest, what does not count."""
    said = _Said(found.encounter)
    where = found.told.standings

    def rows(flags: Iterable[Flag]) -> tuple[dict[str, Any], ...]:
        ordered = sorted(flags, key=lambda flag: (flag.span.start, flag.id))
        return tuple(_mark(flag, found, said, about.get(flag.behaviour, ""), answers) for flag in ordered)

    flags = found.encounter.flags
    own = [one for one in flags if one.role is not Role.OTHER_OFFICER and where[one.id] is not Standing.REJECTED]
    well = [one for one in own if one.direction is Direction.DEESCALATING]
    noted = [_noted(act, found, viewer) for act in found.work.moments]
    made = [
        Group("praise", "Praise", "", tuple(row for row in noted if row["kind"] == Kind.PRAISE)),
        Group(
            "verified",
            "What went well: confirmed by a person",
            "",
            rows(one for one in well if where[one.id] is Standing.VERIFIED),
        ),
        Group(
            "well",
            "What the machine heard as going well: not verified",
            "Nobody has confirmed these yet. Hatched ones are those of which the machine is unsure.",
            rows(one for one in well if where[one.id] is not Standing.VERIFIED),
        ),
        Group(
            "escalating",
            "Words marked as escalating",
            "Each with what was said before it. A mark says where to listen; whether it was right in the moment is for "
            "people to judge, with what you know of it.",
            rows(one for one in own if one.direction is Direction.ESCALATING),
        ),
        Group(
            "around",
            "What others said, and what happened",
            "",
            rows(one for one in own if one.direction in {Direction.CIVILIAN, Direction.EVENT, Direction.SIGNAL}),
            folded=True,
        ),
        Group("notes", "Notes and bookmarks", "", tuple(row for row in noted if row["kind"] != Kind.PRAISE)),
        Group(
            "others",
            "Marked on other officers",
            "Never counted with you.",
            rows(one for one in flags if one.role is Role.OTHER_OFFICER and where[one.id] is not Standing.REJECTED),
            folded=True,
        ),
        Group(
            "rejected",
            "Marks that reviewers turned down",
            "They count nowhere and stay only so that it can be seen what became of them.",
            rows(one for one in flags if where[one.id] is Standing.REJECTED),
            folded=True,
        ),
    ]
    return [group for group in made if group.moments]


def _mark(
    flag: Flag,
    found: Debrief,
    said: _Said,
    about: str,
    answers: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    row = flag_row(flag, found.encounter, about=about)
    standing = found.told.standings[flag.id]
    shown = ("id", "name", "about", "direction", "direction_name", "clock", "quote", "facts", "speaker", "serious")
    return {
        **{key: row[key] for key in shown},
        "kind": "mark",
        "at": flag.span.start,
        "end": flag.span.end,
        "standing": standing.value,
        "stands": stands(flag, found),
        "hint": hint_of(found.work, standing),
        "unsure": flag.status is Status.UNSURE and standing is not Standing.VERIFIED,
        "before": said.before(flag.first),
        "answers": list(answers.get(flag.id, ())),
    }


def _noted(act: Act, found: Debrief, viewer: Viewer) -> dict[str, Any]:
    at = float(act.body["at"])
    flag = next((one for one in found.encounter.flags if one.id == act.about), None)
    return {
        "id": act.id,
        "kind": act.kind.value,
        "name": NOTED[act.kind],
        "direction": act.kind.value,
        "clock": clock(at),
        "at": at,
        "end": flag.span.end if flag else None,
        "quote": flag.quote if flag else "",
        "text": act.text,
        "by": "you" if act.person == viewer.user else found.people.get(act.person, act.person),
        "on": act.at.date().isoformat(),
        "mine": withdrawable(act, viewer.user),
    }


class _Said:
    """What was said before a word, by turn."""

    def __init__(self, encounter: Encounter) -> None:
        self._encounter = encounter
        self._ends = list(accumulate(len(turn.words) for turn in encounter.turns))

    def before(self, first: int) -> list[dict[str, str]]:
        """The lines before the word with this index: the turns before its own, and its own up to it."""
        turn = bisect_right(self._ends, first)
        if first < 0 or turn >= len(self._ends):
            return []
        lines = [self._line(number, None) for number in range(max(0, turn - LINES_BEFORE), turn)]
        begun = first - (self._ends[turn - 1] if turn else 0)
        return [*lines, self._line(turn, begun)] if begun else lines

    def _line(self, number: int, words: int | None) -> dict[str, str]:
        turn = self._encounter.turns[number]
        said = [word.text for word in turn.words[:words]]
        cut = "… " if len(said) > WORDS_BEFORE else ""
        who = ROLE_NAMES[self._encounter.role_of(turn.speaker).role]
        return {"who": who, "text": cut + " ".join(said[-WORDS_BEFORE:])}


def _sentence(sentence: Sentence) -> dict[str, Any]:
    moments = [
        {"at": one.at, "clock": clock(one.at), "about": one.about + " (unsure)" * one.unsure}
        for one in sentence.leading(8)
    ]
    return {"text": sentence.text, "moments": moments}


def _sessions(found: Debrief) -> list[dict[str, Any]]:
    """Coaching sessions, the newest first; a mark in their agenda says whether people confirmed it."""
    where = found.told.standings
    flags = found.encounter.flags
    verified = candidates(
        found.encounter, found.work.moments, [one for one in flags if where[one.id] is Standing.VERIFIED]
    )
    machine = [
        {**row, "name": row["name"].replace("(verified)", f"({STANDING_TEXTS[where[row['id']]].lower()})")}
        for row in candidates(found.encounter, (), [one for one in flags if where[one.id] is not Standing.VERIFIED])
    ]
    known = {row["id"]: row for row in (*machine, *verified)}
    return [session_row(one, known) for one in reversed(found.work.sessions)]


def _elsewhere(found: Debrief, answers: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Answers to marks that are not shown any more; they are kept all the same."""
    shown = {flag.id for flag in found.encounter.flags}
    return [row for about, rows in answers.items() if about and about not in shown for row in rows]
