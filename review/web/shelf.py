"""What the routes serve from: the store, opened at the first request, closed with the server."""

from __future__ import annotations

import threading

from review.store import Store, database_url, open_store


class Shelf:
    """Holds one open store; the one that the environment names when it is first asked for."""

    def __init__(self) -> None:
        """Start with nothing open, so that a bad database is told in an answer and does not stop the server."""
        self._lock = threading.Lock()
        self._store: Store | None = None

    def store(self) -> Store:
        """The open store; raises StoreUnavailable."""
        with self._lock:
            if self._store is None:
                self._store = open_store(database_url())
            return self._store

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None
