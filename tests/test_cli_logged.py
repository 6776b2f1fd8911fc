"""Nothing is done at the command line without its entry in the log, also when the program dies in between."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from review import report
from review.access import Viewer
from review.cli import app
from review.pipeline import now
from review.store import audit, open_store

WHO = ("--as", "sam", "--purpose", "assigned_review")
CORRECT = ("correct", "--speaker", "S2", "--role", "other_officer")


class Died(BaseException):
    """The program was killed."""


@pytest.fixture
def sam(shelved):
    with open_store(shelved.database) as store, store.casebook(write=True) as book:
        book.accounts.add(Viewer("sam", "Sam", "supervisor"), at=now(), password="$argon2id$x", totp="A" * 32)
    return shelved


def run(shelved, command: str, *arguments: str | Path) -> None:
    done = CliRunner().invoke(app, [command, shelved.sha256, *map(str, arguments), "--db", str(shelved.database)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception


def entries(shelved) -> list[tuple[str, str, str, dict[str, object]]]:
    with open_store(shelved.database) as store, store.casebook() as book:
        logged = book.logged(recording=shelved.sha256)
    return [(one.person, one.action, one.source, dict(one.details)) for one in logged if one.action != "open"]


def revision(shelved) -> int:
    with open_store(shelved.database) as store:
        return store.latest_revision(shelved.sha256)


@pytest.fixture
def the_log_fails(monkeypatch) -> Callable[[str], None]:
    """From now on an entry of this action kills the program before it is written."""

    def fail(action: str) -> None:
        plain = audit.append

        def append(connection, entry):
            if entry.action == action:
                raise Died
            plain(connection, entry)

        monkeypatch.setattr(audit, "append", append)

    return fail


@pytest.mark.parametrize(("command", "arguments"), [("retag", ()), (CORRECT[0], CORRECT[1:])])
def test_a_revision_is_kept_with_its_entry_or_not_at_all(sam, the_log_fails, command, arguments):
    the_log_fails(command)
    with pytest.raises(Died):
        run(sam, command, *arguments, *WHO)
    assert (revision(sam), entries(sam)) == (1, [])


@pytest.mark.parametrize(("command", "arguments"), [("retag", ()), (CORRECT[0], CORRECT[1:])])
def test_a_revision_that_was_kept_stands_in_the_log_even_if_the_program_dies_right_after(
    sam, monkeypatch, command, arguments
):
    monkeypatch.setattr("review.cli.retagging._tell", dies)
    monkeypatch.setattr("review.cli.people.say", dies)
    with pytest.raises(Died):
        run(sam, command, *arguments, *WHO)
    [(person, action, source, details)] = entries(sam)
    assert (person, action, details["revision"], revision(sam)) == ("sam", command, 2, 2)
    assert source.startswith("command line, ")


def test_what_is_shown_without_being_kept_is_logged_before_it_is_shown(sam, monkeypatch):
    monkeypatch.setattr("review.cli.retagging._tell", dies)
    with pytest.raises(Died):
        run(sam, "retag", "--dry-run", *WHO)
    assert [(person, action, details["kept"]) for person, action, _, details in entries(sam)] == [
        ("sam", "retag", False)
    ]
    assert revision(sam) == 1


def test_an_export_is_logged_before_a_word_is_written(sam, the_log_fails, monkeypatch, tmp_path):
    out = tmp_path / "stop.md"
    monkeypatch.setattr(report, "save", dies)
    with pytest.raises(Died):
        run(sam, "export", "--format", "md", "--out", out, *WHO)
    assert [(person, action, details) for person, action, _, details in entries(sam)] == [
        ("sam", "export", {"form": "md"})
    ]
    monkeypatch.undo()
    the_log_fails("export")
    with pytest.raises(Died):
        run(sam, "export", "--format", "md", "--out", out, *WHO)
    assert not out.exists()


@pytest.mark.parametrize(
    ("command", "arguments"), [("retag", ()), (CORRECT[0], CORRECT[1:]), ("export", ("--format", "csv"))]
)
def test_in_a_store_without_accounts_the_log_has_the_computers_own_account(shelved, command, arguments):
    run(shelved, command, *arguments)
    [(person, action, source, _)] = entries(shelved)
    assert (person, action, source) == ("", command, f"command line, {getpass.getuser()}")


def dies(*_: object, **__: object) -> None:
    raise Died
