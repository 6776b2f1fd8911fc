"""Signing in elsewhere, against a provider on this machine that really signs its tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from review.access import Viewer
from review.errors import UnreadablePolicy
from review.store import open_store
from review.web import oidc

ORIGIN = {"origin": "http://127.0.0.1:8501"}
BROWSER = {"accept": "text/html"}
SCRIPT = {**ORIGIN, "accept": "application/json", "x-requested-by": "bodycam-review"}
MADE = datetime(2025, 3, 1, tzinfo=UTC)


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


@pytest.fixture
def mock():
    mock = Mock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            known = {
                "/.well-known/openid-configuration": mock.metadata(),
                "/jwks": {"keys": [mock.key.as_dict(private=False)]},
            }
            self.answer(known.get(self.path))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(mock.token(form, self.headers.get("authorization", "")))

        def answer(self, body: object) -> None:
            said = json.dumps(body or {"error": "invalid_grant"}).encode()
            self.send_response(200 if body else 400)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mock.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield mock
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "review.db") as store:
        with store.casebook(write=True) as book:
            book.accounts.add(Viewer("sam", "Sam", "supervisor"), at=MADE)
        yield store


@pytest.fixture
def served(serve, mock, store):
    return serve(offered=False, provider=oidc.Provider(mock.base, "client-1", "hush", name="County login"))


def start(served, target: str = "/listen?recording=ab") -> str:
    answer = served.client.get("/oidc/start", params={"next": target})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def come_back(served, query: str):
    return served.client.get(f"/oidc/back?{query}", headers=BROWSER)


def reasons(store) -> list[object]:
    with store.casebook() as book:
        return [entry.details.get("why") for entry in book.logged(action="sign_in", outcome="refused")]


def test_somebody_whom_the_provider_vouches_for_is_in_and_goes_on_where_they_wanted(served, mock, store):
    page = served.client.get("/sign-in?next=/listen")
    assert "Sign in with County login" in page.text
    query = mock.login(start(served))
    done = come_back(served, query)
    assert done.status_code == 200
    assert 'content="0;url=/listen?recording=ab"' in done.text  # not a redirect: the strict cookie would stay behind
    assert served.client.get("/", headers=BROWSER).text == "a page for sam"
    [asked] = mock.asked
    assert (asked["code_challenge_method"], asked["redirect_uri"]) == ("S256", "http://127.0.0.1:8501/oidc/back")
    with store.casebook() as book:
        [entry] = book.logged(action="sign_in")
    assert (entry.person, entry.outcome, dict(entry.details)) == ("sam", "done", {"how": "oidc"})


@pytest.mark.parametrize(
    ("lie", "why"),
    [
        ({"amr": ["pwd"]}, "more than one factor"),
        ({"amr": None}, "more than one factor"),
        ({"amr": "mfa"}, "not accepted"),  # text where a list belongs
        ({"iss": "https://evil.example"}, "not accepted"),
        ({"aud": "another-client"}, "not accepted"),
        ({"aud": ["client-1", "another"], "azp": "another"}, "not accepted"),
        ({"nonce": "guessed"}, "not accepted"),
        ({"nonce": None}, "not accepted"),
        ({"exp": 1}, "not accepted"),
        ({"exp": None}, "not accepted"),
        ({"preferred_username": "nobody"}, "no account"),
        ({"preferred_username": None}, "no claim preferred_username"),
        ({"preferred_username": ["sam"]}, "no claim preferred_username"),
        ({"preferred_username": "demo.admin"}, "no account"),
    ],
)
def test_an_answer_that_does_not_show_who_it_is_signs_nobody_in_and_the_log_says_why(served, mock, store, lie, why):
    with store.casebook(write=True) as book:
        book.keep_demo(Viewer("demo.admin", "Demo", "admin"), at=MADE)
    answer = come_back(served, mock.login(start(served), **lie))
    assert answer.status_code == 403
    assert "bodycam_review_session" not in answer.headers.get("set-cookie", "")
    assert served.client.get("/api/x").status_code == 401
    assert why in str(reasons(store)[0])


def test_a_token_that_another_key_signed_is_refused(served, mock):
    mock.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert come_back(served, mock.login(start(served))).status_code == 403


def test_a_provider_may_change_its_keys(served, mock):
    assert come_back(served, mock.login(start(served))).status_code == 200
    mock.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert come_back(served, mock.login(start(served))).status_code == 200


def test_an_answer_can_be_used_once(served, mock):
    query = mock.login(start(served))
    assert come_back(served, query).status_code == 200
    assert come_back(served, query).status_code == 403


def test_an_answer_that_another_browser_asked_for_is_refused(served, mock, store):
    query = mock.login(start(served))
    served.client.cookies.clear()
    assert come_back(served, query).status_code == 403
    assert "another browser" in str(reasons(store)[0])


@pytest.mark.parametrize("query", ["", "state=guessed&code=1", "error=access_denied"])
def test_an_answer_that_nobody_asked_for_is_refused(served, store, query):
    assert come_back(served, query).status_code == 403


def test_a_no_of_the_provider_is_told_and_logged(served, mock, store):
    state = parse_qs(urlsplit(start(served)).query)["state"][0]
    assert come_back(served, f"error=access_denied&state={state}").status_code == 403
    assert "access_denied" in str(reasons(store)[0])


def test_a_disabled_account_stays_out_whatever_the_provider_says(served, mock, store):
    with store.casebook(write=True) as book:
        book.accounts.disable("sam", at=MADE)
    answer = come_back(served, mock.login(start(served)))
    assert answer.status_code == 403
    assert "Ask your administrator" in answer.text


def test_a_provider_that_calls_itself_otherwise_or_is_not_there_is_not_asked(served, mock, store):
    mock.calls_itself = "https://evil.example"
    assert served.client.get("/oidc/start").status_code == 403
    assert "another name" in str(reasons(store)[0])


def test_a_provider_that_cannot_be_reached_is_told_in_words(serve, store):
    alone = serve(offered=False, provider=oidc.Provider("http://127.0.0.1:9", "client-1"))
    answer = alone.client.get("/oidc/start", headers=BROWSER)
    assert answer.status_code == 403
    assert "Signing in did not work" in answer.text


def test_unlocking_asks_the_provider_to_ask_anew(served, mock):
    come_back(served, mock.login(start(served)))
    served.client.post("/lock", headers=SCRIPT)
    assert served.client.post("/unlock", headers=SCRIPT).status_code == 403  # a click is not enough
    url = start(served)
    assert {"prompt=login", "max_age=0"} <= set(urlsplit(url).query.split("&"))
    silent = come_back(served, mock.login(url, auth_time=int(time.time()) - 3600))
    assert silent.status_code == 403
    assert served.client.get("/api/x").status_code == 423
    assert come_back(served, mock.login(start(served))).status_code == 200
    assert served.client.get("/", headers=BROWSER).text == "a page for sam"


def test_acr_can_show_the_second_factor_instead(serve, mock, store):
    provider = oidc.Provider(mock.base, "client-1", "hush", amr=frozenset(), acr=frozenset({"urn:mfa"}))
    by_acr = serve(offered=False, provider=provider)
    assert come_back(by_acr, mock.login(start(by_acr), amr=["mfa"])).status_code == 403
    assert come_back(by_acr, mock.login(start(by_acr), amr=None, acr="urn:mfa")).status_code == 200


def test_the_provider_is_read_from_a_file_with_its_secret_beside_it(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("hush\n")
    (tmp_path / "oidc.toml").write_text(
        f'issuer = "https://login.county.example/"\nclient_id = "c"\nsecret_file = "{tmp_path}/secret"\n'
        'claim = "email"\namr = ["otp", "hwk"]\n'
    )
    monkeypatch.setenv("BODYCAM_REVIEW_OIDC", str(tmp_path / "oidc.toml"))
    found = oidc.configured()
    assert (found.issuer, found.secret, found.claim) == ("https://login.county.example", "hush", "email")
    assert found.amr == {"otp", "hwk"}
    monkeypatch.delenv("BODYCAM_REVIEW_OIDC")
    assert oidc.configured() is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('client_id = "c"', "issuer: it is missing"),
        ('issuer = "http://login.county.example"\nclient_id = "c"', "it must start with https://"),
        ('issuer = "https://x.example"\nclient_id = "c"\namr = []', "say what shows a second factor"),
        ('issuer = "https://x.example"\nclient_id = "c"\nsecret = "hush"', "secret"),
        ('issuer = "https://x.example"\nclient_id = "c"\nsecret_file = "/nowhere"', "/nowhere cannot be read"),
    ],
)
def test_a_mistake_in_the_file_is_told(tmp_path, text, words):
    (tmp_path / "oidc.toml").write_text(text)
    with pytest.raises(UnreadablePolicy, match=words):
        oidc.read(tmp_path / "oidc.toml")
