"""Where one person speaks alone, as the windows over a place agree."""

from __future__ import annotations

import numpy as np
import pytest

from review import speakers
from review.encounter import Span
from review.sound import SAMPLE_RATE, Samples
from review.speakers import stretches
from review.speakers.segmentation import FRAMES, LOCALS
from review.speakers.stretches import FRAME, Talk
from review.speakers.windows import Window

HOP = 148  # frames in 2.5 s
Turn = tuple[int, float, float]  # local voice, and from which to which second of the recording it speaks


def window(at: int, *turns: Turn) -> Window:
    activity = np.zeros((FRAMES, LOCALS), np.bool_)
    for local, start, end in turns:
        activity[max(0, round(start / FRAME) - at * HOP) : max(0, round(end / FRAME) - at * HOP), local] = True
    return Window(at * HOP, activity)


def spans(talk: Talk) -> list[tuple[float, float]]:
    return [
        (round(float(start * FRAME), 1), round(float(end * FRAME), 1))
        for start, end in zip(talk.starts, talk.ends, strict=True)
    ]


def test_a_stretch_ends_where_another_voice_goes_on_though_nobody_paused():
    windows = [window(at, (at % 2, 1.0, 4.0), (1 - at % 2, 4.0, 7.0)) for at in range(2)]
    assert spans(stretches.talk(windows)) == [(1.0, 4.0), (4.0, 7.0)]


def test_one_window_of_three_that_hears_a_change_is_outvoted():
    agreed = [window(at, (0, 5.5, 9.0)) for at in range(3)]
    assert spans(stretches.talk([*agreed[:2], window(2, (0, 5.5, 7.0), (1, 7.0, 9.0))])) == [(5.5, 9.0)]


def test_a_pause_ends_a_stretch_and_a_breath_does_not():
    assert spans(stretches.talk([window(0, (0, 1.0, 2.0), (0, 2.2, 3.0), (0, 4.0, 5.0))])) == [(1.0, 3.0), (4.0, 5.0)]


def test_where_two_speak_at_once_nobody_is_alone():
    assert spans(stretches.talk([window(0, (0, 1.0, 5.0), (1, 3.0, 4.0))])) == [(1.0, 3.0), (4.0, 5.0)]


def test_a_long_speech_is_cut_and_a_cough_is_left_out():
    found = spans(stretches.talk([window(0, (0, 0.0, 11.0)), window(1, (0, 0.0, 11.0), (1, 12.0, 12.1))]))
    assert found == [(0.0, 8.0), (8.0, 11.0)]


def test_the_seconds_of_a_stretch_leave_its_pauses_out():
    talk = stretches.talk([window(0, (0, 1.0, 2.0), (0, 2.2, 3.0))])
    assert talk.seconds.tolist() == pytest.approx([1.8], abs=2 * FRAME)


def test_silence_has_no_stretches():
    assert spans(stretches.talk([window(0), window(1)])) == []


def test_directions_are_of_the_sound_of_the_stretch_whatever_surrounds_it(talk: Samples):
    start, end = round(1.7 / FRAME), round(3.8 / FRAME)
    at_once = np.zeros(round(24 / FRAME), np.int64)
    at_once[start:end] = 1
    found = stretches.directions(talk, Talk(at_once, np.array([start]), np.array([end])), threads=1)
    assert np.linalg.norm(found[0]) == pytest.approx(1.0, abs=1e-5)
    alone = speakers.signature(talk, [Span(4.0, 6.0)])
    assert speakers.likeness(found[0].astype(np.float32), alone) > 0.7


def test_a_stretch_that_the_recording_does_not_reach_has_no_direction():
    at_once = np.ones(FRAMES, np.int64)
    short = np.zeros(SAMPLE_RATE // 10, np.float32)
    found = stretches.directions(short, Talk(at_once, np.array([0]), np.array([200])), threads=1)
    assert not found.any()
