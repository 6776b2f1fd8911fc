"""Jobs: one after the other, taken up again when left, cancelled, failed in plain words, never twice."""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from review import pipeline
from review.access import Viewer
from review.casework import Act, Kind
from review.desk import Desk, jobs, working
from review.desk.jobs import Whose, seconds_left, share_of
from review.errors import Refused, UnreadableMedia
from review.store import Job, JobState
from review.web.jobs import Worker
from review.web.shelf import Shelf

pytestmark = pytest.mark.databases("sqlite", "postgresql")
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SUPERVISOR = Viewer("sam", "Sam", "supervisor", "West")
AFFAIRS = Viewer("ina", "Ina", "internal_affairs")
OFFICER = Viewer("olli", "Olli", "officer", "West", officer="o1")


@pytest.fixture
def store(new_store, database, monkeypatch):
    monkeypatch.setenv("BODYCAM_REVIEW_DB", str(database))
    kept = new_store()
    with kept.casebook(write=True) as book:
        for viewer in (SUPERVISOR, AFFAIRS, OFFICER):
            book.keep_demo(viewer, at=AT)
    return kept


def at(store, viewer=SUPERVISOR) -> Desk:
    return Desk(store, viewer, clock=lambda: AT)


def sent(store, folder: Path, *, name="stop.wav", sha256="ab" * 32, viewer=SUPERVISOR, unit="West") -> Job:
    path = folder / f"{sha256}.wav"
    path.write_bytes(b"sound")
    return jobs.add(at(store, viewer), path, name=name, sha256=sha256, whose=Whose("o1", unit, ("o2",)))


def now(store, job: Job) -> Job:
    with store.register() as register:
        found = register.jobs.one(job.id)
    assert found is not None
    return found


def take(store, when: datetime, *, stale: datetime = AT) -> Job | None:
    with store.register(write=True) as register:
        return register.jobs.take(at=when, stale=stale)


def test_a_job_that_is_sent_waits_with_whose_recording_it_is_and_is_logged(store, tmp_path):
    job = sent(store, tmp_path)
    assert now(store, job) == job
    assert (job.state, job.wearer, job.unit, job.others) == (JobState.WAITING, "o1", "West", ("o2",))
    with store.casebook() as book:
        [entry] = book.logged(action="upload")
    assert (entry.person, entry.recording, entry.details["name"]) == ("sam", "ab" * 32, "stop.wav")


def test_jobs_are_taken_one_after_the_other_and_none_twice(store, tmp_path):
    first, second = sent(store, tmp_path), sent(store, tmp_path, sha256="cd" * 32)
    assert {take(store, AT).id, take(store, AT).id} == {first.id, second.id}
    assert take(store, AT) is None


def test_a_job_that_nobody_works_on_any_more_is_taken_up_again(store, tmp_path):
    job = sent(store, tmp_path)
    take(store, AT)
    assert take(store, AT + timedelta(seconds=20), stale=AT - timedelta(seconds=10)) is None
    again = take(store, AT + timedelta(seconds=60), stale=AT + timedelta(seconds=30))
    assert again is not None
    assert again.id == job.id


def test_a_job_that_ended_stays_as_it_ended(store, tmp_path):
    job = sent(store, tmp_path)
    take(store, AT)
    jobs.cancel(at(store), job.id)
    with store.register(write=True) as register:
        assert not register.jobs.progress(job.id, at=AT, stage="words", share=0.5)
        assert not register.jobs.finish(job.id, at=AT, state=JobState.DONE)
    assert now(store, job).state is JobState.CANCELLED


def test_cancelling_what_waits_deletes_what_was_sent(store, tmp_path):
    job = sent(store, tmp_path)
    jobs.cancel(at(store), job.id)
    assert not job.path.exists()


def test_nobody_else_sees_or_cancels_an_upload_but_who_looks_after_the_program(store, tmp_path):
    job = sent(store, tmp_path, viewer=AFFAIRS)
    assert jobs.mine(at(store)) == ()
    with pytest.raises(Refused, match="no such upload"):
        jobs.cancel(at(store), job.id)
    mine = sent(store, tmp_path, sha256="cd" * 32)
    assert {one.id for one in jobs.mine(at(store, AFFAIRS))} == {job.id, mine.id}
    with pytest.raises(Refused):
        jobs.mine(at(store, OFFICER))


def test_a_supervisor_adds_recordings_of_the_own_unit_only(store, tmp_path):
    with pytest.raises(Refused, match="own unit"):
        sent(store, tmp_path, unit="East")
    with pytest.raises(Refused):
        sent(store, tmp_path, viewer=OFFICER)
    assert sent(store, tmp_path, viewer=AFFAIRS, unit="East").unit == "East"


def test_a_failed_job_can_be_tried_again_while_its_file_is_here(store, tmp_path):
    job = sent(store, tmp_path)
    with store.register(write=True) as register:
        register.jobs.finish(job.id, at=AT, state=JobState.FAILED, message="no sound")
    jobs.again(at(store), job.id)
    assert (now(store, job).state, now(store, job).message) == (JobState.WAITING, "")
    with pytest.raises(Refused, match="send it again"):
        jobs.again(at(store), job.id)


def test_the_time_left_follows_from_the_time_that_it_took():
    job = Job("j", "n", Path(), "p", "", "", (), "", AT, AT, JobState.WORKING, share=0.25, began_at=AT)
    assert seconds_left(job, AT + timedelta(seconds=30)) == 90.0
    assert share_of("behaviours", 1.0) == 1.0


# The process that does one job


def test_a_recording_that_was_processed_is_kept_under_the_name_the_person_knows_and_is_theirs(
    store, tmp_path, shelved, monkeypatch
):
    encounter = shelved.encounter
    new = "cd" * 32
    job = sent(store, tmp_path, sha256=new)
    take(store, AT)

    def process(_path, _settings, progress, *, recording, **_more):
        progress("words", 0.5)
        return replace_recording(encounter, recording)

    monkeypatch.setattr(pipeline, "process", process)
    monkeypatch.setattr(working.media, "probe", lambda path: _recording(encounter, new, path.name))
    working.work(store, now(store, job))
    assert store.encounter(new).recording.name == "stop.wav"
    assert (now(store, job).state, now(store, job).share) == (JobState.DONE, 1.0)
    with store.casebook() as book:
        facts = book.facts(new)
        [said] = book.logged(action="set_presence")
        [processed] = book.logged(action="process")
    assert (facts.wearer, facts.unit, facts.present) == ("o1", "West", frozenset({"o2"}))
    assert (said.person, said.details["wearer"]) == ("sam", "o1")
    assert (processed.person, processed.recording, processed.source) == ("sam", new, "upload")
    assert processed.details["name"] == "stop.wav"


def replace_recording(encounter, recording):
    from dataclasses import replace

    return replace(encounter, recording=recording)


def _recording(encounter, sha256, name):
    from dataclasses import replace

    return replace(encounter.recording, sha256=sha256, name=name)


def test_a_cancelled_job_stops_at_its_next_word(store, tmp_path, shelved, monkeypatch):
    job = sent(store, tmp_path)
    take(store, AT)

    def process(_path, _settings, progress, **_more):
        jobs.cancel(at(store), job.id)
        progress("words", 0.5)
        raise AssertionError("it went on")

    monkeypatch.setattr(pipeline, "process", process)
    monkeypatch.setattr(working.media, "probe", lambda path: shelved.encounter.recording)
    with pytest.raises(working.Cancelled):
        working.work(store, now(store, job))


def test_a_recording_that_is_here_already_is_not_processed_again_after_a_restart(store, tmp_path, shelved, monkeypatch):
    job = sent(store, tmp_path, sha256=shelved.sha256)
    take(store, AT)
    monkeypatch.setattr(pipeline, "process", lambda *_args, **_more: pytest.fail("processed again"))
    working.work(store, now(store, job))
    assert now(store, job).state is JobState.DONE


@pytest.mark.parametrize(("held", "wearer"), [(False, "o1"), (True, "")])
def test_who_sends_a_held_recording_again_does_not_say_whose_it_is(store, tmp_path, shelved, held, wearer):
    if held:
        with store.casebook(write=True) as book:
            book.act(Act("s:1", shelved.sha256, Kind.REFER, "", {"why": "force"}, "s", "supervisor", AT))
    job = sent(store, tmp_path, sha256=shelved.sha256)
    take(store, AT)
    working.work(store, now(store, job))
    with store.casebook() as book:
        assert book.facts(shelved.sha256).wearer == wearer


# The worker that watches the process


@pytest.fixture
def worker(store):
    """Starts a worker whose jobs are done by this Python text."""
    running = []

    def start(text: str, *, stale: float = 30.0) -> Worker:
        shelf = Shelf()
        one = Worker(shelf, starts=lambda job: [sys.executable, "-c", text, job.id], look_every=0.05, stale=stale)
        one.start()
        running.append((one, shelf))
        return one

    yield start
    for one, shelf in running:
        one.stop()
        shelf.close()


def until(store, job: Job, *states: JobState) -> Job:
    for _ in range(600):
        found = now(store, job)
        if found.state in states:
            return found
        time.sleep(0.1)
    raise AssertionError(f"still {found}")


DONE = """
import sys
from datetime import UTC, datetime
from review.store import JobState, database_url, open_store
with open_store(database_url()) as store, store.register(write=True) as register:
    register.jobs.finish(sys.argv[1], at=datetime.now(UTC), state=JobState.DONE)
"""


def test_the_worker_does_what_waits_and_what_comes_later(store, tmp_path, worker):
    first = sent(store, tmp_path)
    worker(DONE)
    until(store, first, JobState.DONE)
    second = sent(store, tmp_path, sha256="cd" * 32)
    until(store, second, JobState.DONE)


def test_a_process_that_crashes_is_a_failed_job_that_says_what_to_do(store, tmp_path, worker):
    job = sent(store, tmp_path)
    worker("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    failed = until(store, job, JobState.FAILED)
    assert "memory" in failed.message
    assert "Try again" in failed.message
    assert job.path.exists()


def test_cancelling_ends_the_process_and_deletes_what_was_sent(store, tmp_path, worker):
    job = sent(store, tmp_path)
    worker("import time; time.sleep(300)")
    until(store, job, JobState.WORKING)
    jobs.cancel(at(store), job.id)
    for _ in range(300):
        if not job.path.exists():
            break
        time.sleep(0.1)
    assert not job.path.exists()
    assert now(store, job).state is JobState.CANCELLED


def test_a_job_waits_for_the_next_server_when_this_one_stops(store, tmp_path, worker):
    job = sent(store, tmp_path)
    one = worker("import time; time.sleep(300)")
    until(store, job, JobState.WORKING)
    one.stop()
    assert now(store, job).state is JobState.WAITING


# What is told of a file before it is taken


@pytest.mark.databases("sqlite")
def test_a_file_is_looked_into_in_a_process_of_its_own(tmp_path, shelved):
    jobs.look_into(shelved.media)
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video " * 100)
    with pytest.raises(UnreadableMedia, match=r"bad\.mp4"):
        jobs.look_into(bad)


@pytest.mark.databases("sqlite")
def test_a_look_that_takes_too_long_is_ended(shelved, monkeypatch):
    monkeypatch.setattr(jobs, "PROBE_SECONDS", 0.0)
    with pytest.raises(UnreadableMedia, match="in time"):
        jobs.look_into(shelved.media)


@pytest.mark.parametrize("name", ["a.docx", "noending", ".mp4", "a.mp4.exe"])
def test_a_file_whose_name_is_no_recordings_is_refused_with_the_endings_that_are(name):
    with pytest.raises(UnreadableMedia, match="mp4, mpg"):
        jobs.check_name(name)
    assert jobs.check_name("A.MP4") == ".mp4"
