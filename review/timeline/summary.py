"""At most ten plain sentences about an encounter, each from a fixed form and each with the moments it is about.

Nothing here is generated freely. A form has gaps for counts, for names from the codebook and for whose words these are
(the officer's, or nobody known), and for nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from review.encounter import Direction, Flag, Role, Standing
from review.timeline.opening import Opening
from review.timeline.orders import Order
from review.timeline.pillars import Pillar
from review.timeline.replies import Change, Reply
from review.timeline.scene import WEARER, Evidence, Heard, Scene
from review.timeline.tension import TurningPoint

FORMS: Mapping[str, str] = {
    "look_first": "To be heard first, of the whole scene: {kinds}; verified by people: {verified}.",
    "opening": "In the first {words} words of {whose}: {told}.",
    "escalating": "Marked as escalating words of {whose}: {kinds}; verified by people: {verified}.",
    "deescalating": "Marked as de-escalating words of {whose}: {kinds}; verified by people: {verified}.",
    "orders": (
        "Orders of {whose} (marked by machine, verified by people): {orders}; given again: {again}; "
        "with a reason shortly before: {reason}."
    ),
    "replies": "After these lines the person's next turn is marked cooler or hotter: moments to look at, no finding.",
    "turning_points": "By the marks, the tension of the scene rises or falls most from here.",
    "pillars": "Words for the four pillars of procedural justice: {told}; nothing heard is not nothing done.",
    "other_officers": "Other officers, never counted with the wearer: {kinds}; verified by people: {verified}.",
    "coverage": "People have judged {judged} of {flags} marks; all else is what a machine asks somebody to look at.",
    "nothing": "The machine marked nothing here; nothing heard is not nothing done.",
}
# Facts that somebody has to hear whatever else is in the recording.
LOOK_FIRST = (
    "force",
    "force_warning",
    "threat_of_harm",
    "bias_remark",
    "medical_complaint",
    "medical_dismissal",
    "crisis",
    "threat_to_others",
    "weapon",
    "questioning_after_invocation",
    "conflicting_orders",
)
TO_JUDGE_NEXT = 5  # marks that the line on coverage leads to


@dataclass(frozen=True)
class Moment:
    """A place that a sentence is about: its time, its flag when it has one, and what it is in a word or two."""

    at: float
    flag: str = ""
    about: str = ""
    unsure: bool = False


@dataclass(frozen=True)
class Sentence:
    """One sentence of the summary: the name of its form, its text, and where to hear what it says.

    `numbers` are the flags of each of its numbers, by the gap of the form, where not all moments belong to each.
    """

    form: str
    text: str
    moments: tuple[Moment, ...]
    numbers: Mapping[str, Evidence] = field(default_factory=dict)

    def leading(self, most: int) -> tuple[Moment, ...]:
        """At most this many of its moments, in order of time: the first of every kind before the next of any."""
        kinds: Counter[str] = Counter()
        ranked: list[tuple[int, int]] = []
        for number, moment in enumerate(self.moments):
            ranked.append((kinds[moment.about], number))
            kinds[moment.about] += 1
        return tuple(self.moments[number] for number in sorted(number for _, number in sorted(ranked)[:most]))

    def as_dict(self) -> dict[str, Any]:
        """The sentence as JSON values."""
        return {
            "form": self.form,
            "text": self.text,
            "moments": [vars(moment) for moment in self.moments],
            "numbers": {gap: evidence.as_dict() for gap, evidence in self.numbers.items()},
        }


@dataclass(frozen=True)
class Parts:
    """What the summary is about: the wearer's own, and all that belongs to the scene."""

    opening: Opening
    orders: Sequence[Order]
    replies: Sequence[Reply]
    turning_points: Sequence[TurningPoint]
    pillars: Sequence[Pillar]


def summary(scene: Scene, parts: Parts) -> tuple[Sentence, ...]:
    """The sentences that have something to say, in the order in which a supervisor needs them.

    A sentence without a moment to hear is left out; when no sentence is left, one says that nothing was marked.
    """
    said = [sentence for sentence in _sentences(scene, parts) if sentence.moments]
    return tuple(said) if scene.encounter.flags else (Sentence("nothing", FORMS["nothing"], (Moment(0.0),)),)


def words(name: str) -> str:
    """A name of the codebook as it stands in a sentence.

    >>> words("reason_for_stop")
    'reason for stop'
    """
    return name.replace("_", " ")


def _sentences(scene: Scene, parts: Parts) -> Iterator[Sentence]:
    own = [flag for flag in scene.flags if flag.role in WEARER]
    others = [flag for flag in scene.flags if flag.role is Role.OTHER_OFFICER]
    yield _look_first(scene)
    yield _opening(parts.opening, scene)
    for direction in (Direction.ESCALATING, Direction.DEESCALATING):
        yield _kinds_of(direction.value, [flag for flag in own if flag.direction is direction], scene)
    yield _orders(parts.orders, scene)
    yield Sentence("replies", FORMS["replies"], tuple(_changes(parts.replies)))
    bends = tuple(Moment(point.at, about="rises" if point.rises else "falls") for point in parts.turning_points)
    yield Sentence("turning_points", FORMS["turning_points"], bends)
    yield _pillars(parts, scene)
    yield _kinds_of("other_officers", others, scene)
    yield _coverage(scene)


def _kinds_of(form: str, flags: Sequence[Flag], scene: Scene) -> Sentence:
    verified = sum(scene.verified(flag) for flag in flags)
    told = {"kinds": _kinds(flags, scene), "verified": verified, "whose": _whose(scene)}
    return _sentence(form, (_moment(flag, scene) for flag in flags), **told)


def _whose(scene: Scene) -> str:
    """Whose words the wearer's own are taken for: where no voice was told to be an officer's, of nobody known."""
    known = any(one.role is Role.OFFICER for one in scene.encounter.roles)
    return "the officer" if known else "voices whose role is not known"


def _look_first(scene: Scene) -> Sentence:
    told = _kinds_of("look_first", [flag for flag in scene.flags if flag.behaviour in LOOK_FIRST], scene)
    # This line is of the whole scene, so each of its moments says when it is not the wearer's.
    whose = {flag.id: " (another officer)" for flag in scene.flags if flag.role is Role.OTHER_OFFICER}
    moments = (replace(moment, about=moment.about + whose.get(moment.flag, "")) for moment in told.moments)
    return replace(told, moments=tuple(moments))


def _sentence(form: str, moments: Iterable[Moment], **gaps: object) -> Sentence:
    return Sentence(form, FORMS[form].format(**gaps), tuple(sorted(moments, key=lambda moment: moment.at)))


def _moment(flag: Flag, scene: Scene, *, about: str = "") -> Moment:
    return Moment(flag.span.start, flag.id, about or words(flag.behaviour), not scene.sure(flag))


def _kinds(flags: Sequence[Flag], scene: Scene) -> str:
    """What was marked and how often: what the machine is sure of, then what it is unsure of."""
    sure = Counter(words(flag.behaviour) for flag in flags if scene.sure(flag))
    unsure = Counter(words(flag.behaviour) for flag in flags if not scene.sure(flag))
    told = [_counted(sure)] if sure else []
    return "; ".join([*told, f"unsure {_counted(unsure)}"] if unsure else told)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _told(heard: Mapping[str, Heard]) -> str:
    """Names by whether they were heard.

    >>> _told({"voice": Heard.HEARD, "respect": Heard.NOT_HEARD})
    'heard voice; not heard respect'
    """
    groups = {state: [words(name) for name, found in heard.items() if found is state] for state in Heard}
    return "; ".join(f"{words(state.value)} {', '.join(names)}" for state, names in groups.items() if names)


def _opening(found: Opening, scene: Scene) -> Sentence:
    flags = [scene.by_id[flag] for evidence in found.parts.values() for flag in evidence.flags]
    told = _told({part: evidence.heard for part, evidence in found.parts.items()})
    moments = [*_first_word(found), *(_moment(flag, scene) for flag in flags)]
    return _sentence("opening", moments, words=found.words, told=told, whose=_whose(scene))


def _first_word(found: Opening) -> list[Moment]:
    return [Moment(found.span.start, about="first word")] if found.span else []


def _orders(orders: Sequence[Order], scene: Scene) -> Sentence:
    counted = {
        "orders": list(orders),
        "again": [order for order in orders if _again(order)],
        "reason": [order for order in orders if order.reason_before],
    }
    numbers = {gap: scene.evidence(scene.by_id[order.flag] for order in some) for gap, some in counted.items()}
    moments = (_moment(scene.by_id[order.flag], scene, about=_around(order)) for order in orders)
    counts = {gap: _marked_and_verified(found) for gap, found in numbers.items()}
    told = _sentence("orders", moments, whose=_whose(scene), **counts)
    return replace(told, numbers=numbers)


def _again(order: Order) -> bool:
    return (order.repeat or 1) > 1


def _around(order: Order) -> str:
    """What the sentence counts this order among, and what followed it."""
    told = ["given again"] * _again(order) + ["reason before"] * bool(order.reason_before)
    return ", ".join([*told, f"then {words(order.then.value)}"])


def _marked_and_verified(found: Evidence) -> str:
    """How many marks are sure, unsure and verified.

    >>> _marked_and_verified(Evidence(marked=("a", "b"), unsure=("c",), verified=("a",)))
    '2 marked, 1 unsure, 1 verified'
    """
    unsure = f", {len(found.unsure)} unsure" if found.unsure else ""
    return f"{len(found.marked)} marked{unsure}, {len(found.verified)} verified"


def _changes(replies: Sequence[Reply]) -> Iterator[Moment]:
    for reply in replies:
        if reply.role is Role.OFFICER and reply.change is not Change.NO_CHANGE:
            yield Moment(reply.at, reply.line[0], words(reply.change.value), reply.unsure)


def _pillars(parts: Parts, scene: Scene) -> Sentence:
    found = (flag for pillar in parts.pillars for flag in (*pillar.flags, *pillar.look_at_flags))
    moments = [_moment(scene.by_id[flag], scene) for flag in found] or _first_word(parts.opening)
    told = _told({_with_look_at(pillar): pillar.heard for pillar in parts.pillars})
    return _sentence("pillars", moments, told=told)


def _with_look_at(pillar: Pillar) -> str:
    """The pillar's name, with what should be heard before anybody ticks it."""
    behaviours = [words(behaviour) for behaviour, evidence in pillar.look_at.items() if evidence.flags]
    return f"{pillar.name} (hear also {' and '.join(behaviours)})" if behaviours else pillar.name


def _coverage(scene: Scene) -> Sentence:
    flags = scene.encounter.flags
    open_ones = [flag for flag in flags if scene.standings[flag.id] is Standing.UNVERIFIED]
    judged = len(flags) - len(open_ones)
    return _sentence(
        "coverage",
        # When all are judged, what was judged is where to look.
        (_moment(flag, scene) for flag in (open_ones or flags)[:TO_JUDGE_NEXT]),
        judged=judged,
        flags=len(flags),
    )
