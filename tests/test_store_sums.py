"""The counts that are kept ready and their sums: whatever happens, they are what counting from scratch gives."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from review.encounter import Answer, Correction, CorrectionKind, Direction, Role, Span, Status, Verdict, standing
from review.store import open_store
from review.store.engine import reading
from review.store.sums import Tally
from review.store.tables import flags, listings, mark_counts, month_sums, whose

AT = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
BEHAVIOURS = {"order": Direction.EVENT, "courtesy": Direction.DEESCALATING, "ultimatum": Direction.ESCALATING}
UNITS = ("", "East", "West")
REVIEWERS = (("sam", "supervisor"), ("ina", "internal_affairs"), ("olli", "officer"))

recordings_, reviewers_ = st.integers(0, 2), st.sampled_from(REVIEWERS)
marks_ = st.lists(
    st.tuples(st.sampled_from(sorted(BEHAVIOURS)), st.booleans(), st.sampled_from(Status)), min_size=0, max_size=6
)
steps_ = st.lists(
    st.one_of(
        st.tuples(st.just("judge"), recordings_, st.integers(0, 5), st.sampled_from(Answer), reviewers_),
        st.tuples(st.just("mark anew"), recordings_, marks_, st.booleans()),
        st.tuples(st.just("say whose"), recordings_, st.sampled_from(UNITS)),
    ),
    max_size=14,
)


@pytest.fixture
def fresh(shelved, database, request):
    """Opens one empty store after the other, as quickly as this database allows."""
    numbers = count(1)

    @contextmanager
    def opened() -> Iterator:
        if isinstance(database, str):  # a URL
            server = request.getfixturevalue("postgresql_server")
            name, where = server.new()
        else:
            name, where = "", shelved.media.with_name(f"{next(numbers)}.db")
            if not (blank := shelved.media.with_name("blank.db")).exists():
                open_store(blank).close()
            shutil.copy(blank, where)
        with open_store(where) as store:
            yield store
        if name:
            server.drop(name)

    return opened


@pytest.mark.databases("sqlite", "postgresql")
@given(steps=steps_)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_counts_and_sums_are_those_of_counting_from_scratch(shelved, fresh, steps):
    numbers = count(1)
    with fresh() as store:
        for number, day in enumerate((0, 0, 3)):  # the last one is of the next month
            what = replace(shelved.encounter.recording, sha256=f"{number:064x}", recorded_at=AT + timedelta(days=day))
            store.add(replace(shelved.encounter, recording=what), shelved.media, at=AT)
        for step in steps:
            do(store, *step, number=next(numbers))
        with reading(store._engine) as connection:
            expected = scratch(store, connection)
            assert kept(connection) == expected
            assert {key: told for key, told in sums(connection).items() if any(told)} == summed(connection, expected)
        with store.register() as register:
            whole = register.figures.by_month(since=None, unit=None, hidden=())
            parts = [register.figures.by_month(since=None, unit=unit, hidden=()) for unit in UNITS]
        assert added(whole) == added(one for part in parts for one in part)


def do(store, kind, recording, *what, number):
    """Do one of the things that change what is counted."""
    sha256 = f"{recording:064x}"
    if kind == "judge":
        place, answer, (who, role) = what
        with reading(store._engine) as connection:
            known = connection.scalars(select(flags.c.id).where(flags.c.recording == sha256).order_by(flags.c.id)).all()
        said = Verdict(f"v:{number}", sha256, known[place % len(known)], answer, who, role, AT)
        store.record([said, said])  # sent twice, as a browser does that got no answer
    elif kind == "mark anew":
        before = store.encounter(sha256)
        after = replace(before, revision=before.revision + 1, flags=anew(before, what[0]))
        if what[1]:
            made = Correction(sha256, CorrectionKind.ROLE, "S2", Span(0, 30), "civilian", "other_officer", "sam", AT)
            with store.casebook(write=True) as book:
                book.correct(after, [made])
        else:
            store.add(after, store.media(sha256), at=AT)
    else:
        with store.casebook(write=True) as book:
            book.set_whose(sha256, wearer="o1", unit=what[0])


def anew(before, marks):
    """Other marks; some have the ids of earlier ones, and so their verdicts."""
    first = before.turns[0].words[0].span
    model = next(iter(before.flags), None)
    if model is None:
        return ()
    return tuple(
        replace(
            model,
            id=f"flag-{place}",
            behaviour=behaviour,
            direction=BEHAVIOURS[behaviour],
            status=status,
            role=Role.OTHER_OFFICER if other else Role.OFFICER,
            span=first,
        )
        for place, (behaviour, other, status) in enumerate(marks, start=1)
    )


NUMBERS = ("marked", "unsure", "verified", "rejected", "disputed", "unread_marked", "unread_unsure")


def kept(connection):
    return {
        (row.recording, row.behaviour, row.others, row.direction): tuple(row._mapping[name] for name in NUMBERS)
        for row in connection.execute(select(mark_counts))
    }


def sums(connection):
    return {
        (row.unit, row.month, row.behaviour, row.others, row.direction): (
            row.marked, row.unsure, row.verified, row.judged,
        )
        for row in connection.execute(select(month_sums))
    }  # fmt: skip


def scratch(store, connection):
    """What `mark_counts` has to hold, counted mark by mark."""
    out: dict[tuple, Counter] = {}
    for listed in connection.execute(select(listings)).all():
        said = store.verdicts(listed.recording)
        unread = 0
        latest = (flags.c.recording == listed.recording) & (flags.c.revision == store.latest_revision(listed.recording))
        for flag in connection.execute(select(flags).where(latest)).all():
            stands = standing(flag.id, said).value
            status = "unsure" if flag.status == "unsure" else "marked"
            key = (listed.recording, flag.behaviour, flag.role == "other_officer", flag.direction)
            out.setdefault(key, Counter())[status] += 1
            out[key][stands if stands != "unverified" else f"unread_{status}"] += 1
            unread += stands == "unverified"
        assert listed.unread == unread
    return {key: tuple(found[name] for name in NUMBERS) for key, found in out.items()}


def summed(connection, counted):
    """What `month_sums` has to hold, made of the counts."""
    units = dict(connection.execute(select(whose.c.recording, whose.c.unit)).all())
    months = {row.recording: row.at[:7] for row in connection.execute(select(listings)).all()}
    out: dict[tuple, list[int]] = {}
    for (recording, *key), (marked, unsure, verified, rejected, disputed, *_) in counted.items():
        into = out.setdefault((units.get(recording, ""), months[recording], *key), [0, 0, 0, 0])
        for place, number in enumerate((marked, unsure, verified, verified + rejected + disputed)):
            into[place] += number
    return {key: tuple(numbers) for key, numbers in out.items()}


def added(tallies) -> Counter:
    out: Counter = Counter()
    for one in tallies:
        assert isinstance(one, Tally)
        for name in ("marked", "unsure", "verified", "judged"):
            out[one.month, one.behaviour, one.direction, one.others, name] += getattr(one, name)
    return +out
