"""The route that hands out the audit log as a table; the page beside it shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from review.desk import auditing
from review.desk.auditing import Wanted
from review.screens.audit_rows import as_csv
from review.web.asking import Refusal, desk_of
from review.web.shelf import Shelf

PATH = "/api/audit.csv"
LINES_AT_ONCE = 500
NAMED = ("recording", "person", "action", "outcome")


def routes(shelf: Shelf) -> list[Route]:
    """The log as CSV."""

    def export(request: Request) -> Response:
        lines = _together(as_csv(auditing.every(desk_of(shelf, request), wanted_of(request))))
        headers = {"content-disposition": 'attachment; filename="audit.csv"', "cache-control": "no-store"}
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)

    return [Route(PATH, export, methods=["GET"])]


def wanted_of(request: Request) -> Wanted:
    """Which entries the address asks for; raises Refusal."""
    asked = {name: request.query_params.get(name, "")[:80] for name in NAMED}
    since, until = (_day(request.query_params.get(name, "")) for name in ("since", "until"))
    return Wanted(**asked, since=since, until=until + timedelta(days=1) if until else None)


def _together(lines: Iterator[str]) -> Iterator[str]:
    """Many lines at a time: each piece that is sent goes from one thread to another."""
    while piece := "".join(islice(lines, LINES_AT_ONCE)):
        yield piece


def _day(text: str) -> datetime | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Refusal(400, "A day is written as 2025-12-31.") from error
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
