"""The table of what was wanted says what the results say, and nothing of what is not measured."""

from __future__ import annotations

import pytest

from benchmarks.goals import goals

FOUND = {"right": 93, "wrong": 7, "missed": 7, "unsure_right": 2, "unsure_wrong": 1}


def rows(kept):
    """What is wanted of each thing, what is measured, and whether it is met."""
    lines = [line.strip("| ").split(" | ") for line in goals(kept).splitlines() if line.startswith("| ")]
    return {what: tuple(rest) for what, *rest in lines}


def test_a_goal_is_met_or_not_by_what_was_measured():
    found = rows({"talks": {"set aside": {"all": FOUND, "ece": 0.06}}})
    assert found["precision of sure marks"] == ("0.92 or more", "0.930", "yes")
    assert found["recall of sure marks"] == ("0.85 or more", "0.930", "yes")
    assert found["calibration error"] == ("0.05 or less", "0.060", "**no**")
    missed = rows({"talks": {"set aside": {"all": FOUND | {"missed": 100}, "ece": 0.01}}})
    assert missed["recall of sure marks"][2] == "**no**"
    assert missed["calibration error"][2] == "yes"


@pytest.mark.parametrize(("low", "met"), [(0.01, "yes"), (-0.01, "**no**")])
def test_flags_are_above_a_peer_only_when_the_whole_interval_is(low, met):
    part = {"rows": {"flags": {"auc": 0.8}, "VADER": {"auc": 0.6}}, "flags_beyond": {"VADER": {"auc_95": [low, 0.4]}}}
    [row] = [row for what, row in rows({"choices": part}).items() if "VADER" in what]
    assert row[2] == met


def test_one_dialect_outside_the_bounds_is_enough():
    part = {
        "general": {"sure": 50, "unsure": 5},
        "aae": {"sure": 45, "unsure": 5},
        "southern": {"sure": 48, "unsure": 9},
    }
    found = rows({"dialects": part})
    assert found["sure marks in dialects, to the general one"][1:] == (
        "0.90 to 0.96 (50 general, 45 aae, 48 southern)",
        "yes",
    )
    assert found["unsure marks in dialects, to the general one"][2] == "**no**"


def test_seconds_are_held_against_those_wanted():
    found = rows({"speed": {"tag_seconds": 3.4, "load_seconds": 1.4, "words": 10007}})
    assert found["marking 10 007 words, one core"] == ("3 s or less", "3.4 s", "**no**")
    assert found["loading, one core"][2] == "yes"


def test_what_is_not_measured_is_not_told():
    assert goals({}) == ""
    assert "calibration" not in goals({"speed": {"tag_seconds": 3.4, "load_seconds": 1.4, "words": 10007}})
