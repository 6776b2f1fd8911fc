"""Every word has a time of its own, so that it can be jumped to and seen played."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.encounter import Span, Word
from review.speech.reading import NO_TIME, timed


def word(text: str, start: float, end: float) -> Word:
    return Word(text, Span(start, end), 0.9)


def test_words_without_a_time_share_that_of_the_next_one():
    heard = (word("Let", 1.0, 1.4), word("me", 1.4, 1.4), word("breathe.", 1.4, 1.4), word("I", 1.4, 1.7))
    spans = [one.span for one in timed(heard)]
    assert spans[0] == Span(1.0, 1.4)
    assert [span.seconds for span in spans[1:]] == pytest.approx([0.1, 0.1, 0.1])
    assert spans[-1].end == 1.7


def test_a_word_after_a_pause_gives_nothing_of_its_time():
    heard = (word("stop", 1.0, 1.0), word("Now", 2.0, 2.5))
    assert timed(heard) == heard


def test_the_last_word_has_nobody_to_share_with():
    heard = (word("get", 1.0, 1.3), word("back", 1.3, 1.3))
    assert timed(heard) == heard


@given(st.lists(st.sampled_from((0.0, 0.02, 0.3)), min_size=1, max_size=12))
def test_words_keep_their_order_their_text_and_the_time_of_all_of_them(lengths: list[float]):
    at, heard = 5.0, []
    for number, length in enumerate(lengths):
        heard.append(word(f"w{number}", at, at + length))
        at += length
    found = timed(heard)
    assert [one.text for one in found] == [one.text for one in heard]
    assert (found[0].span.start, found[-1].span.end) == (5.0, pytest.approx(at))
    assert all(one.span.end <= later.span.start + 1e-9 for one, later in pairwise(found))
    with_next = [one for one, length in zip(found, lengths, strict=True) if any(lengths[found.index(one) :])]
    assert all(one.span.seconds > NO_TIME / 12 for one in with_next)
