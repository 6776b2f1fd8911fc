"""What the method page shows: definitions, measured accuracy and versions as rows; no streamlit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from review.behaviours import CATALOGUE
from review.encounter import Behaviour, Direction, Role
from review.screens.parts import DIRECTION_NAMES, ROLE_NAMES, behaviour_name
from review.weights import Card

MEASURED = Path(__file__).with_name("measured.json")  # made by `python -m benchmarks.method`
FEW = 20  # marks below which a share says little
NOT_MEASURED = "not measured"
DIRECTION_WORDS = {
    Direction.DEESCALATING: "An officer's words to a person that tend to calm.",
    Direction.ESCALATING: "An officer's words to a person that tend to heat.",
    Direction.CIVILIAN: "Signals from the other person: for understanding, never for ranking or searching people.",
    Direction.EVENT: "Facts of procedure and of the incident, neither good nor bad.",
    Direction.SIGNAL: "Told by the order of things or by the sound; shown on the timeline, never totalled.",
}
TERMS = (
    ("Marked", "A machine points at a few words and says: listen here. It is no finding, and counts as nothing yet."),
    ("Unsure", "The machine asks: is this one? Its confidence is low, it does not know whose voice it is, or this "
     "behaviour is marked wrongly too often. Shown hatched, counted apart."),
    ("Verified", "A supervisor or internal affairs has listened and confirmed both the words and the speaker. Only "
     "verified marks enter totals and trends."),
    ("Rejected", "They have listened and the words, the speaker or the behaviour are not right."),
    ("Disputed", "Two of them differ. It stays so until they agree; it never counts as verified."),
    ("Judged", "Verified, rejected or disputed: a person has said something. A number of verified marks is told "
     "together with how many were judged, since who listens to little verifies little."),
)  # fmt: skip
LIMITS = (
    "Nothing heard is not nothing done. Quiet words, distance, gestures, looks and silence cannot be heard.",
    "Far and quiet voices are lost first, often without a trace. Words can be wrong with confidence.",
    "Voices are mixed up in shouting and overlap, and a wrong role puts a mark on the wrong person.",
    "The figures below come from talks that language models wrote and marked for this project, following the codebook; "
    "no trainer, union representative or lawyer has checked them, and nobody said them on a street. On real recordings "
    "expect worse, and measure on your own: “bodycam-review score”. Counts and intervals: docs/behaviours.md.",
    "In talk in which little happens, some fifty marks an hour are false, and in officers' talk among themselves "
    "some twenty.",
    "English is marked in full, Spanish for eighteen behaviours, no other language at all. Figures of two languages "
    "are not to be set beside each other.",
    "There is no score and no rank of a person here, and none can be reckoned from these counts: they depend on who "
    "was recorded, in which encounters, and on how much somebody listened.",
)


@dataclass(frozen=True)
class Row:
    """One behaviour: what it is, and how well it is found."""

    behaviour: str
    name: str
    definition: str
    who: str
    counts: tuple[str, ...]
    does_not_count: tuple[str, ...]
    right: str  # of the sure marks
    found: str  # of all marks of the reference
    unsure_only: bool


@cache
def measured() -> Mapping[str, Any]:
    """The figures that are packed with the program."""
    found: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return found


def rows(direction: Direction) -> tuple[Row, ...]:
    """The behaviours of a direction in the codebook's order."""
    return tuple(_row(one) for one in CATALOGUE.values() if one.direction is direction)


def _row(one: Behaviour) -> Row:
    found = measured()["behaviours"].get(one.id, {})
    right, wrong, missed = (int(found.get(name, 0)) for name in ("right", "wrong", "missed"))
    return Row(
        behaviour=one.id,
        name=behaviour_name(one.id),
        definition=one.definition,
        who=", ".join(ROLE_NAMES[role].lower() for role in Role if role in one.roles),
        counts=one.counts,
        does_not_count=one.does_not_count,
        right=share(right, right + wrong),
        found=share(right, right + missed),
        unsure_only=one.id in measured()["unsure_only"],
    )


def share(part: int, whole: int) -> str:
    """A share with its numbers, and a word of care where there are few.

    >>> share(345, 378), share(5, 6), share(0, 0)
    ('91 % (345 of 378)', '5 of 6, too few for a share', 'not measured')
    """
    if not whole:
        return NOT_MEASURED
    if whole < FEW:
        return f"{part} of {whole}, too few for a share"
    return f"{100 * part / whole:.0f} % ({part:,} of {whole:,})"


def together() -> tuple[str, str]:
    """How many sure marks are right, and how many of all a sure mark found, over all behaviours."""
    found = measured()["behaviours"].values()
    right, wrong, missed = (sum(one[name] for one in found) for name in ("right", "wrong", "missed"))
    return share(right, right + wrong), share(right, right + missed)


def hearing() -> tuple[tuple[str, str, str], ...]:
    """How well words and voices are told on the acted samples: what, on those used for tuning, on those held out."""
    tuned, held = measured()["samples"]["tuning_set"], measured()["samples"]["held_out"]
    named = (
        ("Words that are wrong, missing or added, of 100", "wer", "{:.0f}"),
        ("Words given to the person who said them", "person", "{:.0f} %"),
        ("Words given to the right role (officer, civilian)", "role", "{:.0f} %"),
        ("A word's time is off by, in the middle", "start", "{:.2f} s"),
    )
    return tuple((name, text.format(tuned[key]), text.format(held[key])) for name, key, text in named)


def models(cards: tuple[Card, ...]) -> tuple[tuple[str, str, str, str, str], ...]:
    """What each model is for, with its version, checksum and licence."""
    return tuple((one.job, one.name, one.version, one.files[0].sha256[:12], one.licence) for one in cards)


def failures(cards: tuple[Card, ...]) -> tuple[tuple[str, str], ...]:
    """What is known to go wrong with each model."""
    return tuple((one.name, known) for one in cards for known in one.known_failures)


def direction_title(direction: Direction) -> str:
    """A direction with how many behaviours it has."""
    return f"{DIRECTION_NAMES[direction]} ({len(rows(direction))})"
