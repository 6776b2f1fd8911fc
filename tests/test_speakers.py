"""Who speaks when, and whose words are whose."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import speakers
from review.encounter import Span, Turn, Voice, Word
from review.speakers import SAMPLE_RATE, Settings

SILENCE = np.zeros(60 * SAMPLE_RATE, np.float32)

times = st.floats(0, 100, allow_nan=False).map(lambda at: round(at, 3))
spans = st.tuples(times, times).map(lambda ends: Span(min(ends), max(ends)))
some_words = st.lists(st.builds(Word, st.sampled_from(["yes", "no.", "stop!"]), spans, st.just(1.0)), max_size=30)
some_voices = st.lists(st.builds(Voice, st.sampled_from(["S1", "S2", "S3"]), spans), max_size=10)


def said(text: str, *, start: float = 0.0, step: float = 0.3) -> tuple[Word, ...]:
    return tuple(
        Word(word, Span(start + at * step, start + (at + 1) * step), 0.9) for at, word in enumerate(text.split())
    )


def turn(speaker: str, text: str, *, start: float = 0.0) -> Turn:
    words = said(text, start=start)
    return Turn(speaker, Span(start, words[-1].span.end), words)


@given(some_words, some_voices)
def test_no_word_is_lost_none_doubled_and_their_order_is_kept(words: list[Word], voices: list[Voice]):
    turns = speakers.attribute(words, voices)
    assert [word for turn in turns for word in turn.words] == words


@given(some_words, some_voices)
def test_every_word_goes_to_a_voice_there_is(words: list[Word], voices: list[Voice]):
    known = {voice.label for voice in voices} or {speakers.ONLY_SPEAKER}
    assert {turn.speaker for turn in speakers.attribute(words, voices)} <= known


@given(some_words, some_voices)
def test_a_turn_covers_its_words(words: list[Word], voices: list[Voice]):
    for one in speakers.attribute(words, voices):
        assert one.span.start == min(word.span.start for word in one.words)
        assert one.span.end == max(word.span.end for word in one.words)


def test_a_word_goes_to_the_voice_it_overlaps_most_and_else_to_the_nearest():
    voices = [Voice("S1", Span(0, 2)), Voice("S2", Span(1.8, 3))]
    words = (Word("hello.", Span(1.5, 2.1), 1), Word("yes.", Span(1.9, 2.3), 1), Word("well.", Span(3.2, 3.5), 1))
    assert [(turn.speaker, turn.text) for turn in speakers.attribute(words, voices)] == [
        ("S1", "hello."),
        ("S2", "yes. well."),
    ]


def test_without_voices_all_words_are_one_speakers():
    [only] = speakers.attribute(said("nobody was told apart"), ())
    assert only.speaker == "S1"


def test_a_long_pause_begins_a_new_turn_of_the_same_speaker():
    words = (*said("Stay there."), *said("Thank you.", start=5.0))
    assert [turn.text for turn in speakers.attribute(words, [Voice("S1", Span(0, 6))])] == ["Stay there.", "Thank you."]


def test_a_flicker_inside_a_sentence_does_not_split_it():
    words = said("I need you to stay in the car.")
    voices = [Voice("S1", Span(0, 0.9)), Voice("S2", Span(0.9, 1.2)), Voice("S1", Span(1.2, 3))]
    [whole] = speakers.attribute(words, voices)
    assert whole.text == "I need you to stay in the car."


def test_a_short_answer_between_two_sentences_stays_the_other_speakers():
    words = said("Are you hurt? No. Good.")
    voices = [Voice("S1", Span(0, 0.9)), Voice("S2", Span(0.9, 1.2)), Voice("S1", Span(1.2, 2))]
    assert [turn.speaker for turn in speakers.attribute(words, voices)] == ["S1", "S2", "S1"]


def test_like_voices_are_one_person_likest_first_and_unlike_ones_stay_apart():
    near, nearer, far = np.array([1.0, 0.5]), np.array([1.0, 0.2]), np.array([-1.0, 1.0])
    signatures = {0: (near, 5.0), 1: (far, 9.0), 2: (nearer, 1.0)}
    assert speakers.same_people(signatures, least=0.66) == {0: 0, 1: 1, 2: 0}
    assert speakers.same_people(signatures, least=0.999) == {0: 0, 1: 1, 2: 2}
    assert speakers.same_people({}, least=0.66) == {}


@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.2, 1.0, 11.0])
def test_silence_of_any_length_has_no_voices(seconds: float):
    assert speakers.diarize(np.zeros(int(seconds * SAMPLE_RATE), np.float32), Settings(threads=1)) == ()
