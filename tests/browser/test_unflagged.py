"""A recording in which the machine marked nothing is reviewed like any other: a form, and a stretch to listen to."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from review.casework import Kind
from review.casework.form import DRAWN_SECONDS, HEARD_SHARE, drawn
from review.encounter import Span
from review.policy import built_in
from review.screens.parts import clock
from review.store import open_store
from tests.conftest import LINES, MADE_AT, Shelved, handmade, write_tone

pytestmark = pytest.mark.browser
ITEMS = built_in().checklists[0].items


@pytest.fixture
def shelved(server: Any) -> Shelved:
    """A minute of talk without any mark."""
    media = server.folder / "nothing_marked.wav"
    write_tone(media, seconds=70, pitch=701.0)
    encounter = handmade(media, lines=LINES * 2)
    with open_store(server.folder / "review.db") as store:
        store.add(encounter, media, at=MADE_AT)
    return Shelved(server.folder / "review.db", media, encounter)


def acts(shelved: Shelved, kind: Kind) -> list[Any]:
    with open_store(shelved.database) as store, store.casebook() as book:
        return [act for act in book.acts(shelved.sha256) if act.kind is kind]


def test_a_recording_without_a_mark_is_signed_once_its_form_is_filled_in_and_its_stretch_was_heard(
    page, shelved, eventually
):
    assert shelved.encounter.flags == ()
    stretch = drawn(shelved.encounter)
    assert stretch is not None
    assert stretch.seconds == DRAWN_SECONDS < shelved.encounter.recording.seconds
    page.locator(".form .item").first.wait_for()
    expect(page.locator(".card")).to_have_count(0)
    missing = page.locator(".left-over")
    expect(missing).to_contain_text(f"{len(ITEMS)} of {len(ITEMS)} questions have no answer")

    page.keyboard.press("g")
    for _ in ITEMS:
        page.keyboard.press("4")
    ending = page.locator(".closing").get_by_role("button", name=built_in().dispositions[0], exact=True)
    ending.click()
    left = "Still missing: the drawn stretch is not listened to"
    eventually(page, missing.inner_text, lambda text: " ".join(text.split()) == left)
    sign = page.get_by_role("button", name="Sign off this review")
    expect(sign).to_have_attribute("aria-disabled", "true")
    sign.click(force=True)  # says what is missing, and signs nothing
    page.locator(".stretch", has_text="Not listened to yet").wait_for()
    assert acts(shelved, Kind.SIGN_OFF) == []

    page.get_by_label("Speed").select_option("2")
    page.get_by_role("button", name=f"Play {clock(stretch.start)}").click()
    page.locator(".stretch", has_text="You have listened to it.").wait_for()
    heard = [Span(act.body["start"], act.body["end"]) for act in acts(shelved, Kind.LISTENED)]
    assert sum(one.overlap(stretch) for one in heard) >= HEARD_SHARE * stretch.seconds
    eventually(page, missing.inner_text, lambda text: not text.strip())
    sign.click()
    page.locator(".signed:visible").wait_for()
    [signed] = eventually(page, lambda: acts(shelved, Kind.SIGN_OFF), bool)
    assert signed.person == "demo.supervisor"
    assert len(acts(shelved, Kind.ANSWER)) == len(ITEMS)
