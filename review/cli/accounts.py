"""The commands about accounts: who may sign in to the app, as what."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer

from review import credentials
from review.access import Viewer, ViewerRole
from review.cli.console import put, put_json, say, show_table
from review.cli.root import AsJson, Database, app
from review.cli.who import command_line
from review.desk import codes, people
from review.errors import WrongUse
from review.pipeline import now
from review.store import AuditEntry, Casebook, Particulars, Person, open_store

users = typer.Typer(help="Accounts: who may sign in to the app, as what.", no_args_is_help=True)
app.add_typer(users, name="users")

Id = Annotated[str, typer.Argument(metavar="ID", help="What the person signs in with, such as j.doe.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")]


@users.command()
def add(
    user: Id,
    name: Annotated[str, typer.Option(help="The person's name, as others see it.")],
    role: Annotated[ViewerRole, typer.Option(help="What the person is there for.")],
    unit: Annotated[str, typer.Option(help="Supervisors see the recordings of their own unit.")] = "",
    officer: Annotated[str, typer.Option(help="The agency's id of one who wears a camera or can appear.")] = "",
    oidc: Annotated[bool, typer.Option("--oidc", help="Signs in with the agency's own sign-in; no password.")] = False,
    later: Annotated[bool, typer.Option("--totp-later", help="The code app is set up at the first sign-in.")] = False,
    temporary: Annotated[bool, typer.Option("--temporary", help="It is changed at the first sign-in.")] = False,
    password_stdin: FromStdin = False,
    db: Database = None,
) -> None:
    """Make an account, and print what its code app needs.

    Example: `bodycam-review users add j.doe --name "J. Doe" --role supervisor --unit north`
    """
    user = user.strip().lower()
    viewer = Viewer(user, name, role.value, unit, officer)
    kept = "" if oidc else credentials.hashed(_new_password(password_stdin), user=user)
    secret = "" if oidc or later else credentials.new_secret()
    with _changing(db, "add_account", user, role=role.value, unit=unit) as book:
        totp = codes.sealed(book, secret, user=user) if secret else ""
        book.accounts.add(viewer, at=now(), password=kept, temporary=temporary, totp=totp)
        ended = book.sessions.end_demo()
    say(f"the account {user} is made, role {role.value}")
    if ended:
        say(f"demo sessions ended: {ended}; the demo sign-in is no longer offered")
    if secret:
        _show(secret, user)


@users.command(name="list")
def list_users(as_json: AsJson = False, db: Database = None) -> None:
    """List all accounts, disabled ones too.

    Example: `bodycam-review users list --json`
    """
    with open_store(db) as store, store.casebook() as book:
        everybody = book.accounts.every()
    if as_json:
        for person in everybody:
            put_json(_as_json(person))
    elif everybody:
        columns = ("id", "name", "role", "unit", "officer", "password", "code app", "state")
        show_table(f"Accounts: {len(everybody)}", columns, [_row(person) for person in everybody])
    else:
        say("there is no account; `bodycam-review users add` makes one")


@users.command(name="set")
def set_particulars(
    user: Id,
    name: Annotated[str | None, typer.Option(help="The person's name, as others see it.")] = None,
    role: Annotated[ViewerRole | None, typer.Option(help="What the person is there for.")] = None,
    unit: Annotated[str | None, typer.Option(help="Supervisors see the recordings of their own unit.")] = None,
    officer: Annotated[
        str | None, typer.Option(help="The agency's id of one who wears a camera or can appear.")
    ] = None,
    db: Database = None,
) -> None:
    """Change an account's name, role, unit or officer's id; all but a new name ends its sessions.

    What is not named stays as it is; an empty value (`--unit ""`) takes it away.

    Example: `bodycam-review users set j.doe --role supervisor --unit north`
    """
    given = Particulars(name, role.value if role else None, unit, officer)
    if given == Particulars():
        raise WrongUse("say what to change: --name, --role, --unit or --officer")
    with open_store(db) as store, store.casebook(write=True) as book:
        changed = people.change_in(book, user, given)
        if changed.told:
            _log(book, people.CHANGE, user, changed.told)
    say(_what(user, changed))


@users.command()
def disable(user: Id, db: Database = None) -> None:
    """Close an account and end its sessions at once; what it did stays.

    Example: `bodycam-review users disable j.doe`
    """
    with _changing(db, "disable_account", user) as book:
        book.accounts.disable(user, at=now())
        ended = book.sessions.end_of(user)
    say(f"{user} is disabled; sessions ended: {ended}")


@users.command()
def enable(user: Id, db: Database = None) -> None:
    """Open a disabled account again.

    Example: `bodycam-review users enable j.doe`
    """
    with _changing(db, "enable_account", user) as book:
        book.accounts.enable(user)
    say(f"{user} can sign in again")


@users.command()
def password(
    user: Id,
    temporary: Annotated[bool, typer.Option("--temporary", help="It is changed at the next sign-in.")] = False,
    password_stdin: FromStdin = False,
    db: Database = None,
) -> None:
    """Give an account another password, and end its sessions.

    Example: `bodycam-review users password j.doe --temporary`
    """
    kept = credentials.hashed(_new_password(password_stdin), user=user)
    with _changing(db, "reset_password", user) as book:
        book.accounts.set_password(user, kept, temporary=temporary)
        book.sessions.end_of(user)
    say(f"{user} has another password")


@users.command()
def totp(
    user: Id,
    later: Annotated[bool, typer.Option("--later", help="The person sets it up at the next sign-in.")] = False,
    db: Database = None,
) -> None:
    """Give an account another secret for its code app, as after a lost phone, and end its sessions.

    Example: `bodycam-review users totp j.doe --later`
    """
    secret = "" if later else credentials.new_secret()
    with _changing(db, "reset_totp", user) as book:
        book.accounts.set_totp(user, codes.sealed(book, secret, user=user) if secret else "")
        book.sessions.end_of(user)
    if secret:
        _show(secret, user)
    else:
        say(f"{user} sets up a code app at the next sign-in")


@contextmanager
def _changing(db: str | None, action: str, user: str, **details: str) -> Iterator[Casebook]:
    """A transaction that changes an account and logs that it was changed at the command line."""
    with open_store(db) as store, store.casebook(write=True) as book:
        yield book
        _log(book, action, user, details)


def _log(book: Casebook, action: str, user: str, details: Mapping[str, str]) -> None:
    book.log(AuditEntry(now(), "", "", action, source=command_line(), details={"account": user, **details}))


def _what(user: str, changed: people.Changed) -> str:
    """What was changed, in one line."""
    if not changed.told:
        return f"{user} was so already; nothing is changed"
    was = {name: changed.told[f"{name}_was"] for name in vars(Particulars()) if f"{name}_was" in changed.told}
    now_so = ", ".join(
        f"{name} {changed.told[name] or 'none'} (was {before or 'none'})" for name, before in was.items()
    )
    return f"{user}: {now_so}; sessions ended: {changed.ended}"


def _new_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise WrongUse("there is no terminal to ask for a password; use --password-stdin")
    first = getpass.getpass("Password: ")
    credentials.check_password(first)
    if getpass.getpass("Once more: ") != first:
        raise WrongUse("the two passwords differ")
    return first


def _show(secret: str, user: str) -> None:
    """Print a secret for the code app, once: a picture to scan and the key in it."""
    uri = credentials.enrolment(secret, user)
    say("scan this with an authenticator app; it is shown only now")
    put(f"{credentials.as_text(uri)}\n{uri}\n" if sys.stdout.isatty() else f"{uri}\n")


def _row(person: Person) -> tuple[str, ...]:
    return (
        person.id,
        person.name,
        f"{person.role} (demo)" if person.demo else person.role,
        person.unit,
        person.officer,
        "yes" if person.has_password else "no",
        "yes" if person.has_totp else "no",
        f"disabled {person.disabled_at:%Y-%m-%d}" if person.disabled_at else "active",
    )


def _as_json(person: Person) -> dict[str, object]:
    plain = dict(vars(person))
    for key in ("made_at", "disabled_at"):
        plain[key] = plain[key].isoformat() if plain[key] else None
    return plain
