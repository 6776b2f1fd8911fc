from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from review.behaviours import clauses, search
from review.behaviours.wording import stretches
from review.encounter import Role, Span, SpeakerRole, Turn, Word


def cut(*said: tuple[str, str]) -> list[clauses.Piece]:
    turns, at = [], 0.0
    for speaker, text in said:
        words = tuple(Word(word, Span(at + n, at + n + 0.5), 1.0) for n, word in enumerate(text.split()))
        turns.append(Turn(speaker, Span(at, at + len(words)), words))
        at += len(words) + 5
    roles = [SpeakerRole("A", Role.OFFICER, 1.0), SpeakerRole("B", Role.CIVILIAN, 1.0)]
    return clauses.pieces(list(stretches(search.spoken(turns, roles))), roles)


def test_each_sentence_is_a_clause_in_plain_words_and_knows_whether_its_speaker_goes_on():
    found = cut(("A", "Good evening. Where's your license?"), ("B", "Um, it's in the, the glove box."))
    assert [(piece.clause.text, piece.clause.role, piece.clause.goes_on) for piece in found] == [
        ("good evening", Role.OFFICER, False),
        ("where is your license ?", Role.OFFICER, True),
        ("it is in the glove box", Role.CIVILIAN, False),
    ]
    assert [(piece.first, piece.last) for piece in found] == [(0, 1), (2, 4), (6, 11)]


def test_a_long_sentence_without_punctuation_is_cut_where_a_clause_begins():
    text = "so i need you to step out of the car for me because the camera saw you and we will talk about the ticket"
    found = cut(("A", text + " and after that you can go home to your kids and nobody has to be late"))
    assert len(found) > 1
    assert all(len(piece.clause.text.split()) >= clauses.LEAST for piece in found)


SAID = ["stop", "please", "so", "and", "you", "hands", "now.", "up?", "because", "um", "the", "i"]


@given(st.lists(st.sampled_from(SAID), max_size=60))
def test_every_word_that_says_something_lies_in_one_clause(words):
    found = cut(("A", " ".join(words)))
    covered = [word for piece in found for word in range(piece.first, piece.last + 1)]
    assert len(covered) == len(set(covered))
    assert covered == sorted(covered)
