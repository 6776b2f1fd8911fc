"""The connection to the database: its URL, its settings, its migrations, and its errors in plain words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from review.credentials import KEY_VARIABLE
from review.errors import StoreUnavailable, WrongUse

URL_VARIABLE = "BODYCAM_REVIEW_DB"
DEFAULT_FILE = "bodycam-review.db"
HEAD = "0005"  # the newest migration; a test compares it with the scripts
BUSY_SECONDS = 5.0  # how long a write waits for another program's before it gives up


def database_url(given: str | Path | None = None) -> str:
    """The SQLAlchemy URL that `given`, else the environment, else the default file in this folder stands for.

    >>> database_url("x.db").startswith("sqlite:////")
    True
    """
    where = str(given or os.environ.get(URL_VARIABLE) or DEFAULT_FILE)
    return where if "://" in where else f"sqlite:///{Path(where).absolute()}"


def key_file(url: URL) -> Path:
    """Where the key for the secrets of one-time codes lies: where BODYCAM_REVIEW_KEY says, else beside the store.

    >>> key_file(make_url("sqlite:////cases/review.db")).name
    'review.db.key'
    """
    named = os.environ.get(KEY_VARIABLE)
    if named:
        return Path(named)
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(f"{url.database}.key")
    return Path(platformdirs.user_data_dir("bodycam-review")) / "codes.key"


def connect(url: str) -> Engine:
    """An engine on `url` whose tables are up to date; raises StoreUnavailable or WrongUse."""
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise WrongUse(f"{url} is no database that can be used here: {error}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        with reading(engine) as connection:
            current = _revision(connection)
        if current != HEAD:
            with writing(engine) as connection:
                _upgrade(connection, current, url)
    except StoreUnavailable:
        engine.dispose()
        raise
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # SQLAlchemy begins by itself, see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # a verdict shown as saved survives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A write that starts as a read can be refused at once instead of waiting its turn.
    immediate = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for reading; database errors come out as StoreUnavailable."""
    with _plain_errors(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction, kept whole or not at all; database errors come out as StoreUnavailable."""
    with _plain_errors(engine), engine.connect() as plain:
        connection = plain.execution_options(writing=True)
        with connection.begin():
            yield connection


@contextmanager
def _plain_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreUnavailable(_in_plain_words(engine, error)) from error


_WORDS = (
    ("locked", "is in use by another program; close it or try again in a moment"),
    ("readonly", "cannot be written: the file, its folder or the disk is read-only; choose another place with --db"),
    ("disk is full", "cannot be written: the disk is full; free some space and run the same command again"),
    (
        "unable to open",
        "cannot be opened: the folder is missing or may not be read or written; choose another with --db",
    ),
    ("not a database", "is not a store of this program; choose another file with --db"),
    # SQLite calls it this, too, when a full disk leaves no room for its shared-memory file.
    ("disk i/o error", "cannot be read or written: the disk is full or failing; free some space or check the disk"),
    ("malformed", "is damaged; restore it from a backup or choose another file with --db"),
)


def _in_plain_words(engine: Engine, error: DBAPIError) -> str:
    where = engine.url.database if engine.dialect.name == "sqlite" else engine.url.render_as_string(hide_password=True)
    said = str(error.orig).lower()
    meaning = next((words for sign, words in _WORDS if sign in said), f"could not be used: {error.orig}")
    return f"the store {where} {meaning}"


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection, current: str | None, url: str) -> None:
    # Alembic takes a third of a second to import, which only a store that is not up to date has to pay.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        shown = make_url(url).render_as_string(hide_password=True)
        raise StoreUnavailable(f"the store {shown} was made by a newer version of this program; update the program")
    command.upgrade(config, HEAD)
