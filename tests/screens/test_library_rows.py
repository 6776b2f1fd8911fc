"""The words and rows of the library, the uploads, the unit view and the method page, as plain functions."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from review.behaviours import CATALOGUE
from review.desk.figures import Cell, Month, Period
from review.encounter import Direction, Standing
from review.screens import jobs_markup, library_rows, method_rows, plain_markup, unit_rows
from review.store import Count, Entry, Filter, Found, Hit, Job, JobState, Listed, State, Work
from review.store.behind import Counted, Heard, Instance, Marks, Reviews, Stops
from review.store.figures import Backlog

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 1)
ENTRY = Entry("ab", "<b>.mp4", 95.0, AT, AT, "en", True, 100, 2, {Direction.EVENT: Count(3, 1, 2)})


def job(state: JobState, **more) -> Job:
    return Job("j", "<stop>.mp4", Path("x"), "p", "", "", (), "", AT, AT, state, **more)


def test_a_row_tells_its_state_its_work_and_what_is_late_without_any_officer():
    work = (Work("sam", "Sam & Co", "review", date(2026, 2, 1)), Work("a", "A", "coaching", None))
    row = library_rows.row_facts(Listed(ENTRY, "West", State.BEGUN, True, 6, 3, 2, work), TODAY)
    for told in ("1:35", "video", "West", ">begun<", "held for internal affairs", "Sam &amp; Co", "(overdue)"):
        assert told in row
    assert row.count("overdue") == 1


def test_a_row_tells_the_hour_that_the_reader_lives_by():
    listed = Listed(ENTRY, "", State.BEGUN, False)
    berlin = ZoneInfo("Europe/Berlin")
    assert "2026-03-01 13:00 CET · 1:35" in library_rows.row_facts(listed, TODAY, zone=berlin)
    assert "2026-03-01 13:00 CET" in library_rows.rows([listed], TODAY, ticks=False, zone=berlin)
    assert "2026-03-01 12:00 UTC" in library_rows.rows([listed], TODAY, ticks=False)
    late = replace(ENTRY, recorded_at=None, added_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert "added 2026-03-02" in library_rows.row_facts(replace(listed, entry=late), TODAY, zone=berlin)


def test_counts_tell_how_much_is_judged_and_what_is_not_counted():
    counts = library_rows.row_counts(Listed(ENTRY, "", State.BEGUN, False, 6, 3, 2))
    assert "3 of 6 marks judged (50 %); 2 of them of other officers, not counted above" in counts
    assert "Nothing heard is not nothing done" in library_rows.row_counts(Listed(ENTRY, "", State.BEGUN, False))


def test_every_part_of_a_filter_has_words():
    parts = {
        "since": TODAY, "until": TODAY, "officer": "o1", "unit": "", "behaviours": ("order",), "direction": "event",
        "state": "unsigned", "unread": True, "serious": True, "without_reason": True, "mine": True, "overdue": True,
        "held": True, "shortest": 5.0, "longest": 9.0, "language": "es",
    }  # fmt: skip
    for name, value in parts.items():
        assert len(library_rows.filter_words(Filter(**{name: value}))) == 1, name
    assert len(library_rows.filter_words(Filter(**parts))) == len(parts)
    assert library_rows.filter_words(Filter(verified=True)) == ()
    assert "<script>" not in library_rows.filter_line(Filter(officer="<script>"))


def test_a_search_tells_what_it_left_out():
    hits = (Hit("ab", "n", "S1", "officer", 1.0, "text"),)
    assert "the first 1 are shown" in library_rows.hits_line(Found(hits, 1200, 40))
    assert "1,200 places in 40 recordings" in library_rows.hits_line(Found(hits, 1200, 40))
    assert "only the newest" in library_rows.hits_line(Found(hits, 20000, 40, cut=True))


@pytest.mark.parametrize(
    ("one", "left", "told"),
    [
        (job(JobState.WAITING), None, "waits for its turn"),
        (
            job(JobState.WORKING, stage="words", share=0.42),
            400.0,
            "writing down what is said, 42 %, about 7 minutes left",
        ),
        (job(JobState.DONE), None, "done"),
        (job(JobState.FAILED, message="no <sound>"), None, "no &lt;sound&gt;"),
    ],
)
def test_an_upload_tells_how_far_it_is(one, left, told):
    line = jobs_markup.job_line(one, left=left)
    assert told in line
    assert "<stop>" not in line


def test_an_upload_that_waits_tells_how_many_come_first():
    assert "2 before it" in jobs_markup.job_line(job(JobState.WAITING), left=None, ahead=2)


def month(name, behaviour, verified, direction="deescalating"):
    cells = Cell(30), Cell(10), Cell(verified), Cell(20)
    return Month(name, behaviour, direction, *cells)


def test_a_withheld_month_is_left_out_of_the_chart_and_never_drawn_as_nothing():
    months = [month("2026-01", "courtesy", 12), month("2026-02", "courtesy", None), month("2026-02", "order", 40)]
    assert unit_rows.chart_rows(months, ["courtesy"]) == [
        {"Month": "2026-01-01", "Behaviour": "Courtesy", "Verified": 12}
    ]
    assert unit_rows.withheld(months, ["courtesy"]) == 1


def test_the_table_shows_officers_own_words_with_their_coverage():
    [row] = unit_rows.behaviour_rows([month("", "courtesy", None), month("", "order", 40, "event")])
    assert (row.name, row.marked, row.verified, row.judged) == ("Courtesy", "30", "withheld", "20 of 40 (50 %)")


def test_a_total_that_leaves_months_out_tells_no_share():
    [row] = unit_rows.behaviour_rows([month("", "courtesy", 12)], whole=False)
    assert (row.marked, row.judged) == ("30", "20")


def test_the_chart_says_why_months_are_missing():
    assert unit_rows.not_drawn(1, opens=False) == "1 month is not drawn: fewer than 10 verified marks."
    assert "2 months are not drawn: fewer than 10 verified marks, or the next smallest" in unit_rows.not_drawn(
        2, opens=True
    )


@pytest.mark.parametrize(
    ("name", "today", "since"),
    [
        ("Last 3 months", date(2026, 3, 31), date(2026, 1, 1)),
        ("Last 3 months", date(2026, 1, 1), date(2025, 11, 1)),
        ("Last 12 months", date(2026, 12, 5), date(2026, 1, 1)),
        ("Last 12 months", date(2026, 3, 1), date(2025, 4, 1)),
        ("All recordings", date(2026, 3, 1), None),
    ],
)
def test_a_time_begins_with_a_month_and_holds_this_one(name, today, since):
    assert unit_rows.period(name, today).since == since


def test_a_backlog_tells_its_reason_and_its_age():
    [row] = unit_rows.backlog_rows([Backlog("force", 1, 2, 3, "2026-02-01T10:00:00+00:00")], TODAY)
    assert (row.marked, row.unsure, row.age) == (1, 2, "28 days")
    assert "medical aid" in row.why


def test_a_number_that_is_withheld_is_told_nowhere_and_opens_nothing():
    months = [month("2026-01", "courtesy", 12), month("2026-02", "courtesy", None)]
    [row] = unit_rows.behaviour_rows([month("", "courtesy", None)], months)
    assert row.told == {Counted.MARKED: 30, Counted.UNSURE: 10, Counted.JUDGED: 20}
    assert row.months[Counted.VERIFIED] == {"2026-01": 12}
    assert [*row.months[Counted.MARKED]] == ["2026-02", "2026-01"]


def chosen(number, count=132):
    told = {"2026-02": 12, "2026-01": 1}
    return unit_rows.Chosen("Title", number, count, unit_rows.note(number), Period(), None, "West", "all", told)


def test_the_heading_of_a_list_tells_how_many_of_what():
    assert unit_rows.heading(chosen(Marks(Counted.MARKED, "courtesy"), 1132)) == "1,132 marks, West, all."
    assert unit_rows.heading(chosen(Reviews(), 1)) == "1 recording, West, all."
    one = unit_rows.of_month(chosen(Marks(Counted.VERIFIED, "courtesy")), "2026-01")
    assert unit_rows.heading(one) == "1 mark, West, 2026-01."
    assert one.number == Marks(Counted.VERIFIED, "courtesy", month="2026-01")


def test_a_list_says_what_its_marks_are_worth():
    for number in (Marks(Counted.MARKED), Marks(Counted.UNSURE), Marks(), Stops(Heard.MARKED), Stops(Heard.UNSURE)):
        assert "Marked is not verified" in unit_rows.note(number)
    assert "Judged is not verified" in unit_rows.note(Marks(Counted.JUDGED))
    for number in (Marks(Counted.VERIFIED), Stops(Heard.VERIFIED)):
        assert "confirmed" in unit_rows.note(number)
    assert "not nothing said" in unit_rows.note(Stops(Heard.NONE))
    assert unit_rows.note(Reviews()) == ""


@pytest.mark.parametrize(
    ("before", "here", "more", "told"),
    [
        (0, 20, True, "1 to 20 of 132."),
        (120, 12, False, "121 to 132 of 132."),
        (120, 13, False, "up to a minute old"),
        (0, 0, False, "None that you may open."),
    ],
)
def test_a_list_says_which_part_is_shown_and_why_one_is_missing(before, here, more, told):
    line = unit_rows.place(before, here, 132, more=more)
    assert told in line
    assert ("statement" in line) is (not more and before + here != 132)


def test_a_moment_is_told_with_where_it_stands_and_a_recording_without():
    mark = Instance("ab", "stop.mp4", "2026-03-01T10:00:00", 72.0, "courtesy", unsure=True, standing=Standing.REJECTED)
    assert unit_rows.instance_label(mark) == "2026-03-01, stop.mp4, at 1:12: courtesy, unsure, people said no"
    assert unit_rows.instance_query(mark) == {"recording": "ab", "at": "70.0"}
    whole = Instance("ab", "stop.mp4", "2026-03-01T10:00:00")
    assert unit_rows.instance_label(whole) == "2026-03-01, stop.mp4"
    assert unit_rows.instance_query(whole) == {"recording": "ab"}


def test_the_method_page_has_every_behaviour_of_the_codebook_once():
    listed = [row.behaviour for direction in Direction for row in method_rows.rows(direction)]
    assert sorted(listed) == sorted(CATALOGUE)


def test_the_figures_packed_with_the_program_are_those_measured_last():
    from benchmarks import method

    assert method_rows.MEASURED.read_text("utf-8") == method.text(), "run python -m benchmarks.method"
    assert json.loads(method.text())["samples"].keys() == {"tuning_set", "held_out"}


def test_a_share_of_few_is_told_as_numbers_only():
    assert method_rows.share(3, 4) == "3 of 4, too few for a share"
    assert "%" in method_rows.together()[0]


def test_texts_of_tables_and_lists_are_escaped():
    evil = "<img src=x>"
    pieces = (
        plain_markup.plain_table((evil,), [(evil, evil)], caption=evil),
        plain_markup.definitions([(evil, evil)]),
        plain_markup.bullets([evil]),
        plain_markup.behaviour_entry(evil, evil, facts=[(evil, evil)], counts=[evil], does_not_count=[], notes=[evil]),
    )
    assert all("<img" not in piece for piece in pieces)
