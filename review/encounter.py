"""The nouns of the project as frozen values; `encounter_json` writes and reads them.

Times are seconds from the start of the recording's own clock (the one a player shows), rounded to 1 ms, half-open.
Scores are 0..1. Instants are aware UTC datetimes. Nothing here imports more than the standard library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

Details = Mapping[str, Any]  # JSON values; what a behaviour carries (docs/behaviours.md)


class Role(StrEnum):
    """Who a voice belongs to."""

    OFFICER = "officer"  # the wearer of the camera
    OTHER_OFFICER = "other_officer"
    CIVILIAN = "civilian"
    RADIO = "radio"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    """Which way a behaviour points; `civilian`, `event` and `signal` are never totalled as good or bad."""

    DEESCALATING = "deescalating"
    ESCALATING = "escalating"
    CIVILIAN = "civilian"
    EVENT = "event"
    SIGNAL = "signal"


class Status(StrEnum):
    """Whether the machine stands by a flag or only asks a person to look."""

    FLAGGED = "flagged"
    UNSURE = "unsure"


class Answer(StrEnum):
    """What a reviewer can say of a flag; `undo` takes back that reviewer's latest answer to it."""

    AGREE = "agree"
    DISAGREE = "disagree"
    WRONG_SPEAKER = "wrong_speaker"
    WRONG_WORDS = "wrong_words"
    SKIP = "skip"
    UNDO = "undo"


class Standing(StrEnum):
    """Where a flag stands once people have (or have not) judged it."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    REJECTED = "rejected"
    DISPUTED = "disputed"


@dataclass(frozen=True, order=True)
class Span:
    """A half-open stretch of time `[start, end)` in seconds, rounded to 1 ms."""

    start: float
    end: float

    def __post_init__(self) -> None:
        """Round both ends and refuse a span that ends before it starts."""
        object.__setattr__(self, "start", round(float(self.start), 3))
        object.__setattr__(self, "end", round(float(self.end), 3))
        if self.end < self.start:
            raise ValueError(f"a span cannot end ({self.end}) before it starts ({self.start})")

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return round(self.end - self.start, 3)

    @property
    def middle(self) -> float:
        """The instant half-way through."""
        return (self.start + self.end) / 2

    def overlap(self, other: Span) -> float:
        """Seconds shared with `other`; 0.0 when they only touch.

        >>> Span(1.0, 4.0).overlap(Span(3.0, 9.0))
        1.0
        """
        return max(0.0, round(min(self.end, other.end) - max(self.start, other.start), 3))

    def distance(self, instant: float) -> float:
        """Seconds from `instant` to the nearest point of the span; 0.0 inside it.

        >>> Span(1.0, 4.0).distance(6.5)
        2.5
        """
        return max(self.start - instant, instant - self.end, 0.0)

    def cover(self, other: Span) -> Span:
        """The shortest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True)
class Word:
    """One recognised word as a reader sees it (with its punctuation), and how sure the engine is of it.

    `second` is the label of another speaker who is heard during the word; empty when nobody is.
    """

    text: str
    span: Span
    confidence: float
    second: str = ""


@dataclass(frozen=True)
class Voice:
    """One stretch in which one voice speaks; voices may overlap."""

    label: str
    span: Span


class VoiceActKind(StrEnum):
    """What is heard in the sound of talk, apart from its words (docs/how-it-works.md)."""

    RAISED_VOICE = "raised_voice"
    INTERRUPTION = "interruption"
    OVERLAP = "overlap"
    FAST_SPEECH = "fast_speech"
    RESPONSE_GAP = "response_gap"
    LONG_SILENCE = "long_silence"


@dataclass(frozen=True)
class VoiceAct:
    """One thing heard in the sound of talk, with the values that were measured."""

    kind: VoiceActKind
    span: Span
    speaker: str  # empty for a silence, which is nobody's
    details: Details = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """Consecutive words of one speaker."""

    speaker: str
    span: Span
    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True)
class SpeakerRole:
    """Which role a speaker has in this encounter, and how sure that is."""

    speaker: str
    role: Role
    confidence: float


@dataclass(frozen=True)
class Behaviour:
    """One entry of the codebook."""

    id: str
    roles: frozenset[Role]  # who can show it
    direction: Direction
    definition: str
    counts: tuple[str, ...] = ()
    does_not_count: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flag:
    """One marked moment: what, where, whose words, how sure, and which rule or model says so.

    `first` and `last` are inclusive indices into `Encounter.words`, so a flag can cross turns.
    """

    id: str
    behaviour: str
    direction: Direction
    span: Span
    first: int
    last: int
    quote: str
    speaker: str
    role: Role
    confidence: float
    status: Status
    source: str
    modifiers: tuple[str, ...] = ()
    details: Details = field(default_factory=dict)


@dataclass(frozen=True)
class Recording:
    """The original media file, told by its content and never altered."""

    sha256: str
    name: str
    seconds: float
    bytes: int = 0
    container: str = ""
    has_video: bool = False
    audio_tracks: int = 1
    audio_start: float = 0.0  # seconds of the player's clock before the first sound
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class ModelUse:
    """One model that took part, told by name, version and the checksum of its file."""

    job: str
    name: str
    version: str
    sha256: str = ""


@dataclass(frozen=True)
class Provenance:
    """How an encounter came to be: software, models, settings, counts of what was redone or dropped, and remarks."""

    software: str
    made_at: datetime
    models: tuple[ModelUse, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Encounter:
    """What the machine said of one recording; never overwritten, only followed by a higher revision."""

    recording: Recording
    language: str
    turns: tuple[Turn, ...]
    roles: tuple[SpeakerRole, ...]
    flags: tuple[Flag, ...]
    provenance: Provenance
    revision: int = 1
    acts: tuple[VoiceAct, ...] = ()

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words in the order of the turns; `Flag.first` and `Flag.last` index this."""
        return tuple(word for turn in self.turns for word in turn.words)

    def role_of(self, speaker: str) -> SpeakerRole:
        """The role of `speaker`; unknown with confidence 0 when there is none."""
        return role_of(self.roles, speaker)


@dataclass(frozen=True)
class Verdict:
    """A person's answer to one flag; append-only. `id` is made by the client, so a retry is the same verdict."""

    id: str
    recording: str
    flag: str
    answer: Answer
    reviewer: str
    reviewer_role: str
    at: datetime
    note: str = ""


class CorrectionKind(StrEnum):
    """What a person can put right; each holds for the words of the speaker within the span."""

    ROLE = "role"  # who this speaker is; `now` is a role
    SPEAKER = "speaker"  # the words are another speaker's; `now` is that speaker, new or known
    TEXT = "text"  # other words were said; `was` and `now` are both texts
    BOUNDARY = "boundary"  # where a turn ends; `now` is split (at the span's start) or merged (over the span)
    UNDO = "undo"  # what led to revision `was` is taken back: the words are again those of revision `now`


@dataclass(frozen=True)
class Correction:
    """A person's change to what the machine heard; applying it makes the next revision."""

    recording: str
    kind: CorrectionKind
    speaker: str
    span: Span
    was: str
    now: str
    reviewer: str
    at: datetime


@dataclass(frozen=True)
class VoiceProfile:
    """How an officer's voice sounds, kept only with that officer's written consent; nobody else's voice is kept."""

    officer: str  # the agency's id
    consent: str  # what the written consent is called
    consent_sha256: str
    made_from: str  # sha256 of the recording
    model: str  # sha256 of the model that made it
    added_by: str
    added_at: datetime
    direction: tuple[float, ...]  # a unit vector


CONFIRMING_ROLES = frozenset({"supervisor", "internal_affairs"})
_FINAL = {Answer.AGREE: Standing.VERIFIED}
_NOT_SAYING = {Answer.SKIP}


def role_of(roles: Iterable[SpeakerRole], speaker: str) -> SpeakerRole:
    """The role of `speaker` among `roles`; unknown with confidence 0 when there is none."""
    found = next((role for role in roles if role.speaker == speaker), None)
    return found or SpeakerRole(speaker, Role.UNKNOWN, 0.0)


def latest_answers(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Each reviewer's latest answer to each flag; an undo takes back that reviewer's latest one.

    Only roles that may confirm are heard.
    """
    latest: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.reviewer_role not in CONFIRMING_ROLES:
            continue
        said = latest.setdefault((verdict.flag, verdict.reviewer), [])
        if verdict.answer is Answer.UNDO:
            del said[-1:]
        else:
            said.append(verdict)
    return tuple(said[-1] for said in latest.values() if said)


def standing(flag: str, verdicts: Iterable[Verdict]) -> Standing:
    """Where the flag with this id stands: each reviewer's latest answer counts, and two who differ make it disputed.

    A skip says nothing.
    """
    answers = {one.answer for one in latest_answers(one for one in verdicts if one.flag == flag)} - _NOT_SAYING
    standings = {_FINAL.get(answer, Standing.REJECTED) for answer in answers}
    if len(standings) > 1:
        return Standing.DISPUTED
    return standings.pop() if standings else Standing.UNVERIFIED


def verified(flag: Flag, verdicts: Iterable[Verdict]) -> bool:
    """Whether people have confirmed both the words and the speaker of `flag`; nothing else counts as verified."""
    return standing(flag.id, verdicts) is Standing.VERIFIED
