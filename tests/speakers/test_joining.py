"""The windows laid over one another."""

from __future__ import annotations

import numpy as np

from review.encounter import Span, Voice
from review.sound import SAMPLE_RATE
from review.speakers import Settings, joining
from review.speakers.grouping import NOBODY
from review.speakers.segmentation import FRAMES, LOCALS, SHIFT
from review.speakers.signatures import SIZE
from review.speakers.windows import Window

HOP = 148
SECOND = SAMPLE_RATE / SHIFT  # frames
EXACT = Settings(bridge=0.0, shortest=0.0)


def window(at: int, *talk: tuple[int, float, float]) -> Window:
    """A window in which these local voices speak from and to these seconds of the recording."""
    activity = np.zeros((FRAMES, LOCALS), np.bool_)
    for local, start, end in talk:
        activity[max(0, round(start * SECOND) - at * HOP) : max(0, round(end * SECOND) - at * HOP), local] = True
    return Window(at * HOP, activity, np.zeros((LOCALS, SIZE), np.float32), np.zeros(LOCALS, np.float32))


def voices(windows: list[Window], whose: list[list[int]], settings: Settings = EXACT) -> list[Voice]:
    rows = np.array([[*row, *[NOBODY] * (LOCALS - len(row))] for row in whose])
    return list(joining.voices(windows, rows, settings, seconds=30.0))


def near(voice: Voice, label: str, start: float, end: float) -> bool:
    return voice.label == label and abs(voice.span.start - start) < 0.05 and abs(voice.span.end - end) < 0.05


def test_one_voice_over_many_windows_is_one_stretch():
    windows = [window(at, (at % 2, 1.0, 14.0)) for at in range(3)]
    [only] = voices(windows, [[7], [NOBODY, 7], [7]])
    assert near(only, "S1", 1.0, 14.0)


def test_two_voices_may_overlap_and_are_named_in_order_of_first_hearing():
    first, second = voices([window(0, (0, 3.0, 9.0), (1, 1.0, 4.0))], [[0, 1]])
    assert near(first, "S1", 1.0, 4.0)
    assert near(second, "S2", 3.0, 9.0)


def test_where_windows_differ_the_most_votes_win():
    windows = [window(at, (0, 6.0, 9.0)) for at in range(3)]
    [only] = voices(windows, [[0], [1], [0]])
    assert near(only, "S1", 6.0, 9.0)


def test_short_silences_are_bridged_and_shorter_sounds_dropped():
    talk = window(0, (0, 1.0, 2.0), (0, 2.2, 3.0), (0, 5.0, 5.1))
    [whole] = voices([talk], [[0]], Settings(bridge=0.25, shortest=0.2))
    assert near(whole, "S1", 1.0, 3.0)
    assert len(voices([talk], [[0]])) == 3


def test_nothing_reaches_past_the_end_of_the_recording():
    rows = np.array([[0, NOBODY, NOBODY]])
    [only] = joining.voices([window(0, (0, 1.0, 9.0))], rows, EXACT, seconds=4.0)
    assert only.span.end == 4.0
    assert joining.voices([window(0, (0, 5.0, 9.0))], rows, EXACT, seconds=4.0) == ()


def test_voices_that_are_nobodys_are_not_heard():
    assert voices([window(0, (0, 1.0, 2.0))], [[NOBODY]]) == []


def test_stretches_are_in_order_of_time():
    spans = [voice.span for voice in voices([window(0, (0, 1.0, 2.0), (1, 2.5, 3.0), (0, 4.0, 5.0))], [[0, 1]])]
    assert spans == sorted(spans)
    assert isinstance(spans[0], Span)
