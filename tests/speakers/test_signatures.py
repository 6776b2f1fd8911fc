"""The direction of an enrolled officer's voice."""

from __future__ import annotations

import numpy as np
import pytest

from review import speakers
from review.encounter import Span
from review.sound import Samples


def test_a_voice_is_like_itself_and_unlike_another(talk: Samples):
    officer = speakers.signature(talk, [Span(1.7, 3.8)])
    again = speakers.signature(talk, [Span(4.0, 6.0), Span(9.6, 11.0)])
    radio = speakers.signature(talk, [Span(6.5, 9.2)])
    assert speakers.likeness(officer, again) > 0.7 > 0.6 > speakers.likeness(officer, radio)


def test_a_signature_is_192_floats_of_length_1(talk: Samples):
    found = speakers.signature(talk, [Span(1.7, 3.8)])
    assert (found.shape, found.dtype) == ((192,), np.float32)
    assert float(np.linalg.norm(found)) == pytest.approx(1.0, abs=1e-5)
    assert speakers.likeness(found, found) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("spans", [[], [Span(1, 1.05)], [Span(500, 510)]])
def test_too_little_sound_gives_no_signature(talk: Samples, spans: list[Span]):
    with pytest.raises(ValueError, match="a tenth of a second"):
        speakers.signature(talk, spans)
