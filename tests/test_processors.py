"""No more of the machine is used than a process may: neither by one with threads nor by several."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
import typer

from review import processors
from review.cli import processing
from review.cli.options import chosen_settings
from tests.running import run


@pytest.fixture
def three_cores_of_64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors.os, "sched_getaffinity", lambda process: {0, 1, 5}, raising=False)
    monkeypatch.setattr(processors.os, "cpu_count", lambda: 64)


@pytest.mark.usefixtures("three_cores_of_64")
def test_one_process_takes_every_core_it_may_use_and_no_other():
    assert processors.cores() == 3


@pytest.mark.usefixtures("three_cores_of_64")
@pytest.mark.parametrize(("asked", "given"), [(None, 3), (1, 1), (2, 2), (3, 3), (4, 3), (64, 3)])
def test_as_many_processes_work_as_are_asked_for_but_never_more_than_there_are_cores(asked: int | None, given: int):
    assert processors.processes(asked) == given


@pytest.mark.parametrize("cores", [1, 2, 3, 8])
@pytest.mark.parametrize("asked", [None, 1, 2, 5, 64])
def test_the_threads_of_all_workers_together_never_exceed_the_cores(
    cores: int, asked: int | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(processors.os, "sched_getaffinity", lambda process: set(range(cores)), raising=False)
    workers = processors.processes(asked)
    settings = chosen_settings("faster-whisper", "base", language=None, offline=True, workers=workers)
    for threads in (settings.speech.threads, settings.speakers.threads):
        assert workers * (threads or processors.cores()) <= cores


def test_a_worker_of_a_cluster_has_one_thread_whatever_this_machine_has():
    settings = chosen_settings("faster-whisper", "base", language=None, offline=True, workers=1, cluster=True)
    assert (settings.speech.threads, settings.speakers.threads) == (1, 1)


@pytest.mark.usefixtures("three_cores_of_64")
def test_a_batch_starts_one_process_for_each_core_it_may_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    started: list[int] = []
    monkeypatch.setattr(processing, "_executor", lambda workers, dask: started.append(workers) or nullcontext())
    with pytest.raises(typer.Exit):
        processing.batch(tmp_path, db=f"{tmp_path}/store.db")
    assert started == [3]


def test_who_asks_for_more_workers_than_cores_is_told_how_many_work(tmp_path: Path):
    done = run("batch", tmp_path, "--workers", "999", cwd=tmp_path)
    assert done.returncode == 0
    assert f"{processors.cores()} at the same time, not 999" in done.stderr
