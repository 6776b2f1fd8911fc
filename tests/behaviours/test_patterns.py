import pytest

from review.behaviours.patterns import compile_pattern
from review.behaviours.wording import Spoken, stretches

CLASSES = {"title": "sir | maam | (young man)", "thing": "knife/gun"}


def found(pattern, text):
    words = text.split()
    [stretch] = stretches([("A", [Spoken(n, 0, word) for n, word in enumerate(words)])])
    compiled = compile_pattern(pattern, CLASSES)
    return [
        " ".join(words[stretch.tokens[one.first].word : stretch.tokens[one.last].word + 1])
        for one in compiled.find(stretch)
    ]


@pytest.mark.parametrize(
    ("pattern", "text", "quotes"),
    [
        ("take your time", "Just take your time, okay?", ["take your time,"]),
        ("take your time", "Take it. Your time is up.", []),
        ("drop/lower the @thing", "drop the gun lower the knife", ["drop the gun", "lower the knife"]),
        ("(step out | get out) (right now)?", "get out right now or step out", ["get out right now", "step out"]),
        ("just? sit", "just sit or sit", ["just sit", "sit"]),
        ("hello @title", "hello young man", ["hello young man"]),
        ("give ..2 space", "give him some space", ["give him some space"]),
        ("give ..2 space", "give the man over there space", []),
        ("will ..2 hurt", "I will not hurt you", []),
        ("stand ..3", "stand over there. Thanks for that", ["stand over there."]),
        ("^ sit", "okay sit, or he will sit", ["sit,"]),
        ("okay $", "okay then. Okay.", ["Okay."]),
        ("ready $?", "Ready? Ready.", ["Ready?"]),
        ("need you to tag:VB/VBP", "I need you to sit and need you to the left", ["need you to sit"]),
        ("lemma:step back", "he stepped back", ["stepped back"]),
        ("!not good", "very good not good", ["very good"]),
        ("do not want to < hurt you >", "I do not want to hurt you", ["hurt you"]),
        ("is", "that's fine", ["that's"]),
    ],
)
def test_a_pattern_finds_what_it_says(pattern, text, quotes):
    assert found(pattern, text) == quotes


@pytest.mark.parametrize("pattern", ["(open", "close)", "a (b | c"])
def test_a_pattern_that_cannot_be_read_is_refused(pattern):
    with pytest.raises(ValueError, match="clos"):
        compile_pattern(pattern, CLASSES)


def test_an_unknown_word_class_is_refused():
    with pytest.raises(KeyError, match="nobody"):
        compile_pattern("hello @nobody", CLASSES)


def test_the_rarest_word_is_the_key_of_a_pattern():
    assert compile_pattern("i am going to search (the | your) car/van", CLASSES).keys == {"search"}
    assert compile_pattern("(stop | wait) right?", CLASSES).keys == {"stop", "wait"}
    assert compile_pattern("^ just? tag:VB", CLASSES).keys is None
