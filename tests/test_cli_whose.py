from __future__ import annotations

import pytest
from typer.testing import CliRunner

from review.cli import app
from review.store import open_store


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("BODYCAM_REVIEW_DB", str(tmp_path / "review.db"))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_who_wears_the_camera_is_kept_and_logged(run, shelved, new_store):
    done = run("whose", shelved.sha256[:8], "--officer", "4711", "--unit", "North", "--appears", "4712")
    assert done.exit_code == 0, done.output
    with new_store().casebook() as book:
        facts = book.facts(shelved.sha256)
        [entry] = book.logged(action="set_presence")
    assert (facts.wearer, facts.unit, facts.present) == ("4711", "North", frozenset({"4712"}))
    assert entry.details == {"wearer": "4711", "unit": "North", "others": ["4712"]}
    assert entry.source.startswith("command line, ")


def test_what_is_not_named_stays_and_an_empty_value_takes_it_away(run, shelved, new_store):
    run("whose", shelved.sha256[:8], "--officer", "4711", "--unit", "North", "--appears", "4712")
    done = run("whose", shelved.sha256[:8], "--appears", "4713")
    assert "worn by 4711, unit North, also in it: 4713" in done.output
    run("whose", shelved.sha256[:8], "--unit", "", "--appears", "")
    with new_store().casebook() as book:
        facts = book.facts(shelved.sha256)
    assert (facts.wearer, facts.unit, facts.present) == ("4711", "", frozenset())


def test_a_recording_that_is_not_there_is_told(run, shelved, tmp_path):
    failed = run("whose", "ffff", "--officer", "4711")
    assert failed.exit_code == 1
    with open_store(tmp_path / "review.db") as store, store.casebook() as book:
        assert book.facts(shelved.sha256).wearer == ""


def test_nothing_is_changed_when_one_of_several_is_not_there(run, shelved, new_store):
    failed = run("whose", shelved.sha256[:8], "ffff", "--officer", "4711")
    assert failed.exit_code == 1
    with new_store().casebook() as book:
        assert book.facts(shelved.sha256).wearer == ""
        assert book.logged(action="set_presence") == ()
