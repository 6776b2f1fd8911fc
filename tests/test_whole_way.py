"""The real command on real sound through the real models: half a minute of an acted traffic stop."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jiwer
import pytest

from review import media, scoring
from review.encounter import Span
from review.store import open_store

SAMPLES = Path(__file__).parents[1] / "samples"
CUT = Span(12.0, 44.0)  # seconds: greeting, reason, answer, order, request and answer


@pytest.fixture(scope="module")
def gold():
    whole = scoring.read_gold(SAMPLES / "calm_traffic_stop.gold.json")
    return [said for said in whole.utterances if CUT.start < said.span.start and said.span.end < CUT.end]


@pytest.fixture(scope="module")
def processed(tmp_path_factory):
    room = tmp_path_factory.mktemp("whole-way")
    (room / "stop.wav").write_bytes(media.clip(SAMPLES / "calm_traffic_stop.m4a", CUT))
    # No ffmpeg and no network: PyAV decodes, and the models are in packages.
    alone = {**os.environ, "PATH": "/nonexistent", "HF_HUB_OFFLINE": "1", "HTTPS_PROXY": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "review", "process", "stop.wav", "--out", "-", "--db", "here.db"]
    runs = [subprocess.run(command, cwd=room, capture_output=True, text=True, timeout=300, env=alone) for _ in range(2)]
    return room, runs


def test_whisper_hears_what_was_said(processed, gold):
    _, [first, _] = processed
    assert first.returncode == 0
    heard = " ".join(turn["text"] for turn in json.loads(first.stdout)["turns"])
    said = " ".join(utterance.text for utterance in gold)
    errors = jiwer.wer(" ".join(scoring.normal(said)), " ".join(scoring.normal(heard)))
    assert errors < 0.25, heard


def test_the_two_voices_are_told_apart_and_the_officer_is_known(processed, gold):
    _, [first, _] = processed
    turns = json.loads(first.stdout)["turns"]
    for utterance in gold:
        middle = utterance.span.middle - CUT.start
        [turn] = [turn for turn in turns if turn["start"] <= middle < turn["end"]]
        assert turn["role"] == utterance.role


def test_words_stand_where_they_are_heard(processed, gold):
    _, [first, _] = processed
    words = [word for turn in json.loads(first.stdout)["turns"] for word in turn["words"]]
    for text, utterance in (("reason", gold[2]), ("license", gold[4])):
        word = next(word for word in words if text in word["text"].lower())
        assert utterance.span.start <= word["start"] + CUT.start <= word["end"] + CUT.start <= utterance.span.end + 0.3


def test_the_moments_are_marked_with_their_evidence(processed):
    _, [first, _] = processed
    encounter = json.loads(first.stdout)
    flags = {flag["behaviour"]: flag for flag in encounter["flags"]}
    assert {"introduction", "reason_for_stop", "reassurance", "order", "asks_why"} <= flags.keys()
    words = [word["text"] for turn in encounter["turns"] for word in turn["words"]]
    for flag in encounter["flags"]:
        assert flag["quote"] == " ".join(words[flag["first"] : flag["last"] + 1])
        assert flag["source"].startswith(("rule:", "model:"))
        assert 0 < flag["confidence"] <= 1
    assert encounter["timeline"]["directions"]["deescalating"]["verified"] == 0


def test_the_same_recording_is_not_processed_twice(processed):
    room, [first, second] = processed
    assert second.returncode == 0
    assert "known already" in second.stderr
    assert json.loads(second.stdout) == json.loads(first.stdout)
    with open_store(room / "here.db") as store:
        assert store.count() == 1
