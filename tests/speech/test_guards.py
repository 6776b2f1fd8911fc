"""What is heard again, what is dropped, and that no repetition goes that can be heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import sound
from review.encounter import Span, Word
from review.speech import guards
from review.speech.chunks import WINDOW, Chunk, chunks_of
from tests.speech.sounds import bursts, noise, said

QUIET = np.full(2000, -90.0, np.float32)


def test_words_over_stretches_that_are_empty_are_dropped_and_counted():
    words, dropped = guards.without_empty(said("you're under arrest", step=10), [Span(0, 8)], levels=QUIET)
    assert [word.text for word in words] == ["you're"]
    assert dropped == 2


def test_a_loud_word_that_voice_activity_missed_is_kept():
    levels = sound.levels(bursts([Span(10, 11)], 30))
    shout = Word("stop!", Span(10, 11), 0.6)
    assert guards.without_empty([shout], [Span(0, 5)], levels=levels) == ((shout,), 0)


def test_a_chunk_that_loops_or_is_unlikely_is_heard_again_and_counted():
    fine = Chunk(Span(0, 10), said("keep your hands where I can see them"), -0.3)
    looping = Chunk(Span(10, 20), said("drop the knife " * 20, start=10, step=0.01), -0.1)
    unlikely = Chunk(Span(20, 30), said("the the of", start=20), -1.4)
    asked: list[Span] = []

    def redo(chunk: Chunk) -> Chunk:
        asked.append(chunk.span)
        return Chunk(chunk.span, said("put it down", start=chunk.span.start), -0.4)

    chunks, redone = guards.heard_again([fine, looping, unlikely], redo, samples=noise(30))
    assert asked == [Span(10, 20), Span(20, 30)]
    assert redone == 2
    assert [" ".join(word.text for word in chunk.words) for chunk in chunks[1:]] == ["put it down"] * 2
    assert chunks[0] is fine


def never(asked: object) -> Any:
    raise AssertionError(f"asked for {asked}")


ORDERS = [Span(0.5 + at, 0.5 + at + 0.25) for at in np.arange(0.0, 9.0, 0.4)]  # 23 words, each a burst of sound


def over(spans: Sequence[Span], text: str) -> tuple[Word, ...]:
    words = (text.split() * len(spans))[: len(spans)]
    return tuple(Word(word, span, 0.9) for word, span in zip(words, spans, strict=True))


def test_a_repetition_with_a_burst_of_sound_for_each_word_stays_whole_when_a_second_reading_is_shorter():
    whole = Chunk(Span(0, 10), over(ORDERS, "drop it now!"), -0.2)
    shorter = replace(whole, words=whole.words[:6])
    assert guards.looping(whole)
    [kept], redone = guards.heard_again([whole], lambda _: shorter, samples=bursts(ORDERS, 10))
    assert kept == whole
    assert redone == 1


def test_a_loop_over_less_sound_than_it_has_words_gives_way():
    three = ORDERS[:3]
    squeezed = [Span(0.5 + at * 0.07, 0.5 + at * 0.07 + 0.065) for at in range(40)]
    loop = Chunk(Span(0, 10), over(squeezed, "drop it now!"), -0.1)
    true = Chunk(Span(0, 10), over(three, "drop it now!"), -0.4)
    assert guards.fuller(loop, true, samples=bursts(three, 10)) == true


def test_a_loop_that_a_second_reading_knows_nothing_of_gives_way():
    loop = Chunk(Span(0, 10), over(ORDERS, "never that way"), -0.4)
    other = Chunk(Span(0, 10), over(ORDERS[:4], "what is going on"), -2.9)
    assert guards.fuller(loop, other, samples=bursts(ORDERS, 10)) == other


def test_what_a_batch_cannot_read_is_heard_by_itself():
    believed = Chunk(Span(0, 9), said("Don't shoot!", start=3.0), -0.4)
    whole, rescued = guards.with_rescued(
        (),
        [Span(0, 9)],
        hear=lambda spans: [Chunk(span, said("no", start=3.0), -1.5) for span in spans],
        hear_alone=lambda span: believed,
        levels=QUIET,
    )
    assert (whole, rescued) == (believed.words, 2)


def test_an_order_said_three_times_is_no_loop():
    thrice = Chunk(Span(0, 10), said("Drop the knife! Drop the knife! Drop it! Drop the knife now!"), -0.3)
    assert not guards.doubtful(thrice)


def test_each_burst_of_sound_is_a_syllable():
    levels = sound.levels(bursts(ORDERS, 10))
    assert guards.syllables(levels, guards.quiet_below(levels)) == len(ORDERS)
    assert guards.syllables(QUIET, -60.0) == 0


def test_long_silence_parts_chunks_and_no_chunk_is_longer_than_the_model_hears():
    stretches = [Span(at, at + 4.0) for at in np.arange(0.0, 100.0, 4.5)] + [Span(200.0, 201.0)]
    chunks = chunks_of(stretches)
    assert all(chunk.seconds <= WINDOW for chunk in chunks)
    assert chunks[-1] == Span(200.0, 201.0)
    assert sum(chunk.overlap(one) for chunk in chunks for one in stretches) == sum(one.seconds for one in stretches)


def test_a_line_that_the_batch_lost_is_heard_again_from_pause_to_pause_and_put_in_its_place():
    words = (*said("Hands behind your back."), *said("Stop.", start=8.0))
    levels = sound.levels(bursts([Span(0, 1.2), Span(1.5, 7.4), Span(7.8, 8.3)], 9))
    asked: list[Span] = []

    def hear(spans: Sequence[Span]) -> list[Chunk]:
        asked.extend(spans)
        return [Chunk(span, said("I can't breathe!", start=3.0), -0.5) for span in spans]

    whole, rescued = guards.with_rescued(words, [Span(0, 9)], hear=hear, hear_alone=never, levels=levels)
    [span] = asked
    assert 1.2 <= span.start < 1.5, "the line is not cut into"
    assert 7.4 < span.end <= 8.0, "the word that follows is not heard twice"
    assert " ".join(word.text for word in whole) == "Hands behind your back. I can't breathe! Stop."
    assert rescued == 3


@pytest.mark.parametrize(
    ("confidence", "likelihood"), [(0.2, -0.5), (0.9, -1.3)], ids=["unsure words", "an unlikely sentence"]
)
def test_a_lost_line_is_not_guessed(confidence: float, likelihood: float):
    guess = tuple(replace(word, confidence=confidence) for word in said("you're under arrest", start=3))
    whole, rescued = guards.with_rescued(
        (),
        [Span(0, 9)],
        hear=lambda spans: [Chunk(span, guess, likelihood) for span in spans],
        hear_alone=lambda span: Chunk(span, guess, likelihood),
        levels=QUIET,
    )
    assert whole == ()
    assert rescued == 0


GAPS = st.lists(st.tuples(st.floats(0, 3), st.floats(0.1, 5)), min_size=1, max_size=6)  # pause, length


@given(GAPS, GAPS)
def test_stretches_without_words_never_overlap_however_long_the_words_are(words, stretches):
    speech = laid_out(stretches)
    left = guards.wordless([Word("so", span, 0.9) for span in laid_out(words)], speech)
    assert all(one.end <= other.start for one, other in pairwise(left))
    assert all(any(span.start <= one.start and one.end <= span.end for span in speech) for one in left)


def test_nothing_is_heard_again_where_nothing_is_lost():
    _, rescued = guards.with_rescued(said("All right."), [Span(0, 1)], hear=never, hear_alone=never, levels=QUIET)
    assert rescued == 0


def sentence(text: str, *, seconds: float, confidence: float, likelihood: float = -0.6) -> Chunk:
    words = said(text, step=seconds / max(1, len(text.split())))
    return Chunk(Span(0, seconds), tuple(replace(word, confidence=confidence) for word in words), likelihood)


@pytest.mark.parametrize(
    ("chunk", "gone"),
    [
        (sentence("Thank you very much.", seconds=20, confidence=0.54), True),
        (sentence("I know what you want. " * 5, seconds=20, confidence=0.55), True),
        (sentence("It's so good! " * 10, seconds=20, confidence=0.41), True),
        (sentence("I don't know what it means to say. " * 3, seconds=3.78, confidence=0.6), True),
        (sentence("I don't know what it means to say. " * 3, seconds=3.78, confidence=0.8), False),
        (sentence("Get out of the car!", seconds=20, confidence=0.9), False),
        (sentence("Help!", seconds=1.5, confidence=0.4), False),
        (sentence("please sir I did not do it it was not me " * 3, seconds=10, confidence=0.5), False),
        (sentence("You're under arrest.", seconds=2, confidence=0.8, likelihood=-1.2), True),
        (sentence("I can't breathe. " * 5, seconds=15, confidence=0.9), False),
    ],
    ids=[
        "a crowd",
        "a loop over a crowd",
        "a slow loop",
        "a fast loop",
        "fast but sure",
        "few but sure",
        "short",
        "many but unsure",
        "unlikely",
        "gasping",
    ],
)
def test_few_and_unsure_words_over_much_sound_are_nobodys(chunk: Chunk, gone: bool):
    words, dropped = guards.without_invented([chunk], [chunk.span])
    assert (words == (), dropped) == (gone, len(chunk.words) if gone else 0)


@pytest.mark.parametrize(("first", "gone"), [(0.3, True), (0.8, False)], ids=["made up", "said"])
def test_few_words_that_grow_sure_by_saying_them_again_are_asked_for_what_was_said_first(first: float, gone: bool):
    once = sentence("We are trying to get this to work.", seconds=8, confidence=first).words
    again = (
        replace(word, span=Span(word.span.start + 8, word.span.end + 8))
        for word in sentence("We are trying to get this to work. " * 2, seconds=16, confidence=0.95).words
    )
    chunk = Chunk(Span(0, 24), (*once, *again), -0.7)
    words, dropped = guards.without_invented([chunk], [chunk.span])
    assert (words == (), dropped) == (gone, 24 if gone else 0)


@given(
    st.lists(st.tuples(st.floats(0.0, 6.0), st.floats(0.05, 6.0)), min_size=1, max_size=8),
    st.lists(st.tuples(st.floats(0.0, 4.0), st.floats(0.05, 1.0)), max_size=12),
)
def test_places_that_are_heard_again_never_overlap_nor_last_longer_than_whisper_hears(talk, words):
    speech = laid_out(talk)
    there = tuple(Word("word", span, 0.9) for span in laid_out(words))
    levels = np.random.default_rng(1).normal(-40, 10, round(speech[-1].end / sound.FRAME) + 100).astype(np.float32)
    asked: list[Span] = []
    guards.with_rescued(there, speech, hear=lambda spans: asked.extend(spans) or (), hear_alone=never, levels=levels)
    assert all(one.end <= other.start for one, other in pairwise(asked))
    assert all(0 < span.seconds <= WINDOW for span in asked)
    assert len(asked) == len(guards.wordless(there, speech))


def laid_out(gaps: Sequence[tuple[float, float]]) -> tuple[Span, ...]:
    spans, now = [], 0.0
    for gap, length in gaps:
        spans.append(Span(now + gap, now + gap + length))
        now = spans[-1].end
    return tuple(spans)


def timed(text, seconds, *, start=0.0):
    """Words one after another, each taking its share of `seconds`."""
    said = text.split()
    each = seconds / len(said)
    return tuple(Word(word, Span(start + at * each, start + (at + 1) * each), 0.9) for at, word in enumerate(said))


@pytest.mark.parametrize(
    "text", ["Drop the knife! " * 6, "I can't breathe. " * 5, "Get on the ground now! " * 5, "No! " * 12]
)
def test_real_repetition_that_takes_its_time_loses_no_word(text):
    words = timed(text, 0.15 * len(text.split()))
    assert guards.without_squeezed(words) == (words, 0)


def test_a_loop_that_takes_no_time_is_dropped_and_what_was_said_stays():
    words = (
        *timed("No, no,", 0.6),
        *timed("no, " * 20, 0.2, start=0.6),
        *timed("Alright, what happened", 1.2, start=2),
    )
    kept, dropped = guards.without_squeezed(words)
    assert [word.text for word in kept] == ["No,", "no,", "Alright,", "what", "happened"]
    assert dropped == 20


def test_a_short_loop_inside_a_long_chunk_is_heard_again():
    talk = "So you were on your way home and he came out of the house with something in his hands"
    words = (*timed(talk, 6.0), *timed("no, " * 8, 0.1, start=6.0))
    assert guards.doubtful(Chunk(Span(0, 10), words))
    assert not guards.doubtful(Chunk(Span(0, 10), timed(talk, 6.0)))


def test_a_reading_that_says_as_much_without_a_loop_stays():
    talk = "did you see anything in his hands"
    looped = Chunk(Span(0, 10), (*timed(talk, 3.0), *timed("no, " * 12, 0.2, start=3.0)))
    plain = Chunk(Span(0, 10), (*timed(talk, 3.0), *timed("No, no gun or anything", 2.0, start=3.0)))
    assert guards.fuller(looped, plain, samples=np.zeros(160_000, np.float32)) is plain


def test_a_word_stretched_over_a_lost_line_does_not_hide_that_it_is_lost():
    words = (
        *timed("If you can", 0.6, start=42.3),
        Word("talk,", Span(42.9, 46.7), 0.9),
        Word("you", Span(46.7, 46.9), 0.9),
    )
    assert guards.wordless(words, [Span(42.0, 47.4)]) == (Span(43.4, 46.2),)
    whole = (*timed("If you can talk", 1.2, start=42.3), *timed("you can breathe", 1.2, start=43.5))
    assert guards.wordless(whole, [Span(42.0, 45.0)]) == ()
