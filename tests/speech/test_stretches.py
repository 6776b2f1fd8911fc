"""Where somebody speaks: the same in blocks as in one go, on the right clock, and never longer than Whisper hears."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.vad import get_vad_model
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from review import media, speech
from review.encounter import Span
from review.sound import SAMPLE_RATE, Samples, Spool
from review.speech import stretches
from review.speech.chunks import WINDOW

CLIP = Path(__file__).parents[1] / "data" / "speech" / "drop_the_knife.flac"


@pytest.fixture(scope="module")
def clip() -> Samples:
    return media.samples(CLIP)


def test_blocks_leave_no_seam(clip: Samples, monkeypatch: pytest.MonkeyPatch):
    steps = -(-len(clip) // stretches.STEP)
    padded = np.pad(clip, (0, (steps + 1) * stretches.STEP - len(clip)))  # it spoils the last step that it is given
    whole = np.asarray(get_vad_model()(padded)).reshape(-1)[:steps]
    monkeypatch.setattr(stretches, "BLOCK", 7 * stretches.STEP)
    assert stretches.probabilities(clip) == pytest.approx(whole, abs=1e-4)


def test_speech_is_found_where_it_is_and_whichever_way_it_is_read(clip: Samples):
    late = np.concatenate([np.zeros(150 * SAMPLE_RATE, np.float32), clip])
    with Spool([late]) as spool:
        found = speech.speech_in(spool)
    assert found[0].start == pytest.approx(150.2, abs=0.2)
    assert found[-1].end == pytest.approx(157.1, abs=0.3)
    assert sum(span.seconds for span in found) == pytest.approx(6.9, abs=0.6)


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.03, 1.0])
def test_hardly_any_sound_is_no_speech(seconds: float):
    assert speech.speech_in(np.zeros(round(seconds * SAMPLE_RATE), np.float32)) == ()


@given(arrays.arrays(np.float32, st.integers(1, 4000), elements=st.floats(0, 1, width=32)), st.floats(0.9, 1.0))
def test_stretches_are_in_order_apart_and_short_enough_whatever_the_voice_activity(told, bias: float):
    spoken = np.clip(told + bias * (np.arange(len(told)) % 900 > 30), 0, 1).astype(np.float32)
    seconds = len(spoken) * stretches.STEP / SAMPLE_RATE
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretches, "probabilities", lambda track: spoken)
        found = speech.speech_in(np.zeros(len(spoken) * stretches.STEP, np.float32))
    assert all(span.seconds <= WINDOW for span in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(0 <= span.start < span.end <= round(seconds, 3) for span in found)
    missed = [at for at in np.flatnonzero(spoken >= stretches.SPEAKING) if not _inside(found, at)]
    assert all(_lonely(spoken, at) for at in missed), "only what is too short to be speech is left out"


def _inside(found: tuple[Span, ...], step: int) -> bool:
    middle = (step + 0.5) * stretches.STEP / SAMPLE_RATE
    return any(span.start <= middle < span.end for span in found)


def _lonely(spoken: np.ndarray, step: int) -> bool:
    around = spoken[max(0, step - 3) : step + 4]
    return int(np.sum(around >= stretches.SILENT)) <= stretches.SHORTEST * SAMPLE_RATE / stretches.STEP + 1


def test_somebody_who_talks_on_is_cut_at_the_likeliest_pause():
    spoken = np.full(2000, 0.9, np.float32)  # 64 s
    spoken[800:806] = 0.25  # 25.6 s: a breath, too short to end a stretch
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretches, "probabilities", lambda track: spoken)
        found = speech.speech_in(np.zeros(2000 * stretches.STEP, np.float32))
    assert found[0].end == pytest.approx(25.7, abs=0.1)
    assert found[1].start == found[0].end, "nothing is lost at the cut and nothing doubled"
