from __future__ import annotations

import hashlib

import pytest
from starlette.websockets import WebSocketDisconnect

from review.web import gate

BASE = "http://127.0.0.1:8501"
ORIGIN = {"origin": BASE}
BROWSER = {"accept": "text/html,application/xhtml+xml"}
SOCKET = "ws://127.0.0.1:8501/_stcore/stream"
NOBODY = f"/api/recordings/{'0' * 64}"


@pytest.mark.parametrize(
    "path",
    [
        f"{NOBODY}/media",
        f"{NOBODY}/transcript",
        f"{NOBODY}/verdicts",
        f"{NOBODY}/export.json",
        "/_stcore/health",
        "/media/x",
    ],
)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_an_anonymous_request_for_data_is_answered_401_even_to_a_browser(served, path, accept):
    answer = served.client.get(path, headers={"accept": accept})
    assert answer.status_code == 401
    assert answer.json() == {"error": "Sign in first."}


def test_an_anonymous_post_of_verdicts_is_answered_401(served):
    answer = served.client.post(f"{NOBODY}/verdicts", json={"operations": []}, headers=ORIGIN)
    assert answer.status_code == 401


def test_an_anonymous_browser_is_sent_to_the_sign_in_page_and_comes_back_to_where_it_wanted(served):
    answer = served.client.get("/listen?recording=ab&at=3", headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=%2Flisten%3Frecording%3Dab%26at%3D3",
    )
    page = served.client.get(answer.headers["location"], headers=BROWSER)
    assert 'value="/listen?recording=ab&amp;at=3"' in page.text


def test_a_program_that_asks_for_a_page_anonymously_gets_401_and_no_redirect(served):
    assert served.client.get("/").status_code == 401


def test_a_signed_in_person_reaches_the_pages_under_their_own_name(served):
    served.sign_in()
    assert served.client.get("/", headers=BROWSER).text == "a page for demo.supervisor"


@pytest.mark.parametrize("name", ["x-review-user", "X-Review-User", "x_review_user", "x-review-role", "x-review-else"])
def test_identity_headers_that_a_client_sends_are_thrown_away(served, name):
    token = served.sign_in()
    told = served.client.get("/headers", headers={name: "chief"}).json()
    assert told == [
        ["x-review-user", "demo.supervisor"], ["x-review-name", "Demo supervisor"], ["x-review-role", "supervisor"],
        ["x-review-session", hashlib.sha256(token.encode()).hexdigest()[:24]], ["x-review-source", "127.0.0.1"],
    ]  # fmt: skip


def test_identity_headers_alone_sign_nobody_in(served):
    forged = {"x-review-user": "demo.supervisor", "x-review-name": "x", "x-review-role": "supervisor"}
    assert served.client.get(f"{NOBODY}/media", headers=forged).status_code == 401


@pytest.mark.parametrize("token", ["", "guessed", "a" * 43])
def test_a_made_up_session_cookie_signs_nobody_in(served, token):
    assert (
        served.client.get(f"{NOBODY}/media", headers={"cookie": f"bodycam_review_session={token}"}).status_code == 401
    )


def test_cookies_of_other_programs_on_this_machine_do_not_sign_a_person_out(served):
    token = served.sign_in()
    cookies = f'other={{"a": 1}}; bodycam_review_session={token}; broken'
    served.client.cookies.clear()
    assert served.client.get("/", headers={**BROWSER, "cookie": cookies}).status_code == 200


def test_a_cookie_that_was_copied_before_signing_out_is_worthless_afterwards(served):
    token = served.sign_in()
    assert served.client.post("/sign-out", headers=ORIGIN).status_code == 303
    replayed = served.client.get(f"{NOBODY}/media", headers={"cookie": f"bodycam_review_session={token}"})
    assert replayed.status_code == 401


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1:9999", "https://127.0.0.1:8501", "null", None]
)
@pytest.mark.parametrize("path", [f"{NOBODY}/verdicts", "/sign-out", "/sign-in"])
def test_a_post_from_another_origin_or_from_none_is_refused(served, path, origin):
    served.sign_in()
    answer = served.client.post(path, headers={"origin": origin} if origin else {})
    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", ""])
def test_a_name_that_only_resolves_to_this_machine_is_not_served(served, host):
    served.sign_in()
    assert served.client.get("/", headers={**BROWSER, "host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8501", "LOCALHOST:8501", "[::1]:8501", "127.0.0.1"])
def test_all_names_of_the_loopback_address_are_served(served, host):
    assert served.client.get("/sign-in", headers={"host": host}).status_code == 200


def test_a_configured_host_name_is_served(serve):
    named = serve(hosts=["review.agency.example"])
    headers = {"host": "review.agency.example", **BROWSER}
    assert named.client.get("/", headers=headers).status_code == 303
    assert named.client.get("/", headers=BROWSER).status_code == 421


def test_a_websocket_of_a_signed_in_person_carries_their_identity(served):
    served.sign_in()
    with served.client.websocket_connect(SOCKET, headers={**ORIGIN, "x-review-user": "chief"}) as socket:
        assert socket.receive_text() == "demo.supervisor"
        socket.send_text("hello")
        assert socket.receive_text() == "hello"


@pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}, {"origin": BASE, "host": "evil.example"}])
def test_a_websocket_from_elsewhere_is_refused_before_it_opens(served, headers):
    served.sign_in()
    with pytest.raises(WebSocketDisconnect), served.client.websocket_connect(SOCKET, headers=headers):
        pass


def test_an_anonymous_websocket_is_refused_before_it_opens(served):
    with pytest.raises(WebSocketDisconnect), served.client.websocket_connect(SOCKET, headers=ORIGIN):
        pass


def test_an_open_websocket_closes_when_its_session_signs_out(served):
    served.sign_in()
    with served.client as client, client.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        socket.receive_text()
        client.post("/sign-out", headers=ORIGIN)
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()


def test_what_arrives_on_a_websocket_after_half_an_hour_of_nothing_closes_it(served):
    served.sign_in()
    with served.client as client, client.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        socket.receive_text()
        served.clock.now += 29 * 60
        socket.send_text("in time")
        assert socket.receive_text() == "in time"
        served.clock.now += 31 * 60  # as if the laptop had slept
        socket.send_text("too late")
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()


def test_an_idle_websocket_closes_by_itself(served, monkeypatch):
    monkeypatch.setattr(gate, "LOOK_SECONDS", 0.05)
    served.sign_in()
    with served.client as client, client.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        socket.receive_text()
        served.clock.now += 31 * 60
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()


def test_no_browser_keeps_a_page_so_that_going_back_to_one_asks_the_gate(served):
    served.sign_in()
    assert served.client.get("/", headers=BROWSER).headers["cache-control"] == "no-store"
    assert "no-store" not in served.client.get("/headers").headers.get("cache-control", "")


def test_every_answer_forbids_framing_and_sniffing(served):
    for answer in (served.client.get("/"), served.client.get("/sign-in")):
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
