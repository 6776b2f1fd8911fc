"""What `score` prints about recordings, with a pipeline that hears one and the same encounter in all of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from review.cli import scores
from review.encounter import Encounter, Provenance, Recording, Role, Span, SpeakerRole, Turn, Word

RATIOS = {"quiet": 23.4, "street": 14.7, "harbour": 12.0, "storm": 4.0, "unmeasured": None}
HELD_OUT = "quiet"


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gold in which one person speaks for ten seconds; heard is another voice for the last two, and a second more."""
    for name, snr_db in RATIOS.items():
        said = {"speaker": "officer_a", "role": "officer", "start": 0.0, "end": 10.0, "text": "Step out, please."}
        gold: dict[str, Any] = {"format": 1, "name": name, "media": f"{name}.wav", "held_out": name == HELD_OUT}
        gold |= {"utterances": [said]} | ({"snr_db": snr_db} if snr_db is not None else {})
        (tmp_path / f"{name}.gold.json").write_text(json.dumps(gold), encoding="utf-8")
    monkeypatch.setattr(scores.pipeline, "process", lambda path, settings, progress: heard(path.stem))
    return tmp_path


def heard(name: str) -> Encounter:
    first = Turn("S1", Span(1.0, 8.0), (Word("Step", Span(1, 2), 0.9), Word("out,", Span(2, 8), 0.9)))
    second = Turn("S2", Span(8.0, 11.0), (Word("please.", Span(8, 11), 0.9),))
    roles = tuple(SpeakerRole(speaker, Role.OFFICER, 0.9) for speaker in ("S1", "S2"))
    made = Provenance("test", datetime(2026, 1, 1, tzinfo=UTC))
    return Encounter(Recording("ab" * 32, f"{name}.wav", 12.0), "en", (first, second), roles, (), made)


def test_totals_are_given_by_noise_and_those_held_out_apart(recordings: Path, capsys: pytest.CaptureFixture[str]):
    scores.score([recordings], as_json=True)
    rows = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    bands = {name: row["words"]["errors"]["words"] for name, row in rows.items() if ", " in name}
    assert bands == {
        "tuning set, 10 to 20 dB": 6,
        "tuning set, under 10 dB": 3,
        "tuning set, noise unknown": 3,
        "held out, 20 dB and more": 3,
    }
    assert rows["tuning set, 10 to 20 dB"]["noise"] == "10 to 20 dB"
    assert rows["held out, 20 dB and more"]["held_out"]
    assert (rows["street"]["snr_db"], rows["street"]["noise"]) == (14.7, "10 to 20 dB")
    assert (rows["unmeasured"]["snr_db"], rows["unmeasured"]["noise"]) == (None, "noise unknown")
    assert rows["tuning set"]["noise"] is None


def test_the_table_has_a_row_for_each_band_of_noise(recordings: Path, capsys: pytest.CaptureFixture[str]):
    scores.score([recordings])
    table = capsys.readouterr().out.partition("Voices:")[0]
    assert all(name in table for name in ("tuning set, 10 to 20 dB", "held out, 20 dB and more *"))


def test_der_is_printed_with_what_was_missed_what_nobody_said_and_what_was_confused(
    recordings: Path, capsys: pytest.CaptureFixture[str]
):
    scores.score([recordings / "storm.gold.json"])
    table = capsys.readouterr().out.partition("Voices: DER and its parts")[2]
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in table.splitlines() if "storm" in line]
    # Of ten seconds the first is missed, the last two are another's, and one more is heard after the end.
    assert ["storm", "0.00", "10.0", "40.0", "10.0", "10.0", "20.0"] in rows
    assert [row[1] for row in rows] == ["0.25", "0.00"]
