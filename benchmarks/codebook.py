"""docs/behaviours.md from the catalogue, the rules and what was measured: `python -m benchmarks.codebook`.

Nothing is measured here: the figures are those that `python -m benchmarks.behaviours talks` wrote last.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from benchmarks.accuracy import table
from benchmarks.examples import Otherwise, alone
from benchmarks.goals import goals
from review import behaviours, meaning, policy, scoring
from review.behaviours import CATALOGUE, CODEBOOK_VERSION, Mark, conflicts, fusion, repeats, rules, sound, structure
from review.encounter import Behaviour, Direction, Role, Span, SpeakerRole, Status, Turn, Word
from review.scoring import Found

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "behaviours.md"
RESULT = ROOT / "benchmarks" / "results" / "behaviours.json"
PREFACE = Path(__file__).with_name("codebook_preface.md")
SOURCES: Mapping[str, Mapping[str, str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
OWN = "codebook"  # how a rule cites the codebook itself
EXAMPLES = 4  # at most, of each kind
ENOUGH = 15  # marks in the talks set aside that the issue of the codebook asks for
LEAST_PRECISION = 0.8  # below it a behaviour is to be shown as unsure only
FEWEST = 3  # sure flags without which a precision says nothing, and the behaviour is shown as unsure only, too
NOT_MEASURED = "not measured yet"
MODEL = """ The sentence model is a small language model that judges a whole clause by its
meaning: it weighs the marks of rules, finds wordings that nobody listed, and cannot say why."""
WHO = {
    Role.OFFICER: "the officer who wears the camera",
    Role.OTHER_OFFICER: "another officer",
    Role.CIVILIAN: "the person",
    Role.RADIO: "the radio",
    Role.UNKNOWN: "a voice whose role is not known",
}
DIRECTIONS = {
    Direction.DEESCALATING: ("De-escalating", "An officer's words to a person that tend to calm."),
    Direction.ESCALATING: ("Escalating", "An officer's words to a person that tend to heat."),
    Direction.CIVILIAN: (
        "Civilian",
        "Signals from the other person: for understanding, never for ranking or searching people.",
    ),
    Direction.EVENT: ("Event", "Facts of procedure and of the incident, neither good nor bad."),
    Direction.SIGNAL: ("Signal", "Told by the order of things or by the sound; shown on the timeline, never totalled."),
}
# What the order of things adds to the wording (review/behaviours/structure.py, conflicts.py).
STRUCTURE = {
    "reassurance": f"left out when it follows a medical complaint that nobody checks within "
    f"{structure.COMPLAINT_WINDOW:g} s",
    "order": f"carries its number among those alike within {repeats.REPEAT_WINDOW:g} s, whether a reason came in the "
    f"{structure.REASON_REACH:g} s before, and the seconds until it is given again",
    "questioning_after_invocation": "stands only after a request for a lawyer that is marked",
    "asks_to_guess": "left out when the reason is marked later in the same turn",
    "medical_complaint": f"carries what officers' words begun within {structure.COMPLAINT_WINDOW:g} s are marked as",
    "search": "carries what it is said to rest on in the same turn, as a warrant or consent",
    "force_warning": "carries the order that it belongs to and the seconds until force is said",
    "consent_request": f"carries whether the right to refuse is said in the same turn, and the answer of the next "
    f"{structure.ANSWER_WINDOW:g} s",
    "rights_advisement": "elements read in one go become one mark, which lists those heard so far and those not heard; "
    "which ones belong to it is set by country in the agency's policy",
    "repeated_order": f"counted from the marked orders: the third of {repeats.REPEATS} alike within "
    f"{repeats.REPEAT_WINDOW:g} s, however worded (a table of what orders come to, and the words that they share) and "
    "whichever officer gives them; carries how many there were and whether a reason came between",
    "conflicting_orders": f"a table of pairs of orders that cannot both be obeyed, by two officers within "
    f"{conflicts.CONFLICT_WINDOW:g} s; or, where the table lacks it, the sentence model's reading of such orders",
}
SOUND = (
    "the sound itself, against the same voice's own normal or the other voice's talk "
    "([decision 9](decisions/0009-voice-acts.md))"
)


@dataclass(frozen=True)
class Measured:
    """What was counted on the talks set aside; `made` is false when nothing has been."""

    made: bool = False
    talks: int = 0
    words: int = 0
    found: Mapping[str, Found] = field(default_factory=dict)
    by_role: Mapping[str, Mapping[str, Found]] = field(default_factory=dict)  # by role, then behaviour
    near: Mapping[str, Sequence[int]] = field(default_factory=dict)  # near misses, those with a sure flag
    ece: float | None = None
    bins: Sequence[Sequence[Any]] = ()  # range, flags, mean confidence, share right
    free: Mapping[str, Found] = field(default_factory=dict)  # without the gate that makes some unsure only
    hours: Found = field(default_factory=Found)  # of the same talks joined to recordings of an hour
    goals: str = ""  # the table of what was wanted
    otherwise: Otherwise = field(default_factory=dict)  # examples that the program decides otherwise than their rule

    @property
    def all_found(self) -> Found:
        """The flags of every behaviour together."""
        return sum(self.found.values(), Found())


def read_measured(path: Path = RESULT) -> Measured:
    """The figures of the talks set aside, as benchmarks/behaviours.py wrote them."""
    if not path.is_file():
        return Measured()
    kept = json.loads(path.read_text(encoding="utf-8"))
    raw = kept.get("talks", {}).get("set aside")
    if not raw:
        return Measured()
    return Measured(
        made=True,
        talks=raw["talks"],
        words=raw["words"],
        found={name: Found(**counts) for name, counts in raw["found"].items()},
        by_role={
            role: {name: Found(**counts) for name, counts in own.items()}
            for role, own in raw.get("by_role_and_behaviour", {}).items()
        },
        near=raw["near"],
        ece=raw["ece"],
        bins=raw["bins"],
        free={name: Found(**counts) for name, counts in kept.get("gate", {}).get("found", {}).items()},
        hours=Found(**kept["hours"]["all"]) if "hours" in kept else Found(),
        goals=goals(kept),
        otherwise=kept.get("examples", {}),
    )


def everything(turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> Sequence[Mark]:
    """A tagger that marks each behaviour once, with a precision of 1."""
    return [
        Mark(behaviour, place, place, 1.0, "rule:codebook/everything@1", details={"directive": "stop"})
        for place, behaviour in enumerate(CATALOGUE)
    ]


@cache
def unsure_only() -> frozenset[str]:
    """The behaviours that the program shows as unsure however sure it is: asked of the program, so that it is so."""
    words = tuple(Word(name, Span(place, place + 0.5), 1.0) for place, name in enumerate(CATALOGUE))
    settings = replace(policy.built_in().tagging(), taggers=("benchmarks.codebook:everything",))
    flags = behaviours.tag(
        [Turn("S1", Span(0.0, len(words)), words)], [SpeakerRole("S1", Role.OFFICER, 1.0)], settings=settings
    )
    return frozenset(flag.behaviour for flag in flags if flag.status is Status.UNSURE)


@cache
def known_to_the_model() -> frozenset[str]:
    """The behaviours that the sentence model reads, none while the program does not use it by itself."""
    used = {behaviours.TAGGERS.get(name) for name in policy.built_in().tagging().taggers}
    return frozenset(meaning.behaviours()) if fusion.mark in used else frozenset()


def page(measured: Measured) -> str:
    """The whole of docs/behaviours.md."""
    head, preface = PREFACE.read_text(encoding="utf-8").strip().split("\n## ", 1)
    parts = [
        head.strip().format(version=CODEBOOK_VERSION),
        *([measured.goals] if measured.goals else []),
        "## " + preface.format(model=MODEL * bool(known_to_the_model())),
        "## How well it does",
        *_together(measured),
        "## All behaviours",
        _overview(measured),
    ]
    for direction, (name, what) in DIRECTIONS.items():
        parts += [f"## {name}", what]
        parts += [_entry(one, measured) for one in CATALOGUE.values() if one.direction is direction]
    parts += ["## Sources", *_references()]
    return "\n\n".join(parts) + "\n"


def _together(measured: Measured) -> Iterator[str]:
    if not measured.made:
        yield f"The talks set aside are {NOT_MEASURED}."
        return
    one = measured.all_found
    yield (
        f"On {measured.talks} written talks set aside ({measured.words} words), over all behaviours: "
        f"precision {_share(one.right, one.right + one.wrong)}, recall {_share(one.right, one.right + one.missed)}. "
        "Precision is how many of the sure marks are right; recall is how many of the marks in the gold a sure mark "
        f"found. Unsure marks count as neither: {one.unsure_right + one.unsure_wrong} were shown, "
        f"{one.unsure_right} of them right."
    )
    hours = measured.hours
    if hours.right:
        yield (
            "The same talks, shuffled and joined to recordings of an hour, so that most of what is around a moment is "
            f"foreign to it: precision {_share(hours.right, hours.right + hours.wrong)}, recall "
            f"{_share(hours.right, hours.right + hours.missed)}."
        )
    if measured.ece is not None:
        yield (
            "Confidence is a number from 0 to 1. When it says 0.9, nine marks in ten should be right. On these talks "
            f"it was off by {100 * measured.ece:.1f} % on average (calibration error), over all behaviours together:"
        )
        rows = [(step, flags, f"{100 * sure:.1f}", f"{100 * right:.1f}") for step, flags, sure, right in measured.bins]
        yield table(("confidence", "marks", "mean confidence %", "right %"), rows)


def _overview(measured: Measured) -> str:
    rows = []
    for one in CATALOGUE.values():
        found = measured.found.get(one.id, Found())
        flags, marks = found.right + found.wrong, found.right + found.missed
        rows.append(
            (
                f"[`{one.id}`](#{one.id})",
                DIRECTIONS[one.direction][0].lower(),
                _percent(found.right, flags),
                _percent(found.right, marks),
                marks if measured.made else "",
                "unsure only" if one.id in unsure_only() else "",
            )
        )
    told = "Precision and recall in %, on the talks set aside; n is how often the gold has it. Empty: none to count."
    return told + "\n\n" + table(("behaviour", "direction", "precision", "recall", "n", "shown as"), rows)


def _entry(one: Behaviour, measured: Measured) -> str:
    own = [rule for rule in rules.load() if rule.behaviour == one.id]
    who = [WHO[role] for role in Role if role in one.roles]
    lines = [f"### {one.id}", f"{DIRECTIONS[one.direction][0]}. Can be shown by: {', '.join(who)}.", one.definition]
    points = [("Counts", _quotes(one.counts)), ("Does not count", " · ".join(map(_plain, one.does_not_count)))]
    points += [(name, _quotes(texts)) for name, texts in examples_of(one, measured)]
    points += [("Source", _source(one, own)), ("Found by", _ways(one, own)), ("Confidence", _confidence(one, own))]
    points += list(_figures(one, measured))
    lines.append("\n".join(f"- **{name}**: {text}" for name, text in points if text))
    if one.id in unsure_only():
        lines.append(f"**Shown as unsure only.** {_why_unsure(one, measured)}")
    return "\n\n".join(lines)


def examples_of(one: Behaviour, measured: Measured) -> Iterator[tuple[str, Sequence[str]]]:
    """Examples of the rules that are tests, first one of each rule, then a second; and those that end otherwise."""
    said = {example.lower().strip(" .!?") for example in one.counts}
    missed, marked = (measured.otherwise.get(kind, {}).get(one.id, ()) for kind in ("missed", "marked"))
    own = alone(one.id)
    for name, kinds, left in (
        ("Marked", [rule.hits for rule in own], missed),
        ("Not marked", [rule.misses for rule in own], marked),
    ):
        row = [example for example in chain.from_iterable(zip_longest(*kinds)) if example and example not in left]
        new = [example for example in row if example.lower().strip(" .!?") not in said]
        yield name, list(dict.fromkeys(new if len(new) > 1 else row))[:EXAMPLES]
    yield "Ought to be marked and is not", missed
    yield "Ought not to be marked and is", marked


def _quotes(texts: Sequence[str]) -> str:
    return " · ".join(f'"{_plain(text)}"' for text in texts)


def _plain(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "*`<>[]|" else letter for letter in text)


def _source(one: Behaviour, own: Sequence[rules.Rule]) -> str:
    cited = dict.fromkeys([*one.basis, *(rule.source for rule in own)])
    told = [_spelled(source) for source in cited if source != OWN]
    return "; ".join(told) or "the codebook itself; no outside source"


def _spelled(source: str) -> str:
    return f"{SOURCES[source]['name']} ([{source}](#sources))" if source in SOURCES else source


def _ways(one: Behaviour, own: Sequence[rules.Rule]) -> str:
    ways = []
    if own:
        after = sorted(set().union(*(rule.after for rule in own)))
        only = f" (some of them only after {' or '.join(after)})" if after else ""
        ways.append(f"{len(own)} rule{'s' * (len(own) > 1)}{only}")
    if one.id in known_to_the_model():
        ways.append("the sentence model")
    if one.id in STRUCTURE:
        ways.append(f"the order of things: {STRUCTURE[one.id]}")
    if one.id in sound.PRECISION:
        ways.append(SOUND)
    return "; ".join(ways)


def _confidence(one: Behaviour, own: Sequence[rules.Rule]) -> str:
    if one.id in sound.PRECISION:
        return f"starts at {sound.PRECISION[one.id]:.2f}, judged by hand, not calibrated"
    if not own:
        made = "that of the least sure of the orders that it is made of"
        read = ", or the sentence model's, calibrated on talks" if one.id in known_to_the_model() else ""
        return made + read if one.id in STRUCTURE else ""
    low, high = min(rule.precision for rule in own), max(rule.precision for rule in own)
    start = f"{low:.2f}" if low == high else f"{low:.2f} to {high:.2f}"
    if one.id in known_to_the_model():
        return f"a rule starts at {start}, judged by hand; the sentence model then weighs it, calibrated on talks"
    return f"a rule starts at {start}, judged by hand, not calibrated"


def _figures(one: Behaviour, measured: Measured) -> Iterator[tuple[str, str]]:
    found = measured.found.get(one.id)
    if one.id in sound.PRECISION:
        yield "Measured", "not on written talks, which have no sound"
        return
    if not measured.made:
        yield "Measured", NOT_MEASURED
        return
    if not found:
        yield "Measured", "not in the talks set aside, and never marked there"
        return
    yield "Measured", _counted(found) + _few(found)
    near = measured.near.get(one.id)
    if near and near[0]:
        yield "Near misses", f"of {near[0]} lines that only look like it, {near[1]} got a sure mark"
    roles = {role: own[one.id] for role, own in measured.by_role.items() if one.id in own}
    if len(one.roles) > 1 and roles:
        yield "By role", "; ".join(f"{WHO[Role(role)]}: {_counted(own)}" for role, own in sorted(roles.items()))


def _counted(found: Found) -> str:
    flags, marks = found.right + found.wrong, found.right + found.missed
    precision = f"precision {_share(found.right, flags)}" if flags else "no sure mark"
    recall = f"recall {_share(found.right, marks)}" if marks else "none in the gold"
    unsure = found.unsure_right + found.unsure_wrong
    besides = f", and {unsure} unsure ({found.unsure_right} right)" if unsure else ""
    return f"{precision}, {recall}{besides}"


def _few(found: Found) -> str:
    marks = found.right + found.missed
    return f". Only {marks} in the gold: too few to rely on" if marks < ENOUGH else ""


def _why_unsure(one: Behaviour, measured: Measured) -> str:
    if one.id in sound.PRECISION:
        return "How often it is right on real recordings is not known yet."
    found = measured.found.get(one.id, Found())
    shown = found.unsure_right + found.unsure_wrong
    free = measured.free.get(one.id, Found())
    sure = free.right + free.wrong
    few = f"Only {sure} of its marks on the talks set aside would be sure, too few to say how often they are right"
    many = f"{free.right} of its {sure} marks that would be sure were right, under {100 * LEAST_PRECISION:.0f} %"
    why = f"{few if sure < FEWEST else many}: the program always asks and never says."
    told = f" Of {shown} such marks on the talks set aside {found.unsure_right} were right." if shown else ""
    return why + told


def too_imprecise(measured: Measured) -> frozenset[str]:
    """The behaviours whose sure marks were right less often than is good enough to be shown as sure."""
    return frozenset(
        name for name, one in measured.found.items() if one.right + one.wrong and one.precision < LEAST_PRECISION
    )


def _share(part: int, whole: int) -> str:
    low, high = scoring.interval(part, whole)
    return f"{_percent(part, whole)} % ({part} of {whole}; 95 %: {100 * low:.1f}-{100 * high:.1f})"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else ""


def _references() -> Iterator[str]:
    yield "\n".join(
        f"- **{short}**: {one['reference'].strip()}"
        + (f" (Could not be checked: {one['unchecked']}.)" if one["unchecked"] else "")
        for short, one in SOURCES.items()
    )
    yield "What a person is to be told on arrest, by country (not looked up for this page; have a lawyer check it):"
    yield "\n".join(f"- {country.name}: {country.source}" for country in policy.countries().values())


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(read_measured()), encoding="utf-8")
    sys.stderr.write(f"{PAGE.relative_to(ROOT)} written\n")


if __name__ == "__main__":
    main()
