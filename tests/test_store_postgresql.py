"""The store on a real PostgreSQL server, started for these tests alone on a socket in a temporary folder."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from review.encounter import Answer, Direction, Verdict
from review.errors import RefusedVerdict, StoreUnavailable
from review.store import Count, Store, engine, open_store
from tests.conftest import MADE_AT

FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
SERVER_USER = "postgres"  # PostgreSQL refuses to run as root

pytestmark = pytest.mark.skipif(
    not FOUND and not os.environ.get("REQUIRE_POSTGRESQL"),
    reason="no PostgreSQL server on this machine: apt install postgresql",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    """The URL of a fresh server."""
    pytest.importorskip("psycopg")
    binaries = FOUND[-1].parent
    folder = tmp_path_factory.mktemp("pg")
    data, user = folder / "data", []
    if os.geteuid() == 0:
        for part in (folder, *folder.parents[:3]):
            part.chmod(0o755)
        shutil.chown(folder, SERVER_USER)
        user = ["runuser", "-u", SERVER_USER, "--"]

    def run(*command: str) -> None:
        subprocess.run([*user, *command], check=True, capture_output=True, cwd=folder, timeout=60)

    run(str(binaries / "initdb"), "-D", str(data), "-U", "tester", "--auth=trust", "-E", "UTF8")
    control = [str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
    run(*control, "-o", f"-k {folder} -c listen_addresses=''", "start")
    yield f"postgresql+psycopg://tester@/postgres?host={folder}"
    run(*control, "-m", "immediate", "stop")


@pytest.fixture
def store(server) -> Iterator[Store]:
    with open_store(server) as opened:
        yield opened


def test_encounters_verdicts_and_search_work_as_on_sqlite(store, shelved):
    sha256 = shelved.sha256
    assert store.add(shelved.encounter, shelved.media, at=MADE_AT) is True
    assert store.add(shelved.encounter, shelved.media, at=MADE_AT) is False
    assert store.encounter(sha256) == shelved.encounter
    assert store.find(sha256[:7]) == sha256
    said = Verdict("c:1", sha256, "flag-1", Answer.AGREE, "reviewer-1", "supervisor", MADE_AT)
    assert store.record([said, said]) == ("c:1", "c:1")
    assert store.verdicts(sha256) == (said,)
    with pytest.raises(RefusedVerdict):
        store.record([Verdict("c:2", sha256, "flag-9", Answer.AGREE, "reviewer-1", "supervisor", MADE_AT)])
    [entry] = store.recordings()
    assert entry.counts[Direction.DEESCALATING] == Count(marked=2, unsure=0, verified=1)
    assert [hit.start for hit in store.search('"tail light"')] == [shelved.encounter.turns[0].span.start]
    assert store.search('"light tail"') == ()
    with engine.reading(store._engine) as connection, pytest.raises(DBAPIError, match="only ever added"):
        connection.exec_driver_sql("DELETE FROM verdicts")


def test_a_server_that_is_not_there_is_told_in_plain_words(tmp_path):
    with pytest.raises(StoreUnavailable, match="the store postgresql"):
        open_store(f"postgresql+psycopg://tester@/postgres?host={tmp_path}")
