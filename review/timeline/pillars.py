"""The four pillars of procedural justice as a checklist: what was heard of each, with its evidence, never a grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from review.encounter import Role
from review.timeline.scene import Evidence, Heard, Scene

# Which behaviours are words for a pillar; each belongs to one only, so that no moment is told twice.
PILLARS: Mapping[str, tuple[str, ...]] = {
    "voice": ("open_question", "active_listening", "choice"),
    "neutrality": ("reason_for_stop", "rights_advisement", "recording_notice", "consequence_stated"),
    "respect": ("introduction", "courtesy", "appreciation", "apology"),
    "trustworthiness": ("explanation", "reassurance", "empathy", "help", "time_and_space"),
}
# What a person should hear before they tick the pillar: it may speak against it, and may be in order all the same.
LOOK_AT: Mapping[str, tuple[str, ...]] = {
    "voice": ("dismissal", "interruption"),
    "neutrality": ("bias_remark", "accusation", "asks_to_guess"),
    "respect": ("insult", "profanity"),
    "trustworthiness": ("threat_of_harm", "threat_of_sanction", "medical_dismissal", "victim_blaming"),
}


@dataclass(frozen=True)
class Pillar:
    """One pillar: the words heard for it by behaviour, and moments to hear before it is ticked."""

    name: str
    items: Mapping[str, Evidence]
    look_at: Mapping[str, Evidence]

    @property
    def heard(self) -> Heard:
        """Whether any words for this pillar were heard, for sure or perhaps."""
        found = {evidence.heard for evidence in self.items.values()}
        return next(heard for heard in Heard if heard in found)

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags of all words for it."""
        return tuple(flag for evidence in self.items.values() for flag in evidence.flags)

    @property
    def look_at_flags(self) -> tuple[str, ...]:
        """The flags of what should be heard before it is ticked."""
        return tuple(flag for evidence in self.look_at.values() for flag in evidence.flags)

    def as_dict(self) -> dict[str, Any]:
        """The pillar as JSON values."""
        return {
            "heard": self.heard.value,
            "items": {behaviour: evidence.as_dict() for behaviour, evidence in self.items.items()},
            "look_at": {behaviour: evidence.as_dict() for behaviour, evidence in self.look_at.items()},
        }


def pillars(scene: Scene, *, roles: frozenset[Role]) -> tuple[Pillar, ...]:
    """The four pillars by the words of speakers of these roles; one of which all is hidden is left out."""
    flags = [flag for flag in scene.flags if flag.role in roles]
    return tuple(
        Pillar(
            name,
            scene.evidence_by_behaviour(words, flags),
            scene.evidence_by_behaviour(LOOK_AT[name], flags),
        )
        for name, words in PILLARS.items()
        if not scene.hidden.issuperset(words)
    )
