import pytest

from review.behaviours.modifiers import addressee, modifiers, of_clause
from review.behaviours.wording import Spoken, stretches


def stretch(text):
    [found] = stretches([("A", [Spoken(n, 0, word) for n, word in enumerate(text.split())])])
    return found


def said(text, first_word):
    found = stretch(text)
    first = next(place for place, token in enumerate(found.tokens) if token.norm == first_word)
    return modifiers(found, first)


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("I'm not telling you to calm down", "calm", ("negated",)),
        ("nobody is going to hurt you", "hurt", ("negated",)),
        ("you're not listening, calm down", "calm", ()),
        ("you are not listening calm down", "calm", ()),
        ("I can't hear you. Calm down", "calm", ()),
        ("once you calm down we talk", "calm", ("hypothetical",)),
        ("if I wanted to hurt you", "hurt", ("hypothetical",)),
        ("he said I'll kill you", "kill", ("reported",)),
        ("she told me to shut up", "shut", ("reported",)),
        ("I said shut up", "shut", ()),
        ("I told you to shut up", "shut", ()),
        ("he said nothing. Shut up", "shut", ()),
        ("take your time", "take", ()),
    ],
)
def test_a_cue_governs_only_what_it_bridges_to(text, word, expected):
    assert said(text, word) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said he will cut my face.", ("reported",)),
        ("the guy at the register said he's got a blade", ("reported",)),
        ("she says her head hurts where it hit the counter", ("reported",)),
        ("I said I'll cut his face.", ()),
        ("he said go home, I'll cut his face", ()),
        ("I'll cut his face if he says one word.", ()),
        ("I can't feel my fingers.", ()),
        ("It won't quit bleeding.", ()),
        ("If he comes back here I'll put a bullet in him.", ()),
    ],
)
def test_a_whole_clause_is_somebody_elses_words_only_when_all_of_it_is(text, expected):
    found = stretch(text)
    assert of_clause(found, 0, len(found.tokens) - 1, "threat_to_others") == expected


def test_whoever_quotes_somebody_in_asking_for_a_lawyer_asks_for_one():
    found = stretch("My dad says to ask for a lawyer.")
    last = len(found.tokens) - 1
    assert of_clause(found, 0, last, "lawyer_request") == ()
    assert of_clause(found, 0, last, "threat_to_others") == ("reported",)


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("Dispatch, can you send me another unit?", "radio"),
        ("Unit four, copy that", "radio"),
        ("copy that, we're clear", "radio"),
        ("Thanks, partner.", "colleague"),
        ("Partner, watch the door.", "colleague"),
        ("He'll stay with my partner.", "person"),
        ("Thank you, sir.", "person"),
    ],
)
def test_whom_a_sentence_is_said_to(text, whom):
    assert addressee(stretch(text), 0, 0) == whom


def test_who_calls_dispatch_talks_to_dispatch_until_the_turn_ends():
    found = stretch("Dispatch, I'm on the bridge. Can you start the crisis team for me?")
    assert addressee(found, len(found.tokens) - 2, len(found.tokens) - 1) == "radio"
