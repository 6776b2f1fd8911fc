"""The real command on everything that goes wrong: one line that names the file, nothing lost, the right exit code."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from review import media
from review.encounter import Span
from review.weights import CACHE_VARIABLE

SAMPLE = Path(__file__).parents[1] / "samples" / "calm_traffic_stop.m4a"
PATIENCE = 120  # seconds for one command on a busy machine
# An engine of ours, so that a test can say when the machine "hears": it takes a lock or waits where it is told to.
ENGINE = """
import os, sqlite3, time
from pathlib import Path
from review.encounter import Span, Word
from review.speech import Heard

def hear(samples, speech, *, settings, progress):
    if "LOCK" in os.environ:
        global held
        held = sqlite3.connect(os.environ["LOCK"])
        held.execute("BEGIN EXCLUSIVE")
    first, at = speech[0].start, Path(os.environ.get("MARKS", "."))
    if "WAIT_AT" in os.environ and len(list(at.glob("heard-*"))) >= int(os.environ["WAIT_AT"]):
        (at / f"waiting-{os.getpid()}").touch()
        time.sleep(100)
    if "MARKS" in os.environ:
        (at / f"heard-{time.monotonic_ns()}").touch()
    return Heard((Word("Good", Span(first, first + 0.2), 0.9), Word("evening.", Span(first + 0.2, first + 0.5), 0.9)),
                 "en", 1.0)
"""
WITHOUT_ROOTS_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Four seconds of a sample in which somebody speaks, as a WAV file."""
    return media.clip(SAMPLE, Span(12.0, 16.0))


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder to work in, with our engine beside it."""
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "our_engine.py").write_text(ENGINE)
    (tmp_path / "room").mkdir()
    return tmp_path / "room"


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "review", *map(str, arguments)]


def surroundings(room: Path, **more: object) -> dict[str, str]:
    beside = str(room.parent / "engine")
    seen = os.pathsep.join(filter(None, [beside, os.environ.get("PYTHONPATH")]))
    known = {"BODYCAM_REVIEW_DB": str(room / "store.db"), "PYTHONPATH": seen, "COLUMNS": "100"}
    return {**os.environ, **known, **{name: str(value) for name, value in more.items()}}


def run(
    *arguments: object, room: Path, under: tuple[str, ...] = (), **more: object
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*under, *command(*arguments)],
        cwd=room,
        env=surroundings(room, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def complaints(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if line.startswith("error: ")]


def write_silence(path: Path, *, seconds: float, rate: int = 16000) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(bytes(round(seconds * rate) * 2))
    return path


def write_film(path: Path, *, sound: bool) -> Path:
    """A second of black, with or without sound."""
    with av.open(str(path), "w") as out:
        picture = out.add_stream("libx264", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        track = out.add_stream("aac", rate=16000, layout="mono") if sound else None
        for number in range(10):
            shot = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            shot.pts, shot.time_base = number, Fraction(1, 10)
            out.mux(picture.encode(shot))
        out.mux(picture.encode(None))
        if track is not None:
            quiet = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), format="fltp", layout="mono")
            quiet.sample_rate, quiet.pts = 16000, 0
            out.mux(track.encode(quiet))
            out.mux(track.encode(None))
    return path


def louder(spoken: bytes, gain: float) -> bytes:
    """The same words as another recording."""
    return spoken[:44] + (np.frombuffer(spoken[44:], "<i2") * gain).astype("<i2").tobytes()


# --- files that are no recordings ---------------------------------------------------------------------------------

REFUSED = {
    "empty.mp4": "is empty",
    "text.mp4": "holds text",
    "random.mp4": "is not audio or video",
    "truncated.mp4": "moov",
    "mute.mp4": "has no audio track",
    "nowhere.mp4": "does not exist",
    "folder.wav": "is a folder",
}


@pytest.fixture(scope="module")
def mixed_bag(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """One command over every kind of bad file, with good ones at both ends."""
    room = tmp_path_factory.mktemp("bag") / "room"
    room.mkdir()
    (room / "empty.mp4").touch()
    (room / "text.mp4").write_text("Officer: good evening, ma'am.\n" * 20)
    (room / "random.mp4").write_bytes(np.random.default_rng(5).bytes(100_000))
    whole = write_film(room / "whole.mp4", sound=True).read_bytes()
    (room / "truncated.mp4").write_bytes(whole[: whole.index(b"moov") - 4])
    (room / "whole.mp4").unlink()
    write_film(room / "mute.mp4", sound=False)
    (room / "folder.wav").mkdir()
    good = [write_silence(room / name, seconds=1.0, rate=rate) for name, rate in (("a.wav", 8000), ("z.wav", 16000))]
    return run("process", good[0].name, *REFUSED, good[1].name, "--out", "-", room=room), room


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_recording_gets_one_line_that_names_it_and_says_why(
    name: str, mixed_bag: tuple[subprocess.CompletedProcess[str], Path]
):
    done, _ = mixed_bag
    [line] = [line for line in complaints(done) if name in line]
    assert REFUSED[name] in line
    assert len(line) < 200


def test_bad_files_never_stop_the_good_ones_and_are_listed_at_the_end(
    mixed_bag: tuple[subprocess.CompletedProcess[str], Path],
):
    done, room = mixed_bag
    assert done.returncode == 1
    assert len(complaints(done)) == len(REFUSED)
    at_the_end = done.stderr.splitlines()[-1]
    assert f"2 done, {len(REFUSED)} failed: " in at_the_end
    assert all(name in at_the_end for name in REFUSED)
    assert [json.loads(line)["recording"]["name"] for line in done.stdout.splitlines()] == ["a.wav", "z.wav"]
    assert stored_names(room) == ["a.wav", "z.wav"]


def test_a_folder_with_a_bad_file_is_worked_through_by_batch(room: Path):
    write_silence(room / "good.wav", seconds=0.5)
    (room / "bad.wav").write_text("not sound")
    (room / "notes.txt").write_text("not looked at")
    done = run("batch", ".", "--workers", "1", room=room)
    assert done.returncode == 1
    [line] = complaints(done)
    assert "bad.wav holds text" in line
    assert done.stderr.count("holds text") == 1  # told once, and named once more in the totals
    assert done.stderr.splitlines()[-1] == ("1 done, 1 failed: bad.wav, 1 passed over because of its ending: notes.txt")
    [entry] = run("audit", "show", "--action", "process", "--json", room=room).stdout.splitlines()
    details = json.loads(entry)["details"]
    assert details["name"] == "good.wav"
    assert any(model.startswith("voices: ") for model in details["models"]), details
    (room / "bad.wav").unlink()
    again = run("batch", ".", "--workers", "1", room=room)
    assert (again.returncode, complaints(again)) == (0, [])
    assert "known already" in again.stderr


def test_a_missing_path_is_one_line_and_exit_1(room: Path):
    done = run("process", "nowhere/at all.mp4", room=room)
    assert done.returncode == 1
    assert len(complaints(done)) == 1
    assert "nowhere/at all.mp4 does not exist; check" in complaints(done)[0]
    assert done.stdout == ""


def test_wrong_use_is_exit_2(room: Path):
    write_silence(room / "a.wav", seconds=0.1)
    done = run("batch", "a.wav", room=room)
    assert done.returncode == 2
    assert complaints(done) == ["error: a.wav is no folder; `bodycam-review process` takes single files"]


def test_a_file_that_may_not_be_read_is_named(room: Path):
    locked = write_silence(room / "locked.wav", seconds=0.5)
    locked.chmod(0)
    done = run("process", "locked.wav", room=room, under=as_a_plain_user())
    locked.chmod(0o600)
    assert done.returncode == 1
    assert complaints(done) == ["error: locked.wav may not be read by this user; ask for read permission on it."]


def as_a_plain_user() -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("root reads and writes everything, and there is no setpriv to give that up")
    return WITHOUT_ROOTS_RIGHTS


# --- odd but good recordings ----------------------------------------------------------------------------------------


NAMES = ["патруль-一号 «ночь» 🚓.wav", "n" * 251 + ".wav", "--out.wav", "[bold]name[_bold].wav"]


@pytest.fixture(scope="module")
def odd_bag(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """One command over recordings that are odd but good."""
    room = tmp_path_factory.mktemp("bag") / "room"
    room.mkdir()
    for number, name in enumerate(NAMES):
        write_silence(room / name, seconds=0.3 + number / 10)
    write_silence(room / "silence.wav", seconds=5.0)
    write_silence(room / "short.wav", seconds=0.2)
    shutil.copy(room / "silence.wav", room / "the same.wav")
    whole = write_silence(room / "cut.wav", seconds=10.0).read_bytes()
    (room / "cut.wav").write_bytes(whole[: len(whole) // 2])
    return run("process", "--out", "-", "--", *sorted(path.name for path in room.iterdir()), room=room), room


def told(done: subprocess.CompletedProcess[str], name: str) -> tuple[str, dict[str, Any]]:
    """The line on stderr and the encounter on stdout of the recording with this name."""
    [line] = [line for line in done.stderr.splitlines() if line.startswith(f"{name}: ")]
    [found] = [entry for entry in map(json.loads, done.stdout.splitlines()) if entry["recording"]["name"] == name]
    return line, found


@pytest.mark.parametrize(("name", "seconds"), [("silence.wav", 5.0), ("short.wav", 0.2)])
def test_silence_and_a_fifth_of_a_second_are_valid_encounters_that_say_so(
    name: str, seconds: float, odd_bag: tuple[subprocess.CompletedProcess[str], Path]
):
    done, _ = odd_bag
    assert (done.returncode, complaints(done)) == (0, [])
    [encounter] = [e for e in map(json.loads, done.stdout.splitlines()) if e["recording"]["seconds"] == seconds][:1]
    assert encounter["turns"] == encounter["flags"] == []
    assert "No speech was heard." in encounter["provenance"]["remarks"]
    assert "No speech was heard." in next(line for line in done.stderr.splitlines() if line.startswith(f"{name}: "))


@pytest.mark.parametrize("name", NAMES)
def test_names_in_any_script_and_of_any_length_work(name: str, odd_bag: tuple[subprocess.CompletedProcess[str], Path]):
    done, room = odd_bag
    _, encounter = told(done, name)
    assert encounter["recording"]["name"] == name
    assert name in stored_names(room)


def test_a_recording_cut_off_at_the_end_is_processed_and_says_so(
    odd_bag: tuple[subprocess.CompletedProcess[str], Path],
):
    line, encounter = told(odd_bag[0], "cut.wav")
    assert "the file ends early: 5.0 of 10.0 seconds could be read" in line
    assert "the file ends early: 5.0 of 10.0 seconds could be read" in encounter["provenance"]["remarks"]


def test_the_same_recording_is_known_by_its_content_and_processed_once(
    odd_bag: tuple[subprocess.CompletedProcess[str], Path],
):
    done, room = odd_bag
    again = run("process", "the same.wav", room=room)
    assert again.returncode == 0
    for run_of_it in (done, again):
        assert "the same.wav: known already" in run_of_it.stderr
    assert "silence.wav: known" not in done.stderr
    assert stored_names(room) == sorted([*NAMES, "cut.wav", "short.wav", "silence.wav"])


def test_a_name_that_is_not_utf8_is_told_with_what_to_do(room: Path):
    name = os.fsdecode(b"caf\xe9.wav")
    write_silence(room / "a.wav", seconds=0.3).rename(room / name)
    done = run("process", name, room=room)
    assert done.returncode == 1
    assert complaints(done) == ["error: caf?.wav has a name that is not in UTF-8; rename the file and its folders."]


# --- the store and the disk -----------------------------------------------------------------------------------------


def test_a_store_that_another_program_holds_is_told_and_nothing_is_kept_half(room: Path, spoken: bytes):
    (room / "stop.wav").write_bytes(spoken)
    store = room / "store.db"
    began = time.monotonic()
    done = run("process", "stop.wav", "--engine", "our_engine:hear", room=room, LOCK=store)
    assert time.monotonic() - began < PATIENCE / 2
    assert done.returncode == 1
    assert len(complaints(done)) == 1
    assert "store.db is in use by another program; close it or try again" in complaints(done)[0]
    assert stored_names(room) == []
    again = run("process", "stop.wav", "--engine", "our_engine:hear", room=room)
    assert again.returncode == 0
    assert stored_names(room) == ["stop.wav"]
    assert sqlite3.connect(store).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_store_that_is_held_from_the_start_is_told(room: Path):
    write_silence(room / "a.wav", seconds=0.3)
    with contextlib.closing(sqlite3.connect(room / "store.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = run("process", "a.wav", room=room)
    assert done.returncode == 1
    assert "store.db is in use by another program" in complaints(done)[0]


@pytest.fixture
def small_disk(room: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    place = room / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk to fill it up")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_the_store_stays_whole(room: Path, small_disk: Path):
    write_silence(room / "a.wav", seconds=0.3)
    write_silence(room / "b.wav", seconds=0.4)
    store, filler = small_disk / "store.db", small_disk / "filler"
    assert run("process", "a.wav", room=room, BODYCAM_REVIEW_DB=store).returncode == 0
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1024))
    for left in (0, 44 << 10):  # bytes: too few to open the store, and too few to keep the encounter
        os.truncate(filler, filler.stat().st_size - left)
        done = run("process", "b.wav", room=room, BODYCAM_REVIEW_DB=store)
        assert done.returncode == 1
        [line] = complaints(done)
        assert "store.db" in line
        assert "disk is full" in line
        assert "free some space" in line
    filler.unlink()
    assert stored_names(small_disk) == ["a.wav"]
    assert run("process", "b.wav", room=room, BODYCAM_REVIEW_DB=store).returncode == 0
    assert stored_names(small_disk) == ["a.wav", "b.wav"]


def test_a_store_on_a_read_only_place_is_told(room: Path):
    write_silence(room / "a.wav", seconds=0.3)
    place = room / "archive"
    place.mkdir()
    place.chmod(0o500)
    done = run("process", "a.wav", room=room, under=as_a_plain_user(), BODYCAM_REVIEW_DB=place / "store.db")
    place.chmod(0o700)
    assert done.returncode == 1
    assert len(complaints(done)) == 1
    assert "archive/store.db cannot be opened" in complaints(done)[0]


def test_a_store_file_that_is_read_only_is_told(room: Path):
    write_silence(room / "a.wav", seconds=0.3)
    write_silence(room / "b.wav", seconds=0.4)
    assert run("process", "a.wav", room=room).returncode == 0
    (room / "store.db").chmod(0o400)
    room.chmod(0o500)
    done = run("process", "b.wav", room=room, under=as_a_plain_user())
    room.chmod(0o700)
    assert done.returncode == 1
    assert len(complaints(done)) == 1
    assert "store.db cannot be" in complaints(done)[0]


def test_output_that_cannot_be_written_is_told(room: Path):
    write_silence(room / "a.wav", seconds=0.3)
    (room / "shut").mkdir(mode=0o500)
    done = run("process", "a.wav", "--out", "shut", room=room, under=as_a_plain_user())
    assert done.returncode == 1
    assert len(complaints(done)) == 1
    assert "shut" in complaints(done)[0]
    assert stored_names(room) == ["a.wav"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here to write to")
def test_a_full_disk_behind_stdout_is_told(room: Path):
    write_silence(room / "a.wav", seconds=0.3)
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command("process", "a.wav", "--out", "-"),
            cwd=room,
            env=surroundings(room),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    assert any("No space left" in line or "full" in line for line in done.stderr.splitlines())


# --- models ---------------------------------------------------------------------------------------------------------


def test_an_altered_model_is_named_with_how_to_get_it_and_is_exit_3(room: Path, spoken: bytes):
    (room / "stop.wav").write_bytes(spoken)
    weights = room / "models" / "whisper-base" / "model.bin"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"altered")
    done = run("process", "stop.wav", room=room, **{CACHE_VARIABLE: room / "models"})
    assert done.returncode == 3
    assert len(complaints(done)) == 1
    assert "whisper-base" in complaints(done)[0]
    assert str(weights) in complaints(done)[0]
    assert "delete it and run again" in complaints(done)[0]
    assert stored_names(room) == []


def test_a_missing_model_is_named_and_is_exit_3(room: Path, spoken: bytes):
    (room / "stop.wav").write_bytes(spoken)
    done = run("process", "stop.wav", "--model", room / "no model here", room=room)
    assert done.returncode == 3
    assert len(complaints(done)) == 1
    assert "no model here" in complaints(done)[0]


def test_models_verify_finds_an_altered_file_and_is_exit_3(room: Path):
    weights = room / "models" / "whisper-base" / "model.bin"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"altered")
    done = run("models", "verify", room=room, **{CACHE_VARIABLE: room / "models"})
    assert done.returncode == 3
    assert "altered  whisper-base/model.bin" in done.stdout  # the list is what was asked for, so it can be filed
    assert "whisper-base" in done.stderr


# --- Ctrl-C ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_what_is_finished_and_a_second_run_goes_on(workers: int, room: Path, spoken: bytes):
    for number, gain in enumerate((1.0, 0.9, 0.8)):
        (room / f"{number}.wav").write_bytes(louder(spoken, gain))
    marks = room / "marks"
    marks.mkdir()
    batch = ("batch", ".", "--engine", "our_engine:hear", "--workers", workers)
    running = subprocess.Popen(
        command(*batch),
        cwd=room,
        env=surroundings(room, MARKS=marks, WAIT_AT=1),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever runs these tests in the background has Ctrl-C ignored, and children inherit that.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.default_int_handler),
    )
    wait_for(lambda: any(marks.glob("waiting-*")) and len(stored_names(room)) == 1)
    os.killpg(running.pid, signal.SIGINT)  # a terminal sends it to the whole group
    _, stderr = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert "Traceback" not in stderr
    assert "goes on with the rest" in stderr
    for mark in marks.glob("waiting-*"):
        with pytest.raises(ProcessLookupError):
            os.kill(int(mark.name.removeprefix("waiting-")), 0)
    kept = stored_names(room)
    assert len(kept) == 1
    again = run(*batch, room=room, MARKS=marks)
    assert again.returncode == 0
    assert f"{kept[0]}: known already" in again.stderr
    assert len(list(marks.glob("heard-*"))) == 3
    assert stored_names(room) == ["0.wav", "1.wav", "2.wav"]


def wait_for(happened: object) -> None:
    until = time.monotonic() + PATIENCE
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.1)


def stored_names(room: Path) -> list[str]:
    """The names in the store, read without the program."""
    if not (room / "store.db").exists():
        return []
    with contextlib.closing(sqlite3.connect(f"file:{room / 'store.db'}?mode=ro", uri=True)) as store:
        try:
            return sorted(name for (name,) in store.execute("SELECT name FROM recordings"))
        except sqlite3.OperationalError:
            return []
