"""What trainers and oversight do with an acted recording, really processed, of which two moments are shared."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.acted import NAME, Stop, begin, open_for

pytestmark = pytest.mark.browser
MOMENTS = {"demo.trainer": (4, 12), "demo.oversight": (30, 40)}  # from and to which second it is shared with whom
WHYS = {"demo.trainer": "Listen to how it begins.", "demo.oversight": "Why it was looked into."}
PAGES = {
    "demo.trainer": {"Shared moments", "Method"},
    "demo.oversight": {"Unit view", "Shared moments", "Audit log", "Method"},
}


@pytest.fixture(scope="module")
def server(own_server: Any) -> Any:
    """With this recording only."""
    return own_server


@pytest.fixture
def shared(window: Any, stop: Stop, eventually: Any) -> Stop:
    """Shared by the supervisor on the page, once for the tests of this module."""
    if not [one for one in stop.logged("demo.supervisor") if one.action == "share"]:
        page = begin(window, "demo.supervisor")
        page.goto(f"{window.base}/listen?recording={stop.sha256}")
        open_for(window, "Review")
        page.get_by_text("Share a moment for training or oversight").click()
        form = page.locator(".share form")
        for user, (start, end) in MOMENTS.items():
            form.get_by_role("textbox", name="From").fill(f"0:{start:02d}")
            form.get_by_role("textbox", name="To").fill(f"0:{end:02d}")
            form.get_by_role("combobox", name="With").select_option(user.removeprefix("demo."))
            form.get_by_role("textbox", name="Why").fill(WHYS[user])
            form.get_by_role("button", name="Share", exact=True).click()
            page.locator("[data-share]", has_text=WHYS[user]).wait_for()
        eventually(page, page.locator(".form-saved").inner_text, lambda told: told == "All saved")
    return stop


def words(stop: Stop, start: float, end: float) -> list[str]:
    """What was said, in lower case: all words that begin in this time."""
    return [one.text for one in stop.encounter().words if start <= one.span.start < end]


def hear(window: Any, stop: Stop, user: str, eventually: Any) -> None:
    """Read and hear the one moment to its end, and see nothing around it."""
    page = window.page
    card = page.locator(".bcr-moment")
    card.wait_for()
    expect(card).to_have_count(1)
    told, (start, end) = card.inner_text(), MOMENTS[user]
    assert WHYS[user] in told
    said = words(stop, start + 1, end - 1)
    assert said
    assert " ".join(said[:3]) in told
    assert " ".join(words(stop, 20, 26)[:4]) not in told  # what is in neither moment
    sound = card.locator("audio")
    sound.evaluate("media => media.play()")
    eventually(page, lambda: sound.evaluate("media => media.ended"), bool)
    assert sound.evaluate("media => media.duration") == pytest.approx(end - start, abs=0.2)
    assert [one.outcome for one in stop.logged(user) if one.action == "play"] == ["done"]


def sees_nothing_else(window: Any, stop: Stop, user: str) -> None:
    """Neither another page, nor whose recording it is, nor the whole of it."""
    page = window.page
    links = page.get_by_test_id("stTopNavLink").all_inner_texts()
    assert {one.strip() for one in links} == PAGES[user]
    whole = page.content()
    assert NAME not in whole
    assert stop.sha256[:12] not in whole
    assert "demo.officer" not in whole
    for what in ("media", "transcript", "export.json"):
        answer = window.context.request.get(f"{window.base}/api/recordings/{stop.sha256}/{what}")
        assert answer.status == 403, what


def test_a_trainer_hears_the_moment_that_is_shared_for_training_and_sees_nothing_else(window, shared, eventually):
    begin(window, "demo.trainer")
    hear(window, shared, "demo.trainer", eventually)
    sees_nothing_else(window, shared, "demo.trainer")
    assert (window.errors, window.elsewhere) == ([], [])


def test_oversight_hears_its_moment_reads_figures_and_the_log_and_saves_it(window, shared, eventually):
    page = begin(window, "demo.oversight")
    page.get_by_role("combobox", name="Time").click()
    page.get_by_role("option", name="All recordings").click()
    metric = page.get_by_test_id("stMetric").filter(has_text="Recordings")
    metric.wait_for()
    window.settled()
    expect(metric.get_by_test_id("stMetricValue")).to_have_text("withheld")
    expect(page.get_by_role("button", name="Show them")).to_have_count(0)
    page.get_by_role("link", name="Shared moments").click()
    page.get_by_role("heading", name="Shared moments").wait_for()
    window.settled()
    hear(window, shared, "demo.oversight", eventually)
    sees_nothing_else(window, shared, "demo.oversight")
    read_the_log(window, shared, eventually)
    assert (window.errors, window.elsewhere) == ([], [])


def read_the_log(window: Any, stop: Stop, eventually: Any) -> None:
    """Find what the supervisor did, check the chain, and save those entries."""
    page = window.page
    page.get_by_role("link", name="Audit log").click()
    page.get_by_role("heading", name="Audit log").wait_for()
    window.settled()
    page.get_by_label("Who").fill("demo.supervisor")
    page.get_by_label("Who").press("Enter")
    rows = page.locator(".bcr-audit tbody tr")
    eventually(page, rows.all_inner_texts, lambda all_: bool(all_) and all("demo.supervisor" in one for one in all_))
    assert len([one for one in rows.all_inner_texts() if "\tshare\t" in one]) == len(MOMENTS)
    window.settled()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save these entries as CSV").click()
    assert saved.value.suggested_filename == "audit.csv"
    with Path(saved.value.path()).open(encoding="utf-8", newline="") as file:
        entries = list(csv.DictReader(file))
    assert {one["person"] for one in entries} == {"demo.supervisor"}
    shares = [one for one in entries if one["action"] == "share"]
    assert [(one["recording"], one["outcome"]) for one in shares] == [(stop.sha256, "done")] * len(MOMENTS)
    page.get_by_role("button", name="Check all entries").click()
    page.get_by_text("entries, all fit.").wait_for()
