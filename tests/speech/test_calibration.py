"""Confidence that means something: the share of such words that is right."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.encounter import Span, Word
from review.speech.calibration import Map, calibrated, evidence, fitted


def words_of(*confidences: float) -> tuple[Word, ...]:
    return tuple(Word(f"word{at}", Span(at, at + 0.5), one) for at, one in enumerate(confidences))


@given(st.lists(st.floats(0, 1), max_size=30))
def test_only_confidences_change_and_stay_between_0_and_1(confidences: list[float]):
    words = words_of(*confidences)
    told = calibrated(words)
    assert [replace(word, confidence=0) for word in told] == [replace(word, confidence=0) for word in words]
    assert all(0 <= word.confidence <= 1 for word in told)


def test_a_surer_word_among_the_same_neighbours_stays_the_surer():
    middle = [calibrated(words_of(0.7, one, 0.7))[1].confidence for one in (0.05, 0.3, 0.6, 0.9, 0.99)]
    assert all(one < other for one, other in pairwise(middle))


def test_doubtful_neighbours_make_a_word_less_sure():
    alone = calibrated(words_of(0.95, 0.8, 0.95))[1].confidence
    assert calibrated(words_of(0.2, 0.8, 0.2))[1].confidence < alone - 0.1


def test_a_word_by_itself_has_no_neighbours_to_lean_on():
    assert evidence(words_of(0.5)) == [(0.0, 0.0)]


def test_the_fitted_map_gives_back_the_shares_it_was_made_for():
    draws = np.random.default_rng(3)
    made = Map(constant=-0.5, own=0.8, around=0.4)
    confidences = draws.uniform(0.05, 0.99, 4000)
    words = calibrated(words_of(*confidences), made)
    told = np.array([word.confidence for word in words])
    right = draws.uniform(size=len(told)) < told
    for low in np.arange(0.1, 0.9, 0.2):
        inside = (told >= low) & (told < low + 0.2)
        assert right[inside].mean() == pytest.approx(told[inside].mean(), abs=0.06)
    assert fitted().own > 0
    assert fitted().around > 0
