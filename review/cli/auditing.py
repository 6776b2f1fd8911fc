"""The commands about the audit log: whether it is whole, and what is in it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from review.cli.console import complain, put, put_json, say, show_table
from review.cli.root import AsJson, Database, app
from review.cli.who import User, command_line, desk_of
from review.desk import auditing
from review.desk.auditing import Wanted
from review.errors import BrokenLog
from review.pipeline import now
from review.store import AuditEntry, Store, open_store

audit = typer.Typer(help="The audit log: who did what, when, and whether the log is whole.", no_args_is_help=True)
app.add_typer(audit, name="audit")

ID_DIGITS = 12
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day in UTC.")]


@audit.command()
def verify(as_json: AsJson = False, db: Database = None) -> None:
    """Recompute the hashes of the log, and compare verdicts, acts and corrections with what it says of them.

    Keep the newest hash elsewhere, so that a log made anew would show. What does not fit is listed, and the command
    ends with 1.

    Example: `bodycam-review audit verify`
    """
    with open_store(db) as store:
        chain = store.verify_audit()
    if as_json:
        put_json(asdict(chain))
    if chain.broken_at:
        raise BrokenLog(
            f"entry {chain.broken_at} does not fit the one before it: the log was changed there; keep "
            "a copy of the store as it is, and compare it with a backup"
        )
    if not as_json:
        put(f"entries: {chain.entries}\nnewest hash: {chain.newest}\n")
        put("".join(f"{line}\n" for line in auditing.chain_told(chain)))
    misfits = chain.compared.misfits
    for misfit in misfits:
        complain(auditing.misfit_told(misfit))
    if misfits:
        raise BrokenLog(
            f"{len(misfits)} of what people did does not fit the log: it was changed, added or taken away outside of "
            "the program; keep a copy of the store as it is, and compare it with a backup"
        )


@audit.command()
def show(
    recording: Annotated[str, typer.Option(help="First digits of a recording's sha256.")] = "",
    person: Annotated[str, typer.Option(help="An account's id.")] = "",
    action: Annotated[str, typer.Option(help="Such as sign_in, play, export.")] = "",
    outcome: Annotated[str, typer.Option(help="done or refused.")] = "",
    since: Day = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 200,
    as_json: AsJson = False,
    user: User = None,
    db: Database = None,
) -> None:
    """Show entries of the log, newest first; that they are read is logged, too.

    Example: `bodycam-review audit show --action export --as j.doe`
    """
    with open_store(db) as store:
        sha256 = store.find(recording) if recording else ""
        wanted = Wanted(sha256, person, action, outcome, since.replace(tzinfo=UTC) if since else None)
        entries = _entries(store, wanted, user, limit=limit)
    if as_json:
        for entry in entries:
            put_json({**vars(entry), "at": entry.at.isoformat(timespec="milliseconds"), "details": dict(entry.details)})
    elif entries:
        columns = ("when (UTC)", "who", "what", "recording", "purpose", "outcome", "from", "details")
        show_table(f"Entries: {len(entries)}", columns, [_row(entry) for entry in entries])
    else:
        say("nothing in the log fits")


def _entries(store: Store, wanted: Wanted, user: str | None, *, limit: int) -> tuple[AuditEntry, ...]:
    desk = desk_of(store, user)
    if desk is not None:
        return auditing.page(desk, wanted, limit=limit)
    with store.casebook(write=True) as book:
        source = command_line()
        book.log(AuditEntry(now(), "", "", "read_audit", source=source, details=wanted.told))
        return book.logged(**vars(wanted), limit=limit)


def _row(entry: AuditEntry) -> tuple[str, ...]:
    return (
        f"{entry.at:%Y-%m-%d %H:%M:%S}",
        entry.person,
        entry.action,
        entry.recording[:ID_DIGITS],
        entry.purpose,
        entry.outcome,
        entry.source,
        "; ".join(f"{key}: {value}" for key, value in entry.details.items()),
    )
