"""The real server as it stands behind a proxy with TLS: its name, its cookies, whose address the log has."""

from __future__ import annotations

import os
import socket as sockets

import httpx
import pyotp
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from review import credentials
from review.access import Viewer
from review.pipeline import now
from review.store import open_store
from tests.conftest import Server

NAME = "review.agency.example"
PROXIED = {"host": NAME, "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https", "origin": f"https://{NAME}"}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "a quiet street at night"


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    """`streamlit run app.py`, told the name that the proxy serves, with one account."""
    folder = tmp_path_factory.mktemp("proxied")
    with open_store(folder / "review.db") as store, store.casebook(write=True) as book:
        kept = credentials.hashed(PASSWORD)
        book.accounts.add(Viewer("sam", "Sam", "admin"), at=now(), password=kept, totp=SECRET)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "BODYCAM_REVIEW_HOSTS", f"other.example, {NAME}")
        server = Server(folder)
        server.start()
        yield server
        server.stop()


def test_an_account_signs_in_through_the_proxy_and_the_log_has_the_address_behind_it(behind):
    with httpx.Client(base_url=behind.base, headers=PROXIED, timeout=60) as client:
        page = client.get("/sign-in")
        assert page.status_code == 200
        assert page.headers["strict-transport-security"]
        assert "Demo sign-in" not in page.text
        form = {"user": "sam", "password": PASSWORD, "code": pyotp.TOTP(SECRET).now()}
        answer = client.post("/sign-in", data=form)
        assert answer.status_code == 303, answer.text
        assert "secure" in answer.headers["set-cookie"].lower()
        token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
        cookie = {"cookie": f"bodycam_review_session={token}"}
        assert client.get("/audit", headers={**cookie, "accept": "text/html"}).status_code == 200
        whole = client.get("/api/audit.csv", headers=cookie).text
    assert "sam,admin,sign_in,,,done,192.0.2.7" in whole
    with socket(behind, **{**PROXIED, **cookie}) as opened:
        assert opened.subprotocol == "streamlit"


def socket(behind, **headers):
    # websockets writes the Host header from the address; a second one of the same name would be refused.
    sent = {name: value for name, value in headers.items() if name != "host"}
    line = sockets.create_connection(("127.0.0.1", behind.port))
    url = f"ws://{NAME}/_stcore/stream"
    return connect(url, sock=line, additional_headers=sent, origin=None, subprotocols=["streamlit"])


def test_a_websocket_from_another_site_is_refused_behind_the_proxy_too(behind):
    with pytest.raises(InvalidStatus) as refused:
        socket(behind, **{**PROXIED, "origin": "https://evil.example"})
    assert refused.value.response.status_code == 403


def test_pages_bring_a_policy_that_allows_no_script_from_elsewhere(behind):
    policy = httpx.get(behind.base, timeout=60).headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval' 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
