"""Which stretches are one person's, on directions made up for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.speakers import Settings, grouping
from review.speakers.grouping import Pairs, Said
from review.speakers.segmentation import FRAMES, LOCALS
from review.speakers.signatures import SIZE
from review.speakers.stretches import FRAME, Talk
from review.speakers.windows import Window

EVERY = 4.0  # seconds from one stretch to the next


def person(number: int) -> np.ndarray:
    """A direction at right angles to every other person's."""
    return np.eye(SIZE)[number]


def like(direction: np.ndarray, cosine: float, *, axis: int = SIZE - 1) -> np.ndarray:
    """A direction of this cosine with the one given."""
    made: np.ndarray = cosine * direction + np.sqrt(1 - cosine**2) * person(axis)
    return made


def pairs(same: Sequence[tuple[int, int]] = (), apart: Sequence[tuple[int, int]] = ()) -> Pairs:
    both = np.array([*same, *apart], np.int64).reshape(-1, 2)
    alike = np.array([1.0] * len(same) + [0.0] * len(apart))
    return Pairs(both[:, 0], both[:, 1], 4 * alike, 4 * (1 - alike))


def whose(
    directions: Sequence[np.ndarray],
    chosen: Settings | None = None,
    *,
    seconds: float | Sequence[float] = 3.0,
    heard: Pairs | None = None,
) -> list[int]:
    """The people of these stretches, one after the other."""
    count = len(directions)
    starts = np.arange(count) * round(EVERY / FRAME)
    said = Said(np.stack(directions), np.broadcast_to(seconds, count).astype(np.float64), starts, heard or pairs())
    found: list[int] = grouping.people(said, chosen or Settings()).tolist()
    return found


def test_the_same_two_people_in_any_order_are_two():
    assert whose([person(1), person(0), person(0), person(1), person(0)]) == [0, 1, 1, 0, 1]


def test_an_hour_of_two_people_stays_two_across_the_blocks():
    draw = np.random.default_rng(1)
    talk = [like(person(at % 2), 0.85, axis=int(draw.integers(2, SIZE))) for at in range(round(3600 / EVERY))]
    found = whose(talk)
    assert len(set(found)) == 2
    assert len(set(found[::2])) == 1


def test_a_group_between_two_people_does_not_make_one_of_them():
    one, other = person(0), like(person(0), 0.5, axis=1)
    between = one + other
    found = whose([one] * 5 + [between / np.linalg.norm(between)] * 3 + [other] * 5)
    assert found[0] != found[-1]
    assert found[5] in (found[0], found[-1])


def test_two_large_groups_that_are_like_enough_are_one_person():
    assert len(set(whose([person(0)] * 5 + [like(person(0), 0.75)] * 5))) == 1
    assert len(set(whose([person(0)] * 5 + [like(person(0), 0.65)] * 5))) == 2


def test_two_groupings_agree_where_they_give_the_same_people_whatever_their_numbers():
    seconds = np.array([3.0, 2.0, 1.0, 4.0])
    two = np.array([0, 0, 1, 1])
    assert grouping.agreement(two, 1 - two, seconds) == pytest.approx(10.0)
    assert grouping.agreement(two, np.array([0, 1, 2, 2]), seconds) == pytest.approx(8.0)
    assert grouping.agreement(two, np.zeros(4, np.int64), seconds) == pytest.approx(5.0)


def test_what_several_thresholds_find_alike_is_taken_and_not_what_one_finds():
    seconds = np.array([5.0, 5.0, 5.0, 5.0])
    one, two, four = np.zeros(4, np.int64), np.array([0, 1, 0, 1]), np.arange(4)
    assert grouping.most_agreed([four, two, one, two], seconds) is two
    assert grouping.most_agreed([four, one], seconds) is four


def parts(*cosines: float) -> tuple[Said, np.ndarray]:
    """Two stretches of a person, then two like them by each cosine, each two taken for a person of their own."""
    directions = [person(0)] * 2 + [like(person(0), one, axis=at + 1) for at, one in enumerate(cosines) for _ in "ab"]
    count = len(directions)
    said = Said(np.stack(directions), np.full(count, 3.0), np.arange(count) * round(EVERY / FRAME), pairs())
    return said, np.repeat(np.arange(count // 2), 2)


def test_people_who_sound_the_same_over_all_they_say_are_one_and_others_stay():
    said, found = parts(0.9, 0.7)
    assert grouping.alike_joined(said, found, least=0.86).tolist() == [0, 0, 0, 0, 1, 1]
    assert grouping.alike_joined(said, found, least=0.95).tolist() == found.tolist()


def test_the_likest_two_are_joined_first_and_the_mean_of_both_is_compared_with_the_rest():
    # The mean of the first and the last has 0.85 with the one between, which was 0.86 to the first alone.
    said, found = parts(0.86, 0.95)
    assert grouping.alike_joined(said, found, least=0.855).tolist() == [0, 0, 1, 1, 0, 0]


def test_somebody_alone_and_a_known_number_are_left_as_they_are():
    said, found = parts()
    assert grouping.alike_joined(said, found, least=0.86).tolist() == [0, 0]
    two = [person(0)] * 4 + [like(person(0), 0.9)] * 4
    assert len(set(whose(two))) == 1
    assert len(set(whose(two, Settings(count=2)))) == 2


def test_windows_that_hear_two_voices_keep_them_apart_and_one_voice_together():
    talk = [person(0), like(person(0), 0.8)] * 4
    beside = [(at, at + 1) for at in range(7)]
    assert len(set(whose(talk, Settings(threshold=0.25, same=0.9)))) == 1
    assert len(set(whose(talk, Settings(threshold=0.25, same=0.9), heard=pairs(apart=beside)))) == 2
    talk = [person(0), like(person(0), 0.65)] * 4
    assert len(set(whose(talk))) == 2
    assert len(set(whose(talk, heard=pairs(same=beside)))) == 1


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_known_number_of_people_is_kept(count: int):
    assert len(set(whose([like(person(at % 4), 0.8) for at in range(40)], Settings(count=count)))) == count


def test_a_known_number_counts_people_and_not_a_stray_sound():
    talk = [like(person(at % 2), 0.75, axis=5 + at % 2) for at in range(20)]
    found = whose([*talk, person(9)], Settings(count=2), seconds=[3.0] * 20 + [0.5])
    assert len(set(found[:20:2])) == len(set(found[1:20:2])) == 1
    assert found[0] != found[1]


def test_a_known_number_splits_two_voices_that_are_nearly_alike():
    talk = [person(0) if at % 2 else like(person(0), 0.8) for at in range(8)]
    assert len(set(whose(talk))) == 1
    assert len(set(whose(talk, Settings(count=2)))) == 2


def test_a_short_shout_unlike_everybody_is_another_person_and_a_likely_one_is_not():
    talk = [person(at % 2) for at in range(20)]
    seconds = [3.0] * 20 + [1.2]
    stranger = whose([*talk, person(2)], seconds=seconds)
    familiar = whose([*talk, like(person(0), 0.55)], seconds=seconds)
    assert stranger[20] not in stranger[:20]
    assert familiar[20] == familiar[0]


def test_the_more_somebody_says_the_likelier_is_a_person_of_their_own():
    talk = [person(at % 2) for at in range(20)] + [like(person(0), 0.56)] * 3
    assert len(set(whose(talk, seconds=[3.0] * 20 + [0.4] * 3))) == 2
    assert len(set(whose(talk, seconds=[3.0] * 20 + [2.4] * 3))) == 3


def test_a_stretch_of_part_of_a_second_goes_to_the_likest_person():
    found = whose([*(person(at % 2) for at in range(6)), like(person(1), 0.4)], seconds=[3.0] * 6 + [0.5])
    assert found[6] == found[1]


def test_only_short_stretches_are_people_too():
    assert whose([person(0), person(1), person(0)], seconds=0.5) == [0, 1, 0]


def test_windows_tell_which_stretches_are_one_local_voice():
    activity = np.zeros((FRAMES, LOCALS), np.bool_)
    activity[0:100, 0] = activity[150:250, 1] = activity[300:400, 0] = True
    talk = Talk(np.ones(FRAMES, np.int64), np.array([0, 150, 300]), np.array([100, 250, 400]))
    found = grouping.pairs([Window(0, activity)], talk)
    told = {(one, other): (same, apart) for one, other, same, apart in zip(*vars(found).values(), strict=True)}
    assert told == {(0, 1): (0, 1), (0, 2): (1, 0), (1, 2): (0, 1)}


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.floats(0.3, 8.0)), min_size=1, max_size=20),
    st.sampled_from([None, 1, 2, 3]),
)
def test_every_stretch_is_somebodys_and_numbers_have_no_gaps(talk: list[tuple[int, float]], count: int | None):
    found = whose([person(who) for who, _ in talk], Settings(count=count), seconds=[seconds for _, seconds in talk])
    assert set(found) == set(range(max(found) + 1))
    assert count is None or max(found) < count
