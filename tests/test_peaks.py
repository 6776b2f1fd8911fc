from __future__ import annotations

import wave
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import OutputError, UnreadableMedia
from review.peaks import PER_SECOND, RATE, make_peaks, outlines

EACH = RATE // PER_SECOND


def read(path):
    return np.frombuffer(path.read_bytes(), dtype=np.int8).reshape(-1, 2)


def write_sound(path, sound):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.asarray(sound) * 32767).astype("<i2").tobytes())


def test_fifty_pairs_a_second_say_how_far_the_sound_went_down_and_up(tmp_path):
    sound = np.zeros(2 * RATE)
    sound[RATE : RATE + EACH] = np.linspace(-0.25, 0.5, EACH)
    write_sound(tmp_path / "a.wav", sound)
    pairs = read(make_peaks(tmp_path / "a.wav", tmp_path / "a.peaks"))
    assert pairs.shape == (2 * PER_SECOND, 2)
    assert tuple(pairs[PER_SECOND]) == (pytest.approx(-32, abs=1), pytest.approx(64, abs=1))
    assert not pairs[:PER_SECOND].any()
    assert not pairs[PER_SECOND + 1 :].any()


def test_sound_that_starts_late_lies_where_the_player_plays_it(tmp_path):
    late = 0.776  # seconds; a camera that keeps video from before it was switched on
    path = tmp_path / "late.m4a"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=RATE, layout="mono")
        tone = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)[None, :]
        frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, round(late * RATE), Fraction(1, RATE)
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    pairs = read(make_peaks(path, tmp_path / "late.peaks"))
    first = next(number for number, pair in enumerate(pairs.astype(int)) if abs(pair).max() > 40)
    assert first / PER_SECOND == pytest.approx(late, abs=0.04)


def test_too_loud_sound_is_cut_at_full_scale_and_does_not_wrap_around():
    [pairs] = outlines(iter([np.full(EACH, 3.0, dtype=np.float32)]))
    assert pairs.tolist() == [[127, 127]]


@given(st.lists(st.integers(0, 4 * EACH), max_size=8))
def test_however_the_sound_is_cut_into_pieces_its_outline_is_the_same(lengths):
    sound = np.random.default_rng(sum(lengths)).uniform(-1, 1, sum(lengths)).astype(np.float32)
    pieces = np.split(sound, np.cumsum(lengths)[:-1]) if lengths else []
    made = list(outlines(iter(pieces)))
    whole = list(outlines(iter([sound])))
    assert sum(map(len, made)) == -(-len(sound) // EACH)
    if whole:
        assert np.array_equal(np.concatenate(made), np.concatenate(whole))


def test_a_file_without_sound_leaves_no_outline_behind(tmp_path):
    (tmp_path / "words.txt").write_text("no sound")
    with pytest.raises(UnreadableMedia):
        make_peaks(tmp_path / "words.txt", tmp_path / "x.peaks")
    assert [path.name for path in tmp_path.iterdir()] == ["words.txt"]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    write_sound(tmp_path / "a.wav", np.zeros(RATE))
    with pytest.raises(OutputError, match="cannot be written"):
        make_peaks(tmp_path / "a.wav", tmp_path / "gone" / "a.peaks")
