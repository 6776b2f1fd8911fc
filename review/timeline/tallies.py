"""Flags counted: marked, unsure and verified ones apart, with their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.encounter import Flag, Standing, Status


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


def tally(flags: Iterable[Flag], standings: Mapping[str, Standing], *, minutes: float) -> Tally:
    """What the machine said of these flags and what people did, side by side; a rejected mark stays a mark here."""
    counted = list(flags)
    return Tally(
        marked=tuple(flag.id for flag in counted if flag.status is Status.FLAGGED),
        unsure=tuple(flag.id for flag in counted if flag.status is Status.UNSURE),
        verified=tuple(flag.id for flag in counted if standings[flag.id] is Standing.VERIFIED),
        minutes=minutes,
    )


def by_behaviour(flags: Sequence[Flag], standings: Mapping[str, Standing], *, minutes: float) -> dict[str, Tally]:
    """A tally for each behaviour that occurs, in the order of their names."""
    groups: dict[str, list[Flag]] = {}
    for flag in flags:
        groups.setdefault(flag.behaviour, []).append(flag)
    return {behaviour: tally(groups[behaviour], standings, minutes=minutes) for behaviour in sorted(groups)}
