"""The sequence and the batch, with a made-up speech engine where the words do not matter."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from review import pipeline, revisions, speech
from review.encounter import Correction, CorrectionKind, Role, Span, SpeakerRole, Status, Word
from review.errors import UnreadableMedia
from review.pipeline import Done, Failed, InThisProcess, Settings
from review.speech import Heard
from review.store import AuditEntry, audit
from review.transcripts import Line
from tests.conftest import write_tone

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SENTENCE = "Sir, step out of the car. Step out of the car. Step out of the car now!"
SAID = SENTENCE.split()


def said_by_the_book(samples, _speech, *, settings, progress):
    """A speech engine that hears the same sentence in every recording."""
    progress(1.0)
    words = tuple(Word(word, Span(0.2 * n, 0.2 * n + 0.18), 0.99) for n, word in enumerate(SAID))
    return Heard(words, "en", 1.0, counts={"chunks": 1})


def failing(samples, _speech, *, settings, progress):
    """A speech engine that cannot hear anything."""
    raise UnreadableMedia("this engine hears nothing")


@pytest.fixture(autouse=True)
def _every_sound_is_speech(monkeypatch):
    # A tone is no speech to a voice detector, and these tests are not about it.
    monkeypatch.setattr(speech, "speech_in", lambda samples: (Span(0, len(samples) / 16_000),))


def settings(engine="said_by_the_book"):
    plain = Settings()
    return replace(plain, speech=replace(plain.speech, engine=f"tests.test_pipeline:{engine}"))


def tone(path: Path, pitch: float) -> Path:
    write_tone(path, seconds=4, pitch=pitch)
    return path


def test_a_recording_becomes_an_encounter_with_times_and_sources(tmp_path):
    encounter = pipeline.process(tone(tmp_path / "stop.wav", 220), settings(), clock=lambda: AT)
    assert [word.text for word in encounter.words] == SAID
    assert {"order", "repeated_order"} <= {flag.behaviour for flag in encounter.flags}
    assert all(flag.source and 0 <= flag.confidence <= 1 for flag in encounter.flags)
    assert encounter.provenance.made_at == AT
    assert encounter.provenance.settings["speech.engine"] == "tests.test_pipeline:said_by_the_book"


def test_the_same_recording_gives_the_same_encounter(tmp_path):
    path = tone(tmp_path / "stop.wav", 220)
    first, second = (pipeline.process(path, settings(), clock=lambda: AT) for _ in range(2))
    assert first == second


def test_progress_is_told_stage_by_stage(tmp_path):
    told = []
    pipeline.process(tone(tmp_path / "a.wav", 220), settings(), lambda stage, share: told.append((stage, share)))
    assert list(dict.fromkeys(stage for stage, _ in told)) == ["reading", "words", "voices", "behaviours"]
    assert all(0 <= share <= 1 for _, share in told)


def test_a_bad_file_never_stops_the_rest(tmp_path, new_store):
    bad = tmp_path / "b.wav"
    bad.write_bytes(b"not a sound")
    paths = [tone(tmp_path / "a.wav", 220), bad, tone(tmp_path / "c.wav", 330)]
    store = new_store()
    outcomes = list(pipeline.batch(paths, settings(), store=store))
    assert [type(outcome) for outcome in outcomes] == [Done, Failed, Done]
    assert (outcomes[1].path, outcomes[1].stage) == (bad, "media")
    assert store.count() == 2


def test_what_is_kept_stands_in_the_log_or_is_not_kept(tmp_path, new_store, monkeypatch):
    def entry(encounter, path):
        return AuditEntry(AT, "", "", "process", encounter.recording.sha256, details={"name": path.name})

    def dies(*_):
        raise ZeroDivisionError

    store = new_store()
    list(pipeline.batch([tone(tmp_path / "a.wav", 220)], settings(), store=store, log=entry))
    with store.casebook() as book:
        [kept] = book.logged(action="process")
    assert (store.has(kept.recording), kept.details) == (True, {"name": "a.wav"})
    monkeypatch.setattr(audit, "append", dies)
    with pytest.raises(ZeroDivisionError):
        list(pipeline.batch([tone(tmp_path / "b.wav", 330)], settings(), store=store, log=entry))
    assert store.count() == 1


def test_a_stage_that_fails_is_named(tmp_path, new_store):
    [outcome] = pipeline.batch([tone(tmp_path / "a.wav", 220)], settings("failing"), store=new_store())
    assert outcome == Failed(tmp_path / "a.wav", "speech", "this engine hears nothing")


def test_a_second_run_does_what_the_first_left(tmp_path, new_store):
    store = new_store()
    first = tone(tmp_path / "a.wav", 220)
    list(pipeline.batch([first], settings(), store=store))
    first.rename(tmp_path / "renamed.wav")
    outcomes = list(pipeline.batch([tmp_path / "renamed.wav", tone(tmp_path / "b.wav", 330)], settings(), store=store))
    assert [outcome.known for outcome in outcomes] == [True, False]


def test_the_same_content_twice_in_one_run_is_processed_once(tmp_path, new_store):
    paths = [tone(tmp_path / "a.wav", 220), tone(tmp_path / "copy.wav", 220)]
    outcomes = list(pipeline.batch(paths, settings(), store=new_store()))
    assert [(outcome.path.name, outcome.known) for outcome in outcomes] == [("a.wav", False), ("copy.wav", True)]


def test_a_copy_of_a_recording_that_failed_fails_too(tmp_path, new_store):
    paths = [tone(tmp_path / "a.wav", 220), tone(tmp_path / "copy.wav", 220)]
    with ThreadPoolExecutor(1) as executor:
        outcomes = list(pipeline.batch(paths, settings("failing"), store=new_store(), executor=executor))
    assert [type(outcome) for outcome in outcomes] == [Failed, Failed]
    assert "same content as a.wav" in outcomes[1].message


def test_again_makes_the_next_revision(tmp_path, new_store):
    store = new_store()
    path = tone(tmp_path / "a.wav", 220)
    list(pipeline.batch([path], settings(), store=store))
    [outcome] = pipeline.batch([path], settings(), store=store, again=True)
    assert outcome.encounter.revision == 2
    assert store.encounter(outcome.encounter.recording.sha256, revision=1).revision == 1


def test_many_recordings_go_through_any_executor(tmp_path, new_store):
    paths = [tone(tmp_path / f"{n}.wav", 200 + 10 * n) for n in range(12)]
    store = new_store()
    with ThreadPoolExecutor(2) as executor:
        outcomes = list(pipeline.batch(paths, settings(), store=store, executor=executor))
    assert {outcome.path for outcome in outcomes} == set(paths)
    assert store.count() == 12


def test_processes_work_as_threads_do(tmp_path, new_store):
    paths = [tone(tmp_path / f"{n}.wav", 200 + 10 * n) for n in range(2)]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        outcomes = list(pipeline.batch(paths, Settings(), store=new_store(), executor=executor))
    assert [type(outcome) for outcome in outcomes] == [Done, Done]
    assert all(outcome.encounter.words == () for outcome in outcomes)  # a tone says nothing


def test_dask_works_as_threads_do(tmp_path, new_store):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as executor,
    ):
        paths = [tone(tmp_path / "a.wav", 220)]
        [outcome] = pipeline.batch(paths, settings(), store=new_store(), executor=executor)
    assert isinstance(outcome, Done)


def test_jobs_done_here_let_ctrl_c_through():
    def stopped():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        InThisProcess().submit(stopped)


def test_recordings_are_found_by_their_endings(tmp_path):
    for name in ("b.MP4", "a.wav", ".hidden.wav", "notes.txt", "c.gold.json"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "d.m4a").write_bytes(b"x")
    (tmp_path / "folder.mp3").mkdir()
    assert [path.name for path in pipeline.recordings_in(tmp_path)] == ["a.wav", "b.MP4", "d.m4a"]


def test_a_watched_folder_takes_files_when_they_are_whole(tmp_path, new_store, monkeypatch):
    waits = []
    monkeypatch.setattr(pipeline.time, "sleep", waits.append)
    old, new = tone(tmp_path / "old.wav", 220), tone(tmp_path / "new.wav", 330)
    os.utime(old, (1_000_000_000, 1_000_000_000))
    watched = pipeline.watch(tmp_path, settings(), store=new_store())
    assert next(watched).path == old
    os.utime(new, (1_000_000_000, 1_000_000_000))  # its last change is long ago now
    assert next(watched).path == new
    assert waits == [pipeline.LOOK_AGAIN]


def test_a_written_transcript_is_tagged_line_by_line():
    [answer] = pipeline.tag([Line("A", Role.OFFICER, "Take your time, okay?")])
    assert answer["flags"][0]["behaviour"] == "time_and_space"


HEARD: list[Span] = []  # what the engine below was asked to hear, over several runs


def breaking_off(samples, speech, *, settings, progress):
    """A speech engine that hears one word a stretch, and ends the program at the third section it ever hears."""
    HEARD.extend(speech)
    if len(HEARD) == 3:
        raise KeyboardInterrupt
    return Heard(tuple(Word("Stop.", Span(one.start, one.start + 0.4), 0.9) for one in speech), "en", 1.0)


def test_a_run_that_was_broken_off_goes_on_where_it_was(tmp_path, monkeypatch):
    HEARD.clear()
    minutes = tuple(Span(60.0 * n, 60.0 * n + 25) for n in range(0, 20, 5))
    monkeypatch.setattr(speech, "speech_in", lambda samples: minutes)
    monkeypatch.setattr(pipeline.speakers, "diarize", lambda *_, **__: ())
    path = tmp_path / "long.wav"
    write_tone(path, seconds=20 * 60)
    folder = tmp_path / "unfinished"
    with pytest.raises(KeyboardInterrupt):
        pipeline.process(path, settings("breaking_off"), unfinished=folder)
    [left] = folder.iterdir()
    assert left.name.startswith(pipeline.media.checksum(path))
    fewer_threads = replace(settings("breaking_off"), speech=replace(settings("breaking_off").speech, threads=1))
    encounter = pipeline.process(path, fewer_threads, unfinished=folder)
    assert [word.span.start for word in encounter.words] == [span.start for span in minutes]
    assert len(HEARD) == 5  # two were kept, the third was heard again
    assert list(folder.iterdir()) == []


def stumbling(samples, speech, *, settings, progress):
    """A speech engine with a fault in it."""
    return [][len(speech)]


def test_a_fault_of_the_program_costs_one_recording_and_is_told_in_one_line(tmp_path, new_store):
    path = tone(tmp_path / "stop.wav", 220)
    [failed] = pipeline.batch([path], settings("stumbling"), store=new_store())
    assert isinstance(failed, Failed)
    assert failed.stage == "speech"
    assert failed.message.startswith("speech failed on this recording in a way that nobody foresaw (IndexError: ")
    assert "test_pipeline.py, line " in failed.message


def test_a_correction_makes_the_next_revision_and_leaves_the_words_alone(tmp_path):
    before = pipeline.process(tone(tmp_path / "stop.wav", 220), settings(), clock=lambda: AT)
    [speaker] = {turn.speaker for turn in before.turns}
    made = Correction(
        before.recording.sha256, CorrectionKind.ROLE, speaker, Span(0, 4), "unknown", "officer", "reviewer-1", AT
    )
    after = revisions.corrected(before, [made], clock=lambda: AT)
    assert (after.revision, after.words) == (2, before.words)
    assert after.role_of(speaker) == SpeakerRole(speaker, Role.OFFICER, 1.0)
    orders = [flag for flag in after.flags if flag.behaviour == "order"]
    assert orders
    assert all(flag.role is Role.OFFICER and flag.status is Status.FLAGGED for flag in orders)
    assert f"Corrected: {speaker} is officer, not unknown." in after.provenance.remarks
