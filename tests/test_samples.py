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
    "far_witness",
    "heated_traffic_stop",
    "long_street_contact",
    "mental_health_crisis",
    "party_noise_call",
    "shouted_commands",
    "spanish_stop",
    "welfare_check",
)
LONG = "long_street_contact"
PARTY = "party_noise_call"
HELD_OUT = {"domestic_call", LONG, PARTY, "welfare_check"}
LASTS = {LONG: (540, 720), PARTY: (270, 300)}  # seconds, where an encounter is no short one
LANGUAGES = {"en", "es"}
MEGABYTES = 12  # all media together, so that a clone stays small
SPEECH_OVER_NOISE = (5.0, 30.0)  # dB, between which a body camera's recordings are worth reviewing
MEASURED = 4.0  # dB by which the ratio measured on mixed sound may differ from that of its parts
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


def test_the_encounters_are_these_and_four_are_held_out():
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
def test_an_encounter_lasts_one_to_three_minutes_five_or_ten_as_its_gold_says(name: str):
    values = gold(name)
    shortest, longest = LASTS.get(name, (60, 180))
    assert shortest <= values["seconds"] <= longest
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


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_utterances_are_in_order_and_nobody_talks_over_themselves(name: str):
    utterances = gold(name)["utterances"]
    starts = [one["start"] for one in utterances]
    assert starts == sorted(starts)
    for speaker in gold(name)["speakers"]:
        own = [one for one in utterances if one["speaker"] == speaker]
        assert all(before["end"] <= after["start"] for before, after in pairwise(own))


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_the_voices_of_one_encounter_are_different_and_its_language_is_known(name: str):
    values = gold(name)
    voices = [who["voice"] for who in values["speakers"].values()]
    assert len(set(voices)) == len(voices)
    assert values["language"] in LANGUAGES


def test_one_encounter_is_in_spanish_from_end_to_end():
    values = gold("spanish_stop")
    assert values["language"] == "es"
    assert all("kokoro_es" in who["voice"] for who in values["speakers"].values())
    assert {"reason_for_stop", "reassurance", "choice", "free_to_go", "distress"} <= {
        mark["behaviour"] for one in values["utterances"] for mark in one["behaviours"]
    }


def test_every_held_out_encounter_has_a_voice_that_no_tuning_sample_has():
    tuned = {who["voice"] for name in set(ENCOUNTERS) - HELD_OUT for who in gold(name)["speakers"].values()}
    for name in HELD_OUT:
        assert {who["voice"] for who in gold(name)["speakers"].values()} - tuned, name


def test_the_long_encounter_has_four_people_and_stretches_in_which_nobody_speaks():
    values = gold(LONG)
    assert [who["role"] for who in values["speakers"].values()].count("civilian") == 2
    assert len(values["speakers"]) == 5
    pauses = [after["start"] - before["end"] for before, after in pairwise(values["utterances"])]
    assert sum(pause >= 9 for pause in pauses) >= 5
    assert max(pauses) >= 20
    assert sum(pause < 0 for pause in pauses) >= 6


def test_the_party_has_four_people_a_radio_a_quiet_stretch_and_listening_sounds_under_other_talk():
    values = gold(PARTY)
    assert sorted(who["role"] for who in values["speakers"].values()) == [
        "civilian",
        "civilian",
        "officer",
        "other_officer",
        "radio",
    ]
    utterances = values["utterances"]
    pauses = [after["start"] - before["end"] for before, after in pairwise(utterances)]
    assert sum(8 <= pause <= 10 for pause in pauses) == 1 == sum(pause > 5 for pause in pauses)
    under = [
        one
        for one in utterances
        if any(other["start"] < one["start"] and one["end"] < other["end"] for other in utterances)
    ]
    assert len(under) >= 5
    assert not any(one["behaviours"] for one in under)


def test_the_witness_is_twelve_decibels_under_the_officer_in_every_line():
    values = gold("far_witness")
    assert values["speakers"]["witness"]["level_db"] == values["speakers"]["officer_a"]["level_db"] - 12
    assert 10 <= values["snr_db"] <= 15


@pytest.mark.parametrize("name", ENCOUNTERS)
def test_speech_lies_over_the_noise_by_as_much_as_gold_says(name: str):
    values = gold(name)
    sound = heard(name)
    spoken = [sound[int(one["start"] * RATE) : int(one["end"] * RATE)] for one in values["utterances"]]
    assert SPEECH_OVER_NOISE[0] <= values["snr_db"] <= SPEECH_OVER_NOISE[1]
    assert _active(np.concatenate(spoken)) - decibels(_pauses(values, sound)) == pytest.approx(
        values["snr_db"], abs=MEASURED
    )


def _active(sound: NDArray[np.float32]) -> float:
    """The level of the 20 ms frames within 25 dB of the loudest."""
    frames = sound[: len(sound) // 320 * 320].reshape(-1, 320).astype(np.float64)
    power = np.mean(frames**2, axis=1)
    return float(10 * np.log10(power[power > power.max() / 10**2.5].mean()))


@pytest.mark.parametrize("name", ["arrest", "heated_traffic_stop", PARTY, "shouted_commands"])
def test_a_repeated_order_is_the_third_or_later_within_thirty_seconds(name: str):
    values = gold(name)
    [(last, repeated)] = marks(values, "repeated_order")
    orders = [
        one
        for one, order in marks(values, "order")
        if one["speaker"] == last["speaker"] and order["quote"].lower().startswith(repeated["quote"].lower())
    ]
    within = [one for one in orders if last["end"] - 30 < one["end"] <= last["end"]]
    assert len(within) >= repeated["details"]["times"] >= 3
    assert repeated["structure"]


def test_an_order_is_shouted_six_times_and_a_complaint_made_five_times_each_in_a_quarter_of_a_minute():
    values = gold("shouted_commands")
    for behaviour, words, times in (("order", "drop the knife", 6), ("medical_complaint", "i can't breathe", 5)):
        said = [one for one, mark in marks(values, behaviour) if mark["quote"].lower() == words]
        assert len(said) == times
        assert said[-1]["end"] - said[0]["start"] <= 15.5
    text = " ".join(one["text"].lower() for one in values["utterances"])
    assert (text.count("drop the knife"), text.count("i can't breathe")) == (6, 5)


def test_conflicting_orders_come_from_two_officers_within_five_seconds():
    values = gold("shouted_commands")
    [(later, mark)] = marks(values, "conflicting_orders")
    [earlier] = [one for one, order in marks(values, "order") if order["quote"] == mark["details"]["order"]]
    assert earlier["speaker"] == mark["details"]["of"] != later["speaker"]
    assert {earlier["role"], later["role"]} == {"officer", "other_officer"}
    assert 0 <= later["start"] - earlier["end"] <= 5


def test_an_interruption_overlaps_stops_the_other_and_goes_on():
    found = [(name, *pair) for name in ENCOUNTERS for pair in marks(gold(name), "interruption")]
    assert len(found) >= 6
    for name, breaking, mark in found:
        earlier = [one for one in gold(name)["utterances"] if one["start"] < breaking["start"]]
        broken = max(earlier, key=lambda one: one["start"])
        assert broken["speaker"] == mark["details"]["of"]
        assert 0.5 <= broken["end"] - breaking["start"] <= 1.0
        assert breaking["end"] - broken["end"] >= 1.0


def test_a_raised_voice_is_six_decibels_over_the_speakers_own_median():
    found = [(name, *pair) for name in ENCOUNTERS for pair in marks(gold(name), "raised_voice")]
    assert len(found) >= 8
    for name, shout, _ in found:
        own = [one for one in gold(name)["utterances"] if one["speaker"] == shout["speaker"]]
        sound = heard(name)
        levels = [decibels(sound[int(one["start"] * RATE) : int(one["end"] * RATE)]) for one in own]
        assert sum(one["end"] - one["start"] for one in own) >= 20
        assert levels[own.index(shout)] >= np.median(levels) + 6, (name, shout["text"])


def test_the_samples_show_most_of_the_codebook():
    shown = {mark["behaviour"] for name in ENCOUNTERS for one in gold(name)["utterances"] for mark in one["behaviours"]}
    assert len(shown) >= 48


def test_what_is_said_on_the_radio_shows_no_behaviour_towards_the_person():
    for name in ENCOUNTERS:
        for utterance in gold(name)["utterances"]:
            if utterance["role"] == "radio" or utterance["text"].startswith(("Dispatch,", "Unit ", "Central,")):
                assert not ASIDE & {mark["behaviour"] for mark in utterance["behaviours"]}
