"""Signing in elsewhere: the agency's own OpenID provider says who it is and how they showed it; accounts stay here."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.access import Viewer
from review.desk import signing_in
from review.errors import UnreadablePolicy
from review.policy.entries import Entries
from review.web.gate import LOOPBACK, OIDC_BACK, OIDC_START, SIGN_IN
from review.web.plain import alert, next_path, page
from review.web.sessions import Session
from review.web.sign_in import Door, give_cookie, source

VARIABLE = "BODYCAM_REVIEW_OIDC"
HOW = "oidc"
COOKIE = "bodycam_review_oidc"
SCOPE = "openid profile email"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
TIMEOUT = 10.0  # seconds for one answer of the provider
LEEWAY = 60  # seconds that two computers' clocks may differ
WAITS = 600.0  # seconds that somebody may take at the provider
KEYS_FOR = 3600.0  # seconds until the provider's addresses and keys are read again
MOST_WAITING = 500


class NotShown(Exception):
    """The provider's answer does not show who it is; the text says why, for the log."""


@dataclass(frozen=True)
class Provider:
    """An agency's OpenID provider, and what of its answers counts."""

    issuer: str
    client_id: str
    secret: str = ""
    name: str = "your agency's account"
    claim: str = "preferred_username"  # that holds the id of the account here
    amr: frozenset[str] = frozenset({"mfa"})  # RFC 8176: any of these shows more than one factor
    acr: frozenset[str] = frozenset()  # or any of these


@dataclass(frozen=True)
class Waiting:
    """Somebody who was sent to the provider."""

    browser: str
    nonce: str
    verifier: str
    target: str
    began: float
    again: bool  # whether they have to show anew who they are, as to unlock
    session: Session | None = None  # that they have; the way back leads from another site and brings no cookie of it


def configured() -> Provider | None:
    """The provider in the TOML file that BODYCAM_REVIEW_OIDC names, or None; raises UnreadablePolicy."""
    where = os.environ.get(VARIABLE)
    return read(Path(where)) if where else None


def read(path: Path) -> Provider:
    """The provider in this TOML file; raises UnreadablePolicy, which names the file, the key and what to do."""
    entries = Entries.read(path)
    provider = Provider(
        issuer=entries.text("issuer").rstrip("/"),
        client_id=entries.text("client_id"),
        secret=_secret(entries),
        name=entries.text("name", Provider.name),
        claim=entries.text("claim", Provider.claim),
        amr=frozenset(entries.texts("amr")) if entries.has("amr") else Provider.amr,
        acr=frozenset(entries.texts("acr")) if entries.has("acr") else Provider.acr,
    )
    entries.end()
    parts = urlsplit(provider.issuer)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise entries.wrong("issuer", "it must start with https://")
    if not provider.amr | provider.acr:
        raise entries.wrong("amr", "say what shows a second factor, in amr or acr; without one nobody may sign in")
    return provider


def _secret(entries: Entries) -> str:
    where = entries.text("secret_file", "")
    if not where:
        return ""
    try:
        return Path(where).read_text("utf-8").strip()
    except OSError as error:
        raise UnreadablePolicy(f"{where} cannot be read ({error.strerror}); check secret_file") from error


class Agency:
    """Speaks with the provider: where to send people, and who came back."""

    def __init__(self, provider: Provider) -> None:
        """Take the provider; nothing is asked of it before the first sign-in."""
        self.provider = provider
        self._known: tuple[float, Mapping[str, Any], KeySet] | None = None
        self._waiting: dict[str, Waiting] = {}

    def send(self, back: str, target: str, *, session: Session | None = None) -> tuple[str, str]:
        """Where to send somebody, and what their browser keeps until they are back; raises NotShown."""
        metadata, _keys = self._metadata()
        now = time.time()
        self._waiting = {state: one for state, one in self._waiting.items() if now - one.began < WAITS}
        while len(self._waiting) >= MOST_WAITING:
            self._waiting.pop(next(iter(self._waiting)))
        browser, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        again = session is not None and session.locked
        one = Waiting(browser, nonce, verifier, target, began=now, again=again, session=session)
        with self._client(back) as client:
            more = {"prompt": "login", "max_age": 0} if again else {}
            url, state = client.create_authorization_url(
                metadata["authorization_endpoint"], nonce=one.nonce, code_verifier=one.verifier, **more
            )
        self._waiting[state] = one
        return str(url), one.browser

    def came_back(self, back: str, query: Mapping[str, str], *, browser: str) -> tuple[str, Waiting]:
        """The id of the account that the provider vouches for, and what they had begun; raises NotShown."""
        one = self._waiting.pop(query.get("state", ""), None)
        if one is None or time.time() - one.began > WAITS:
            raise NotShown("no sign-in was begun, or too long ago")
        if not browser or not secrets.compare_digest(one.browser.encode(), browser.encode()):
            raise NotShown("another browser began this sign-in")
        if "code" not in query:
            raise NotShown(f"the provider answered {query.get('error', 'nothing')[:80]}")
        claims = self._claims(back, query["code"], one)
        if one.again and float(claims.get("auth_time", 0)) < one.began - LEEWAY:
            raise NotShown("the person was not asked anew who they are")
        self._check_factors(claims)
        user = claims.get(self.provider.claim)
        if not isinstance(user, str) or not user:
            raise NotShown(f"the answer has no claim {self.provider.claim}")
        return user.strip().lower(), one

    def _claims(self, back: str, code: str, one: Waiting) -> Mapping[str, Any]:
        metadata, _keys = self._metadata()
        try:
            with self._client(back) as client:
                token = client.fetch_token(
                    metadata["token_endpoint"], code=code, code_verifier=one.verifier, grant_type="authorization_code",
                    timeout=TIMEOUT,
                )  # fmt: skip
            given = self._decoded(str(token["id_token"]))
            claims = CodeIDToken(
                given.claims,
                given.header,
                options={
                    "iss": {"essential": True, "value": metadata["issuer"]},
                    "aud": {"essential": True, "value": self.provider.client_id},
                    "nonce": {"essential": True, "value": one.nonce},
                },
                params={
                    "nonce": one.nonce,
                    "client_id": self.provider.client_id,
                    "access_token": token["access_token"],
                },
            )
            claims.validate(leeway=LEEWAY)
        except (AuthlibBaseError, JoseError, requests.RequestException, KeyError, ValueError) as error:
            raise NotShown(f"its token was not accepted ({type(error).__name__})") from error
        return dict(given.claims)

    def _decoded(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._metadata()[1], algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            self._known = None  # the provider may have changed its keys
            return jwt.decode(token, self._metadata()[1], algorithms=ALGORITHMS)

    def _check_factors(self, claims: Mapping[str, Any]) -> None:
        amr = claims.get("amr")
        used = {str(one) for one in amr} if isinstance(amr, list) else set()
        if not used & self.provider.amr and claims.get("acr") not in self.provider.acr:
            raise NotShown("the provider does not say that more than one factor was used")

    def _metadata(self) -> tuple[Mapping[str, Any], KeySet]:
        now = time.monotonic()
        if self._known is None or now - self._known[0] > KEYS_FOR:
            try:
                metadata = _get(f"{self.provider.issuer}/.well-known/openid-configuration")
                if str(metadata.get("issuer", "")).rstrip("/") != self.provider.issuer:
                    raise NotShown("the provider calls itself by another name than its issuer")
                keys = KeySet.import_key_set(_get(metadata["jwks_uri"]))
            except (requests.RequestException, JoseError, KeyError, ValueError) as error:
                raise NotShown(f"the provider cannot be reached ({type(error).__name__})") from error
            self._known = (now, metadata, keys)
        return self._known[1], self._known[2]

    def _client(self, back: str) -> OAuth2Session:
        client = OAuth2Session(
            self.provider.client_id,
            self.provider.secret or None,
            scope=SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
        )
        client.max_redirects = 0
        return client


def routes(door: Door, provider: Provider) -> list[Route]:
    """The way to the provider and back."""
    agency = Agency(provider)

    def start(request: Request) -> Response:
        target = next_path(request.query_params.get("next", "/"))
        try:
            url, browser = agency.send(_back(request), target, session=request.state.session)
        except NotShown as error:
            return refused(request, str(error))
        response = RedirectResponse(url, status_code=303, headers={"cache-control": "no-store"})
        # Lax: the browser comes back from another site.
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, browser, httponly=True, samesite="lax", secure=secure, path=OIDC_BACK)
        return response

    def back(request: Request) -> Response:
        try:
            user, begun = agency.came_back(
                _back(request), dict(request.query_params), browser=request.cookies.get(COOKIE, "")
            )
        except NotShown as error:
            return refused(request, str(error))
        viewer = signing_in.known(door.shelf.store(), user)
        if viewer is None:
            return refused(request, "no account", user=user, told=signing_in.NO_ACCOUNT)
        # Not a redirect: the browser counts it as coming from the provider's site, and would hold back the cookie.
        response = page("<p>Signed in. One moment.</p>", title="Sign in", refresh=begun.target)
        if not unlocked(request, viewer, begun):
            if begun.session is not None:
                door.sessions.close(begun.session)
            give_cookie(request, response, door.let_in(request, viewer, how=HOW))
        response.delete_cookie(COOKIE, path=OIDC_BACK, httponly=True, samesite="lax")
        return response

    def unlocked(request: Request, viewer: Viewer, begun: Waiting) -> bool:
        """Whether that unlocks the session that they have, so that what they had opened is open still."""
        session = begun.session
        if session is None or not begun.again or session.viewer.user != viewer.user:
            return False
        door.sessions.refresh(session)  # it may have been ended meanwhile
        if not door.sessions.live(session):
            return False
        door.sessions.lock(session, False)
        signing_in.note(door.shelf.store(), "unlock", viewer.user, at=door.now(), source=source(request), how=HOW)
        return True

    def refused(request: Request, why: str, *, user: str = "", told: str = "") -> Response:
        store, at = door.shelf.store(), door.now()
        signing_in.note(store, "sign_in", user, at=at, source=source(request), outcome="refused", why=why, how=HOW)
        words = (
            told or "Signing in did not work. Try again, or ask your administrator, who finds the reason in the log."
        )
        body = f"<h1>Not signed in</h1>{alert(words)}<p>{escape(provider.name)}</p>"
        return page(f'{body}<p><a href="{SIGN_IN}">Back to the sign-in page</a></p>', title="Sign in", status=403)

    async def send(request: Request) -> Response:
        return await run_in_threadpool(start, request)

    async def receive(request: Request) -> Response:
        return await run_in_threadpool(back, request)

    return [Route(OIDC_START, send, methods=["GET"]), Route(OIDC_BACK, receive, methods=["GET"])]


def _back(request: Request) -> str:
    # The gate has checked the host; behind a proxy the scheme is the one that the proxy names.
    return f"{request.url.scheme}://{request.headers['host']}{OIDC_BACK}"


def _get(url: str) -> Any:
    with requests.get(url, timeout=TIMEOUT, allow_redirects=False) as answer:
        answer.raise_for_status()
        body = answer.json()
    if not isinstance(body, dict):
        raise ValueError("no object")
    return body
