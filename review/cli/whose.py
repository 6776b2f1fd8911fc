"""The command that says whose recording it is: who wears the camera, for which unit, and who else appears."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

import typer

from review.access import Action
from review.cli.console import say
from review.cli.root import Database, app
from review.cli.who import User, desk_of, log_in
from review.store import Store, open_store

WEARER = typer.Option("--officer", metavar="ID", help="The agency's id of who wears the camera.")
UNIT = typer.Option("--unit", metavar="NAME", help="The unit whose supervisors review it.")
Wearer = Annotated[str, WEARER]
Unit = Annotated[str, UNIT]


@app.command()
def whose(
    recordings: Annotated[list[str], typer.Argument(metavar="ID…", help="The first digits of each sha256.")],
    wearer: Annotated[str | None, WEARER] = None,
    unit: Annotated[str | None, UNIT] = None,
    others: Annotated[
        list[str] | None, typer.Option("--appears", metavar="ID", help="Another officer in it; may be repeated.")
    ] = None,
    user: User = None,
    db: Database = None,
) -> None:
    """Say who wears the camera, for which unit, and who else appears: these never judge the recording.

    What is not named stays as it is; an empty value (`--unit ""`) takes it away.

    Example: `bodycam-review whose 3f9a --officer 4711 --unit North --appears 4712`
    """
    with open_store(db) as store:
        desk = desk_of(store, user)
        found = [store.find(prefix) for prefix in recordings]
        if desk:
            for sha256 in found:
                desk.require(Action.SET_PRESENCE, sha256)  # nothing is changed unless all of it may be
        for sha256 in found:
            with store.casebook() as book:
                known = book.facts(sha256)
            worn_by = known.wearer if wearer is None else wearer
            where = known.unit if unit is None else unit
            also = sorted(known.present) if others is None else [one for one in others if one]
            if desk:
                desk.set_whose(sha256, wearer=worn_by, unit=where, others=also)
            else:
                set_whose(store, sha256, wearer=worn_by, unit=where, others=also)
            say(f"{sha256[:12]}: {_told(worn_by, where, also)}")


def _told(wearer: str, unit: str, others: Collection[str]) -> str:
    appear = f", also in it: {', '.join(others)}" if others else ""
    return f"worn by {wearer or 'nobody named'}, unit {unit or 'none'}{appear}"


def set_whose(store: Store, sha256: str, *, wearer: str, unit: str, others: Collection[str] = ()) -> None:
    """The same in a store without accounts; the log has the computer's own account."""
    with store.casebook(write=True) as book:
        book.set_whose(sha256, wearer=wearer, unit=unit, others=others)
        log_in(book, None, Action.SET_PRESENCE, sha256, wearer=wearer, unit=unit, others=sorted(others))
