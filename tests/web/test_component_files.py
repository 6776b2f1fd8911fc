"""Scripts and styles of our components are fetched once, and anew as soon as one of them has changed."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from review.web.component_files import ComponentFiles, version

BASE = "/_stcore/bidi-components/review.player"


async def served(request: Request) -> Response:
    """As Streamlit does it: no browser may use it a second time."""
    if request.path_params["file"] == "none.js":
        return PlainTextResponse("not found", 404)
    return PlainTextResponse(request.path_params["file"], headers={"cache-control": "public"})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "player").mkdir()
    (tmp_path / "player" / "player.js").write_text('import "./cards.js";')
    (tmp_path / "player" / "cards.js").write_text("1;")
    return tmp_path


@pytest.fixture
def client(folder):
    routes = [Route("/_stcore/bidi-components/{component}/{file:path}", served)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(ComponentFiles, folder=folder)]))


def test_a_file_asked_for_by_name_is_sent_on_to_its_version_and_what_it_imports_is_found_beside_it(client, folder):
    sent_on = client.get(f"{BASE}/player.js", follow_redirects=False)
    assert sent_on.status_code == 307
    assert sent_on.headers["cache-control"] == "no-store"
    found = client.get(f"{BASE}/player.js")
    assert found.url.path == f"{BASE}@{version(folder)}/player.js"
    assert found.text == "player.js"
    beside = client.get(str(found.url.join("./cards.js")))
    assert (beside.status_code, beside.text) == (200, "cards.js")
    other = client.get(str(found.url.join("../review.form/form.js")))
    assert other.url.path == f"/_stcore/bidi-components/review.form@{version(folder)}/form.js"
    for answer in (found, beside, other):
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


def test_another_file_of_ours_makes_another_version(client, folder):
    before = version(folder)
    (folder / "player" / "cards.js").write_text("22;")
    assert version(folder) != before
    old = client.get(f"{BASE}@{before}/cards.js")
    assert (old.text, old.headers["cache-control"]) == ("cards.js", "no-store")


def test_what_is_not_there_is_not_kept(client, folder):
    answer = client.get(f"{BASE}@{version(folder)}/none.js")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


def test_other_components_are_left_as_they_are(client):
    answer = client.get("/_stcore/bidi-components/another.player/player.js", follow_redirects=False)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public")


def test_a_name_cannot_lead_to_another_server(client):
    answer = client.get(f"{BASE}//evil.example/", follow_redirects=False)
    assert answer.next_request.url.host == "testserver"
