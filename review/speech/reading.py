"""How any Whisper is asked: chunk by chunk, each checked and heard again where doubtful, lost lines heard once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Protocol

import numpy as np

from review import sound
from review.encounter import ModelUse, Span, Word
from review.sound import Samples
from review.speech import guards
from review.speech.chunks import Chunk, chunks_of
from review.speech.heard import Heard, Progress, Settings
from review.speech.levelling import levelled

TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # tried in turn on a chunk that is heard again (openai/whisper)
LANGUAGE_CHUNKS = 3  # the longest chunks decide the language together
NO_TIME = 0.01  # seconds; half of the step by which Whisper places words
SURE_LANGUAGE = 0.5  # below this the language is remarked upon


class Reader(Protocol):
    """A Whisper model in memory, whoever computes it."""

    use: ModelUse
    multilingual: bool

    def together(self, samples: Samples, spans: Sequence[Span], *, language: str) -> tuple[Chunk, ...]:
        """What is said in each of `spans`, as it is first read; none is longer than Whisper hears at once."""

    def alone(self, samples: Samples, span: Span, *, language: str, temperatures: Sequence[float]) -> Chunk:
        """What is said in `span`, tried at one temperature after the other until the text is likely."""

    def languages(self, samples: Samples) -> Mapping[str, float]:
        """How likely each language is spoken in the first half minute of `samples`."""


def heard(reader: Reader, samples: Samples, speech: Sequence[Span], *, settings: Settings, progress: Progress) -> Heard:
    """The words over `speech`, in order."""
    spans = chunks_of(speech)
    even = levelled(samples)
    language, confidence = _language(reader, even, spans, settings)
    found: list[Chunk] = []
    redone = 0
    for first in range(0, len(spans), settings.batch):
        group = spans[first : first + settings.batch]
        checked, again = guards.heard_again(
            reader.together(even, group, language=language),
            lambda doubt: reader.alone(even, doubt.span, language=language, temperatures=TEMPERATURES),
            samples=samples,
        )
        found.extend(checked)
        redone += again
        progress((first + len(group)) / len(spans))
    credible, invented = guards.without_invented(found, speech)
    words, rescued = guards.with_rescued(
        credible,
        speech,
        hear=lambda lost: reader.together(even, lost, language=language),
        hear_alone=lambda span: reader.alone(even, span, language=language, temperatures=TEMPERATURES[:1]),
        levels=sound.levels(samples),
    )
    words, looped = guards.without_squeezed(words)
    words = timed(words)
    unsure = f"The language is unsure: {language}, {confidence:.0%}."
    return Heard(
        words=words,
        language=language,
        language_confidence=round(confidence, 3),
        counts={
            "chunks": len(spans),
            "redone_chunks": redone,
            "invented_words": invented,
            "looped_words": looped,
            "rescued_words": rescued,
        },
        models=(reader.use,),
        remarks=(unsure,) if confidence < SURE_LANGUAGE else (),
    )


def timed(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words, those to which the engine gave no time of their own with a part of the next word's.

    Whisper places words by steps of 20 ms, so a short one can begin and end with the next one's first step; nobody
    could jump to it or see it played. A word that nothing follows at once has nobody to share with and stays.
    """
    found: list[Word] = []
    together: list[Word] = []
    for place, word in enumerate(words):
        together.append(word)
        if word.span.seconds < NO_TIME and any(_touch(word, later) for later in words[place + 1 : place + 2]):
            continue
        found += _shared(together)
        together = []
    return tuple(found)


def _touch(word: Word, later: Word) -> bool:
    return abs(later.span.start - word.span.end) < NO_TIME


def _shared(words: Sequence[Word]) -> Sequence[Word]:
    """The words, each with an equal part of the time of all."""
    if len(words) == 1:
        return words
    edges = np.linspace(words[0].span.start, words[-1].span.end, len(words) + 1).tolist()
    return [replace(word, span=Span(*at)) for word, at in zip(words, pairwise(edges), strict=True)]


def _language(reader: Reader, samples: Samples, spans: Sequence[Span], settings: Settings) -> tuple[str, float]:
    """The language that the longest chunks most agree on, and the mean probability they give it."""
    if settings.language:
        return settings.language, 1.0
    if not reader.multilingual:
        return "en", 1.0
    longest = sorted(spans, key=lambda span: (-span.seconds, span.start))[:LANGUAGE_CHUNKS]
    totals: dict[str, float] = {}
    for span in longest:
        for language, probability in reader.languages(sound.cut(samples, span)).items():
            totals[language] = totals.get(language, 0.0) + probability / len(longest)
    best = max(sorted(totals), key=lambda language: totals[language])
    return best, totals[best]
