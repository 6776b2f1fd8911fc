"""Encounters as JSON, in and out: the format that `process --out -` prints and the store keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from review.encounter import (
    Direction,
    Encounter,
    Flag,
    ModelUse,
    Provenance,
    Recording,
    Role,
    Span,
    SpeakerRole,
    Status,
    Turn,
    VoiceAct,
    VoiceActKind,
    Word,
)
from review.errors import UnreadableEncounter

FORMAT = 1


def to_dict(encounter: Encounter) -> dict[str, Any]:
    """The encounter as JSON values, as `process --out -` prints it (less the timeline, which is derived)."""
    return {
        "format": FORMAT,
        "recording": _recording_to_dict(encounter.recording),
        "language": encounter.language,
        "revision": encounter.revision,
        "speakers": [
            {"speaker": who.speaker, "role": who.role.value, "confidence": who.confidence} for who in encounter.roles
        ],
        "turns": [_turn_to_dict(turn, encounter.role_of(turn.speaker)) for turn in encounter.turns],
        "flags": [flag_to_dict(flag) for flag in encounter.flags],
        "acts": [_act_to_dict(act) for act in encounter.acts],
        "provenance": _provenance_to_dict(encounter.provenance),
    }


def from_dict(raw: Mapping[str, Any]) -> Encounter:
    """The encounter that `to_dict` made; raises UnreadableEncounter for another format or missing parts."""
    if raw.get("format") != FORMAT:
        raise UnreadableEncounter(
            f"this encounter has format {raw.get('format')!r}; this version reads format {FORMAT}: update the software"
        )
    try:
        return Encounter(
            recording=_recording_from_dict(raw["recording"]),
            language=raw["language"],
            turns=tuple(_turn_from_dict(turn) for turn in raw["turns"]),
            roles=tuple(SpeakerRole(who["speaker"], Role(who["role"]), who["confidence"]) for who in raw["speakers"]),
            flags=tuple(_flag_from_dict(flag) for flag in raw["flags"]),
            provenance=_provenance_from_dict(raw["provenance"]),
            revision=raw["revision"],
            acts=tuple(_act_from_dict(act) for act in raw.get("acts", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableEncounter(f"this encounter is damaged: {error!r}") from error


def to_json(encounter: Encounter) -> str:
    """The encounter as one line of JSON."""
    return json.dumps(to_dict(encounter), ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Encounter:
    """The encounter that `to_json` wrote; raises UnreadableEncounter."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise UnreadableEncounter(f"this encounter is not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise UnreadableEncounter(f"this encounter is no JSON object but {type(raw).__name__}")
    return from_dict(raw)


def flag_to_dict(flag: Flag) -> dict[str, Any]:
    """One flag as JSON values."""
    return {
        "id": flag.id,
        "behaviour": flag.behaviour,
        "direction": flag.direction.value,
        "start": flag.span.start,
        "end": flag.span.end,
        "first": flag.first,
        "last": flag.last,
        "quote": flag.quote,
        "speaker": flag.speaker,
        "role": flag.role.value,
        "confidence": flag.confidence,
        "status": flag.status.value,
        "source": flag.source,
        "modifiers": list(flag.modifiers),
        "details": dict(flag.details),
    }


def _flag_from_dict(raw: Mapping[str, Any]) -> Flag:
    return Flag(
        id=raw["id"],
        behaviour=raw["behaviour"],
        direction=Direction(raw["direction"]),
        span=Span(raw["start"], raw["end"]),
        first=raw["first"],
        last=raw["last"],
        quote=raw["quote"],
        speaker=raw["speaker"],
        role=Role(raw["role"]),
        confidence=raw["confidence"],
        status=Status(raw["status"]),
        source=raw["source"],
        modifiers=tuple(raw["modifiers"]),
        details=raw["details"],
    )


def _turn_to_dict(turn: Turn, role: SpeakerRole) -> dict[str, Any]:
    return {
        "speaker": turn.speaker,
        "role": role.role.value,
        "role_confidence": role.confidence,
        "start": turn.span.start,
        "end": turn.span.end,
        "text": turn.text,
        "words": [_word_to_dict(word) for word in turn.words],
    }


def _word_to_dict(word: Word) -> dict[str, Any]:
    told = {"text": word.text, "start": word.span.start, "end": word.span.end, "confidence": word.confidence}
    return {**told, "second": word.second} if word.second else told


def _word_from_dict(raw: Mapping[str, Any]) -> Word:
    return Word(raw["text"], Span(raw["start"], raw["end"]), raw["confidence"], raw.get("second", ""))


def _act_to_dict(act: VoiceAct) -> dict[str, Any]:
    return {
        "kind": act.kind.value,
        "start": act.span.start,
        "end": act.span.end,
        "speaker": act.speaker,
        "details": dict(act.details),
    }


def _act_from_dict(raw: Mapping[str, Any]) -> VoiceAct:
    return VoiceAct(VoiceActKind(raw["kind"]), Span(raw["start"], raw["end"]), raw["speaker"], raw["details"])


def _turn_from_dict(raw: Mapping[str, Any]) -> Turn:
    words = tuple(_word_from_dict(word) for word in raw["words"])
    return Turn(raw["speaker"], Span(raw["start"], raw["end"]), words)


def _recording_to_dict(recording: Recording) -> dict[str, Any]:
    when = recording.recorded_at
    return {**vars(recording), "recorded_at": when.isoformat() if when else None}


def _recording_from_dict(raw: Mapping[str, Any]) -> Recording:
    when = raw["recorded_at"]
    return Recording(**{**raw, "recorded_at": datetime.fromisoformat(when) if when else None})


def _provenance_to_dict(provenance: Provenance) -> dict[str, Any]:
    return {
        "software": provenance.software,
        "made_at": provenance.made_at.isoformat(),
        "models": [dict(vars(model)) for model in provenance.models],
        "settings": dict(provenance.settings),
        "counts": dict(provenance.counts),
        "remarks": list(provenance.remarks),
    }


def _provenance_from_dict(raw: Mapping[str, Any]) -> Provenance:
    return Provenance(
        software=raw["software"],
        made_at=datetime.fromisoformat(raw["made_at"]),
        models=tuple(ModelUse(**model) for model in raw["models"]),
        settings=raw["settings"],
        counts=raw["counts"],
        remarks=tuple(raw["remarks"]),
    )
