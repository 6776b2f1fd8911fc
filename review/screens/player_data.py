"""What the player is given: the transcript, the marks and where they stand, as plain values; no streamlit here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from review.access import HOLD_CLOSES, Viewer
from review.behaviours import UNSURE_ONLY, Settings
from review.behaviours.sound import NEVER_SURE
from review.desk.library import SERIOUS_KINDS
from review.encounter import (
    CONFIRMING_ROLES,
    Answer,
    Encounter,
    Flag,
    Role,
    SpeakerRole,
    Status,
    Verdict,
    VoiceActKind,
    Word,
)
from review.screens.parts import DIRECTION_NAMES, LEAD_IN, Bar, behaviour_name, clock, speaker_name, speakers
from review.store import is_serious
from review.timeline import facts
from review.timeline import standings as where_flags_stand

ROLE_SURE = 0.7  # confidence below which a speaker's role is shown as unsure
WORD_SURE = 0.5  # confidence below which a word is underlined as doubtful
SERIOUS_TOLD = (
    f"Kinds of moments that should be listened to first: {SERIOUS_KINDS} It is about the kind of moment and says "
    "nothing about a person."
)
ADDRESSES = ("media", "transcript", "verdicts", "acts", "corrections", "place", "peaks")  # of what the player fetches


def transcript(encounter: Encounter) -> dict[str, Any]:
    """The transcript as the player fetches it; a word is [text, start, end, confidence] to keep an hour small.

    A word that somebody else talks over has that speaker fifth; `silences` are [start, end] in which nobody is heard.
    """
    return {
        "sha256": encounter.recording.sha256,
        "revision": encounter.revision,
        "language": encounter.language,
        "speakers": {who.speaker: _speaker(who) for who in speakers(encounter)},
        "turns": [
            {
                "speaker": turn.speaker,
                "start": turn.span.start,
                "words": [_word(word) for word in turn.words],
            }
            for turn in encounter.turns
        ],
        "silences": [[act.span.start, act.span.end] for act in encounter.acts if act.kind is VoiceActKind.LONG_SILENCE],
    }


def _word(word: Word) -> list[str | float]:
    told: list[str | float] = [word.text, word.span.start, word.span.end, word.confidence]
    return [*told, word.second] if word.second else told


def _speaker(who: SpeakerRole) -> dict[str, Any]:
    unsure = who.confidence < ROLE_SURE
    return {"name": speaker_name(who), "role": who.role.value, "confidence": who.confidence, "unsure": unsure}


def player_data(
    encounter: Encounter,
    viewer: Viewer,
    *,
    at: float | None,
    about: Mapping[str, str],
    tension: Sequence[Bar] = (),
    may: Collection[str] = (),
    judges: bool = True,
    casework: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What the player component is mounted with; `about` explains each behaviour in a sentence.

    `may` are the kinds of acts that this viewer may do here, nothing is offered for the others; `judges` says whether
    they may answer marks; `casework` is what is kept already (casework_rows.casework_row).
    """
    base = f"/api/recordings/{encounter.recording.sha256}"
    return {
        "recording": encounter.recording.sha256,
        "revision": encounter.revision,
        "seconds": encounter.recording.seconds,
        "video": encounter.recording.has_video,
        "at": at,
        "user": viewer.user,
        "confirms": viewer.role in CONFIRMING_ROLES,
        "judges": judges,
        "may": sorted(may),
        "casework": dict(casework or {}),
        "hold_closes": HOLD_CLOSES,
        "serious_told": SERIOUS_TOLD,
        "lead_in": LEAD_IN,
        "word_sure": WORD_SURE,
        "urls": {name: f"{base}/{name}" for name in ADDRESSES},
        "tension": [[bar.at, bar.marked, bar.verified] for bar in tension],
        "flags": [flag_row(flag, encounter, about=about.get(flag.behaviour, "")) for flag in encounter.flags],
    }


def flag_row(flag: Flag, encounter: Encounter, *, about: str = "") -> dict[str, Any]:
    """One flag as its card shows it."""
    who = SpeakerRole(flag.speaker, flag.role, encounter.role_of(flag.speaker).confidence)
    return {
        "id": flag.id,
        "behaviour": flag.behaviour,
        "name": behaviour_name(flag.behaviour),
        "about": about,
        "direction": flag.direction.value,
        "direction_name": DIRECTION_NAMES[flag.direction],
        "start": flag.span.start,
        "end": flag.span.end,
        "clock": clock(flag.span.start),
        "first": flag.first,
        "last": flag.last,
        "quote": flag.quote,
        "facts": list(facts(flag)),
        "speaker": speaker_name(who),
        "speaker_unsure": who.confidence < ROLE_SURE,
        "confidence": flag.confidence,
        "certainty": certainty(flag, encounter.language),
        "unsure": flag.status is Status.UNSURE,
        "serious": is_serious(flag, encounter.flags),
        "source": flag.source,
        "modifiers": list(flag.modifiers),
    }


def certainty(flag: Flag, language: str) -> str:
    """How sure the machine is of a mark, or, where a percentage would contradict "unsure", why it is not."""
    if flag.status is Status.UNSURE and never_sure(flag.behaviour, language):
        return "unsure: this kind of mark is not reliable enough yet"
    if flag.status is Status.UNSURE and flag.role is Role.UNKNOWN:
        return "unsure: the machine does not know who says this"
    if flag.status is Status.UNSURE and flag.confidence >= Settings.threshold:
        return f"machine {100 * flag.confidence:.0f} % sure, too little for this kind of mark"
    return f"machine {100 * flag.confidence:.0f} % sure"


def never_sure(behaviour: str, language: str) -> bool:
    """Whether every mark of this behaviour is shown as unsure, since its measured precision is too low."""
    return behaviour in NEVER_SURE or (language == "en" and behaviour in UNSURE_ONLY)


def standings(flags: Iterable[Flag], verdicts: Sequence[Verdict], *, viewer: str) -> dict[str, dict[str, str]]:
    """For each flag: where it stands, and what this viewer last answered ("" for nothing or taken back)."""
    said: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        said.setdefault(verdict.flag, []).append(verdict)
    stands = where_flags_stand(given := tuple(flags), verdicts)
    return {
        flag.id: {"standing": stands[flag.id].value, "mine": _latest(said.get(flag.id, []), viewer)} for flag in given
    }


def _latest(verdicts: Iterable[Verdict], viewer: str) -> str:
    answers: list[str] = []
    for verdict in verdicts:
        if verdict.reviewer != viewer:
            continue
        if verdict.answer is Answer.UNDO:
            del answers[-1:]
        else:
            answers.append(verdict.answer.value)
    return answers[-1] if answers else ""
