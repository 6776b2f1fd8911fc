"""The routes of the review form, of coaching and of shared moments; what people do goes by the route of acts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from review import media
from review.desk import moments
from review.screens.review_form_data import coaching_data, form_data
from review.web.asking import Refusal, desk_of, sha256_of
from review.web.shelf import Shelf

_NO_STORE = {"cache-control": "no-store"}
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

    return [
        Route("/api/recordings/{sha256}/form", form, methods=["GET"]),
        Route("/api/recordings/{sha256}/coaching", coaching, methods=["GET"]),
        Route("/api/moments/{share}/clip", clip, methods=["GET"]),
    ]
