import gc
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import sound
from review.encounter import Span


def some(seconds: float, *, seed: int = 1) -> sound.Samples:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, round(seconds * sound.SAMPLE_RATE)).astype(np.float32)


@given(st.lists(st.integers(0, 50), max_size=6), st.integers(-5, 200), st.integers(-5, 200))
def test_any_part_of_a_spool_is_that_part_of_what_was_put_in(lengths: list[int], start: int, stop: int):
    put_in = [some(length / sound.SAMPLE_RATE, seed=length) for length in lengths]
    whole = np.concatenate([np.empty(0, np.float32), *put_in])
    with sound.Spool(put_in) as spool:
        assert len(spool) == len(whole)
        part = spool[start:stop]
        assert len(part) == len(whole[start:stop])
        assert np.allclose(part, whole[start:stop], atol=1 / sound.FULL_SCALE)


def test_sound_beyond_full_scale_is_held_at_it_and_never_wraps():
    with sound.Spool([np.array([1.7, -1.7, 0.0], np.float32)]) as spool:
        assert spool[:].tolist() == [1.0, -1.0, 0.0]


def test_a_spool_is_read_forward_only():
    with sound.Spool([some(0.01)]) as spool, pytest.raises(ValueError, match="forward"):
        spool[::2]


def test_a_file_that_breaks_off_leaves_no_open_file_behind():
    def broken():
        yield some(0.1)
        raise OSError("gone")

    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        with pytest.raises(OSError, match="gone"):
            sound.Spool(broken())
        gc.collect()


def test_a_cut_is_the_samples_of_its_span_and_ends_with_the_recording():
    whole = some(1.0)
    assert np.array_equal(sound.cut(whole, Span(0.25, 0.5)), whole[4000:8000])
    assert len(sound.cut(whole, Span(0.9, 3.0))) == 1600


def test_levels_are_the_same_however_the_sound_is_read():
    whole = np.concatenate([some(70.0), np.zeros(16_010, np.float32)])
    loud = sound.levels(whole)
    assert len(loud) == len(whole) // 320
    assert loud[0] == pytest.approx(20 * np.log10(np.sqrt(1 / 12)), abs=0.5)  # the RMS of a uniform draw of width 1
    assert loud[-1] == pytest.approx(-120)
    with sound.Spool([whole]) as spool:
        assert np.allclose(sound.levels(spool)[:3400], loud[:3400], atol=0.01)
