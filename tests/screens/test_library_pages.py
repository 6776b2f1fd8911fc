"""The library, uploads, the unit view and the method page through the router, as Streamlit runs them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from review.access import Viewer
from review.screens import library_filter, main, recordings, work
from review.screens.pages import pages_of
from review.store import open_store
from tests.screens.listed import listed, rows

AFFAIRS = Viewer("ina", "Ina", "internal_affairs")
SUPERVISOR = Viewer("sam", "Sam", "supervisor", "West")
OVERSIGHT = Viewer("ova", "Ova", "oversight")
AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def open_app(seated) -> Iterator[Callable[..., AppTest]]:
    """Runs the router as this person, on this page."""

    def run(viewer: Viewer = AFFAIRS, page: str = "") -> AppTest:
        at = AppTest.from_file(main.__file__, default_timeout=120)
        at.user = seated(viewer, purpose="")
        at.run()
        if page:
            at.switch_page(page).run()
        assert not at.exception, at.exception
        return at

    yield run
    st.cache_resource.clear()
    st.cache_data.clear()


def html(at: AppTest) -> str:
    return " ".join(str(piece.proto.body) for piece in at.get("html"))


def open_filter(at: AppTest) -> AppTest:
    at.session_state[library_filter.OPEN] = True
    return at.run()


def tick(at: AppTest, label: str):
    return next(one for one in at.checkbox if one.label == label)


def button(at: AppTest, label: str):
    return next(one for one in at.button if one.label == label)


def test_a_filter_is_applied_told_and_taken_away_again(open_app, shelved):
    at = open_filter(open_app())
    tick(at, "Has serious marks unread").check().run()
    assert not at.exception
    assert "No recording fits" in at.info[-1].value
    assert "serious marks unread" in html(at)
    button(at, "Show all").click().run()
    assert shelved.sha256 in rows(at)


def test_a_filter_is_kept_by_name_and_deleted(open_app, shelved):
    at = open_filter(open_app())
    tick(at, "Has unread marks").check().run()
    next(one for one in at.text_input if one.label == "Keep this filter as").set_value("To hear").run()
    button(at, "Keep").click().run()
    with open_store(shelved.database) as store, store.register() as register:
        assert register.saved("ina")["To hear"].unread


def test_ticked_recordings_are_given_out(open_app, shelved):
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.keep_demo(SUPERVISOR, at=AT)
    at = open_app()
    assert "Choose stop_at_night.wav" in rows(at)
    at.session_state[work.OPEN] = True
    at.session_state[recordings._TICKED] = recordings._Ticked(1, frozenset({shelved.sha256}))
    at.run()
    next(one for one in at.selectbox if one.label == "To whom").set_value("sam").run()
    button(at, "Give out the 1 ticked").click().run()
    assert "Given out: 1 recording" in at.success[0].value
    assert "review: Sam" in rows(at)
    assert listed(at)["ticked"] == []


def test_a_supervisor_has_no_choice_of_officers_and_internal_affairs_have(open_app, shelved):
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="o1", unit="West")
    assert "Camera worn by" not in {one.label for one in open_filter(open_app(SUPERVISOR)).selectbox}
    assert "Camera worn by" in {one.label for one in open_filter(open_app()).selectbox}


def test_the_upload_page_asks_whose_they_are_and_mounts_the_form(open_app, shelved):
    at = open_app(SUPERVISOR, "upload.py")
    [form] = [one for one in at.get("bidi_component") if one.proto.component_name == "review.upload"]
    data = json.loads(form.proto.json)
    assert data["url"] == "/api/uploads"
    assert data["whose"] == {"wearer": "", "unit": "West", "others": ""}
    assert ".mp4" in data["suffixes"]
    assert "Nothing was sent yet" in " ".join(one.value for one in at.caption)


def test_the_unit_view_tells_counts_and_no_officer(open_app, shelved):
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="officer-4711", unit="West")
    at = open_app(SUPERVISOR, "unit.py")
    at.selectbox[0].set_value("All recordings").run()
    assert not at.exception
    assert {one.label: one.value for one in at.metric}["Recordings"] == "1"
    assert "withheld" in " ".join(one.value for one in at.markdown)
    assert "officer-4711" not in str(at.main)


def test_a_number_of_the_unit_view_opens_its_list_and_closes_for_the_next(open_app, shelved):
    at = open_app(AFFAIRS, "unit.py")
    at.selectbox(key="unit_time_widget").set_value("All recordings").run()
    at.button(key="open-Recordings").click().run()
    assert not at.exception
    assert "1 recording, all units, all recordings" in " ".join(one.value for one in at.markdown)
    [link] = at.get("page_link")
    assert link.proto.label.endswith(r"stop\_at\_night\.wav")
    at.button(key="open-Marked by machine, sure or unsure").click().run()
    marks = at.get("page_link")
    assert len(marks) == len(shelved.encounter.flags)
    assert all("nobody has judged it" in one.proto.label for one in marks)
    assert "Marked is not verified" in " ".join(one.value for one in at.markdown)
    at.toggle(key="unit_oldest_widget").set_value(True).run()
    assert [one.proto.label for one in at.get("page_link")] == [one.proto.label for one in marks]  # one recording


def test_a_long_list_turns_its_pages_and_keeps_them_while_one_listens(open_app, shelved, monkeypatch):
    monkeypatch.setattr("review.screens.unit_moments.MOMENTS_A_PAGE", 2)
    at = open_app(AFFAIRS, "unit.py")
    at.selectbox(key="unit_time_widget").set_value("All recordings").run()
    at.button(key="open-Marked by machine, sure or unsure").click().run()
    seen = [one.proto.label for one in at.get("page_link")]
    assert at.button(key="unit-back").disabled
    while not at.button(key="unit-next").disabled:
        at.button(key="unit-next").click().run()
        seen += [one.proto.label for one in at.get("page_link")]
    assert len(seen) == len(shelved.encounter.flags) > 2
    last = [one.proto.label for one in at.get("page_link")]
    at.switch_page("method.py").run()
    at.switch_page("unit.py").run()
    assert at.selectbox(key="unit_time_widget").value == "All recordings"
    assert [one.proto.label for one in at.get("page_link")] == last


def test_the_list_of_recordings_goes_on_to_the_library(open_app, shelved):
    at = open_app(AFFAIRS, "unit.py")
    at.selectbox(key="unit_time_widget").set_value("All recordings").run()
    at.button(key="open-Review not begun").click().run()
    button(at, "See them under Recordings").click().run()
    assert "1 recording" in {one.value for one in at.caption}
    assert "<li>not begun</li>" in html(at)
    assert "unit_open" not in at.session_state


def test_oversight_opens_no_recording_from_the_figures(open_app, shelved):
    at = open_app(OVERSIGHT, "unit.py")
    at.selectbox[0].set_value("All recordings").run()
    assert not at.exception
    assert at.get("page_link") == []
    assert not [one for one in at.button if one.label.startswith("Show") or str(one.key).startswith("open-")]
    assert "Marked by machine" in html(at)


def test_everybody_has_the_method_page_and_it_tells_limits(open_app):
    for role in ("officer", "supervisor", "internal_affairs", "trainer", "oversight", "admin"):
        assert "method.py" in {page.file for page in pages_of(role)}
    at = open_app(OVERSIGHT, "method.py")
    assert "Nothing heard is not nothing done" in html(at)
    assert "Reason for stop" in html(at)
