"""How often something may happen from one place, counted in memory, so that a flood costs nothing that lasts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable

MOST_KEYS = 5000


class Allowance:
    """So many times within so many seconds for each key; the oldest keys are forgotten when there are too many."""

    def __init__(self, times: int, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow `times` in each stretch of `seconds`."""
        self._times, self._seconds, self._clock = times, seconds, clock
        self._lock = threading.Lock()
        self._since: dict[Hashable, tuple[float, int]] = {}

    def left(self, key: Hashable) -> bool:
        """Whether it may happen once more."""
        began, count = self._since.get(key, (0.0, 0))
        return count < self._times or self._clock() - began >= self._seconds

    def spend(self, key: Hashable) -> bool:
        """Note that it happens; False when that is once too often."""
        with self._lock:
            now = self._clock()
            began, count = self._since.pop(key, (now, 0))
            if now - began >= self._seconds:
                began, count = now, 0
            self._since[key] = (began, count + 1)
            while len(self._since) > MOST_KEYS:
                self._since.pop(next(iter(self._since)))
            return count < self._times
