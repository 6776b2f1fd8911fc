"""The audit log at a desk: reading it is itself logged, with what was looked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from review.access import Action
from review.desk.desk import Desk
from review.store import AuditEntry, Chain

AT_ONCE = 1000


@dataclass(frozen=True)
class Wanted:
    """Which entries; what is empty holds for all, `until` (left out itself) and `since` are in UTC."""

    recording: str = ""
    person: str = ""
    action: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def told(self) -> dict[str, str]:
        """What was asked for, for the log."""
        asked = ", ".join(f"{key} {value}" for key, value in asdict(self).items() if value)
        return {"asked": asked} if asked else {}


def page(desk: Desk, wanted: Wanted, *, limit: int, offset: int = 0) -> tuple[AuditEntry, ...]:
    """Entries, newest first; raises Refused."""
    desk.require(Action.READ_AUDIT)
    desk.log(Action.READ_AUDIT, **wanted.told, **({"skipped": str(offset)} if offset else {}))
    with desk.store.casebook() as book:
        return book.logged(**vars(wanted), limit=limit, offset=offset)


def every(desk: Desk, wanted: Wanted) -> Iterator[AuditEntry]:
    """All these entries as they are now, newest first, read a piece at a time; raises Refused."""
    desk.require(Action.READ_AUDIT, told="export_audit")
    desk.log("export_audit", **wanted.told)
    return _pieces(desk, wanted)


def verify(desk: Desk) -> Chain:
    """Recompute the chain of the log; raises Refused."""
    desk.require(Action.READ_AUDIT, told="verify_audit")
    chain = desk.store.verify_audit()
    desk.log("verify_audit", entries=chain.entries, broken_at=chain.broken_at)
    return chain


def _pieces(desk: Desk, wanted: Wanted) -> Iterator[AuditEntry]:
    # What is logged meanwhile would shift the pieces; it is left out by its number.
    newest, offset = 0, 0
    while True:
        with desk.store.casebook() as book:
            entries = book.logged(**vars(wanted), limit=AT_ONCE, offset=offset)
        if not entries:
            return
        newest = newest or entries[0].number
        yield from (entry for entry in entries if entry.number <= newest)
        offset += len(entries)
