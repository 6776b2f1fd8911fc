"""People's corrections applied to what the machine heard: whose words these are, and who that speaker is.

One correction of a voice holds for all of its words in the span, usually the whole recording. Nothing is altered:
the turns and roles that come out belong to the next revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from review.encounter import Correction, CorrectionKind, Role, Span, SpeakerRole, Turn, VoiceAct, Word
from review.errors import WrongUse

CERTAIN = 1.0  # confidence of a role that a person gave


def applied(
    turns: Sequence[Turn], roles: Sequence[SpeakerRole], corrections: Iterable[Correction]
) -> tuple[tuple[Turn, ...], tuple[SpeakerRole, ...]]:
    """The turns and roles after these corrections, one after the other; raises WrongUse for a speaker not there."""
    said, known = tuple(turns), {who.speaker: who for who in roles}
    for correction in corrections:
        if correction.speaker not in known:
            raise WrongUse(f"there is no speaker {correction.speaker} here; there are {', '.join(sorted(known))}")
        if correction.kind is CorrectionKind.ROLE:
            known[correction.speaker] = SpeakerRole(correction.speaker, _role(correction.now), CERTAIN)
        else:
            said = _given(said, correction)
            known.setdefault(correction.now, SpeakerRole(correction.now, Role.UNKNOWN, 0.0))
    heard = {turn.speaker for turn in said}
    return said, tuple(known[speaker] for speaker in sorted(known) if speaker in heard)


def renamed(acts: Iterable[VoiceAct], corrections: Sequence[Correction]) -> tuple[VoiceAct, ...]:
    """The voice acts with the speakers that they belong to after these corrections; nobody interrupts themselves."""
    given = [one for one in corrections if one.kind is CorrectionKind.SPEAKER]
    out = []
    for act in acts:
        for one in given:
            act = _renamed(act, one)
        if act.details.get("of") != act.speaker:
            out.append(act)
    return tuple(out)


def _renamed(act: VoiceAct, correction: Correction) -> VoiceAct:
    if correction.span.overlap(act.span) == 0:
        return act
    was, now = correction.speaker, correction.now
    details = {key: now if value == was else value for key, value in act.details.items()}
    return replace(act, speaker=now if act.speaker == was else act.speaker, details=details)


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError as error:
        raise WrongUse(f"there is no role {name!r}; use {', '.join(role.value for role in Role)}") from error


def _given(turns: Sequence[Turn], correction: Correction) -> tuple[Turn, ...]:
    """The turns with the speaker's words inside the span given to another; neighbours of one speaker stay apart."""
    out: list[Turn] = []
    for turn in turns:
        if turn.speaker != correction.speaker or turn.span.overlap(correction.span) == 0:
            out.append(turn)
            continue
        for inside, group in groupby(turn.words, key=lambda word: _inside(word, correction.span)):
            words = tuple(group)
            speaker = correction.now if inside else turn.speaker
            out.append(Turn(speaker, Span(words[0].span.start, max(word.span.end for word in words)), words))
    return tuple(replace(turn, words=tuple(_without_self(word, turn.speaker) for word in turn.words)) for turn in out)


def _inside(word: Word, span: Span) -> bool:
    return span.start <= word.span.middle < span.end


def _without_self(word: Word, speaker: str) -> Word:
    """A second voice that turns out to be the same person is none."""
    return replace(word, second="") if word.second == speaker else word
