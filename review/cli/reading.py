"""The commands that read the store: list, show, search, export."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from review import policy, report
from review.access import Action, Reach
from review.cli.console import put, put_json, say, show_table
from review.cli.options import PolicyFile
from review.cli.processing import ID_DIGITS
from review.cli.root import AsJson, Database, app
from review.cli.who import User, Why, command_line, desk_of, log, opened
from review.desk import exporting, library
from review.encounter import Encounter, Verdict, standing
from review.errors import WrongUse
from review.report import Format, clock
from review.store import Count, Entry, open_store

# For the counts of a recording in which whoever asks appears, while their statement about it is not done.
CLOSED = ("", "", "")
Id = Annotated[str, typer.Argument(metavar="ID", help="The first digits of the recording's sha256, as `list` shows.")]


@app.command(name="list")
def list_recordings(
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 200,
    as_json: AsJson = False,
    agency: PolicyFile = None,
    user: User = None,
    db: Database = None,
) -> None:
    """List the recordings in the store, newest first.

    Example: `bodycam-review list --json`
    """
    hidden = policy.current(agency).hidden
    with open_store(db) as store:
        desk = desk_of(store, user)
        reach = desk.reach if desk else Reach(everything=True)
        closed_to = desk.viewer if desk and desk.rules.debrief_after_statement else None
        entries = store.recordings(limit=limit, hidden=hidden, reach=reach, closed_to=closed_to)
        total = store.count(reach)
        if desk:
            desk.log(Action.LIST)
    if as_json:
        for entry in entries:
            put_json(_entry(entry))
        return
    if not entries:
        say("the store is empty; `bodycam-review process FILE` adds a recording")
        return
    columns = ("id", "recorded (UTC)", "length", "words", "speakers", "marked", "unsure", "verified", "name")
    rows = [_row(entry) for entry in entries]
    show_table(f"{len(entries)} of {total} recordings", columns, rows, right=columns[2:8])


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        entry.sha256[:ID_DIGITS],
        f"{entry.recorded_at:%Y-%m-%d %H:%M}" if entry.recorded_at else "",
        clock(entry.seconds),
        str(entry.words),
        str(entry.speakers),
        *(CLOSED if entry.closed else _sums(entry.counts.values())),
        entry.name,
    )


def _sums(counts: Iterable[Count]) -> tuple[str, str, str]:
    every = list(counts)
    return (
        str(sum(count.marked for count in every)),
        str(sum(count.unsure for count in every)),
        str(sum(count.verified for count in every)),
    )


def _entry(entry: Entry) -> dict[str, Any]:
    plain = asdict(entry)
    plain["id"] = entry.sha256[:ID_DIGITS]
    plain["recorded_at"] = entry.recorded_at.isoformat() if entry.recorded_at else None
    plain["added_at"] = entry.added_at.isoformat()
    plain["counts"] = {direction.value: asdict(count) for direction, count in entry.counts.items()}
    return plain


@app.command()
def show(
    recording: Id,
    as_json: AsJson = False,
    agency: PolicyFile = None,
    user: User = None,
    purpose: Why = None,
    db: Database = None,
) -> None:
    """Show one recording: its facts, its marked moments, what people said of them.

    Example: `bodycam-review show 3fa9`
    """
    chosen = policy.current(agency)
    with open_store(db) as store:
        sha256 = store.find(recording)
        desk = opened(store, user, sha256, purpose=purpose, action=Action.VIEW)
        if desk:
            desk.log(Action.VIEW, sha256)
        encounter, verdicts = chosen.shown(store.encounter(sha256)), store.verdicts(sha256)
    if as_json:
        put_json(report.as_dict(encounter, verdicts))
        return
    put(f"{encounter.recording.name}\n{sha256}\n")
    put(f"{clock(encounter.recording.seconds)}, language {encounter.language}, revision {encounter.revision}\n")
    for who in encounter.roles:
        put(f"{who.speaker}: {who.role.value} (confidence {who.confidence:.2f})\n")
    for remark in encounter.provenance.remarks:
        put(f"note: {remark}\n")
    _show_moments(encounter, verdicts)


def _show_moments(encounter: Encounter, verdicts: tuple[Verdict, ...]) -> None:
    columns = ("time", "behaviour", "words", "speaker", "confidence", "status", "people say")
    rows = [
        (
            clock(flag.span.start),
            flag.behaviour,
            flag.quote,
            f"{flag.speaker} {flag.role.value}",
            f"{flag.confidence:.2f}",
            flag.status.value,
            standing(flag.id, verdicts).value,
        )
        for flag in encounter.flags
    ]
    show_table("Moments marked by machine, for a person to check", columns, rows, right=("time", "confidence"))


@app.command()
def search(
    query: Annotated[str, typer.Argument(help='Words that were said; "in quotes" for a phrase.')],
    limit: Annotated[int, typer.Option(min=1, help="How many hits, best first.")] = 50,
    as_json: AsJson = False,
    user: User = None,
    db: Database = None,
) -> None:
    """Find who said these words, and when.

    Example: `bodycam-review search '"step out"'`
    """
    if not query.strip():
        raise WrongUse("no words to search for were given")
    with open_store(db) as store:
        desk = desk_of(store, user)
        hits = library.search(desk, query, limit=limit) if desk else store.search(query, limit=limit)
    if as_json:
        for hit in hits:
            put_json({"id": hit.sha256[:ID_DIGITS], **asdict(hit)})
        return
    if not hits:
        say(f"nobody is heard saying {query}")
        return
    rows = [(hit.sha256[:ID_DIGITS], clock(hit.start), f"{hit.speaker} {hit.role}", hit.text, hit.name) for hit in hits]
    show_table(
        f"Places where this was said: {len(hits)}",
        ("id", "time", "speaker", "words", "recording"),
        rows,
        right=("time",),
    )


@app.command()
def export(
    recording: Id,
    form: Annotated[Format, typer.Option("--format", help="What to write.")],
    out: Annotated[Path | None, typer.Option(help="The file to write.  [default: stdout]")] = None,
    agency: PolicyFile = None,
    user: User = None,
    purpose: Why = None,
    db: Database = None,
) -> None:
    """Write one recording with its marks and what people did about it as JSON, CSV, Markdown or WebVTT.

    Example: `bodycam-review export 3fa9 --format md --out stop.md`
    """
    chosen = policy.current(agency)
    with open_store(db) as store:
        sha256 = store.find(recording)
        desk = opened(store, user, sha256, purpose=purpose, action=Action.EXPORT)
        log(store, desk, Action.EXPORT, sha256, form=form.value)
        if desk:
            text = exporting.report(desk, sha256, form, agency=chosen)
        else:
            text = exporting.without_accounts(store, sha256, form, source=command_line(), agency=chosen)
    if out is None:
        put(text)
    else:
        report.save(text, out)
        say(f"written: {out}")
