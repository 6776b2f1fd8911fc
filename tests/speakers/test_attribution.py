"""Whose words are whose."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from review import speakers
from review.encounter import Span, Turn, Voice, Word

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
    assert [replace(word, second="") for turn in turns for word in turn.words] == words


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


@given(some_words, some_voices)
def test_a_second_voice_is_another_one_that_covers_half_of_the_word(words: list[Word], voices: list[Voice]):
    for one in speakers.attribute(words, voices):
        for word in one.words:
            assert word.second != one.speaker
            heard = sum(voice.span.overlap(word.span) for voice in voices if voice.label == word.second)
            assert not word.second or heard >= word.span.seconds / 2 - 1e-6


def test_a_word_that_two_voices_share_has_a_second_and_stays_with_the_one_who_was_speaking():
    words = said("I said get out")
    voices = [Voice("S2", Span(0, 1.2)), Voice("S1", Span(0.6, 2))]
    [only, _] = speakers.attribute((*words, *said("no.", start=1.5)), voices)
    assert (only.speaker, [word.second for word in only.words]) == ("S2", ["", "", "S1", "S1"])


def test_a_voice_that_is_heard_for_less_than_half_a_word_is_no_second():
    [only] = speakers.attribute(said("Stop"), [Voice("S1", Span(0, 0.3)), Voice("S2", Span(0.2, 0.3))])
    assert only.words[0].second == ""


def test_an_okay_between_two_sentences_of_another_is_a_turn_of_its_own():
    words = said("Step out please. Okay. Thank you.")
    voices = [Voice("S1", Span(0, 0.9)), Voice("S2", Span(0.88, 1.2)), Voice("S1", Span(1.2, 1.9))]
    assert [(turn.speaker, turn.text) for turn in speakers.attribute(words, voices)] == [
        ("S1", "Step out please."),
        ("S2", "Okay."),
        ("S1", "Thank you."),
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
