"""The pages through their router, as Streamlit runs them, without a browser."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import review
from review.access import Viewer
from review.casework import Act, Kind
from review.screens import main
from review.store import open_store
from tests.conftest import MADE_AT
from tests.screens.listed import rows


@pytest.fixture
def open_app(seated: Callable[..., dict[str, str]]) -> Iterator[Callable[..., AppTest]]:
    """Runs the router over the store in this test's folder; the recordings there are opened for `purpose`."""

    def run(user: dict[str, str] | None = None, **more: str) -> AppTest:
        at = AppTest.from_file(main.__file__, default_timeout=60)
        at.user = seated(**more) if user is None else user
        at.run()
        assert not at.exception
        return at

    yield run
    st.cache_resource.clear()  # closes the store, which is kept for the whole process otherwise


def html(at: AppTest) -> str:
    return " ".join(str(piece.proto.body) for piece in at.get("html"))


def listen(app: AppTest, **query: str) -> AppTest:
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("listen.py").run()
    assert not app.exception
    return app


def library(app: AppTest) -> AppTest:
    app.switch_page("library.py").run()
    assert not app.exception
    return app


def players(at: AppTest) -> list[Any]:
    """The mounted players; the page has other components, too."""
    return [one for one in at.get("bidi_component") if one.proto.component_name == "review.player"]


def player_data(at: AppTest) -> dict[str, object]:
    [component] = players(at)
    data = json.loads(component.proto.json)
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize("user", [{"email": "test@example.com"}, {"user": "x"}])
def test_somebody_whom_the_gate_did_not_let_in_sees_no_page_at_all(open_app, shelved, user):
    at = open_app(user)
    assert "Nobody is signed in" in at.error[0].value
    assert at.title == []
    assert shelved.media.name not in str(at.main)


def test_an_account_that_was_never_made_sees_no_page(open_app, shelved):
    at = open_app({"user": "nobody", "name": "Nobody", "role": "internal_affairs", "session": "x"})
    assert "does not exist or was disabled" in at.error[0].value
    assert at.title == []


def test_a_recording_is_shown_only_after_its_purpose_was_said_and_that_is_logged(open_app, shelved, new_store):
    at = listen(open_app(purpose=""), recording=shelved.sha256)
    assert players(at) == []
    assert at.subheader[0].value == "Why are you opening this recording?"
    at.radio[0].set_value("complaint")
    at.button[0].click().run()
    assert player_data(at)["recording"] == shelved.sha256
    with new_store().casebook() as book:
        [entry] = book.logged(action="open")
    assert (entry.person, entry.purpose, entry.recording) == ("demo.supervisor", "complaint", shelved.sha256)


def test_the_question_of_the_purpose_names_the_recording_as_its_row_does(open_app, shelved):
    row = rows(library(open_app(purpose="")))
    at = listen(open_app(purpose=""), recording=shelved.sha256)
    told = at.markdown[0].value.replace("\\", "")
    assert told == f"**{shelved.media.name}** · 2025-02-28 21:15 UTC"
    assert shelved.media.name in row
    assert "2025-02-28 21:15 UTC" in row


def test_the_question_of_the_purpose_names_nothing_to_whoever_may_not_open_the_recording(open_app, seated, shelved):
    elsewhere = Viewer("p", "A person", "supervisor", "South")
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="4711", unit="North")
    at = listen(open_app(seated(elsewhere, purpose="")), recording=shelved.sha256)
    assert "another unit" in at.error[0].value
    assert shelved.media.name not in str(at.main)


@pytest.mark.parametrize(
    ("role", "title"),
    [
        ("supervisor", "Today"),
        ("officer", "My recordings"),
        ("internal_affairs", "Recordings"),
        ("trainer", "Shared moments"),
        ("oversight", "Unit view"),
        ("admin", "Accounts"),
    ],
)
def test_everybody_begins_with_their_own_work(open_app, seated, shelved, role, title):
    at = open_app(seated(Viewer("p", "A person", role), purpose=""))
    assert at.title[0].value == title


def test_internal_affairs_begin_with_what_waits_for_them(open_app, seated, shelved):
    affairs = Viewer("p", "A person", "internal_affairs")
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        who = {"person": "s", "role": "supervisor", "at": MADE_AT}
        book.act(Act(id="s:1", recording=shelved.sha256, kind=Kind.REFER, about="", body={"why": "A blow."}, **who))
    at = open_app(seated(affairs, purpose=""))
    assert at.title[0].value == "Today"
    assert shelved.media.name in html(at)


def test_a_supervisor_for_whom_nothing_waits_is_shown_the_way_to_the_recordings(open_app, shelved):
    at = open_app()
    assert "Nothing waits for you" in html(at)
    assert [link.proto.page for link in at.get("page_link")] == ["library"]


def test_an_empty_library_says_what_to_do(open_app):
    at = library(open_app())
    assert at.title[0].value == "Recordings"
    told = at.info[0].value
    assert told.index("Add recordings") < told.index("For administrators") < told.index("bodycam-review process FILE")
    assert [link.proto.page for link in at.get("page_link")] == ["upload"]


def test_the_library_lists_a_recording_with_its_counts_by_direction(open_app, shelved):
    at = library(open_app())
    shown = rows(at)
    assert f'<a href="/listen?recording={shelved.sha256}" target="_self">stop_at_night.wav</a>' in shown
    assert "<strong>2</strong> marked</div><div>0 unsure</div><div>0 verified" in shown
    assert "<strong>1</strong> marked</div><div>1 unsure</div><div>0 verified" in shown
    assert "Signed in as <strong>Demo supervisor" in html(at)


def test_a_search_shows_who_said_it_and_leads_to_the_place(open_app, shelved):
    at = library(open_app())
    at.text_input[0].set_value("shouting").run()
    assert f'href="/listen?recording={shelved.sha256}&amp;at=' in html(at)
    assert '&amp;find=shouting" target="_self">stop_at_night.wav, at 0:' in html(at)
    assert "why are you <mark>shouting</mark> at me?" in html(at)
    assert "Civilian (S2)" in html(at)


def test_whoever_comes_back_from_a_recording_finds_the_search_again(open_app, shelved):
    at = library(open_app())
    at.text_input[0].set_value("shouting").run()
    at.switch_page("listen.py").run()
    at.switch_page("library.py").run()
    assert at.text_input[0].value == "shouting"
    assert "<mark>shouting</mark>" in html(at)


@pytest.mark.parametrize("query", ["elephant", '"', "* OR NOT (", "'; DROP TABLE turns; --"])
def test_a_search_that_finds_nothing_says_so_whatever_was_typed(open_app, shelved, query):
    at = library(open_app())
    at.text_input[0].set_value(query).run()
    assert not at.exception
    assert "Nobody was heard" in at.info[-1].value


def test_the_listen_page_mounts_the_player_with_the_flags_and_the_moment_asked_for(open_app, shelved):
    at = listen(open_app(), recording=shelved.sha256, at="12.5")
    data = player_data(at)
    assert data["recording"] == shelved.sha256
    assert data["at"] == 12.5
    assert data["user"] == "demo.supervisor"
    assert [flag["id"] for flag in data["flags"]] == [flag.id for flag in shelved.encounter.flags]
    assert data["flags"][0]["about"]  # the codebook's definition


def test_the_listen_page_tells_facts_remarks_figures_and_offers_the_reports(open_app, shelved):
    at = listen(open_app(), recording=shelved.sha256)
    assert at.subheader[0].value == r"stop\_at\_night\.wav"
    assert at.info[0].value == r"The second speaker is far from the camera\."
    shown = html(at)
    assert "2025-02-28 21:15 UTC" in shown
    assert "nobody has said yet" in shown
    assert "0 of 2 (0 %)" in shown
    for form in ("json", "csv", "vtt", "md"):
        assert f"/api/recordings/{shelved.sha256}/export.{form}" in shown


def test_the_listen_page_says_who_wears_the_camera_and_for_which_unit(open_app, seated, shelved, new_store):
    with new_store().casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="4711", unit="North")
        book.keep_demo(Viewer("demo.wearer", "Officer A", "officer", "North", "4711"), at=MADE_AT)
    at = open_app(seated(Viewer("p", "A person", "supervisor", "North")))
    assert "Officer A (4711), North" in html(listen(at, recording=shelved.sha256))


def test_the_export_stands_at_the_head_of_the_listen_page_under_a_title(open_app, shelved):
    at = listen(open_app(), recording=shelved.sha256)
    pieces = [element.proto.body for element in at.get("html")]
    facts, exports = (next(n for n, body in enumerate(pieces) if sign in body) for sign in ("bcr-facts", "export.json"))
    assert exports == facts + 1
    assert "<summary>Save the record of this recording (export)</summary>" in pieces[exports]


def test_the_listen_page_tells_the_encounter_in_sentences_that_lead_to_their_moments(open_app, shelved):
    at = listen(open_app(), recording=shelved.sha256)
    assert "What this encounter tells" in [heading.value for heading in at.subheader]
    shown = html(at)
    assert "Marked as escalating words of the officer: ultimatum 1; verified by people: 0." in shown
    assert f'href="?recording={shelved.sha256}&amp;at=' in shown
    assert "Neutrality: " in shown
    assert "Orders: 1" in shown
    assert 'class="bcr-bars"' in shown


def test_the_recording_looked_at_last_is_shown_when_the_address_names_none(open_app, shelved):
    at = listen(open_app(), recording=shelved.sha256)
    at.query_params.clear()
    at.run()
    assert player_data(at)["recording"] == shelved.sha256


def test_without_a_recording_the_listen_page_leads_back_to_the_library(open_app, shelved):
    at = listen(open_app())
    assert "Choose a recording under **Recordings**" in at.info[0].value
    assert [link.proto.label for link in at.get("page_link")] == ["Go to Recordings"]
    assert players(at) == []


def test_the_list_of_recordings_has_one_name_wherever_somebody_reads_it():
    """It is called Recordings, as in the navigation; "library" is a word of the code."""
    read = [
        (path.name, text.value)
        for path in Path(review.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for text in ast.iter_child_nodes(node)
        if not isinstance(node, ast.Expr) and isinstance(text, ast.Constant) and isinstance(text.value, str)
    ]
    assert ("pages.py", "Recordings") in read
    assert [(name, text) for name, text in read if " " in text and "library" in text.lower()] == []


@pytest.mark.parametrize("recording", ["0" * 64, "../etc/passwd", "zz", "%"])
def test_a_recording_that_is_not_there_is_told_and_nothing_is_played(open_app, shelved, recording):
    at = listen(open_app(), recording=recording)
    assert at.error[0].value
    assert players(at) == []


def test_a_store_that_is_damaged_is_told_in_words(open_app, tmp_path):
    (tmp_path / "review.db").write_text("this is no database, only words " * 100)
    at = open_app()
    assert "review.db" in at.error[0].value


def test_a_long_library_is_shown_a_page_at_a_time(open_app, shelve_into, tmp_path):
    for number in range(27):
        shelve_into(tmp_path, pitch=200.0 + number, name=f"unit{number}.wav")
    at = library(open_app())
    assert rows(at).count("bcr-judged") == 25
    assert at.caption[0].value == "1 to 25 of 27 recordings, newest first"
    at.pagination[0].set_value(2).run()
    assert rows(at).count("bcr-judged") == 2
    assert at.caption[0].value == "26 to 27 of 27 recordings, newest first"
