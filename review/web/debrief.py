"""The route of an officer's debrief; what the officer does goes by the route of acts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from review.desk import debrief
from review.screens.debrief_data import debrief_data
from review.web.asking import desk_of, sha256_of
from review.web.shelf import Shelf


def routes(shelf: Shelf) -> list[Route]:
    """This route, served from `shelf`; it stands before the one that answers everything under /api."""

    def told(request: Request) -> Response:
        desk = desk_of(shelf, request)
        body = debrief_data(desk, debrief.debrief(desk, sha256_of(request)))
        return JSONResponse(body, headers={"cache-control": "no-store"})

    return [Route("/api/recordings/{sha256}/debrief", told, methods=["GET"])]
