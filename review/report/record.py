"""What people did about a recording, as values for an export: who, in what role, when, and in what words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from review.casework import Act, Casework, Signing
from review.corrections import Step, taken_back
from review.encounter import CONFIRMING_ROLES, Correction, Flag, Verdict


@dataclass(frozen=True)
class Exporter:
    """Who takes an export away; no account in a store that has none, only from where."""

    account: str = ""
    name: str = ""
    role: str = ""
    purpose: str = ""
    source: str = ""


@dataclass(frozen=True)
class Gone:
    """A mark that people judged and that this revision has not; `revision` is the latest that had it."""

    flag: Flag
    revision: int


@dataclass(frozen=True)
class Record:
    """What people did about one recording, no more than whoever exports it may read."""

    by: Exporter
    at: datetime
    verdicts: tuple[Verdict, ...] = ()  # in the order in which they were given, undone ones too
    gone: Mapping[str, Gone] = field(default_factory=dict)  # by mark
    steps: tuple[Step, ...] = ()  # corrections
    correctors: Mapping[tuple[str, datetime], str] = field(default_factory=dict)  # roles by account and time
    wearer: str = ""
    unit: str = ""
    others: tuple[str, ...] = ()  # ids of others known to appear
    work: Casework = field(default_factory=Casework)
    answers: tuple[tuple[str, Act], ...] = ()  # keys and answers of the form, earlier ones too
    holds: tuple[Act, ...] = ()  # referred and released, in that order
    questions: Mapping[str, str] = field(default_factory=dict)  # texts of the form by key
    people: Mapping[str, str] = field(default_factory=dict)  # names by account


def as_dict(record: Record) -> dict[str, Any]:
    """The record as JSON values."""
    return {
        "exported_at": _when(record.at),
        "exported_by": vars(record.by),
        "whose": {"wearer": record.wearer, "unit": record.unit, "others": list(record.others)},
        "verdicts": [_verdict(one, record) for one in record.verdicts],
        "corrections": corrections(record),
        "review": review(record),
    }


def corrections(record: Record) -> list[dict[str, Any]]:
    """Each correction with the revision that it made and whether it still holds."""
    gone = taken_back(record.steps)
    return [
        _correction(one, step, record, holds=step.revision not in gone) for step in record.steps for one in step.made
    ]


def review(record: Record) -> dict[str, Any]:
    """The review form, signatures, holds and notes."""
    work = record.work
    holding = {act.id for act in work.answers.values()}
    return {
        "signed": _maybe(work.signed, record),
        "signatures": [_signing(one, record) for one in work.signings],
        "disposition": _maybe(work.disposition, record),
        "comment": _maybe(work.comment, record),
        "answers": [
            {"question": record.questions.get(key, ""), "item": key, **_act(act, record), "holds": act.id in holding}
            for key, act in record.answers
        ],
        "holds": _acts(record.holds, record),
        "statement_done": _maybe(work.statement, record),
        "moments": _acts(work.moments, record),
        "officer_answers": _acts((*work.contexts, *work.contests, *work.requests), record),
    }


def _verdict(one: Verdict, record: Record) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": one.id,
        "flag": one.flag,
        "answer": one.answer.value,
        **_who(one.reviewer, one.reviewer_role, one.at, record),
        "note": one.note,
        "counts": one.reviewer_role in {*CONFIRMING_ROLES, ""},  # a role is withheld of one that counts only
    }
    if one.flag in record.gone:
        gone = record.gone[one.flag]
        told["of_revision"] = {
            "revision": gone.revision,
            "behaviour": gone.flag.behaviour,
            "start": gone.flag.span.start,
            "quote": gone.flag.quote,
        }
    return told


def _correction(one: Correction, step: Step, record: Record, *, holds: bool) -> dict[str, Any]:
    return {
        "revision": step.revision,
        "kind": one.kind.value,
        "speaker": one.speaker,
        "start": one.span.start,
        "end": one.span.end,
        "was": one.was,
        "now": one.now,
        **_who(one.reviewer, record.correctors.get((one.reviewer, one.at), ""), one.at, record),
        "holds": holds,
    }


def _signing(one: Signing, record: Record) -> dict[str, Any]:
    parts = {"disposition": one.disposition, "comment": one.comment, "reopened": one.reopened}
    return {**_act(one.act, record), **{name: _maybe(act, record) for name, act in parts.items()}}


def _acts(acts: Iterable[Act], record: Record) -> list[dict[str, Any]]:
    return [_act(act, record) for act in acts]


def _maybe(act: Act | None, record: Record) -> dict[str, Any] | None:
    return _act(act, record) if act else None


def _act(act: Act, record: Record) -> dict[str, Any]:
    who = _who(act.person, act.role, act.at, record)
    about = {"about": act.about} if act.about else {}
    return {"id": act.id, "kind": act.kind.value, **about, **who, "body": dict(act.body)}


def _who(account: str, role: str, at: datetime, record: Record) -> dict[str, str]:
    return {"by": account, "name": record.people.get(account, ""), "role": role, "at": _when(at)}


def _when(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
