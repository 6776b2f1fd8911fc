"""What only PostgreSQL can do wrong: a server that is away, and several writers at the same time.

SQLite has one writer at a time. All else that the store does, other tests do on both databases (mark `databases`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from review.encounter import Answer, Verdict
from review.errors import StoreUnavailable
from review.store import AuditEntry, Job, engine, open_store
from review.store.tables import listings, mark_counts, month_sums
from tests import postgresql

pytestmark = [postgresql.needed, pytest.mark.databases("postgresql")]
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WRITERS = 4


def at_once(deeds: list[Callable[[], object]]) -> list[object]:
    """Do all of this in threads that begin together."""
    ready = Barrier(len(deeds))

    def wait_and(deed):
        ready.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return [future.result() for future in [threads.submit(wait_and, deed) for deed in deeds]]


@pytest.fixture
def several(shelved, new_store):
    """Some more recordings of the same month."""
    store = new_store()
    for number in range(WRITERS):
        what = replace(shelved.encounter.recording, sha256=f"{number:064x}")
        store.add(replace(shelved.encounter, recording=what), shelved.media, at=AT)
    return store


def test_a_server_that_is_not_there_is_told_in_plain_words(tmp_path):
    with pytest.raises(StoreUnavailable, match="the store postgresql"):
        open_store(f"postgresql+psycopg://tester@/postgres?host={tmp_path}")


def test_people_who_judge_one_recording_at_once_are_all_counted(shelved, several):
    marks = [flag.id for flag in shelved.encounter.flags]

    def judges(who):
        said = [Verdict(f"{who}:{flag}", shelved.sha256, flag, Answer.AGREE, who, "supervisor", AT) for flag in marks]
        return lambda: [several.record([one]) for one in said[::-1] if who != "a"] or [several.record(said)]

    at_once([judges(who) for who in "abcd"])
    with engine.reading(several._engine) as connection:
        here = mark_counts.c.recording == shelved.sha256
        assert {row.verified for row in connection.execute(select(mark_counts).where(here)).all()} == {1}
        assert connection.scalar(select(listings.c.unread).where(listings.c.recording == shelved.sha256)) == 0
    assert verified(several) == len(marks)


def test_sums_miss_nothing_when_recordings_are_judged_marked_anew_and_moved_at_once(shelved, several):
    marks = shelved.encounter.flags

    def judges(sha256):
        def judge():
            for flag in marks:
                said = Verdict(f"{sha256}:{flag.id}", sha256, flag.id, Answer.AGREE, "sam", "supervisor", AT)
                several.record([said])
            several.add(replace(several.encounter(sha256), revision=2, flags=marks[:2]), shelved.media, at=AT)

        return judge

    def moves(sha256):
        def move():
            for unit in (*("East", "South") * 5, "West"):
                with several.casebook(write=True) as book:
                    book.set_whose(sha256, wearer="o1", unit=unit)

        return move

    first, second = (f"{number:064x}" for number in range(2))
    at_once([judges(first), moves(first), judges(second), moves(second)])
    with engine.reading(several._engine) as connection:
        sums: Counter = Counter()
        for row in connection.execute(select(month_sums)).all():
            sums.update({(row.unit, name): row._mapping[name] for name in ("marked", "unsure", "verified", "judged")})
    sure = sum(flag.status == "flagged" for flag in marks)
    nobodys = WRITERS + 1 - 2
    assert +sums == {
        ("", "marked"): nobodys * sure,
        ("", "unsure"): nobodys * (len(marks) - sure),
        ("West", "marked"): 4,
        ("West", "verified"): 4,
        ("West", "judged"): 4,
    }


def verified(store) -> int:
    with store.register() as register:
        return sum(one.verified for one in register.figures.by_month(since=None, unit=None, hidden=()))


def test_the_log_stays_one_chain_when_several_write_it_at_once(new_store):
    store = new_store()

    def writes(who):
        def write():
            for number in range(10):
                with store.casebook(write=True) as book:
                    book.log(AuditEntry(AT, who, "supervisor", "view", details={"number": number}))

        return write

    at_once([writes(who) for who in "abcd"])
    chain = store.verify_audit()
    assert (chain.entries, chain.broken_at) == (40, 0)


def test_a_job_is_taken_by_one_of_several_workers(new_store):
    store = new_store()
    with store.register(write=True) as register:
        for number in range(8):
            made = AT + timedelta(seconds=number)
            register.jobs.add(Job(f"j{number}", "a.wav", Path("/a.wav"), "sam", "o1", "West", (), "", made, made))

    def take():
        taken = []
        for _ in range(3):
            with store.register(write=True) as register:
                taken.append(register.jobs.take(at=AT, stale=AT - timedelta(hours=1)))
        return [job.id for job in taken if job]

    taken = [name for one in at_once([take] * WRITERS) for name in one]
    assert sorted(taken) == [f"j{number}" for number in range(8)]
