"""What an encounter adds up to, each number with the flags it is made of; marked, unsure and verified are kept apart.

Nothing here is about a person's worth: there is no score, and the flags of another officer never enter the wearer's.
docs/what-an-encounter-tells.md says how each number comes about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.encounter import Direction, Encounter, Role, Standing, Verdict
from review.timeline.facts import facts
from review.timeline.opening import Opening, opening
from review.timeline.orders import Order, Then, ledger
from review.timeline.pillars import Pillar, pillars
from review.timeline.replies import Change, Reply, replies
from review.timeline.scene import NOTHING_HEARD, OTHERS, WEARER, Evidence, Heard, Scene, standings
from review.timeline.summary import Moment, Parts, Sentence, summary
from review.timeline.talk import Talk, talk_by_role
from review.timeline.tallies import Tally, by_behaviour, tally
from review.timeline.tension import Tension, TurningPoint, tension, turning_points, way

__all__ = [
    "NOTHING_HEARD",
    "Change",
    "Evidence",
    "Heard",
    "Moment",
    "Opening",
    "Order",
    "Pillar",
    "Reply",
    "Sentence",
    "Talk",
    "Tally",
    "Tension",
    "Then",
    "Timeline",
    "TurningPoint",
    "facts",
    "standings",
    "timeline",
]


@dataclass(frozen=True)
class Timeline:
    """What one encounter tells; `coverage` is how many of its flags people have judged, of how many.

    What begins with `other_` is of officers who do not wear this camera and enters nothing else, except the tension
    and its turning points, which are of the scene.
    """

    directions: Mapping[Direction, Tally]
    behaviours: Mapping[str, Tally]
    other_officers: Mapping[str, Tally]
    talk: Mapping[Role, Talk]
    coverage: tuple[int, int]
    standings: Mapping[str, Standing]  # where each flag stands
    opening: Opening
    orders: tuple[Order, ...]
    other_orders: tuple[Order, ...]
    replies: tuple[Reply, ...]
    other_replies: tuple[Reply, ...]
    pillars: tuple[Pillar, ...]
    other_pillars: tuple[Pillar, ...]
    tension: Tension
    turning_points: tuple[TurningPoint, ...]
    summary: tuple[Sentence, ...]

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON values."""
        return {
            "summary": [sentence.as_dict() for sentence in self.summary],
            "directions": {direction.value: tally.as_dict() for direction, tally in self.directions.items()},
            "behaviours": {behaviour: tally.as_dict() for behaviour, tally in self.behaviours.items()},
            "other_officers": {behaviour: tally.as_dict() for behaviour, tally in self.other_officers.items()},
            "talk": {role.value: talk.as_dict() for role, talk in self.talk.items()},
            "coverage": {"judged": self.coverage[0], "flags": self.coverage[1]},
            "opening": self.opening.as_dict(),
            "orders": [order.as_dict() for order in self.orders],
            "other_orders": [order.as_dict() for order in self.other_orders],
            "replies": [reply.as_dict() for reply in self.replies],
            "other_replies": [reply.as_dict() for reply in self.other_replies],
            "pillars": {pillar.name: pillar.as_dict() for pillar in self.pillars},
            "other_pillars": {pillar.name: pillar.as_dict() for pillar in self.other_pillars},
            "tension": self.tension.as_dict(),
            "turning_points": [point.as_dict() for point in self.turning_points],
            "note": NOTHING_HEARD,
        }


def timeline(
    encounter: Encounter, *, verdicts: Sequence[Verdict] = (), hidden: frozenset[str] = frozenset()
) -> Timeline:
    """What `encounter` tells, with what people have said of its flags.

    `hidden` are behaviours whose flags an agency has taken out of `encounter`: they are not told to be unheard.
    """
    minutes = encounter.recording.seconds / 60
    scene = Scene(encounter, standings(encounter.flags, verdicts), hidden)
    own = [flag for flag in encounter.flags if flag.role is not Role.OTHER_OFFICER]
    others = [flag for flag in encounter.flags if flag.role is Role.OTHER_OFFICER]
    every_reply = replies(scene)
    by_marks = way(scene)
    parts = Parts(
        opening=opening(scene),
        orders=ledger(scene, roles=WEARER),
        replies=tuple(reply for reply in every_reply if reply.role is Role.OFFICER),
        turning_points=turning_points(scene, by_marks),
        pillars=pillars(scene, roles=WEARER),
    )
    return Timeline(
        directions={
            direction: tally((flag for flag in own if flag.direction is direction), scene.standings, minutes=minutes)
            for direction in Direction
        },
        behaviours=by_behaviour(own, scene.standings, minutes=minutes),
        other_officers=by_behaviour(others, scene.standings, minutes=minutes),
        talk=talk_by_role(scene),
        coverage=(
            sum(stands is not Standing.UNVERIFIED for stands in scene.standings.values()),
            len(encounter.flags),
        ),
        standings=scene.standings,
        **vars(parts),
        other_orders=ledger(scene, roles=OTHERS),
        other_replies=tuple(reply for reply in every_reply if reply.role is Role.OTHER_OFFICER),
        other_pillars=pillars(scene, roles=OTHERS),
        tension=tension(scene, by_marks),
        summary=summary(scene, parts),
    )
