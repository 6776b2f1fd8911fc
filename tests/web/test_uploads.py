"""The upload route: streamed, checked, named by the server, told in plain words; nothing is left of what is refused."""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from review.access import Viewer
from review.desk import jobs
from review.errors import StoreUnavailable
from review.screens.viewer import Identity
from review.store import JobState, audit, open_store
from review.web import uploads
from review.web.asking import EXCEPTION_HANDLERS
from review.web.shelf import Shelf

AT = datetime(2026, 3, 1, tzinfo=UTC)
PEOPLE = {
    "sam": Viewer("sam", "Sam", "supervisor", "West"),
    "ina": Viewer("ina", "Ina", "internal_affairs"),
    "olli": Viewer("olli", "Olli", "officer", "West", officer="o1"),
    "tina": Viewer("tina", "Tina", "trainer"),
}
OWN = {"x-requested-by": "bodycam-review", "content-type": "application/octet-stream"}


class SignedIn:
    """Stands where the gate stands, and says who asks."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.who = app, "ina"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = PEOPLE[self.who]
        scope["state"] = {"viewer": Identity(who.user, who.name, who.role, "session")}
        await self.app(scope, receive, send)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SignedIn]:
    monkeypatch.setenv("BODYCAM_REVIEW_DB", str(tmp_path / "review.db"))
    with open_store(tmp_path / "review.db") as store, store.casebook(write=True) as book:
        for viewer in PEOPLE.values():
            book.keep_demo(viewer, at=AT)
    shelf = Shelf()
    yield SignedIn(Starlette(routes=uploads.routes(shelf), exception_handlers=dict(EXCEPTION_HANDLERS)))
    shelf.close()


@pytest.fixture
def client(app: SignedIn) -> TestClient:
    return TestClient(app)


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    path = tmp_path / "sent.wav"

    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * 63)
    return path.read_bytes()


def send(client, body, name="stop.wav", query="", **headers):
    return client.post(f"/api/uploads{query}", content=body, headers={**OWN, "x-file-name": name, **headers})


def kept(tmp_path: Path) -> list[str]:
    return (
        sorted(path.name for path in (tmp_path / uploads.FOLDER).glob("*"))
        if (tmp_path / uploads.FOLDER).exists()
        else []
    )


def waiting(tmp_path: Path):
    with open_store(tmp_path / "review.db") as store, store.register() as register:
        return register.jobs.every()


def test_a_recording_is_kept_under_a_name_of_the_servers_and_waits(client, tmp_path, sound):
    answer = send(client, sound, "..%2F..%2Fmy%20stop.WAV", "?wearer=o1&unit=West&others=o2,%20o3,")
    assert answer.status_code == 201, answer.text
    sha256 = hashlib.sha256(sound).hexdigest()
    assert kept(tmp_path) == [f"{sha256}.wav"]
    [job] = waiting(tmp_path)
    assert answer.json() == {"job": job.id, "name": "my stop.WAV"}
    assert (job.name, job.recording, job.state) == ("my stop.WAV", sha256, JobState.WAITING)
    assert (job.wearer, job.unit, job.others) == ("o1", "West", ("o2", "o3"))
    assert job.path.read_bytes() == sound
    assert not job.path.stat().st_mode & 0o222, "an original is never written again"


def test_the_same_recording_is_told_and_kept_once(client, tmp_path, sound):
    send(client, sound)
    answer = send(client, sound, "other name.wav")
    assert (answer.status_code, len(waiting(tmp_path)), len(kept(tmp_path))) == (409, 1, 1)
    assert "sent before" in answer.json()["error"]


def test_a_recording_that_is_in_the_library_is_told_by_its_name(client, tmp_path, shelved):
    answer = send(client, shelved.media.read_bytes(), "again.wav")
    assert (answer.status_code, waiting(tmp_path), kept(tmp_path)) == (409, (), [])
    assert shelved.media.name in answer.json()["error"]


def test_somebody_who_may_not_know_of_a_recording_is_not_told_its_name(app, client, shelved, tmp_path):
    with open_store(tmp_path / "review.db") as store, store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="o7", unit="East")
    app.who = "sam"
    answer = send(client, shelved.media.read_bytes(), query="?unit=West")
    assert answer.status_code == 409
    assert shelved.media.name not in answer.json()["error"]


@pytest.mark.parametrize("who", ["olli", "tina"])
def test_who_may_not_add_recordings_is_refused_before_a_byte_is_kept(app, client, tmp_path, sound, who):
    app.who = who
    assert send(client, sound).status_code == 403
    assert (kept(tmp_path), waiting(tmp_path)) == ([], ())


def test_a_supervisor_sends_for_the_own_unit_only(app, client, tmp_path, sound):
    app.who = "sam"
    assert send(client, sound, query="?unit=East").status_code == 403
    assert send(client, sound, query="?unit=West").status_code == 201


def test_a_request_without_our_header_is_refused(client, sound):
    assert send(client, sound, **{"x-requested-by": ""}).status_code == 403


@pytest.mark.parametrize(
    ("body", "name", "status", "told"),
    [
        (b"words", "notes.docx", 415, "no video or sound file"),
        (b"words " * 50, "fake.mp4", 415, "fake.mp4"),
        (b"", "empty.wav", 400, "empty"),
    ],
)
def test_what_is_no_recording_is_told_in_plain_words_and_nothing_is_left(client, tmp_path, body, name, status, told):
    answer = send(client, body, name)
    assert (answer.status_code, kept(tmp_path), waiting(tmp_path)) == (status, [], ())
    assert told in answer.json()["error"]
    assert str(tmp_path) not in answer.json()["error"]


def test_a_recording_that_is_too_large_is_refused_by_its_length_and_by_what_comes(client, tmp_path, sound, monkeypatch):
    monkeypatch.setenv(jobs.LIMIT_VARIABLE, str(1000 / 1e9))
    assert send(client, sound).status_code == 413
    assert send(client, sound, **{"content-length": "900"}).status_code in {400, 413}
    assert (kept(tmp_path), waiting(tmp_path)) == ([], ())


def test_no_room_on_the_disk_is_told_before_a_byte_is_kept(client, tmp_path, sound, monkeypatch):
    monkeypatch.setattr(jobs, "KEPT_FREE", 1 << 60)
    answer = send(client, sound)
    assert answer.status_code == 507
    assert "no room" in answer.json()["error"]
    assert (kept(tmp_path), waiting(tmp_path)) == ([], ())


def test_a_recording_that_arrives_in_part_leaves_nothing(client, tmp_path, sound):
    answer = send(client, sound, **{"content-length": str(len(sound) + 10)})
    assert answer.status_code == 400
    assert "whole" in answer.json()["error"]
    assert (kept(tmp_path), waiting(tmp_path)) == ([], ())


def test_what_was_sent_waits_together_with_its_entry_in_the_log_or_is_not_kept(client, tmp_path, sound, monkeypatch):
    plain = audit.append

    def append(connection, entry):
        if entry.action == "upload":
            raise StoreUnavailable("the disk is full")
        plain(connection, entry)

    monkeypatch.setattr(audit, "append", append)
    assert send(client, sound).status_code == 503
    assert (kept(tmp_path), waiting(tmp_path)) == ([], ())
