"""The audit log at a desk: reading it is itself logged, with what was looked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from review.access import Action
from review.desk.desk import Desk
from review.store import AuditEntry, Chain, Misfit

AT_ONCE = 1000
NOT_CHECKED = (
    "Not checked: what the machine heard and marked, whose recordings these are, and accounts. An answer to a mark is "
    "a verdict; reviews, notes, holds and coaching are acts."
)


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
    """Recompute the chain of the log, and compare what people did with it; raises Refused."""
    desk.require(Action.READ_AUDIT, told="verify_audit")
    chain = desk.store.verify_audit()
    misfits = len(chain.compared.misfits)
    desk.log("verify_audit", entries=chain.entries, broken_at=chain.broken_at, misfits=misfits)
    return chain


def chain_told(chain: Chain) -> tuple[str, ...]:
    """What was checked of the log and of what people did, as sentences."""
    compared = chain.compared
    kinds = (
        ("Compared with the log in full", compared.checked),
        ("Compared by their answer only, since an earlier version logged no more", compared.by_answer),
        ("Not covered, since they are older than the log", compared.not_covered),
    )
    counted = [f"{name}: {counts_told(counts)}." for name, counts in kinds if counts]
    return (*(counted or ["Nobody has judged, noted or corrected anything yet."]), NOT_CHECKED)


def counts_told(counts: Mapping[str, int]) -> str:
    """Counts by name.

    >>> counts_told({"verdict": 2, "act": 1})
    'act 1, verdict 2'
    """
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def misfit_told(misfit: Misfit) -> str:
    """What does not fit the log, by recording and id."""
    return f"{misfit.what} {misfit.id or '(no id)'} of recording {misfit.recording[:12]}: {misfit.why}"


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
