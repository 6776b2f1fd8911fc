"""Voice acts as flags of the codebook: a raised voice, an officer who talks over a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from review.behaviours.catalogue import may_show
from review.behaviours.marks import Mark
from review.encounter import Role, SpeakerRole, Turn, VoiceAct, VoiceActKind, role_of

SOUND_VERSION = 1
# How often a mark is right where words, voices and speakers are; judged, since too few are measured to say more
# (docs/decisions/0009-voice-acts.md).
PRECISION = {"interruption": 0.7, "raised_voice": 0.6}
NEVER_SURE = frozenset(PRECISION)  # until their accuracy on real recordings is measured (codebook)


def heard(acts: Iterable[VoiceAct], turns: Sequence[Turn], roles: Sequence[SpeakerRole]) -> Iterator[Mark]:
    """The marks that `acts` make, on the words said meanwhile; an act without words makes none."""
    for act in acts:
        behaviour = act.kind.value
        if behaviour not in PRECISION or not may_show(role_of(roles, act.speaker).role, behaviour):
            continue
        if act.kind is VoiceActKind.INTERRUPTION and not _of_a_person(act, roles):
            continue
        words = _words(act, turns)
        if words:
            source = f"rule:sound/{behaviour.replace('_', '-')}@{SOUND_VERSION}"
            yield Mark(behaviour, words[0], words[1], PRECISION[behaviour], source, details=dict(act.details))


def _of_a_person(act: VoiceAct, roles: Sequence[SpeakerRole]) -> bool:
    """Whether the one who is talked over may be a person and not a colleague, and the other is known to be police."""
    of = role_of(roles, str(act.details.get("of", ""))).role
    return of is Role.CIVILIAN or (of is Role.UNKNOWN and role_of(roles, act.speaker).role is not Role.UNKNOWN)


def _words(act: VoiceAct, turns: Sequence[Turn]) -> tuple[int, int] | None:
    """The first and last word of the turn that says most during the act, over all words of all turns."""
    best: tuple[int, int] | None = None
    index = 0
    for turn in turns:
        during = [
            index + place
            for place, word in enumerate(turn.words)
            if turn.speaker == act.speaker and act.span.start <= word.span.middle < act.span.end
        ]
        if during and (best is None or during[-1] - during[0] > best[1] - best[0]):
            best = during[0], during[-1]
        index += len(turn.words)
    return best
