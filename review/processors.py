"""How much of this machine the program may use."""

from __future__ import annotations

import os


def cores() -> int:
    """The processor cores that this process may use, which a container or a scheduler can make fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(asked: int | None = None) -> int:
    """How many processes work at the same time: as many as are asked for, by default and at most one for each core."""
    return min(asked or cores(), cores())
