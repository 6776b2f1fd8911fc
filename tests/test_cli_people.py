"""The commands about voices, as a person runs them."""

import json
from datetime import UTC, datetime

import pytest

from review.encounter import VoiceProfile
from review.store import open_store
from tests.test_cli import run


def test_a_wrong_role_is_put_right_for_the_whole_recording_as_a_new_revision(shelved):
    done = run(
        "correct", shelved.sha256[:8], "--speaker", "S2", "--role", "other_officer", "--by", "r1", db=shelved.database
    )
    assert done.returncode == 0, done.stderr
    assert "revision 2" in done.stderr
    shown = json.loads(run("show", shelved.sha256, "--json", db=shelved.database).stdout)
    assert {turn["role"] for turn in shown["turns"] if turn["speaker"] == "S2"} == {"other_officer"}
    assert {turn["role"] for turn in shown["turns"] if turn["speaker"] == "S1"} == {"officer"}
    assert any("S2 is other_officer, not civilian" in remark for remark in shown["provenance"]["remarks"])
    with open_store(shelved.database) as store:
        [kept] = store.corrections(shelved.sha256)
        assert (kept.was, kept.now, kept.reviewer) == ("civilian", "other_officer", "r1")
        assert store.encounter(shelved.sha256, revision=1) == shelved.encounter


def test_the_marks_follow_a_correction(shelved):
    run("correct", shelved.sha256, "--speaker", "S1", "--role", "civilian", db=shelved.database)
    with open_store(shelved.database) as store:
        flags = store.encounter(shelved.sha256).flags
    assert flags
    assert not [flag for flag in flags if flag.direction.value in ("deescalating", "escalating")]


def test_a_voice_split_in_two_is_joined(shelved):
    done = run("correct", shelved.sha256, "--speaker", "S2", "--same-as", "S1", db=shelved.database)
    assert done.returncode == 0
    with open_store(shelved.database) as store:
        assert {turn.speaker for turn in store.encounter(shelved.sha256).turns} == {"S1"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--role ROLE, or --same-as"),
        (("--role", "officer", "--same-as", "S1"), "--role ROLE, or --same-as"),
        (("--role", "suspect"), "suspect"),
        (("--role", "officer", "--end", "9"), "whole recording"),
        (("--same-as", "S1", "--start", "9", "--end", "3"), "must come after"),
    ],
)
def test_half_a_correction_is_refused_and_changes_nothing(shelved, arguments, words):
    done = run("correct", shelved.sha256, "--speaker", "S2", *arguments, db=shelved.database, NO_COLOR="1")
    assert done.returncode == 2
    assert words in done.stderr
    with open_store(shelved.database) as store:
        assert store.encounter(shelved.sha256).revision == 1


def test_an_unknown_speaker_is_named_with_those_there_are(shelved):
    done = run("correct", shelved.sha256, "--speaker", "S7", "--role", "officer", db=shelved.database)
    assert done.returncode == 2
    assert "S7" in done.stderr
    assert "S1, S2" in done.stderr


def test_no_voice_is_kept_without_a_written_consent(tmp_path, shelved):
    done = run(
        "voice", "add", "4711", shelved.media, "--consent", tmp_path / "none.pdf", cwd=tmp_path, db=shelved.database
    )
    assert done.returncode == 2
    assert "written consent" in done.stderr
    assert "no voice is known" in run("voice", "list", db=shelved.database).stderr


def test_a_recording_without_enough_speech_makes_no_voice_profile(tmp_path, shelved):
    consent = tmp_path / "consent.pdf"
    consent.write_bytes(b"signed")
    done = run("voice", "add", "4711", shelved.media, "--consent", consent, db=shelved.database)
    assert done.returncode == 2
    assert "speaks alone for at least 20 seconds" in done.stderr


def test_the_log_tells_whose_voice_was_forgotten(shelved):
    at = datetime(2026, 11, 1, tzinfo=UTC)
    with open_store(shelved.database) as store:
        store.add_voice_profile(VoiceProfile("4711", "consent.pdf", "aa" * 32, "bb" * 32, "cc" * 32, "r1", at, (1.0,)))
    assert run("voice", "delete", "4711", db=shelved.database).returncode == 0
    with open_store(shelved.database) as store, store.casebook() as book:
        [entry] = book.logged(action="delete_voice_profile")
    assert entry.details == {"officer": "4711"}
    assert entry.source.startswith("command line, ")


def test_forgetting_a_voice_that_is_not_known_says_so(shelved):
    done = run("voice", "delete", "4711", db=shelved.database)
    assert done.returncode == 2
    assert "4711 has no voice profile" in done.stderr
