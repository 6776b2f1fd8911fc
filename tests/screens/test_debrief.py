"""The officer's pages: what they show, in which order, and what they leave out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from review.access import Viewer
from review.casework import Act, Kind, holding
from review.desk import Desk, casework
from review.desk.debrief import Debrief, News, Past, Views
from review.encounter import Answer, Direction, Role, Status, Verdict
from review.policy import VARIABLE
from review.screens import debrief_markup, debrief_rows, debrief_trends, debrief_words, main, parts, state
from review.screens.answer_rows import answer_rows, answers_of
from review.screens.debrief_trends import MARKED, VERIFIED
from review.screens.debrief_views import view_rows, views_table
from review.store import AuditEntry, MarkCount, open_store
from review.timeline import timeline

AT = datetime(2025, 3, 2, 9, 0, tzinfo=UTC)
OFFICER = Viewer("o", "Officer A", "officer", "", "4711")
SUPERVISOR = Viewer("s", "Supervisor A", "supervisor", "", "4700")
PEOPLE = {"o": "Officer A", "s": "Supervisor A", "i": "Internal affairs A"}


def operation(kind: str, about: str = "", **body: object) -> dict[str, object]:
    return {"id": f"{uuid4()}:1", "kind": kind, "about": about, "body": body}


@pytest.fixture
def own(shelved):
    """Makes the recording the officer's own, with the statement done unless told."""

    def make(*, statement: bool = True, wearer: str = "4711") -> None:
        with open_store(shelved.database) as store:
            with store.casebook(write=True) as book:
                for viewer in (OFFICER, SUPERVISOR):
                    book.keep_demo(viewer, at=AT)
                book.set_whose(shelved.sha256, wearer=wearer, unit="")
            if statement:
                casework.do(Desk.of(store, "o"), shelved.sha256, operation("statement_done"))

    return make


@pytest.fixture
def open_app(seated: Callable[..., dict[str, str]]) -> Iterator[Callable[..., AppTest]]:
    """Runs the router for the officer."""

    def run(**more: str) -> AppTest:
        at = AppTest.from_file(main.__file__, default_timeout=60)
        at.user = seated(OFFICER, **{"purpose": "own_debrief", **more})
        at.run()
        assert not at.exception
        return at

    yield run
    st.cache_resource.clear()  # closes the store, which is kept for the whole process otherwise


def html(at: AppTest) -> str:
    return " ".join(str(piece.proto.body) for piece in at.get("html"))


def debrief_of(at: AppTest, sha256: str) -> AppTest:
    at.query_params["recording"] = sha256
    at.switch_page("debrief_recording.py").run()
    assert not at.exception
    return at


def components(at: AppTest, name: str) -> list[Any]:
    return [one for one in at.get("bidi_component") if one.proto.component_name == name]


def mounted(at: AppTest) -> dict[str, object]:
    [component] = components(at, "review.answers")
    data = json.loads(component.proto.json)
    assert isinstance(data, dict)
    return data


# My recordings


def test_an_officer_starts_with_their_own_recordings(open_app, shelved, own):
    own()
    at = open_app()
    assert at.title[0].value == "My recordings"
    assert [link.proto.label for link in at.get("page_link")] == [r"stop\_at\_night\.wav"]
    assert "No review yet" in html(at)
    assert "Report or statement done on" in html(at)


def test_an_officer_who_wore_no_camera_is_told_what_to_wait_for(open_app, shelved, own):
    own(wearer="4712", statement=False)
    assert "No recordings of yours yet" in open_app().info[0].value


def test_a_recording_is_opened_only_after_the_officer_said_twice_that_the_statement_is_done(open_app, shelved, own):
    own(statement=False)
    at = open_app(purpose="")
    assert at.get("page_link") == []
    at.button(key=f"statement-{shelved.sha256}").click().run()
    at.button(key="statement-no").click().run()
    assert at.get("page_link") == []
    at.button(key=f"statement-{shelved.sha256}").click().run()
    at.button(key="statement-yes").click().run()
    assert not at.exception
    assert len(at.get("page_link")) == 1
    with open_store(shelved.database) as store, store.casebook() as book:
        assert [(act.kind, act.person) for act in book.acts(shelved.sha256)] == [("statement_done", "o")]


def test_before_the_statement_the_debrief_shows_nothing_of_the_recording(open_app, shelved, own):
    own(statement=False)
    at = debrief_of(open_app(), shelved.sha256)
    assert "statement" in at.error[0].value
    assert components(at, "review.answers") == []
    assert "insult" not in html(at)


def test_another_officers_recording_is_refused_by_its_address(open_app, shelved, own):
    own(wearer="4712", statement=False)
    at = debrief_of(open_app(), shelved.sha256)
    assert "another officer" in at.error[0].value
    assert components(at, "review.answers") == []


def test_the_debrief_says_for_what_it_is_opened_and_asks_nothing(open_app, shelved, own):
    own()
    at = debrief_of(open_app(purpose=""), shelved.sha256)
    assert shelved.media.name in at.markdown[0].value.replace("\\", "")
    assert "This is opened as your own debrief; that is logged" in at.markdown[1].value
    assert (list(at.subheader), list(at.radio)) == ([], [])
    [button] = at.button
    assert button.label == "Open"
    button.click().run()
    with open_store(shelved.database) as store, store.casebook() as book:
        assert [entry.purpose for entry in book.logged(action="open")] == ["own_debrief"]


# The warning


def test_the_peer_support_line_is_told_once_on_every_page(open_app, shelved, own, tmp_path, monkeypatch):
    (tmp_path / "agency.toml").write_text('[agency]\npeer_support = "Peers: 0800 555 0100"\n')
    monkeypatch.setenv(VARIABLE, str(tmp_path / "agency.toml"))
    own()

    def told(at: AppTest) -> list[str]:
        beside = ["warning"] * html(at).count("Peers: ")
        return beside + ["foot"] * sum(one.value.startswith("Peers") for one in at.caption)

    at = open_app()
    assert told(at) == ["foot"]
    assert told(debrief_of(at, shelved.sha256)) == ["warning"]
    at.button(key="watch").click().run()
    assert told(at) == ["foot"]


def test_without_a_peer_support_line_the_warning_speaks_of_none(open_app, shelved, own):
    own()
    at = debrief_of(open_app(), shelved.sha256)
    told = html(at) + " ".join(one.value for one in at.caption)
    assert "You need not watch this now" in told
    assert "line above" not in told
    assert "peer" not in told.lower()
    assert 'class="bcr-support"' not in told


def test_with_a_peer_support_line_the_warning_shows_it_and_says_that_nothing_notices(
    open_app, shelved, own, tmp_path, monkeypatch
):
    (tmp_path / "agency.toml").write_text('[agency]\npeer_support = "Peers: 0800 555 0100"\n')
    monkeypatch.setenv(VARIABLE, str(tmp_path / "agency.toml"))
    own()
    at = debrief_of(open_app(), shelved.sha256)
    assert 'class="bcr-support">Peers: <a href="tel:08005550100">' in html(at)
    assert any("notices whether you use the line above" in one.value for one in at.caption)


def test_distressing_moments_are_warned_of_before_anything_is_heard_and_the_choice_is_not_logged(
    open_app, shelved, own, new_store
):
    own()
    at = debrief_of(open_app(), shelved.sha256)
    assert "Before you listen" in [heading.value for heading in at.subheader]
    assert "Distress" in html(at)
    assert components(at, "review.answers") == []
    with new_store().casebook() as book:
        before = len(book.logged())
    at.button(key="not-now").click().run()
    assert at.title[0].value == "My recordings"
    with new_store().casebook() as book:
        assert len(book.logged()) == before
    at = debrief_of(at, shelved.sha256)
    at.button(key="watch").click().run()
    assert mounted(at)["recording"] == shelved.sha256


def test_what_may_be_hard_to_hear_is_named_and_what_is_not_is_no_reason_to_warn(shelved):
    assert debrief_rows.distressing(shelved.encounter) == (("Distress", 1),)
    calm = tuple(flag for flag in shelved.encounter.flags if flag.behaviour != "distress")
    assert debrief_rows.distressing(replace(shelved.encounter, flags=calm)) == ()


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Peer support, 0800 555 0100.", ["tel:08005550100"]),
        ("+44 (0)20 7946-0000, any time", ["tel:+4402079460000"]),
        ("https://support.example/now. Day and night", ["https://support.example/now"]),
        ("write to peers@police.example", ["mailto:peers@police.example"]),
        ("extension 100", []),
        ("javascript:alert(1) <b>x</b>", []),
    ],
)
def test_the_peer_support_line_is_plain_links_and_nothing_else(text, links):
    made = debrief_markup.support(text)
    assert [piece.partition('"')[0] for piece in made.split('href="')[1:]] == links
    assert "<b>" not in made
    assert "onclick" not in made


# The moments


def act(kind: Kind, about: str = "", *, on: datetime = AT, person: str = "o", **body: object) -> Act:
    role = {"o": "officer", "s": "supervisor"}[person]
    return Act(f"{uuid4()}:1", "sha", kind, about, body, person, role, on)


def verdict(flag: str, answer: Answer, *, minutes: int = 5, note: str = "", role: str = "supervisor") -> Verdict:
    return Verdict(f"{uuid4()}:1", "sha", flag, answer, "s", role, AT + timedelta(minutes=minutes), note)


def found(encounter, *acts: Act, verdicts: tuple[Verdict, ...] = ()) -> Debrief:
    return Debrief(encounter, holding(acts), verdicts, timeline(encounter, verdicts=verdicts), PEOPLE)


def row(encounter, *acts: Act, verdicts: tuple[Verdict, ...] = ()) -> dict[str, object]:
    return debrief_rows.debrief_row(
        found(encounter, *acts, verdicts=verdicts), OFFICER, may=("contest", "context"), about={}
    )


def by_group(data) -> dict[str, list[str]]:
    return {group["id"]: [moment["id"] for moment in group["moments"]] for group in data["groups"]}


def test_what_went_well_comes_first_praise_then_verified_then_marked_then_the_rest(shelved):
    praise = act(Kind.PRAISE, "flag-1", person="s", at=3.0, text="Well explained.")
    data = row(shelved.encounter, praise, verdicts=(verdict("flag-2", Answer.AGREE),))
    assert by_group(data) == {
        "praise": [praise.id],
        "verified": ["flag-2"],
        "well": ["flag-1"],
        "escalating": ["flag-4"],
        "around": ["flag-3", "flag-5", "flag-6"],
    }
    assert data["told"][0]["text"].partition(":")[0] == "Marked as de-escalating words of the officer"
    assert not any("To be heard first" in one["text"] for one in data["told"])


def test_a_mark_that_a_reviewer_turned_down_stands_apart_and_another_officers_never_with_ones_own(shelved):
    flags = tuple(
        replace(flag, role=Role.OTHER_OFFICER) if flag.id == "flag-2" else flag for flag in shelved.encounter.flags
    )
    data = row(replace(shelved.encounter, flags=flags), verdicts=(verdict("flag-4", Answer.DISAGREE),))
    groups = by_group(data)
    assert groups["rejected"] == ["flag-4"]
    assert groups["others"] == ["flag-2"]
    assert "escalating" not in groups
    assert groups["well"] == ["flag-1"]


def test_a_mark_says_that_the_machine_made_it_and_when_it_is_unsure(shelved):
    flags = tuple(
        replace(flag, status=Status.UNSURE) if flag.id == "flag-4" else flag for flag in shelved.encounter.flags
    )
    encounter = replace(shelved.encounter, flags=flags)
    [moment] = next(group for group in row(encounter)["groups"] if group["id"] == "escalating")["moments"]
    assert moment["unsure"]
    assert moment["stands"] == "Marked by machine; nobody has judged it yet"
    agreed = row(encounter, verdicts=(verdict("flag-4", Answer.AGREE),))
    [moment] = next(group for group in agreed["groups"] if group["id"] == "escalating")["moments"]
    assert not moment["unsure"]  # people have confirmed it
    assert moment["stands"] == ("Confirmed by Supervisor A, supervisor, on 2025-03-02 (no record that they played it)")


def moment_of(data, flag: str):
    return next(one for group in data["groups"] for one in group["moments"] if one["id"] == flag)


def test_a_judged_mark_says_by_whom_and_whether_they_played_it(shelved):
    flag = next(one for one in shelved.encounter.flags if one.id == "flag-4")
    heard = act(Kind.LISTENED, person="s", start=flag.span.start, end=flag.span.end)
    down = row(shelved.encounter, heard, verdicts=(verdict("flag-4", Answer.DISAGREE),))
    assert moment_of(down, "flag-4")["stands"] == (
        "Turned down by Supervisor A, supervisor, on 2025-03-02 (played this moment here)"
    )
    theirs = replace(verdict("flag-4", Answer.AGREE), reviewer="i", reviewer_role="internal_affairs")
    both = row(shelved.encounter, verdicts=(verdict("flag-4", Answer.DISAGREE), theirs))
    told = moment_of(both, "flag-4")["stands"]
    assert told.startswith("Reviewers disagree about this mark. Supervisor A, supervisor, on 2025-03-02")
    assert "Internal affairs A, internal affairs, on 2025-03-02 (no record that they played it): agreed" in told
    unnamed = replace(theirs, reviewer="")
    told = debrief_words.stands(flag, replace(found(shelved.encounter, verdicts=(unnamed,)), people={"": "a person"}))
    assert told == "Confirmed by a person"


def test_the_field_for_an_answer_says_what_is_true_where_the_mark_and_the_review_stand(shelved):
    signed = act(Kind.SIGN_OFF, person="s")
    agreed = (verdict("flag-4", Answer.AGREE),)
    hints = debrief_rows.HINTS
    assert moment_of(row(shelved.encounter), "flag-4")["hint"] == "open"
    assert moment_of(row(shelved.encounter, verdicts=agreed), "flag-4")["hint"] == "judged"
    assert moment_of(row(shelved.encounter, signed, verdicts=agreed), "flag-4")["hint"] == "judged"
    assert moment_of(row(shelved.encounter, signed), "flag-4")["hint"] == "signed"
    assert [row(shelved.encounter, *done)["hint"] for done in ((), (signed,))] == ["whole", "whole_signed"]
    assert "whoever judges it" not in str([hints["judged"], hints["signed"]])
    assert all("cannot be taken back" in hints[one]["contest"] for one in ("open", "judged", "signed"))
    assert all("cannot be taken back" in one["ask_review"] for one in hints.values())
    assert "has not judged it" in hints["judged"]["contest"]


def test_a_moment_comes_with_what_was_said_before_it(shelved):
    [moment] = next(group for group in row(shelved.encounter)["groups"] if group["id"] == "escalating")["moments"]
    assert moment["before"] == [
        {"who": "Officer", "text": "That's all right, take your time and find your licence for me, please."},
        {"who": "Civilian", "text": "My hands are shaking, I'm scared."},
    ]
    well = next(group for group in row(shelved.encounter)["groups"] if group["id"] == "well")["moments"]
    assert well[0]["before"] == [{"who": "Officer", "text": "Good evening, I'm with the county police."}]


def test_a_session_tells_whether_its_moments_were_confirmed(shelved):
    session = act(Kind.SESSION, person="s", agenda=["flag-1", "flag-4", "12.5"], next_step="reasons first")
    [told] = row(shelved.encounter, session, verdicts=(verdict("flag-1", Answer.AGREE),))["sessions"]
    assert [one["name"] for one in told["agenda"]] == [
        "Reason for stop (verified)",
        "Ultimatum (marked by machine; nobody has judged it yet)",
        "Moment",
    ]


# Answers


def test_an_answer_says_what_became_of_it(shelved):
    contest = act(Kind.CONTEST, "flag-4", text="I said that to my partner.")
    context = act(Kind.CONTEXT, "flag-1", what="weapon_seen", text="A knife lay there.")
    asked = act(Kind.ASK_REVIEW, text="Somebody who speaks Spanish.")
    work = holding([contest, context, asked])
    said = (
        verdict("flag-4", Answer.AGREE, minutes=-5),
        verdict("flag-4", Answer.DISAGREE, note="An order, no threat."),
    )
    rows = answer_rows(work, said, PEOPLE, "o")
    assert rows["flag-4"][0]["became"] == (
        "Since then: Supervisor A, who had judged this mark before, judged it again on 2025-03-02: disagreed, "
        "and wrote: “An order, no threat.”. Nobody else has judged it since."
    )
    new = answer_rows(work, said[1:], PEOPLE, "o")["flag-4"][0]["became"]
    assert (
        new == "Since then: Supervisor A judged this mark on 2025-03-02: disagreed, and wrote: “An order, no threat.”."
    )
    assert (rows["flag-1"][0]["what"], rows["flag-1"][0]["became"]) == (
        "a weapon was seen",
        "Nobody has judged the mark since.",
    )
    assert rows[""][0]["became"] == "No review was signed off since."
    signed = holding([asked, act(Kind.SIGN_OFF, person="s", on=AT + timedelta(days=1))])
    assert answer_rows(signed, (), PEOPLE, "o")[""][0]["became"] == (
        "Since then: Supervisor A signed the review off on 2025-03-03."
    )
    first = act(Kind.SIGN_OFF, person="s", on=AT - timedelta(days=1))
    again = holding(
        [
            first,
            asked,
            act(Kind.REOPEN, person="s", why="asked"),
            act(Kind.SIGN_OFF, person="s", on=AT + timedelta(days=1)),
        ]
    )
    assert answer_rows(again, (), PEOPLE, "o")[""][0]["became"] == (
        "Since then: Supervisor A, who had signed it before, signed the review off on 2025-03-03. "
        "Nobody else has signed it since."
    )


def test_a_verdict_that_was_taken_back_or_that_confirms_nothing_is_no_answer():
    work = holding([act(Kind.CONTEST, "flag-4", text="No.")])
    undone = (verdict("flag-4", Answer.AGREE), verdict("flag-4", Answer.UNDO, minutes=6))
    assert answer_rows(work, undone, PEOPLE, "o")["flag-4"][0]["became"] == "Nobody has judged the mark since."
    trainer = (verdict("flag-4", Answer.AGREE, role="trainer"),)
    assert answer_rows(work, trainer, PEOPLE, "o")["flag-4"][0]["became"] == "Nobody has judged the mark since."


def test_context_can_be_taken_back_by_its_author_and_a_contest_by_nobody():
    context, contest = act(Kind.CONTEXT, "flag-4", what="other", text="x"), act(Kind.CONTEST, "flag-4", text="No.")
    work = holding([context, contest])
    assert [one["mine"] for one in answer_rows(work, (), PEOPLE, "o")["flag-4"]] == [True, False]
    assert [one["mine"] for one in answer_rows(work, (), PEOPLE, "s")["flag-4"]] == [False, False]
    assert list(answers_of(holding([context, contest, act(Kind.WITHDRAW, context.id)]))) == ["flag-4"]


def test_answers_to_a_mark_that_is_gone_are_kept_and_shown(shelved):
    data = row(shelved.encounter, act(Kind.CONTEST, "flag-99", text="It never was."))
    assert [one["text"] for one in data["elsewhere"]] == ["It never was."]


def test_reviewers_read_the_officers_answers_escaped():
    work = holding(
        [
            act(Kind.CONTEXT, "flag-4", what="off_camera", text="<script>1</script>"),
            act(Kind.ASK_REVIEW, text="Please."),
        ]
    )
    shown = debrief_markup.answers_said(answer_rows(work, (), PEOPLE, "s"), {"flag-4": "Ultimatum at 0:14"})
    assert "Context: something off camera</strong>, about Ultimatum at 0:14 (Officer A, 2025-03-02)" in shown
    assert "&lt;script&gt;" in shown
    assert "about the recording as a whole" in shown
    assert debrief_markup.answers_said({}, {}) == ""


def test_the_component_is_told_what_this_person_may_do_and_who_reads_what_they_write(open_app, shelved, own):
    own()
    at = debrief_of(open_app(), shelved.sha256)
    at.button(key="watch").click().run()
    data = mounted(at)
    assert {"context", "contest", "ask_review", "note", "acknowledge"} <= set(data["may"])
    assert not {"answer", "sign_off", "praise", "refer", "session"} & set(data["may"])
    assert "no private notes" in data["readers"]
    assert "score" not in json.dumps(data["groups"])


def test_the_whole_recording_is_shown_when_asked_for_and_offers_no_verdict(open_app, shelved, own):
    own()
    at = debrief_of(open_app(), shelved.sha256)
    at.button(key="watch").click().run()
    assert components(at, "review.player") == []
    at.toggle[0].set_value(True).run()
    assert not at.exception
    [shown] = components(at, "review.player")
    data = json.loads(shown.proto.json)
    assert not data["judges"]
    assert not data["confirms"]


def test_the_whole_recording_has_the_lane_of_tension_as_reviewers_see_it_and_says_what_it_is(open_app, shelved, own):
    own()
    at = debrief_of(open_app(), shelved.sha256)
    at.button(key="watch").click().run()
    at.toggle[0].set_value(True).run()
    [shown] = components(at, "review.player")
    lane = parts.tension_bars(timeline(shelved.encounter).tension)
    assert lane
    assert json.loads(shown.proto.json)["tension"] == [[bar.at, bar.marked, bar.verified] for bar in lane]
    assert "its height means nothing outside this recording" in " ".join(one.value for one in at.caption)


# Who viewed mine


def entry(person: str, action: str, *, role: str = "supervisor", minutes: int = 0, **more: object) -> AuditEntry:
    return AuditEntry(AT + timedelta(minutes=minutes), person, role, action, "sha", **more)  # type: ignore[arg-type]


def test_who_viewed_a_recording_is_told_in_plain_words_newest_first():
    entries = (
        entry("x", "view", role="officer", minutes=9, outcome="refused", details={"why": "It is held."}),
        entry("o", "play", role="officer", minutes=8, purpose="own_debrief"),
        entry("s", "decide", minutes=7, purpose="assigned_review"),
        entry("s", "decide", minutes=6, purpose="assigned_review"),
        entry("s", "export", minutes=5, purpose="assigned_review", details={"form": "csv"}),
        entry("i", "open", role="internal_affairs", purpose="complaint"),
    )
    rows = view_rows(Views(entries, PEOPLE), "o")
    assert [(one.when[-5:], one.who, one.role, one.what, one.why, one.refused) for one in rows] == [
        ("09:09", "x", "officer", ("read its words and marks",), "", True),
        ("09:08", "You", "", ("listened or watched",), "My own debrief", False),
        (
            "09:07",
            "Supervisor A",
            "supervisor",
            ("took a report away (csv)", "judged a mark (2 times)"),
            "Review",
            False,
        ),
        ("09:00", "Internal affairs A", "internal affairs", ("opened it",), "Complaint", False),
    ]
    assert [one.who for one in view_rows(Views(entries, PEOPLE), "o", own=False)] == [
        "x", "Supervisor A", "Internal affairs A",
    ]  # fmt: skip
    table = views_table(rows, withheld=False)
    assert "tried, and was refused: read its words and marks" in table
    assert "It is held" not in table  # why somebody was refused can tell what is not told to the officer


def test_what_was_done_at_the_command_line_says_so_and_alarms_nobody():
    typed = entry("", "set_presence", role="", source="command line, root")
    by_name = entry("s", "export", minutes=1, source="command line, root", details={"form": "csv"})
    page = entry("s", "view", minutes=2, source="127.0.0.1")
    rows = view_rows(Views((page, by_name, typed, entry("", "view", role="")), PEOPLE), "o")
    assert [one.who for one in rows] == [
        "Supervisor A",
        "Supervisor A, at the command line",
        "At the command line",
        "Somebody who was not signed in",
    ]
    assert "root" not in views_table(rows, withheld=False)


def test_that_entries_may_be_left_out_is_said_and_names_are_escaped():
    rows = view_rows(Views((entry("<b>", "open"),), {}), "o")
    table = views_table(rows, withheld=True)
    assert "&lt;b&gt;" in table
    assert "can be left out of this list" in table
    assert "Nobody else has opened" in views_table((), withheld=False)


@pytest.mark.parametrize("kind", [*Kind])
def test_every_deed_in_the_log_has_plain_words(kind):
    [told] = view_rows(Views((entry("s", kind.value),), PEOPLE), "o")
    assert "_" not in told.what[0]
    assert told.what[0] != kind.value


# Trends


def past(on: date, *, hours: float = 0.5, reviewed: bool = True, **counts: tuple[int, int]) -> Past:
    return Past(
        on,
        3600 * hours,
        reviewed,
        tuple(
            MarkCount(
                name,
                Direction.ESCALATING if name == "ultimatum" else Direction.DEESCALATING,
                False,
                marked,
                0,
                verified,
            )
            for name, (marked, verified) in counts.items()
        ),
    )


def test_a_months_figures_are_per_recorded_hour_and_verified_ones_of_reviewed_recordings_only():
    march = [past(date(2025, 3, day), empathy=(6, 4)) for day in (1, 2, 3)]
    unreviewed = past(date(2025, 3, 9), reviewed=False, empathy=(2, 2))
    found = debrief_trends.months([*march, unreviewed])
    verified, marked = debrief_trends.points(found, "empathy")
    assert (verified.kind, verified.moments, verified.per_hour) == (VERIFIED, 12, 8.0)
    assert (marked.kind, marked.moments, marked.per_hour) == (MARKED, 20, 10.0)
    assert debrief_trends.coverage(found, reviewed=3, total=4) == ("3 of your 4 recordings were reviewed to the end.")
    assert debrief_trends.coverage(found, reviewed=1, total=9) == (
        "1 of your 9 recordings was reviewed to the end. The figures here are made of the 4 that you may watch so far."
    )


def test_too_few_recordings_or_too_little_of_a_behaviour_say_nothing():
    few = [past(date(2025, 3, day), empathy=(9, 9)) for day in (1, 2)]
    short = [past(date(2025, 4, day), hours=0.1, empathy=(9, 9)) for day in (1, 2, 3)]
    found = debrief_trends.months([*few, *short])
    assert [point.per_hour for point in debrief_trends.points(found, "empathy")] == [None] * 4
    table = debrief_trends.month_table(found, debrief_trends.points(found, "empathy"))
    assert table.count("too few to say") == 4
    assert "18" not in table
    rare = [past(date(2025, 3, day), courtesy=(3, 3)) for day in (1, 2, 3)]
    assert debrief_trends.behaviours(debrief_trends.months(rare), rare) == ()


def test_months_without_a_recording_stay_empty_between_and_what_went_well_is_named_first():
    rows = [past(date(2025, month, day), ultimatum=(8, 1), empathy=(5, 5)) for month in (1, 4) for day in (1, 2, 3)]
    found = debrief_trends.months(rows)
    assert [(one.month, one.recordings) for one in found] == [
        ("2025-01", 3),
        ("2025-02", 0),
        ("2025-03", 0),
        ("2025-04", 3),
    ]
    assert debrief_trends.behaviours(found, rows) == (("empathy", "Empathy"), ("ultimatum", "Ultimatum"))
    assert debrief_trends.months([]) == ()


def test_marks_of_other_officers_are_in_nobodys_trends():
    theirs = Past(date(2025, 3, 1), 3600, True, (MarkCount("empathy", Direction.DEESCALATING, True, 40, 0, 40),))
    found = debrief_trends.months([theirs] * 3)
    assert debrief_trends.behaviours(found, [theirs]) == ()
    assert [point.moments for point in debrief_trends.points(found, "empathy")] == [0, 0]


def test_the_trends_page_says_when_there_is_too_little(open_app, shelved, own):
    own()
    at = open_app()
    at.session_state["debrief_tab"] = "My trends"
    at.run()
    assert not at.exception
    assert "0 of your 1 recordings were reviewed to the end." in [piece.value for piece in at.markdown]
    assert "Too few to say" in at.info[0].value


def test_an_officer_reads_the_same_hour_in_the_list_and_in_the_debrief_as_a_supervisor_does(
    open_app, shelved, own, monkeypatch
):
    monkeypatch.setattr(state, "zone", lambda: ZoneInfo("Europe/Berlin"))
    own()
    at = open_app()
    assert "2025-02-28 22:15 CET" in html(at)
    at = debrief_of(at, shelved.sha256)
    assert "2025-02-28 22:15 CET" in html(at)


def test_an_officer_is_told_of_all_who_can_open_a_recording_or_hear_of_it(open_app, own):
    own()
    [told] = [piece.value for piece in open_app().markdown if "can open it" in piece.value]
    for who in ("of your unit", "whoever a recording is given to", "internal affairs", "trainers or oversight"):
        assert who in told


def test_news_is_told_in_words():
    assert debrief_markup.news_line(News()) == ""
    assert "praise" in debrief_markup.news_line(News(praise=2))
    assert debrief_markup.news_words(News(judged=1)) == ("1 mark judged since you answered to it",)
