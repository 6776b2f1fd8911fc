"""The command that marks again, and --policy, as a person runs them."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text

from review import revisions
from review.encounter import Answer, Standing, Status, Verdict, standing
from review.store import open_store
from tests.test_cli import run

STRICT = "[thresholds]\noverall = 1.0\n"


@pytest.fixture
def strict(tmp_path):
    path = tmp_path / "strict.toml"
    path.write_text(STRICT)
    return path


def revision(shelved):
    with open_store(shelved.database) as store:
        return store.encounter(shelved.sha256).revision


def test_a_stored_encounter_is_marked_again_without_its_sound_and_the_difference_is_shown(shelved):
    shelved.media.unlink()
    done = run("retag", shelved.sha256[:8], db=shelved.database)
    assert done.returncode == 0, done.stderr
    assert "revision 2" in done.stderr
    with open_store(shelved.database) as store:
        after, before = store.encounter(shelved.sha256), store.encounter(shelved.sha256, revision=1)
    assert before == shelved.encounter
    assert any(flag.source.startswith("rule:") for flag in after.flags if flag.behaviour == "order")
    [row] = [line.split() for line in done.stdout.splitlines() if " order " in line]
    orders = [sum(flag.behaviour == "order" for flag in encounter.flags) for encounter in (before, after)]
    assert [row[3], row[-2]] == [str(count) for count in orders]


def test_it_explains_itself_with_an_example():
    told = run("retag", "--help", COLUMNS="120").stdout
    assert "Example" in told
    assert "--policy" in told


def test_marking_a_second_time_makes_no_further_revision(shelved):
    run("retag", "--all", db=shelved.database)
    done = run("retag", "--all", db=shelved.database)
    assert done.returncode == 0
    assert "as it was, revision 2 stays" in done.stderr
    assert revision(shelved) == 2


def test_a_dry_run_shows_the_difference_and_keeps_nothing(shelved):
    wet = run("retag", shelved.sha256, "--dry-run", "--json", db=shelved.database)
    told = json.loads(wet.stdout)
    assert told["after"] is None
    assert told["changes"]
    assert revision(shelved) == 1


def test_json_tells_every_flag_that_changed_and_counts_them_by_behaviour(shelved, strict):
    run("retag", "--all", db=shelved.database)
    told = json.loads(run("retag", "--all", "--json", "--policy", strict, db=shelved.database).stdout)
    assert (told["sha256"], told["before"], told["after"]) == (shelved.sha256, 2, 3)
    assert {one["change"] for one in told["changes"]} == {"now_unsure"}
    assert all(one["before"]["status"] == "flagged" and one["after"]["status"] == "unsure" for one in told["changes"])
    assert sum(one["now_unsure"] for one in told["behaviours"].values()) == len(told["changes"])
    assert all(one["before"] == one["after"] for one in told["behaviours"].values())
    with open_store(shelved.database) as store:
        assert {flag.status for flag in store.encounter(shelved.sha256).flags} == {Status.UNSURE}


def test_what_people_said_holds_on_or_is_told_to_stay_behind(shelved):
    flags = {flag.behaviour: flag for flag in shelved.encounter.flags}
    same, gone = flags["time_and_space"], flags["ultimatum"]
    said = [
        Verdict(f"c:{n}", shelved.sha256, flag.id, Answer.AGREE, "r1", "supervisor", datetime(2026, 1, 1, tzinfo=UTC))
        for n, flag in enumerate((same, gone))
    ]
    after = revisions.retagged(shelved.encounter)
    assert [flag.quote for flag in after.flags if flag.behaviour == "time_and_space"] == [same.quote]
    assert gone.quote not in [flag.quote for flag in after.flags if flag.behaviour == "ultimatum"]
    with open_store(shelved.database) as store:
        store.record(said)
    done = run("retag", "--all", db=shelved.database)
    assert "people's answers to marks that are gone: 1; they stay with revision 1" in done.stderr
    with open_store(shelved.database) as store:
        kept = next(flag for flag in store.encounter(shelved.sha256).flags if flag.behaviour == "time_and_space")
        assert standing(kept.id, store.verdicts(shelved.sha256)) is Standing.VERIFIED


def test_one_encounter_that_cannot_be_read_never_stops_the_rest(shelved, shelve_into, tmp_path):
    broken = shelve_into(tmp_path, pitch=300.0, name="other.wav")
    engine = create_engine(f"sqlite:///{shelved.database}")
    with engine.begin() as connection:
        damaged = "select recording, 2, language, words, speakers, made_at, '{}' from encounters where recording = :it"
        connection.execute(text(f"insert into encounters {damaged}"), {"it": broken.sha256})
    engine.dispose()
    done = run("retag", "--all", db=shelved.database)
    assert done.returncode == 1
    assert broken.sha256[:12] in done.stderr
    assert revision(shelved) == 2


@pytest.mark.parametrize("arguments", [(), ("3fa9", "--all")])
def test_it_must_be_said_which_recordings(shelved, arguments):
    done = run("retag", *arguments, db=shelved.database)
    assert done.returncode == 2
    assert "say which recordings" in done.stderr


def test_a_policy_with_a_mistake_is_told_before_anything_is_done(shelved, tmp_path):
    path = tmp_path / "agency.toml"
    path.write_text("[thresholds]\noverall = 2\n")
    for command in (("retag", "--all"), ("list",), ("show", shelved.sha256), ("tag", "-"), ("app",)):
        done = run(*command, "--policy", path, db=shelved.database)
        assert done.returncode == 2, command
        assert "agency.toml: thresholds.overall: 2.0 is no threshold" in done.stderr
    assert revision(shelved) == 1


def test_what_the_agency_hides_is_in_no_list_report_or_table_and_all_of_them_say_so(shelved, tmp_path):
    path = tmp_path / "agency.toml"
    path.write_text('[behaviours]\nhide = ["ultimatum"]\n')
    here = {"db": shelved.database, "BODYCAM_REVIEW_POLICY": str(path)}
    [entry] = map(json.loads, run("list", "--json", **here).stdout.splitlines())
    assert "escalating" not in entry["counts"]
    shown = json.loads(run("show", shelved.sha256, "--json", **here).stdout)
    assert "ultimatum" not in {flag["behaviour"] for flag in shown["flags"]}
    assert shown["timeline"]["directions"]["escalating"]["marked"] == 0
    report = run("export", shelved.sha256, "--format", "md", **here).stdout
    assert "| ultimatum |" not in report
    assert "by the agency's policy: ultimatum" in report
    whole = json.loads(run("show", shelved.sha256, "--json", db=shelved.database).stdout)
    assert "ultimatum" in {flag["behaviour"] for flag in whole["flags"]}


def test_tagged_text_follows_the_policy(tmp_path):
    path = tmp_path / "agency.toml"
    path.write_text('[behaviours]\nhide = ["order"]\n[thresholds.by_behaviour]\ntime_and_space = 1.0\n')
    line = json.dumps({"role": "officer", "text": "Take your time. Step out of the car."})
    [flag] = json.loads(run("tag", "-", "--policy", path, stdin=line).stdout)["flags"]
    assert (flag["behaviour"], flag["status"]) == ("time_and_space", "unsure")
    plain = json.loads(run("tag", "-", stdin=line).stdout)["flags"]
    assert {one["behaviour"] for one in plain} == {"time_and_space", "order"}


def test_a_correction_marks_by_the_same_policy(shelved, strict):
    done = run(
        "correct", shelved.sha256, "--speaker", "S2", "--role", "civilian", "--policy", strict, db=shelved.database
    )
    assert done.returncode == 0, done.stderr
    with open_store(shelved.database) as store:
        flags = store.encounter(shelved.sha256).flags
    assert flags
    assert {flag.status for flag in flags} == {Status.UNSURE}
