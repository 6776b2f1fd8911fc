"""The library at a desk: what its filters find, who may ask what, and that its counts are the true ones."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from review.access import Rules, Viewer
from review.casework import Act, Kind
from review.desk import Desk, figures, library
from review.encounter import Answer, Status, Verdict
from review.errors import Refused
from review.policy import built_in
from review.store import Filter, Sort, State
from review.store.filters import from_json, to_json
from review.store.serious import SERIOUS, WITHOUT, is_serious

pytestmark = pytest.mark.databases("sqlite", "postgresql")
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SUPERVISOR = Viewer("sam", "Sam", "supervisor", "West", officer="o9")
AFFAIRS = Viewer("ina", "Ina", "internal_affairs")
OFFICER = Viewer("olli", "Olli", "officer", "West", officer="o1")
numbers = count(1)


@pytest.fixture
def store(shelved, new_store):
    kept = new_store()
    with kept.casebook(write=True) as book:
        for viewer in (SUPERVISOR, AFFAIRS, OFFICER):
            book.keep_demo(viewer, at=AT)
        book.set_whose(shelved.sha256, wearer="o1", unit="West")
    return kept


def at(store, viewer=SUPERVISOR) -> Desk:
    return Desk(store, replace(viewer, session="s"), clock=lambda: AT)


def another(store, shelved, number, *, behaviours=None, wearer="o1", unit="West", **recording):
    """One more recording, like the shelved one but for what is told."""
    base = shelved.encounter
    kept = [flag for flag in base.flags if behaviours is None or flag.behaviour in behaviours]
    more = [replace(kept[0] if kept else base.flags[0], behaviour=name) for name in behaviours or () if name not in
            {flag.behaviour for flag in base.flags}]  # fmt: skip
    marks = tuple(replace(flag, id=f"{number}-{place}") for place, flag in enumerate([*kept, *more]))
    what = replace(base.recording, sha256=f"{number:064x}", name=f"{number}.wav", **recording)
    store.add(replace(base, recording=what, flags=marks), shelved.media, at=AT)
    with store.casebook(write=True) as book:
        book.set_whose(what.sha256, wearer=wearer, unit=unit)
    return what.sha256


def say(store, sha256, flag, answer=Answer.AGREE, *, who="sam", role="supervisor"):
    number = next(numbers)
    store.record([Verdict(f"v:{number}", sha256, flag, answer, who, role, AT + timedelta(seconds=number))])


def act(store, sha256, kind, about="", **body):
    name = f"00000000-0000-0000-0000-000000000000:{next(numbers)}"
    with store.casebook(write=True) as book:
        book.act(Act(name, sha256, kind, about, body, "sam", "supervisor", AT))
    return name


def found(desk, **wanted):
    return {row.entry.sha256 for row in library.look(desk, Filter(**wanted), limit=50).rows}


def test_a_row_tells_how_much_is_judged_and_how_far_the_review_is(shelved, store):
    desk = at(store)
    [row] = library.look(desk, Filter(), limit=5).rows
    assert (row.state, row.marks, row.judged, row.unit, row.held) == (State.NOT_BEGUN, 6, 0, "West", False)
    say(store, shelved.sha256, "flag-1")
    [row] = library.look(desk, Filter(), limit=5).rows
    assert (row.state, row.judged) == (State.BEGUN, 1)
    act(store, shelved.sha256, Kind.SIGN_OFF)
    assert library.look(desk, Filter(), limit=5).rows[0].state == State.SIGNED
    act(store, shelved.sha256, Kind.REOPEN, why="more to hear")
    assert library.look(desk, Filter(), limit=5).rows[0].state == State.BEGUN


def test_each_filter_finds_what_it_says_and_nothing_else(shelved, store):
    desk, base = at(store), shelved.sha256
    bias = another(store, shelved, 1, behaviours=("bias_remark",), seconds=3000.0)
    stop = another(store, shelved, 2, behaviours=("order",), recorded_at=datetime(2026, 1, 5, 23, 30, tzinfo=UTC))
    assert found(desk) == {base, bias, stop}
    assert found(desk, behaviours=("order",)) == {base, stop}
    assert found(desk, behaviours=("order", "ultimatum")) == {base}
    assert found(desk, behaviours=("order",), verified=True) == set()
    say(store, stop, "2-0")
    assert found(desk, behaviours=("order",), verified=True) == {stop}
    assert found(desk, unread=True) == {base, bias}
    assert found(desk, serious=True) == {bias}
    assert found(desk, without_reason=True) == {stop}
    assert found(desk, shortest=40.0) == {bias}
    assert found(desk, longest=5.0) == {base, stop}
    assert found(desk, since=date(2026, 1, 5), until=date(2026, 1, 5)) == {stop}
    assert found(desk, until=date(2025, 12, 31)) == {base, bias}
    assert found(desk, language="en") == {base, bias, stop}
    assert found(desk, language="es") == set()
    assert found(desk, state=State.UNSIGNED) == {base, bias, stop}
    assert found(desk, state=State.BEGUN) == {stop}


def test_a_reason_that_is_only_unsure_is_a_reason_heard(shelved, store):
    unsure = replace(shelved.encounter.flags[0], behaviour="reason_for_stop", status=Status.UNSURE, id="r")
    order = replace(shelved.encounter.flags[-1], id="o")
    what = replace(shelved.encounter.recording, sha256="a" * 64)
    store.add(replace(shelved.encounter, recording=what, flags=(unsure, order)), shelved.media, at=AT)
    assert "a" * 64 not in found(at(store, AFFAIRS), without_reason=True)


def test_force_is_serious_only_where_no_aid_was_marked(shelved, store):
    bare = another(store, shelved, 1, behaviours=("force",))
    another(store, shelved, 2, behaviours=("force", "medical_aid"))
    assert found(at(store), serious=True) == {bare}
    say(store, bare, "1-0", Answer.DISAGREE)
    assert found(at(store), serious=True) == set()


def test_an_unsure_mark_of_aid_takes_no_complaint_off_the_list(shelved, store):
    complaint, aid = (
        replace(shelved.encounter.flags[0], id=f"7-{name}", behaviour=name, status=Status.FLAGGED)
        for name in ("medical_complaint", "medical_aid")
    )
    for number, status, listed in ((7, Status.UNSURE, True), (8, Status.FLAGGED, False)):
        what = replace(shelved.encounter.recording, sha256=f"{number:064x}", name=f"{number}.wav")
        marks = (replace(complaint, id=f"{number}-c"), replace(aid, id=f"{number}-a", status=status))
        store.add(replace(shelved.encounter, recording=what, flags=marks), shelved.media, at=AT)
        with store.casebook(write=True) as book:
            book.set_whose(what.sha256, wearer="o1", unit="West")
        assert (what.sha256 in found(at(store), serious=True)) is listed


def test_every_serious_behaviour_is_one_of_the_codebook():
    from review.behaviours import CATALOGUE

    assert SERIOUS.keys() <= CATALOGUE.keys()


@pytest.mark.parametrize("aid", [None, Status.UNSURE, Status.FLAGGED])
@pytest.mark.parametrize("behaviour", [*SERIOUS, "order"])
def test_filter_backlog_and_queue_agree_on_which_marks_are_serious(shelved, store, behaviour, aid):
    mark = replace(shelved.encounter.flags[0], id="m", behaviour=behaviour)
    marks = (mark, *([replace(mark, id="a", behaviour="medical_aid", status=aid)] if aid else []))
    what = replace(shelved.encounter.recording, sha256="a" * 64)
    store.add(replace(shelved.encounter, recording=what, flags=marks), shelved.media, at=AT)
    desk = at(store, AFFAIRS)
    serious = is_serious(mark, marks)
    assert serious is (behaviour in SERIOUS and not (behaviour in WITHOUT and aid is Status.FLAGGED))
    assert ("a" * 64 in found(desk, serious=True)) is serious
    waiting = figures.unit(desk, figures.Period()).backlog
    assert [one.behaviour for one in waiting] == ([behaviour] if serious else [])
    assert library.how_many(desk, Filter(serious=True)) == int(serious)


def test_a_behaviour_that_the_policy_hides_is_neither_found_nor_counted(shelved, store, monkeypatch):
    policy = replace(built_in(), hidden=frozenset(flag.behaviour for flag in shelved.encounter.flags))
    monkeypatch.setattr(Desk, "policy", property(lambda self: policy))
    desk = at(store)
    assert found(desk, behaviours=("order",)) == set()
    assert found(desk, unread=True) == set()
    [row] = library.look(desk, Filter(), limit=5).rows
    assert (row.marks, row.entry.counts) == (0, {})


def test_that_a_recording_is_held_is_not_told_to_who_appears_in_it(shelved, store):
    act(store, shelved.sha256, Kind.REFER, why="look")
    assert found(at(store, AFFAIRS), held=True) == {shelved.sha256}
    with store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="o1", unit="West", others=["o9"])
    assert found(at(store), held=True) == set()
    assert not library.look(at(store), Filter(), limit=5).rows[0].held
    assert not library.look(at(store, OFFICER), Filter(), limit=5).rows[0].held


# Recordings in which the one who asks appears

SAYING_NOTHING = [
    {"unread": True},
    {"serious": True},
    {"without_reason": True},
    {"direction": "event"},
    {"behaviours": ("bias_remark",)},
    {"behaviours": ("order",), "verified": True},
]


@pytest.fixture
def worn(shelved, store):
    """One more recording, in which Sam of West (a supervisor) and Ina (internal affairs) appear."""
    worn = another(store, shelved, 1, behaviours=("bias_remark", "order"), wearer="o9")
    say(store, worn, "1-0")
    with store.casebook(write=True) as book:
        book.set_whose(worn, wearer="o9", unit="West", others=["o8"])
    return worn


@pytest.mark.parametrize("viewer", [SUPERVISOR, replace(AFFAIRS, officer="o8"), replace(AFFAIRS, officer="o9")])
def test_whoever_appears_in_a_recording_is_told_no_count_of_it_before_the_statement(store, worn, viewer):
    def its_row():
        [row] = [one for one in library.look(at(store, viewer), Filter(), limit=9).rows if one.entry.sha256 == worn]
        [entry] = [one for one in library.page(at(store, viewer), limit=9) if one.sha256 == worn]
        return row, entry

    row, entry = its_row()
    assert (row.marks, row.judged, row.others, row.entry.counts, entry.counts) == (0, 0, 0, {}, {})
    assert row.entry.closed
    assert entry.closed
    act(store, worn, Kind.STATEMENT_DONE)
    row, entry = its_row()
    assert row.marks == 2
    assert row.entry.counts == entry.counts != {}
    assert not row.entry.closed


@pytest.mark.parametrize("wanted", SAYING_NOTHING)
def test_no_filter_by_marks_tells_of_ones_own_recording_before_the_statement(store, worn, wanted):
    if wanted.get("verified"):
        say(store, worn, "1-1")
    both = (at(store), at(store, replace(AFFAIRS, officer="o8")))
    assert all(worn not in found(desk, **wanted) for desk in both)
    assert worn in found(at(store, AFFAIRS), **wanted)
    act(store, worn, Kind.STATEMENT_DONE)
    assert all(worn in found(desk, **wanted) for desk in both)


def test_the_order_by_unread_marks_tells_nothing_of_ones_own_recording_before_the_statement(shelved, store):
    most = another(store, shelved, 2, wearer="o9")
    few = another(store, shelved, 3, behaviours=("order",))
    first = [row.entry.sha256 for row in library.look(at(store), Filter(sort=Sort.MOST_UNREAD), limit=9).rows]
    assert first == [shelved.sha256, few, most]


def test_where_the_policy_waits_for_no_statement_ones_own_counts_are_told(store, worn, monkeypatch):
    policy = replace(built_in(), access=Rules(debrief_after_statement=False))
    monkeypatch.setattr(Desk, "policy", property(lambda self: policy))
    assert worn in found(at(store), serious=True)


def test_ones_own_recordings_can_be_left_out_statement_or_not(shelved, store, worn):
    assert found(at(store)) == {shelved.sha256, worn}
    for _ in range(2):
        assert found(at(store), not_own=True) == {shelved.sha256}
        act(store, worn, Kind.STATEMENT_DONE)
    assert found(at(store, AFFAIRS), not_own=True) == {shelved.sha256, worn}


def test_each_person_finds_only_what_is_within_reach(shelved, store):
    east = another(store, shelved, 1, unit="East", wearer="o2")
    assert found(at(store)) == {shelved.sha256}
    assert found(at(store), unit="East") == set()
    assert found(at(store, AFFAIRS)) == {shelved.sha256, east}
    assert found(at(store, OFFICER)) == {shelved.sha256}
    assert found(at(store, Viewer("t", "T", "trainer"))) == set()


def test_only_where_the_policy_allows_it_a_supervisor_lists_by_officer(shelved, store, monkeypatch):
    with pytest.raises(Refused, match="by officer"):
        found(at(store), officer="o1")
    with pytest.raises(Refused, match="by officer"):
        library.searched(at(store), "shouting", Filter(officer="o1"), limit=5)
    assert library.officers(at(store)) == ()
    assert found(at(store, AFFAIRS), officer="o1") == {shelved.sha256}
    with store.casebook() as book:
        [done, *refused] = book.logged(action="search")
    assert (done.outcome, [one.outcome for one in refused]) == ("done", ["refused", "refused"])
    allowed = replace(built_in(), officer_search=True)
    monkeypatch.setattr(Desk, "policy", property(lambda self: allowed))
    assert found(at(store), officer="o1") == {shelved.sha256}
    assert library.officers(at(store)) == ("o1", "o9")


def test_nothing_sorts_by_officer():
    assert {one.value for one in Sort} == {"newest", "oldest", "longest", "most_unread"}


@pytest.mark.parametrize(("sort", "order"), [(Sort.NEWEST, "201"), (Sort.OLDEST, "102"), (Sort.LONGEST, "021")])
def test_pages_come_in_the_order_asked_for_and_repeat_nothing(shelved, store, sort, order):
    which = {shelved.sha256: "0"}
    which[another(store, shelved, 1, recorded_at=datetime(2024, 1, 1, tzinfo=UTC), seconds=1.0)] = "1"
    which[another(store, shelved, 2, recorded_at=datetime(2026, 1, 1, tzinfo=UTC), seconds=2.0)] = "2"
    pages = [library.look(at(store), Filter(sort=sort), limit=1, offset=place) for place in range(3)]
    assert "".join(which[page.rows[0].entry.sha256] for page in pages) == order
    assert {page.total for page in pages} == {3}
    assert library.look(at(store), Filter(sort=sort), limit=2, offset=8).rows, "a page that is gone is the last one"


def test_a_search_keeps_to_the_filter_and_tells_how_often(shelved, store):
    another(store, shelved, 1, seconds=3000.0)
    whole = library.searched(at(store), "shouting", Filter(), limit=1)
    assert (whole.places, whole.recordings, len(whole.hits), whole.cut) == (2, 2, 1, False)
    within = library.searched(at(store), "shouting", Filter(shortest=40.0), limit=9)
    assert (within.places, [hit.sha256 for hit in within.hits]) == (1, [f"{1:064x}"])


def test_words_of_a_recording_in_which_one_appears_are_not_found_before_the_statement(shelved, store):
    with store.casebook(write=True) as book:
        book.set_whose(shelved.sha256, wearer="o1", unit="West", others=["o9"])
    assert library.searched(at(store), "shouting", Filter(), limit=5).places == 0
    act(store, shelved.sha256, Kind.STATEMENT_DONE)
    assert library.searched(at(store), "shouting", Filter(), limit=5).places == 1


def test_a_filter_comes_back_as_it_was_kept():
    wanted = Filter(since=date(2026, 1, 2), unit="", behaviours=("order", "force"), shortest=2.5, sort=Sort.OLDEST)
    assert from_json(to_json(wanted)) == wanted
    assert to_json(Filter()) == "{}"
    assert from_json('{"of a newer version": 1}') == Filter()


def test_each_person_keeps_filters_of_their_own(store):
    library.save(at(store), "  Long  ones ", Filter(shortest=30.0))
    library.save(at(store), "Long ones", Filter(shortest=40.0))
    assert library.saved(at(store)) == {"Long ones": Filter(shortest=40.0)}
    assert library.saved(at(store, AFFAIRS)) == {}
    library.forget(at(store), "Long ones")
    assert library.saved(at(store)) == {}
    for name in ("", "Assigned to me"):
        with pytest.raises(Refused):
            library.save(at(store), name, Filter())


def test_work_is_given_out_on_record_and_what_is_refused_stops_nothing_else(shelved, store):
    own = another(store, shelved, 1, wearer="o9")
    east = another(store, shelved, 2, unit="East", wearer="o2")
    outcome = library.share_out(at(store), [shelved.sha256, own, east], to="sam", what="review", due=date(2026, 2, 1))
    assert outcome.done == (shelved.sha256,)
    assert [name for name, _ in outcome.refused] == ["1.wav", "2.wav"]
    assert "appears" in outcome.refused[0][1]
    assert "another unit" in outcome.refused[1][1]
    assert found(at(store), mine=True) == {shelved.sha256} == found(at(store), overdue=True)
    [again] = library.share_out(at(store), [shelved.sha256], to="sam", what="review", due=None).refused
    assert "already" in again[1]
    [row] = [row for row in library.look(at(store), Filter(), limit=9).rows if row.work]
    assert [(work.name, work.what, work.due) for work in row.work] == [("Sam", "review", date(2026, 2, 1))]
    act(store, shelved.sha256, Kind.SIGN_OFF)
    assert found(at(store), mine=True) == set() == found(at(store), overdue=True)


def test_work_that_was_taken_back_is_nobodys(shelved, store):
    library.share_out(at(store), [shelved.sha256], to="sam", what="review", due=None)
    with store.casebook() as book:
        [given] = [one for one in book.acts(shelved.sha256) if one.kind is Kind.ASSIGN]
    act(store, shelved.sha256, Kind.UNASSIGN, about=given.id)
    assert found(at(store), mine=True) == set()


@pytest.mark.parametrize(("to", "what", "why"), [("olli", "review", "appears"), ("ina", "coaching", "not for this"),
                                                 ("nobody", "review", "does not exist")])  # fmt: skip
def test_work_goes_only_to_whom_it_can_be_given(shelved, store, to, what, why):
    [(_, told)] = library.share_out(at(store, AFFAIRS), [shelved.sha256], to=to, what=what, due=None).refused
    assert why in told


def test_the_ready_made_filters_have_names_of_their_own():
    names = [ready.name for ready in library.READY]
    assert len(set(names)) == len(names) == 4
    assert not any(ready.wanted.empty for ready in library.READY)


def test_a_page_takes_the_same_queries_however_long_it_is(shelved, store):
    from sqlalchemy import event

    said = []
    event.listen(store._engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    library.look(at(store), Filter(), limit=25)
    short = len(said)
    for number in range(1, 8):
        another(store, shelved, number)
        act(store, f"{number:064x}", Kind.ASSIGN, about="sam", what="review", due=None)
    said.clear()
    assert len(library.look(at(store), Filter(), limit=25).rows) == 8
    assert len(said) == short
