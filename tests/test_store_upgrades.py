"""Stores that earlier versions of the program made: opened with this one, nothing is lost and all is counted."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import column, create_engine, insert, inspect, select
from sqlalchemy import table as light_table
from sqlalchemy.exc import DBAPIError

from review import store as package
from review.encounter import Answer, Correction, CorrectionKind, Role, Span, Verdict
from review.store import engine, open_store
from review.store.tables import jobs, listings, mark_counts, metadata, month_sums

pytestmark = pytest.mark.databases("sqlite", "postgresql")
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
COUNTED = (listings, mark_counts, month_sums)
# The database numbers these itself, in the order in which rows come.
NUMBERED = {"turns": "id", **dict.fromkeys(("verdicts", "corrections", "sign_ins", "openings", "acts"), "number")}


@pytest.fixture
def old(database, tmp_path, request):
    """An empty store as that version of the tables was, and where it lies."""
    dropped = []

    @contextmanager
    def made(version):
        where = f"sqlite:///{tmp_path / 'old.db'}"
        if isinstance(database, str):
            server = request.getfixturevalue("postgresql_server")
            name, where = server.empty()
            dropped.append(lambda: server.drop(name))
        config = Config()
        config.set_main_option("script_location", str(Path(package.__file__).with_name("migrations")))
        early = create_engine(where)
        with early.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, version)
        try:
            yield early, where
        finally:
            early.dispose()

    yield made
    for drop in dropped:
        drop()


def copy(new, early):
    """Copy every table that the early version knows, with the columns that it knows."""
    with engine.reading(new._engine) as source, early.begin() as into:
        for table in metadata.sorted_tables:
            if not inspect(into).has_table(table.name):
                continue
            then = as_it_was(into, table)
            columns = [table.c[one.name] for one in then.columns]
            order = [table.c[NUMBERED[table.name]]] if table.name in NUMBERED else list(table.primary_key)
            rows = source.execute(select(*columns).order_by(*order)).all()
            if rows:
                into.execute(insert(then), [dict(row._mapping) for row in rows])


def as_it_was(connection, table):
    """The table with the columns that this early version has, but for the numbers that the database makes."""
    names = {one["name"] for one in inspect(connection).get_columns(table.name)} - {NUMBERED.get(table.name)}
    return light_table(table.name, *(column(one.name, one.type) for one in table.columns if one.name in names))


def counted(store):
    with engine.reading(store._engine) as connection:
        rows = {table.name: sorted(map(tuple, connection.execute(select(table)).all())) for table in COUNTED}
    # Whether a sum of nothing is kept depends on what was there before.
    return {**rows, "month_sums": [row for row in rows["month_sums"] if any(row[-4:])]}


def say(sha256, number, flag, answer, who="sam", role="supervisor"):
    return Verdict(f"v:{number}", sha256, flag, answer, who, role, AT + timedelta(seconds=number))


@pytest.fixture
def judged(shelved, new_store):
    """Two recordings: of one unit with verdicts of each kind, of another corrected, with another officer's marks."""
    store = new_store()
    first, second = shelved.sha256, "f" * 64
    moved = replace(shelved.encounter.recording, sha256=second, recorded_at=None)
    store.add(replace(shelved.encounter, recording=moved), shelved.media, at=AT)
    store.record(
        [
            say(first, 1, "flag-1", Answer.AGREE),
            say(first, 2, "flag-1", Answer.DISAGREE, "ina", "internal_affairs"),  # disputed
            say(first, 3, "flag-2", Answer.WRONG_WORDS),
            say(first, 4, "flag-3", Answer.AGREE),  # an unsure one
            say(first, 5, "flag-4", Answer.AGREE),
            say(first, 6, "flag-4", Answer.UNDO),
            say(first, 7, "flag-5", Answer.SKIP),
            say(first, 8, "flag-6", Answer.AGREE, "olli", "officer"),  # whose word is no verdict
            say(second, 9, "flag-1", Answer.AGREE),
            say(second, 10, "flag-4", Answer.WRONG_SPEAKER),
        ]
    )
    before = store.encounter(second)
    theirs = tuple(replace(flag, role=Role.OTHER_OFFICER) for flag in before.flags[:2])
    fewer = replace(before, revision=2, flags=(*theirs, before.flags[3]))
    made = Correction(second, CorrectionKind.ROLE, "S1", Span(0, 30), "officer", "other_officer", "sam", AT)
    with store.casebook(write=True) as book:
        book.correct(fewer, [made])
        book.set_whose(first, wearer="o1", unit="West")
    return store


@pytest.mark.parametrize("version", ["0003", "0004"])
def test_a_store_with_verdicts_is_counted_as_if_it_had_always_been(shelved, judged, old, version):
    with old(version) as (early, where):
        tables = set(inspect(early).get_table_names())
        assert "month_sums" not in tables
        assert ("mark_counts" in tables) is (version == "0004")
        copy(judged, early)
        with open_store(where) as store:
            expected = counted(judged)
            assert counted(store) == expected
            assert all(expected.values())
            assert {row[0] for row in expected["month_sums"]} == {"", "West"}
            assert store.verdicts(shelved.sha256) == judged.verdicts(shelved.sha256)
            # What comes later is added to what was filled in.
            for one in (store, judged):
                one.record([say(shelved.sha256, 11, "flag-6", Answer.AGREE)])
                with one.casebook(write=True) as book:
                    book.set_whose("f" * 64, wearer="o2", unit="West")
            assert counted(store) == counted(judged) != expected


def test_a_job_from_before_others_were_asked_for_is_there_and_names_none(judged, old):
    with old("0003") as (early, where):
        with early.begin() as connection:
            texts = dict.fromkeys(("stage", "message", "recording"), "")
            told = {"id": "j", "name": "a.wav", "path": "/a.wav", "person": "sam", "wearer": "o1", "unit": "West"}
            when = {"made_at": AT.isoformat(), "changed_at": AT.isoformat()}
            connection.execute(
                insert(as_it_was(connection, jobs)), {**told, **texts, **when, "state": "waiting", "share": 0.0}
            )
        with open_store(where) as store, store.register() as register:
            [job] = register.jobs.every()
            assert (job.others, job.began_at, job.unit) == ((), None, "West")


def test_a_store_of_the_first_version_is_brought_up_to_date_with_nothing_lost(shelved, new_store, old):
    new = new_store()
    with old("0001") as (early, where):
        assert "role" not in {column["name"] for column in inspect(early).get_columns("flags")}
        copy(new, early)
        with open_store(where) as store:
            assert store.encounter(shelved.sha256) == shelved.encounter
            assert store.search("tail light")
            assert counted(store) == counted(new)
            with engine.reading(store._engine) as connection:
                roles = dict(connection.exec_driver_sql("SELECT id, role FROM flags").all())
            assert roles == {flag.id: flag.role.value for flag in shelved.encounter.flags}
            with engine.reading(store._engine) as connection, pytest.raises(DBAPIError, match="only ever added"):
                connection.exec_driver_sql("UPDATE flags SET role = 'x'")
