"""A far person brought up to the wearer's level, and nothing else done to the sound."""

from __future__ import annotations

from pathlib import Path

import jiwer
import numpy as np
import pytest

from review import media, scoring, sound, speech
from review.encounter import Span
from review.sound import SAMPLE_RATE
from review.speech import Settings
from review.speech.levelling import MOST_UP, TARGET, levelled
from tests.speech.sounds import bursts, noise

FAR_WITNESS = Path(__file__).parents[2] / "samples" / "far_witness.gold.json"


def level_at(samples: sound.Samples, start: float, end: float) -> float:
    return float(np.median(sound.levels(sound.cut(samples, Span(start, end)))))


def loud_part(samples: sound.Samples, span: Span) -> float:
    """The level in dBFS that a quarter of the span's frames exceed, so that pauses between words do not count."""
    return float(np.percentile(sound.levels(sound.cut(samples, span)), 75))


def test_two_people_12_db_apart_come_to_about_the_same_level():
    near, far = noise(4, 0.1), noise(4, 0.1 * 10 ** (-12 / 20))
    even = levelled(np.concatenate([near, far]))
    assert level_at(even, 1, 3) == pytest.approx(TARGET, abs=1.5)
    assert level_at(even, 5, 7) == pytest.approx(level_at(even, 1, 3), abs=1.5)


def test_what_is_nearly_silent_stays_so():
    quiet = noise(4, 1e-4)
    assert levelled(quiet) == pytest.approx(quiet, abs=1e-6)


def test_nothing_is_made_louder_than_it_may_be_or_clips():
    faint = noise(4, 0.004)
    assert level_at(levelled(faint), 1, 3) - level_at(faint, 1, 3) == pytest.approx(MOST_UP, abs=0.5)
    assert np.abs(levelled(bursts([Span(1, 3)], 4, level=0.5))).max() <= 1.0


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.02, 0.3])
def test_short_sound_is_taken_as_it_is(seconds: float):
    samples = noise(seconds)
    assert len(levelled(samples)) == len(samples) == round(seconds * SAMPLE_RATE)


def test_a_person_12_db_quieter_than_the_officer_is_heard_as_well():
    gold = scoring.read_gold(FAR_WITNESS)
    officer, witness = gold.in_time[:2]
    track = media.samples(gold.media)[: round((witness.span.end + 0.4) * SAMPLE_RATE)]
    assert loud_part(track, officer.span) - loud_part(track, witness.span) == pytest.approx(12, abs=1)
    even = levelled(track)
    assert loud_part(even, officer.span) - loud_part(even, witness.span) < 6
    words = speech.recognise(track, Settings(language="en")).words
    heard = " ".join(word.text for word in words if word.span.middle > officer.span.end)
    errors = jiwer.wer(" ".join(scoring.normal(witness.text)), " ".join(scoring.normal(heard)))
    assert errors < 0.2, heard
