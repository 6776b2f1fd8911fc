from __future__ import annotations

import json
from pathlib import Path

import pytest

from review import scoring
from review.cli import talk_scores
from review.encounter import Status
from review.errors import UnreadableGold
from review.scoring import Found


def talk(text, marks=(), near=(), role="officer"):
    return {
        "id": "t-1",
        "dialect": "general",
        "style": "clean",
        "lines": [
            {
                "speaker": "A",
                "role": role,
                "text": text,
                "marks": [{"behaviour": behaviour, "quote": quote} for behaviour, quote in marks],
                "near": list(near),
            }
        ],
    }


def written(folder, *talks, name="tuning_1.jsonl"):
    path = folder / name
    path.write_text("".join(json.dumps(one) + "\n" for one in talks), encoding="utf-8")
    return path


def flag(behaviour, start, end, *, confidence=0.9, status=Status.FLAGGED):
    return {
        "behaviour": behaviour,
        "quote": "",
        "start_char": start,
        "end_char": end,
        "confidence": confidence,
        "status": status.value,
        "source": "rule:test@1",
    }


def scored(folder, raw, *flags):
    [one] = scoring.read_talks(written(folder, raw))
    return scoring.score_talk(one, [{"flags": flags}])


TWO_ORDERS = talk(
    "Sit down. Hands on your knees.", [("order", "Sit down"), ("order", "Hands on your knees")], ["ultimatum"]
)


def test_each_mark_meets_one_flag_and_the_rest_are_wrong_or_missed(tmp_path):
    score = scored(tmp_path, TWO_ORDERS, flag("order", 0, 8), flag("order", 0, 3), flag("order", 10, 29))
    assert score.found == {"order": Found(right=2, wrong=1)}
    assert scored(tmp_path, TWO_ORDERS, flag("order", 10, 29)).found == {"order": Found(right=1, missed=1)}


def test_an_unsure_flag_is_neither_wrong_nor_does_it_find(tmp_path):
    score = scored(tmp_path, TWO_ORDERS, flag("order", 0, 8, status=Status.UNSURE), flag("insult", 0, 8))
    assert score.found == {"insult": Found(wrong=1), "order": Found(missed=2, unsure_right=1)}


def test_a_near_miss_that_is_flagged_is_told(tmp_path):
    assert scored(tmp_path, TWO_ORDERS).near == {"ultimatum": (1, 0)}
    assert scored(tmp_path, TWO_ORDERS, flag("ultimatum", 0, 8)).near == {"ultimatum": (1, 1)}


def test_confidence_is_held_against_what_is_right(tmp_path):
    score = scored(tmp_path, TWO_ORDERS, flag("order", 0, 8, confidence=0.9), flag("insult", 0, 8, confidence=0.6))
    assert score.calibration_error == pytest.approx((0.1 + 0.6) / 2)


def test_scores_add_up_by_behaviour_and_by_role(tmp_path):
    one = scored(tmp_path, TWO_ORDERS, flag("order", 0, 8))
    other = scored(tmp_path, talk("Thank you.", [("calming", "Thank you")], role="civilian"), flag("calming", 0, 9))
    total = scoring.talks_together([one, other])
    assert total.all_found == Found(right=2, missed=1)
    assert total.by_role == {"civilian": {"calming": Found(right=1)}, "officer": {"order": Found(right=1, missed=1)}}
    assert (total.talks, total.words) == (2, 8)


def test_a_file_that_is_set_aside_is_held_out(tmp_path):
    [kept] = scoring.read_talks(written(tmp_path, TWO_ORDERS, name="set_aside_1.jsonl"))
    [tuned] = scoring.read_talks(written(tmp_path, TWO_ORDERS))
    assert (kept.held_out, tuned.held_out) == (True, False)


@pytest.mark.parametrize(
    "row",
    ["{", '{"id": "x"}', json.dumps(talk("Sit down.", [("order", "Stand up")]))],
    ids=["cut", "empty", "not said"],
)
def test_a_line_that_is_no_talk_is_named(tmp_path, row):
    path = tmp_path / "tuning_1.jsonl"
    path.write_text(json.dumps(TWO_ORDERS) + "\n" + row + "\n", encoding="utf-8")
    with pytest.raises(UnreadableGold, match=r"tuning_1\.jsonl, line 2 is no talk"):
        scoring.read_talks(path)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 0, 0.0, 1.0), (8, 10, 0.490, 0.943), (10, 10, 0.722, 1.0), (0, 20, 0.0, 0.161)],
)
def test_the_interval_of_a_share_is_wilsons(part, whole, low, high):
    assert scoring.interval(part, whole) == pytest.approx((low, high), abs=0.001)


def test_sets_of_a_kind_of_their_own_are_not_added_to_the_talks_set_aside(tmp_path):
    names = ("tuning_1", "set_aside_1", "set_aside_2", "set_aside_dialects")
    files = [
        (Path(f"{name}.jsonl"), talk_scores.scored(written(tmp_path, TWO_ORDERS, name=f"{name}.jsonl")))
        for name in names
    ]
    found = {name: total.talks for name, total in talk_scores.sets(files)}
    assert found == {"tuning talks": 1, "talks set aside": 2, "talks set aside, dialects": 1}
