"""Encounters read once: reading an hour's words from the store takes longer than a page should."""

from __future__ import annotations

import threading
from collections import OrderedDict

from review.encounter import Encounter
from review.store import Store

KEPT = 32  # encounters of an hour are about 20 MB each


class Encounters:
    """The encounters read last; always the latest revision, since another one is another entry."""

    def __init__(self, *, kept: int = KEPT) -> None:
        """Start with none; keep at most so many."""
        self._kept = kept
        self._lock = threading.Lock()
        self._read: OrderedDict[tuple[str, int], Encounter] = OrderedDict()

    def latest(self, store: Store, sha256: str) -> Encounter:
        """The latest revision of this recording's encounter; raises UnknownRecording."""
        key = (sha256, store.latest_revision(sha256))
        with self._lock:
            found = self._read.get(key)
            if found is not None:
                self._read.move_to_end(key)
                return found
        found = store.encounter(sha256, revision=key[1])
        with self._lock:
            self._read[key] = found
            while len(self._read) > self._kept:
                self._read.popitem(last=False)
        return found
