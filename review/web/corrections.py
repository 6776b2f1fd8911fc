"""The routes of corrections: send some, see what was corrected, see an earlier revision's words."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from review import behaviours, revisions
from review.access import Action
from review.corrections import last, taken_back
from review.desk import corrections
from review.encounter import Correction, Encounter
from review.errors import StageFailed
from review.pipeline import Settings
from review.screens import player_data
from review.web.asking import Refusal, desk_of, each, operations_of, sha256_of
from review.web.shelf import Shelf

RECORDING = "/api/recordings/{sha256}"


class Marking:
    """Marks encounters anew in a process of its own, so that nobody's page waits for the models."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None

    def __call__(
        self,
        encounter: Encounter,
        made: Sequence[Correction],
        settings: Settings,
        *,
        back_to: Encounter | None = None,
    ) -> Encounter:
        """The next revision; raises WrongUse, and StageFailed when the process was killed."""
        try:
            marked = self._running().submit(revisions.corrected, encounter, list(made), settings, back_to=back_to)
            return marked.result()
        except BrokenProcessPool as error:
            self.close()
            raise StageFailed("marking anew was broken off; nothing was changed, send it again") from error

    def warm(self) -> None:
        """Load the models in advance, since somebody is here who may correct; returns at once."""
        with self._lock:
            cold = self._pool is None
        if cold:
            self._running().submit(behaviours.warm)

    def close(self) -> None:
        """Let the process go, whatever it is doing; the next correction starts another."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in multiprocessing.active_children():
                child.terminate()

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                # Not a fork: the server has threads, and a copy of their locks would never be freed.
                self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
            return self._pool


def routes(shelf: Shelf, marking: Marking) -> list[Route]:
    """The routes, which mark anew with `marking`."""

    async def correct(request: Request) -> Response:
        operations = await operations_of(request)
        sha256, at = sha256_of(request), desk_of(shelf, request)

        def work() -> Response:
            at.require(Action.CORRECT, sha256)  # also to send nothing: the answer tells which revision holds
            done, refused = each(operations, lambda one: corrections.correct(at, sha256, one, make=marking))
            revision = at.store.latest_revision(sha256)
            return JSONResponse({"acknowledged": done, "refused": refused, "revision": revision})

        return await run_in_threadpool(work)

    def made(request: Request) -> Response:
        steps = corrections.made_so_far(desk_of(shelf, request), sha256_of(request))
        gone, holds = taken_back(steps), last(steps)
        rows = [
            {**_row(one), "revision": step.revision, "holds": step.revision not in gone}
            for step in steps
            for one in step.made
        ]
        told = {"corrections": rows, "last": holds.revision if holds else None}
        return JSONResponse(told, headers={"cache-control": "no-store"})

    def revision(request: Request) -> Response:
        number = request.path_params["number"]
        if number < 1:
            raise Refusal(404, "Revisions are counted from 1.")
        earlier = corrections.earlier(desk_of(shelf, request), sha256_of(request), number)
        return JSONResponse(player_data.transcript(earlier), headers={"cache-control": "no-store"})

    return [
        Route(f"{RECORDING}/corrections", correct, methods=["POST"]),
        Route(f"{RECORDING}/corrections", made, methods=["GET"]),
        Route(f"{RECORDING}/revisions/{{number:int}}", revision, methods=["GET"]),
    ]


def _row(one: Correction) -> dict[str, str | float]:
    return {
        "kind": one.kind.value,
        "speaker": one.speaker,
        "start": one.span.start,
        "end": one.span.end,
        "was": one.was,
        "now": one.now,
        "by": one.reviewer,
        "at": one.at.isoformat(timespec="seconds"),
    }
