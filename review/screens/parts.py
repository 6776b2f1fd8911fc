"""What the pages and the player show, as plain values: encounters in, rows out; no streamlit here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from review.access import Purpose
from review.encounter import (
    Answer,
    Direction,
    Encounter,
    Flag,
    Role,
    SpeakerRole,
    Standing,
    Status,
    Verdict,
)
from review.timeline import Tension
from review.timeline import standings as where_flags_stand

CURVE_BARS = 120  # of the tension lane: as many as can be told apart on a small screen
LEAD_IN = 2.0  # seconds played before a flag, so that the reviewer hears what provoked it

ROLE_NAMES = {
    Role.OFFICER: "Officer",
    Role.OTHER_OFFICER: "Other officer",
    Role.CIVILIAN: "Civilian",
    Role.RADIO: "Radio",
    Role.UNKNOWN: "Unknown speaker",
}
DIRECTION_NAMES = {
    Direction.DEESCALATING: "De-escalating",
    Direction.ESCALATING: "Escalating",
    Direction.CIVILIAN: "Civilian",
    Direction.EVENT: "Event",
    Direction.SIGNAL: "Signal",
}
ANSWER_NAMES = {
    Answer.AGREE: "agreed",
    Answer.DISAGREE: "disagreed",
    Answer.WRONG_SPEAKER: "wrong speaker",
    Answer.WRONG_WORDS: "wrong words",
    Answer.SKIP: "skipped",
}
PURPOSE_NAMES = {
    Purpose.ASSIGNED_REVIEW: "Review",
    Purpose.COMPLAINT: "Complaint",
    Purpose.COACHING: "Coaching",
    Purpose.OWN_DEBRIEF: "My own debrief",
    Purpose.AUDIT: "Audit",
}


@dataclass(frozen=True)
class Tally:
    """The flags of one direction: what the machine marked and what people have said, never added together."""

    direction: Direction
    marked: int
    unsure: int
    verified: int
    rejected: int
    disputed: int

    @property
    def total(self) -> int:
        """All flags of this direction, sure or not."""
        return self.marked + self.unsure

    @property
    def judged(self) -> int:
        """How many of them a person has judged."""
        return self.verified + self.rejected + self.disputed


def clock(seconds: float) -> str:
    """Seconds as a reader's clock.

    >>> clock(3725.4), clock(65)
    ('1:02:05', '1:05')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(when: datetime | None) -> str:
    """An instant as a line in a table, in the zone it carries.

    >>> moment(None)
    'not in the file'
    """
    if when is None:
        return "not in the file"
    zone = when.tzname() or ""
    return f"{when:%Y-%m-%d %H:%M} {'UTC' if zone[:1] in ('+', '-') else ''}{zone}".strip()


def behaviour_name(behaviour: str) -> str:
    """A codebook id as words.

    >>> behaviour_name("reason_for_stop")
    'Reason for stop'
    """
    return behaviour.replace("_", " ").capitalize()


def speaker_name(who: SpeakerRole) -> str:
    """A speaker as the transcript names them.

    >>> speaker_name(SpeakerRole("S1", Role.OFFICER, 0.93))
    'Officer (S1)'
    """
    return f"{ROLE_NAMES[who.role]} ({who.speaker})"


def speakers(encounter: Encounter) -> list[SpeakerRole]:
    """Who is heard, in the order of their first words."""
    names = dict.fromkeys(turn.speaker for turn in encounter.turns)
    return [encounter.role_of(name) for name in names]


def apart(flags: Sequence[Flag]) -> tuple[list[Flag], list[Flag]]:
    """The flags counted for this camera, and those of other officers, which never enter its wearer's figures."""
    theirs = [flag for flag in flags if flag.role is Role.OTHER_OFFICER]
    return [flag for flag in flags if flag.role is not Role.OTHER_OFFICER], theirs


def tallies(flags: Sequence[Flag], verdicts: Sequence[Verdict]) -> tuple[Tally, ...]:
    """The flags counted by direction, in the codebook's order; a direction without flags is left out."""
    where = where_flags_stand(flags, verdicts)
    found = {direction: [flag for flag in flags if flag.direction is direction] for direction in Direction}
    return tuple(_tally(direction, group, where) for direction, group in found.items() if group)


def _tally(direction: Direction, flags: Sequence[Flag], where: Mapping[str, Standing]) -> Tally:
    stands = [where[flag.id] for flag in flags]
    return Tally(
        direction=direction,
        marked=sum(flag.status is Status.FLAGGED for flag in flags),
        unsure=sum(flag.status is Status.UNSURE for flag in flags),
        verified=stands.count(Standing.VERIFIED),
        rejected=stands.count(Standing.REJECTED),
        disputed=stands.count(Standing.DISPUTED),
    )


@dataclass(frozen=True)
class Bar:
    """One bar of the tension lane: when it begins, and its heights as shares of the highest, 0..1."""

    at: float
    marked: float
    verified: float


def tension_bars(tension: Tension) -> tuple[Bar, ...]:
    """The tension curve as bars, each as high as the highest value within it; empty when nothing moved it."""
    highest = max((*tension.marked, *tension.verified), default=0.0)
    if not highest:
        return ()
    each = -(-len(tension.marked) // CURVE_BARS)
    return tuple(
        Bar(
            at=first * tension.step,
            marked=round(max(tension.marked[first : first + each]) / highest, 3),
            verified=round(max(tension.verified[first : first + each]) / highest, 3),
        )
        for first in range(0, len(tension.marked), each)
    )


def address(recording: str, at: float) -> str:
    """Where a moment is heard: this page's address with a time two seconds before it.

    >>> address("abc", 12.5), address("abc", 1.0)
    ('?recording=abc&at=10.5', '?recording=abc&at=0.0')
    """
    return f"?recording={recording}&at={round(max(0.0, at - LEAD_IN), 3)}"


def in_zone(when: datetime | None, zone: tzinfo | None) -> datetime | None:
    """An instant in the reader's zone; in its own when nobody knows theirs."""
    return when.astimezone(zone) if when and when.tzinfo and zone else when


def facts(
    encounter: Encounter, *, zone: tzinfo | None = None, whose: tuple[str, str] | None = None
) -> tuple[tuple[str, str], ...]:
    """The heading's facts about one recording, as label and value.

    `zone` is the reader's; `whose` are who wears the camera and for which unit, each empty when nobody has said.
    """
    recording = encounter.recording
    worn = () if whose is None else (("Worn by", ", ".join(filter(None, whose)) or "nobody has said yet"),)
    return (
        *worn,
        ("Recorded", moment(in_zone(recording.recorded_at, zone))),
        ("Length", clock(recording.seconds)),
        ("Language", encounter.language),
        ("Speakers", str(len(speakers(encounter)))),
        ("Words", f"{len(encounter.words):,}"),
        ("Revision", str(encounter.revision)),
    )


def word_at(encounter: Encounter, at: float, *, query: str) -> float:
    """When the first word of `query` was said at or after `at`; `at` itself when it was not."""
    wanted = set(_letters(query).split())
    for word in encounter.words:
        if word.span.start >= at - 0.001 and wanted & set(_letters(word.text).split()):
            return word.span.start
    return at


def remarks(encounter: Encounter) -> tuple[str, ...]:
    """What is to be known of a recording before it is reviewed; what people corrected is told where it was."""
    return tuple(one for one in encounter.provenance.remarks if not one.startswith("Corrected: "))


def _letters(text: str) -> str:
    return "".join(letter if letter.isalnum() else " " for letter in text.casefold().replace("'", ""))


def read_seconds(text: str | None) -> float | None:
    """The moment in a page's address; None for anything that is no time.

    >>> read_seconds("12.3"), read_seconds("-1"), read_seconds("nan"), read_seconds("soon"), read_seconds(None)
    (12.3, None, None, None, None)
    """
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
