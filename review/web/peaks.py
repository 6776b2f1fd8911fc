"""The route of a recording's waveform; outlines are made at the first request and kept beside the playable copies."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from review.access import Action
from review.errors import OutputError, ReviewError
from review.peaks import PER_SECOND, make_peaks
from review.store import database_url
from review.web.asking import Refusal, desk_of, sha256_of
from review.web.shelf import Shelf, proxy_folder

COME_BACK = 2  # seconds until a player looks again
WAIT_SECONDS = 5.0  # for an outline; that of a few minutes is ready by then
RATE_HEADER = "x-peaks-per-second"
_MISSING = "The original recording is no longer where it was, so its waveform cannot be drawn."
_BEING_MADE = "The waveform is being drawn; it will be here by itself."


class Outlines:
    """Makes outlines one at a time, in the background, and remembers what went wrong until the server starts anew."""

    def __init__(self, *, wait: float | None = None) -> None:
        """Start with none; `wait` so many seconds for one, else WAIT_SECONDS."""
        self._wait = WAIT_SECONDS if wait is None else wait
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._made: dict[str, Future[Path]] = {}

    def of(self, sha256: str, original: Path) -> Path | None:
        """The file with the outline of `original`; None while it is being made. Raises what went wrong with it."""
        kept = proxy_folder(database_url()) / f"{sha256}.peaks"
        if kept.is_file():
            return kept
        with self._lock:
            known = self._made.get(sha256)
            if known is not None and known.done() and known.exception() is None:
                known = None  # it was deleted since, which is allowed at any time
            made = known or Future()
            self._made[sha256] = made
        if known is None:
            threading.Thread(target=self._make, args=(made, original, kept), daemon=True).start()
        try:
            return made.result(timeout=self._wait)
        except TimeoutError:
            return None

    def _make(self, made: Future[Path], original: Path, to: Path) -> None:
        try:
            with self._one_at_a_time:
                to.parent.mkdir(exist_ok=True)
                made.set_result(make_peaks(original, to))
        except ReviewError as error:
            made.set_exception(error)
        except OSError as error:
            made.set_exception(OutputError(f"{to.parent} cannot be written ({error.strerror}); free some space"))


def routes(shelf: Shelf, *, outlines: Outlines | None = None) -> list[Route]:
    """The route of the waveform, served from `shelf`; it stands before the one that answers everything under /api."""
    kept = outlines or Outlines()

    def peaks(request: Request) -> Response:
        sha256, at = sha256_of(request), desk_of(shelf, request)
        at.require(Action.PLAY, sha256)
        original = at.store.media(sha256)
        if original is None:
            raise Refusal(404, _MISSING)
        path = kept.of(sha256, original)
        if path is None:
            raise Refusal(503, _BEING_MADE, retry_after=COME_BACK)
        # no-store: as the recording itself, it is not to be left in the browser's cache on a shared computer.
        headers = {"cache-control": "no-store", RATE_HEADER: str(PER_SECOND)}
        return FileResponse(path, media_type="application/octet-stream", headers=headers)

    return [Route("/api/recordings/{sha256}/peaks", peaks, methods=["GET"])]
