"""Who has which page, and what of which recording it shows to whom at an address typed by hand; told here by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from review.access import Viewer, ViewerRole
from review.casework import Act, Kind
from review.screens import main
from review.screens.pages import PAGES, pages_of
from review.store import open_store

AT = datetime(2025, 3, 2, tzinfo=UTC)
FRESH = "a-session-without-openings"
PURPOSES = ("assigned_review", "audit", "coaching", "complaint", "own_debrief")  # a session for each: all was opened
SCREENS = Path(main.__file__).parent
ROUTER, START = "main.py", "start.py"  # they show nothing themselves, and send on to a page
PEOPLE = {
    "supervisor": Viewer("s", "Supervisor A", "supervisor", "North", "4700"),
    "officer": Viewer("o", "Officer A", "officer", "North", "4711"),
    "internal_affairs": Viewer("i", "Internal affairs A", "internal_affairs"),
    "trainer": Viewer("t", "Trainer A", "trainer"),
    "oversight": Viewer("v", "Oversight A", "oversight"),
    "admin": Viewer("a", "Administrator A", "admin"),
}
# As in the matrix of addresses: who wears the camera, which unit, whether the statement is done. North is shared with
# trainers and oversight, held is held, assigned is given to the supervisor, both appear in present.
WHOSE = {
    "north": ("4711", "North", True),
    "untold": ("4711", "North", False),
    "south": ("4801", "South", True),
    "own": ("4700", "North", True),
    "held": ("4711", "North", True),
    "assigned": ("4801", "South", True),
    "present": ("4712", "North", True),
}
APPEAR = {"present": ("4700", "4711")}
MORE = [("assigned", Kind.ASSIGN, "s", {"what": "review"}), ("held", Kind.REFER, "", {"why": "force"})]
MORE += [("north", Kind.SHARE, role, {"start": 1.0, "end": 2.0}) for role in ("trainer", "oversight")]
HAVE = {
    "officer": {"debrief.py", "debrief_recording.py", "today.py", "coaching.py", "method.py"},
    "supervisor": {"today.py", "library.py", "listen.py", "coaching.py", "unit.py", "upload.py", "method.py"},
    "internal_affairs": {"today.py", "library.py", "listen.py", "unit.py", "audit.py", "upload.py", "method.py"},
    "trainer": {"moments.py", "method.py"},
    "oversight": {"moments.py", "unit.py", "audit.py", "method.py"},
    "admin": {"people.py", "audit.py", "upload.py", "method.py"},
}
STARTS = {"trainer": "Shared moments", "oversight": "Unit view", "admin": "Accounts"}
OWN = {"debrief.py", "debrief_recording.py"}  # for whoever can wear a camera
TAKE_A_RECORDING = {"listen.py", "debrief_recording.py", "coaching.py"}
REVIEW, DEBRIEF, COACHING = {"review.player", "review.form"}, {"review.answers"}, {"review.form"}
# What each page mounts about which recording once it was opened; nothing where it says nothing. A recording in which
# one appears is shown by the debrief whichever page is asked for, and any other one by the page Review.
OF_THE_UNIT, OF_THEIRS = ("north", "untold", "held", "assigned"), ("own", "present")  # the supervisor's
THEIR_PURPOSES = {
    "supervisor": ("assigned_review", "coaching", "complaint"), "officer": ("own_debrief",),
    "internal_affairs": ("assigned_review", "audit", "complaint"),
}  # fmt: skip
SHOWN = {
    ("supervisor", "listen.py"): {**dict.fromkeys(OF_THE_UNIT, REVIEW), **dict.fromkeys(OF_THEIRS, DEBRIEF)},
    ("supervisor", "debrief_recording.py"): {**dict.fromkeys(OF_THE_UNIT, REVIEW), **dict.fromkeys(OF_THEIRS, DEBRIEF)},
    ("supervisor", "coaching.py"): dict.fromkeys(OF_THE_UNIT + OF_THEIRS, COACHING),
    ("officer", "debrief_recording.py"): {"north": DEBRIEF, "held": DEBRIEF},
    ("officer", "coaching.py"): {"north": COACHING, "held": COACHING},
    ("internal_affairs", "listen.py"): dict.fromkeys(WHOSE, REVIEW),
}


@dataclass(frozen=True)
class Agency:
    """A store with these recordings, and the pages over it."""

    ids: dict[str, str]

    def page(self, role: str, file: str, name: str = "", *, session: str = "audit") -> AppTest:
        """What somebody sees who types the address of a page, about a recording."""
        who = PEOPLE[role]
        at = AppTest.from_file(main.__file__, default_timeout=120)
        at.user = {"user": who.user, "name": who.name, "role": who.role, "session": session}
        if name:
            at.query_params["recording"] = self.ids[name]
            at.session_state[f"watch-{self.ids[name]}"] = True  # they have read the warning and chose to go on
        at.switch_page(file).run()
        assert not at.exception
        return at

    def shown(self, at: AppTest) -> dict[str, set[str]]:
        """The components that are mounted about recordings, by recording."""
        found: dict[str, set[str]] = {}
        names = {sha256: name for name, sha256 in self.ids.items()}
        for one in at.get("bidi_component"):
            recording = json.loads(one.proto.json or "{}").get("recording")
            if recording:
                found.setdefault(names[recording], set()).add(one.proto.component_name)
        return found


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory, shelve_into) -> Iterator[Agency]:
    folder: Path = tmp_path_factory.mktemp("agency")
    ids = {name: shelve_into(folder, pitch=200.0 + at, name=f"{name}.wav").sha256 for at, name in enumerate(WHOSE)}
    with open_store(folder / "review.db") as store, store.casebook(write=True) as book:
        for viewer in PEOPLE.values():
            book.keep_demo(viewer, at=AT)
            for sha256 in ids.values():  # whether they could open it or not: what a page shows is decided anew
                for purpose in PURPOSES:
                    book.open(replace(viewer, session=purpose), sha256, purpose=purpose, at=AT)
        for name, (wearer, unit, done) in WHOSE.items():
            book.set_whose(ids[name], wearer=wearer, unit=unit, others=APPEAR.get(name, ()))
            if done:
                book.act(Act(f"{uuid4()}:1", ids[name], Kind.STATEMENT_DONE, "", {}, "x", "officer", AT))
        for name, kind, about, body in MORE:
            book.act(Act(f"{uuid4()}:1", ids[name], kind, about, body, "x", "supervisor", AT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BODYCAM_REVIEW_DB", str(folder / "review.db"))
        yield Agency(ids)
        st.cache_resource.clear()  # closes the store, which is kept for the whole process otherwise


def test_each_page_is_in_this_matrix_and_each_file_of_a_page_is_one():
    assert {page.file for page in PAGES} == set().union(*HAVE.values())
    assert set(HAVE) == set(ViewerRole)
    runs_by_itself = {path.name for path in SCREENS.glob("*.py") if '__name__ == "__main__"' in path.read_text("utf-8")}
    assert runs_by_itself == {page.file for page in PAGES} | {ROUTER, START}


def test_each_page_that_takes_a_recording_is_in_this_matrix():
    takes = {page.file for page in PAGES if 'query_params.get("recording")' in (SCREENS / page.file).read_text("utf-8")}
    assert takes == TAKE_A_RECORDING
    wearing = {page for page in TAKE_A_RECORDING if page in HAVE["supervisor"] | OWN}
    assert {file for role, file in SHOWN if role == "supervisor"} == wearing
    for role in ("officer", "internal_affairs"):
        assert {file for who, file in SHOWN if who == role} == TAKE_A_RECORDING & HAVE[role]


@pytest.mark.parametrize("role", HAVE)
def test_a_role_has_its_pages_and_no_other(role):
    assert {page.file for page in pages_of(role)} == HAVE[role]
    more = OWN if role in {"supervisor", "internal_affairs"} else set()
    assert {page.file for page in pages_of(role, officer="4711")} == HAVE[role] | more


@pytest.mark.parametrize("role", PEOPLE)
def test_the_router_knows_the_pages_of_the_role_and_no_other(agency, role, monkeypatch):
    offered: list[str] = []
    plain = st.navigation

    def noted(pages: list[st.Page], **how: Any) -> st.Page:
        offered.extend(Path(str(page._page)).name for page in pages)
        return plain(pages, **how)

    monkeypatch.setattr(st, "navigation", noted)
    agency.page(role, "method.py")
    assert set(offered) == {START} | {page.file for page in pages_of(role, officer=PEOPLE[role].officer)}


@pytest.mark.parametrize(("role", "file"), SHOWN)
def test_nothing_of_a_recording_is_shown_before_its_purpose_was_said(agency, role, file):
    name = max(SHOWN[role, file])  # where there is one, the one that its own page would show at once
    at = agency.page(role, file, name, session=FRESH)
    assert agency.shown(at) == {}
    assert [*at.radio, *(one for one in at.button if one.label.startswith("Open"))]


@pytest.mark.parametrize(("role", "file"), SHOWN)
def test_a_recording_is_shown_to_those_who_may_by_the_page_that_is_for_it(agency, role, file):
    for name, purpose in [(one, said) for one in WHOSE for said in purposes(role, file, one)]:
        at = agency.page(role, file, name, session=purpose)
        wanted = SHOWN[role, file].get(name)
        assert agency.shown(at) == ({name: wanted} if wanted else {}), (name, purpose)
        assert bool(at.error) is (wanted is None), (name, purpose)


def purposes(role: str, file: str, name: str) -> tuple[str, ...]:
    """For what this role can have opened it; one that it could not, where the page shows nothing of it."""
    if name not in SHOWN[role, file]:
        return ("audit",)
    return ("own_debrief",) if role == "supervisor" and name in OF_THEIRS else THEIR_PURPOSES[role]


@pytest.mark.parametrize("role", STARTS)
def test_the_address_of_a_recording_leads_whoever_opens_none_to_where_their_own_work_begins(agency, role):
    for file in sorted(TAKE_A_RECORDING):
        for name in ("north", "held"):
            at = agency.page(role, file, name)
            assert agency.shown(at) == {}
            assert at.title[0].value == STARTS[role]
            told = texts(at)
            assert f"{name}.wav" not in told
            assert agency.ids[name] not in told


def test_the_name_of_a_recording_would_be_seen_in_what_a_page_shows(agency):
    assert "north.wav" in texts(agency.page("supervisor", "listen.py", "north"))


def texts(at: AppTest) -> str:
    """All that a page sends to the browser, without what keeps names from being read as Markdown."""
    return " ".join(str(getattr(one, "proto", "")) for one in at.main).replace("\\", "")
