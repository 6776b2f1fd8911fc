"""The routes of the review form, of coaching and of shared moments, and of whose recording it is.

What people do otherwise goes by the route of acts.
"""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from review import media
from review.access import Facts
from review.desk import Desk, moments, wearing
from review.errors import RefusedAct
from review.screens.review_form_data import coaching_data, form_data
from review.screens.review_form_rows import whose_row
from review.web.asking import Refusal, desk_of, json_of, sha256_of, viewer
from review.web.shelf import Shelf

_NO_STORE = {"cache-control": "no-store"}
_MOST_OFFICERS = 50  # in one recording
_LONGEST = 80  # characters of an officer's id or a unit
_SAY = 'Send {"wearer": "…", "unit": "…", "others": ["…"], "seen": {the same as it was}}.'
_MISSING = "The original recording is no longer where it was, so this moment cannot be played."


def routes(shelf: Shelf) -> list[Route]:
    """These routes, served from `shelf`; they stand before the one that answers everything under /api."""

    def form(request: Request) -> Response:
        return JSONResponse(form_data(desk_of(shelf, request), sha256_of(request)), headers=_NO_STORE)

    def coaching(request: Request) -> Response:
        return JSONResponse(coaching_data(desk_of(shelf, request), sha256_of(request)), headers=_NO_STORE)

    def clip(request: Request) -> Response:
        original, span = moments.clip(desk_of(shelf, request), request.path_params["share"])
        if original is None:
            raise Refusal(404, _MISSING)
        # The name of a file can tell whose it is, so the answer has none.
        return Response(media.clip(original, span), media_type="audio/wav", headers=_NO_STORE)

    async def whose(request: Request) -> Response:
        body = await json_of(request)
        if not isinstance(body, dict):
            raise Refusal(400, _SAY)
        if body.get("as", who := viewer(request).user) != who:
            raise Refusal(409, f"This was filled in by {body['as']}; load the page again.")
        said, seen = _said(body), _said(body.get("seen"))
        return await run_in_threadpool(_say, desk_of(shelf, request), sha256_of(request), said, seen)

    return [
        Route("/api/recordings/{sha256}/whose", whose, methods=["POST"]),
        Route("/api/recordings/{sha256}/form", form, methods=["GET"]),
        Route("/api/recordings/{sha256}/coaching", coaching, methods=["GET"]),
        Route("/api/moments/{share}/clip", clip, methods=["GET"]),
    ]


def _said(body: object) -> Facts:
    """Whose recording it is, as a body says; raises Refusal."""
    if not isinstance(body, dict):
        raise Refusal(400, _SAY)
    others = body.get("others")
    if not isinstance(others, list) or len(others) > _MOST_OFFICERS:
        raise Refusal(400, f"Name at most {_MOST_OFFICERS} officers.")
    wearer, unit, *present = (_text(one) for one in (body.get("wearer"), body.get("unit"), *others))
    return Facts(wearer=wearer, unit=unit, present=frozenset(present) - {"", wearer})


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value.strip()) > _LONGEST or not value.isprintable():
        raise Refusal(400, f"An officer's id and a unit are texts of at most {_LONGEST} characters.")
    return value.strip()


def _say(at: Desk, sha256: str, said: Facts, seen: Facts) -> Response:
    """Keep it; `told` is what follows for who said it, when they named themselves."""
    try:
        told = wearing.say(at, sha256, said, seen=seen)
    except RefusedAct as error:
        raise Refusal(409, str(error)) from error
    return JSONResponse({"whose": whose_row(wearing.to_say(at, sha256)), "told": told}, headers=_NO_STORE)
