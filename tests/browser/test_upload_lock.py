"""Sending recordings while the screen locks: what is on its way arrives, and the next one waits for the person."""

from __future__ import annotations

import io
import math
import struct
import wave

import pytest

pytestmark = pytest.mark.browser
server = pytest.fixture(scope="module")(lambda own_server: own_server)  # what is sent here would be in others' lists


def sound(pitch: int) -> bytes:
    """A second of a tone; another pitch is another recording."""
    told = io.BytesIO()
    with wave.open(told, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        tone = (struct.pack("<h", int(3000 * math.sin(pitch * n / 8000))) for n in range(8000))
        file.writeframes(b"".join(tone))
    return told.getvalue()


WAITS, SENT = "waits until the screen is unlocked", "sent; it is in the list below"


def test_files_that_were_chosen_before_the_screen_locked_are_sent_after_it_is_unlocked(window, eventually):
    page = window.page
    page.clock.install()
    window.sign_in()
    page.goto(f"{window.base}/upload")
    page.get_by_text("Drop recordings here").wait_for()
    window.settled()
    window.watched()
    dialog, lines = page.get_by_role("dialog", name="Locked"), page.locator(".files li")

    def becomes(number, told):
        eventually(page, lambda: lines.nth(number).text_content(), lambda text: told in text)

    def fall_idle():
        with page.expect_response(lambda told: told.url.endswith("/lock") and told.request.method == "POST"):
            page.clock.fast_forward("16:00")
            page.clock.run_for(6000)

    def arrives_while_it_locks(route):
        answer = route.fetch()
        fall_idle()
        route.fulfill(response=answer)

    def sets_out_while_it_locks(route):
        fall_idle()
        route.continue_()

    def is_refused_late(route):
        fall_idle()
        answer = route.fetch()
        assert answer.status == 423
        dialog.get_by_role("button", name="Unlock").click()
        dialog.wait_for(state="detached")
        route.fulfill(response=answer)

    page.route("**/api/uploads*", arrives_while_it_locks, times=1)
    files = [{"name": f"stop{n}.wav", "mimeType": "audio/wav", "buffer": sound(900 + n)} for n in (1, 2)]
    page.locator("input[type=file]").set_input_files(files)
    dialog.wait_for()
    becomes(0, SENT)
    becomes(1, WAITS)
    page.route("**/api/uploads*", sets_out_while_it_locks, times=1)
    with page.expect_response(lambda told: "/api/uploads" in told.url and told.status == 423):
        dialog.get_by_role("button", name="Unlock").click()
    becomes(1, WAITS)
    page.route("**/api/uploads*", is_refused_late, times=1)
    dialog.get_by_role("button", name="Unlock").click()
    becomes(1, SENT)
