"""What every route of ours does with a request: who asks, about what, with which body; errors in plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from review.desk import Desk
from review.errors import Refused, RefusedAct, RefusedVerdict, ReviewError, UnknownRecording
from review.screens.viewer import Identity
from review.web.shelf import Shelf

# Not `x-review-`: the gate strips that prefix from every request.
OWN_HEADER = "x-requested-by"
OWN_HEADER_VALUE = "bodycam-review"
MAX_BODY_BYTES = 256 * 1024
MAX_OPERATIONS = 500
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Refusal(Exception):
    """An answer other than the one asked for, with its HTTP status."""

    def __init__(self, status: int, why: str, *, retry_after: int = 0) -> None:
        super().__init__(why)
        self.status = status
        self.headers = {"retry-after": str(retry_after)} if retry_after else {}


def desk_of(shelf: Shelf, request: Request) -> Desk:
    """What the person who asks may do; raises Refused for an account that is no more."""
    return shelf.desk(viewer(request), source=request.client.host if request.client else "")


async def operations_of(request: Request) -> Sequence[Mapping[str, Any]]:
    """The operations that a client's outbox sends; raises Refusal for anything else."""
    if request.headers.get(OWN_HEADER) != OWN_HEADER_VALUE:
        raise Refusal(403, f"Send the header {OWN_HEADER}: {OWN_HEADER_VALUE}.")
    body, who = await json_of(request), viewer(request)
    operations = body.get("operations") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(operations, list):
        raise Refusal(400, 'Send {"operations": [{"id", "flag", "answer"}]}.')
    if not all(isinstance(operation, dict) for operation in operations):
        raise Refusal(400, "Each operation is an object with an id, a flag and an answer.")
    if body.get("as", who.user) != who.user:
        # Somebody else signed in on this browser: answers left over in it are not theirs.
        raise Refusal(409, f"These answers were given by {body['as']}; sign in as {body['as']} to save them.")
    if len(operations) > MAX_OPERATIONS:
        raise Refusal(413, f"Send at most {MAX_OPERATIONS} operations at a time.")
    return operations


async def json_of(request: Request) -> object:
    """The body, read with a limit; raises Refusal."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "Send application/json.")
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise Refusal(413, f"Send at most {MAX_BODY_BYTES // 1024} KB at a time.")
    except ClientDisconnect as error:  # a window was closed; nobody reads the answer
        raise Refusal(400, "The request ended before it was whole.") from error
    try:
        return json.loads(body)
    except ValueError as error:
        raise Refusal(400, "This is not JSON.") from error


def sha256_of(request: Request) -> str:
    """The recording in the address; raises UnknownRecording."""
    sha256: str = request.path_params["sha256"]
    if not _SHA256.fullmatch(sha256):
        raise UnknownRecording("A recording is named by the 64 digits of its sha256.")
    return sha256


def viewer(request: Request) -> Identity:
    """Who asks, as the gate knows; raises Refusal."""
    who = request.state.viewer
    if not isinstance(who, Identity):
        raise Refusal(401, "Sign in first.")
    return who


def each(
    operations: Sequence[Mapping[str, Any]], do: Callable[[Mapping[str, Any]], object]
) -> tuple[list[str], list[dict[str, str]]]:
    """The ids of the operations that were done, and those that were refused with the reason."""
    acknowledged: list[str] = []
    refused: list[dict[str, str]] = []
    for operation in operations:
        name = str(operation.get("id", ""))
        try:
            do(operation)
        except (RefusedVerdict, RefusedAct, Refused) as error:
            refused.append({"id": name, "why": str(error)})
        else:
            acknowledged.append(name)
    return acknowledged, refused


async def _told(request: Request, error: Exception) -> Response:
    """Any error on purpose, as JSON in plain words."""
    status, headers = 503, {"cache-control": "no-store"}
    if isinstance(error, Refusal):
        status, headers = error.status, {**headers, **error.headers}
    elif isinstance(error, UnknownRecording):
        status = 404
    elif isinstance(error, Refused):
        status = 403
    return JSONResponse({"error": str(error)}, status_code=status, headers=headers)


EXCEPTION_HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    Refusal: _told,
    ReviewError: _told,
}
