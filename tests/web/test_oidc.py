"""Signing in elsewhere, against a provider on this machine that really signs its tokens."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from review.access import Viewer
from review.errors import UnreadablePolicy
from review.store import open_store
from review.web import oidc
from review.web.gate import COOKIE
from tests.oidc_provider import running

ORIGIN = {"origin": "http://127.0.0.1:8501"}
BROWSER = {"accept": "text/html"}
SCRIPT = {**ORIGIN, "accept": "application/json", "x-requested-by": "bodycam-review"}
MADE = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture
def mock():
    with running() as mock:
        yield mock


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


def come_back_from_another_site(served, query: str):
    """As a browser does: it holds back the session's strict cookie."""
    [waiting] = [one.value for one in served.client.cookies.jar if one.name == oidc.COOKIE]
    alone = TestClient(served.client.app, base_url=ORIGIN["origin"], client=("127.0.0.1", 50000))
    return alone.get(f"/oidc/back?{query}", headers={**BROWSER, "cookie": f"{oidc.COOKIE}={waiting}"})


def locked(served, mock) -> str:
    """Sign in, and lock the screen; returns the session's token."""
    come_back(served, mock.login(start(served)))
    served.client.post("/lock", headers=SCRIPT)
    return str(served.client.cookies[COOKIE])


def answer_with(served, token: str) -> int:
    served.clock.now += 3  # until the store is asked again
    headers = {**BROWSER, "cookie": f"{COOKIE}={token}"}
    return int(TestClient(served.client.app, base_url=ORIGIN["origin"]).get("/api/x", headers=headers).status_code)


def test_unlocking_opens_the_same_session_again_with_all_that_was_opened_in_it(served, mock, store):
    token = locked(served, mock)
    done = come_back_from_another_site(served, mock.login(start(served)))
    assert done.status_code == 200
    assert COOKIE not in done.headers["set-cookie"]
    assert answer_with(served, token) == 404
    with store.casebook() as book:
        assert [entry.action for entry in book.logged(person="sam")] == ["unlock", "lock", "sign_in"]


def test_somebody_else_who_signs_in_at_the_lock_begins_a_session_and_ends_the_one_that_was_locked(served, mock, store):
    with store.casebook(write=True) as book:
        book.accounts.add(Viewer("ada", "Ada", "supervisor"), at=MADE)
    token = locked(served, mock)
    done = come_back_from_another_site(served, mock.login(start(served), preferred_username="ada"))
    assert COOKIE in done.headers["set-cookie"]
    assert answer_with(served, token) == 401


def test_a_session_that_was_ended_while_somebody_was_at_the_provider_is_not_opened_again(served, mock, store):
    token = locked(served, mock)
    query = mock.login(start(served))
    with store.casebook(write=True) as book:
        book.sessions.end_of("sam")
    done = come_back_from_another_site(served, query)
    assert COOKIE in done.headers["set-cookie"]
    assert answer_with(served, token) == 401


def test_a_screen_that_is_locked_while_somebody_is_at_the_provider_stays_so(served, mock):
    come_back(served, mock.login(start(served)))
    token = str(served.client.cookies[COOKIE])
    query = mock.login(start(served))  # nothing was locked, so they are not asked anew
    served.client.post("/lock", headers=SCRIPT)
    assert COOKIE in come_back_from_another_site(served, query).headers["set-cookie"]
    assert answer_with(served, token) == 401


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
