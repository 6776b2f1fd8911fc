"""The routes under /api: media with ranges, transcript, verdicts, exports; the gate has let the viewer in already."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from review.access import Action, Viewer
from review.desk import Desk, casework, exporting, waiting
from review.encounter import Answer, Verdict
from review.errors import RefusedVerdict
from review.report import Format
from review.screens import player_data
from review.screens.casework_rows import casework_row
from review.web.asking import EXCEPTION_HANDLERS, Refusal, desk_of, each, json_of, operations_of, sha256_of
from review.web.shelf import Shelf

__all__ = ["EXCEPTION_HANDLERS", "routes"]

RECORDING = "/api/recordings/{sha256}"
EXPORT_TYPES = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv; charset=utf-8",
    Format.VTT: "text/vtt; charset=utf-8",
    Format.MD: "text/markdown; charset=utf-8",
}
MEDIA_TYPES = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/mp4",  # the same boxes; browsers refuse the QuickTime name
    ".webm": "video/webm",
    ".mkv": "video/webm",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
}
MAX_PLACE = 2000  # characters
PLAY_AGAIN = 600.0  # seconds after which playing is noted anew
MAX_NOTE = 2000  # characters
COME_BACK = 3  # seconds until a player looks again whether the playable copy is ready
_OPERATION_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:\d{1,9}")
_MISSING_MEDIA = "The original recording is no longer where it was when it was processed; its transcript is kept."
_PREPARING = (
    "Browsers cannot play this kind of file, so a copy is being made. It will be here by itself; read on meanwhile."
)


def routes(shelf: Shelf, *, correcting: Callable[[], None] = lambda: None) -> list[Route]:
    """All routes of one recording, served from `shelf`; `correcting` is told when somebody reads who may correct."""

    played = Played()

    def desk(request: Request) -> Desk:
        return desk_of(shelf, request)

    def media(request: Request) -> Response:
        sha256, at = sha256_of(request), desk(request)
        at.require(Action.PLAY, sha256)
        if played.anew(at.viewer.session, sha256):
            at.log("load", sha256)  # a page fetches before anybody plays; what was played is told by `listened`
        original = at.store.media(sha256)
        if original is None:
            raise Refusal(404, _MISSING_MEDIA)
        path = shelf.playing(sha256, original)
        if path is None:
            raise Refusal(503, _PREPARING, retry_after=COME_BACK)
        kind = MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
        # no-store: evidence is not to be left in the browser's cache on a shared computer.
        return FileResponse(path, media_type=kind, headers={"cache-control": "no-store"})

    def transcript(request: Request) -> Response:
        at = desk(request)
        encounter = at.encounter(sha256_of(request))
        at.log(Action.VIEW, encounter.recording.sha256, revision=encounter.revision)
        if at.may(Action.CORRECT, encounter.recording.sha256):
            correcting()
        etag = f'"{encounter.recording.sha256}-{encounter.revision}"'
        headers = {"etag": etag, "cache-control": "private, no-cache"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return JSONResponse(player_data.transcript(encounter), headers=headers)

    def standings(request: Request) -> Response:
        sha256, at = sha256_of(request), desk(request)
        encounter, said = at.encounter(sha256), at.verdicts(sha256)
        body = {"flags": player_data.standings(encounter.flags, said, viewer=at.viewer.user)}
        return JSONResponse(body, headers={"cache-control": "no-store"})

    async def verdicts(request: Request) -> Response:
        operations = await operations_of(request)
        return await run_in_threadpool(_commit, desk(request), sha256_of(request), operations)

    async def acts(request: Request) -> Response:
        operations = await operations_of(request)
        return await run_in_threadpool(_do, desk(request), sha256_of(request), operations)

    async def opening(request: Request) -> Response:
        body = await json_of(request)
        purpose = body.get("purpose") if isinstance(body, dict) else None
        if not isinstance(purpose, str):
            raise Refusal(400, 'Send {"purpose": "…"}.')
        await run_in_threadpool(desk(request).begin, sha256_of(request), purpose)
        return JSONResponse({"purpose": purpose})

    def place(request: Request) -> Response:
        return JSONResponse(dict(desk(request).place(sha256_of(request))), headers={"cache-control": "no-store"})

    async def keep_place(request: Request) -> Response:
        body = await json_of(request)
        if not isinstance(body, dict) or len(json.dumps(body)) > MAX_PLACE:
            raise Refusal(400, "A place is a small object.")
        await run_in_threadpool(desk(request).keep_place, sha256_of(request), body)
        return Response(status_code=204)

    def export(request: Request) -> Response:
        sha256 = sha256_of(request)
        if request.path_params["form"] not in tuple(Format):
            raise Refusal(404, f"There is no such export; choose one of {', '.join(Format)}.")
        form = Format(request.path_params["form"])
        text = exporting.export(desk(request), sha256, form)
        headers = {"content-disposition": f'attachment; filename="{sha256[:12]}.{form}"', "cache-control": "no-store"}
        return Response(text, media_type=EXPORT_TYPES[form], headers=headers)

    return [
        Route(f"{RECORDING}/media", media, methods=["GET"]),
        Route(f"{RECORDING}/transcript", transcript, methods=["GET"]),
        Route(f"{RECORDING}/verdicts", standings, methods=["GET"]),
        Route(f"{RECORDING}/verdicts", verdicts, methods=["POST"]),
        Route(f"{RECORDING}/acts", acts, methods=["POST"]),
        Route(f"{RECORDING}/opening", opening, methods=["POST"]),
        Route(f"{RECORDING}/place", place, methods=["GET"]),
        Route(f"{RECORDING}/place", keep_place, methods=["POST"]),
        Route(f"{RECORDING}/export.{{form}}", export, methods=["GET"]),
        Route("/api/{rest:path}", _nothing_here),
    ]


def _commit(at: Desk, sha256: str, operations: Sequence[Mapping[str, Any]]) -> Response:
    """Record each operation by itself, so that one refused flag never costs the others."""
    at.require(Action.DECIDE, sha256)
    done, refused = each(operations, lambda one: at.decide(_verdict(one, sha256=sha256, viewer=at.viewer)))
    encounter, said = at.encounter(sha256), at.verdicts(sha256)
    flags = player_data.standings(encounter.flags, said, viewer=at.viewer.user)
    return JSONResponse({"acknowledged": done, "refused": refused, "flags": flags})


def _do(at: Desk, sha256: str, operations: Sequence[Mapping[str, Any]]) -> Response:
    """Do each operation by itself; who may do one of them but not read the recording gets no casework back."""
    done, refused = each(operations, lambda one: casework.do(at, sha256, one))
    if not done:
        at.require(Action.VIEW, sha256)
    row = None
    if at.may_read(sha256):
        row = casework_row(casework.of(at, sha256), at.viewer.user, waiting.people(at))
    return JSONResponse({"acknowledged": done, "refused": refused, "casework": row})


class Played:
    """When each session was last noted to play each recording: a browser asks for many small pieces of one file."""

    def __init__(self) -> None:
        self._at: dict[tuple[str, str], float] = {}

    def anew(self, session: str, sha256: str) -> bool:
        """Whether it should be noted now."""
        now, key = time.monotonic(), (session, sha256)
        if now - self._at.get(key, -PLAY_AGAIN) < PLAY_AGAIN:
            return False
        self._at = {known: at for known, at in self._at.items() if now - at < PLAY_AGAIN}
        self._at[key] = now
        return True


def _verdict(operation: Mapping[str, Any], *, sha256: str, viewer: Viewer) -> Verdict:
    name, flag, note = operation.get("id"), operation.get("flag"), operation.get("note", "")
    if not isinstance(name, str) or not _OPERATION_ID.fullmatch(name):
        raise RefusedVerdict("an operation's id is the client's uuid, a colon and a number")
    if not isinstance(flag, str) or not isinstance(note, str) or len(note) > MAX_NOTE:
        raise RefusedVerdict(f"an operation names a flag, and its note has at most {MAX_NOTE} characters")
    if operation.get("answer") not in tuple(Answer):
        raise RefusedVerdict(f"an answer is one of {', '.join(Answer)}")
    return Verdict(
        id=name,
        recording=sha256,
        flag=flag,
        answer=Answer(operation["answer"]),
        reviewer=viewer.user,  # whatever the body says: the session knows who decides
        reviewer_role=viewer.role,
        at=datetime.now(UTC),
        note=note,
    )


def _nothing_here(request: Request) -> Response:
    raise Refusal(404, "There is nothing at this address.")
