"""`make bench` makes its tables again whole: no row is lost because a default or a machine is smaller."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks import speakers, speech


def peer(engine: str, took: float) -> dict[str, Any]:
    return {"engine": engine, "seconds_of_sound": 200, "took": took, "real_time": 0.1, "wer": 5.0, "peak_mb": 700}


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Measures peers with made-up figures, after an earlier run with others, and gives the page."""
    monkeypatch.setattr(speech, "RESULT", tmp_path / "speech.json")

    def run(rows: Sequence[dict[str, Any]], *, earlier: Sequence[dict[str, Any]]) -> str:
        before = {"peers": {"at": "2026-01-02", "rows": list(earlier)}} if earlier else {}
        speech.RESULT.write_text(json.dumps(before))
        monkeypatch.setitem(speech.PARTS, "peers", lambda: rows)
        speech.measure(["peers"])
        return speech.RESULT.with_suffix(".md").read_text(encoding="utf-8")

    return run


def test_time_and_memory_of_voices_are_measured_up_to_two_hours(monkeypatch: pytest.MonkeyPatch):
    asked: list[float] = []
    monkeypatch.setattr(speakers, "written", lambda *parts: None)
    monkeypatch.setattr(speakers, "cases", lambda *, hour: [])
    monkeypatch.setattr(speakers, "curve", lambda lengths: asked.extend(lengths) or [])
    speakers.measure()
    assert asked == [5, 30, 120]


def test_a_peer_that_is_not_installed_keeps_its_row_with_its_date(measured: Callable[..., str]):
    page = measured([peer("ours", 20.0), peer("slow", 100.0)], earlier=[peer("whisperX", 25.0), peer("ours", 99.0)])
    [kept] = [line for line in page.splitlines() if "whisperX" in line]
    assert kept == "| whisperX, on 2026-01-02 | 200 | 25.0 | 0.1 |  | 5.0 | 700 |"
    [ours] = [line for line in page.splitlines() if line.startswith("| ours")]
    assert ours == "| ours | 200 | 20.0 | 0.1 | 5.0 | 5.0 | 700 |", "what ran again is of this run"


def test_a_kept_row_keeps_its_first_date_however_often_it_is_kept(measured: Callable[..., str]):
    page = measured([peer("ours", 20.0)], earlier=[{**peer("whisperX", 25.0), "at": "2025-12-31"}])
    assert "whisperX, on 2025-12-31" in page


def test_a_peer_that_runs_again_loses_its_old_row(measured: Callable[..., str]):
    page = measured([peer("whisperX", 30.0)], earlier=[{**peer("whisperX", 25.0), "at": "2025-12-31"}])
    assert "| whisperX | 200 | 30.0 |" in page
    assert "2025-12-31" not in page


def test_a_first_run_keeps_nothing(measured: Callable[..., str]):
    assert "| ours | 200 | 20.0 |" in measured([peer("ours", 20.0)], earlier=[])
