"""The demo sign-in: a plain page with clearly marked accounts, offered to this machine only."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from review.access import Viewer
from review.web.gate import COOKIE, LOOPBACK, SIGN_IN, SIGN_OUT, host_name
from review.web.sessions import Sessions
from review.web.shelf import Shelf

DEMO_ACCOUNTS = (
    Viewer("demo.supervisor", "Demo supervisor", "supervisor"),
    Viewer("demo.officer", "Demo officer", "officer", officer="demo.officer"),
    Viewer("demo.internal-affairs", "Demo internal affairs", "internal_affairs"),
    Viewer("demo.trainer", "Demo trainer", "trainer"),
    Viewer("demo.oversight", "Demo oversight", "oversight"),
    Viewer("demo.admin", "Demo administrator", "admin"),
)
ROLE_WORDS = {
    "supervisor": "reviews encounters, confirms or rejects what the machine marked, praises and coaches",
    "officer": "watches own recordings, adds context, answers back",
    "internal_affairs": "audits all recordings; where two reviewers differ, a mark becomes disputed",
    "trainer": "hears the moments that were shared for training",
    "oversight": "sees figures and the moments that were shared",
    "admin": "looks after accounts; sees no recording",
}
MAX_FORM_BYTES = 4096
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(#f3f5f8, #0f141b); color: light-dark(#16202c, #e8edf3); }
main { box-sizing: border-box; width: min(34rem, 94vw); padding: 2rem; border-radius: 12px;
  background: light-dark(#fff, #1a222c); border: 1px solid light-dark(#d5dbe3, #33404f); }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
p { margin: .5rem 0 1rem; }
.demo { border-left: 4px solid #b45309; padding: .4rem .8rem; background: light-dark(#fff7e8, #33260f); }
button { display: block; width: 100%; text-align: left; font: inherit; padding: .8rem 1rem; margin: .6rem 0 0;
  border-radius: 8px; border: 1px solid light-dark(#8794a5, #5d6c7e); cursor: pointer;
  background: light-dark(#fff, #222c38); color: inherit; }
button:hover { border-color: #1d6fb8; } button:focus-visible { outline: 3px solid #1d6fb8; outline-offset: 2px; }
button strong { display: block; } small { color: light-dark(#4a5867, #a9b6c4); }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}


def routes(
    sessions: Sessions, shelf: Shelf, *, offered: Callable[[], bool], accounts: Sequence[Viewer] = DEMO_ACCOUNTS
) -> list[Route]:
    """The sign-in and sign-out routes; `offered` says whether the server listens on loopback only."""
    known = {account.user: account for account in accounts}

    async def show(request: Request) -> Response:
        if not (offered() and _from_this_machine(request)):
            return _page(_not_offered(), status=403)
        return _page(_choices(accounts, next_path(request.query_params.get("next", "/"))))

    async def sign_in(request: Request) -> Response:
        if not (offered() and _from_this_machine(request)):
            return _page(_not_offered(), status=403)
        form = await _form(request)
        account = known.get(form.get("account", ""))
        if account is None:
            return _page(_choices(accounts, "/", problem="There is no such demo account."), status=401)
        response = RedirectResponse(next_path(form.get("next", "/")), status_code=303)
        _end(sessions, request)
        with shelf.store().casebook(write=True) as book:
            book.keep_demo(account, at=datetime.now(UTC))
        response.set_cookie(
            COOKIE,
            sessions.open(account.user, account.name, account.role),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
            path="/",
        )
        return response

    async def sign_out(request: Request) -> Response:
        _end(sessions, request)
        response = RedirectResponse(SIGN_IN, status_code=303, headers={"clear-site-data": '"cache"'})
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return response

    return [
        Route(SIGN_IN, show, methods=["GET"]),
        Route(SIGN_IN, sign_in, methods=["POST"]),
        Route(SIGN_OUT, sign_out, methods=["POST"]),
    ]


def next_path(wanted: str) -> str:
    """Where to go after signing in: `wanted` if it is a path of this server, else the first page.

    >>> next_path("/listen?recording=ab"), next_path("//evil.example"), next_path("https://evil.example/")
    ('/listen?recording=ab', '/', '/')
    """
    if not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted or not wanted.isprintable():
        return "/"
    return wanted


def _end(sessions: Sessions, request: Request) -> None:
    token = request.cookies.get(COOKIE)
    if token:
        sessions.end(token)


def _from_this_machine(request: Request) -> bool:
    # A proxy on this machine also connects from loopback, but it says for whom, or brings another Host.
    client = request.client.host if request.client else ""
    forwarded = any(name in request.headers for name in FORWARDED)
    return client in LOOPBACK and host_name(request.headers.get("host", "")) in LOOPBACK and not forwarded


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _choices(accounts: Sequence[Viewer], target: str, *, problem: str = "") -> str:
    buttons = "".join(
        f'<button name="account" value="{escape(account.user)}"><strong>{escape(account.name)}</strong>'
        f"<small>{escape(ROLE_WORDS.get(account.role, account.role))}</small></button>"
        for account in accounts
    )
    return (
        "<h1>Body-camera review</h1>"
        '<p class="demo"><strong>Demo sign-in.</strong> These accounts have no password. '
        "They are offered only on this computer, for trying the program out. Do not use them for casework.</p>"
        + (f'<p role="alert">{escape(problem)}</p>' if problem else "")
        + f'<form method="post" action="{SIGN_IN}"><input type="hidden" name="next" value="{escape(target)}">'
        f"{buttons}</form>"
    )


def _not_offered() -> str:
    return (
        "<h1>Body-camera review</h1><p>The demo sign-in works only on the computer that runs the program, at its "
        "loopback address. This version has no other sign-in yet, so it cannot be used over a network.</p>"
    )


def _page(body: str, *, status: int = 200) -> Response:
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in - Body-camera review</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body><main>{body}</main></body></html>",
        status_code=status,
        headers=_HEADERS,
    )
