"""What people in danger say again and again is kept, every time they say it; through the real model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from review import media, scoring, speech
from review.speech import Settings

CLIPS = Path(__file__).parents[1] / "data" / "speech"


@pytest.mark.parametrize(
    ("clip", "said", "times"),
    [("drop_the_knife.flac", "drop the knife", 6), ("i_cant_breathe.flac", "i can not breathe", 5)],
    ids=["an order", "a plea"],
)
def test_every_repetition_survives_whole(clip: str, said: str, times: int):
    heard = speech.recognise(media.samples(CLIPS / clip), Settings(language="en"))
    assert scoring.normal(" ".join(word.text for word in heard.words)) == said.split() * times
    starts = np.array([word.span.start for word in heard.words])
    assert np.all(np.diff(starts) >= 0)
    assert starts[-1] - starts[0] > 5, "spread over the clip as it was said"
