"""A recording that takes longer to send than somebody may be idle."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from review.pipeline import now
from review.web import uploads
from review.web.gate import COOKIE

BASE = {"origin": "http://127.0.0.1:8501"}
OWN = {**BASE, "x-requested-by": "bodycam-review", "x-file-name": "stop.wav"}
MINUTE = 60.0


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    path = tmp_path / "sent.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * 63)
    return path.read_bytes()


def send_slowly(served, sound: bytes, *, between: Callable[[], object]):
    """Send a recording in four pieces, and do something between them."""

    def pieces() -> Iterator[bytes]:
        quarter = len(sound) // 4 + 1
        for start in range(0, len(sound), quarter):
            yield sound[start : start + quarter]
            between()

    headers = {**OWN, "content-length": str(len(sound))}
    return served.client.post("/api/uploads", content=pieces(), headers=headers)


def later(served, minutes: float) -> None:
    served.clock.now += minutes * MINUTE


def test_a_recording_that_is_sent_for_an_hour_keeps_its_session(served, sound):
    served.sign_in()
    answer = send_slowly(served, sound, between=lambda: later(served, 20))
    assert answer.status_code == 201, answer.text
    assert served.client.get("/lock").status_code == 200
    later(served, 31)  # and then the half hour runs as ever
    assert served.client.get("/lock").status_code == 401


def test_a_recording_on_its_way_arrives_although_the_screen_locks_and_it_stays_locked(served, sound):
    token = served.sign_in()
    session = served.sessions.find(token)
    answer = send_slowly(served, sound, between=lambda: (later(served, 20), served.sessions.lock(session, True)))
    assert answer.status_code == 201, answer.text
    served.client.cookies.set(COOKIE, token)
    assert served.client.get("/headers").status_code == 423
    assert served.client.post("/api/uploads", content=sound, headers=OWN).status_code == 423


def test_no_upload_outlasts_a_shift(served, sound):
    served.sign_in()
    send_slowly(served, sound, between=lambda: later(served, 4 * 60))
    assert served.client.get("/lock").status_code == 401


def test_what_an_account_sent_that_was_disabled_meanwhile_is_not_kept(served, sound, new_store, tmp_path):
    served.sign_in()
    with new_store().casebook() as book:
        disable = "UPDATE people SET disabled_at = :at"
        engine = book._connection.engine

    def disabled() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(disable.replace(":at", f"'{now().isoformat()}'"))

    answer = send_slowly(served, sound, between=disabled)
    assert answer.status_code == 403
    assert list((tmp_path / uploads.FOLDER).iterdir()) == []
