"""The routes under /api: media with ranges, transcript, verdicts, exports; the gate has let the viewer in already."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from review.encounter import Answer, Verdict
from review.errors import RefusedVerdict, ReviewError, UnknownRecording
from review.policy import current
from review.report import Format, render
from review.screens import parts
from review.screens.viewer import Viewer
from review.web.shelf import Shelf

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
# Not `x-review-`: the gate strips that prefix from every request.
OWN_HEADER = "x-requested-by"
OWN_HEADER_VALUE = "bodycam-review"
MAX_BODY_BYTES = 256 * 1024
MAX_OPERATIONS = 500
MAX_NOTE = 2000  # characters
COME_BACK = 3  # seconds until a player looks again whether the playable copy is ready
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OPERATION_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:\d{1,9}")
_MISSING_MEDIA = "The original recording is no longer where it was when it was processed; its transcript is kept."
_PREPARING = (
    "Browsers cannot play this kind of file, so a copy is being made. It will be here by itself; read on meanwhile."
)


class _Refused(Exception):
    def __init__(self, status: int, why: str, *, retry_after: int = 0) -> None:
        super().__init__(why)
        self.status = status
        self.headers = {"retry-after": str(retry_after)} if retry_after else {}


def routes(shelf: Shelf) -> list[Route]:
    """All routes of one recording, served from `shelf`."""

    def media(request: Request) -> Response:
        sha256 = _sha256(request)
        original = shelf.store().media(sha256)
        if original is None:
            raise _Refused(404, _MISSING_MEDIA)
        path = shelf.playing(sha256, original)
        if path is None:
            raise _Refused(503, _PREPARING, retry_after=COME_BACK)
        kind = MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")
        # no-store: evidence is not to be left in the browser's cache on a shared computer.
        return FileResponse(path, media_type=kind, headers={"cache-control": "no-store"})

    def transcript(request: Request) -> Response:
        encounter = shelf.store().encounter(_sha256(request))
        etag = f'"{encounter.recording.sha256}-{encounter.revision}"'
        headers = {"etag": etag, "cache-control": "private, no-cache"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return JSONResponse(parts.transcript(encounter), headers=headers)

    def standings(request: Request) -> Response:
        sha256 = _sha256(request)
        encounter, said = shelf.store().encounter(sha256), shelf.store().verdicts(sha256)
        body = {"flags": parts.standings(encounter.flags, said, viewer=_viewer(request).user)}
        return JSONResponse(body, headers={"cache-control": "no-store"})

    async def verdicts(request: Request) -> Response:
        if request.headers.get(OWN_HEADER) != OWN_HEADER_VALUE:
            raise _Refused(403, f"Send the header {OWN_HEADER}: {OWN_HEADER_VALUE}.")
        operations = _operations(await _json(request), viewer=_viewer(request))
        return await run_in_threadpool(_commit, shelf, _sha256(request), _viewer(request), operations)

    def export(request: Request) -> Response:
        sha256 = _sha256(request)
        if request.path_params["form"] not in tuple(Format):
            raise _Refused(404, f"There is no such export; choose one of {', '.join(Format)}.")
        form = Format(request.path_params["form"])
        store = shelf.store()
        agency = current()
        shown = agency.shown(store.encounter(sha256))
        text = render(shown, form, verdicts=store.verdicts(sha256), hidden=agency.hidden)
        headers = {"content-disposition": f'attachment; filename="{sha256[:12]}.{form}"', "cache-control": "no-store"}
        return Response(text, media_type=EXPORT_TYPES[form], headers=headers)

    return [
        Route(f"{RECORDING}/media", media, methods=["GET"]),
        Route(f"{RECORDING}/transcript", transcript, methods=["GET"]),
        Route(f"{RECORDING}/verdicts", standings, methods=["GET"]),
        Route(f"{RECORDING}/verdicts", verdicts, methods=["POST"]),
        Route(f"{RECORDING}/export.{{form}}", export, methods=["GET"]),
        Route("/api/{rest:path}", _nothing_here),
    ]


def _commit(shelf: Shelf, sha256: str, viewer: Viewer, operations: Sequence[Mapping[str, Any]]) -> Response:
    """Record each operation by itself, so that one refused flag never costs the others."""
    store = shelf.store()
    store.media(sha256)  # raises UnknownRecording
    acknowledged: list[str] = []
    refused: list[dict[str, str]] = []
    for operation in operations:
        name = str(operation.get("id", ""))
        try:
            store.record([_verdict(operation, sha256=sha256, viewer=viewer)])
        except RefusedVerdict as error:
            refused.append({"id": name, "why": str(error)})
        else:
            acknowledged.append(name)
    encounter, said = store.encounter(sha256), store.verdicts(sha256)
    flags = parts.standings(encounter.flags, said, viewer=viewer.user)
    return JSONResponse({"acknowledged": acknowledged, "refused": refused, "flags": flags})


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


def _operations(body: object, *, viewer: Viewer) -> Sequence[Mapping[str, Any]]:
    operations = body.get("operations") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(operations, list):
        raise _Refused(400, 'Send {"operations": [{"id", "flag", "answer"}]}.')
    if not all(isinstance(operation, dict) for operation in operations):
        raise _Refused(400, "Each operation is an object with an id, a flag and an answer.")
    if body.get("as", viewer.user) != viewer.user:
        # Somebody else signed in on this browser: answers left over in it are not theirs.
        raise _Refused(409, f"These answers were given by {body['as']}; sign in as {body['as']} to save them.")
    if len(operations) > MAX_OPERATIONS:
        raise _Refused(413, f"Send at most {MAX_OPERATIONS} operations at a time.")
    return operations


async def _json(request: Request) -> object:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _Refused(415, "Send application/json.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise _Refused(413, f"Send at most {MAX_BODY_BYTES // 1024} KB at a time.")
    try:
        return json.loads(body)
    except ValueError as error:
        raise _Refused(400, "This is not JSON.") from error


def _sha256(request: Request) -> str:
    sha256: str = request.path_params["sha256"]
    if not _SHA256.fullmatch(sha256):
        raise UnknownRecording("A recording is named by the 64 digits of its sha256.")
    return sha256


def _viewer(request: Request) -> Viewer:
    viewer = request.state.viewer
    if not isinstance(viewer, Viewer):
        raise _Refused(401, "Sign in first.")
    return viewer


def _nothing_here(request: Request) -> Response:
    raise _Refused(404, "There is nothing at this address.")


async def _told(request: Request, error: Exception) -> Response:
    """Any error on purpose, as JSON in plain words."""
    status, headers = 503, {"cache-control": "no-store"}
    if isinstance(error, _Refused):
        status, headers = error.status, {**headers, **error.headers}
    elif isinstance(error, UnknownRecording):
        status = 404
    return JSONResponse({"error": str(error)}, status_code=status, headers=headers)


EXCEPTION_HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    _Refused: _told,
    ReviewError: _told,
}
