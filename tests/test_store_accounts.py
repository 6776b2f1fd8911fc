"""Accounts, tries to sign in, saved filters and places, as the store keeps them on each database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from review.access import Viewer
from review.errors import WrongUse
from review.store import Filter, Sort, engine
from review.store.people import CLOSED_FOR, FAILED_TRIES, Particulars

pytestmark = pytest.mark.databases("sqlite", "postgresql")
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SAM = Viewer("sam", "Sam", "supervisor", "West")


@pytest.fixture
def book(new_store):
    with new_store().casebook(write=True) as book:
        book.accounts.add(SAM, at=AT, password="hash", temporary=True, totp="SECRET")
        yield book


def test_an_account_is_kept_changed_disabled_and_enabled(book):
    accounts = book.accounts
    assert accounts.any_real()
    sam = accounts.person("sam")
    assert (sam.name, sam.unit, sam.has_password, sam.has_totp, sam.demo, sam.made_at) == (
        "Sam", "West", True, True, False, AT,
    )  # fmt: skip
    assert (accounts.secrets("sam").password, accounts.secrets("sam").temporary) == ("hash", True)
    accounts.set_password("sam", "another", temporary=False)
    accounts.set_totp("sam", "")
    assert accounts.secrets("sam").password == "another"
    assert not accounts.person("sam").has_totp
    accounts.disable("sam", at=AT)
    assert (accounts.secrets("sam"), book.viewer("sam"), accounts.person("sam").disabled_at) == (None, None, AT)
    accounts.enable("sam")
    assert book.viewer("sam") == SAM
    with pytest.raises(WrongUse, match="already"):
        accounts.add(SAM, at=AT)


def test_what_is_said_of_an_account_is_changed_and_told_with_what_it_was(book):
    accounts = book.accounts
    told = accounts.set_particulars("sam", Particulars(role="officer", unit="", officer=" 4711 "))
    assert told == {
        "role": "officer", "role_was": "supervisor", "unit": "", "unit_was": "West", "officer": "4711",
        "officer_was": "",
    }  # fmt: skip
    assert book.viewer("sam") == Viewer("sam", "Sam", "officer", "", "4711")
    assert accounts.secrets("sam").password == "hash"
    assert accounts.set_particulars("sam", Particulars("Sam", "officer")) == {}
    assert accounts.set_particulars("sam", Particulars("Sam B.")) == {"name": "Sam B.", "name_was": "Sam"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Particulars(" "), "a name is text"),
        (Particulars(role="chief"), "is no role"),
        (Particulars(role="officer"), "needs the agency's id"),
        (Particulars(unit="x" * 81), "at most 80"),
    ],
)
def test_what_no_account_could_be_made_with_is_refused(book, given, words):
    with pytest.raises(WrongUse, match=words):
        book.accounts.set_particulars("sam", given)
    assert book.viewer("sam") == SAM


def test_demo_accounts_and_those_that_are_not_there_have_nothing_to_change(book):
    book.keep_demo(Viewer("demo.officer", "Demo", "officer", officer="4711"), at=AT)
    for user, words in (("demo.officer", "demo account"), ("nobody", "no account nobody")):
        with pytest.raises(WrongUse, match=words):
            book.accounts.set_particulars(user, Particulars(unit="East"))


def test_the_last_administrator_who_can_sign_in_keeps_the_role(book):
    accounts, leaves = book.accounts, Particulars(role="oversight")
    book.keep_demo(Viewer("demo.admin", "Demo", "admin"), at=AT)
    for user in ("ada", "bob"):
        accounts.add(Viewer(user, user.title(), "admin"), at=AT)
    accounts.disable("bob", at=AT)
    with pytest.raises(WrongUse, match="ada is the only administrator left"):
        accounts.set_particulars("ada", leaves)
    assert accounts.set_particulars("ada", Particulars("Ada A.", unit="East"))
    accounts.enable("bob")
    assert accounts.set_particulars("ada", leaves)["role"] == "oversight"
    with pytest.raises(WrongUse, match="bob is the only"):
        accounts.set_particulars("bob", leaves)


def test_the_last_administrator_who_can_sign_in_is_not_disabled(book):
    accounts = book.accounts
    book.keep_demo(Viewer("demo.admin", "Demo", "admin"), at=AT)
    for user in ("ada", "bob"):
        accounts.add(Viewer(user, user.title(), "admin"), at=AT)
    accounts.disable("bob", at=AT)
    accounts.disable("bob", at=AT)  # once more takes nobody away
    with pytest.raises(WrongUse, match="ada is the only administrator left"):
        accounts.disable("ada", at=AT)
    assert accounts.person("ada").disabled_at is None
    accounts.enable("bob")
    accounts.disable("ada", at=AT)


STEPS_DOWN = {
    "role": lambda accounts, user: accounts.set_particulars(user, Particulars(role="trainer")),
    "disabled": lambda accounts, user: accounts.disable(user, at=AT),
}


@pytest.mark.parametrize("how", STEPS_DOWN)
def test_two_administrators_cannot_step_down_at_the_same_time(new_store, how):
    store = new_store()
    with store.casebook(write=True) as book:
        for user in ("ada", "bob"):
            book.accounts.add(Viewer(user, user.title(), "admin"), at=AT)

    def step_down() -> None:
        with store.casebook(write=True) as book:
            STEPS_DOWN[how](book.accounts, "bob")

    with ThreadPoolExecutor(1) as elsewhere:
        with store.casebook(write=True) as book:
            STEPS_DOWN[how](book.accounts, "ada")
            other = elsewhere.submit(step_down)
            with pytest.raises(TimeoutError):  # it waits for what becomes of the first
                other.result(timeout=0.3)
        with pytest.raises(WrongUse, match="bob is the only"):
            other.result()


def test_demo_accounts_are_marked_and_have_no_secrets(book):
    demo = Viewer("demo.officer", "Demo", "officer", officer="4711")
    book.keep_demo(demo, at=AT)
    book.keep_demo(demo, at=AT)
    assert [(one.id, one.demo) for one in book.accounts.every()] == [("demo.officer", True), ("sam", False)]
    assert book.accounts.secrets("demo.officer") is None


def test_a_time_code_is_used_up_with_all_before_it(book):
    assert [book.accounts.use_step("sam", step) for step in (7, 7, 6, 8)] == [True, False, False, True]


def test_failed_tries_close_an_id_until_a_good_one_or_time_opens_it(book):
    accounts = book.accounts
    for who in ("sam", "nobody"):
        for number in range(FAILED_TRIES):
            assert accounts.closed_until(who, at=AT) is None
            accounts.tried(who, at=AT + timedelta(seconds=number), ok=False)
        last = AT + timedelta(seconds=FAILED_TRIES - 1)
        assert accounts.closed_until(who, at=last) == last + CLOSED_FOR
        assert accounts.closed_until(who, at=last + CLOSED_FOR) is None
        accounts.tried(who, at=last + CLOSED_FOR, ok=True)
        assert accounts.closed_until(who, at=last + CLOSED_FOR) is None


def test_tries_to_sign_in_are_only_ever_added(new_store):
    store = new_store()
    with store.casebook(write=True) as book:
        book.accounts.tried("sam", at=AT, ok=False)
    with engine.reading(store._engine) as connection, pytest.raises(DBAPIError, match="only ever added"):
        connection.exec_driver_sql("DELETE FROM sign_ins")


def test_filters_and_places_are_kept_for_each_person_and_replaced(shelved, new_store):
    store = new_store()
    with store.register(write=True) as register:
        register.save("sam", name="Long", wanted=Filter(shortest=30.0))
        register.save("sam", name="Long", wanted=Filter(shortest=40.0, sort=Sort.OLDEST))
        register.save("ina", name="Long", wanted=Filter())
        assert register.saved("sam") == {"Long": Filter(shortest=40.0, sort=Sort.OLDEST)}
        register.forget("sam", name="Long")
        assert (register.saved("sam"), register.saved("ina")) == ({}, {"Long": Filter()})
    with store.casebook(write=True) as book:
        for at in (1.0, 2.5):
            book.keep_place("sam", shelved.sha256, body={"at": at}, at=AT)
        assert book.place("sam", shelved.sha256) == {"at": 2.5}
        assert book.place("ina", shelved.sha256) == {}
