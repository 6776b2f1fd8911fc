"""The command that marks stored encounters again, as after a new version of the rules or another policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from review import policy, revisions
from review.access import Action, Purpose, Reach
from review.cli.console import complain, progress_bar, put_json, say, show_table
from review.cli.options import PolicyFile, marking_settings
from review.cli.processing import ID_DIGITS
from review.cli.root import AsJson, Database, app
from review.cli.totals import Totals, finish
from review.cli.who import User, Why, begin, desk_of, log, log_in
from review.desk import Desk
from review.encounter import Encounter, Flag
from review.errors import UnreadableEncounter, WrongUse
from review.pipeline import Failed, Settings
from review.revisions import Change, Retagged
from review.store import Casebook, Store, open_store

TOLD = "retag"  # as the log calls it
PAGE = 200  # recordings asked for at once

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="First digits of recordings' sha256.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the difference and keep nothing.")]
Counts = dict[str, Counter[str]]  # of each behaviour: "before", "after" and every Change


@app.command()
def retag(
    recordings: Ids = None,
    every: Annotated[bool, typer.Option("--all", help="Every recording in the store.")] = False,
    agency: PolicyFile = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    user: User = None,
    purpose: Why = None,
    db: Database = None,
) -> None:
    """Mark stored encounters again, without any sound, and show what changed; what differs is a new revision.

    Example: `bodycam-review retag --all --dry-run`
    """
    if bool(recordings) == every:
        raise WrongUse("say which recordings: the first digits of their ids, as `list` shows them, or --all")
    chosen = policy.current(agency)
    settings = marking_settings(chosen)
    totals: Counts = {}
    failed: list[Failed] = []
    with open_store(db) as store:
        desk = desk_of(store, user)
        ids = _all(store, desk) if every else list(dict.fromkeys(store.find(one) for one in recordings or ()))
        if desk:
            _may(desk, ids, purpose)
        with progress_bar(len(ids)) as bar:
            for sha256 in ids:
                bar.show("behaviours", 0.0)
                try:
                    done = _retag(store, desk, sha256, settings, keep=not dry_run)
                except UnreadableEncounter as error:
                    complain(f"{sha256[:ID_DIGITS]}: {error}")
                    failed.append(Failed(Path(sha256[:ID_DIGITS]), "behaviours", str(error)))
                    continue
                _tell(done, as_json=as_json)
                _add(totals, _counts(done))
                bar.step()
    if not as_json:
        _show(totals, chosen.hidden, recordings=len(ids) - len(failed))
    finish(Totals(done=len(ids) - len(failed), failed=tuple(failed)))


def _all(store: Store, desk: Desk | None) -> list[str]:
    reach = desk.reach if desk else Reach(everything=True)
    pages = (store.recordings(limit=PAGE, offset=offset, reach=reach) for offset in range(0, store.count(reach), PAGE))
    return [entry.sha256 for page in pages for entry in page]


def _may(desk: Desk, ids: Collection[str], purpose: Purpose | None) -> None:
    """Open all of them for the purpose before anything is marked anew; raises Refused."""
    for sha256 in ids:
        begin(desk, sha256, purpose=purpose, action=Action.CORRECT)


def _retag(store: Store, desk: Desk | None, sha256: str, settings: Settings, *, keep: bool) -> Retagged:
    """Mark one recording anew, with its entry in the log or not at all."""

    def kept(book: Casebook, after: Encounter) -> None:
        log_in(book, desk, TOLD, sha256, revision=after.revision, kept=True)

    done = revisions.retag(store, sha256, settings, keep=keep, log=kept)
    if not done.kept:  # what is about to be shown of it is logged all the same
        log(store, desk, TOLD, sha256, revision=done.before.revision, kept=False)
    return done


def _tell(done: Retagged, *, as_json: bool) -> None:
    """Say what became of one recording: a line for a person and, if wanted, an object for a program."""
    recording, revision = done.before.recording, done.before.revision
    counts = Counter(one.change for one in done.changes)
    told = ", ".join(f"{counts[change]} {change.value}" for change in Change if counts[change])
    now = f"{told}; revision {done.after.revision}" if done.kept else f"{told}; not kept, revision {revision} stays"
    say(
        f"{recording.name} ({recording.sha256[:ID_DIGITS]}): {now if told else f'as it was, revision {revision} stays'}"
    )
    if done.answers_left:
        say(f"  people's answers to marks that are gone: {done.answers_left}; they stay with revision {revision}")
    if as_json:
        put_json(_as_json(done))


def _counts(done: Retagged) -> Counts:
    counts: Counts = {}
    for name, encounter in (("before", done.before), ("after", done.after)):
        for flag in encounter.flags:
            counts.setdefault(flag.behaviour, Counter())[name] += 1
    for one in done.changes:
        counts[one.flag.behaviour][one.change.value] += 1
    return counts


def _add(totals: Counts, counts: Counts) -> None:
    for behaviour, count in counts.items():
        totals.setdefault(behaviour, Counter()).update(count)


def _columns() -> tuple[str, ...]:
    return ("before", *(change.value for change in Change), "after")


def _show(totals: Counts, hidden: Collection[str], *, recordings: int) -> None:
    rows = [
        (f"{behaviour} (not shown)" if behaviour in hidden else behaviour, *(str(count[name]) for name in _columns()))
        for behaviour, count in sorted(totals.items())
    ]
    show_table(f"Marks before and after, recordings: {recordings}", ("behaviour", *_columns()), rows, right=_columns())


def _as_json(done: Retagged) -> dict[str, Any]:
    recording = done.before.recording
    return {
        "id": recording.sha256[:ID_DIGITS],
        "sha256": recording.sha256,
        "name": recording.name,
        "before": done.before.revision,
        "after": done.after.revision if done.kept else None,
        "answers_left": done.answers_left,
        "behaviours": {
            behaviour: {name.replace(" ", "_"): count[name] for name in _columns()}
            for behaviour, count in sorted(_counts(done).items())
        },
        "changes": [
            {"change": one.change.value.replace(" ", "_"), "before": _flag(one.before), "after": _flag(one.after)}
            for one in done.changes
        ],
    }


def _flag(flag: Flag | None) -> dict[str, Any] | None:
    if flag is None:
        return None
    return {
        "id": flag.id,
        "behaviour": flag.behaviour,
        "start": flag.span.start,
        "end": flag.span.end,
        "quote": flag.quote,
        "speaker": flag.speaker,
        "role": flag.role.value,
        "confidence": flag.confidence,
        "status": flag.status.value,
        "source": flag.source,
        "details": dict(flag.details),
    }
