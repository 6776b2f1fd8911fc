"""`make bench` makes its tables again whole: no row is lost because a default or a machine is smaller."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks import accuracy, footprint, number_formats, speakers, speech


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


def swept(name: str, **at: tuple[float, int]) -> speakers.Sweep:
    """The same at every threshold, but for those named: `at_0_25=(18.2, 3)`."""
    other = {float(place.removeprefix("at_").replace("_", ".")): found for place, found in at.items()}
    return speakers.Sweep(name, 2, tuple(other.get(threshold, (0.1, 2)) for threshold in speakers.THRESHOLDS))


def test_an_edge_is_told_by_the_recordings_that_change_beside_the_threshold_in_use():
    sweeps = [swept("two", at_0_2=(37.8, 4), at_0_25=(18.2, 3)), swept("steady"), swept("far off", at_0_1=(9.0, 1))]
    assert speakers.edge(sweeps, 0.3) == (
        "0.3 lies at an edge for 1 of 3: these change from it to 0.25 or 0.35.\n\n"
        "- two: 18.2 % (3 found) at 0.25, 0.1 % (2 found) at 0.3, 0.1 % (2 found) at 0.35\n"
    )


def test_where_only_the_number_of_people_changes_that_is_an_edge_too():
    assert "- four: " in speakers.edge([swept("four", at_0_35=(0.1, 3))], 0.3)


def test_no_edge_is_told_where_nothing_changes():
    assert speakers.edge([swept("steady")], 0.3) == "No recording changes from 0.3 to 0.25 or 0.35.\n"


def test_the_first_threshold_has_one_neighbour():
    assert "change from it to 0.15." in speakers.edge([swept("four", at_0_1=(9.0, 1))], 0.1)


def test_the_page_of_voices_has_the_sweep_and_its_edges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(speakers, "RESULT", tmp_path / "speakers.md")
    speakers.written([], [swept("two", at_0_25=(18.2, 3))], [])
    page = speakers.RESULT.read_text(encoding="utf-8")
    assert "| two | 2 | 0.1 (2) | 0.1 (2) | 0.1 (2) | 18.2 (3) | 0.1 (2) |" in page
    assert "- two: 18.2 % (3 found) at 0.25" in page


def test_before_anything_is_swept_nothing_is_said_of_edges():
    assert speakers.edge([], 0.3) == ""


def test_pages_say_on_which_day_they_were_measured():
    for head in (accuracy.HEAD, number_formats.HEAD):
        assert "\nMeasured 2026-01-02.\n" in head.format(day="2026-01-02")


def test_a_row_of_time_and_memory_says_its_day_and_whether_torch_was_there():
    one = {"wall": 60.0, "processor": 50.0, "peak": 800, "words": 7, "speakers": 2, "torch": False, "at": "2026-01-02"}
    assert footprint._row("5", one) == ("5", "60", "0.200", "50", 800, 7, 2, "no", "2026-01-02")
    assert len(footprint._row("5", one)) == len(footprint.COLUMNS)


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
