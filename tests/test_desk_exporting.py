"""An export holds who said what, when and in what role, and no more than whoever takes it away may read."""

from __future__ import annotations

import csv
import io
import json
from uuid import uuid4

import pysubs2
import pytest

from review.access import Viewer
from review.desk import Desk, casework, corrections, debrief, exporting
from review.encounter import Answer
from review.errors import Refused
from review.policy import built_in
from review.report import ADVICE, MACHINE, Format
from tests.desks import AFFAIRS, OFFICER, SUPERVISOR, do, judge, known, sitting

TRAINER = Viewer("e", "Trainer A", "trainer")


@pytest.fixture
def store(shelved, new_store):
    return known(new_store(), shelved.sha256, (SUPERVISOR, OFFICER, AFFAIRS, TRAINER))


@pytest.fixture
def sit(store, shelved):
    return sitting(store, shelved)


@pytest.fixture
def supervisor(sit):
    return sit(SUPERVISOR, "complaint")


@pytest.fixture
def officer(sit, shelved):
    debrief.state_statement(sit(OFFICER), shelved.sha256)
    return sit(OFFICER, "own_debrief")


def sign(desk: Desk, sha256: str, reply: str = "yes") -> None:
    for form in built_in().checklists:
        for item in form.items:
            do(desk, sha256, "answer", item.id, checklist=form.id, reply=reply, note="heard twice")
    do(desk, sha256, "disposition", choice="No further action")
    stretch = casework.stretch(desk, sha256)
    if stretch:
        do(desk, sha256, "listened", start=stretch.start, end=stretch.end)
    do(desk, sha256, "sign_off")


def whole(desk: Desk, sha256: str) -> dict[str, object]:
    return json.loads(exporting.export(desk, sha256, Format.JSON))


def put_right(desk: Desk, sha256: str) -> None:
    one = {"kind": "role", "speaker": "S2", "was": "civilian", "now": "other_officer"}
    corrections.correct(desk, sha256, {"id": f"{uuid4()}:1", "body": {"revision": 1, "corrections": [one]}})


def test_json_tells_who_answered_what_in_what_role_and_when_with_earlier_answers(supervisor, sit, shelved):
    judge(supervisor, shelved.sha256, "flag-4", note="clear")
    judge(supervisor, shelved.sha256, "flag-4", Answer.DISAGREE, note="on second thoughts")
    judge(sit(AFFAIRS, "complaint"), shelved.sha256, "flag-1")
    told = whole(supervisor, shelved.sha256)
    said = [(one["flag"], one["answer"], one["by"], one["name"], one["role"], one["note"]) for one in told["verdicts"]]
    assert said == [
        ("flag-4", "agree", "s", "Supervisor A", "supervisor", "clear"),
        ("flag-4", "disagree", "s", "Supervisor A", "supervisor", "on second thoughts"),
        ("flag-1", "agree", "i", "Internal affairs A", "internal_affairs", ""),
    ]
    assert [one["at"][:10] for one in told["verdicts"]] == ["2025-03-02"] * 3
    assert told["whose"] == {"wearer": "4711", "unit": "North", "others": ["4712"]}
    assert (told["exported_by"]["account"], told["exported_by"]["purpose"]) == ("s", "complaint")
    assert told["exported_at"].startswith("2025-03-02T09:")
    assert told["recording"]["sha256"] == shelved.sha256


def test_the_review_is_told_with_signatures_reopenings_holds_and_notes(supervisor, shelved):
    sign(supervisor, shelved.sha256, "no")
    do(supervisor, shelved.sha256, "reopen", why="One answer was wrong.")
    sign(supervisor, shelved.sha256)
    do(supervisor, shelved.sha256, "refer", why="A complaint came in.")
    do(supervisor, shelved.sha256, "praise", "flag-1", at=3.0, text="Well explained.")
    review = whole(supervisor, shelved.sha256)["review"]
    first, second = review["signatures"]
    assert (first["by"], first["body"]["unanswered"]) == ("s", 6)
    assert first["disposition"]["body"]["choice"] == "No further action"
    assert first["reopened"]["body"]["why"] == "One answer was wrong."
    assert second["reopened"] is None
    items = sum(len(form.items) for form in built_in().checklists)
    assert [one["holds"] for one in review["answers"]] == [False] * items + [True] * items
    assert {one["body"]["reply"] for one in review["answers"] if one["holds"]} == {"yes"}
    assert all(one["question"] and one["at"] for one in review["answers"])
    assert [(one["kind"], one["body"]["why"]) for one in review["holds"]] == [("refer", "A complaint came in.")]
    assert [one["body"]["text"] for one in review["moments"]] == ["Well explained."]


def test_corrections_are_told_with_who_when_and_what(supervisor, shelved):
    put_right(supervisor, shelved.sha256)
    told = whole(supervisor, shelved.sha256)
    [one] = told["corrections"]
    assert (one["revision"], one["by"], one["role"], one["was"], one["now"]) == (
        2, "s", "supervisor", "civilian", "other_officer",
    )  # fmt: skip
    assert told["revision"] == 2


def test_markdown_has_the_same_in_sections(supervisor, shelved):
    judge(supervisor, shelved.sha256, "flag-4", note="clear")
    sign(supervisor, shelved.sha256)
    do(supervisor, shelved.sha256, "note", "flag-1", at=3.0, text="Listen to this.")
    put_right(supervisor, shelved.sha256)
    text = exporting.export(supervisor, shelved.sha256, Format.MD)
    assert f"{MACHINE} {ADVICE}" in text
    assert "- Worn by: 4711; unit: North, also in it: 4712" in text
    assert "UTC by Supervisor A (s, supervisor), for complaint" in text
    for heading in ("## What people said of the marks", "## What was corrected", "## Review"):
        assert heading in text
    assert "| `flag-4` of revision 1: ultimatum | agree | Supervisor A (s) | supervisor | 2025-03-02 09:" in text
    assert "| clear | yes |" in text
    assert "| 2 | role | S2 |" in text
    assert "**sign off** (revision 1, marks 6, unanswered 5); Supervisor A (s), supervisor, 2025-03-02" in text
    assert "**note** at 0:03 about `flag-1`: Listen to this.; Supervisor A (s)" in text
    assert "**disposition**: No further action" in text


def test_csv_has_the_answers_beside_each_mark(supervisor, sit, shelved):
    judge(supervisor, shelved.sha256, "flag-4", note="clear")
    judge(sit(AFFAIRS, "complaint"), shelved.sha256, "flag-4", Answer.DISAGREE)
    rows = list(csv.DictReader(io.StringIO(exporting.export(supervisor, shelved.sha256, Format.CSV))))
    row = next(one for one in rows if one["id"] == "flag-4")
    assert (row["reviewer"], row["reviewer_role"]) == ("s | i", "supervisor | internal_affairs")
    assert (row["answer"], row["standing"], row["note"]) == ("agree | disagree", "disputed", "clear | ")
    assert row["answered_at"].count("2025-03-02T09:") == 2
    assert {(one["recording"], one["revision"], one["notice"]) for one in rows} == {(shelved.sha256, "1", MACHINE)}
    assert {(one["software"], one["exported_by"], one["wearer"]) for one in rows} == {("review test", "s", "4711")}


def test_subtitles_begin_with_what_they_are_of(supervisor, shelved):
    text = exporting.export(supervisor, shelved.sha256, Format.VTT)
    head = text.split("\n\n")[1]
    assert head.startswith(f"NOTE\nRecording {shelved.sha256}\nRevision 1\n{MACHINE}\nWorn by: 4711; unit: North\n")
    assert "UTC by s, supervisor" in head
    assert pysubs2.SSAFile.from_string(text, format_="vtt")[0].start == 1000


def test_an_officers_own_export_holds_no_more_than_their_debrief(officer, sit, supervisor, shelved):
    judge(supervisor, shelved.sha256, "flag-1", note="said before anybody asked")
    do(officer, shelved.sha256, "contest", "flag-4", text="That was my partner.")
    judge(supervisor, shelved.sha256, "flag-4", note="hasty")
    judge(supervisor, shelved.sha256, "flag-4", Answer.DISAGREE, note="you are right")
    do(supervisor, shelved.sha256, "answer", built_in().checklists[0].items[0].id,
       checklist=built_in().checklists[0].id, reply="no", note="not signed yet")  # fmt: skip
    do(supervisor, shelved.sha256, "assign", "s", what="review")
    told = whole(officer, shelved.sha256)
    assert [(one["flag"], one["answer"], one["note"]) for one in told["verdicts"]] == [
        ("flag-4", "disagree", "you are right")
    ]
    assert told["review"]["answers"] == []
    assert told["whose"]["others"] == []
    assert "not signed yet" not in json.dumps(told)
    sign(supervisor, shelved.sha256)
    review = whole(officer, shelved.sha256)["review"]
    assert review["signed"]["by"] == "s"
    assert all(one["holds"] for one in review["answers"])
    do(supervisor, shelved.sha256, "refer", why="A complaint came in.")
    for form in Format:
        assert "complaint came in" not in exporting.export(officer, shelved.sha256, form)
    held = whole(officer, shelved.sha256)["review"]
    assert (held["signed"], held["answers"], held["holds"], held["disposition"]) == (None, [], [], None)
    assert whole(supervisor, shelved.sha256)["review"]["holds"]


def test_while_it_is_held_an_officers_export_does_not_say_that_internal_affairs_judged(
    officer, sit, supervisor, shelved, tmp_path, monkeypatch
):
    path = tmp_path / "agency.toml"
    path.write_text("[access]\nshow_affairs_views = false\n")
    monkeypatch.setenv("BODYCAM_REVIEW_POLICY", str(path))
    do(officer, shelved.sha256, "contest", "flag-4", text="That was my partner.")
    affairs = sit(AFFAIRS, "complaint")
    judge(affairs, shelved.sha256, "flag-4", Answer.DISAGREE)
    do(affairs, shelved.sha256, "note", at=3.0, text="Heard.")
    assert [one["role"] for one in whole(officer, shelved.sha256)["verdicts"]] == ["internal_affairs"]
    do(supervisor, shelved.sha256, "refer", why="A complaint came in.")
    for form in Format:
        assert "internal_affairs" not in exporting.export(officer, shelved.sha256, form)
    [one] = whole(officer, shelved.sha256)["verdicts"]
    assert (one["name"], one["role"], one["answer"], one["counts"]) == ("", "", "disagree", True)


def test_who_may_not_export_is_refused_and_nothing_is_told(sit, shelved, store):
    with pytest.raises(Refused):
        exporting.export(sit(TRAINER), shelved.sha256, Format.JSON)
    with store.casebook() as book:
        assert [(one.person, one.outcome) for one in book.logged(action="export")] == [("e", "refused")]


def test_answers_to_marks_that_the_policy_hides_are_not_told(supervisor, shelved, tmp_path, monkeypatch):
    judge(supervisor, shelved.sha256, "flag-4", note="an ultimatum")  # of the behaviour that is hidden
    judge(supervisor, shelved.sha256, "flag-1")
    path = tmp_path / "agency.toml"
    path.write_text('[behaviours]\nhide = ["ultimatum"]\n')
    monkeypatch.setenv("BODYCAM_REVIEW_POLICY", str(path))
    for form in Format:
        assert "an ultimatum" not in exporting.export(supervisor, shelved.sha256, form)
    assert [one["flag"] for one in whole(supervisor, shelved.sha256)["verdicts"]] == ["flag-1"]


def test_an_answer_to_a_mark_of_an_earlier_revision_says_what_that_was(supervisor, shelved):
    judge(supervisor, shelved.sha256, "flag-4")
    put_right(supervisor, shelved.sha256)  # marks anew: the marks made by hand are gone
    [one] = whole(supervisor, shelved.sha256)["verdicts"]
    quote = shelved.encounter.flags[3].quote
    assert (one["of_revision"]["revision"], one["of_revision"]["behaviour"], one["of_revision"]["quote"]) == (
        1, "ultimatum", quote,
    )  # fmt: skip
