"""Whose words are whose: voices and words side by side."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from review.encounter import Span, Turn, Voice, Word

PAUSE = 1.5  # seconds of silence after which the same speaker begins a new turn
FLICKER = 0.5  # seconds; a shorter run of words inside another's sentence is that other's
COVERED = 0.5  # share of a word from which another voice is heard with it
ONLY_SPEAKER = "S1"  # whose the words are when no voice was told apart
SENTENCE_END = (".", "?", "!", "…")


def attribute(words: Iterable[Word], voices: Sequence[Voice]) -> tuple[Turn, ...]:
    """Each word given to the voice it overlaps most, else the nearest; a turn is consecutive words of a speaker.

    A word that another voice covers by half and more has that voice's label as its `second`. No word is lost and
    their order is kept.
    """
    words = tuple(words)
    heard = _Voices(voices)
    shares = [heard.during(word.span) for word in words]
    speakers: list[str] = []
    for word, shared in zip(words, shares, strict=True):
        speakers.append(_likeliest(shared, speakers[-1] if speakers else "") or heard.nearest(word.span.middle))
    speakers = _steadied(words, speakers)
    turns: list[list[Word]] = []
    whose: list[str] = []
    for word, shared, speaker in zip(words, shares, speakers, strict=True):
        said = replace(word, second=_second(word, shared, speaker))
        if turns and whose[-1] == speaker and word.span.start - turns[-1][-1].span.end <= PAUSE:
            turns[-1].append(said)
        else:
            turns.append([said])
            whose.append(speaker)
    return tuple(_turn(speaker, said) for speaker, said in zip(whose, turns, strict=True))


class _Voices:
    """Voices in order of their start, so that an hour of words does not look at an hour of voices for each."""

    def __init__(self, voices: Sequence[Voice]) -> None:
        self._voices = sorted(voices, key=lambda voice: (voice.span, voice.label))
        self._starts = [voice.span.start for voice in self._voices]
        self._longest = max((voice.span.seconds for voice in voices), default=0.0)

    def during(self, span: Span) -> dict[str, float]:
        """The seconds that each voice shares with `span`, only those that share any."""
        first = bisect_left(self._starts, span.start - self._longest)
        last = bisect_left(self._starts, span.end)
        shared: dict[str, float] = {}
        for voice in self._voices[first:last]:
            seconds = voice.span.overlap(span)
            if seconds:
                shared[voice.label] = shared.get(voice.label, 0.0) + seconds
        return shared

    def nearest(self, instant: float) -> str:
        """The label of the voice that is heard nearest to `instant`."""
        if not self._voices:
            return ONLY_SPEAKER
        return min(self._voices, key=lambda voice: (voice.span.distance(instant), voice.label)).label


def _likeliest(shared: dict[str, float], before: str) -> str:
    """The voice that shares most; of several the one that spoke before, else the first by name; empty for none."""
    return min(shared, key=lambda label: (-round(shared[label], 3), label != before, label), default="")


def _second(word: Word, shared: dict[str, float], speaker: str) -> str:
    others = {
        label: seconds
        for label, seconds in shared.items()
        if label != speaker and seconds >= COVERED * word.span.seconds
    }
    return _likeliest(others, "")


def _turn(speaker: str, words: Sequence[Word]) -> Turn:
    span = words[0].span
    for word in words[1:]:
        span = span.cover(word.span)
    return Turn(speaker, span, tuple(words))


def _steadied(words: Sequence[Word], speakers: Sequence[str]) -> list[str]:
    """The speakers without flicker: a short run inside one sentence of another speaker goes to that speaker."""
    steady = list(speakers)
    runs = _runs(steady)
    for (first, start), (_, stop) in pairwise(pairwise(runs)):
        inside = not any(words[at].text.endswith(SENTENCE_END) for at in range(start[0] - 1, start[1]))
        seconds = words[start[1] - 1].span.end - words[start[0]].span.start
        if inside and seconds < FLICKER and steady[first[0]] == steady[stop[0]]:
            steady[start[0] : start[1]] = [steady[first[0]]] * (start[1] - start[0])
    return steady


def _runs(speakers: Sequence[str]) -> list[tuple[int, int]]:
    """The half-open index ranges over which the speaker stays the same."""
    changes = [at for at, (before, after) in enumerate(pairwise(speakers), 1) if before != after]
    return list(pairwise([0, *changes, len(speakers)])) if speakers else []
