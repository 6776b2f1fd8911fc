"""The windows laid over one another."""

from __future__ import annotations

import numpy as np

from review.encounter import Span, Voice
from review.speakers import Settings, joining, stretches
from review.speakers.segmentation import FRAMES, LOCALS
from review.speakers.stretches import FRAME
from review.speakers.windows import Window

HOP = 148
EXACT = Settings(bridge=0.0, shortest=0.0)


def window(at: int, *talk: tuple[int, float, float]) -> Window:
    """A window in which these local voices speak from and to these seconds of the recording."""
    activity = np.zeros((FRAMES, LOCALS), np.bool_)
    for local, start, end in talk:
        activity[max(0, round(start / FRAME) - at * HOP) : max(0, round(end / FRAME) - at * HOP), local] = True
    return Window(at * HOP, activity)


def voices(
    windows: list[Window], whose: list[int], settings: Settings = EXACT, *, seconds: float = 30.0
) -> list[Voice]:
    """The voices when the stretches of these windows are of these people, in order of time."""
    talk = stretches.talk(windows)
    return list(joining.voices(windows, talk, np.array(whose, np.int64), settings, seconds=seconds))


def near(voice: Voice, label: str, start: float, end: float) -> bool:
    return voice.label == label and abs(voice.span.start - start) < 0.05 and abs(voice.span.end - end) < 0.05


def test_one_voice_over_many_windows_is_one_stretch_whatever_its_local_number():
    windows = [window(at, (at % 2, 1.0, 7.5)) for at in range(3)]
    [only] = voices(windows, [4])
    assert near(only, "S1", 1.0, 7.5)


def test_two_voices_may_overlap_and_are_named_in_order_of_first_hearing():
    first, second = voices([window(0, (0, 3.0, 9.0), (1, 1.0, 4.0))], [1, 0])
    assert near(first, "S1", 1.0, 4.0)
    assert near(second, "S2", 3.0, 9.0)


def test_a_voice_under_anothers_is_whose_it_is_where_it_is_alone_nearest_by():
    talk = window(0, (0, 0.0, 4.0), (1, 3.5, 4.5), (0, 4.5, 6.0), (2, 5.5, 7.0))
    found = voices([talk], [0, 1, 0, 2])
    assert near(found[0], "S1", 0.0, 4.0)
    assert near(found[1], "S2", 3.5, 4.5)
    assert near(found[3], "S3", 5.5, 7.0)


def test_a_word_too_short_for_a_stretch_is_its_local_voices():
    first, _, short = voices([window(0, (0, 1.0, 3.0), (1, 3.5, 5.0), (0, 6.0, 6.25))], [0, 1])
    assert (first.label, short.label) == ("S1", "S1")


def test_where_windows_differ_over_who_talks_along_the_most_votes_win():
    windows = [window(at, (0, 5.5, 8.0), (1, 7.0, 9.0), (2, 9.5, 9.9)) for at in range(2)]
    odd = window(2, (0, 5.5, 8.0), (2, 7.0, 8.0), (1, 8.0, 9.0), (2, 9.5, 9.9))
    found = voices([*windows, odd], [0, 1, 2])
    assert [voice.label for voice in found if voice.span.distance(7.5) == 0] == ["S1", "S2"]


def test_short_silences_are_bridged_and_shorter_sounds_dropped():
    talk = window(0, (0, 1.0, 2.0), (0, 2.2, 3.0), (0, 5.0, 5.1))
    [whole] = voices([talk], [0], Settings(bridge=0.25, shortest=0.2))
    assert near(whole, "S1", 1.0, 3.0)
    assert len(voices([talk], [0])) == 3


def test_nothing_reaches_past_the_end_of_the_recording():
    [only] = voices([window(0, (0, 1.0, 8.5))], [0], seconds=4.0)
    assert only.span.end == 4.0
    assert voices([window(0, (0, 5.0, 8.5))], [0], seconds=4.0) == []


def test_stretches_are_in_order_of_time():
    spans = [voice.span for voice in voices([window(0, (0, 1.0, 2.0), (1, 2.5, 3.0), (0, 4.0, 5.0))], [0, 1, 0])]
    assert spans == sorted(spans)
    assert isinstance(spans[0], Span)
