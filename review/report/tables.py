"""The marks of an encounter as CSV, a row each: what the machine marked, what people said of it, and who they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from review.encounter import Encounter, Flag, ModelUse, Standing, Verdict
from review.report.plain import MACHINE
from review.report.record import Record
from review.timeline import standings

BETWEEN = " | "  # several answers to one mark stand in one cell, the first one first
COLUMNS = (
    "recording", "start", "end", "behaviour", "direction", "status", "standing", "quote", "speaker", "role",
    "confidence", "source", "modifiers", "id", "reviewer", "reviewer_role", "answer", "answered_at", "note",
    "revision", "software", "models", "wearer", "unit", "exported_by", "exported_at", "notice",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that starts so


def table(encounter: Encounter, verdicts: Sequence[Verdict], record: Record | None) -> str:
    """A row for each mark, or one that says whose export it is where nothing was marked (RFC 4180)."""
    text = io.StringIO()
    rows = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    rows.writeheader()
    stands = standings(encounter.flags, verdicts)
    always = {"recording": encounter.recording.sha256, **_made(encounter), **_exported(record), "notice": MACHINE}
    for flag in encounter.flags:
        said = [one for one in (record.verdicts if record else ()) if one.flag == flag.id]
        rows.writerow(_harmless({**always, **_mark(flag, stands[flag.id]), **_said(said)}))
    if not encounter.flags:
        rows.writerow(_harmless({**always}))
    return text.getvalue()


def named(model: ModelUse) -> str:
    """A model with its version and the start of its checksum, where one is known."""
    told = f"{model.job}: {model.name} {model.version}".strip()
    return f"{told} {model.sha256[:12]}" if model.sha256 else f"{told} (no checksum kept)"


def _mark(flag: Flag, stands: Standing) -> dict[str, str | float]:
    return {
        "start": flag.span.start,
        "end": flag.span.end,
        "behaviour": flag.behaviour,
        "direction": flag.direction.value,
        "status": flag.status.value,
        "standing": stands.value,
        "quote": flag.quote,
        "speaker": flag.speaker,
        "role": flag.role.value,
        "confidence": flag.confidence,
        "source": flag.source,
        "modifiers": " ".join(flag.modifiers),
        "id": flag.id,
    }


def _said(said: Sequence[Verdict]) -> dict[str, str]:
    return {
        "reviewer": BETWEEN.join(one.reviewer for one in said),
        "reviewer_role": BETWEEN.join(one.reviewer_role for one in said),
        "answer": BETWEEN.join(one.answer.value for one in said),
        "answered_at": BETWEEN.join(one.at.isoformat(timespec="seconds") for one in said),
        "note": BETWEEN.join(one.note for one in said) if any(one.note for one in said) else "",
    }


def _made(encounter: Encounter) -> dict[str, str | float]:
    made = encounter.provenance
    models = "; ".join(map(named, made.models))
    return {"revision": encounter.revision, "software": made.software, "models": models}


def _exported(record: Record | None) -> dict[str, str]:
    if record is None:
        return {}
    return {
        "wearer": record.wearer,
        "unit": record.unit,
        "exported_by": record.by.account or record.by.source,
        "exported_at": record.at.isoformat(timespec="seconds"),
    }


def _harmless(row: dict[str, str | float]) -> dict[str, str | float]:
    return {
        name: f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for name, cell in row.items()
    }
