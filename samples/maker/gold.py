"""The gold file of one sample, made of its script and of where the mix put each line; and checks that it is fair."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

from maker.mix import Mix, Utterance
from maker.script import Mark, Script

FORMAT = 1
REPEAT_WITHIN = 30.0  # seconds, docs/behaviours.md: repeated_order
REPEATS = 3
OVERLAP = 0.5  # seconds, docs/behaviours.md: interruption
STOPS_WITHIN = 1.0  # seconds after the interruption begins
GOES_ON = 1.0  # seconds after the interrupted person has stopped
CONFLICT = 5.0  # seconds, docs/behaviours.md: conflicting_orders
RAISED_BY = (6.0, 4.0)  # dB, semitones over the speaker's own median, docs/behaviours.md: raised_voice
RAISED_AFTER = 20.0  # seconds of the speaker's speech that the median is taken over


def gold(script: Script, mix: Mix, media: Path, *, seed: int) -> dict[str, Any]:
    """The gold file as JSON values; times are on the player's clock."""
    spoken = [_utterance(script, utterance) for utterance in mix.utterances]
    return {
        "format": FORMAT,
        "name": script.name,
        "title": script.title,
        "media": media.name,
        "language": script.language,
        "held_out": script.held_out,
        "seconds": round(len(mix.track) / 24_000 + script.audio_start, 3),
        "audio_start": script.audio_start,
        "recorded_at": script.recorded_at.isoformat().replace("+00:00", "Z"),
        "sha256": hashlib.sha256(media.read_bytes()).hexdigest(),
        "made_by": f"samples/make.py, seed {seed}",
        "snr_db": round(mix.snr, 1),
        "speakers": {
            person.label: {
                "role": person.role,
                "voice": person.voice.label,
                "near": person.near,
                "level_db": person.level,
            }
            for person in script.people.values()
        },
        "utterances": spoken,
    }


def text_of(values: dict[str, Any]) -> str:
    """The gold file as it is written: one utterance a line, so that a change shows as one line."""
    utterances = values["utterances"]
    head = json.dumps({**values, "utterances": []}, ensure_ascii=False, indent=2)
    lines = ",\n".join("    " + json.dumps(utterance, ensure_ascii=False) for utterance in utterances)
    return head.replace('"utterances": []', f'"utterances": [\n{lines}\n  ]') + "\n"


def _utterance(script: Script, utterance: Utterance) -> dict[str, Any]:
    line = utterance.line
    return {
        "speaker": line.who,
        "role": script.people[line.who].role,
        "start": round(utterance.start + script.audio_start, 3),
        "end": round(utterance.end + script.audio_start, 3),
        "text": line.text,
        "behaviours": [_mark(mark) for mark in line.marks],
    }


def _mark(mark: Mark) -> dict[str, Any]:
    entry: dict[str, Any] = {"behaviour": mark.behaviour, "quote": mark.quote}
    return {**entry, "structure": True, "details": mark.details} if mark.structure else entry


def unfair(script: Script, mix: Mix) -> list[str]:
    """What the marks of structure claim and the mix does not bear out, one sentence each."""
    checks = {
        "repeated_order": _repeated,
        "interruption": _interrupted,
        "raised_voice": _raised,
        "conflicting_orders": _conflicting,
    }
    found = []
    for index, utterance in enumerate(mix.utterances):
        for mark in utterance.line.marks:
            if mark.behaviour in checks and not checks[mark.behaviour](mix, index):
                found.append(f"{script.name}: {mark.behaviour} on {utterance.line.text!r} is not in the sound")
    return found


def _repeated(mix: Mix, index: int) -> bool:
    last = mix.utterances[index]
    orders = Counter(
        utterance.line.who
        for utterance in mix.utterances[: index + 1]
        if utterance.end > last.end - REPEAT_WITHIN
        for mark in utterance.line.marks
        if mark.behaviour == "order"
    )
    return orders[last.line.who] >= REPEATS


def _interrupted(mix: Mix, index: int) -> bool:
    breaking = mix.utterances[index]
    return any(
        OVERLAP <= broken.end - breaking.start <= STOPS_WITHIN and breaking.end - broken.end >= GOES_ON
        for broken in mix.utterances[:index]
        if broken.line.who != breaking.line.who and broken.start < breaking.start
    )


def _conflicting(mix: Mix, index: int) -> bool:
    """Whether another officer gave an order within five seconds before; whether they agree is for a reader to say."""
    later = mix.utterances[index]
    return any(
        later.start - earlier.end <= CONFLICT and earlier.line.who != later.line.who
        for earlier in mix.utterances[:index]
        for mark in earlier.line.marks
        if mark.behaviour == "order"
    )


def _raised(mix: Mix, index: int) -> bool:
    shout = mix.utterances[index]
    seconds = sum(one.end - one.start for one in mix.utterances if one.line.who == shout.line.who)
    return seconds >= RAISED_AFTER and (shout.line.gain >= RAISED_BY[0] or shout.line.pitch >= RAISED_BY[1])
