from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.encounter import Answer, Role, Span, Standing, Verdict, role_of, standing

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
seconds = st.floats(0, 20_000, allow_nan=False)


def spans():
    return st.tuples(seconds, seconds).map(lambda ends: Span(min(ends), max(ends)))


def verdicts(*answers):
    """Verdicts on flag "f" given one after the other as (reviewer, answer[, role])."""
    return [
        Verdict(
            f"c:{n}", "rec", "f", Answer(said), who, role[0] if role else "supervisor", BEGIN + timedelta(seconds=n)
        )
        for n, (who, said, *role) in enumerate(answers)
    ]


def test_a_span_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="cannot end"):
        Span(2.0, 1.0)


def test_seconds_are_kept_to_a_millisecond():
    assert Span(0.12345, 1.99951) == Span(0.123, 2.0)


def test_values_do_not_change():
    with pytest.raises(FrozenInstanceError):
        Span(0, 1).start = 5


@given(spans(), spans())
def test_overlap_is_shared_by_both_and_never_longer_than_either(one, other):
    assert one.overlap(other) == other.overlap(one)
    assert 0 <= one.overlap(other) <= min(one.seconds, other.seconds) + 0.0011


@given(spans(), spans())
def test_a_cover_holds_both(one, other):
    cover = one.cover(other)
    assert cover.start <= min(one.start, other.start)
    assert cover.end >= max(one.end, other.end)


def test_a_speaker_without_a_role_is_unknown_and_unsure():
    assert role_of([], "S9").role is Role.UNKNOWN
    assert role_of([], "S9").confidence == 0.0


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], Standing.UNVERIFIED),
        ([("first", "agree")], Standing.VERIFIED),
        ([("first", "disagree")], Standing.REJECTED),
        ([("first", "wrong_speaker")], Standing.REJECTED),
        ([("first", "wrong_words")], Standing.REJECTED),
        ([("first", "skip")], Standing.UNVERIFIED),
        ([("first", "agree"), ("first", "disagree")], Standing.REJECTED),
        ([("first", "agree"), ("first", "undo")], Standing.UNVERIFIED),
        ([("first", "disagree"), ("first", "agree"), ("first", "undo")], Standing.REJECTED),
        ([("first", "undo")], Standing.UNVERIFIED),
        ([("first", "agree"), ("second", "disagree")], Standing.DISPUTED),
        ([("first", "agree"), ("second", "disagree"), ("second", "undo")], Standing.VERIFIED),
        ([("first", "agree"), ("second", "agree")], Standing.VERIFIED),
        ([("first", "agree", "officer")], Standing.UNVERIFIED),
        ([("first", "agree", "internal_affairs"), ("second", "disagree", "officer")], Standing.VERIFIED),
    ],
)
def test_a_flag_is_verified_only_by_people_who_may_confirm_and_who_agree(said, expected):
    assert standing("f", verdicts(*said)) is expected


def test_verdicts_on_other_flags_say_nothing():
    elsewhere = [replace(verdict, flag="g") for verdict in verdicts(("first", "agree"))]
    assert standing("f", elsewhere) is Standing.UNVERIFIED
