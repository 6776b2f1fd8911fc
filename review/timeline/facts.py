"""What a mark carries besides its words, as plain sentences for whoever looks at it."""

from __future__ import annotations

from review.behaviours.structure import COMPLAINT_WINDOW
from review.encounter import Flag
from review.timeline.summary import words


def facts(flag: Flag) -> tuple[str, ...]:
    """What followed a medical complaint, and what a search is said to rest on; empty for marks that tell neither."""
    return (*_what_followed(flag), *_basis(flag))


def _what_followed(flag: Flag) -> tuple[str, ...]:
    followed = flag.details.get("then_marked")
    if flag.behaviour != "medical_complaint" or followed is None:
        return ()
    told = ", ".join(words(behaviour) for behaviour in followed) or "none; nothing heard is not nothing done"
    return (f"Officers' words in the next {COMPLAINT_WINDOW:g} s, as a machine marked them: {told}.",)


def _basis(flag: Flag) -> tuple[str, ...]:
    said = flag.details.get("basis")
    return (f"What the officer says it rests on: {', '.join(said)}.",) if flag.behaviour == "search" and said else ()
