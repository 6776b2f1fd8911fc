from __future__ import annotations

import pytest

ORIGIN = {"origin": "http://127.0.0.1:8501"}


def test_the_page_says_plainly_that_its_accounts_are_for_trying_out(served):
    page = served.client.get("/sign-in")
    assert page.status_code == 200
    assert "Demo sign-in." in page.text
    assert "have no password" in page.text
    assert "Do not use them for casework" in page.text


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(served):
    answer = served.client.post("/sign-in", data={"account": "demo.supervisor"}, headers=ORIGIN)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "expires" not in cookie  # gone with the browser window
    assert "max-age" not in cookie


@pytest.mark.parametrize("account", ["", "root", "demo.chief"])
def test_an_account_that_does_not_exist_signs_nobody_in(served, account):
    answer = served.client.post("/sign-in", data={"account": account}, headers=ORIGIN)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_signing_in_again_ends_the_session_that_the_browser_had(served):
    first = served.sign_in()
    second = served.sign_in("demo.internal-affairs")
    assert first != second
    assert served.sessions.find(first) is None


@pytest.mark.parametrize(
    ("wanted", "comes_to"),
    [("/listen?recording=ab", "/listen?recording=ab"), ("//evil.example", "/"), ("https://evil.example", "/"),
     ("/\\evil.example", "/"), ("/x\r\nset-cookie: a=b", "/"), ("", "/")],
)  # fmt: skip
def test_after_signing_in_a_person_stays_on_this_server(served, wanted, comes_to):
    form = {"account": "demo.supervisor", "next": wanted}
    assert served.client.post("/sign-in", data=form, headers=ORIGIN).headers["location"] == comes_to


def test_what_the_address_asks_for_is_written_into_the_page_harmlessly(served):
    page = served.client.get("/sign-in", params={"next": '/"><script>alert(1)</script>'})
    assert "<script" not in page.text


def test_a_form_that_is_too_large_signs_nobody_in(served):
    form = {"account": "demo.supervisor", "pad": "x" * 5000}
    assert served.client.post("/sign-in", data=form, headers=ORIGIN).status_code == 401


def test_the_demo_sign_in_is_not_offered_when_the_server_listens_to_the_network(serve):
    open_to_all = serve(offered=False)
    page = open_to_all.client.get("/sign-in")
    assert page.status_code == 403
    assert "<button" not in page.text
    answer = open_to_all.client.post("/sign-in", data={"account": "demo.supervisor"}, headers=ORIGIN)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_the_demo_sign_in_is_not_offered_to_another_machine(serve):
    far = serve(client=("192.0.2.7", 50000))
    assert far.client.post("/sign-in", data={"account": "demo.supervisor"}, headers=ORIGIN).status_code == 403


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
def test_the_demo_sign_in_is_not_offered_through_a_proxy_on_this_machine(served, header):
    form = {"account": "demo.supervisor"}
    answer = served.client.post("/sign-in", data=form, headers={**ORIGIN, header: "192.0.2.7"})
    assert answer.status_code == 403
