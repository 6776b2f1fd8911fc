"""A long recording in sections of a few minutes, each recognised by itself and kept when it is done."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from review import sound
from review.encounter import ModelUse, Span, Word
from review.sound import Track
from review.speech.chunks import chunks_of
from review.speech.heard import NO_LANGUAGE, Engine, Heard, Progress, Settings

SECTION = 240.0  # seconds after which a section ends at the next pause; a minute of sound is 4 MB
LANGUAGE_NEEDS = 30.0  # seconds of speech in the first section, which decides the language
LONGEST_FIRST = 900.0  # seconds after which the first section ends all the same
WITHOUT_EFFECT = ("threads", "batch", "offline")  # settings that change how fast words come, not which

Kept = MutableMapping[str, Any]


@dataclass(frozen=True)
class Section:
    """Some minutes of a recording and the stretches of speech in them, all on the recording's clock."""

    span: Span
    speech: tuple[Span, ...]


def sections_of(speech: Iterable[Span], *, length: float = SECTION) -> tuple[Section, ...]:
    """The stretches in sections of about `length` seconds, cut only where an engine's chunks are cut anyway.

    So the chunks, and with them the words, are the same whatever the length.
    """
    stretches = deque(speech)
    groups: list[list[Span]] = []
    for chunk in chunks_of(stretches):
        own = []
        while stretches and stretches[0].start < chunk.end:
            own.append(stretches.popleft())
        if groups and not _full(groups[-1], chunk, length=length, first=len(groups) == 1):
            groups[-1] += own
        else:
            groups.append(own)
    return tuple(Section(Span(group[0].start, group[-1].end), tuple(group)) for group in groups)


def _full(group: Sequence[Span], chunk: Span, *, length: float, first: bool) -> bool:
    """Whether the section is long enough without the chunk that follows."""
    seconds = chunk.end - group[0].start
    if first and sum(span.seconds for span in group) < LANGUAGE_NEEDS:
        return seconds > max(length, LONGEST_FIRST)
    return seconds > length


def heard_in_sections(
    track: Track,
    speech: Sequence[Span],
    engine: Engine,
    *,
    settings: Settings,
    progress: Progress,
    kept: Kept,
    length: float = SECTION,
) -> Heard:
    """What the engine hears over all stretches, section by section; one that is in `kept` is not heard again.

    The language is settled by the first section and then used for all.
    """
    sections = sections_of(speech, length=length)
    total = sum(section.span.seconds for section in sections) or 1.0
    parts: list[Heard] = []
    done = 0.0
    for section in sections:
        key = _key(section, settings)
        if key not in kept:
            told = partial(_told, progress, done / total, section.span.seconds / total)
            kept[key] = _values(_heard(track, section, engine, settings, told))
        parts.append(_from_values(kept[key]))
        if parts[0].language != NO_LANGUAGE:
            settings = replace(settings, language=parts[0].language)
        done += section.span.seconds
        progress(done / total)
    return _together(parts)


def _told(progress: Progress, base: float, weight: float, share: float) -> None:
    """Tell `share` of one section as a share of all."""
    progress(base + weight * share)


def _heard(track: Track, section: Section, engine: Engine, settings: Settings, progress: Progress) -> Heard:
    start = section.span.start
    inside = [_moved(span, -start) for span in section.speech]
    heard = engine(sound.cut(track, section.span), inside, settings=settings, progress=progress)
    return replace(heard, words=tuple(replace(word, span=_moved(word.span, start)) for word in heard.words))


def _moved(span: Span, seconds: float) -> Span:
    return Span(span.start + seconds, span.end + seconds)


def _together(parts: Sequence[Heard]) -> Heard:
    """The parts as one; the language and how sure it is are those of the first, which settled it."""
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.counts)
    return Heard(
        words=tuple(word for part in parts for word in part.words),
        language=parts[0].language,
        language_confidence=parts[0].language_confidence,
        counts=dict(counts),
        models=tuple(dict.fromkeys(model for part in parts for model in part.models)),
        remarks=tuple(dict.fromkeys(remark for part in parts for remark in part.remarks)),
    )


def _key(section: Section, settings: Settings) -> str:
    """What a section is kept under: its place, its stretches, and the settings that its words depend on."""
    told = {name: value for name, value in asdict(settings).items() if name not in WITHOUT_EFFECT}
    spans = [(span.start, span.end) for span in section.speech]
    digest = hashlib.sha256(json.dumps([told, spans], sort_keys=True).encode()).hexdigest()
    return f"speech/{section.span.start:.3f}-{section.span.end:.3f}/{digest[:12]}"


def _values(heard: Heard) -> dict[str, Any]:
    """The part as JSON values."""
    return {
        "words": [[word.text, word.span.start, word.span.end, word.confidence] for word in heard.words],
        "language": heard.language,
        "language_confidence": heard.language_confidence,
        "counts": dict(heard.counts),
        "models": [asdict(model) for model in heard.models],
        "remarks": list(heard.remarks),
    }


def _from_values(values: Mapping[str, Any]) -> Heard:
    return Heard(
        words=tuple(_words(values["words"])),
        language=values["language"],
        language_confidence=values["language_confidence"],
        counts=values["counts"],
        models=tuple(ModelUse(**model) for model in values["models"]),
        remarks=tuple(values["remarks"]),
    )


def _words(rows: Iterable[Sequence[Any]]) -> Iterator[Word]:
    return (Word(text, Span(start, end), confidence) for text, start, end, confidence in rows)
