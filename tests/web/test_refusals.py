"""What the gate refuses is logged, and a flood of it fills no disk; and the log as CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from review.access import Viewer
from review.store import open_store
from review.web import headers
from review.web.allowance import MOST_KEYS, Allowance
from review.web.refusals import Refusals

ORIGIN = {"origin": "http://127.0.0.1:8501"}


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "review.db") as store:
        yield store


def logged(store):
    with store.casebook() as book:
        return list(reversed(book.logged(action="request")))


def test_refusals_are_logged_with_what_was_asked_for_and_from_where(serve, store):
    refusals = Refusals(lambda: store)
    served = serve(refused=refusals.note)
    served.client.get(f"/api/recordings/{'0' * 64}/media")
    served.client.get("/sign-in", headers={"host": "evil.example"})
    served.sign_in()
    served.client.post("/sign-out", headers={"origin": "https://evil.example"})
    refusals.close()
    anonymous, host, origin = logged(store)
    assert (anonymous.person, anonymous.outcome, anonymous.source) == ("", "refused", "127.0.0.1")
    assert anonymous.details == {"path": f"/api/recordings/{'0' * 64}/media", "why": "Sign in first."}
    assert "not served here" in host.details["why"]
    assert (origin.person, origin.role) == ("demo.supervisor", "supervisor")
    assert "another site" in origin.details["why"]


def test_the_same_refusal_again_is_counted_and_told_with_the_next(store):
    clock = [0.0]
    refusals = Refusals(lambda: store, clock=lambda: clock[0])
    for _ in range(1000):
        refusals.note("Sign in first.", path="/api/x", source="192.0.2.7")
    clock[0] += 601
    refusals.note("Sign in first.", path="/api/x", source="192.0.2.7")
    refusals.close()
    first, second = logged(store)
    assert "same_before" not in first.details
    assert second.details["same_before"] == 999


def test_a_flood_from_many_places_writes_sixty_entries_a_minute_and_counts_the_rest(store):
    clock = [0.0]
    refusals = Refusals(lambda: store, clock=lambda: clock[0])
    for number in range(500):
        refusals.note("Sign in first.", path="/api/x", source=f"192.0.2.{number}")
    clock[0] += 61
    refusals.note("Sign in first.", path="/api/x", source="198.51.100.1")
    refusals.close()
    entries = logged(store)
    assert len(entries) == 61
    assert entries[-1].details["others"] == 440


def test_an_allowance_forgets_the_oldest_keys_before_it_fills_the_memory():
    allowance = Allowance(1, 60.0)
    for number in range(MOST_KEYS + 100):
        assert allowance.spend(number)
    assert len(allowance._since) == MOST_KEYS


def test_the_log_is_saved_as_csv_with_its_filters_by_those_who_may_read_it(serve, store):
    served = serve()
    served.sign_in()
    assert served.client.get("/api/audit.csv").status_code == 403
    served.sign_in("demo.oversight")
    answer = served.client.get("/api/audit.csv", params={"person": "demo.supervisor", "since": "2025-01-01"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["person"] for row in rows} == {"demo.supervisor"}
    assert [row["action"] for row in rows if row["outcome"] == "refused"] == ["export_audit"]
    with store.casebook() as book:
        assert book.logged(action="export_audit")[0].details == {
            "asked": "person demo.supervisor, since 2025-01-01 00:00:00+00:00"
        }
    assert served.client.get("/api/audit.csv", params={"until": "yesterday"}).status_code == 400


def test_a_day_holds_to_its_last_moment(serve, store):
    served = serve()
    with store.casebook(write=True) as book:
        book.keep_demo(Viewer("demo.admin", "Demo", "admin"), at=datetime.now(UTC))
    served.sign_in("demo.admin")
    today = datetime.fromtimestamp(served.clock.now, UTC).date().isoformat()
    wanted = {"since": today, "until": today, "action": "sign_in"}
    assert len(served.client.get("/api/audit.csv", params=wanted).text.splitlines()) == 2


def test_the_policy_of_pages_names_each_inline_script_that_streamlit_serves():
    policy = headers.page_policy()
    assert policy.count("'sha256-") >= 1
    assert "script-src 'self' 'wasm-unsafe-eval' 'sha256-" in policy
    assert "'unsafe-inline'" not in policy.partition("style-src")[0]
