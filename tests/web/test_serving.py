"""The real server: what `streamlit run app.py` answers to somebody who has not signed in, and to forgeries."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import connect

from review import web

NOBODY = f"/api/recordings/{'0' * 64}"
PROJECT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def shelved(server, shelve_into):
    return shelve_into(server.folder)


@pytest.fixture
def client(server):
    with httpx.Client(base_url=server.base, headers={"origin": server.base}, timeout=60) as client:
        yield client


@pytest.fixture
def signed_in(client):
    assert client.post("/sign-in", data={"account": "demo.supervisor"}).status_code == 303
    return client


def test_the_file_of_settings_holds_the_same_values_as_the_program():
    told = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text("utf-8"))
    values = {f"{section}.{key}": value for section, keys in told.items() for key, value in keys.items()}
    values["server.trustedUserHeaders"] = json.loads(values["server.trustedUserHeaders"])
    assert values == {**web.FIXED, "server.address": web.HOST}


def open_for_review(client, shelved) -> None:
    path = f"/api/recordings/{shelved.sha256}/opening"
    assert client.post(path, json={"purpose": "assigned_review"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", f"{NOBODY}/media", f"{NOBODY}/transcript", f"{NOBODY}/verdicts", f"{NOBODY}/export.json", "/_stcore/health",
     "/_stcore/host-config", "/_stcore/metrics", "/_stcore/agent/openapi.json",
     "/_stcore/bidi-components/review.player/player.js", "/media/x",
     "/static/index.html", "/favicon.png", "/auth/login", "/nothing"],
)  # fmt: skip
def test_streamlit_run_answers_401_to_everybody_who_has_not_signed_in(client, path):
    assert client.get(path).status_code == 401


@pytest.mark.parametrize("what", ["media", "transcript", "verdicts"])
def test_a_recording_that_is_there_is_401_too_and_a_forged_identity_does_not_help(client, shelved, what):
    forged = {"x-review-user": "demo.supervisor", "x-review-name": "Demo", "x-review-role": "supervisor"}
    assert client.get(f"/api/recordings/{shelved.sha256}/{what}", headers=forged).status_code == 401


def test_an_anonymous_verdict_is_401(client, shelved):
    body = {"operations": [{"id": "1", "flag": "flag-1", "answer": "agree"}]}
    headers = {"x-requested-by": "bodycam-review"}
    assert client.post(f"/api/recordings/{shelved.sha256}/verdicts", json=body, headers=headers).status_code == 401


def test_a_signed_in_person_hears_the_recording_by_ranges_without_compression(signed_in, shelved):
    open_for_review(signed_in, shelved)
    path, whole = f"/api/recordings/{shelved.sha256}/media", shelved.media.read_bytes()
    part = signed_in.get(path, headers={"range": "bytes=500-1499"})
    assert (part.status_code, part.content) == (206, whole[500:1500])
    assert "content-encoding" not in part.headers
    assert signed_in.get(path, headers={"range": f"bytes={len(whole) + 1}-"}).status_code == 416
    assert signed_in.get(path).content == whole


def test_a_cookie_replayed_after_signing_out_is_401(signed_in, server, shelved):
    open_for_review(signed_in, shelved)
    path = f"/api/recordings/{shelved.sha256}/transcript"
    cookie = {"cookie": f"bodycam_review_session={signed_in.cookies['bodycam_review_session']}"}
    assert httpx.get(server.base + path, headers=cookie).status_code == 200
    signed_in.post("/sign-out")
    assert httpx.get(server.base + path, headers=cookie).status_code == 401


def test_a_post_from_another_origin_is_403_even_when_signed_in(signed_in, shelved):
    headers = {"origin": "https://evil.example", "x-requested-by": "bodycam-review"}
    answer = signed_in.post(f"/api/recordings/{shelved.sha256}/verdicts", json={"operations": []}, headers=headers)
    assert answer.status_code == 403


def socket(server, **headers: str):
    url = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    return connect(url, additional_headers=headers, origin=None, subprotocols=["streamlit"])


def test_an_anonymous_websocket_is_403(server):
    with pytest.raises(InvalidStatus) as refused:
        socket(server, origin=server.base)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:1", "null"])
def test_a_websocket_from_another_origin_is_403_even_with_the_cookie(signed_in, server, origin):
    cookie = f"bodycam_review_session={signed_in.cookies['bodycam_review_session']}"
    with pytest.raises(InvalidStatus) as refused:
        socket(server, origin=origin, cookie=cookie)
    assert refused.value.response.status_code == 403


def test_a_websocket_of_a_signed_in_person_opens_and_closes_when_they_sign_out(signed_in, server):
    cookie = f"bodycam_review_session={signed_in.cookies['bodycam_review_session']}"
    with socket(server, origin=server.base, cookie=cookie) as opened:
        signed_in.post("/sign-out")
        with pytest.raises(ConnectionClosedError):
            _ = [opened.recv(timeout=20) for _ in range(1000)]  # what was on its way, then the end
        assert opened.close_code == 1008


def test_the_server_listens_on_loopback_only_and_says_where(server):
    assert f"URL: http://127.0.0.1:{server.port}" in server.log()
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("only Linux shows its sockets in /proc")
    ours = [line.split()[1] for line in listening.read_text().splitlines()[1:] if line.split()[3] == "0A"]
    assert f"0100007F:{server.port:04X}" in ours
    assert f"00000000:{server.port:04X}" not in ours


def test_an_installed_package_serves_the_same_gate_from_any_folder(tmp_path, free_port):
    script = (
        "import threading, time, urllib.request, urllib.error, sys, os\n"
        "from review import web\n"
        "def ask():\n"
        "    for _ in range(300):\n"
        "        time.sleep(0.1)\n"
        "        try:\n"
        f"            urllib.request.urlopen('http://127.0.0.1:PORT{NOBODY}/media')\n"
        "        except urllib.error.HTTPError as error:\n"
        "            print('STATUS', error.code, flush=True); os._exit(0)\n"
        "        except OSError:\n"
        "            pass\n"
        "    os._exit(1)\n"
        "threading.Thread(target=ask, daemon=True).start()\n"
        "web.serve(port=PORT, open_browser=False)\n"
    )
    port = free_port()
    (tmp_path / "start.py").write_text(script.replace("PORT", str(port)))
    environment = {**os.environ, "BODYCAM_REVIEW_DB": str(tmp_path / "review.db")}
    done = subprocess.run(
        [sys.executable, "start.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=90
    )
    assert re.search(r"^STATUS 401$", done.stdout, re.MULTILINE), done.stdout + done.stderr
