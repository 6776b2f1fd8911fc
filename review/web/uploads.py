"""The route by which recordings come in: streamed to disk beside the store, checked, and left to the worker."""

from __future__ import annotations

import contextlib
import hashlib
import time
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from review.desk import Desk, jobs
from review.desk.jobs import Whose, limit_bytes
from review.errors import Refused, UnreadableMedia
from review.store import database_url
from review.web.asking import OWN_HEADER, OWN_HEADER_VALUE, Refusal, desk_of
from review.web.shelf import SQLITE, Shelf

FOLDER = "bodycam-review-recordings"  # beside the database: the originals that were sent
NAME_HEADER = "x-file-name"  # percent-encoded: headers hold ASCII only
BLOCK = 1 << 20  # bytes that are written at a time
LEFT_OVER = 24 * 3600.0  # seconds after which what a broken connection left is deleted
OF_NOBODY_ELSE = 0o440  # an original is read and never written again


def recordings_folder(url: str) -> Path:
    """The folder of uploaded originals for the store at `url`.

    >>> str(recordings_folder("sqlite:////cases/review.db"))
    '/cases/bodycam-review-recordings'
    """
    beside = Path(url.removeprefix(SQLITE)).parent if url.startswith(SQLITE) else Path.cwd()
    return beside / FOLDER


def routes(shelf: Shelf) -> list[Route]:
    """The route of uploads."""

    async def upload(request: Request) -> Response:
        if request.headers.get(OWN_HEADER) != OWN_HEADER_VALUE:
            raise Refusal(403, f"Send the header {OWN_HEADER}: {OWN_HEADER_VALUE}.")
        name = unquote(request.headers.get(NAME_HEADER, "")).replace("\\", "/").rpartition("/")[2]
        whose = Whose(
            request.query_params.get("wearer", "")[:80],
            request.query_params.get("unit", "")[:80],
            jobs.others_of(request.query_params.get("others", "")[:800]),
        )
        desk = await run_in_threadpool(desk_of, shelf, request)
        folder = recordings_folder(database_url())
        suffix = await run_in_threadpool(_begin, desk, folder, name, whose, _stated(request))
        part = folder / f"{uuid4().hex}.part"
        try:
            sha256 = await _receive(request, part)
            # The account may have been disabled while the recording came.
            desk = await run_in_threadpool(desk_of, shelf, request)
            job = await run_in_threadpool(_keep, desk, part, sha256, name, suffix, whose)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        finally:
            part.unlink(missing_ok=True)
        return JSONResponse({"job": job, "name": name}, status_code=201, headers={"cache-control": "no-store"})

    return [Route("/api/uploads", upload, methods=["POST"])]


def _stated(request: Request) -> int:
    try:
        size = int(request.headers.get("content-length", ""))
    except ValueError as error:
        raise Refusal(411, "Say how long the recording is.") from error
    if size > limit_bytes():
        raise Refusal(413, _too_large(size))
    if size <= 0:
        raise Refusal(400, "The file is empty; look at it on this computer.")
    return size


def _too_large(size: int) -> str:
    return (
        f"It is {size / 1e9:.1f} GB; at most {limit_bytes() / 1e9:g} GB are taken. Split it, or ask whoever looks "
        "after this program to process it on the computer itself."
    )


def _begin(desk: Desk, folder: Path, name: str, whose: Whose, size: int) -> str:
    """The ending of the file's name, once all that can be refused before a byte is sent has been."""
    jobs.may_send(desk, whose)
    try:
        suffix = jobs.check_name(name)
        folder.mkdir(mode=0o750, exist_ok=True)
        _sweep(folder)
        jobs.room_for(folder, size)
    except UnreadableMedia as error:
        raise Refusal(415, str(error)) from error
    except Refused as error:
        raise Refusal(507, str(error)) from error
    except OSError as error:
        raise Refusal(
            507, f"Recordings cannot be kept on this computer ({error.strerror}); tell your administrator."
        ) from error
    return suffix


async def _receive(request: Request, part: Path) -> str:
    """Write the body to `part`; the answer is its SHA-256. Raises Refusal."""
    digest, size, waiting = hashlib.sha256(), 0, bytearray()
    limit = limit_bytes()
    with part.open("xb") as file:

        def write(block: bytes) -> None:
            digest.update(block)
            file.write(block)

        async for chunk in request.stream():
            waiting += chunk
            size += len(chunk)
            if size > limit:
                raise Refusal(413, _too_large(size))
            if len(waiting) >= BLOCK:
                try:
                    await run_in_threadpool(write, bytes(waiting))
                except OSError as error:
                    raise Refusal(507, "The disk is full; ask your administrator to free some space.") from error
                waiting.clear()
        await run_in_threadpool(write, bytes(waiting))
    if size != int(request.headers["content-length"]):
        raise Refusal(400, "The recording did not arrive whole; send it again.")
    return digest.hexdigest()


def _keep(desk: Desk, part: Path, sha256: str, name: str, suffix: str, whose: Whose) -> str:
    """Look into what arrived and leave it to the worker; the answer is the job's id. Raises Refusal."""
    if told := jobs.known(desk, sha256):
        raise Refusal(409, told)
    path = part.with_name(f"{sha256}{suffix}")
    part.replace(path)
    try:
        jobs.look_into(path)
        path.chmod(OF_NOBODY_ELSE)
        return jobs.add(desk, path, name=name, sha256=sha256, whose=whose).id
    except UnreadableMedia as error:
        path.unlink(missing_ok=True)
        raise Refusal(415, jobs.called(str(error), path, name)) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _sweep(folder: Path) -> None:
    """Delete what connections that broke long ago left behind."""
    for left in folder.glob("*.part"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_OVER:
                left.unlink()
