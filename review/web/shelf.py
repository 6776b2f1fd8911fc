"""What the routes serve from: the store, and for each recording a file that a browser can play."""

from __future__ import annotations

import threading
from pathlib import Path

from review.errors import ReviewError
from review.proxy import make_proxy, playable
from review.store import Store, database_url, open_store

PROXY_FOLDER = "bodycam-review-media"  # beside the database: copies for playing, which may be deleted at any time
SQLITE = "sqlite:///"


class Shelf:
    """Holds one open store, the one that the environment names when first asked, and the playable copies."""

    def __init__(self) -> None:
        """Start with nothing open, so that a bad database is told in an answer and does not stop the server."""
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._store: Store | None = None
        self._playing: dict[str, Path | ReviewError | None] = {}  # None: a copy is being made

    def store(self) -> Store:
        """The open store; raises StoreUnavailable."""
        with self._lock:
            if self._store is None:
                self._store = open_store(database_url())
            return self._store

    def playing(self, sha256: str, original: Path) -> Path | None:
        """The file to play: the original if a browser can, else its copy; None while that is being made.

        Raises what went wrong with the copy, again at each call until the server is started anew.
        """
        with self._lock:
            known = sha256 in self._playing
            found = self._playing.get(sha256)
            if not known:
                self._playing[sha256] = None
        if not known:
            found = self._decide(sha256, original)
        if isinstance(found, ReviewError):
            raise found
        return found

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    def _decide(self, sha256: str, original: Path) -> Path | ReviewError | None:
        copy = proxy_folder(database_url()) / f"{sha256}.mp4"
        try:
            found = copy if copy.is_file() else original if playable(original) else None
        except ReviewError as error:
            return self._settle(sha256, error)
        if found is None:
            # A daemon: stopping the program does not wait for an hour of video; the next start makes it again.
            threading.Thread(target=self._make, args=(sha256, original, copy), daemon=True).start()
            return None
        return self._settle(sha256, found)

    def _make(self, sha256: str, original: Path, copy: Path) -> None:
        with self._one_at_a_time:
            try:
                copy.parent.mkdir(exist_ok=True)
                self._settle(sha256, make_proxy(original, copy))
            except ReviewError as error:
                self._settle(sha256, error)
            except OSError as error:
                self._settle(sha256, ReviewError(f"{copy.parent} cannot be written: {error.strerror}"))

    def _settle(self, sha256: str, found: Path | ReviewError) -> Path | ReviewError:
        with self._lock:
            self._playing[sha256] = found
        return found


def proxy_folder(url: str) -> Path:
    """The folder of playable copies for the store at `url`.

    >>> str(proxy_folder("sqlite:////cases/review.db"))
    '/cases/bodycam-review-media'
    """
    beside = Path(url.removeprefix(SQLITE)).parent if url.startswith(SQLITE) else Path.cwd()
    return beside / PROXY_FOLDER
