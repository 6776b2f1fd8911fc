"""Against words that nobody said and lines that are lost: what is heard again, which reading stays, what is dropped.

Nothing here deletes a repetition that can be heard: an order given six times is six orders. Of two readings of a
place the one with more words that lie over sound stays, as long as the sound has syllables for them.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, pairwise

import numpy as np
from numpy.typing import NDArray

from review import sound
from review.encounter import Span, Word
from review.sound import FRAME, Samples
from review.speech.chunks import WINDOW, Chunk

LOOPING = 2.4  # zlib compression of a chunk's text above which Whisper may repeat itself (openai/whisper)
UNLIKELY = -1.0  # mean log-probability of a chunk below which it is heard again (openai/whisper)
ABOVE_FLOOR = 6.0  # decibels over the quietest tenth of the recording below which a stretch is empty
SILENT = -60.0  # dBFS below which a stretch is empty whatever the floor
WORDLESS = 1.0  # seconds of speech-like sound without a word that are heard again, and remarked upon
AROUND = 0.5  # seconds around a word that count as its own: voice activity is padded and words are early
RESCUED = 0.5  # mean confidence from which words in such a stretch are believed
HOLLOW_AFTER = 4.0  # seconds of speech-like sound in which few and unsure words are taken for invented ones
HOLLOW_WORDS = 1.75  # a second; people said at least 2.05 in every chunk of the tuning samples, crowds 0.1 to 1.48
RUSHED_WORDS = 6.0  # a second; unsure words that come faster are no person's (a crowd became 6.35)
RUSHED_SURE = 0.65  # mean confidence of such words, in the crowd 0.604
HOLLOW_SURE = 0.6  # mean confidence; words made up over crowds had at most 0.54, people in noise of 5 dB 0.67
LONGEST_WORD = 1.5  # seconds; a longer one covers a place in which something else may have been said
SHORTEST_WORD = 0.06  # seconds; the words of a loop are squeezed into less
REPEATS = 4  # times in a row from which the same words may be a loop
LONGEST_REPEAT = 5  # words that come again together: "get on the ground now"
SYLLABLE = 3.0  # decibels by which the level rises and falls again for each syllable
WORDS_PER_SYLLABLE = 1.25  # said at most, since a syllable can hide in another's echo

Levels = NDArray[np.float32]  # dBFS of each frame of 20 ms


def looping(chunk: Chunk) -> bool:
    """Whether the text repeats itself so much, or so fast, that it may be a loop of the engine."""
    text = " ".join(word.text for word in chunk.words).encode()
    return len(text) / len(zlib.compress(text)) > LOOPING or bool(squeezed(chunk.words))


def squeezed(words: Sequence[Word]) -> frozenset[int]:
    """The places of words that are said over and over in no time: nobody can, an engine that loops does.

    Repeats that take the time of words are never among them, however many there are.
    """
    found: set[int] = set()
    at = 0
    while at < len(words):
        length, times = _repeats(words, at)
        units = [range(at + length * time, at + length * (time + 1)) for time in range(times)]
        for unit in units if times >= REPEATS else ():
            if sum(words[place].span.seconds for place in unit) < SHORTEST_WORD * length:
                found.update(unit)
        at += length * times if times >= REPEATS else 1
    return frozenset(found)


def _repeats(words: Sequence[Word], at: int) -> tuple[int, int]:
    """How many words from `at` on are said again and again at once, and how often; the most often said wins."""
    best = (1, 1)
    for length in range(1, LONGEST_REPEAT + 1):
        unit = [_plain(word) for word in words[at : at + length]]
        times = 1
        while [_plain(word) for word in words[at + length * times : at + length * (times + 1)]] == unit:
            times += 1
        if times > best[1]:
            best = (length, times)
    return best


def _plain(word: Word) -> str:
    return word.text.strip(".,!?…").lower()


def without_squeezed(words: Sequence[Word]) -> tuple[tuple[Word, ...], int]:
    """The words without those of a loop that took no time, and how many those were."""
    gone = squeezed(words)
    return tuple(word for place, word in enumerate(words) if place not in gone), len(gone)


def doubtful(chunk: Chunk) -> bool:
    """Whether the text loops or is unlikely, so that the stretch must be heard again."""
    return looping(chunk) or chunk.log_probability < UNLIKELY


def invented(chunk: Chunk, speech: Sequence[Span]) -> bool:
    """Whether the words are likely nobody's: unlikely even when heard again, or unsure and too few or too fast.

    That is how Whisper reads a crowd; words that are sure stay however few they are, and many stay however unsure.
    What it makes up it often says again, surer each time: of few words only what is said first is asked.
    """
    voiced = sum(chunk.span.overlap(span) for span in speech)
    few = voiced >= HOLLOW_AFTER and len(chunk.words) < HOLLOW_WORDS * voiced
    rushed = len(chunk.words) > RUSHED_WORDS * chunk.span.seconds and _sureness(chunk.words) < RUSHED_SURE
    return chunk.log_probability < UNLIKELY or (few and _sureness(_said_first(chunk.words)) < HOLLOW_SURE) or rushed


def without_invented(chunks: Iterable[Chunk], speech: Sequence[Span]) -> tuple[tuple[Word, ...], int]:
    """The words of the chunks that are not invented, and how many the others had."""
    words: list[Word] = []
    dropped = 0
    for chunk in chunks:
        if invented(chunk, speech):
            dropped += len(chunk.words)
        else:
            words.extend(chunk.words)
    return tuple(words), dropped


def believable(chunk: Chunk, speech: Sequence[Span]) -> bool:
    """Whether words are taken from this stretch although an engine left it empty before."""
    return (
        bool(chunk.words) and _sureness(chunk.words) >= RESCUED and not doubtful(chunk) and not invented(chunk, speech)
    )


def _sureness(words: Sequence[Word]) -> float:
    """The mean confidence of the words; 0.0 without any."""
    return sum(word.confidence for word in words) / max(1, len(words))


def _said_first(words: Sequence[Word]) -> list[Word]:
    """The words without those that are said again: beside the same neighbour as before."""
    again: set[int] = set()
    seen: set[tuple[str, str]] = set()
    for at, pair in enumerate(pairwise(map(_plain, words))):
        if pair in seen:
            again.update((at, at + 1))
        seen.add(pair)
    return [word for at, word in enumerate(words) if at not in again]


def heard_again(
    chunks: Iterable[Chunk], redo: Callable[[Chunk], Chunk], *, samples: Samples
) -> tuple[tuple[Chunk, ...], int]:
    """The chunks with each doubtful one replaced by the better of it and of what `redo` hears there, and their count.

    An unlikely text is replaced; of two readings of a repetition the fuller one stays that the sound bears out.
    """
    chunks = tuple(chunks)
    found = []
    for chunk in chunks:
        if doubtful(chunk):
            again = redo(chunk)
            found.append(fuller(chunk, again, samples=samples) if looping(chunk) else again)
        else:
            found.append(chunk)
    return tuple(found), sum(doubtful(chunk) for chunk in chunks)


def fuller(first: Chunk, second: Chunk, *, samples: Samples) -> Chunk:
    """The reading of one place with more words over sound, unless it has more words than the sound has syllables.

    Of two readings that have hardly a word in common the second stays: what is really repeated is heard twice. So does
    the one that says as much with less of it squeezed into no time.
    """
    loops = [len(squeezed(reading.words)) for reading in (first, second)]
    said = [len(reading.words) - lost for reading, lost in zip((first, second), loops, strict=True)]
    if not _agree(first, second) or (loops[1] < loops[0] and said[1] >= 0.9 * said[0]):
        return second
    levels = sound.levels(sound.cut(samples, first.span))
    quiet = quiet_below(levels)
    most = WORDS_PER_SYLLABLE * syllables(levels, quiet)
    readings = [(_sounding(reading, levels, quiet), reading) for reading in (first, second)]
    borne_out = [pair for pair in readings if pair[0] <= most and pair[0] >= 0.9 * len(pair[1].words)]
    if borne_out:
        return max(borne_out, key=lambda pair: (pair[0], pair[1].log_probability))[1]
    return min(readings, key=lambda pair: len(pair[1].words))[1]


def _agree(first: Chunk, second: Chunk) -> bool:
    """Whether the second reading has at least half of the different words of the first."""
    one, other = ({_plain(word) for word in reading.words} for reading in (first, second))
    return len(one & other) >= len(one) / 2


def _sounding(reading: Chunk, levels: Levels, quiet: float) -> int:
    """How many words of the reading take time and lie over sound."""
    at = (Span(word.span.start - reading.span.start, word.span.end - reading.span.start) for word in reading.words)
    return sum(span.seconds >= SHORTEST_WORD and loudest(levels, span) > quiet for span in at)


def syllables(levels: Levels, quiet: float) -> int:
    """How often the level rises above `quiet` and by SYLLABLE decibels, and falls again.

    >>> syllables(np.tile(np.repeat(np.float32([-60, -20]), 5), 4), quiet=-40.0)
    4
    """
    count, rising, turn = 0, False, np.inf  # `turn` is the last trough while falling, the last peak while rising
    smooth = np.convolve(np.pad(levels, 1, mode="edge"), np.full(3, 1 / 3), mode="valid") if len(levels) else levels
    for level in smooth:
        if rising:
            turn = max(turn, level)
            if level <= turn - SYLLABLE:
                rising, turn = False, level
        else:
            turn = min(turn, level)
            if level >= turn + SYLLABLE and level > quiet:
                count, rising, turn = count + 1, True, level
    return count


def quiet_below(levels: Levels) -> float:
    """The level in dBFS under which a place counts as empty."""
    return max(SILENT, float(np.percentile(levels, 10)) + ABOVE_FLOOR) if len(levels) else SILENT


def loudest(levels: Levels, span: Span) -> float:
    """The median level over `span`: one click does not make a word."""
    frames = levels[int(span.start / FRAME) : int(span.end / FRAME) + 1]
    return float(np.median(frames)) if len(frames) else -120.0


def without_empty(words: Iterable[Word], speech: Sequence[Span], *, levels: Levels) -> tuple[tuple[Word, ...], int]:
    """The words that lie over sound, and how many did not: empty is what voice activity and energy both call empty."""
    words = tuple(words)
    quiet = quiet_below(levels)
    kept = tuple(word for word in words if _spoken(word, speech) or loudest(levels, word.span) > quiet)
    return kept, len(words) - len(kept)


def _spoken(word: Word, speech: Sequence[Span]) -> bool:
    """Whether the word touches one of the stretches, which are in order and do not overlap."""
    near = bisect_right(speech, word.span.end, key=lambda span: span.start)
    around = speech[max(0, near - 2) : near]
    return any(span.overlap(word.span) > 0 or span.start <= word.span.middle < span.end for span in around)


def wordless(words: Sequence[Word], speech: Iterable[Span]) -> tuple[Span, ...]:
    """The stretches in which somebody seems to speak but no word was recognised; words and stretches are in order.

    >>> wordless([Word("Stop.", Span(1.0, 1.5), 0.9)], [Span(0.6, 6.0), Span(9.0, 9.5)])
    (Span(start=2.0, end=6.0),)
    """
    left: list[Span] = []
    for span in speech:
        at = span.start
        first = bisect_left(words, span.start - WINDOW, key=lambda word: word.span.start)
        for word in islice(words, first, None):
            if word.span.start > span.end + AROUND:
                break
            for part in _owned(word):
                until = min(part.start - AROUND, span.end)  # a stretched word can reach into the next stretch
                if until - at >= WORDLESS:
                    left.append(Span(at, until))
                at = max(at, part.end + AROUND)
        if span.end - at >= WORDLESS:
            left.append(Span(at, span.end))
    return tuple(left)


def _owned(word: Word) -> tuple[Span, ...]:
    """Where the word may really be: an engine that skips a line stretches the word before or after it over the line."""
    if word.span.seconds <= LONGEST_WORD:
        return (word.span,)
    return Span(word.span.start, word.span.start), Span(word.span.end, word.span.end)


def with_rescued(
    words: Sequence[Word],
    speech: Sequence[Span],
    *,
    hear: Callable[[Sequence[Span]], Iterable[Chunk]],
    hear_alone: Callable[[Span], Chunk],
    levels: Levels,
) -> tuple[tuple[Word, ...], int]:
    """The words with those that `hear` finds where somebody speaks but the batch left no word, and how many those are.

    Most of what Whisper loses it loses so: in silence, whole lines of the quieter person, and the last of many repeats.
    `hear_alone` is asked where `hear` finds nothing to believe.
    """
    lost: list[Span] = []
    for span in wordless(words, speech):
        lost.append(_from_pause_to_pause(span, levels, after=lost[-1].end if lost else 0.0))
    again = [chunk if believable(chunk, speech) else hear_alone(chunk.span) for chunk in (hear(lost) if lost else ())]
    rescued = [word for chunk in again if believable(chunk, speech) for word in chunk.words]
    return tuple(sorted([*words, *rescued], key=lambda word: word.span.start)), len(rescued)


def _from_pause_to_pause(span: Span, levels: Levels, *, after: float) -> Span:
    """The span from the quietest moment just before it to the quietest just after, so that no word is cut in two."""
    start = _quietest(levels, max(after, span.start - AROUND), max(after, span.start))
    end = max(span.end, _quietest(levels, span.end, span.end + AROUND))
    return Span(start, max(start, min(end, start + WINDOW)))


def _quietest(levels: Levels, start: float, end: float) -> float:
    frames = levels[round(start / FRAME) : round(end / FRAME)]
    return start + FRAME * int(np.argmin(frames)) if len(frames) else start
