"""Whose recording it is, on the page Review: who can say it there, and where somebody goes who appears in it now."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from review.access import Viewer
from review.desk import wearing
from review.screens import main

SUPERVISOR = Viewer("s", "Supervisor A", "supervisor", "North", "4700")
OFFICER = Viewer("o", "Officer A", "officer", "North", "4711")


@pytest.fixture
def store(shelved, new_store):
    store = new_store()
    with store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="4711", unit="North")
    return store


@pytest.fixture
def open_page(seated: Callable[..., dict[str, str]], store, shelved) -> Iterator[Callable[..., AppTest]]:
    def run(viewer: Viewer = SUPERVISOR) -> AppTest:
        seated(OFFICER, purpose="")
        at = AppTest.from_file(main.__file__, default_timeout=60)
        at.user = seated(viewer)
        at.run()
        at.query_params["recording"] = shelved.sha256
        at.switch_page("listen.py").run()
        assert not at.exception
        return at

    yield run
    st.cache_resource.clear()


def mounted(at: AppTest) -> dict[str, dict[str, object]]:
    """The components on the page that are about a recording."""
    found = {one.proto.component_name: json.loads(one.proto.json or "{}") for one in at.get("bidi_component")}
    return {name: data for name, data in found.items() if data.get("recording")}


def test_the_form_is_given_whose_the_recording_is_and_the_officers_to_choose_from(open_page, shelved):
    whose = mounted(open_page())["review.form"]["whose"]
    assert (whose["wearer"], whose["unit"], whose["others"], whose["own"]) == ("4711", "North", [], "4700")
    assert whose["officers"] == ["4700", "4711"]
    assert whose["names"]["4711"] == "Officer A"


def test_whoever_is_named_while_the_page_is_open_is_led_to_the_debrief_and_told_why(open_page, store, shelved):
    at = open_page()
    assert set(mounted(at)) == {"review.player", "review.form"}
    with store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="4711", unit="North", others=["4700"])
    at.session_state["now_appears"] = shelved.sha256  # as the part of the page that runs by itself leaves it
    at.run()
    assert not at.exception
    assert mounted(at) == {}
    assert [told.value for told in at.info] == [wearing.NOW_APPEARS]
    assert "once your report or statement is marked as done" in at.error[0].value
