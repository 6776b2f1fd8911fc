"""The gate and the routes without Streamlit behind them: the same parts that `web.options()` hands to the app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from review.web import accounts, auditing, casework, corrections, oidc, peaks, routes, sign_in, uploads
from review.web.gate import Gate
from review.web.sessions import Sessions
from review.web.shelf import Shelf

BASE = "http://127.0.0.1:8501"
ORIGIN = {"origin": BASE}
BROWSER = {"accept": "text/html,application/xhtml+xml"}


@dataclass
class Clock:
    """A clock that the test turns."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Served:
    """The app as a browser on this machine sees it."""

    client: TestClient
    sessions: Sessions
    clock: Clock

    def sign_in(self, account: str = "demo.supervisor") -> str:
        """Sign in as a demo account; returns the cookie's token."""
        answer = self.client.post("/sign-in", data={"account": account}, headers=ORIGIN)
        assert answer.status_code == 303, answer.text
        token = self.client.cookies.get("bodycam_review_session")
        assert token
        return token

    def open(self, sha256: str, purpose: str = "assigned_review") -> None:
        """Say what a recording is opened for, as everybody must."""
        answer = self.client.post(f"/api/recordings/{sha256}/opening", json={"purpose": purpose}, headers=ORIGIN)
        assert answer.status_code == 200, answer.text


async def _page(request: Request) -> HTMLResponse:
    return HTMLResponse(f"a page for {request.headers.get('x-review-user')}")


async def _headers(request: Request) -> JSONResponse:
    return JSONResponse([[name, value] for name, value in request.headers.items() if "review" in name])


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.headers["x-review-user"])
    async for text in socket.iter_text():
        await socket.send_text(text)


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Served]]:
    """Makes the app over the store in this test's folder; `offered` says whether the server listens on loopback."""
    monkeypatch.setenv("BODYCAM_REVIEW_DB", str(tmp_path / "review.db"))
    shelves: list[Shelf] = []
    marking = corrections.Marking()

    def make(
        *,
        offered: bool = True,
        client: tuple[str, int] = ("127.0.0.1", 50000),
        wait: float = 30.0,
        provider: oidc.Provider | None = None,
        **more: Any,
    ) -> Served:
        clock = Clock()
        shelves.append(Shelf(wait=wait))
        sessions = Sessions(shelves[-1].store, clock=clock)
        door = sign_in.Door(sessions, shelves[-1], clock=clock)
        app = Starlette(
            routes=[
                *sign_in.routes(door, offered=lambda: offered, elsewhere=provider.name if provider else ""),
                *accounts.routes(door),
                *(oidc.routes(door, provider) if provider else ()),
                *auditing.routes(shelves[-1]),
                *casework.routes(shelves[-1]),
                *corrections.routes(shelves[-1], marking),
                *peaks.routes(shelves[-1]),
                *uploads.routes(shelves[-1]),
                *routes.routes(shelves[-1]),
                Route("/", _page),
                Route("/listen", _page),
                Route("/headers", _headers),
                WebSocketRoute("/_stcore/stream", _echo),
            ],
            middleware=[Middleware(Gate, sessions=sessions, **more)],
            exception_handlers=dict(routes.EXCEPTION_HANDLERS),
        )
        return Served(TestClient(app, base_url=BASE, client=client, follow_redirects=False), sessions, clock)

    yield make
    marking.close()
    for shelf in shelves:
        shelf.close()


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    """The app on loopback; nobody is signed in."""
    return serve()
