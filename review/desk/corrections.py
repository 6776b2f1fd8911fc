"""Putting right what the machine heard, at a desk: a new revision, marked anew at once; the old one stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from review import revisions
from review.access import Action
from review.casework import Act, Kind, checked
from review.corrections import TAKEN_BACK, Step, last
from review.desk.desk import Desk
from review.encounter import Correction, CorrectionKind, Encounter, Span
from review.errors import RefusedAct, WrongUse
from review.pipeline import Settings
from review.store import fingerprint


class Make(Protocol):
    """Marks an encounter anew with these corrections; the web hands one over that does so in another process."""

    def __call__(
        self, encounter: Encounter, made: Sequence[Correction], settings: Settings, *, back_to: Encounter | None
    ) -> Encounter:
        """The next revision; see revisions.corrected."""


def correct(desk: Desk, sha256: str, operation: Mapping[str, Any], *, make: Make = revisions.corrected) -> int:
    """Apply the corrections of a client's operation, once; returns the revision that holds then.

    The operation's body has `corrections`, each with kind, speaker, start, end, was and now, and `revision`, the one
    that the person looked at. One of kind "undo" takes back what led to the revision that its `was` names, the latest
    that holds. Raises Refused, and RefusedAct with what is wrong.
    """
    viewer = desk.viewer
    act = checked(
        {**operation, "kind": Kind.CORRECT.value},
        recording=sha256,
        person=viewer.user,
        role=viewer.role,
        at=desk.clock(),
    )
    desk.require(Action.CORRECT, sha256)
    with desk.store.casebook() as book:
        if book.has_act(act.id):
            return desk.store.latest_revision(sha256)
    before = desk.latest(sha256)
    if act.body.get("revision") != before.revision:
        raise RefusedAct("somebody else corrected this recording just now; look at it again, and repeat")
    made = _made(act, before)
    back_to = _back_to(desk, before, made)
    if back_to is not None:
        made = [replace(made[0], now=str(back_to.revision))]
    try:
        after = make(before, made, Settings(behaviours=desk.policy.tagging()), back_to=back_to)
    except WrongUse as error:
        raise RefusedAct(str(error)) from error
    count, digest = len(made), fingerprint(made)
    with desk.doing(Action.CORRECT, sha256, revision=after.revision, corrections=count, digest=digest) as book:
        if not book.has_act(act.id):
            book.correct(after, made)
            book.act(act)
    return after.revision


def earlier(desk: Desk, sha256: str, revision: int) -> Encounter:
    """An earlier revision; the first is what the machine heard, before anybody put anything right."""
    desk.require(Action.VIEW, sha256)
    found = desk.policy.shown(desk.store.encounter(sha256, revision=revision))
    desk.log(Action.VIEW, sha256, revision=revision)
    return found


def made_so_far(desk: Desk, sha256: str) -> tuple[Step, ...]:
    """All that was put right in this recording, and what of it was taken back, in the order in which it was done."""
    desk.require(Action.VIEW, sha256)
    return desk.store.correction_steps(sha256)


def _back_to(desk: Desk, before: Encounter, made: Sequence[Correction]) -> Encounter | None:
    """The revision whose words hold again when `made` is an undo; raises RefusedAct when it cannot be one."""
    if all(one.kind is not CorrectionKind.UNDO for one in made):
        return None
    if len(made) > 1:
        raise RefusedAct(TAKEN_BACK)
    sha256 = before.recording.sha256
    step = last(desk.store.correction_steps(sha256))
    if step is None or made[0].was != str(step.revision):
        raise RefusedAct("this is not the last correction that holds; look at the recording again")
    then = desk.store.encounter(sha256, revision=step.revision)
    if (then.turns, then.roles) != (before.turns, before.roles):
        raise RefusedAct("the recording was heard anew since; put it right by hand")
    return desk.store.encounter(sha256, revision=step.revision - 1)


def _made(act: Act, encounter: Encounter) -> list[Correction]:
    return [_correction(raw, act, encounter) for raw in act.body["corrections"]]


def _correction(raw: object, act: Act, encounter: Encounter) -> Correction:
    if not isinstance(raw, dict) or raw.get("kind") not in tuple(CorrectionKind):
        raise RefusedAct(f"a correction is an object whose kind is one of {', '.join(CorrectionKind)}")
    texts = {key: raw.get(key) for key in ("speaker", "was", "now")}
    if not all(isinstance(text, str) and len(text) <= 2000 for text in texts.values()):
        raise RefusedAct("a correction has a speaker, what was heard, and what holds now, as texts")
    whole = encounter.recording.seconds
    start, end = raw.get("start", 0.0), raw.get("end", whole)
    if not all(isinstance(at, int | float) and 0 <= at <= whole + 1 for at in (start, end)) or end < start:
        raise RefusedAct("a correction lies within the recording")
    return Correction(
        recording=act.recording,
        kind=CorrectionKind(raw["kind"]),
        speaker=str(texts["speaker"]),
        span=Span(start, end),
        was=str(texts["was"]),
        now=str(texts["now"]),
        reviewer=act.person,
        at=act.at,
    )
