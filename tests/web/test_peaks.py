"""The waveform's route: made at the first request, kept beside the copies, refused as the recording itself is."""

from __future__ import annotations

import threading

import pytest

from review.errors import UnreadableMedia
from review.peaks import PER_SECOND
from review.web import peaks
from review.web.peaks import Outlines

SHA = "7" * 64


def url(shelved):
    return f"/api/recordings/{shelved.sha256}/peaks"


@pytest.fixture
def opened(served, shelved):
    served.sign_in()
    served.open(shelved.sha256)
    return served


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BODYCAM_REVIEW_DB", str(tmp_path / "review.db"))
    return tmp_path


def test_the_outline_has_two_bytes_for_each_fiftieth_of_a_second(opened, shelved):
    answer = opened.client.get(url(shelved))
    assert answer.status_code == 200
    assert answer.headers["x-peaks-per-second"] == str(PER_SECOND)
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.content) == 32 * PER_SECOND * 2
    assert any(answer.content)


def test_it_is_kept_beside_the_playable_copies(opened, shelved, tmp_path):
    first = opened.client.get(url(shelved)).content
    kept = tmp_path / "bodycam-review-media" / f"{shelved.sha256}.peaks"
    assert kept.read_bytes() == first
    kept.write_bytes(b"\x01\x02")
    assert opened.client.get(url(shelved)).content == b"\x01\x02"


def test_nobody_sees_it_without_signing_in_and_saying_why(served, shelved):
    assert served.client.get(url(shelved)).status_code == 401
    served.sign_in()
    assert served.client.get(url(shelved)).status_code == 403


def test_a_recording_that_is_gone_has_none(opened, shelved):
    shelved.media.unlink()
    answer = opened.client.get(url(shelved))
    assert answer.status_code == 404
    assert "waveform" in answer.json()["error"]


def test_while_it_is_made_the_player_is_told_to_come_back(serve, shelved, monkeypatch):
    go_on = threading.Event()
    made = peaks.make_peaks
    monkeypatch.setattr(peaks, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(peaks, "make_peaks", lambda path, to: go_on.wait(20) and made(path, to))
    served = serve()
    served.sign_in()
    served.open(shelved.sha256)
    answer = served.client.get(url(shelved))
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    go_on.set()
    for _ in range(2000):
        answer = served.client.get(url(shelved))
        if answer.status_code == 200:
            break
    assert answer.status_code == 200


def test_it_is_made_once_however_many_ask(folder, monkeypatch):
    asked, go_on = [], threading.Event()

    def make(path, to):
        asked.append(path)
        go_on.wait(20)
        part = to.with_suffix(f".{threading.get_ident()}")
        part.write_bytes(b"ab")
        return part.replace(to)  # whole or not there at all, as make_peaks leaves it

    monkeypatch.setattr(peaks, "make_peaks", make)
    outlines = Outlines(wait=0.02)
    assert [outlines.of(SHA, folder / "a.wav") for _ in range(5)] == [None] * 5
    go_on.set()
    patient = Outlines(wait=20)
    assert patient.of(SHA, folder / "a.wav").read_bytes() == b"ab"
    assert len(asked) <= 2  # the second one is another server's


def test_what_went_wrong_is_told_each_time(folder, monkeypatch):
    def make(path, to):
        raise UnreadableMedia("a.wav is damaged")

    monkeypatch.setattr(peaks, "make_peaks", make)
    outlines = Outlines(wait=20)
    for _ in range(2):
        with pytest.raises(UnreadableMedia, match="damaged"):
            outlines.of(SHA, folder / "a.wav")


def test_an_outline_that_was_deleted_is_made_again(folder, monkeypatch):
    made = []
    monkeypatch.setattr(peaks, "make_peaks", lambda path, to: made.append(to) or (to.write_bytes(b"ab") and to))
    outlines = Outlines(wait=20)
    kept = outlines.of(SHA, folder / "a.wav")
    kept.unlink()
    assert outlines.of(SHA, folder / "a.wav") == kept
    assert len(made) == 2
