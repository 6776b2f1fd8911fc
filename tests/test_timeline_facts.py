from dataclasses import replace

import pytest

from review.timeline import facts


@pytest.fixture
def fact(shelved):
    """The facts of a mark of this behaviour that carries these details."""
    return lambda behaviour, **details: facts(replace(shelved.encounter.flags[0], behaviour=behaviour, details=details))


def test_a_medical_complaint_tells_in_plain_words_what_the_officers_next_words_are_marked_as(fact):
    [told] = fact("medical_complaint", then_marked=["medical_aid", "order"])
    assert told == "Officers' words in the next 30 s, as a machine marked them: medical aid, order."


def test_that_nothing_was_marked_after_a_complaint_is_not_told_as_nothing_done(fact):
    [told] = fact("medical_complaint", then_marked=[])
    assert told.endswith("none; nothing heard is not nothing done.")


def test_a_search_tells_what_it_is_said_to_rest_on(fact):
    assert fact("search", basis=["consent", "probable cause"]) == (
        "What the officer says it rests on: consent, probable cause.",
    )


def test_a_mark_that_carries_neither_tells_nothing(fact):
    assert fact("search") == fact("medical_complaint") == fact("order", basis=["x"], then_marked=["y"]) == ()
