import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from review import store as package
from review.encounter import (
    Answer,
    Correction,
    CorrectionKind,
    Direction,
    Encounter,
    Provenance,
    Recording,
    Role,
    Span,
    Verdict,
    VoiceProfile,
)
from review.errors import RefusedAct, RefusedVerdict, StoreUnavailable, UnknownRecording, WrongUse
from review.store import Count, engine, open_store

pytestmark = pytest.mark.databases("sqlite", "postgresql")
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def verdict(shelved, number=1, *, flag="flag-1", answer=Answer.AGREE, reviewer="reviewer-1"):
    return Verdict(
        f"client:{number}", shelved.sha256, flag, answer, reviewer, "supervisor", AT + timedelta(seconds=number)
    )


def empty(number, *, recorded=None):
    recording = Recording(f"{number:064x}", f"{number}.wav", 1.0, recorded_at=recorded)
    return Encounter(recording, "en", (), (), (), Provenance("test", AT))


def correction(shelved):
    return Correction(
        shelved.sha256, CorrectionKind.ROLE, "S2", Span(0, 30), "civilian", "other_officer", "reviewer-1", AT
    )


def profile(officer="4711", *, model="cd" * 32):
    return VoiceProfile(officer, "consent.pdf", "ab" * 32, "ef" * 32, model, "clerk", AT, (0.6, -0.8))


def test_an_encounter_comes_back_as_it_was(shelved, new_store):
    assert new_store().encounter(shelved.sha256) == shelved.encounter


def test_the_same_revision_is_kept_once(shelved, new_store):
    store = new_store()
    assert store.add(shelved.encounter, shelved.media, at=AT) is False
    assert store.count() == 1


def test_a_new_revision_stands_beside_the_old(shelved, new_store):
    store = new_store()
    second = replace(shelved.encounter, revision=2, flags=())
    assert store.add(second, shelved.media, at=AT) is True
    assert store.encounter(shelved.sha256) == second
    assert store.encounter(shelved.sha256, revision=1) == shelved.encounter
    [entry] = store.recordings()
    assert entry.counts == {}


def test_the_library_counts_marked_unsure_and_verified_apart(shelved, new_store):
    store = new_store()
    store.record([verdict(shelved)])
    [entry] = store.recordings()
    assert entry.counts[Direction.DEESCALATING] == Count(marked=2, unsure=0, verified=1)
    assert entry.counts[Direction.CIVILIAN] == Count(marked=1, unsure=1, verified=0)
    assert (entry.words, entry.speakers) == (len(shelved.encounter.words), 2)


def test_the_library_is_newest_first_and_comes_in_pages(new_store):
    store = new_store()
    for number in range(5):
        store.add(empty(number, recorded=AT + timedelta(days=number)), Path("x"), at=AT)
    names = [entry.name for entry in store.recordings(limit=2, offset=1)]
    assert names == ["3.wav", "2.wav"]


def test_a_verdict_sent_twice_is_kept_once(shelved, new_store):
    store = new_store()
    assert store.record([verdict(shelved)]) == ("client:1",)
    assert store.record([verdict(shelved), verdict(shelved, 2, answer=Answer.DISAGREE)]) == ("client:1", "client:2")
    assert [kept.answer for kept in store.verdicts(shelved.sha256)] == [Answer.AGREE, Answer.DISAGREE]


def test_another_verdict_under_a_known_id_is_refused(shelved, new_store):
    store = new_store()
    store.record([verdict(shelved)])
    with pytest.raises(RefusedVerdict, match="something else is kept under this id"):
        store.record([verdict(shelved, answer=Answer.DISAGREE)])
    assert [kept.answer for kept in store.verdicts(shelved.sha256)] == [Answer.AGREE]


def test_verdicts_are_kept_all_or_none(shelved, new_store):
    store = new_store()
    with pytest.raises(RefusedVerdict, match="no flag flag-9"):
        store.record([verdict(shelved), verdict(shelved, 2, flag="flag-9")])
    assert store.verdicts(shelved.sha256) == ()


@pytest.mark.parametrize("table", ["verdicts", "encounters", "flags", "turns", "corrections"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET recording = 'x'"])
def test_not_even_sql_changes_what_is_kept(shelved, new_store, table, change):
    store = new_store()
    store.record([verdict(shelved)])
    corrected(store, replace(shelved.encounter, revision=2), [correction(shelved)])
    with engine.reading(store._engine) as connection, pytest.raises(DBAPIError, match="only ever added"):
        connection.exec_driver_sql(change.format(table))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tail light", 1),
        ("TAIL", 1),
        ('"light tail"', 0),
        ('"tail light"', 1),
        ("hands OR nothing", 0),
        ("shaking)(", 1),
        ('"', 0),
        ("   ", 0),
        ("*", 0),
        ("stop*", 0),
        ("NEAR(a b)", 0),
        ("col:on", 0),
    ],
)
def test_search_finds_what_was_said_and_takes_any_query(shelved, new_store, query, found):
    hits = new_store().search(query)
    assert len(hits) == found
    if found:
        assert hits[0].sha256 == shelved.sha256


def test_search_looks_at_the_latest_revision_only(shelved, new_store):
    store = new_store()
    store.add(replace(shelved.encounter, revision=2, turns=(), flags=()), shelved.media, at=AT)
    assert store.search("tail light") == ()


def test_a_prefix_names_a_recording_when_only_one_has_it(new_store):
    store = new_store()
    store.add(empty(0x1A), Path("x"), at=AT)
    store.add(empty(0x1B), Path("x"), at=AT)
    assert store.find("0" * 62 + "1a") == f"{0x1A:064x}"
    with pytest.raises(WrongUse, match="more than one"):
        store.find("000")
    with pytest.raises(UnknownRecording, match="starts with f"):
        store.find("f")


@pytest.mark.parametrize("prefix", ["", "  ", "xyz", "%", "0" * 65, "../x"])
def test_what_is_no_id_is_wrong_use(new_store, prefix):
    with pytest.raises(WrongUse, match="no recording id"):
        new_store().find(prefix)


def test_media_is_found_until_it_is_gone_or_another_file(shelved, new_store):
    store = new_store()
    assert store.media(shelved.sha256) == shelved.media
    shelved.media.write_bytes(b"other")
    assert store.media(shelved.sha256) is None
    shelved.media.unlink()
    assert store.media(shelved.sha256) is None
    with pytest.raises(UnknownRecording):
        store.media("0" * 64)


def test_a_file_that_is_no_store_is_left_alone(tmp_path):
    other = tmp_path / "notes.db"
    other.write_text("these are my notes, and long enough to be a page of something else " * 40)
    before = other.read_bytes()
    with pytest.raises(StoreUnavailable, match=r"notes\.db is not a store"):
        open_store(other)
    assert other.read_bytes() == before


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        open_store(tmp_path / "nowhere" / "x.db")


@pytest.mark.databases("sqlite")
def test_a_store_in_use_says_so(shelved, new_store, monkeypatch):
    store = new_store()
    other = sqlite3.connect(shelved.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    impatient = open_store(shelved.database)
    with pytest.raises(StoreUnavailable, match="in use by another program"):
        impatient.record([verdict(shelved)])
    assert store.verdicts(shelved.sha256) == ()
    other.execute("ROLLBACK")
    other.close()
    assert impatient.record([verdict(shelved)]) == ("client:1",)
    impatient.close()


def test_a_store_of_a_newer_version_is_not_touched(shelved, new_store):
    with engine.writing(new_store()._engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnavailable, match="newer version"):
        open_store(shelved.database)


@pytest.mark.parametrize("url", ["nosuch://x", "://"])
def test_a_url_of_no_database_is_wrong_use(url):
    with pytest.raises(WrongUse, match="no database"):
        open_store(url)


def test_head_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(Path(package.__file__).with_name("migrations")))
    assert ScriptDirectory.from_config(config).get_current_head() == engine.HEAD


def test_the_migrations_make_the_tables_that_the_code_knows(new_store):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from review.store.tables import metadata

    store = new_store()
    with engine.reading(store._engine) as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours})
        assert compare_metadata(context, metadata) == []


def _ours(_object, name, kind, _reflected, _compared):
    # What finds words is made by each database in its own way.
    return not (kind == "table" and name.startswith("turn_index")) and name != "ix_turns_text"


def test_what_other_officers_say_is_not_in_the_figures_of_the_library(shelved, new_store):
    store = new_store()
    theirs = tuple(replace(flag, role=Role.OTHER_OFFICER) for flag in shelved.encounter.flags[:2])
    store.add(replace(shelved.encounter, revision=2, flags=theirs + shelved.encounter.flags[2:]), shelved.media, at=AT)
    [entry] = store.recordings()
    assert Direction.DEESCALATING not in entry.counts
    assert entry.counts[Direction.ESCALATING] == Count(marked=1)


def test_a_correction_is_kept_with_the_revision_that_it_made(shelved, new_store):
    store = new_store()
    after = replace(shelved.encounter, revision=2)
    corrected(store, after, [correction(shelved)])
    assert store.encounter(shelved.sha256) == after
    assert store.encounter(shelved.sha256, revision=1) == shelved.encounter
    assert store.corrections(shelved.sha256) == (correction(shelved),)
    assert store.media(shelved.sha256) == shelved.media


def corrected(store, encounter, made):
    with store.casebook(write=True) as book:
        book.correct(encounter, made)


def test_two_people_who_correct_at_once_do_not_overwrite_each_other(shelved, new_store):
    store = new_store()
    corrected(store, replace(shelved.encounter, revision=2), [correction(shelved)])
    with pytest.raises(RefusedAct, match="just now"):
        corrected(store, replace(shelved.encounter, revision=2, flags=()), [correction(shelved)])
    assert store.encounter(shelved.sha256).flags == shelved.encounter.flags


def test_a_voice_profile_is_kept_and_really_deleted(shelved, new_store):
    store = new_store()
    store.add_voice_profile(profile())
    assert store.voice_profiles() == (profile(),)
    with pytest.raises(WrongUse, match="4711 has a voice profile"):
        store.add_voice_profile(profile())
    store.delete_voice_profile("4711")
    assert store.voice_profiles() == ()
    with pytest.raises(WrongUse, match="no voice profile"):
        store.delete_voice_profile("4711")
