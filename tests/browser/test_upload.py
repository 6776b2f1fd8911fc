"""Recordings that are sent by the page: real sound followed from the file to its words, and files that are none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from review import media
from review.encounter import Span
from review.store import open_store

pytestmark = pytest.mark.browser
SAMPLE = Path(__file__).parents[2] / "samples" / "calm_traffic_stop.m4a"
HEARD = Span(0.0, 9.0)  # of the sample: a few words, quick to process
PROCESSED = 300.0  # seconds; the models are loaded for it


@pytest.fixture(scope="module")
def server(own_server):
    """One that processes what is sent to it, and nothing for others."""
    return own_server


@pytest.fixture(scope="module")
def spoken():
    """A few seconds in which somebody talks, as the file's bytes."""
    return media.clip(SAMPLE, HEARD)


@pytest.fixture
def page(window):
    window.sign_in()
    window.page.goto(f"{window.base}/upload")
    window.page.get_by_text("Drop recordings here").wait_for()
    return window.page


def choose(page, **files):
    page.locator("#files").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": body} for name, body in files.items()]
    )


def row(page, name):
    return page.locator(".files li").filter(has_text=name)


def jobs(server):
    with open_store(server.folder / "review.db") as store, store.register() as register:
        return {job.name: job for job in register.jobs.every()}


def test_a_recording_is_sent_its_progress_is_told_and_its_words_can_be_read(page, window, spoken, eventually):
    choose(page, **{"night stop.wav": spoken})
    eventually(page, row(page, "night stop.wav").locator(".state").inner_text, lambda text: text.startswith("sent; it"))
    told: list[str] = []

    def look():
        told.extend(page.locator(".bcr-job-state").all_inner_texts())
        return told[-1] if told else ""

    eventually(page, look, lambda state: state == "done", seconds=PROCESSED)
    shares = [int(one.split("%")[0].split()[-1]) for one in told if "%" in one]
    assert shares, f"no progress was told, only {list(dict.fromkeys(told))}"
    assert shares == sorted(shares)
    expect(row(page, "night stop.wav"), "the list of files was lost meanwhile").to_have_count(1)
    page.get_by_role("link", name="Open").click()
    page.get_by_text("Why are you opening this recording?").wait_for()
    window.settled()
    page.locator("[data-testid=stRadio] [role=radiogroup] label").first.click()
    window.settled()
    page.get_by_role("button", name="Open", exact=True).click()
    page.locator(".word").first.wait_for()
    expect(page.locator(".transcript")).to_contain_text("silver sedan")
    assert window.errors == []
    page.goto(f"{window.base}/library")
    page.get_by_role("link", name="night stop.wav").wait_for()


def test_files_that_are_no_recordings_are_told_and_hold_nothing_up(page, server, spoken, eventually):
    files = {"statement.pdf": b"%PDF-1.7", "empty.wav": b"", "broken.mp4": b"no recording at all " * 400}
    choose(page, **files, **{"last one.wav": spoken + b"\0" * 64})
    eventually(page, row(page, "last one.wav").locator(".state").inner_text, lambda text: text.startswith("sent; it"))
    expect(row(page, "statement.pdf")).to_contain_text("no video or sound file")
    expect(row(page, "empty.wav")).to_contain_text("empty")
    broken = row(page, "broken.mp4").inner_text()
    assert "broken.mp4" in broken.removeprefix("broken.mp4")
    assert not any(name in jobs(server) for name in files)
    assert "last one.wav" in jobs(server)
    kept = sorted(path.suffix for path in (server.folder / "bodycam-review-recordings").iterdir())
    assert kept == [".wav"] * len(jobs(server))
    page.get_by_role("button", name="Cancel: last one.wav").or_(page.get_by_role("button", name="Cancel")).first.click()
    eventually(page, lambda: jobs(server)["last one.wav"].state.value, lambda state: state == "cancelled")


def test_a_recording_that_is_here_already_is_told_and_not_added_again(page, server, window, shelved, eventually):
    choose(page, **{"again.wav": shelved.media.read_bytes()})
    told = row(page, "again.wav").locator(".state")
    eventually(page, told.inner_text, lambda text: "already" in text)
    expect(told).to_contain_text(shelved.media.name)
    assert "again.wav" not in jobs(server)


def test_what_is_being_sent_goes_on_while_its_person_looks_at_another_page(page, window, server, spoken, eventually):
    held = []
    window.context.route("**/api/uploads*", lambda route: held.append(route))
    choose(page, **{"meanwhile.wav": spoken[:-2000]})
    eventually(page, lambda: len(held), bool)
    page.get_by_role("link", name="Method", exact=True).click()
    page.get_by_role("heading", name="Method").wait_for()
    held[0].continue_()
    eventually(page, lambda: "meanwhile.wav" in jobs(server), bool)
    page.get_by_role("link", name="Add recordings", exact=True).click()
    row(page, "meanwhile.wav").wait_for()
    expect(row(page, "meanwhile.wav").locator(".state")).to_have_text(re.compile("^sent; it"))


def test_a_lost_network_is_told_and_the_same_file_can_be_sent_again(page, window, server, spoken, eventually):
    name, body = "second try.wav", spoken[:-4000]
    window.context.route("**/api/uploads*", lambda route: route.abort())
    choose(page, **{name: body})
    told = row(page, name).locator(".state")
    eventually(page, told.inner_text, lambda text: "could not be reached" in text)
    window.context.unroute("**/api/uploads*")
    choose(page, **{name: body})
    eventually(page, row(page, name).last.locator(".state").inner_text, lambda text: text.startswith("sent; it"))
    assert name in jobs(server)
