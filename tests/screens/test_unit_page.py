"""The unit view as a page: everybody sees the figures that are theirs, whoever looked a moment before."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from review.access import Viewer
from review.screens import main
from review.store import open_store

AFFAIRS = Viewer("i", "Internal affairs A", "internal_affairs")
SOUTH = Viewer("s", "Supervisor B", "supervisor", "South")
OVERSIGHT = Viewer("v", "Oversight A", "oversight")
SCREENS = Path(main.__file__).parent


@pytest.fixture
def look(tmp_path, seated, shelve_into) -> Iterator[Callable[[Viewer], AppTest]]:
    """Opens the unit view for somebody, over two recordings of North and one of South."""
    ids = [shelve_into(tmp_path, pitch=200.0 + at, name=f"{at}.wav").sha256 for at in range(3)]
    with open_store(tmp_path / "review.db") as store, store.casebook(write=True) as book:
        for sha256, unit in zip(ids, ("North", "North", "South"), strict=True):
            book.set_whose(sha256, wearer="4711", unit=unit)

    def open_it(who: Viewer) -> AppTest:
        at = AppTest.from_file(main.__file__, default_timeout=60)
        at.user = seated(who, purpose="")
        at.session_state["unit_time"] = "All recordings"
        at.switch_page("unit.py").run()
        assert not at.exception
        return at

    yield open_it
    st.cache_data.clear()
    st.cache_resource.clear()  # closes the store, which is kept for the whole process otherwise


def told(at: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in at.metric}


def test_figures_that_one_person_saw_are_not_shown_to_the_next(look):
    assert told(look(AFFAIRS))["Recordings"] == "3"
    assert told(look(SOUTH))["Recordings"] == "1"
    assert told(look(OVERSIGHT))["Recordings"] == "withheld"
    assert told(look(AFFAIRS))["Recordings"] == "3"


def test_who_sees_figures_only_is_offered_no_moments_whoever_looked_before(look):
    assert any(button.label == "Show them" for button in look(AFFAIRS).button)
    assert not any(button.label == "Show them" for button in look(OVERSIGHT).button)


def test_the_page_says_which_small_numbers_are_told_and_to_whom(look):
    for who, exact in ((SOUTH, True), (AFFAIRS, True), (OVERSIGHT, False)):
        [told] = [one.value for one in look(who).caption if one.value.startswith("Counts of a unit")]
        assert "numbers below 10 are withheld" in told
        assert ("Coverage and backlog are told exactly" in told) is exact
        assert ("Totals are whole" in told) is exact
        assert ("Totals of behaviours leave out the months that are withheld" in told) is not exact


def test_what_the_agency_hides_is_gone_from_the_figures_at_once(look, tmp_path, monkeypatch):
    marked = "Marked by machine, sure or unsure"
    before = int(told(look(AFFAIRS))[marked])
    (tmp_path / "agency.toml").write_text('[behaviours]\nhide = ["ultimatum"]\n')
    monkeypatch.setenv("BODYCAM_REVIEW_POLICY", str(tmp_path / "agency.toml"))
    assert int(told(look(AFFAIRS))[marked]) == before - 3


def test_no_cached_function_of_the_pages_takes_only_arguments_that_streamlit_leaves_out_of_its_key():
    """An argument whose name begins with an underscore tells nobody apart; what is for all has no argument."""
    cached = [
        (path.name, node)
        for path in SCREENS.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and any("st.cache_" in ast.unparse(one) for one in node.decorator_list)
    ]
    assert cached
    for name, node in cached:
        given = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
        if any(one.startswith("_") for one in given):
            assert "whose" in given, f"{name}: {node.name}"
