"""Which orders are the same one: the examples of alike.toml, and what the table cannot be asked."""

import pytest

from review.behaviours import Mark, repeats
from review.behaviours.conflicts import plain
from review.behaviours.repeats import Order

THINGS = repeats.things()
KINDS = {"alike": True, "other": False}


def order(text, *, at=0.0, by="", directive=""):
    return Order(Mark("order", 0, 0, 0.9, "rule:test@1", details={"directive": directive or text}), at, by, plain(text))


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        pytest.param(pair, expected, id=f"{thing.id}, {kind}: {pair[0]} {pair[1]}")
        for thing in THINGS
        for kind, expected in KINDS.items()
        for pair in getattr(thing, kind)
    ],
)
def test_orders_of_the_table_are_the_same_one_or_not(pair, expected):
    one, other = map(order, pair)
    assert repeats.same(one, other) is repeats.same(other, one) is expected


def test_every_thing_has_examples_of_both_kinds_and_an_id_of_its_own():
    assert all(thing.alike and thing.other for thing in THINGS)
    assert len({thing.id for thing in THINGS}) == len(THINGS)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Put your feet on the dash.", "Feet on the dash!", True),
        ("Get off the tracks.", "Off the tracks, ma'am.", True),
        ("Get out of the car.", "Don't get out of the car.", False),
        ("Turn around.", "Look at me!", False),
        ("Come on, please.", "Now, sir.", False),
    ],
)
def test_words_that_mean_something_by_themselves_make_orders_the_same_too(one, other, expected):
    assert repeats.same(order(one), order(other)) is expected


def test_what_a_rule_calls_the_same_is_the_same():
    assert repeats.same(order("suelte el cuchillo", directive="drop it"), order("tirelo", directive="drop it"))


def test_words_of_another_language_are_not_read_as_english_ones():
    one, other = (
        Order(Mark("order", 0, 0, 0.9, "rule:test@1", details={"directive": text}), 0.0, "", text, english=False)
        for text in ("ponga las manos en el volante", "deje las llaves en el piso")
    )
    assert not repeats.same(one, other)
    assert repeats.same(one, one)


def test_an_order_belongs_to_the_last_one_alike_of_the_same_people_within_the_window():
    said = [order("Sit down."), order("Turn around.", at=3.0), order("Have a seat.", at=20.0)]
    again = order("Sit down!", at=45.0)
    assert repeats.groups([*said, again]) == [0, 1, 0, 0]
    assert repeats.groups([*said[:2], again]) == [0, 1, 2]
    assert repeats.groups([said[0], order("Sit down.", at=2.0, by="S9")]) == [0, 1]


def test_times_counts_what_is_said_over_and_over():
    assert repeats.times(order("Drop it! Drop it! Drop it!")) == 3
    assert repeats.times(order("Put your hands on the top of the dash.")) == 1
