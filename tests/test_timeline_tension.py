"""The tension curve and its turning points."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.behaviours.catalogue import CATALOGUE
from review.encounter import Answer, Encounter, Flag, Provenance, Recording, Role, Span, Status, Verdict
from review.timeline import timeline
from review.timeline.tension import DEESCALATING, HALF_LIFE, MOST_VALUES, TURNING_POINTS, WEIGHTS

AT = datetime(2026, 3, 1, tzinfo=UTC)


def scene(*marks: tuple[float, str], seconds: float = 200.0, sure: bool = True, role: Role = Role.OFFICER) -> Encounter:
    flags = tuple(
        Flag(
            id=f"{behaviour}-{number}",
            behaviour=behaviour,
            direction=CATALOGUE[behaviour].direction,
            span=Span(at, at + 1),
            first=number,
            last=number,
            quote="",
            speaker="S1",
            role=role,
            confidence=0.4,
            status=Status.FLAGGED if sure else Status.UNSURE,
            source="test",
        )
        for number, (at, behaviour) in enumerate(marks)
    )
    return Encounter(Recording("0" * 64, "a.wav", seconds), "en", (), (), flags, Provenance("test", AT))


def judged(flag: str, answer: Answer) -> list[Verdict]:
    return [Verdict(flag, "0" * 64, flag, answer, "r", "supervisor", AT)]


def test_a_mark_adds_its_weight_which_halves_in_a_half_life():
    curve = timeline(scene((10.0, "hostility"))).tension
    assert curve.step == 1.0
    assert (curve.marked[9], curve.marked[10], curve.marked[10 + int(HALF_LIFE)]) == (0.0, 2.0, 1.0)


def test_a_later_mark_is_added_to_what_is_left_of_the_earlier():
    curve = timeline(scene((10.0, "hostility"), (10.0 + HALF_LIFE, "dismissal"))).tension
    assert curve.marked[10 + int(HALF_LIFE)] == 2.0


def test_an_unsure_mark_weighs_by_its_confidence_until_people_verify_it():
    unsure = scene((10.0, "hostility"), sure=False)
    assert timeline(unsure).tension.marked[10] == 0.8
    assert timeline(unsure, verdicts=judged("hostility-0", Answer.AGREE)).tension.marked[10] == 2.0


def test_what_people_rejected_moves_nothing():
    told = timeline(scene((10.0, "hostility")), verdicts=judged("hostility-0", Answer.DISAGREE))
    assert set(told.tension.marked) == {0.0}
    assert told.turning_points == ()


def test_the_curve_of_what_people_verified_stands_apart():
    encounter = scene((10.0, "hostility"), (60.0, "insult"))
    curve = timeline(encounter, verdicts=judged("insult-1", Answer.AGREE)).tension
    assert (curve.verified[59], curve.verified[60]) == (0.0, 2.0)
    assert curve.marked[60] > 2.0


def test_calm_words_before_anything_hot_do_not_hide_it():
    calm = scene((1.0, "calming"), (2.0, "calming"), (3.0, "hostility"))
    assert timeline(calm).tension.marked[3] == 2.0


def test_somebody_elses_words_told_again_move_nothing():
    encounter = scene((10.0, "hostility"))
    told = replace(encounter, flags=(replace(encounter.flags[0], modifiers=("reported",)),))
    assert max(timeline(told).tension.marked) == 0.0


@pytest.mark.parametrize("seconds", [0.0, 1.0, 299.9, 300.0, 3600.0, 14400.0, 100000.0])
def test_a_curve_has_a_few_hundred_values_however_long_the_recording(seconds):
    curve = timeline(scene(seconds=seconds)).tension
    assert 1 <= len(curve.marked) == len(curve.verified) <= MOST_VALUES
    assert (len(curve.marked) - 1) * curve.step <= seconds < len(curve.marked) * curve.step


def test_the_curve_turns_where_it_begins_to_rise_and_where_it_begins_to_fall():
    hot = ((20.0, "hostility"), (25.0, "insult"), (30.0, "ultimatum"))
    rise, fall = timeline(scene(*hot, (60.0, "calming"))).turning_points
    assert (rise.at, rise.rises, rise.flags) == (20.0, True, ("hostility-0", "insult-1", "ultimatum-2"))
    assert (fall.at, fall.rises, fall.flags) == (30.0, False, ("calming-3",))
    assert rise.swing == fall.value


def test_a_fall_without_flags_is_one_in_which_what_was_said_faded():
    _, fall = timeline(scene((20.0, "hostility"), seconds=400.0)).turning_points
    assert (fall.rises, fall.flags) == (False, ())


def test_a_small_move_is_no_turning_point():
    assert timeline(scene((20.0, "order"), (40.0, "interruption"))).turning_points == ()


def test_flags_of_other_officers_are_named_apart_at_a_turning_point():
    [rise, *_] = timeline(scene((20.0, "hostility"), role=Role.OTHER_OFFICER)).turning_points
    assert rise.flags == rise.other_officers == ("hostility-0",)


def test_every_weight_is_of_a_behaviour_in_the_codebook():
    assert set(WEIGHTS) <= set(CATALOGUE)
    assert DEESCALATING < 0


MARKS = st.lists(st.tuples(st.floats(0, 600), st.sampled_from(sorted(CATALOGUE))), max_size=30)


@given(MARKS)
def test_whatever_is_marked_the_curve_is_never_under_zero_and_rises_only_where_a_mark_heats_it(marks):
    encounter = scene(*marks, seconds=600.0)
    curve = timeline(encounter).tension
    assert min(curve.marked) >= 0.0
    heating = [flag.span.start for flag in encounter.flags if WEIGHTS.get(flag.behaviour, 0.0) > 0]
    for number, (before, after) in enumerate(pairwise(curve.marked)):
        if after > before:
            assert any(number * curve.step < at <= (number + 1) * curve.step for at in heating)


@given(MARKS)
def test_whatever_is_marked_turning_points_are_few_in_order_and_alternate_where_all_are_shown(marks):
    found = timeline(scene(*marks, seconds=600.0)).turning_points
    assert len(found) <= TURNING_POINTS
    assert [point.at for point in found] == sorted(point.at for point in found)
    if len(found) < TURNING_POINTS:
        assert all(one.rises is not other.rises for one, other in pairwise(found))


@given(MARKS, st.randoms())
def test_the_order_in_which_marks_are_handed_over_changes_nothing(marks, random):
    encounter = scene(*marks, seconds=600.0)
    shuffled = list(encounter.flags)
    random.shuffle(shuffled)
    assert timeline(replace(encounter, flags=tuple(shuffled))).tension == timeline(encounter).tension
