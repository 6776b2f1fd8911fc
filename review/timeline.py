"""What an encounter adds up to, each number with the flags it is made of; marked, unsure and verified are kept apart.

Nothing here is about a person's worth: there is no score, and the flags of another officer never enter the wearer's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from review.encounter import Direction, Encounter, Flag, Role, Standing, Status, Verdict, standing, verified


@dataclass(frozen=True)
class Tally:
    """How often something was marked, with the ids of the flags: sure ones, unsure ones, and those people verified."""

    marked: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    verified: tuple[str, ...] = ()
    minutes: float = 0.0  # of the recording

    @property
    def per_minute(self) -> float:
        """Sure marks per minute of recording."""
        return round(len(self.marked) / self.minutes, 3) if self.minutes else 0.0

    @property
    def verified_per_minute(self) -> float:
        """Verified marks per minute of recording."""
        return round(len(self.verified) / self.minutes, 3) if self.minutes else 0.0

    def as_dict(self) -> dict[str, Any]:
        """The tally as JSON values."""
        return {
            "marked": len(self.marked),
            "unsure": len(self.unsure),
            "verified": len(self.verified),
            "marked_per_minute": self.per_minute,
            "verified_per_minute": self.verified_per_minute,
            "flags": [*self.marked, *self.unsure],
            "verified_flags": list(self.verified),
        }


@dataclass(frozen=True)
class Talk:
    """How much one role spoke."""

    seconds: float = 0.0
    words: int = 0
    turns: int = 0


@dataclass(frozen=True)
class Timeline:
    """The numbers of one encounter; `coverage` is how many of its flags people have judged, of how many."""

    directions: dict[Direction, Tally]
    behaviours: dict[str, Tally]
    other_officers: dict[str, Tally]  # behaviours of officers who do not wear this camera
    talk: dict[Role, Talk]
    coverage: tuple[int, int]

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON values."""
        return {
            "directions": {direction.value: tally.as_dict() for direction, tally in self.directions.items()},
            "behaviours": {behaviour: tally.as_dict() for behaviour, tally in self.behaviours.items()},
            "other_officers": {behaviour: tally.as_dict() for behaviour, tally in self.other_officers.items()},
            "talk": {role.value: vars(talk) for role, talk in self.talk.items()},
            "coverage": {"judged": self.coverage[0], "flags": self.coverage[1]},
        }


def timeline(encounter: Encounter, *, verdicts: Sequence[Verdict] = ()) -> Timeline:
    """The numbers of `encounter`, with what people have said of its flags."""
    minutes = encounter.recording.seconds / 60
    own = [flag for flag in encounter.flags if flag.role is not Role.OTHER_OFFICER]
    others = [flag for flag in encounter.flags if flag.role is Role.OTHER_OFFICER]
    judged = sum(standing(flag.id, verdicts) is not Standing.UNVERIFIED for flag in encounter.flags)
    return Timeline(
        directions={
            direction: _tally((flag for flag in own if flag.direction is direction), verdicts, minutes)
            for direction in Direction
        },
        behaviours=_by_behaviour(own, verdicts, minutes),
        other_officers=_by_behaviour(others, verdicts, minutes),
        talk=_talk(encounter),
        coverage=(judged, len(encounter.flags)),
    )


def _by_behaviour(flags: Sequence[Flag], verdicts: Sequence[Verdict], minutes: float) -> dict[str, Tally]:
    return {
        behaviour: _tally((flag for flag in flags if flag.behaviour == behaviour), verdicts, minutes)
        for behaviour in sorted({flag.behaviour for flag in flags})
    }


def _tally(flags: Iterable[Flag], verdicts: Sequence[Verdict], minutes: float) -> Tally:
    counted = list(flags)
    return Tally(
        marked=tuple(flag.id for flag in counted if flag.status is Status.FLAGGED),
        unsure=tuple(flag.id for flag in counted if flag.status is Status.UNSURE),
        verified=tuple(flag.id for flag in counted if verified(flag, verdicts)),
        minutes=minutes,
    )


def _talk(encounter: Encounter) -> dict[Role, Talk]:
    talk: dict[Role, Talk] = {}
    for turn in encounter.turns:
        role = encounter.role_of(turn.speaker).role
        before = talk.get(role, Talk())
        talk[role] = Talk(
            round(before.seconds + turn.span.seconds, 3), before.words + len(turn.words), before.turns + 1
        )
    return talk
