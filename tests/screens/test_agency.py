"""What the agency's policy does on the pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from review.screens import main
from tests.screens.listed import rows

POLICY = """
[agency]
name = "County Police"
peer_support = "Peer support: extension 100"
[behaviours]
hide = ["ultimatum"]
"""


@pytest.fixture
def open_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seated: Callable[..., dict[str, str]]
) -> Iterator[Callable[[str], AppTest]]:
    """Runs the router over the store in this test's folder with a policy."""

    def run(policy: str) -> AppTest:
        (tmp_path / "agency.toml").write_text(policy)
        monkeypatch.setenv("BODYCAM_REVIEW_POLICY", str(tmp_path / "agency.toml"))
        at = AppTest.from_file(main.__file__, default_timeout=60)
        at.user = seated()
        at.run()
        assert not at.exception
        return at

    yield run
    st.cache_resource.clear()  # closes the store, which is kept for the whole process otherwise


def test_every_page_tells_the_agency_and_whom_officers_can_turn_to(open_app, shelved):
    at = open_app(POLICY)
    assert [caption.value for caption in at.caption][-2:] == ["County Police", r"Peer support\: extension 100"]


def test_a_hidden_behaviour_is_on_no_page_and_in_no_count_and_the_page_says_so(open_app, shelved):
    at = open_app(POLICY)
    at.switch_page("library.py").run()
    shown = rows(at)
    assert re.findall(r"Escalating.*?<strong>(\d+)</strong> marked", shown) == ["0"]
    at.query_params["recording"] = shelved.sha256
    at.switch_page("listen.py").run()
    [component] = [one for one in at.get("bidi_component") if one.proto.component_name == "review.player"]
    behaviours = [flag["behaviour"] for flag in json.loads(component.proto.json)["flags"]]
    assert len(behaviours) == len(shelved.encounter.flags) - 1
    assert "ultimatum" not in behaviours
    assert any("not shown or counted" in info.value and "ultimatum" in info.value for info in at.info)


def test_a_policy_with_a_mistake_is_told_on_the_page(open_app, shelved):
    at = open_app("[thresholds]\noverall = 2\n")
    assert any("thresholds.overall" in error.value for error in at.error)
