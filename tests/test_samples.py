"""The samples are what their gold files say: checked from the files alone, without the program that made them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from review.behaviours.catalogue import CATALOGUE
from review.encounter import Role

SAMPLES = Path(__file__).parent.parent / "samples"
ENCOUNTERS = (
    "arrest",
    "calm_traffic_stop",
    "domestic_call",
    "heated_traffic_stop",
    "mental_health_crisis",
    "welfare_check",
)
HELD_OUT = {"domestic_call", "welfare_check"}
MEGABYTES = 6  # all media together, so that a clone stays small
LATE = 0.776  # seconds of film before its first sound
RATE = 16_000  # Hz
MEDIA_EDGE = 0.15  # seconds that an encoder may add or cut at the end
ASIDE = {"order", "courtesy", "explanation"}  # said to a colleague or on the radio these are no behaviour


def gold(name: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((SAMPLES / f"{name}.gold.json").read_text(encoding="utf-8"))
    return values


def marks(values: dict[str, Any], behaviour: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [
        (utterance, mark)
        for utterance in values["utterances"]
        for mark in utterance["behaviours"]
        if mark["behaviour"] == behaviour
    ]


@cache
def heard(name: str) -> NDArray[np.float32]:
    """The sound on the player's clock: silence first where the track starts late."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(SAMPLES / gold(name)["media"])) as container:
        frames = list(container.decode(audio=0))
    first = frames[0]
    start = max(0.0, float((first.pts or 0) * (first.time_base or 0)))
    parts = [part.to_ndarray().ravel() for frame in frames for part in resampler.resample(frame)]
    return np.concatenate([np.zeros(round(start * RATE), np.float32), *parts])


def decibels(sound: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-12))


def test_there_are_six_encounters_and_two_are_held_out():
    names = {path.name.removesuffix(".gold.json") for path in SAMPLES.glob("*.gold.json")}
    assert names == set(ENCOUNTERS)
    assert {name for name in names if gold(name)["held_out"]} == HELD_OUT


def test_the_media_stay_small_enough_to_clone():
    sizes = [(SAMPLES / gold(name)["media"]).stat().st_size for name in ENCOUNTERS]
    assert sum(sizes) <= MEGABYTES * 1_000_000


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_the_media_file_is_the_one_that_the_gold_was_made_for(name: str):
    values = gold(name)
    assert hashlib.sha256((SAMPLES / values["media"]).read_bytes()).hexdigest() == values["sha256"]


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_an_encounter_lasts_one_to_three_minutes_as_its_gold_says(name: str):
    values = gold(name)
    assert 60 <= values["seconds"] <= 180
    assert len(heard(name)) / RATE == pytest.approx(values["seconds"], abs=MEDIA_EDGE)


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_every_utterance_lies_inside_the_media_and_belongs_to_a_known_speaker(name: str):
    values = gold(name)
    for utterance in values["utterances"]:
        assert values["audio_start"] <= utterance["start"] < utterance["end"] <= values["seconds"]
        assert utterance["role"] == values["speakers"][utterance["speaker"]]["role"]
        assert Role(utterance["role"]) is not Role.UNKNOWN
    assert sum(who["role"] == "officer" for who in values["speakers"].values()) == 1


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_every_mark_is_in_the_codebook_and_its_quote_in_the_words(name: str):
    for utterance in gold(name)["utterances"]:
        for mark in utterance["behaviours"]:
            assert mark["behaviour"] in CATALOGUE
            assert mark["quote"]
            assert mark["quote"] in utterance["text"]


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_a_behaviour_is_shown_by_a_role_that_can_show_it(name: str):
    for utterance in gold(name)["utterances"]:
        for mark in utterance["behaviours"]:
            assert Role(utterance["role"]) in CATALOGUE[mark["behaviour"]].roles, mark


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_where_someone_near_speaks_there_is_sound_well_over_the_pauses(name: str):
    values = gold(name)
    sound = heard(name)
    near = [
        decibels(sound[int(one["start"] * RATE) : int(one["end"] * RATE)])
        for one in values["utterances"]
        if values["speakers"][one["speaker"]]["role"] == "officer"
    ]
    assert min(near) > decibels(_pauses(values, sound)) + 6


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_no_sample_is_clipped(name: str):
    assert np.mean(np.abs(heard(name)) >= 0.999) < 1e-4


def _pauses(values: dict[str, Any], sound: NDArray[np.float32]) -> NDArray[np.float32]:
    silent = np.ones(len(sound), bool)
    silent[: int(values["audio_start"] * RATE)] = False
    for utterance in values["utterances"]:
        silent[max(0, int((utterance["start"] - 0.3) * RATE)) : int((utterance["end"] + 0.5) * RATE)] = False
    return sound[silent]


def test_far_voices_are_at_least_ten_decibels_under_the_wearer():
    for name in ENCOUNTERS:
        people = gold(name)["speakers"].values()
        [wearer] = [who["level_db"] for who in people if who["role"] == "officer"]
        civilians = [who["level_db"] for who in people if who["role"] == "civilian"]
        assert max(civilians) <= wearer - 10, name


def test_the_samples_are_told_apart_by_how_noisy_they_are():
    loudest, quietest = (f(gold(name)["snr_db"] for name in ENCOUNTERS) for f in (min, max))
    assert loudest < 14 < 20 < quietest


def test_the_film_has_a_picture_from_zero_and_its_sound_starts_late():
    values = gold("heated_traffic_stop")
    assert values["media"].endswith(".mp4")
    assert values["audio_start"] == LATE
    with av.open(str(SAMPLES / values["media"])) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert float((picture.start_time or 0) * (picture.time_base or 0)) == pytest.approx(0, abs=0.001)
        frame = next(container.decode(audio=0))
        assert float((frame.pts or 0) * (frame.time_base or 0)) == pytest.approx(LATE, abs=0.01)


def test_the_film_knows_when_it_was_recorded():
    values = gold("heated_traffic_stop")
    with av.open(str(SAMPLES / values["media"])) as container:
        made = datetime.fromisoformat(container.metadata["creation_time"])
    assert made == datetime.fromisoformat(values["recorded_at"])
    assert made < datetime(2027, 1, 1, tzinfo=UTC)


def test_the_crisis_holds_a_long_silence():
    utterances = gold("mental_health_crisis")["utterances"]
    pauses = [after["start"] - before["end"] for before, after in pairwise(utterances)]
    assert max(pauses) >= 15


def test_the_domestic_call_has_two_civilians_who_talk_at_once():
    values = gold("domestic_call")
    civilians = [one for one in values["utterances"] if one["role"] == "civilian"]
    assert len({one["speaker"] for one in civilians}) == 2
    assert civilians[0]["end"] - civilians[1]["start"] > 0.5


def test_a_repeated_order_is_the_third_order_within_thirty_seconds():
    for name in ("arrest", "heated_traffic_stop"):
        values = gold(name)
        [(last, repeated)] = marks(values, "repeated_order")
        orders = [
            one
            for one, order in marks(values, "order")
            if one["speaker"] == last["speaker"] and order["quote"].lower().startswith(repeated["quote"].lower())
        ]
        within = [one for one in orders if last["end"] - 30 < one["end"] <= last["end"]]
        assert len(within) >= 3, name
        assert repeated["structure"]


def test_an_interruption_overlaps_stops_the_other_and_goes_on():
    for name in ("arrest", "heated_traffic_stop"):
        values = gold(name)
        [(breaking, mark)] = marks(values, "interruption")
        broken = max(
            (one for one in values["utterances"] if one["start"] < breaking["start"]), key=lambda one: one["start"]
        )
        assert broken["speaker"] == mark["details"]["of"]
        assert 0.5 <= broken["end"] - breaking["start"] <= 1.0
        assert breaking["end"] - broken["end"] >= 1.0


@pytest.mark.parametrize("name", ["arrest", "heated_traffic_stop"])
def test_a_raised_voice_is_six_decibels_over_the_speakers_own_median(name: str):
    values = gold(name)
    [(shout, _)] = marks(values, "raised_voice")
    own = [one for one in values["utterances"] if one["speaker"] == shout["speaker"]]
    sound = heard(name)
    levels = [decibels(sound[int(one["start"] * RATE) : int(one["end"] * RATE)]) for one in own]
    assert sum(one["end"] - one["start"] for one in own) >= 20
    assert levels[own.index(shout)] >= np.median(levels) + 6


def test_the_samples_show_most_of_the_codebook():
    shown = {mark["behaviour"] for name in ENCOUNTERS for one in gold(name)["utterances"] for mark in one["behaviours"]}
    assert len(shown) >= 45


def test_what_is_said_on_the_radio_shows_no_behaviour_towards_the_person():
    for name in ENCOUNTERS:
        for utterance in gold(name)["utterances"]:
            if utterance["role"] == "radio" or utterance["text"].startswith(("Dispatch,", "Unit ")):
                assert not ASIDE & {mark["behaviour"] for mark in utterance["behaviours"]}
