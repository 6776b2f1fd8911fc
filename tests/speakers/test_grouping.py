"""Which local voices are one person's, on directions made up for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.speakers import Settings, grouping
from review.speakers.grouping import NOBODY
from review.speakers.segmentation import FRAMES, LOCALS
from review.speakers.signatures import SIZE
from review.speakers.windows import Window

HOP = 148  # frames in 2.5 s


def person(number: int) -> np.ndarray:
    """A direction at right angles to every other person's."""
    return np.eye(SIZE, dtype=np.float32)[number]


def like(direction: np.ndarray, cosine: float, *, axis: int = SIZE - 1) -> np.ndarray:
    """A direction of this cosine with the one given."""
    return (cosine * direction + np.sqrt(1 - cosine**2) * person(axis)).astype(np.float32)


def window(at: int, *directions: np.ndarray, alone: float = 4.0) -> Window:
    """The window of this number, in which voices of these directions speak."""
    activity = np.zeros((FRAMES, LOCALS), np.bool_)
    rows = np.zeros((LOCALS, SIZE), np.float32)
    seconds = np.zeros(LOCALS, np.float32)
    for local, direction in enumerate(directions):
        activity[local::LOCALS, local] = True
        rows[local] = direction
        seconds[local] = alone
    return Window(at * HOP, activity, rows, seconds)


def test_the_same_two_people_in_any_order_are_two():
    windows = [window(at, *([person(0), person(1)] if at % 2 else [person(1), person(0)])) for at in range(8)]
    whose = grouping.people(windows, Settings())
    assert set(whose[:, 0].tolist()) == {0, 1}
    assert (whose[:, 0] != whose[:, 1]).all()
    assert (whose[::2, 0] == whose[1::2, 1]).all()
    assert (whose[:, 2] == NOBODY).all()


def test_two_voices_of_one_window_are_never_one_person_however_like():
    windows = [window(at, person(0), like(person(0), 0.9)) for at in range(4)]
    assert {len(set(pair.tolist())) for pair in grouping.people(windows, Settings())[:, :2]} == {2}


def test_an_hour_of_two_people_stays_two_across_the_blocks():
    draw = np.random.default_rng(1)
    windows = [
        window(at, like(person(at % 2), 0.85, axis=int(draw.integers(2, SIZE)))) for at in range(int(3600 / 2.5))
    ]
    whose = grouping.people(windows, Settings())
    assert len(set(whose[:, 0].tolist())) == 2
    assert len(set(whose[::2, 0].tolist())) == 1


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_known_number_of_people_is_kept(count: int):
    windows = [window(at, like(person(at % 4), 0.8)) for at in range(40)]
    assert len(set(grouping.people(windows, Settings(count=count))[:, 0].tolist())) == count


def test_a_known_number_counts_people_and_not_a_stray_sound():
    talk = [window(at, like(person(at % 2), 0.75, axis=5 + at % 2)) for at in range(20)]
    stray = window(20, person(9), alone=1.1)  # 0.3 s of speech, as windows are 2.5 s apart
    whose = grouping.people([*talk, stray], Settings(count=2))
    assert len(set(whose[:20:2, 0].tolist())) == len(set(whose[1:20:2, 0].tolist())) == 1
    assert whose[0, 0] != whose[1, 0]


def test_a_short_shout_unlike_everybody_is_another_person_and_a_likely_one_is_not():
    talk = [window(at, person(at % 2)) for at in range(20)]
    stranger = grouping.people([*talk, window(20, person(2), alone=1.5)], Settings())
    familiar = grouping.people([*talk, window(20, like(person(0), 0.52), alone=1.5)], Settings())
    assert stranger[20, 0] not in stranger[:20, 0]
    assert familiar[20, 0] == familiar[0, 0]


def test_a_voice_that_is_hardly_alone_goes_to_the_likest_person():
    windows = [*(window(at, person(at % 2)) for at in range(6)), window(6, like(person(1), 0.4), alone=0.3)]
    whose = grouping.people(windows, Settings())
    assert whose[6, 0] == whose[1, 0]


def test_nobody_is_found_where_nobody_speaks():
    assert (grouping.people([window(0), window(1)], Settings()) == NOBODY).all()


vectors = st.lists(st.integers(0, 5), min_size=1, max_size=3, unique=True)


@settings(max_examples=50)
@given(st.lists(vectors, min_size=1, max_size=12), st.sampled_from([None, 1, 2, 3]))
def test_every_heard_voice_is_somebodys_and_numbers_have_no_gaps(heard: list[list[int]], count: int | None):
    windows = [window(at, *(person(number) for number in numbers)) for at, numbers in enumerate(heard)]
    whose = grouping.people(windows, Settings(count=count))
    for numbers, people in zip(heard, whose, strict=True):
        assert (people[: len(numbers)] != NOBODY).all()
        assert (people[len(numbers) :] == NOBODY).all()
    assert count is None or whose.max() < count
