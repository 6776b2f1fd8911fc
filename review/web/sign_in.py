"""Signing in and out: with an account's password and code, or, on this machine alone, as a demo account."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review import credentials, policy
from review.access import Viewer
from review.desk import signing_in
from review.desk.signing_in import Entering
from review.errors import MissingKey, WrongUse
from review.store import DEMO
from review.web.allowance import Allowance
from review.web.gate import COOKIE, LOOPBACK, OIDC_START, SET_UP, SIGN_IN, SIGN_OUT, host_name, source_of
from review.web.plain import alert, field, form_of, hidden, next_path, page
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
    "officer": "watches own recordings, adds context, answers and contests marks",
    "internal_affairs": "audits all recordings; where two reviewers differ, a mark becomes disputed",
    "trainer": "hears the moments that were shared for training",
    "oversight": "sees figures and the moments that were shared",
    "admin": "looks after accounts; sees no recording",
}
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
PASSWORD = "password+totp"  # how somebody with an account of this store signed in
# Failed tries from one address; an account is closed much sooner, this is against tries with many ids.
SOURCE_TRIES = 50
SOURCE_SECONDS = 15 * 60.0
SET_UP_SECONDS = 600.0
MOST_SETTING_UP = 500
TITLE = "Sign in"
TOO_MANY = "Too many tries failed from this address. Wait a quarter of an hour, then try again."
# Where the key should be is told to the server's own log, not to whoever finds this page.
NO_KEY = "Nobody can sign in with a code just now, because a file is missing on the server. Tell your administrator."
HEADING = "<h1>Body-camera review</h1>"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SettingUp:
    """Somebody whose password was right, and who has something to set up before they are in."""

    entering: Entering
    secret: str
    target: str
    until: float


class Door:
    """What signing in needs: the sessions, the store, and who is in between."""

    def __init__(self, sessions: Sessions, shelf: Shelf, *, clock: Callable[[], float] = time.time) -> None:
        """Take where sessions and accounts are kept, and the clock of one-time codes in Unix seconds."""
        self.sessions = sessions
        self.shelf = shelf
        self._clock = clock
        self._failed = Allowance(SOURCE_TRIES, SOURCE_SECONDS, clock=clock)
        self._setting_up: dict[str, SettingUp] = {}

    def now(self) -> datetime:
        """This moment, in UTC."""
        return datetime.fromtimestamp(self._clock(), UTC)

    def enter(self, user: str, password: str, *, code: str, source: str) -> Entering:
        """Check a sign-in, unless too many failed from this address."""
        if not self._failed.left(source):
            return Entering(why=TOO_MANY)
        entering = signing_in.enter(self.shelf.store(), user, password, code=code, at=self.now(), source=source)
        if entering.viewer is None:
            self._failed.spend(source)
        return entering

    def let_in(self, request: Request, viewer: Viewer, *, how: str) -> str:
        """End the session that the browser had and begin one; returns its token."""
        self.sessions.end(request.cookies.get(COOKIE, ""))
        token = self.sessions.open(viewer.user, viewer.name, viewer.role, how=how)
        signing_in.note(self.shelf.store(), "sign_in", viewer.user, at=self.now(), source=source(request), how=how)
        return token

    def begin_set_up(self, entering: Entering, target: str) -> str:
        """Remember somebody who has something to set up; returns the name for the form."""
        now = self._clock()
        self._setting_up = {name: one for name, one in self._setting_up.items() if one.until > now}
        while len(self._setting_up) >= MOST_SETTING_UP:
            self._setting_up.pop(next(iter(self._setting_up)))
        name = secrets.token_urlsafe(32)
        secret = credentials.new_secret() if entering.needs_totp else ""
        self._setting_up[name] = SettingUp(entering, secret, target, now + SET_UP_SECONDS)
        return name

    def setting_up(self, name: str) -> SettingUp | None:
        """Who is setting up under this name; None when that was too long ago."""
        found = self._setting_up.get(name)
        return found if found and found.until > self._clock() else None

    def end_set_up(self, name: str) -> None:
        """Forget them."""
        self._setting_up.pop(name, None)


def routes(
    door: Door,
    *,
    offered: Callable[[], bool],
    elsewhere: str = "",
    accounts: Sequence[Viewer] = DEMO_ACCOUNTS,
) -> list[Route]:
    """Signing in and out; `offered` says whether the server listens on loopback only, `elsewhere` names the agency's
    own sign-in, when there is one.
    """
    known = {account.user: account for account in accounts}

    def demo_offered(request: Request) -> bool:
        return offered() and from_this_machine(request) and not _any_real(door)

    def show(request: Request) -> Response:
        return form(request, next_path(request.query_params.get("next", "/")))

    def form(request: Request, target: str, *, problem: str = "", status: int = 200) -> Response:
        demo = _choices(accounts, target) if demo_offered(request) else ""
        own = _fields(target) if _any_real(door) else ""
        other = _elsewhere(elsewhere, target)
        if not (demo or own or other):
            return page(HEADING + _nobody_yet(), title=TITLE, status=403)
        body = HEADING + alert(problem) + _notice() + own + other + demo
        return page(body, title=TITLE, status=status)

    async def sign_in(request: Request) -> Response:
        return await run_in_threadpool(checked, request, await form_of(request))

    def checked(request: Request, said: dict[str, str]) -> Response:
        target = next_path(said.get("next", "/"))
        if "account" in said:
            return as_demo(request, said["account"], target)
        user = said.get("user", "").strip().lower()
        if not user:
            return form(request, target, problem=signing_in.WRONG, status=401 if demo_offered(request) else 403)
        try:
            entering = door.enter(user, said.get("password", ""), code=said.get("code", ""), source=source(request))
        except MissingKey as error:
            _log.error("nobody can sign in: %s", error)
            return form(request, target, problem=NO_KEY, status=503)
        if entering.viewer is None:
            return form(request, target, problem=entering.why, status=401)
        if not entering.done:
            name = door.begin_set_up(entering, target)
            return _set_up_page(door, name)
        return welcome(request, door.let_in(request, entering.viewer, how=PASSWORD), target)

    def as_demo(request: Request, account: str, target: str) -> Response:
        if not demo_offered(request):
            return form(request, target, problem="The demo accounts are not offered here.", status=403)
        if account not in known:
            return form(request, target, problem="There is no such demo account.", status=401)
        with door.shelf.store().casebook(write=True) as book:
            for viewer in accounts:  # all of them: work can be given to those who have not looked in yet
                book.keep_demo(viewer, at=door.now())
        return welcome(request, door.let_in(request, known[account], how=DEMO), target)

    async def set_up(request: Request) -> Response:
        return await run_in_threadpool(finish, request, await form_of(request))

    def finish(request: Request, said: dict[str, str]) -> Response:
        name = said.get("name", "")
        found = door.setting_up(name)
        if found is None or found.entering.viewer is None:
            return form(request, "/", problem="That took too long. Sign in again.", status=401)
        if said.get("password", "") != said.get("again", ""):
            return _set_up_page(door, name, problem="The two passwords differ.")
        try:
            signing_in.complete(
                door.shelf.store(),
                found.entering,
                secret=found.secret,
                code=said.get("code", ""),
                password=said.get("password", ""),
                at=door.now(),
                source=source(request),
            )
        except WrongUse as error:
            return _set_up_page(door, name, problem=_sentence(str(error)))
        door.end_set_up(name)
        return welcome(request, door.let_in(request, found.entering.viewer, how=PASSWORD), found.target)

    async def sign_out(request: Request) -> Response:
        await run_in_threadpool(leave, request)
        response = RedirectResponse(SIGN_IN, status_code=303, headers={"clear-site-data": '"cache"'})
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return response

    def leave(request: Request) -> None:
        session = door.sessions.end(request.cookies.get(COOKIE, ""))
        if session is not None:
            store, user = door.shelf.store(), session.viewer.user
            signing_in.note(store, "sign_out", user, at=door.now(), source=source(request))

    return [
        Route(SIGN_IN, show, methods=["GET"]),
        Route(SIGN_IN, sign_in, methods=["POST"]),
        Route(SET_UP, set_up, methods=["POST"]),
        Route(SIGN_OUT, sign_out, methods=["POST"]),
    ]


def welcome(request: Request, token: str, target: str) -> Response:
    """Go on to where the person wanted, with the session's cookie."""
    response = RedirectResponse(target, status_code=303)
    give_cookie(request, response, token)
    return response


def give_cookie(request: Request, response: Response, token: str) -> None:
    """Hand the session's token to the browser, out of reach of scripts and of other sites."""
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")


def source(request: Request) -> str:
    """From where a request came, for the log."""
    return source_of(request.scope)


def from_this_machine(request: Request) -> bool:
    """Whether a person at this computer asks, and no proxy for somebody else."""
    # A proxy on this machine also connects from loopback, but it says for whom, or brings another Host.
    client = request.client.host if request.client else ""
    forwarded = any(name in request.headers for name in FORWARDED)
    return client in LOOPBACK and host_name(request.headers.get("host", "")) in LOOPBACK and not forwarded


def _any_real(door: Door) -> bool:
    with door.shelf.store().casebook() as book:
        return book.accounts.any_real()


def _notice() -> str:
    return f'<p class="notice">{escape(policy.current().use_notice)}</p>'


def _fields(target: str) -> str:
    return (
        f'<form method="post" action="{SIGN_IN}">{hidden("next", target)}'
        + field("user", "Your id", complete="username", more=" required autofocus")
        + field("password", "Password", kind="password", complete="current-password", more=" required")
        + field(
            "code", "Code", hint="six digits from your authenticator app; none at the first time",
            complete="one-time-code",
        )
        + '<button class="main">Sign in</button></form>'
    )  # fmt: skip


def _elsewhere(name: str, target: str) -> str:
    if not name:
        return ""
    # A link: browsers hold a form to this server even where it is sent on to the agency's own sign-in.
    where = f"{OIDC_START}?next={quote(target, safe='')}"
    return f'<a class="button" href="{escape(where)}">Sign in with {escape(name)}</a>'


def _choices(accounts: Sequence[Viewer], target: str) -> str:
    buttons = "".join(
        f'<button name="account" value="{escape(account.user)}"><strong>{escape(account.name)}</strong>'
        f"<small>{escape(ROLE_WORDS.get(account.role, account.role))}</small></button>"
        for account in accounts
    )
    return (
        '<p class="demo"><strong>Demo sign-in.</strong> These accounts have no password. '
        "They are offered only on this computer, for trying the program out, until the first real account is made. "
        "Do not use them for casework.</p>"
        f'<form method="post" action="{SIGN_IN}">{hidden("next", target)}{buttons}</form>'
    )


def _nobody_yet() -> str:
    return (
        "<p>There are no accounts yet. An administrator makes the first one on the computer that runs the program, "
        "with <code>bodycam-review users add</code>. The demo sign-in works only on that computer, at its loopback "
        "address.</p>"
    )


def _set_up_page(door: Door, name: str, *, problem: str = "") -> Response:
    found = door.setting_up(name)
    assert found is not None
    assert found.entering.viewer is not None
    body = "<h1>Before you start</h1>" + alert(problem)
    body += f'<form method="post" action="{SET_UP}">{hidden("name", name)}'
    if found.entering.needs_password:
        body += "<p>Your password was given to you by somebody else. Choose one that only you know.</p>"
        body += new_password_fields()
    if found.entering.needs_totp:
        uri = credentials.enrolment(found.secret, found.entering.viewer.user)
        grouped = " ".join(found.secret[at : at + 4] for at in range(0, len(found.secret), 4))
        body += (
            "<p>Each sign-in needs a code from an authenticator app on your phone. Scan this picture with the app, "
            "or type the key into it. Keep both to yourself.</p>"
            f'<img src="{escape(credentials.as_picture(uri))}" alt="QR code for the authenticator app">'
            f"<p>Key: <code>{grouped}</code></p>"
            + field("code", "Code that the app shows now", complete="one-time-code", more=" required")
        )
    return page(body + '<button class="main">Go on</button></form>', title=TITLE, status=400 if problem else 200)


def new_password_fields() -> str:
    """The two fields for a new password."""
    hint = f"at least {credentials.MIN_PASSWORD} characters; a sentence is easy to remember"
    least = f' required minlength="{credentials.MIN_PASSWORD}"'
    return field(
        "password", "New password", kind="password", hint=hint, complete="new-password", more=least
    ) + field("again", "New password once more", kind="password", complete="new-password", more=least)  # fmt: skip


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
