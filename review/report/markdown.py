"""An encounter as a Markdown report: what it tells, what was marked, and what was said."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from review.encounter import Encounter, Flag, Role, Turn, Verdict
from review.report import people
from review.report.plain import ADVICE, MACHINE, clock, md
from review.report.record import Record
from review.report.tables import named
from review.report.told import sections, summary
from review.timeline import Timeline, facts, timeline


def markdown(
    encounter: Encounter, verdicts: Sequence[Verdict], hidden: Collection[str], record: Record | None = None
) -> str:
    """The whole report, for a person to read."""
    recording = encounter.recording
    told = timeline(encounter, verdicts=verdicts, hidden=frozenset(hidden))
    when = recording.recorded_at.strftime("%Y-%m-%d %H:%M UTC") if recording.recorded_at else "not in the file"
    lines = [
        f"# {md(recording.name)}",
        "",
        f"{MACHINE} {ADVICE}",
        "",
        f"- Recording: `{recording.sha256}`",
        f"- Recorded: {when}",
        f"- Length: {clock(recording.seconds)}",
        f"- Language: {encounter.language}",
        f"- Revision: {encounter.revision}",
        *people.facts(record),
        *(f"- Remark: {md(remark)}" for remark in encounter.provenance.remarks),
        "",
        "## What this encounter tells",
        "",
        *summary(told),
        "",
        *_figures(encounter, told),
        "",
        *sections(told),
        "## Marked moments",
        "",
        *_moments(encounter, told),
        "",
        *people.sections(record),
        "## Transcript",
        "",
        *(_line(encounter, turn) for turn in encounter.turns),
        *([] if encounter.turns else ["No speech was recognised."]),
        "",
        "## How this was made",
        "",
        f"- {encounter.provenance.software}, {encounter.provenance.made_at:%Y-%m-%d %H:%M} UTC",
        *(f"- {md(named(use))}" for use in encounter.provenance.models),
        *(f"- {name}: {count}" for name, count in encounter.provenance.counts.items()),
    ]
    return "\n".join(lines) + "\n"


def _figures(encounter: Encounter, told: Timeline) -> list[str]:
    directions: dict[str, list[Flag]] = {}
    for flag in encounter.flags:
        # What other officers say never enters the figures of who wears the camera.
        whose = " (other officers)" if flag.role is Role.OTHER_OFFICER else ""
        directions.setdefault(flag.direction.value + whose, []).append(flag)
    rows = ["| direction | marked | unsure | verified |", "|---|---|---|---|"]
    for direction, flags in sorted(directions.items()):
        marked = sum(flag.status.value == "flagged" for flag in flags)
        sure = sum(told.standings[flag.id].value == "verified" for flag in flags)
        rows.append(f"| {direction} | {marked} | {len(flags) - marked} | {sure} |")
    return rows if directions else ["No moments were marked."]


def _moments(encounter: Encounter, told: Timeline) -> list[str]:
    rows = [
        "| time | behaviour | words | speaker | confidence | status | people say | rule or model | id |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for flag in encounter.flags:
        cells = (
            clock(flag.span.start),
            flag.behaviour,
            " ".join((md(flag.quote), *(f"({md(fact)})" for fact in facts(flag)))),
            f"{flag.speaker} ({flag.role.value})",
            f"{flag.confidence:.2f}",
            flag.status.value,
            told.standings[flag.id].value,
            f"`{flag.source}`",
            f"`{flag.id}`",
        )
        rows.append("| " + " | ".join(cells) + " |")
    return rows if encounter.flags else ["None."]


def _line(encounter: Encounter, turn: Turn) -> str:
    role = encounter.role_of(turn.speaker).role
    return f"- **{clock(turn.span.start)} {turn.speaker} ({role.value})** {md(turn.text)}"
