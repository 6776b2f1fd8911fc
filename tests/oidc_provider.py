"""An OpenID provider on this machine that really signs its tokens, for a client or for a person in a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

PAGE = """<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,">
<form method="post" action="{action}"><button>I am Sam</button></form></html>"""


@dataclass
class Mock:
    """An OpenID provider; a test changes `claims`, `key` or `issuer` to make it lie."""

    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    calls_itself: str = ""
    base: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    vouched: dict[str, Any] = field(default_factory=dict)  # what is told of whoever comes in a browser

    def login(self, url: str, **claims: Any) -> str:
        """What a person does at the provider; returns the query with which they come back."""
        self.asked.append({name: values[0] for name, values in parse_qs(urlsplit(url).query).items()})
        self.claims = {"preferred_username": "sam", "amr": ["pwd", "mfa"], "auth_time": int(time.time()), **claims}
        code = f"code-{len(self.codes)}"
        self.codes[code] = self.asked[-1]
        return f"code={code}&state={self.asked[-1]['state']}"

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.calls_itself or self.base,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "jwks_uri": f"{self.base}/jwks",
        }

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        asked = self.codes.pop(form.get("code", ""), None)  # a code works once
        secret = base64.b64encode(b"client-1:hush").decode()
        if asked is None or authorization != f"Basic {secret}" or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if challenge.decode() != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {"iss": self.base, "aud": "client-1", "sub": "1", "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        key = self.signs_with or self.key
        claims = {name: value for name, value in {**claims, **self.claims}.items() if value is not None}
        signed = jwt.encode({"alg": self.algorithm, "kid": "one"}, claims, key, algorithms=[self.algorithm])
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}

    def page(self, path: str) -> str:
        """What a browser shows that was sent here."""
        return PAGE.format(action=escape(path))

    def way_back(self, path: str) -> str:
        """Where a browser is sent after the person's click."""
        query = self.login(path, **self.vouched)
        return f"{self.asked[-1]['redirect_uri']}?{query}"


@contextmanager
def running(host: str = "127.0.0.1") -> Iterator[Mock]:
    """Serve one; a `host` other than that of the program makes it another site to a browser."""
    mock = Mock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/authorize?"):
                self.answer(200, "text/html", mock.page(self.path))
                return
            known = {
                "/.well-known/openid-configuration": mock.metadata(),
                "/jwks": {"keys": [mock.key.as_dict(private=False)]},
            }
            self.tell(known.get(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            if self.path.startswith("/authorize?"):
                self.answer(303, "text/html", "", location=mock.way_back(self.path))
                return
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.tell(mock.token(form, self.headers.get("authorization", "")))

        def tell(self, body: object) -> None:
            self.answer(200 if body else 400, "application/json", json.dumps(body or {"error": "invalid_grant"}))

        def answer(self, status: int, kind: str, text: str, **more: str) -> None:
            said = text.encode()
            self.send_response(status)
            for name, value in {"content-type": kind, "content-length": str(len(said)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mock.base = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield mock
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
