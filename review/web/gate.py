"""The one gate before every HTTP route and WebSocket: host, origin, session, identity, before anything else runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.errors import ReviewError
from review.screens.viewer import SOURCE_HEADER, Identity, to_headers
from review.web.headers import HSTS, SECURITY_HEADERS
from review.web.sessions import Session, Sessions

COOKIE = "bodycam_review_session"
SIGN_IN = "/sign-in"
SET_UP = "/sign-in/set-up"
SIGN_OUT = "/sign-out"
LOCK = "/lock"
UNLOCK = "/unlock"
OIDC_START = "/oidc/start"
OIDC_BACK = "/oidc/back"
OPEN_TO_ALL = frozenset({SIGN_IN, SET_UP, OIDC_START, OIDC_BACK})
WHILE_LOCKED = OPEN_TO_ALL | {LOCK, UNLOCK, SIGN_OUT}
LOCKED = "The screen is locked. Unlock it to go on; nothing is lost."
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What a program asks for, never a person's address bar: anonymous requests get 401 here, whatever they accept.
MACHINE_PATHS = ("/api/", "/_stcore/", "/media/", "/static/", "/component/", "/app/static/")
IDENTITY_PREFIX = "x-review-"
RECEIVED = "websocket.receive"
POLICY_VIOLATION = 1008  # WebSocket close code; before the handshake the server turns it into HTTP 403
# The event loop's clock stands still while a laptop sleeps, and another process may end a session, so an idle
# WebSocket looks this often.
LOOK_SECONDS = 5.0
LOCK_LOOK_SECONDS = 0.5  # how soon after unlocking the page's own messages go on


class Notes(Protocol):
    """Keeps what was refused; see `Refusals.note`."""

    def __call__(self, why: str, *, path: str, source: str, who: Identity | None = None) -> None:
        """Note one refused request."""


def _forgotten(why: str, *, path: str, source: str, who: Identity | None = None) -> None:
    """Note nothing."""


class Gate:
    """ASGI middleware that lets a request through only with a live session (the sign-in page apart)."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        sessions: Sessions,
        hosts: Iterable[str] = LOOPBACK,
        refused: Notes = _forgotten,
        policy: Callable[[], str] = str,
    ) -> None:
        """Stand before `app`; `hosts` are the names in a Host header that are served.

        `refused` notes what was refused; `policy` gives the content security policy of pages that bring none.
        """
        self._app = app
        self._sessions = sessions
        self._hosts = frozenset(host.lower() for host in hosts)
        self._refused = refused
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one connection and pass it on or refuse it."""
        if scope["type"] == "http":
            await self._http(scope, receive, _with_security_headers(scope, send, policy=self._policy()))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            session = await self._session(headers)
        except ReviewError as error:
            await _refuse(503, str(error))(scope, receive, send)
            return
        refusal = self._refusal(scope, headers, session)
        if refusal is not None:
            await refusal(scope, receive, send)
        else:
            await self._app(_with_identity(scope, session), self._touching(receive, session), send)

    def _touching(self, receive: Receive, session: Session | None) -> Receive:
        """The receiving side of a request, which keeps its session from running out while more of the body comes.

        A recording that is sent can take hours, and in that time nobody need touch the page. The screen locks meanwhile
        as it does else.
        """
        if session is None:
            return receive

        async def touched() -> Message:
            message = await receive()
            if message.get("body"):
                self._sessions.touch(session)
            return message

        return touched

    def _refusal(self, scope: Scope, headers: Headers, session: Session | None) -> Response | None:
        path = scope["path"]
        if not self._known_host(headers):
            # A page on another name that resolves to this machine (DNS rebinding) ends here.
            return self._refuse(scope, session, 421, "This address is not served here; use the one it was given.")
        if scope["method"] not in SAFE_METHODS and not _same_origin(scope, headers):
            return self._refuse(scope, session, 403, "This request came from another site and was refused.")
        if session is not None and session.locked and path not in WHILE_LOCKED:
            return _go(UNLOCK, scope) if _is_navigation(scope, headers) else _refuse(423, LOCKED)
        if session is not None or path in OPEN_TO_ALL:
            return None
        if _is_navigation(scope, headers):
            return _go(SIGN_IN, scope)
        return self._refuse(scope, session, 401, "Sign in first.")

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            session = await self._session(headers)
        except ReviewError:
            session = None
        if session is None or not self._known_host(headers) or not _same_origin(scope, headers):
            self._note(scope, session, "a WebSocket without a session, or from another site")
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        watched = _Watched(self._sessions, session, receive, send)
        await self._app(_with_identity(scope, session), watched.receive, send)

    async def _session(self, headers: Headers) -> Session | None:
        token = cookie_parser("; ".join(headers.getlist("cookie"))).get(COOKIE, "")
        if not token:
            return None
        return self._sessions.fresh(token) or await run_in_threadpool(self._sessions.find, token)

    def _refuse(self, scope: Scope, session: Session | None, status: int, why: str) -> Response:
        self._note(scope, session, why)
        return _refuse(status, why)

    def _note(self, scope: Scope, session: Session | None, why: str) -> None:
        who = session.viewer if session else None
        self._refused(why, path=scope["path"], source=source_of(scope), who=who)

    def _known_host(self, headers: Headers) -> bool:
        hosts = headers.getlist("host")
        return len(hosts) == 1 and host_name(hosts[0]) in self._hosts


class _Watched:
    """The receiving side of a WebSocket: closed when its session ends or is left idle, still while it is locked."""

    def __init__(self, sessions: Sessions, session: Session, receive: Receive, send: Send) -> None:
        self._sessions = sessions
        self._session = session
        self._receive = receive
        self._send = send
        self._ended = asyncio.wrap_future(session.ended)

    async def receive(self) -> Message:
        message = asyncio.ensure_future(self._receive())
        try:
            while await self._live() and not message.done():
                left = min(self._sessions.seconds_left(self._session), LOOK_SECONDS)
                waiting: set[asyncio.Future[Any]] = {message, self._ended}
                await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            while self._session.locked and await self._live() and message.result()["type"] == RECEIVED:
                # The page asks for nothing while it is locked; what it asked for by itself waits.
                await asyncio.wait({self._ended}, timeout=LOCK_LOOK_SECONDS)
            if await self._live():
                self._sessions.touch(self._session)
                return await message
        finally:
            if not message.done():
                message.cancel()
        await self._send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}

    async def _live(self) -> bool:
        session = self._session
        if self._sessions.stale(session) and self._sessions.live(session):
            with suppress(ReviewError):  # a store that is busy for a moment ends nobody's work
                await run_in_threadpool(self._sessions.refresh, session)
        return self._sessions.live(session)


def source_of(scope: Scope) -> str:
    """From where a request came: the address, or, behind a proxy that the server trusts, the one that it names."""
    client = scope.get("client")
    return str(client[0])[:120] if client else ""


def host_name(host: str) -> str:
    """The name in a Host header without its port, in lower case.

    >>> host_name("LOCALHOST:8501"), host_name("[::1]:8501")
    ('localhost', '::1')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _same_origin(scope: Scope, headers: Headers) -> bool:
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    return headers.getlist("origin") == [f"{scheme}://{headers.get('host', '')}"]


def _is_navigation(scope: Scope, headers: Headers) -> bool:
    path: str = scope["path"]
    wants_page = "text/html" in headers.get("accept", "")
    return scope["method"] in {"GET", "HEAD"} and wants_page and not f"{path}/".startswith(MACHINE_PATHS)


def _target(scope: Scope) -> str:
    query: str = scope["query_string"].decode("latin-1")
    path: str = scope["path"]
    return f"{path}?{query}" if query else path


def _with_identity(scope: Scope, session: Session | None) -> Scope:
    """A copy of `scope` whose identity headers say what the gate knows and nothing that the client claimed."""
    headers = [pair for pair in scope["headers"] if not _claims_identity(pair[0])]
    state = {**scope.get("state", {}), "viewer": None, "session": session}
    if session is not None:
        viewer = session.viewer
        told = {**to_headers(viewer), SOURCE_HEADER: source_of(scope)}
        headers += [(name.encode(), value.encode()) for name, value in told.items()]
        state["viewer"] = viewer
    return {**scope, "headers": headers, "state": state}


def _claims_identity(name: bytes) -> bool:
    # Some servers in between take `_` for `-`; neither spelling may pass.
    return name.lower().replace(b"_", b"-").startswith(IDENTITY_PREFIX.encode())


def _with_security_headers(scope: Scope, send: Send, *, policy: str) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            if headers.get("content-type", "").startswith("text/html"):
                # Else whoever goes back gets it from the browser, and the gate cannot lead to unlocking or signing in.
                headers["cache-control"] = "no-store"
            if policy:
                headers.setdefault("content-security-policy", policy)
            if scope["scheme"] == "https":
                headers.setdefault("strict-transport-security", HSTS)
        await send(message)

    return guarded


def _go(path: str, scope: Scope) -> Response:
    return RedirectResponse(f"{path}?next={quote(_target(scope), safe='')}", status_code=303)


def _refuse(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status, headers={"cache-control": "no-store"})
