from itertools import chain

import pytest

from review import behaviours
from review.behaviours import conflicts, fusion
from review.encounter import Direction, Role

OTHER, CIVILIAN = Role.OTHER_OFFICER, Role.CIVILIAN
KEYS = (OTHER, "Leave the keys where they are.")


def only(flags):
    return [flag for flag in flags if flag.behaviour == "conflicting_orders"]


def test_two_officers_whose_orders_cannot_both_be_obeyed_conflict(flags_in):
    [flag] = only(flags_in("Don't move!", (OTHER, "Put your hands up!")))
    assert flag.direction is Direction.SIGNAL
    assert (flag.quote, flag.role) == ("Put your hands up!", OTHER)
    assert flag.details == {
        "pair": "move-not/move",
        "other_speaker": "officer",
        "other_order": "don't move",
        "seconds": 1.1,
    }


@pytest.mark.parametrize(
    "lines",
    [
        (("Get out of the car!", Role.OFFICER), ("Stay in the car!", OTHER)),
        (("Hands up!", Role.OFFICER), ("Put your hands behind your back!", OTHER)),
        (("Get on the ground!", OTHER), ("Stand up!", Role.OFFICER)),
        (("Walk towards me.", OTHER), ("Step back!", Role.OFFICER)),
    ],
)
def test_such_orders_are_found_in_talk_whoever_gives_the_first(lines, flags_in):
    assert len(only(flags_in(*((role, text) for text, role in lines)))) == 1


def test_one_officer_who_changes_an_order_conflicts_with_nobody(flags_in):
    assert not only(flags_in("Don't move!", "Put your hands up!"))


def test_orders_more_than_five_seconds_apart_do_not_conflict(flags_in):
    assert only(flags_in("Don't move!", (OTHER, "Put your hands up!"), pause=4.2))
    assert not only(flags_in("Don't move!", (OTHER, "Put your hands up!"), pause=4.6))


def test_what_a_civilian_or_a_radio_says_is_no_order_against_an_officers(flags_in):
    assert not only(flags_in("Don't move!", (CIVILIAN, "Put your hands up!")))
    assert not only(flags_in("Don't move!", (Role.RADIO, "Put your hands up!")))


def test_two_officers_who_want_the_same_do_not_conflict(flags_in):
    assert not only(flags_in("Get on the ground!", (OTHER, "Put your hands behind your back!"), "On the ground!"))


@pytest.mark.parametrize("pair", conflicts.pairs(), ids=lambda pair: pair.id)
def test_each_pair_parts_its_examples_and_no_pair_parts_what_fits(pair):
    assert pair.conflicts
    assert pair.fits
    for one, other in pair.conflicts:
        assert pair.parts(conflicts.plain(one), conflicts.plain(other)), (one, other)
        assert pair.parts(conflicts.plain(other), conflicts.plain(one)), (other, one)
    for one, other in chain.from_iterable(every.fits for every in conflicts.pairs()):
        assert not pair.parts(conflicts.plain(one), conflicts.plain(other)), (one, other)


def test_no_order_conflicts_with_itself():
    orders = {conflicts.plain(text) for pair in conflicts.pairs() for both in pair.conflicts for text in both}
    assert [text for text in sorted(orders) for pair in conflicts.pairs() if pair.parts(text, text)] == []


def test_ids_of_pairs_are_their_own():
    assert len({pair.id for pair in conflicts.pairs()}) == len(conflicts.pairs())


def test_a_conflict_that_the_table_lacks_counts_where_the_model_reads_it(opinion, talk):
    opinion(conflicting_orders="leave the keys", order="keys")
    [flag] = only(behaviours.tag(*talk((Role.OFFICER, "Throw the keys out of the window."), KEYS)))
    assert flag.source == fusion.SOURCE
    assert flag.details == {
        "other_speaker": "officer",
        "other_order": "keys out of the window",  # what the order's rule quotes
        "seconds": 2.0,
    }


@pytest.mark.parametrize(
    "before",
    [
        (Role.OTHER_OFFICER, "Throw the keys out of the window."),
        (Role.CIVILIAN, "Throw the keys out of the window."),
        (Role.OFFICER, "The keys are in his hand."),
    ],
    ids=["the same officer", "no officer", "no order"],
)
def test_a_conflict_that_the_model_reads_needs_another_officers_order(before, opinion, talk):
    opinion(conflicting_orders="leave the keys", order="keys w")
    assert not only(behaviours.tag(*talk(before, KEYS)))
