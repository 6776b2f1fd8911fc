"""The one gate before every HTTP route and WebSocket: host, origin, session, identity, before anything else runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.screens.viewer import to_headers
from review.web.sessions import Session, Sessions

COOKIE = "bodycam_review_session"
SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What a program asks for, never a person's address bar: anonymous requests get 401 here, whatever they accept.
MACHINE_PATHS = ("/api/", "/_stcore/", "/media/", "/static/", "/component/", "/app/static/")
IDENTITY_PREFIX = "x-review-"
POLICY_VIOLATION = 1008  # WebSocket close code; before the handshake the server turns it into HTTP 403
# The event loop's clock stands still while a laptop sleeps, so an idle WebSocket looks at the wall clock this often.
LOOK_SECONDS = 30.0
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with it browsers send `Origin: null` on a form, and the origin check could not pass.
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Gate:
    """ASGI middleware that lets a request through only with a live session (the sign-in page apart)."""

    def __init__(self, app: ASGIApp, *, sessions: Sessions, hosts: Iterable[str] = LOOPBACK) -> None:
        """Stand before `app`; `hosts` are the names in a Host header that are served."""
        self._app = app
        self._sessions = sessions
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one connection and pass it on or refuse it."""
        if scope["type"] == "http":
            await self._http(scope, receive, _with_security_headers(send))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        session = self._session(headers)
        refusal = self._refusal(scope, headers, session)
        if refusal is not None:
            await refusal(scope, receive, send)
        else:
            await self._app(_with_identity(scope, session), receive, send)

    def _refusal(self, scope: Scope, headers: Headers, session: Session | None) -> Response | None:
        if not self._known_host(headers):
            # A page on another name that resolves to this machine (DNS rebinding) ends here.
            return _refuse(421, "This address is not served here; use the address the program printed.")
        if scope["method"] not in SAFE_METHODS and not _same_origin(scope, headers):
            return _refuse(403, "This request came from another site and was refused.")
        if session is not None or scope["path"] == SIGN_IN:
            return None
        if _is_navigation(scope, headers):
            return RedirectResponse(f"{SIGN_IN}?next={quote(_target(scope), safe='')}", status_code=303)
        return _refuse(401, "Sign in first.")

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        session = self._session(headers)
        if session is None or not self._known_host(headers) or not _same_origin(scope, headers):
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        watched = _Watched(self._sessions, session, receive, send)
        await self._app(_with_identity(scope, session), watched.receive, send)

    def _session(self, headers: Headers) -> Session | None:
        token = cookie_parser("; ".join(headers.getlist("cookie"))).get(COOKIE, "")
        return self._sessions.find(token) if token else None

    def _known_host(self, headers: Headers) -> bool:
        hosts = headers.getlist("host")
        return len(hosts) == 1 and host_name(hosts[0]) in self._hosts


class _Watched:
    """The receiving side of a WebSocket that closes when its session ends or is left idle."""

    def __init__(self, sessions: Sessions, session: Session, receive: Receive, send: Send) -> None:
        self._sessions = sessions
        self._session = session
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        message = asyncio.ensure_future(self._receive())
        ended = asyncio.ensure_future(self._session.ended.wait())
        try:
            while self._sessions.live(self._session) and not message.done():
                left = min(self._sessions.seconds_left(self._session), LOOK_SECONDS)
                await asyncio.wait({message, ended}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if self._sessions.live(self._session):
                self._sessions.touch(self._session)
                return await message
        finally:
            ended.cancel()
            if not message.done():
                message.cancel()
        await self._send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}


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
    state = {**scope.get("state", {}), "viewer": None}
    if session is not None:
        viewer = session.viewer
        headers += [(name.encode(), value.encode()) for name, value in to_headers(viewer).items()]
        state["viewer"] = viewer
    return {**scope, "headers": headers, "state": state}


def _claims_identity(name: bytes) -> bool:
    # Some servers in between take `_` for `-`; neither spelling may pass.
    return name.lower().replace(b"_", b"-").startswith(IDENTITY_PREFIX.encode())


def _with_security_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded


def _refuse(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status, headers={"cache-control": "no-store"})
