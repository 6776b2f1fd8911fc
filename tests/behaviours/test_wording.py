import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.behaviours.wording import HARD, INSIDE, SOFT, Spoken, normal, stretches


def stretch(text):
    [found] = stretches([("A", [Spoken(n, 0, word) for n, word in enumerate(text.split())])])
    return found


def norms(text):
    return [token.norm for token in stretch(text).tokens]


@pytest.mark.parametrize(
    ("said", "full"),
    [
        ("I'm gonna", "i am going to"),
        ("im gonna", "i am going to"),
        ("don’t", "do not"),
        ("dont", "do not"),
        ("won't can't", "will not can not"),
        ("y'all lemme", "you all let me"),
        ("what's", "what is"),
        ("goin' talkin'", "going talking"),
        ("licence", "license"),
        ("ma'am,", "maam"),
        ("f***ing", "fucking"),
        ("so, uh, um, yeah", "so yeah"),
        ("I I I want to to go", "i want to go"),
        ("no no no", "no no no"),
    ],
)
def test_speech_is_written_out(said, full):
    assert norms(said) == full.split()


def test_a_repeated_word_across_a_sentence_end_is_no_stutter():
    assert norms("I stopped you? You were speeding.") == ["i", "stopped", "you", "you", "were", "speeding"]


def test_every_token_remembers_its_word():
    tokens = stretch("uh I'm gonna — step back").tokens
    assert [(token.norm, token.word) for token in tokens] == [
        ("i", 1),
        ("am", 1),
        ("going", 2),
        ("to", 2),
        ("step", 4),
        ("back", 5),
    ]


def test_clauses_begin_after_sentence_ends_commas_and_openers():
    tokens = stretch("Okay sir step back. Now, wait").tokens
    assert [token.before for token in tokens] == [HARD, SOFT, SOFT, INSIDE, HARD, SOFT]


def test_a_new_turn_begins_a_new_clause_and_ends_the_sentence():
    words = [Spoken(0, 0, "step"), Spoken(1, 0, "back"), Spoken(2, 1, "please"), Spoken(3, 1, "sir")]
    [found] = stretches([("A", words)])
    assert [token.before for token in found.tokens] == [HARD, INSIDE, SOFT, SOFT]
    assert found.sentence(1) == (0, 2)
    assert found.turn(3) == (2, 4)


def test_an_abbreviation_ends_no_sentence():
    assert stretch("Mr. Smith? yes").tokens[0].after == ""
    assert stretch("Mr. Smith? yes").tokens[1].after == "?"


def test_a_sentence_is_found_around_a_token():
    assert stretch("Stop there. Take your time. Okay?").sentence(3) == (2, 5)


@given(st.lists(st.text(min_size=1, max_size=12).filter(lambda word: word.split() == [word]), max_size=12))
def test_whatever_was_said_can_be_searched(words):
    for found in stretches([("A", [Spoken(n, 0, word) for n, word in enumerate(words)])]):
        assert len(found.starts) == len(found.tokens) + 1
        assert found.line.count("¶") == sum(bool(token.after) for token in found.tokens)
        assert [token.word for token in found.tokens] == sorted(token.word for token in found.tokens)


def test_nothing_but_punctuation_is_nothing_said():
    assert list(stretches([("A", [Spoken(0, 0, "—"), Spoken(1, 0, "uh...")])])) == []
    assert normal("...") == ()
