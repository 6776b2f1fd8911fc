from __future__ import annotations

import pytest

from review import processors


def test_one_process_takes_every_core_it_may_use_and_no_other(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(processors.os, "sched_getaffinity", lambda process: {0, 1, 5}, raising=False)
    assert processors.cores() == 3
