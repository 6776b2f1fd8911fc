"""A real PostgreSQL server for tests, on a socket in a temporary folder, with a fresh database for each test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from review.store import open_store

FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
SERVER_USER = "postgres"  # PostgreSQL refuses to run as root
TEMPLATE = "migrated"
# Nothing here has to survive a power cut.
QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"

needed = pytest.mark.skipif(
    not FOUND and not os.environ.get("REQUIRE_POSTGRESQL"),
    reason="no PostgreSQL server on this machine: apt install postgresql",
)


class Server:
    """A running server; `new` makes databases whose tables are up to date."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._ready = False

    def url(self, database: str = "postgres") -> str:
        """The URL of this database."""
        return f"postgresql+psycopg://tester@/{database}?host={self._folder}"

    def new(self) -> tuple[str, str]:
        """The name and URL of a new database; the tables are made once and copied."""
        if not self._ready:
            self._say(f"CREATE DATABASE {TEMPLATE}")
            open_store(self.url(TEMPLATE)).close()
            self._ready = True
        name = f"test_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return name, self.url(name)

    def empty(self) -> tuple[str, str]:
        """The name and URL of a new database without tables."""
        name = f"test_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name}")
        return name, self.url(name)

    def drop(self, name: str) -> None:
        """Delete a database."""
        self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _say(self, command: str) -> None:
        import psycopg

        with psycopg.connect(host=str(self._folder), user="tester", dbname="postgres", autocommit=True) as connection:
            connection.execute(command.encode())


@contextmanager
def running() -> Iterator[Server]:
    """A server for as long as it lasts."""
    # Not in pytest's folder: a run that starts meanwhile closes that to the server's user.
    with tempfile.TemporaryDirectory(prefix="bodycam-review-pg-") as name:
        folder, user = Path(name), []
        if os.geteuid() == 0:
            shutil.chown(folder, SERVER_USER)
            user = ["runuser", "-u", SERVER_USER, "--"]

        def run(command: str, *options: str) -> None:
            line = [*user, str(FOUND[-1].with_name(command)), "-D", str(folder / "data"), *options]
            subprocess.run(line, check=True, capture_output=True, cwd=folder, timeout=60)

        run("initdb", "-U", "tester", "--auth=trust", "-E", "UTF8", "--no-sync")
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-k {folder} -c listen_addresses='' {QUICK}", "start")
        try:
            yield Server(folder)
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
