"""Recordings that a browser cannot play: a copy is made once, beside the database, and the original stays as it is."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import replace

import av
import pytest

from review.errors import OutputError, UnreadableMedia
from review.web import shelf
from review.web.shelf import Shelf, proxy_folder

SHA = "5" * 64


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setenv("BODYCAM_REVIEW_DB", str(tmp_path / "review.db"))
    original = tmp_path / "unit.wmv"
    original.write_bytes(b"a recording")
    return tmp_path, original


def wait_for_copy(kept: Shelf, original):
    for _ in range(3000):
        found = kept.playing(SHA, original)
        if found is not None:
            return found
        time.sleep(0.02)
    raise AssertionError("the copy was never ready")


def test_a_recording_that_browsers_play_is_served_itself(files, monkeypatch):
    _, original = files
    monkeypatch.setattr(shelf, "playable", lambda path: True)
    assert Shelf().playing(SHA, original) == original


def test_whether_a_browser_plays_it_is_asked_once_and_not_for_each_range(files, monkeypatch):
    _, original = files
    asked = []
    monkeypatch.setattr(shelf, "playable", lambda path: asked.append(path) or True)
    kept = Shelf()
    for _ in range(5):
        kept.playing(SHA, original)
    assert asked == [original]


def test_a_copy_is_made_in_the_background_and_found_again_after_a_restart(files, monkeypatch):
    folder, original = files
    go_on, made = threading.Event(), []

    def make(path, to):
        go_on.wait(10)
        made.append(to)
        to.write_bytes(b"a copy")
        return to

    monkeypatch.setattr(shelf, "playable", lambda path: False)
    monkeypatch.setattr(shelf, "make_proxy", make)
    kept = Shelf(wait=0.05)
    assert kept.playing(SHA, original) is None
    assert kept.playing(SHA, original) is None  # still only one is being made
    go_on.set()
    copy = wait_for_copy(kept, original)
    assert copy == folder / "bodycam-review-media" / f"{SHA}.mp4"
    assert Shelf().playing(SHA, original) == copy
    assert made == [copy]
    assert original.read_bytes() == b"a recording"


@pytest.mark.parametrize("error", [OutputError("the disk is full"), UnreadableMedia("unit.wmv is damaged")])
def test_a_copy_that_cannot_be_made_is_told_each_time(files, monkeypatch, error):
    _, original = files

    def make(path, to):
        raise error

    monkeypatch.setattr(shelf, "playable", lambda path: False)
    monkeypatch.setattr(shelf, "make_proxy", make)
    kept = Shelf()
    for _ in range(2):
        with pytest.raises(type(error), match=str(error)):
            wait_for_copy(kept, original)


def test_a_real_recording_that_browsers_cannot_play_becomes_one_that_they_can(served, shelved, new_store, tmp_path):
    odd = tmp_path / "old_recorder.wma"
    with av.open(str(odd), "w", format="asf") as out:
        track = out.add_stream("adpcm_ms", rate=16000)
        track.layout = "mono"
        for number in range(60):
            frame = av.AudioFrame(format="s16", layout="mono", samples=1012)  # one block of this codec
            frame.sample_rate, frame.pts = 16000, number * frame.samples
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    body = odd.read_bytes()
    recording = shelved.encounter.recording
    moved = replace(recording, sha256=hashlib.sha256(body).hexdigest(), name=odd.name, bytes=len(body))
    new_store().add(replace(shelved.encounter, recording=moved), odd, at=shelved.encounter.provenance.made_at)
    served.sign_in()
    served.open(moved.sha256)
    url = f"/api/recordings/{moved.sha256}/media"
    answer = served.client.get(url, headers={"range": "bytes=4-7"})
    assert answer.status_code == 206
    assert (answer.content, answer.headers["content-type"]) == (b"ftyp", "video/mp4")
    assert odd.read_bytes() == body


def test_while_a_long_copy_is_being_made_the_answer_says_so_and_asks_to_come_back(serve, shelved, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(shelf, "playable", lambda path: go_on.wait(10))
    served = serve(wait=0.05)
    served.sign_in()
    served.open(shelved.sha256)
    answer = served.client.get(f"/api/recordings/{shelved.sha256}/media")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "3"
    assert "a copy is being made" in answer.json()["error"]
    go_on.set()


def test_copies_lie_beside_the_database_and_in_the_folder_itself_for_a_database_server(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert proxy_folder("sqlite:////cases/x.db").as_posix() == "/cases/bodycam-review-media"
    assert proxy_folder("postgresql://db/review") == tmp_path / "bodycam-review-media"
