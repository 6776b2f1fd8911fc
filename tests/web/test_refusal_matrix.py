"""Who may do what at each address: role, recording, purpose and route, told here by hand and not by `access`.

The recordings: north (unit North, worn by 4711, statement done), untold (the same, no statement yet), south (unit
South, worn by 4801), own (unit North, worn by 4700, who is the supervisor), held (as north, and held for internal
affairs), assigned (as south, and given to the supervisor), present (unit North, worn by 4712; 4700 and 4711 appear).

The app is the one that is served, Streamlit's own addresses too. An address or a kind of act that is not in the tables
below fails a test: whoever adds one says here for whom it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import streamlit as st
from anyio.from_thread import BlockingPortal, start_blocking_portal
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.runtime import Runtime

from review import web
from review.access import HELD, Purpose, Viewer
from review.casework import Act, Kind
from review.desk import NO_PURPOSE, wearing
from review.store import open_store
from review.web import corrections, gate, oidc
from review.web.gate import COOKIE, Gate
from review.web.sessions import Sessions

BASE = "http://127.0.0.1:8501"
OWN = {"origin": BASE, "x-requested-by": "bodycam-review"}
FORGED = {
    "x-review-user": "i", "x-review-name": "I", "x-review-role": "internal_affairs", "x-review-session": "1",
    "x_review_user": "i", "X-Review_Role": "internal_affairs",
}  # fmt: skip
AT = datetime(2025, 3, 2, tzinfo=UTC)
PEOPLE = {
    "supervisor": Viewer("s", "Supervisor A", "supervisor", "North", "4700"),
    "officer": Viewer("o", "Officer A", "officer", "North", "4711"),
    "internal_affairs": Viewer("i", "Internal affairs A", "internal_affairs"),
    "trainer": Viewer("t", "Trainer A", "trainer"),
    "oversight": Viewer("v", "Oversight A", "oversight"),
    "admin": Viewer("a", "Administrator A", "admin"),
}
WHOSE = {
    "north": ("4711", "North", True),
    "untold": ("4711", "North", False),
    "south": ("4801", "South", True),
    "own": ("4700", "North", True),
    "held": ("4711", "North", True),
    "assigned": ("4801", "South", True),
    "present": ("4712", "North", True),
}
REFERRED = "A blow that no report tells of"
APPEAR = {"present": ("4700", "4711")}
MATRIX = [(role, name) for role in PEOPLE for name in WHOSE]
# For whom which recording opens for which purposes; whatever is not here is refused.
OPENS = {
    ("supervisor", "north"): {"assigned_review", "coaching", "complaint"},
    ("supervisor", "untold"): {"assigned_review", "coaching", "complaint"},
    ("supervisor", "held"): {"assigned_review", "coaching", "complaint"},
    ("supervisor", "assigned"): {"assigned_review", "coaching", "complaint"},
    ("supervisor", "own"): {"own_debrief"},
    ("supervisor", "present"): {"own_debrief"},
    ("officer", "north"): {"own_debrief"},
    ("officer", "held"): {"own_debrief"},
    **{("internal_affairs", name): {"audit", "complaint", "assigned_review"} for name in WHOSE},
}
# Each of these once more for each purpose that it opens for: what somebody may do must not hang on what they said.
SAID_FOR = sorted((role, name, purpose) for (role, name), purposes in OPENS.items() for purpose in purposes)
OPENED = [(*one, "") for one in MATRIX if one not in OPENS] + SAID_FOR
READERS = frozenset(OPENS)
OPENERS = sorted({role for role, _ in OPENS})  # the sessions of the others are without any opening in all tests
AFFAIRS = frozenset(("internal_affairs", name) for name in WHOSE)
OF_THE_UNIT = frozenset({("supervisor", "north"), ("supervisor", "untold"), ("supervisor", "assigned")})
FREE = OF_THE_UNIT | AFFAIRS  # to do what a hold closes to all but internal affairs
JUDGES = FREE | {("supervisor", "held")}
WEARERS = frozenset({("officer", "north"), ("officer", "held"), ("supervisor", "own")})

# Addresses about one recording: what is asked of each, and who is answered once they have opened it.
RECORDING = "/api/recordings/{sha256}"
READING: Mapping[str, tuple[tuple[str, ...], frozenset[tuple[str, str]]]] = {
    f"{RECORDING}/{path}": (asked or (path,), READERS)
    for path, asked in {
        "media": (), "transcript": (), "verdicts": (), "peaks": (), "place": (), "corrections": (), "form": (),
        "coaching": (), "debrief": (), "revisions/{number:int}": ("revisions/1",),
        "export.{form}": ("export.json", "export.csv", "export.md", "export.vtt"),
    }.items()
}  # fmt: skip
SAID = {"flag": "flag-4", "answer": "agree"}
# What is sent to an address about one recording that changes something, and who may; `acts` is told by kind below.
CHANGING: Mapping[str, tuple[Callable[[], object], frozenset[tuple[str, str]], int]] = {
    f"{RECORDING}/verdicts": (lambda: {"operations": [{"id": f"{uuid4()}:1", **SAID}]}, JUDGES, 200),
    f"{RECORDING}/corrections": (lambda: {"operations": []}, FREE, 200),
    f"{RECORDING}/place": (lambda: {"at": 1.0}, READERS, 204),
}
# POST; each has tests of its own
ELSEWHERE = {f"{RECORDING}/opening", f"{RECORDING}/acts", f"{RECORDING}/whose"}
# Also before they said a purpose; of a held one only internal affairs.
SAY_WHOSE = FREE | {("admin", name) for name in WHOSE if name != "held"}
# Addresses about no recording: the request, who is answered, and with what; the others are refused.
LOOKS_AFTER = {"internal_affairs", "oversight", "admin"}
SENDS = {"supervisor", "internal_affairs", "admin"}
AT_LARGE: Mapping[tuple[str, str], tuple[str, set[str], int]] = {
    ("GET", "/api/audit.csv"): ("/api/audit.csv", LOOKS_AFTER, 200),
    # What is no recording is told so, but only to those who may send one.
    ("POST", "/api/uploads"): ("/api/uploads?unit=North", SENDS, 415),
    ("GET", "/api/moments/{share}/clip"): ("/api/moments/{share}/clip", {"trainer"}, 200),
    ("GET", "/api/{rest:path}"): ("/api/nothing", set(PEOPLE), 404),
    ("GET", "/lock"): ("/lock", set(PEOPLE), 200),
    ("GET", "/unlock"): ("/unlock", set(PEOPLE), 303),
    ("POST", "/unlock"): ("/unlock", set(PEOPLE), 303),
    ("GET", "/account"): ("/account", set(PEOPLE), 200),
    ("POST", "/account"): ("/account", set(PEOPLE), 403),  # these sessions have no password to change
}
LEAVING = {("POST", "/lock"), ("POST", "/sign-out")}  # the session is not as it was; tested by themselves
OPEN_TO_ALL = {
    ("GET", "/sign-in"), ("POST", "/sign-in"), ("POST", "/sign-in/set-up"), ("GET", "/oidc/start"),
    ("GET", "/oidc/back"),
}  # fmt: skip
SOCKET = "/_stcore/stream"
OTHER_SITES = ("http://evil.example", "null", "http://127.0.0.1:8502", "")
# Each kind of act: what is done, and who may do it.
KINDS: Mapping[Kind, tuple[str, dict[str, object], frozenset[tuple[str, str]]]] = {
    Kind.LISTENED: ("", {"start": 1.0, "end": 2.0}, READERS),
    Kind.NOTE: ("", {"at": 1.0, "text": "x"}, READERS),
    Kind.BOOKMARK: ("", {"at": 1.0}, READERS),
    Kind.PRAISE: ("", {"at": 1.0, "text": "well said"}, JUDGES),
    Kind.WITHDRAW: ("nothing", {}, READERS),
    Kind.ANSWER: ("camera", {"checklist": "encounter", "reply": "yes"}, JUDGES),
    Kind.COMMENT: ("", {"text": "x"}, JUDGES),
    Kind.DISPOSITION: ("", {"choice": "Praise"}, JUDGES),
    Kind.SIGN_OFF: ("", {}, FREE),
    Kind.REOPEN: ("", {"why": "x"}, FREE),
    Kind.SHARE: ("oversight", {"start": 1.0, "end": 2.0}, FREE),
    Kind.ASSIGN: ("i", {"what": "review"}, FREE),
    Kind.UNASSIGN: ("nothing", {}, FREE),
    Kind.SESSION: ("", {"agenda": []}, OF_THE_UNIT),
    Kind.RECALL: ("nothing", {"why": "x"}, OF_THE_UNIT),
    Kind.ACKNOWLEDGE: ("nothing", {"answer": "acknowledged"}, WEARERS),
    Kind.CONTEXT: ("flag-4", {"what": "other", "text": "x"}, WEARERS),
    Kind.CONTEST: ("flag-4", {"text": "not me"}, WEARERS),
    Kind.ASK_REVIEW: ("", {"text": "x"}, WEARERS),
    Kind.STATEMENT_DONE: ("", {}, WEARERS),
    Kind.CORRECT: ("", {"corrections": [{}]}, FREE),
    Kind.RELEASE: ("", {"why": "done"}, AFFAIRS),
    Kind.REFER: (
        "",
        {"why": "force"},
        JUDGES | {("supervisor", "own"), ("supervisor", "present")},
    ),  # last: it closes coaching
}
WITHOUT_A_PURPOSE = {Kind.ASSIGN, Kind.UNASSIGN, Kind.STATEMENT_DONE}
# What somebody is told who may not do it, and not only not now.
NOT_FOR_THEM = re.compile(
    "is not for this|You appear in this|another officer|another unit|your own recording once|Nobody has s|held for inte"
)


@dataclass
class Agency:
    """The app as it is served, over a store with an account of each role and these recordings."""

    client: AsyncClient
    sockets: TestClient
    portal: BlockingPortal  # one event loop for all requests, without starting Streamlit and the worker
    served: Starlette
    ours: list[Route]
    sessions: Sessions
    ids: dict[str, str]
    share: str  # a moment of north that trainers may hear
    unheard: str  # one of held, which was shared before
    fresh: dict[str, str]  # tokens of sessions in which nothing was opened
    opened: dict[str, str]  # tokens of sessions in which all was opened that opens, for one purpose of each
    said: dict[tuple[str, str], str]  # tokens by role and purpose: sessions in which all was opened for this purpose

    def sign_in(self, role: str) -> str:
        who = PEOPLE[role]
        return self.sessions.open(who.user, who.name, who.role, how="test")

    def ask(self, token: str, method: str, path: str, **more: Any) -> Response:
        headers = {**(OWN if method != "GET" else {}), **more.pop("headers", {})}
        if token:
            headers["cookie"] = f"{COOKIE}={token}"
        return self.send(method, path, headers=headers, **more)

    def send(self, method: str, path: str, **more: Any) -> Response:
        # Each hop from one thread to another costs as much as a refusal, so there is one for a whole request.
        return self.portal.call(lambda: self.client.request(method, path, **more))

    def about(self, name: str, what: str) -> str:
        return f"/api/recordings/{self.ids[name]}/{what}"

    def token(self, role: str, purpose: str) -> str:
        """A session in which all was opened for this purpose that opens for it; without one, where all was opened."""
        return self.said[role, purpose] if purpose else self.opened[role]

    def open(self, token: str, name: str, purpose: str) -> int:
        return self.ask(token, "POST", self.about(name, "opening"), json={"purpose": purpose}).status_code

    def act(self, token: str, name: str, *operations: Mapping[str, object]) -> dict[str, str]:
        """Send operations; the answer is for each id why it was refused, or nothing."""
        answer = self.ask(token, "POST", self.about(name, "acts"), json={"operations": list(operations)})
        told = answer.json()
        if answer.status_code != 200:
            return {str(one["id"]): told["error"] for one in operations}
        return {**dict.fromkeys(told["acknowledged"], ""), **{one["id"]: one["why"] for one in told["refused"]}}

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Each method and address that is served, ours and Streamlit's, filled in with what is there."""
        filled = {"sha256": self.ids["north"], "share": self.share, "number:int": "1", "form": "json"}
        for route in self.served.routes:
            if isinstance(route, Route):
                path = re.sub(r"\{([^}]+)\}", lambda found: filled.get(found[1], "x"), route.path)
                yield from ((method, path) for method in sorted(route.methods or ()))
        yield from (("GET", "/"), ("GET", "/listen"), ("GET", "/index.html"), ("POST", "/nothing"))


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory, shelve_into) -> Iterator[Agency]:
    folder: Path = tmp_path_factory.mktemp("agency")
    ids = {name: shelve_into(folder, pitch=200.0 + at, name=f"{name}.wav").sha256 for at, name in enumerate(WHOSE)}
    share, unheard = (
        Act(f"{uuid4()}:1", ids[name], Kind.SHARE, "trainer", {"start": 1.0, "end": 2.0}, "x", "supervisor", AT)
        for name in ("north", "held")
    )
    with open_store(folder / "review.db") as store, store.casebook(write=True) as book:
        for viewer in PEOPLE.values():
            book.keep_demo(viewer, at=AT)
        for name, (wearer, unit, done) in WHOSE.items():
            book.set_whose(ids[name], wearer=wearer, unit=unit, others=APPEAR.get(name, ()))
            if done:
                book.act(Act(f"{uuid4()}:1", ids[name], Kind.STATEMENT_DONE, "", {}, "x", "officer", AT))
        for one in (share, unheard):
            book.act(one)
        book.act(
            Act(f"{uuid4()}:1", ids["assigned"], Kind.ASSIGN, "s", {"what": "review"}, "i", "internal_affairs", AT)
        )
        book.act(Act(f"{uuid4()}:1", ids["held"], Kind.REFER, "", {"why": REFERRED}, "x", "supervisor", AT))
    provider = folder / "oidc.toml"
    provider.write_text('issuer = "https://login.agency.example"\nclient_id = "bodycam-review"\n')
    with pytest.MonkeyPatch.context() as patch, start_blocking_portal() as portal:
        patch.setenv("BODYCAM_REVIEW_DB", str(folder / "review.db"))
        patch.setenv(oidc.VARIABLE, str(provider))
        patch.setattr(Runtime, "_instance", None)  # whatever other tests left; and this one is never started
        patch.setattr(corrections.Marking, "warm", lambda _self: None)  # nobody corrects anything here
        options = web.options()
        served = st.App(web.SCRIPT, **options)._build_starlette_app()
        sessions = next(one for one in options["middleware"] if one.cls is Gate).kwargs["sessions"]
        client = AsyncClient(transport=ASGITransport(served, client=("127.0.0.1", 50000)), base_url=BASE)
        sockets = TestClient(served, base_url=BASE)
        sockets.portal = portal
        agency = Agency(
            client, sockets, portal, served, options["routes"], sessions, ids, share.id, unheard.id, {}, {}, {}
        )
        agency.fresh = {role: agency.sign_in(role) for role in PEOPLE}
        agency.opened = {role: agency.sign_in(role) for role in PEOPLE}
        for (role, name), purposes in OPENS.items():
            assert agency.open(agency.opened[role], name, min(purposes)) == 200
            for purpose in purposes:
                if (role, purpose) not in agency.said:
                    agency.said[role, purpose] = agency.sign_in(role)
                assert agency.open(agency.said[role, purpose], name, purpose) == 200
        yield agency


# Nothing is left out


def test_each_of_our_addresses_is_in_this_matrix_and_none_that_is_not_served(agency):
    served = {(method, route.path) for route in agency.ours for method in (route.methods or ()) if method != "HEAD"}
    told = {("GET", path) for path in READING} | {("POST", path) for path in (*CHANGING, *ELSEWHERE)}
    assert served == told | set(AT_LARGE) | LEAVING | OPEN_TO_ALL


def test_the_app_serves_nothing_but_addresses_that_the_matrix_can_ask(agency):
    kinds = {type(route) for route in agency.served.routes}
    assert kinds == {Route, WebSocketRoute, Mount}
    [socket] = [route for route in agency.served.routes if isinstance(route, WebSocketRoute)]
    assert socket.path == SOCKET
    [files] = [route for route in agency.served.routes if isinstance(route, Mount)]
    assert files.path == ""  # Streamlit's own page and scripts


def test_each_kind_of_act_is_in_this_matrix():
    assert set(KINDS) == set(Kind)


# Recordings


@pytest.mark.parametrize("role", PEOPLE)
def test_a_recording_opens_for_ones_own_purposes_only(agency, role):
    token = agency.sign_in(role)
    wanted = {(name, why): why in OPENS.get((role, name), ()) for name in WHOSE for why in (*Purpose, "curiosity", "")}
    assert {(name, why): agency.open(token, name, why) for name, why in wanted} == {
        key: 200 if opens else 403 for key, opens in wanted.items()
    }


@pytest.mark.parametrize("role", OPENERS)
def test_an_address_typed_by_hand_gives_nothing_without_a_purpose(agency, role):
    token = agency.fresh[role]
    asked = [("GET", name, what) for name in WHOSE for paths, _ in READING.values() for what in paths]
    found = {one: agency.ask(token, one[0], agency.about(*one[1:])).status_code for one in asked}
    for path, (body, _, _) in CHANGING.items():
        what = path.rpartition("/")[2]
        for name in WHOSE:
            found["POST", name, what] = agency.ask(token, "POST", agency.about(name, what), json=body()).status_code
    assert found == dict.fromkeys(found, 403)


@pytest.mark.parametrize("path", READING)
def test_each_address_answers_those_who_opened_the_recording_and_nobody_else(agency, path):
    asked, who = READING[path]
    found = {
        (role, name, purpose, what): agency.ask(
            agency.token(role, purpose), "GET", agency.about(name, what)
        ).status_code
        for role, name, purpose in OPENED
        for what in asked
    }
    assert found == {one: 200 if one[:2] in who else 403 for one in found}


@pytest.mark.parametrize("path", CHANGING)
def test_what_changes_something_is_taken_from_those_who_may_and_from_nobody_else(agency, path):
    body, who, good = CHANGING[path]
    what = path.rpartition("/")[2]
    found = {}
    for role, name, purpose in OPENED:
        answer = agency.ask(agency.token(role, purpose), "POST", agency.about(name, what), json=body())
        found[role, name, purpose] = answer.status_code
        if answer.status_code == 200:
            assert answer.json()["refused"] == []
    assert found == {one: good if one[:2] in who else 403 for one in OPENED}


@pytest.mark.parametrize(("role", "name", "purpose"), OPENED)
def test_what_people_do_is_kept_only_from_those_who_may(agency, role, name, purpose):
    kinds = [kind for kind in KINDS if (name, kind) != ("untold", Kind.STATEMENT_DONE)]  # others need it untold
    operations = {kind: operation(kind) for kind in kinds}
    whys = agency.act(agency.token(role, purpose), name, *operations.values())
    found = {kind for kind, one in operations.items() if not NOT_FOR_THEM.search(whys[one["id"]] or "")}
    if not whys[operations[Kind.REFER]["id"]] and name != "held":
        released = operation(Kind.RELEASE)
        assert agency.act(agency.opened["internal_affairs"], name, released) == {released["id"]: ""}
    assert found - {kind for kind in kinds if whys[operations[kind]["id"]] == NO_PURPOSE} == {
        kind for kind in kinds if (role, name) in KINDS[kind][2]
    }


@pytest.mark.parametrize("role", OPENERS)
def test_nothing_is_done_about_a_recording_that_was_not_opened(agency, role):
    for name in WHOSE:
        kinds = [kind for kind in KINDS if kind not in WITHOUT_A_PURPOSE]
        operations = [operation(kind) for kind in kinds]
        whys = agency.act(agency.fresh[role], name, *operations)
        assert all(whys[one["id"]] == NO_PURPOSE or NOT_FOR_THEM.search(whys[one["id"]]) for one in operations), name


@pytest.mark.parametrize("tokens", ["fresh", "opened"])
def test_whose_a_recording_is_is_taken_from_those_who_may_say_it_and_from_nobody_else(agency, tokens):
    found = {
        (role, name): agency.ask(
            getattr(agency, tokens)[role], "POST", agency.about(name, "whose"), json=whose(name)
        ).status_code
        for role, name in MATRIX
    }
    assert found == {one: 200 if one in SAY_WHOSE else 403 for one in MATRIX}


def test_whose_a_recording_is_can_be_changed_in_the_form_of_those_who_may_say_it_and_in_no_other(agency):
    told = {one: agency.ask(agency.opened[one[0]], "GET", agency.about(one[1], "form")).json() for one in READERS}
    assert {one for one, form in told.items() if form["whose"]} == SAY_WHOSE & READERS


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_who_may_not_say_whose_a_held_recording_is_is_told_why_and_nothing_changes(agency, role):
    answer = agency.ask(agency.opened[role], "POST", agency.about("held", "whose"), json=whose("held"))
    assert (answer.status_code, answer.json()["error"]) == (403, HELD)


def test_a_supervisor_gives_no_recording_to_another_unit(agency):
    body = {**whose("north"), "unit": "South"}
    answer = agency.ask(agency.opened["supervisor"], "POST", agency.about("north", "whose"), json=body)
    assert (answer.status_code, answer.json()["error"]) == (403, wearing.OTHER_UNIT)


def test_a_purpose_said_for_one_recording_opens_no_other_and_holds_for_one_session(agency):
    token = agency.sign_in("internal_affairs")
    assert agency.open(token, "north", "audit") == 200
    assert agency.ask(token, "GET", agency.about("north", "place")).status_code == 200
    assert agency.ask(token, "GET", agency.about("south", "place")).status_code == 403
    again = agency.sign_in("internal_affairs")
    assert agency.ask(again, "GET", agency.about("north", "place")).status_code == 403


def test_a_review_that_is_not_signed_is_told_to_nobody_who_cannot_review_it(agency):
    said = [operation(Kind.COMMENT, text="not my last word"), operation(Kind.ASSIGN)]
    assert set(agency.act(agency.opened["supervisor"], "north", *said).values()) == {""}
    told = agency.ask(agency.opened["officer"], "GET", agency.about("north", "form"))
    assert (told.json()["comment"], told.json()["answers"], told.json()["assignments"]) == (None, {}, [])
    for what in ("form", "debrief", "coaching", "verdicts"):
        assert "not my last word" not in agency.ask(agency.opened["officer"], "GET", agency.about("north", what)).text
    assert "not my last word" in agency.ask(agency.opened["supervisor"], "GET", agency.about("north", "form")).text


def test_that_a_recording_is_held_and_why_is_told_to_nobody_who_appears_in_it(agency):
    told = {"supervisor": "", "officer": ""}
    for role in told:
        for what in (what for paths, _ in READING.values() for what in paths):
            if what != "media":
                answer = agency.ask(agency.opened[role], "GET", agency.about("held", what))
                assert answer.status_code == 200
                told[role] += answer.text
    assert REFERRED in told["supervisor"]
    assert REFERRED not in told["officer"]
    assert "held for internal affairs" not in told["officer"].lower()


@pytest.mark.parametrize("path", READING)
def test_a_forged_header_makes_nobody_somebody_else(agency, path):
    for what in READING[path][0]:
        for token in (agency.opened["officer"], agency.fresh["trainer"]):
            assert agency.ask(token, "GET", agency.about("south", what), headers=FORGED).status_code == 403


# Addresses about no recording


@pytest.mark.parametrize(("method", "path"), AT_LARGE)
def test_what_is_about_no_recording_is_answered_by_role(agency, method, path):
    asked, roles, good = AT_LARGE[method, path]
    headers = {**FORGED, "x-file-name": "words.docx", "content-type": "application/octet-stream"}
    found = {}
    for role in PEOPLE:
        url = asked.format(share=agency.share)
        body = {"content": b"words"} if method == "POST" else {}
        found[role] = agency.ask(agency.fresh[role], method, url, headers=headers, **body).status_code
    assert found == {role: good if role in roles else 403 for role in PEOPLE}


def test_a_moment_that_was_shared_is_heard_by_nobody_while_its_recording_is_held(agency):
    found = {role: agency.ask(agency.fresh[role], "GET", f"/api/moments/{agency.unheard}/clip") for role in PEOPLE}
    assert {role: answer.status_code for role, answer in found.items()} == dict.fromkeys(PEOPLE, 403)
    assert "held" not in found["trainer"].text


def test_a_supervisor_sends_no_recording_of_another_unit(agency):
    headers = {"x-file-name": "words.docx", "content-type": "application/octet-stream"}
    answer = agency.ask(agency.fresh["supervisor"], "POST", "/api/uploads?unit=South", headers=headers, content=b"x")
    assert answer.status_code == 403


# Who is nobody, who was somebody, and what comes from elsewhere


def test_nobody_gets_anything_without_signing_in_whatever_they_claim(agency):
    found = {one: agency.ask("", *one, headers=FORGED | OWN).status_code for one in agency.addresses()}
    assert {one: status for one, status in found.items() if status != 401 and not open_to_all(one)} == {}
    assert len(found) > 60


def test_a_cookie_replayed_after_signing_out_opens_nothing(agency):
    token = agency.sign_in("internal_affairs")
    assert agency.open(token, "north", "audit") == 200
    assert agency.ask(token, "POST", "/sign-out").status_code == 303
    found = {one: agency.ask(token, *one, headers=OWN).status_code for one in agency.addresses()}
    assert {one for one, status in found.items() if status != 401 and not open_to_all(one)} == set()
    with pytest.raises(WebSocketDisconnect), socket_of(agency, token, origin=BASE):
        pass


def test_a_locked_session_reaches_nothing_but_its_unlocking(agency):
    token = agency.sign_in("internal_affairs")
    assert agency.open(token, "north", "audit") == 200
    assert agency.ask(token, "POST", "/lock").status_code == 200
    asked = [one for one in agency.addresses() if one[1] not in gate.WHILE_LOCKED]
    found = {one: agency.ask(token, *one, headers=OWN).status_code for one in asked}
    assert found == dict.fromkeys(asked, 423)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:8502", "https://127.0.0.1:8501", ""]
)
def test_what_another_site_sends_is_refused_at_each_address_that_takes_anything(agency, origin):
    token = agency.opened["internal_affairs"]
    sent = [one for one in agency.addresses() if one[0] not in gate.SAFE_METHODS]
    headers = {"x-requested-by": "bodycam-review", "cookie": f"{COOKIE}={token}"} | (
        {"origin": origin} if origin else {}
    )
    body = {"operations": [], "purpose": "audit"}
    found = {one: agency.send(*one, json=body, headers=headers).status_code for one in sent}
    assert found == dict.fromkeys(sent, 403)
    assert {path for _, path in sent} >= {"/api/uploads", "/sign-out", "/sign-in", agency.about("north", "acts")}
    assert agency.ask(token, "GET", "/lock").status_code == 200  # and it was signed out or locked by none of them


@pytest.mark.parametrize("origin", OTHER_SITES)
def test_a_socket_from_another_site_is_refused(agency, origin):
    with pytest.raises(WebSocketDisconnect) as refused, socket_of(agency, agency.opened["supervisor"], origin=origin):
        pass
    assert refused.value.code == gate.POLICY_VIOLATION


def test_a_socket_without_a_session_is_refused_whatever_it_claims(agency):
    with pytest.raises(WebSocketDisconnect) as refused, socket_of(agency, "", origin=BASE):
        pass
    assert refused.value.code == gate.POLICY_VIOLATION


def test_every_refusal_stands_in_the_log(agency):
    agency.ask(agency.fresh["trainer"], "GET", agency.about("north", "transcript"))
    agency.ask(agency.fresh["trainer"], "GET", agency.about("north", "media"))
    with open_store() as store, store.casebook() as book:
        refused = book.logged(person="t", recording=agency.ids["north"], limit=2)
    assert [(entry.action, entry.outcome) for entry in refused] == [("play", "refused"), ("view", "refused")]


def socket_of(agency: Agency, token: str, *, origin: str):
    headers = {**FORGED, **({"origin": origin} if origin else {}), **({"cookie": f"{COOKIE}={token}"} if token else {})}
    return agency.sockets.websocket_connect(f"ws://127.0.0.1:8501{SOCKET}", headers=headers)


def operation(kind: Kind, **body: object) -> dict[str, Any]:
    about, usual, _ = KINDS[kind]
    return {"id": f"{uuid4()}:1", "kind": kind.value, "about": about, "body": body or usual}


def whose(name: str) -> dict[str, Any]:
    """Whose this recording is, said once more."""
    said = {"wearer": WHOSE[name][0], "unit": WHOSE[name][1], "others": sorted(APPEAR.get(name, ()))}
    return {**said, "seen": said}


def open_to_all(one: tuple[str, str]) -> bool:
    return one[1] in gate.OPEN_TO_ALL
