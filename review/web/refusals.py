"""What the gate refused, in the audit log: each kind from each place once at first, then how often it came again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from review.errors import ReviewError
from review.screens.viewer import Identity
from review.store import AuditEntry, Store
from review.web.allowance import Allowance

SAME_AGAIN = 600.0  # seconds in which the same refusal to the same place is only counted
MOST_A_MINUTE = 60  # entries altogether; a flood from many places is counted, too
KEPT_KINDS = 5000
MAX_PATH = 200  # characters

_log = logging.getLogger(__name__)


class Refusals:
    """Writes to the log on a thread of its own, so that no request waits for it."""

    def __init__(self, store: Callable[[], Store], *, clock: Callable[[], float] = time.monotonic) -> None:
        """Take where the store is to be had."""
        self._store = store
        self._each = Allowance(1, SAME_AGAIN, clock=clock)
        self._all = Allowance(MOST_A_MINUTE, 60.0, clock=clock)
        self._lock = threading.Lock()
        self._untold: dict[tuple[str, str, str], int] = {}
        self._dropped = 0
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="refusals")

    def note(self, why: str, *, path: str, source: str, who: Identity | None = None) -> None:
        """Log that a request for `path` was refused, or count it when that was logged just now."""
        kind = (why, source, who.user if who else "")
        with self._lock:
            if not self._each.spend(kind):
                self._untold[kind] = self._untold.get(kind, 0) + 1
                while len(self._untold) > KEPT_KINDS:
                    self._dropped += self._untold.pop(next(iter(self._untold)))
                return
            if not self._all.spend(""):
                self._dropped += 1
                return
            again, dropped = self._untold.pop(kind, 0), self._dropped
            self._dropped = 0
        details = {"why": why, "path": path[:MAX_PATH], **_counted("same_before", again), **_counted("others", dropped)}
        entry = AuditEntry(
            datetime.now(UTC),
            who.user if who else "",
            who.role if who else "",
            "request",
            outcome="refused",
            source=source,
            details=details,
        )
        self._writer.submit(self._write, entry)

    def close(self) -> None:
        """Wait until all is written."""
        self._writer.shutdown()

    def _write(self, entry: AuditEntry) -> None:
        try:
            with self._store().casebook(write=True) as book:
                book.log(entry)
        except ReviewError as error:
            _log.warning("a refusal could not be logged: %s", error)


def _counted(name: str, count: int) -> dict[str, int]:
    return {name: count} if count else {}
