"""How much of this machine a process may use."""

from __future__ import annotations

import os


def cores() -> int:
    """The processor cores that this process may use, which a container or a scheduler can make fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
