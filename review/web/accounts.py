"""What a signed-in person does with their own session and account: lock, unlock, change the password."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from review import policy
from review.desk import signing_in
from review.errors import WrongUse
from review.store import DEMO
from review.web.gate import LOCK, OIDC_START, SIGN_IN, SIGN_OUT, UNLOCK
from review.web.plain import alert, field, form_of, hidden, next_path, page
from review.web.sessions import Session
from review.web.sign_in import PASSWORD, Door, new_password_fields, source

ACCOUNT = "/account"
NO_STORE = {"cache-control": "no-store"}


def routes(door: Door) -> list[Route]:
    """The routes of a signed-in person's own session and account."""

    def state(request: Request) -> Response:
        session = _session(request)
        body = {
            "minutes": policy.current().lock_minutes,
            "most": policy.MOST_LOCK_MINUTES,
            "how": session.how,
            "name": session.viewer.name,
            "locked": session.locked,
        }
        return JSONResponse(body, headers=NO_STORE)

    def lock(request: Request) -> Response:
        session = _session(request)
        if not session.locked:
            door.sessions.lock(session, True)
            _note(door, request, session, "lock")
        return JSONResponse({"locked": True}, headers=NO_STORE)

    def show_unlock(request: Request) -> Response:
        session, target = _session(request), next_path(request.query_params.get("next", "/"))
        return unlock_page(session, target) if session.locked else RedirectResponse(target, status_code=303)

    async def unlock(request: Request) -> Response:
        said = await form_of(request)
        why = await run_in_threadpool(unlocked, request, _session(request), said)
        if "application/json" in request.headers.get("accept", ""):
            answer = {"error": why} if why else {"locked": False}
            return JSONResponse(answer, status_code=403 if why else 200, headers=NO_STORE)
        target = next_path(said.get("next", "/"))
        if why:
            return unlock_page(_session(request), target, problem=why, status=403)
        return RedirectResponse(target, status_code=303)

    def unlocked(request: Request, session: Session, said: dict[str, str]) -> str:
        """Why the session stays locked; nothing when it is open again."""
        if not session.locked:
            return ""
        if session.how == PASSWORD:
            user, at, where = session.viewer.user, door.now(), source(request)
            entering = signing_in.enter(
                door.shelf.store(), user, said.get("password", ""), code=said.get("code", ""), at=at, source=where,
                doing="unlock",
            )  # fmt: skip
            if entering.viewer is None:
                return entering.why
        elif session.how != DEMO:
            return "Sign in again to unlock."
        door.sessions.lock(session, False)
        _note(door, request, session, "unlock")
        return ""

    def show_account(request: Request) -> Response:
        return _account_page(_session(request))

    async def change(request: Request) -> Response:
        said = await form_of(request)
        return await run_in_threadpool(changed, request, _session(request), said)

    def changed(request: Request, session: Session, said: dict[str, str]) -> Response:
        if session.how != PASSWORD:
            return _account_page(session, status=403)
        if said.get("password", "") != said.get("again", ""):
            return _account_page(session, problem="The two passwords differ.", status=400)
        try:
            why = signing_in.change_password(
                door.shelf.store(),
                session.viewer.user,
                old=said.get("old", ""),
                new=said.get("password", ""),
                code=said.get("code", ""),
                at=door.now(),
                source=source(request),
                keep=session.digest,
            )
        except WrongUse as error:
            why = f"{str(error).capitalize()}."
        return _account_page(session, problem=why, status=400 if why else 200, done=not why)

    return [
        Route(LOCK, state, methods=["GET"]),
        Route(LOCK, lock, methods=["POST"]),
        Route(UNLOCK, show_unlock, methods=["GET"]),
        Route(UNLOCK, unlock, methods=["POST"]),
        Route(ACCOUNT, show_account, methods=["GET"]),
        Route(ACCOUNT, change, methods=["POST"]),
    ]


def unlock_page(session: Session, target: str, *, problem: str = "", status: int = 200) -> Response:
    """The page that asks who is there, for somebody who loads a locked page anew."""
    body = (
        f"<h1>Locked</h1><p>Signed in as <strong>{escape(session.viewer.name)}</strong>. Nothing is lost: what you "
        f"had open is there again when you unlock.</p>{alert(problem)}"
    )
    if session.how in {PASSWORD, DEMO}:
        body += f'<form method="post" action="{UNLOCK}">{hidden("next", target)}'
        if session.how == PASSWORD:
            body += field("password", "Password", kind="password", complete="current-password", more=" autofocus")
            body += field("code", "Code", complete="one-time-code")
        body += '<button class="main">Unlock</button></form>'
    else:
        where = f"{OIDC_START}?next={quote(target, safe='')}"
        body += f'<a class="button" href="{escape(where)}">Sign in again to unlock</a>'
    body += f'<form method="post" action="{SIGN_OUT}"><button>Sign out</button></form>'
    return page(body, title="Locked", status=status)


def _account_page(session: Session, *, problem: str = "", status: int = 200, done: bool = False) -> Response:
    body = f"<h1>Your account</h1><p>Signed in as <strong>{escape(session.viewer.name)}</strong>.</p>{alert(problem)}"
    if done:
        body += '<p role="status">Your password is changed. Your other sessions were ended.</p>'
    if session.how == PASSWORD:
        body += f'<h2>Change your password</h2><form method="post" action="{ACCOUNT}">'
        body += field("old", "Password now", kind="password", complete="current-password", more=" required")
        body += field("code", "Code", hint="from your authenticator app", complete="one-time-code", more=" required")
        body += new_password_fields() + '<button class="main">Change</button></form>'
    elif session.how == DEMO:
        body += "<p>A demo account has no password.</p>"
    else:
        body += "<p>You signed in with your agency's own sign-in; your password is changed there.</p>"
    return page(f'{body}<p><a href="/">Back to the program</a></p>', title="Your account", status=status)


def _session(request: Request) -> Session:
    # The gate lets nobody here without one.
    session = request.state.session
    assert isinstance(session, Session), SIGN_IN
    return session


def _note(door: Door, request: Request, session: Session, action: str) -> None:
    store, user = door.shelf.store(), session.viewer.user
    signing_in.note(store, action, user, at=door.now(), source=source(request))
