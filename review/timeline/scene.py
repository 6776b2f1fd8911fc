"""An encounter with what people have said of its flags, each looked up once; every number carries its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from review.encounter import Encounter, Flag, Role, Standing, Status, Verdict, standing

NOTHING_HEARD = "Nothing heard is not nothing done: silence, distance and gestures cannot be heard."
WEARER = frozenset({Role.OFFICER, Role.UNKNOWN})  # a flag on an unknown speaker is always unsure, so it never counts
OTHERS = frozenset({Role.OTHER_OFFICER})
OWN_ACCOUNT = "reported"  # the modifier of words that are somebody else's


class Heard(StrEnum):
    """Whether something was heard; `not_heard` never means that it was not done."""

    HEARD = "heard"
    UNSURE = "unsure"
    NOT_HEARD = "not_heard"


@dataclass(frozen=True)
class Evidence:
    """The ids of the flags behind a statement: sure ones, unsure ones, and those that people verified.

    A flag that people rejected is none of these; one that they dispute is unsure, whatever the machine says.
    """

    marked: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    verified: tuple[str, ...] = ()

    @property
    def heard(self) -> Heard:
        """Heard when a mark is sure or verified, unsure when there are only others."""
        if self.marked or self.verified:
            return Heard.HEARD
        return Heard.UNSURE if self.unsure else Heard.NOT_HEARD

    @property
    def flags(self) -> tuple[str, ...]:
        """All of them, sure ones first."""
        return (*self.marked, *self.unsure)

    def as_dict(self) -> dict[str, Any]:
        """The evidence as JSON values."""
        return {
            "heard": self.heard.value,
            "marked": len(self.marked),
            "unsure": len(self.unsure),
            "verified": len(self.verified),
            "flags": list(self.flags),
            "verified_flags": list(self.verified),
        }


@dataclass(frozen=True)
class Scene:
    """One encounter, where each of its flags stands, and the behaviours that nobody is shown or told to be unheard."""

    encounter: Encounter
    standings: Mapping[str, Standing]
    hidden: frozenset[str] = frozenset()

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """The flags that people have not rejected, in the order of their words."""
        kept = (flag for flag in self.encounter.flags if self.standings[flag.id] is not Standing.REJECTED)
        return tuple(sorted(kept, key=lambda flag: (flag.first, flag.last, flag.behaviour, flag.id)))

    @cached_property
    def by_id(self) -> dict[str, Flag]:
        """Every flag by its id."""
        return {flag.id: flag for flag in self.encounter.flags}

    @cached_property
    def turn_of_word(self) -> tuple[int, ...]:
        """The index of the turn that each word is in."""
        return tuple(number for number, turn in enumerate(self.encounter.turns) for _ in turn.words)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The role of the speaker of each turn."""
        known = {who.speaker: who.role for who in reversed(self.encounter.roles)}
        return tuple(known.get(turn.speaker, Role.UNKNOWN) for turn in self.encounter.turns)

    @cached_property
    def by_turn(self) -> dict[int, list[Flag]]:
        """The flags that begin in each turn."""
        found: dict[int, list[Flag]] = {}
        for flag in self.flags:
            found.setdefault(self.turn(flag), []).append(flag)
        return found

    def turn(self, flag: Flag) -> int:
        """The index of the turn that `flag` begins in; -1 when its words are not in the transcript."""
        return self.turn_of_word[flag.first] if 0 <= flag.first < len(self.turn_of_word) else -1

    @cached_property
    def _sure(self) -> frozenset[str]:
        by_machine = {flag.id for flag in self.flags if flag.status is Status.FLAGGED}
        return frozenset(
            flag
            for flag, stands in self.standings.items()
            if stands is Standing.VERIFIED or (stands is Standing.UNVERIFIED and flag in by_machine)
        )

    def sure(self, flag: Flag) -> bool:
        """Whether people verified this flag, or the machine stands by it and nobody disputes it."""
        return flag.id in self._sure

    def verified(self, flag: Flag) -> bool:
        """Whether people have confirmed the words and the speaker of this flag."""
        return self.standings[flag.id] is Standing.VERIFIED

    def evidence(self, flags: Iterable[Flag]) -> Evidence:
        """These flags as evidence, in the order given; rejected ones must not be among them."""
        given = tuple(flags)
        return Evidence(
            marked=tuple(flag.id for flag in given if self.sure(flag)),
            unsure=tuple(flag.id for flag in given if not self.sure(flag)),
            verified=tuple(flag.id for flag in given if self.verified(flag)),
        )

    def evidence_by_behaviour(self, behaviours: Sequence[str], flags: Iterable[Flag]) -> dict[str, Evidence]:
        """The evidence among `flags` for each of these behaviours that is not hidden, found or not."""
        found: dict[str, list[Flag]] = {behaviour: [] for behaviour in behaviours if behaviour not in self.hidden}
        for flag in flags:
            if flag.behaviour in found:
                found[flag.behaviour].append(flag)
        return {behaviour: self.evidence(group) for behaviour, group in found.items()}


def standings(flags: Iterable[Flag], verdicts: Iterable[Verdict]) -> dict[str, Standing]:
    """Where each flag stands, with every verdict looked at once."""
    said: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        said.setdefault(verdict.flag, []).append(verdict)
    return {flag.id: standing(flag.id, said.get(flag.id, ())) for flag in flags}
