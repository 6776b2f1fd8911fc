"""The real command, as a person runs it: stdout, stderr and exit codes."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from review.encounter import Answer, Verdict
from tests.running import run

COMMANDS = ("demo", "process", "batch", "tag", "export", "search", "list", "show", "score", "models", "app", "retag")
TEN_LINES = """\
{"speaker": "A", "role": "officer", "text": "Good evening, ma'am. I'm Officer Reyes with the Metro police.", "end": 3}
{"speaker": "A", "role": "officer", "text": "The reason I stopped you is your tail light."}
{"speaker": "B", "role": "civilian", "text": "Am I being detained?"}
{"speaker": "A", "role": "officer", "text": "You're not in trouble. Take your time."}
this line is no JSON
{"speaker": "A", "role": "officer", "text": "I'm not going to tase you."}
{"speaker": "B", "role": "civilian", "text": "I can't breathe."}
{"speaker": "A", "role": "officer", "text": "Shut up. Get on the ground!"}
{"text": "Step out of the car."}
{"speaker": "A", "role": "officer", "text": ""}
"""


def test_every_command_explains_itself_with_an_example():
    shown = run("--help").stdout
    assert all(command in shown for command in COMMANDS)
    for command in COMMANDS:
        assert "Example" in run(command, "--help", COLUMNS="120").stdout


def test_ten_lines_are_tagged_and_the_bad_one_is_named(tmp_path):
    done = run("tag", "-", "--format", "jsonl", stdin=TEN_LINES, cwd=tmp_path)
    assert done.returncode == 1
    assert "line 5" in done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 9
    for answer in answers:
        for flag in answer["flags"]:
            assert answer["text"][flag["start_char"] : flag["end_char"]] == flag["quote"]
    found = [{flag["behaviour"] for flag in answer["flags"]} for answer in answers]
    assert {"introduction", "courtesy"} <= found[0]
    assert "reason_for_stop" in found[1]
    assert "asks_why" in found[2]
    assert {"reassurance", "time_and_space"} <= found[3]
    assert "reassurance" in found[4]
    assert "threat_of_harm" not in found[4]
    assert "medical_complaint" in found[5]
    assert {"dismissal", "order"} <= found[6]
    assert [flag["status"] for flag in answers[7]["flags"]] == ["unsure"]
    assert answers[7]["role"] == "unknown"
    assert found[8] == set()
    assert not list(tmp_path.iterdir())  # tagging a text makes no store


def test_a_subtitle_file_is_tagged(tmp_path):
    path = tmp_path / "stop.vtt"
    path.write_text("WEBVTT\n\n00:01.000 --> 00:02.500\n<v Officer>Take your time, okay?\n")
    done = run("tag", path, "--format", "vtt")
    assert done.returncode == 0
    assert json.loads(done.stdout)["flags"][0]["behaviour"] == "time_and_space"


def test_a_transcript_that_is_missing_is_named(tmp_path):
    done = run("tag", tmp_path / "none.jsonl")
    assert done.returncode == 1
    assert "none.jsonl" in done.stderr


def test_the_library_is_listed_shown_searched_and_exported(shelved, tmp_path):
    said = Verdict(
        "c:1", shelved.sha256, "flag-1", Answer.AGREE, "reviewer-1", "supervisor", datetime(2026, 1, 1, tzinfo=UTC)
    )
    from review.store import open_store

    with open_store(shelved.database) as store:
        store.record([said])
    [entry] = map(json.loads, run("list", "--json", db=shelved.database).stdout.splitlines())
    assert entry["sha256"] == shelved.sha256
    assert entry["counts"]["deescalating"] == {"marked": 2, "unsure": 0, "verified": 1}
    assert "stop_at_night.wav" in run("list", db=shelved.database).stdout

    shown = json.loads(run("show", shelved.sha256[:8], "--json", db=shelved.database).stdout)
    assert [flag["standing"] for flag in shown["flags"]][:2] == ["verified", "unverified"]
    table = run("show", shelved.sha256[:8], "--db", shelved.database).stdout
    assert "ultimatum" in table
    assert "far from the camera" in table

    [hit] = map(json.loads, run("search", "tail light", "--json", db=shelved.database).stdout.splitlines())
    assert hit["start"] == 1.0
    assert "nobody is heard" in run("search", "helicopter", db=shelved.database).stderr

    out = tmp_path / "stop.md"
    done = run("export", shelved.sha256, "--format", "md", "--out", out, db=shelved.database)
    assert done.returncode == 0
    assert "| 0:03 | reason_for_stop |" in out.read_text()
    assert run("export", shelved.sha256, "--format", "vtt", db=shelved.database).stdout.startswith("WEBVTT")


def test_an_empty_store_says_what_to_do(tmp_path):
    done = run("list", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "bodycam-review process" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("show", "abc"), 1, "no recording has an id"),
        (("show", "nonsense!"), 2, "no recording id"),
        (("export", "abc", "--format", "exe"), 2, "exe"),
        (("process",), 2, "PATH"),
        (("batch", "no-such-folder"), 1, "no-such-folder"),
        (("process", "x.wav", "--workers", "0"), 2, "workers"),
        (("process", "x.wav", "--db", "nosuch://x"), 2, "nosuch"),
        (("score", "none.gold.json"), 1, "none.gold.json"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_wrong_use_and_what_is_missing_is_told_apart(tmp_path, arguments, code, words):
    done = run(*arguments, cwd=tmp_path, NO_COLOR="1")
    assert done.returncode == code
    assert words in done.stderr
    assert done.stdout == ""


def test_an_export_to_a_folder_that_is_missing_is_told(shelved, tmp_path):
    out = tmp_path / "nowhere" / "x.csv"
    done = run("export", shelved.sha256, "--format", "csv", "--out", out, db=shelved.database)
    assert done.returncode == 1
    assert str(out) in done.stderr


def test_models_are_listed_with_cards_and_checked():
    cards = [json.loads(line) for line in run("models", "--json").stdout.splitlines()]
    assert {"whisper-base", "pyannote-segmentation-3.0"} <= {card["name"] for card in cards}
    assert all(card["licence"] and card["source"] and card["known_failures"] for card in cards)
    assert run("models", "verify").returncode == 0


def test_a_pipe_that_closes_early_is_no_error(shelved):
    command = f"{sys.executable} -m review export {shelved.sha256} --format json --db {shelved.database} | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, cwd=Path.cwd())
    assert "Traceback" not in done.stderr
