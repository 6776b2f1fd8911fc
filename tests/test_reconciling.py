"""What people did is compared with the log: what was changed behind the program's back shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, text, update

from review.access import Viewer
from review.desk import Desk, auditing, casework, corrections
from review.encounter import Answer, Verdict
from review.store import AuditEntry, engine
from review.store.reconcile import CHANGED, MISSING, UNKNOWN, UNREADABLE
from review.store.tables import acts, verdicts
from review.store.tables import corrections as corrected
from tests.running import run

pytestmark = pytest.mark.databases("sqlite", "postgresql")
AT = datetime(2025, 3, 2, 9, 0, tzinfo=UTC)
SUPERVISOR = Viewer("s", "Supervisor A", "supervisor", "North", "4700")


@pytest.fixture
def desk(shelved, new_store):
    store = new_store()
    with store.casebook(write=True) as book:
        book.keep_demo(SUPERVISOR, at=AT)
        book.set_whose(shelved.sha256, wearer="4711", unit="North")
    desk = Desk.of(store, "s", session="one", source="test", clock=lambda: AT)
    desk.begin(shelved.sha256, "complaint")
    return desk


def verdict(shelved, flag: str = "flag-4", answer: Answer = Answer.AGREE, *, at: datetime = AT) -> Verdict:
    return Verdict(f"{uuid4()}:1", shelved.sha256, flag, answer, "s", "supervisor", at, "clear")


def note(desk: Desk, shelved) -> str:
    body = {"at": 3.0, "text": "Listen to this."}
    return casework.do(desk, shelved.sha256, {"id": f"{uuid4()}:1", "kind": "note", "body": body}).id


def put_right(desk: Desk, shelved) -> None:
    one = {"kind": "role", "speaker": "S2", "was": "civilian", "now": "other_officer"}
    corrections.correct(desk, shelved.sha256, {"id": f"{uuid4()}:1", "body": {"revision": 1, "corrections": [one]}})


def behind_its_back(desk: Desk, *statements) -> None:
    """Change what was only ever to be added, as whoever owns the database can."""
    with engine.writing(desk.store._engine) as connection:
        if connection.dialect.name == "sqlite":
            for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.execute(statement)


def misfits(desk: Desk) -> list[tuple[str, str, str]]:
    return [(one.what, one.id, one.why) for one in desk.store.verify_audit().compared.misfits]


def test_all_that_was_done_at_a_desk_fits_the_log_and_is_counted(desk, shelved):
    said = verdict(shelved)
    desk.decide(said)
    desk.decide(said)  # the answer was lost on the way, and it is sent again
    note(desk, shelved)
    put_right(desk, shelved)
    compared = auditing.verify(_auditor(desk)).compared
    assert compared.misfits == ()
    assert compared.checked == {"verdict": 1, "act": 1, "correction": 1}
    assert (compared.by_answer, compared.not_covered) == ({}, {})


def _auditor(desk: Desk) -> Desk:
    return Desk(desk.store, Viewer("i", "Internal affairs A", "internal_affairs"))


@pytest.mark.parametrize("change", [{"answer": "disagree"}, {"note": "hasty"}, {"reviewer": "x"}, {"at": "2025-03-09"}])
def test_a_verdict_that_was_changed_in_the_table_is_found(desk, shelved, change):
    said = verdict(shelved)
    desk.decide(said)
    behind_its_back(desk, update(verdicts).values(**change))
    assert misfits(desk) == [("verdict", said.id, CHANGED)]


def test_a_verdict_that_was_taken_away_or_slipped_in_is_found(desk, shelved):
    said, other = verdict(shelved), verdict(shelved, "flag-1")
    desk.decide(said)
    desk.store.record([other])  # past the desk, so without an entry
    assert misfits(desk) == [("verdict", other.id, UNKNOWN)]
    behind_its_back(desk, delete(verdicts))
    assert misfits(desk) == [("verdict", said.id, MISSING)]


def test_acts_and_corrections_that_were_changed_are_found(desk, shelved):
    name = note(desk, shelved)
    put_right(desk, shelved)
    body = json.dumps({"at": 3.0, "text": "Never mind."})
    behind_its_back(
        desk, update(acts).where(acts.c.id == name).values(body=body), update(corrected).values(was="officer")
    )
    assert misfits(desk) == [("act", name, CHANGED), ("correction", "2", CHANGED)]


@pytest.mark.parametrize("change", [{"answer": "perhaps"}, {"at": "yesterday"}])
def test_a_verdict_that_no_program_wrote_is_found_and_ends_nothing(desk, shelved, change):
    desk.decide(verdict(shelved))
    name = note(desk, shelved)
    behind_its_back(desk, update(verdicts).values(**change))
    assert ("verdict", "", UNREADABLE) in misfits(desk)
    behind_its_back(desk, delete(acts))
    assert ("act", name, MISSING) in misfits(desk)


def test_of_an_earlier_versions_entries_the_answer_is_compared(desk, shelved):
    said = verdict(shelved)
    desk.store.record([said])
    with desk.store.casebook(write=True) as book:
        book.log(
            AuditEntry(AT, "s", "supervisor", "decide", shelved.sha256, details={"flag": "flag-4", "answer": "agree"})
        )
    assert misfits(desk) == []
    assert desk.store.verify_audit().compared.by_answer == {"verdict": 1}
    behind_its_back(desk, update(verdicts).values(answer="disagree"))
    assert sorted((what, why) for what, _, why in misfits(desk)) == sorted([("verdict", UNKNOWN), ("verdict", MISSING)])


def test_what_is_older_than_the_log_is_said_not_to_be_covered(desk, shelved):
    desk.store.record([verdict(shelved, at=AT - timedelta(days=1))])
    compared = desk.store.verify_audit().compared
    assert (compared.misfits, compared.not_covered) == ((), {"verdict": 1})


@pytest.mark.databases("sqlite")
def test_the_command_says_what_it_checked_and_ends_with_1_for_what_does_not_fit(desk, shelved):
    said = verdict(shelved)
    desk.decide(said)
    done = run("audit", "verify", db=shelved.database)
    assert done.returncode == 0
    assert "Compared with the log in full: verdict 1." in done.stdout
    assert "Not checked: what the machine heard" in done.stdout
    behind_its_back(desk, update(verdicts).values(answer="disagree"))
    done = run("audit", "verify", db=shelved.database)
    assert done.returncode == 1
    assert f"verdict {said.id} of recording {shelved.sha256[:12]}: {CHANGED}" in done.stderr
    assert (
        json.loads(run("audit", "verify", "--json", db=shelved.database).stdout)["compared"]["misfits"][0]["id"]
        == said.id
    )
