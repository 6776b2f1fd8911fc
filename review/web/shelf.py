"""What the routes serve from: the store, and for each recording a file that a browser can play."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path

from review.desk import Desk, Encounters
from review.errors import OutputError, ReviewError
from review.proxy import make_proxy, playable
from review.screens.viewer import Identity
from review.store import Store, database_url, open_store

PROXY_FOLDER = "bodycam-review-media"  # beside the database: copies for playing, which may be deleted at any time
WAIT_SECONDS = 10.0  # for a copy; a short recording's is ready by then and the person notices nothing
SQLITE = "sqlite:///"


class Shelf:
    """Holds one open store, the one that the environment names when first asked, and the playable copies."""

    def __init__(self, *, wait: float = WAIT_SECONDS) -> None:
        """Start with nothing open, so that a bad database is told in an answer and does not stop the server."""
        self._wait = wait
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._store: Store | None = None
        self._encounters = Encounters()
        self._playing: dict[str, Future[Path]] = {}

    def store(self) -> Store:
        """The open store; raises StoreUnavailable."""
        with self._lock:
            if self._store is None:
                self._store = open_store(database_url())
            return self._store

    def desk(self, who: Identity, *, source: str = "") -> Desk:
        """What this person may do, from this address; raises Refused for an account that is no more."""
        return Desk.of(self.store(), who.user, session=who.session, source=source, encounters=self._encounters)

    def playing(self, sha256: str, original: Path) -> Path | None:
        """The file to play: the original if a browser can, else its copy; None while that is still being made.

        Raises what went wrong with the copy, again at each call until the server is started anew.
        """
        with self._lock:
            known = self._playing.get(sha256)
            found = self._playing.setdefault(sha256, Future())
        if known is None:
            # A daemon: stopping the program does not wait for an hour of video; the next start makes it again.
            threading.Thread(target=self._find, args=(found, sha256, original), daemon=True).start()
        try:
            return found.result(timeout=self._wait)
        except TimeoutError:
            return None

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    def _find(self, found: Future[Path], sha256: str, original: Path) -> None:
        copy = proxy_folder(database_url()) / f"{sha256}.mp4"
        try:
            found.set_result(copy if copy.is_file() else original if playable(original) else self._make(original, copy))
        except ReviewError as error:
            found.set_exception(error)
        except OSError as error:
            found.set_exception(OutputError(f"{copy.parent} cannot be written ({error.strerror}); free some space"))

    def _make(self, original: Path, copy: Path) -> Path:
        with self._one_at_a_time:
            copy.parent.mkdir(exist_ok=True)
            return make_proxy(original, copy)


def proxy_folder(url: str) -> Path:
    """The folder of playable copies for the store at `url`.

    >>> str(proxy_folder("sqlite:////cases/review.db"))
    '/cases/bodycam-review-media'
    """
    beside = Path(url.removeprefix(SQLITE)).parent if url.startswith(SQLITE) else Path.cwd()
    return beside / PROXY_FOLDER
