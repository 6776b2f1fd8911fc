"""Signing in as an agency does: with one's own account, and by the agency's own provider, on another site."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from playwright.sync_api import Page, expect

from review import credentials
from review.access import Viewer
from review.store import open_store
from review.web import oidc
from tests.conftest import serving
from tests.oidc_provider import Mock, running

pytestmark = pytest.mark.browser
MADE = datetime(2025, 3, 1, tzinfo=UTC)
HANDED_OVER, OWN = "4f1c-90ab-77de-01c2", "a quiet street at night"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SESSION = "bodycam_review_session"
PROVIDER = "County login"
ANSWERED = "Failed to load resource: the server responded with a status of 4"  # what a refused form is to a browser


@pytest.fixture(scope="module")
def provider() -> Iterator[Mock]:
    """The agency's own sign-in; by this name of the machine it is another site than the program's."""
    with running("localhost") as mock:
        yield mock


@pytest.fixture(scope="module")
def server(provider: Mock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The app with accounts: one not set up yet, some that are, one that signs in at the provider."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "secret").write_text("hush\n")
    (folder / "oidc.toml").write_text(
        f'issuer = "{provider.base}"\nclient_id = "client-1"\nname = "{PROVIDER}"\nsecret_file = "{folder}/secret"\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(oidc.VARIABLE, str(folder / "oidc.toml"))
        for served in serving(folder):
            with open_store(folder / "review.db") as store, store.casebook(write=True) as book:
                given, own = credentials.hashed(HANDED_OVER), credentials.hashed(OWN)
                book.accounts.add(Viewer("new", "New", "supervisor"), at=MADE, password=given, temporary=True)
                for user in ("ada", "bea"):  # one for each test: a code works once
                    book.accounts.add(Viewer(user, user.title(), "supervisor"), at=MADE, password=own, totp=SECRET)
                book.accounts.add(Viewer("sam", "Sam", "supervisor"), at=MADE)
            yield served


@pytest.fixture
def profile(own_profile: Any) -> Any:
    """Another one for each test, since some turn the clock."""
    return own_profile


@pytest.fixture(scope="module")
def shelved(server: Any, shelve_into: Callable[..., Any]) -> Any:
    return shelve_into(server.folder)


@pytest.fixture
def code() -> Callable[..., str]:
    """The codes that an app shows one after the other, since each works once; the server takes the next one, too."""
    began = int(time.time()) // credentials.STEP_SECONDS
    steps = iter(range(began, began + 2))

    def shown(secret: str = SECRET) -> str:
        return pyotp.TOTP(secret).generate_otp(next(steps))

    return shown


def enter(page: Page, user: str, password: str, code: str = "") -> None:
    """What a person types on the sign-in page."""
    page.get_by_label("Your id").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()


def signed_in(window: Any, name: str) -> None:
    """Wait for where a supervisor begins."""
    window.page.get_by_role("heading", name="Today").wait_for()
    window.page.get_by_text(f"Signed in as {name}").wait_for()
    window.settled()


def choose(page: Page, first: str, again: str, code: str) -> None:
    """Fill in what a new account has to set up."""
    page.get_by_label("New password at least").fill(first)
    page.get_by_label("New password once more").fill(again)
    page.get_by_label("Code that the app shows now").fill(code)
    page.get_by_role("button", name="Go on").click()


def fall_idle(page: Page) -> Any:
    """Leave the window alone until it locks; returns the lock."""
    page.clock.fast_forward("16:00")
    page.clock.run_for(6000)
    lock = page.get_by_role("dialog", name="Locked")
    lock.wait_for()
    return lock


def status(page: Page) -> int:
    found: int = page.evaluate("fetch('/api/nothing').then((answer) => answer.status)")
    return found


def deeds(server: Any, user: str) -> list[tuple[str, str]]:
    """What stands in the log about this person's way in and out, the oldest first."""
    about = {"sign_in", "sign_out", "lock", "unlock", "set_up"}
    with open_store(server.folder / "review.db") as store, store.casebook() as book:
        told = [(one.action, one.outcome) for one in book.logged(person=user, limit=1000)]
    return [one for one in told[::-1] if one[0] in about]


def quiet(window: Any) -> bool:
    """Whether the browser complained of nothing but of forms that were refused on purpose."""
    return [one for one in window.errors if not one.startswith(ANSWERED)] == []


def test_a_new_account_sets_its_own_password_and_its_codes_and_signs_in_with_them(
    window, server, look, code, eventually
):
    page = window.page
    page.goto(window.base)
    enter(page, "new", "not what was handed over")
    page.get_by_role("alert").wait_for()
    look("signing in, refused")
    enter(page, "new", HANDED_OVER)
    page.get_by_role("heading", name="Before you start").wait_for()
    look("setting up")
    picture = page.get_by_role("img", name="QR code for the authenticator app")
    eventually(page, lambda: picture.evaluate("image => image.complete && image.naturalWidth > 0"), bool)
    secret = page.locator("code").inner_text().replace(" ", "")
    expect(picture).to_have_attribute("src", credentials.as_picture(credentials.enrolment(secret, "new")))
    choose(page, OWN, "an even quieter street", "000000")
    page.get_by_role("alert").filter(has_text="The two passwords differ.").wait_for()
    look("setting up, refused")
    assert page.locator("code").inner_text().replace(" ", "") == secret
    choose(page, OWN, OWN, code(secret))
    signed_in(window, "New")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Body-camera review").wait_for()
    enter(page, "new", HANDED_OVER, "000000")
    page.get_by_role("alert").wait_for()
    enter(page, "new", OWN, code(secret))
    signed_in(window, "New")
    assert quiet(window), window.errors
    assert window.elsewhere == []
    assert deeds(server, "new") == [
        ("sign_in", "refused"), ("set_up", "done"), ("sign_in", "done"), ("sign_out", "done"), ("sign_in", "refused"),
        ("sign_in", "done"),
    ]  # fmt: skip


def test_the_lock_takes_password_and_code_goes_on_where_it_was_and_lets_out(
    window, server, shelved, look, code, eventually
):
    page = window.page
    page.clock.install()
    page.goto(f"{window.base}/listen?recording={shelved.sha256}")
    enter(page, "ada", OWN, code())
    page.get_by_text("Why are you opening this recording?").wait_for()
    expect(page).to_have_url(f"{window.base}/listen?recording={shelved.sha256}")
    window.listen(shelved.sha256)
    window.settled()
    window.watched()
    lock = fall_idle(page)
    eventually(page, lambda: status(page), lambda found: found == 423)
    expect(page.locator(".word").first).to_be_hidden()
    password = lock.get_by_label("Password")
    expect(password).to_be_focused()
    look("locked")
    password.fill(OWN)
    lock.get_by_label("Code from your authenticator app").fill("000000")
    page.keyboard.press("Enter")
    lock.get_by_role("alert").filter(has_text="That did not work.").wait_for()
    for field in lock.locator("input").all():
        expect(field).to_have_value("")
    look("locked, refused")
    page.keyboard.type(OWN)
    lock.get_by_label("Code from your authenticator app").fill(code())
    lock.get_by_role("button", name="Unlock").click()
    page.locator(".word").first.wait_for()
    expect(lock).to_have_count(0)
    eventually(page, lambda: status(page), lambda found: found == 404)
    fall_idle(page).get_by_role("button", name="Sign out").click()
    page.get_by_label("Your id").wait_for()
    page.go_back()
    page.get_by_label("Your id").wait_for()
    expect(page.locator(".word")).to_have_count(0)
    assert quiet(window), window.errors
    assert deeds(server, "ada") == [
        ("sign_in", "done"), ("lock", "done"), ("unlock", "refused"), ("unlock", "done"), ("lock", "done"),
        ("sign_out", "done"),
    ]  # fmt: skip


def test_a_locked_page_that_is_loaded_anew_takes_password_and_code_too(window, server, look, code):
    page = window.page
    page.goto(window.base)
    enter(page, "bea", OWN, code())
    signed_in(window, "Bea")
    assert window.context.request.post(f"{window.base}/lock", headers={"origin": window.base}).ok
    page.goto(f"{window.base}/method")
    page.get_by_role("heading", name="Locked").wait_for()
    look("unlocking")
    page.get_by_label("Password").fill(OWN)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Unlock").click()
    page.get_by_role("alert").wait_for()
    look("unlocking, refused")
    page.get_by_label("Password").fill(OWN)
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Unlock").click()
    page.get_by_role("heading", name="Method").wait_for()
    expect(page).to_have_url(f"{window.base}/method")


def at_the_provider(window: Any, provider: Mock) -> dict[str, str]:
    """Wait for the provider's page; returns what the program asks of it."""
    window.page.get_by_role("button", name="I am Sam").wait_for()
    at = urlsplit(window.page.url)
    assert f"{at.scheme}://{at.netloc}" == provider.base
    return {name: values[0] for name, values in parse_qs(at.query).items()}


def cookies(window: Any) -> dict[str, tuple[str, bool, str]]:
    """The cookies of the program: to which sites, out of reach of scripts, for which addresses."""
    kept = window.context.cookies()
    return {one["name"]: (one["sameSite"], one["httpOnly"], one["path"]) for one in kept}


def token(window: Any) -> str:
    return next(str(one["value"]) for one in window.context.cookies() if one["name"] == SESSION)


def come_back(window: Any) -> list[str]:
    """Say at the provider who one is; returns from where the browser says that it came back."""
    came: list[str] = []
    window.page.on(
        "response",
        lambda answer: (
            came.append(answer.request.all_headers()["sec-fetch-site"]) if "/oidc/back" in answer.url else None
        ),
    )
    window.page.get_by_role("button", name="I am Sam").click()
    return came


def by_provider(window: Any, provider: Mock, path: str) -> None:
    """Sign in at the provider, on the way to a page."""
    window.page.goto(f"{window.base}{path}")
    window.page.get_by_role("link", name=f"Sign in with {PROVIDER}").click()
    at_the_provider(window, provider)
    window.page.get_by_role("button", name="I am Sam").click()


def test_the_way_to_another_site_and_back_ends_on_the_page_that_was_wanted(
    window, server, provider, shelved, look, eventually
):
    page = window.page
    page.goto(f"{window.base}/listen?recording={shelved.sha256}")
    look("signing in, elsewhere too")
    page.get_by_role("link", name=f"Sign in with {PROVIDER}").click()
    assert "prompt" not in at_the_provider(window, provider)
    assert cookies(window) == {oidc.COOKIE: ("Lax", True, "/oidc/back")}
    went_on: list[str] = []

    def stop(route: Any) -> None:  # so that the page in between stays long enough to be looked at
        went_on.append(route.request.url)
        route.abort("aborted")

    page.route("**/listen?*", stop)
    came = come_back(window)
    eventually(page, lambda: went_on, bool)
    page.get_by_text("Signed in. One moment.").wait_for()
    look("on the way back")
    assert went_on == [f"{window.base}/listen?recording={shelved.sha256}"]
    assert came == ["cross-site"]
    assert cookies(window) == {SESSION: ("Strict", True, "/")}
    page.unroute("**/listen?*")
    page.goto(went_on[0])
    page.get_by_text("Why are you opening this recording?").wait_for()
    page.get_by_text("Signed in as Sam").wait_for()
    assert quiet(window), window.errors
    assert deeds(server, "sam")[-1:] == [("sign_in", "done")]


def test_somebody_who_has_no_account_here_is_told_so_on_the_way_back(window, provider, look, eventually):
    provider.vouched = {"preferred_username": "nobody"}
    try:
        by_provider(window, provider, "/")
        window.page.get_by_role("heading", name="Not signed in").wait_for()
    finally:
        provider.vouched = {}
    look("not signed in")
    window.page.get_by_role("link", name="Back to the sign-in page").click()
    window.page.get_by_role("link", name=f"Sign in with {PROVIDER}").wait_for()
    assert cookies(window).get(SESSION) is None


def test_signing_in_again_unlocks_the_same_session_and_goes_on_where_it_was(
    window, server, provider, shelved, look, eventually
):
    page = window.page
    page.clock.install()
    by_provider(window, provider, f"/listen?recording={shelved.sha256}")
    page.get_by_text("Why are you opening this recording?").wait_for()
    window.listen(shelved.sha256)
    window.settled()
    window.watched()
    before = token(window)
    lock = fall_idle(page)
    eventually(page, lambda: status(page), lambda found: found == 423)
    expect(lock.locator("input")).to_have_count(0)
    look("locked, by another's sign-in")
    lock.get_by_role("button", name="Sign in again").click()
    asked = at_the_provider(window, provider)
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    page.go_back()
    page.get_by_role("heading", name="Locked").wait_for()  # as whoever comes back without an answer finds it
    look("unlocking, by another's sign-in")
    page.get_by_role("link", name="Sign in again to unlock").click()
    at_the_provider(window, provider)
    came = come_back(window)
    page.locator(".word").first.wait_for()  # nobody is asked anew for a purpose
    assert came == ["cross-site"]
    expect(page).to_have_url(f"{window.base}/listen?recording={shelved.sha256}")
    assert token(window) == before
    assert status(page) == 404
    assert deeds(server, "sam")[-3:] == [("sign_in", "done"), ("lock", "done"), ("unlock", "done")]
    assert quiet(window), window.errors
