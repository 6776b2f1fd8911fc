"""People's corrections applied to what the machine heard: who a speaker is, whose words these are, and which words.

One correction of a voice holds for all of its words in the span, usually the whole recording. Nothing is altered:
the turns and roles that come out belong to the next revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from review.encounter import Correction, CorrectionKind, Role, Span, SpeakerRole, Turn, VoiceAct, Word
from review.errors import WrongUse

TAKEN_BACK = "what was put right is taken back as a whole, by itself"
CERTAIN = 1.0  # confidence of a role or a word that a person gave
SPLIT, MERGED = "split", "merged"
LONGEST_NAME = 40  # letters of a speaker's name


@dataclass(frozen=True)
class Step:
    """What a person put right at once: the corrections that led to one revision."""

    revision: int
    made: tuple[Correction, ...]

    @property
    def takes_back(self) -> int:
        """The revision whose corrections this step takes back; 0 when it puts something right."""
        return int(self.made[0].was) if self.made[0].kind is CorrectionKind.UNDO else 0


def taken_back(steps: Iterable[Step]) -> frozenset[int]:
    """The revisions whose corrections do not hold any more."""
    return frozenset(step.takes_back for step in steps) - {0}


def last(steps: Sequence[Step]) -> Step | None:
    """The latest step that holds, which is the one that can be taken back; None when there is none."""
    gone = taken_back(steps)
    return next((step for step in reversed(steps) if not step.takes_back and step.revision not in gone), None)


def applied(
    turns: Sequence[Turn], roles: Sequence[SpeakerRole], corrections: Iterable[Correction]
) -> tuple[tuple[Turn, ...], tuple[SpeakerRole, ...]]:
    """The turns and roles after these corrections, one after the other; raises WrongUse for a speaker not there."""
    said, known = tuple(turns), {who.speaker: who for who in roles}
    for correction in corrections:
        if correction.kind is CorrectionKind.UNDO:
            raise WrongUse(TAKEN_BACK)
        if correction.speaker not in known:
            raise WrongUse(f"there is no speaker {correction.speaker} here; there are {', '.join(sorted(known))}")
        if correction.kind is CorrectionKind.ROLE:
            known[correction.speaker] = SpeakerRole(correction.speaker, _role(correction.now), CERTAIN)
        elif correction.kind is CorrectionKind.SPEAKER:
            said = _given(said, correction)
            known.setdefault(_named(correction.now), _like(known[correction.speaker], said, correction))
        elif correction.kind is CorrectionKind.TEXT:
            said = _reworded(said, correction)
        else:
            said = _bounded(said, correction)
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


def _named(speaker: str) -> str:
    if not speaker.strip() or speaker != speaker.strip() or len(speaker) > LONGEST_NAME or not speaker.isprintable():
        raise WrongUse(f"a speaker's name has 1 to {LONGEST_NAME} letters, and no blank at its ends")
    return speaker


def _like(before: SpeakerRole, said: Sequence[Turn], correction: Correction) -> SpeakerRole:
    """A voice that only got another name keeps its role; words that were parted from one have none yet."""
    renamed = all(turn.speaker != correction.speaker for turn in said)
    role, confidence = (before.role, before.confidence) if renamed else (Role.UNKNOWN, 0.0)
    return SpeakerRole(correction.now, role, confidence)


def _reworded(turns: Sequence[Turn], correction: Correction) -> tuple[Turn, ...]:
    """The turns with the words inside the span replaced; what a person typed is certain, its times are shared out."""
    place = [
        (at, [index for index, word in enumerate(turn.words) if _inside(word, correction.span)])
        for at, turn in enumerate(turns)
        if turn.speaker == correction.speaker
    ]
    touched = [(at, inside) for at, inside in place if inside]
    if len(touched) != 1:
        raise WrongUse("choose words of one turn to put them right")
    [(at, inside)] = touched
    turn, texts = turns[at], correction.now.split()
    first, last = inside[0], inside[-1]
    old = turn.words[first : last + 1]
    if " ".join(word.text for word in old) != correction.was:
        raise WrongUse("these words were changed by somebody else just now; look at them again")
    words = (*turn.words[:first], *_spread(texts, old[0].span.cover(old[-1].span)), *turn.words[last + 1 :])
    kept = (replace(turn, words=words),) if words else ()
    return (*turns[:at], *kept, *turns[at + 1 :])


def _spread(texts: Sequence[str], span: Span) -> Iterator[Word]:
    """These words over the span, each as long as its letters."""
    letters, done = sum(map(len, texts)), 0
    for text in texts:
        start = span.start + span.seconds * done / letters
        done += len(text)
        yield Word(text, Span(start, span.start + span.seconds * done / letters), CERTAIN)


def _bounded(turns: Sequence[Turn], correction: Correction) -> tuple[Turn, ...]:
    if correction.now == SPLIT:
        return _split(turns, correction)
    if correction.now != MERGED:
        raise WrongUse(f"a boundary is {SPLIT} or {MERGED}")
    together = [at for at, turn in enumerate(turns) if turn.span.overlap(correction.span) > 0]
    mine = [at for at in together if turns[at].speaker == correction.speaker]
    if len(mine) < 2 or mine != list(range(mine[0], mine[-1] + 1)):
        raise WrongUse("only turns of one speaker that follow each other can be made one")
    words = tuple(word for at in mine for word in turns[at].words)
    whole = Turn(correction.speaker, turns[mine[0]].span.cover(turns[mine[-1]].span), words)
    return (*turns[: mine[0]], whole, *turns[mine[-1] + 1 :])


def _split(turns: Sequence[Turn], correction: Correction) -> tuple[Turn, ...]:
    for at, turn in enumerate(turns):
        later = [index for index, word in enumerate(turn.words) if word.span.start >= correction.span.start]
        if turn.speaker == correction.speaker and turn.span.distance(correction.span.start) == 0 and later and later[0]:
            parts = (turn.words[: later[0]], turn.words[later[0] :])
            halves = (Turn(turn.speaker, words[0].span.cover(words[-1].span), words) for words in parts)
            return (*turns[:at], *halves, *turns[at + 1 :])
    raise WrongUse("there is no turn to be split there; choose a word inside one")


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
