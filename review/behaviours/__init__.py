"""From turns to flags: what was said, by whom, and how sure the machine is of it.

confidence = precision of the rule or model x mean confidence of the quoted words x confidence of the speaker's role
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from review import weights
from review.behaviours import conflicts, fusion, rules, search, sound, structure
from review.behaviours.catalogue import CATALOGUE, CODEBOOK_VERSION
from review.behaviours.marks import Mark, Tagger
from review.encounter import Flag, ModelUse, Role, Span, SpeakerRole, Status, Turn, VoiceAct, Word, role_of
from review.seams import named

__all__ = [
    "CATALOGUE",
    "CODEBOOK_VERSION",
    "LANGUAGES",
    "LEVELS",
    "TAGGERS",
    "UNKNOWN_ROLE",
    "UNSURE_ONLY",
    "Mark",
    "Settings",
    "Tagger",
    "models",
    "tag",
]

TAGGERS: dict[str, Tagger] = {
    "rules and sentences": fusion.mark,
    "rules": search.mark,
    "spanish rules": search.mark_spanish,
}
LANGUAGES = frozenset({"en", "es"})  # whose words are looked at, by the two letters that `speech` gives


def _measured(file: str, key: str) -> Any:
    return tomllib.loads(files(__package__).joinpath(file).read_text("utf-8"))[key]


UNSURE_ONLY = tuple[str, ...](
    _measured("unsure_only.toml", "behaviours")
)  # whose measured precision is too low for the program to stand by a mark
LEVELS: Mapping[str, float] = _measured(
    "levels.toml", "levels"
)  # from which probability of the wording on it stands by marks of these, besides the threshold
SIGNALS = frozenset({"conflicting_orders"})  # that a tagger may read and the orders around have to bear out
UNKNOWN_ROLE = 0.5  # stands for the confidence of a role that nobody knows


@dataclass(frozen=True)
class Settings:
    """Which taggers look at the words, and below which confidence a flag is only a question."""

    threshold: float = 0.7
    taggers: tuple[str, ...] = ("rules and sentences",)  # names in TAGGERS, or "package.module:attribute"
    thresholds: Mapping[str, float] = field(default_factory=dict)  # of single behaviours; one below `threshold` is void
    levels: Mapping[str, float] = field(default_factory=lambda: dict(LEVELS))  # of wordings; a policy cannot lower them
    unsure_only: tuple[str, ...] = UNSURE_ONLY  # never more than unsure; a policy cannot change it
    rights: tuple[str, ...] = structure.RIGHTS  # elements that a rights advisement is to have, in order


@dataclass(frozen=True)
class _Heard:
    words: tuple[Word, ...]
    speakers: tuple[str, ...]  # of each word
    roles: Sequence[SpeakerRole]


def tag(
    turns: Sequence[Turn],
    roles: Sequence[SpeakerRole],
    *,
    acts: Sequence[VoiceAct] = (),
    settings: Settings = Settings(),
    seed: str = "",
    language: str = "en",
) -> tuple[Flag, ...]:
    """The flags of an encounter in the order of their words; the same input gives the same flags and ids.

    `acts` are what was heard in the sound of these turns; those that the codebook knows become flags, too.
    `seed` goes into every id and keeps those of different recordings apart: pass the recording's sha256.
    Words of a `language` that is not in LANGUAGES are not looked at: an English rule would mark what was never said.
    """
    weights.grammar_model()  # an altered model is refused before it is loaded
    marks = [
        mark for name in _taggers(settings, language) for mark in named(name, TAGGERS, what="tagger")(turns, roles)
    ]
    heard = _Heard(
        tuple(word for turn in turns for word in turn.words),
        tuple(turn.speaker for turn in turns for _ in turn.words),
        roles,
    )
    read = [mark for mark in marks if mark.behaviour in SIGNALS]
    said = [mark for mark in marks if mark.behaviour not in SIGNALS]
    shaped = structure.shape(said, turns, roles, rights=settings.rights, language=language)
    signals = (*conflicts.conflicting(shaped, turns, roles, read=read), *sound.heard(acts, turns, roles))
    if language != "en":  # whose marks were measured
        settings = replace(settings, levels={}, unsure_only=())
    unsure = sound.NEVER_SURE.union(settings.unsure_only)
    flags = [_flag(mark, heard, settings, seed, mark.behaviour in unsure) for mark in (*shaped, *signals)]
    return tuple(sorted(flags, key=lambda flag: (flag.first, flag.last, flag.behaviour)))


def warm() -> None:
    """Load the models, so that the next `tag` of English words is quick."""
    word = Word("hello", Span(0.0, 1.0), 1.0)
    tag([Turn("S1", word.span, (word,))], [])


def models() -> tuple[ModelUse, ...]:
    """The rules and the models beside them, for provenance."""
    version = f"{CODEBOOK_VERSION}.{rules.RULES_VERSION}"
    return (ModelUse("behaviours", "rules", version), weights.grammar_model().use(), weights.sentence_model().use())


def _taggers(settings: Settings, language: str) -> tuple[str, ...]:
    """Who looks at words of this language: what the settings name knows English."""
    return {"en": settings.taggers, "es": ("spanish rules",)}.get(language, ())


def _flag(mark: Mark, heard: _Heard, settings: Settings, seed: str, never_sure: bool) -> Flag:
    words = heard.words[mark.first : mark.last + 1]
    quote = " ".join(word.text for word in words)
    who = role_of(heard.roles, heard.speakers[mark.last])
    confidence = _confidence(mark, words, who)
    known = who.role is not Role.UNKNOWN and not never_sure
    threshold = max(settings.threshold, settings.thresholds.get(mark.behaviour, 0.0))
    worded = round(mark.precision, 3) >= settings.levels.get(mark.behaviour, 0.0)
    sure = known and worded and confidence >= threshold
    return Flag(
        id=_flag_id(mark, quote, seed),
        behaviour=mark.behaviour,
        direction=CATALOGUE[mark.behaviour].direction,
        span=Span(min(word.span.start for word in words), max(word.span.end for word in words)),
        first=mark.first,
        last=mark.last,
        quote=quote,
        speaker=who.speaker,
        role=who.role,
        confidence=confidence,
        status=Status.FLAGGED if sure else Status.UNSURE,
        source=mark.source,
        modifiers=mark.modifiers,
        details=mark.details,
    )


def _confidence(mark: Mark, words: Sequence[Word], who: SpeakerRole) -> float:
    wording = sum(word.confidence for word in words) / len(words)
    speaker = UNKNOWN_ROLE if who.role is Role.UNKNOWN else who.confidence
    return round(mark.precision * wording * speaker, 3)


def _flag_id(mark: Mark, quote: str, seed: str) -> str:
    what = (seed, mark.behaviour, mark.source, str(mark.first), str(mark.last), quote)
    return hashlib.sha256("\x1f".join(what).encode()).hexdigest()[:16]
