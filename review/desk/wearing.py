"""Whose recording it is: who wears the camera, for which unit, and who else appears; told to those who may read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from review.access import Action, Facts, ViewerRole
from review.desk.desk import Desk
from review.errors import Refused

OTHER_UNIT = "A supervisor gives no recording to another unit; ask internal affairs or an administrator."
NOW_APPEARS = (
    "It was said that you appear in this recording. So you no longer judge, review, correct or coach on it; what you "
    "did before stays with your name. If it is wrong, another supervisor or internal affairs can put it right."
)


@dataclass(frozen=True)
class Wearing:
    """What was said of whose recording it is, and what can be chosen."""

    wearer: str = ""  # the agency's id; empty when nobody has said
    unit: str = ""
    others: tuple[str, ...] = ()  # ids of others who appear
    officers: tuple[str, ...] = ()  # ids to choose from; another one can be typed
    names: Mapping[str, str] = field(default_factory=dict)  # by officer's id, of those with an account
    units: tuple[str, ...] = ()  # to choose from; none for whoever cannot say for which unit it is
    own: str = ""  # the officer's id of who asks


def whose(desk: Desk, sha256: str) -> tuple[str, str]:
    """Who wears the camera, by name and the agency's id, and for which unit; empty texts where nobody has said.

    Raises Refused, also before the recording was opened for a purpose.
    """
    facts = desk.require(Action.VIEW, sha256)
    with desk.store.casebook() as book:
        names = [one.name for one in book.accounts.every() if facts.wearer and one.officer == facts.wearer]
    return (f"{names[0]} ({facts.wearer})" if names else facts.wearer), facts.unit


def to_say(desk: Desk, sha256: str) -> Wearing | None:
    """What whoever may say whose recording it is has before them; None for everybody else."""
    if not desk.may(Action.SET_PRESENCE, sha256):
        return None
    own_unit = desk.viewer.role == ViewerRole.SUPERVISOR
    with desk.store.casebook() as book:
        facts, accounts = book.facts(sha256), book.accounts.every()
    with desk.store.register() as register:
        officers = register.wearers(desk.viewer.unit if own_unit else None)
        units = () if own_unit else register.units()
    return Wearing(
        wearer=facts.wearer,
        unit=facts.unit,
        others=tuple(sorted(facts.present)),
        officers=tuple(sorted({*officers, *facts.present, facts.wearer} - {""})),
        names={one.officer: one.name for one in accounts if one.officer},
        units=units,
        own=desk.viewer.officer,
    )


def say(desk: Desk, sha256: str, said: Facts, *, seen: Facts) -> str:
    """Say whose recording it is, by the facts that are about that; `seen` is what this person had before them.

    Returns what follows for them when it is their own now, else nothing. Raises Refused, and RefusedAct when somebody
    else has said otherwise meanwhile.
    """
    others = sorted(said.present)
    if said.unit != seen.unit and desk.viewer.role == ViewerRole.SUPERVISOR:
        desk.log(Action.SET_PRESENCE, sha256, outcome="refused", why=OTHER_UNIT, unit=said.unit)
        raise Refused(OTHER_UNIT)
    desk.set_whose(sha256, wearer=said.wearer, unit=said.unit, others=others, seen=seen)
    return NOW_APPEARS if desk.appears(sha256) else ""
