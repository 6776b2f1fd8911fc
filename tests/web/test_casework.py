"""The routes of the form, of coaching and of shared moments: who is answered, and with what."""

from __future__ import annotations

import io
import wave
from uuid import uuid4

import pytest

ORIGIN = {"origin": "http://127.0.0.1:8501"}
OWN = {**ORIGIN, "x-requested-by": "bodycam-review"}


def do(served, shelved, kind: str, about: str = "", **body: object) -> str:
    name = f"{uuid4()}:1"
    answer = served.client.post(
        f"/api/recordings/{shelved.sha256}/acts",
        json={"operations": [{"id": name, "kind": kind, "about": about, "body": body}]},
        headers=OWN,
    )
    assert answer.json()["acknowledged"] == [name], answer.text
    return name


def share(served, shelved, role: str = "trainer", *, start: float = 1.0, end: float = 4.0) -> str:
    """A moment shared by a supervisor, who signs out again."""
    served.sign_in()
    served.open(shelved.sha256)
    name = do(served, shelved, "share", role, start=start, end=end, text="")
    served.client.post("/sign-out", headers=ORIGIN)
    return name


@pytest.mark.parametrize("what", ["form", "coaching"])
def test_a_form_is_told_to_who_opened_the_recording_and_not_left_in_caches(served, shelved, what):
    address = f"/api/recordings/{shelved.sha256}/{what}"
    assert served.client.get(address).status_code == 401
    served.sign_in()
    assert served.client.get(address).status_code == 403  # no purpose was said yet
    served.open(shelved.sha256)
    answer = served.client.get(address)
    assert answer.status_code == 200
    assert answer.json()["recording"] == shelved.sha256
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("account", ["officer", "trainer", "oversight", "admin"])
@pytest.mark.parametrize("what", ["form", "coaching"])
def test_a_form_of_somebody_elses_recording_is_refused(served, shelved, account, what):
    served.sign_in(f"demo.{account}")
    answer = served.client.get(f"/api/recordings/{shelved.sha256}/{what}")
    assert answer.status_code == 403
    assert shelved.media.name not in answer.text


def test_a_shared_moment_is_exactly_its_stretch_and_tells_no_name(served, shelved):
    name = share(served, shelved)
    served.sign_in("demo.trainer")
    answer = served.client.get(f"/api/moments/{name}/clip")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["cache-control"] == "no-store"
    with wave.open(io.BytesIO(answer.content)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(3.0, abs=0.01)
    told = str(answer.headers) + answer.content[:4096].decode("latin-1")
    assert shelved.media.stem not in told
    assert shelved.sha256 not in told


@pytest.mark.parametrize("account", ["oversight", "supervisor", "internal-affairs", "officer", "admin"])
def test_a_moment_is_played_only_by_those_with_whom_it_was_shared(served, shelved, account):
    name = share(served, shelved)
    assert served.client.get(f"/api/moments/{name}/clip").status_code == 401
    served.sign_in(f"demo.{account}")
    answer = served.client.get(f"/api/moments/{name}/clip")
    assert answer.status_code == 403
    assert shelved.sha256 not in answer.text


@pytest.mark.parametrize("name", ["x", "00000000-0000-4000-8000-000000000000:1", "..%2f..%2fetc", "'--"])
def test_a_moment_that_is_not_there_is_refused_whatever_its_name(served, shelved, name):
    share(served, shelved)
    served.sign_in("demo.trainer")
    assert served.client.get(f"/api/moments/{name}/clip").status_code in {403, 404}


def test_a_moment_whose_original_was_moved_away_says_so(served, shelved):
    name = share(served, shelved)
    shelved.media.rename(shelved.media.with_name("elsewhere.wav"))
    served.sign_in("demo.trainer")
    answer = served.client.get(f"/api/moments/{name}/clip")
    assert answer.status_code == 404
    assert "cannot be played" in answer.json()["error"]


def test_each_play_of_a_moment_stands_in_the_log(served, shelved, new_store):
    name = share(served, shelved)
    served.sign_in("demo.trainer")
    served.client.get(f"/api/moments/{name}/clip")
    with new_store().casebook() as book:
        [entry] = book.logged(action="play")
    assert (entry.person, entry.recording, entry.details) == ("demo.trainer", shelved.sha256, {"share": name})


# Whose recording it is

SEEN = {"wearer": "", "unit": "", "others": []}


def say(served, shelved, **body: object):
    return served.client.post(f"/api/recordings/{shelved.sha256}/whose", json=body, headers=OWN)


def test_whose_a_recording_is_is_kept_told_and_stands_in_the_form(served, shelved):
    served.sign_in()
    served.open(shelved.sha256)
    said = {"wearer": " 4711 ", "unit": "", "others": ["4712", "4711", ""]}
    answer = say(served, shelved, **said, seen=SEEN)
    assert answer.status_code == 200
    whose = answer.json()["whose"]
    assert (whose["wearer"], whose["others"], answer.json()["told"]) == ("4711", ["4712"], "")
    assert served.client.get(f"/api/recordings/{shelved.sha256}/form").json()["whose"] == whose
    late = say(served, shelved, wearer="4799", unit="", others=[], seen=SEEN)
    assert (late.status_code, "said meanwhile" in late.json()["error"]) == (409, True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"wearer": "4711", "unit": "", "others": []}, 400),
        ({"wearer": 4711, "unit": "", "others": [], "seen": SEEN}, 400),
        ({"wearer": "x" * 81, "unit": "", "others": [], "seen": SEEN}, 400),
        ({"wearer": "4711\n", "unit": "", "others": [], "seen": SEEN}, 400),
        ({"wearer": "", "unit": "", "others": "4711", "seen": SEEN}, 400),
        ({"wearer": "", "unit": "", "others": ["1"] * 51, "seen": SEEN}, 400),
        ({"wearer": "4711", "unit": "", "others": [], "seen": SEEN, "as": "demo.officer"}, 409),
    ],
)
def test_half_of_whose_a_recording_is_changes_nothing(served, shelved, body, status):
    served.sign_in()
    served.open(shelved.sha256)
    assert say(served, shelved, **body).status_code == status
    assert served.client.get(f"/api/recordings/{shelved.sha256}/form").json()["whose"]["wearer"] == ""
