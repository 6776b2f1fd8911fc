"""Whether what people did is still what the log says they did: verdicts, acts and corrections against their entries.

An entry names the id of what was kept and a SHA-256 over all of it (`fingerprint`). Entries of earlier versions of this
program have neither: of those only who, which recording and what was answered can be compared; what is older than the
log cannot be compared at all, and is counted as not covered.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from review.casework import Act, Kind
from review.encounter import Correction, Verdict
from review.store import corrections
from review.store import verdicts as answers
from review.store.audit import Compared, Misfit
from review.store.casebook import Casebook
from review.store.tables import acts, verdicts
from review.store.tables import corrections as made

_DECIDE, _CORRECT = "decide", "correct"
_ACTS = frozenset(kind.value for kind in Kind)
CHANGED = "it is not what the log says was kept"
MISSING = "the log says that it was kept, and it is not there"
UNREADABLE = "one of them cannot be read: it holds what this program never writes"
UNKNOWN = "the log has no entry of it"


def fingerprint(kept: Verdict | Act | Sequence[Correction]) -> str:
    """A SHA-256 over all that is kept of a verdict, of an act, or of the corrections of one step."""
    told: Any = _plain(kept) if isinstance(kept, Verdict | Act) else [_plain(one) for one in kept]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(kept: Verdict | Act | Correction) -> dict[str, Any]:
    values = {**vars(kept), "at": kept.at.astimezone(UTC).isoformat(timespec="milliseconds")}
    if isinstance(kept, Correction):
        values["span"] = [kept.span.start, kept.span.end]
    return values


@dataclass
class Ledger:
    """What the log says was kept, gathered entry by entry, the oldest first."""

    first: str = ""  # when the log begins
    named: dict[tuple[str, str, str], str] = field(default_factory=dict)  # what, recording, id -> fingerprint
    unnamed: Counter[tuple[str, ...]] = field(default_factory=Counter)  # of earlier versions, by what they tell

    def note(self, row: Row[Any]) -> None:
        """Take in one entry of the log."""
        self.first = self.first or row.at
        if row.outcome != "done" or not row.recording or row.action not in {_DECIDE, *_ACTS}:
            return
        details = json.loads(row.details)
        for what, name, digest in _names(row.action, details):
            # Something sent twice is logged twice and kept once, as it came first.
            self.named.setdefault((what, row.recording, name), digest)
        if "digest" not in details:
            for key in _old_keys(row, details):
                self.unnamed[key] += 1


def _names(action: str, details: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if "digest" not in details:
        return
    if action == _CORRECT:
        yield "correction", str(details["revision"]), str(details["digest"])
    else:
        yield ("verdict" if action == _DECIDE else "act"), str(details["id"]), str(details["digest"])


def _old_keys(row: Row[Any], details: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    if row.action == _DECIDE:
        yield ("verdict", row.recording, row.person, str(details.get("flag")), str(details.get("answer")))
    elif row.action == _CORRECT:
        yield ("correction", row.recording, str(details.get("revision")))
    else:
        yield ("act", row.recording, row.person, row.action, str(details.get("about", "")))


@dataclass
class _Comparing:
    """The comparison as it goes; what the log names and nobody has found in the end is missing."""

    ledger: Ledger
    misfits: list[Misfit] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    by_answer: Counter[str] = field(default_factory=Counter)
    not_covered: Counter[str] = field(default_factory=Counter)
    found: set[tuple[str, ...]] = field(default_factory=set)

    def one(self, what: str, recording: str, name: str, *, at: datetime, digest: str, old: tuple[str, ...]) -> None:
        key, ledger = (what, recording, name), self.ledger
        if key in ledger.named:
            self.found.add(key)
            self.checked[what] += 1
            if ledger.named[key] != digest:
                self.misfits.append(Misfit(what, recording, name, CHANGED))
        elif old in ledger.unnamed:
            self.found.add(old)
            self.by_answer[what] += 1
        elif not ledger.first or at.astimezone(UTC) < datetime.fromisoformat(ledger.first):
            self.not_covered[what] += 1
        else:
            self.misfits.append(Misfit(what, recording, name, UNKNOWN))

    def missing(self) -> Iterator[Misfit]:
        for what, recording, name in self.ledger.named.keys() - self.found:
            yield Misfit(what, recording, name, MISSING)
        for what, recording, *told in self.ledger.unnamed.keys() - self.found:
            yield Misfit(what, recording, " ".join(filter(None, told)), MISSING)


def compare(connection: Connection, ledger: Ledger) -> Compared:
    """Compare all that people did with what the log says of it; a correction's act is told by the correction."""
    going, book = _Comparing(ledger), Casebook(connection)

    def of_verdicts(sha256: str) -> None:
        for said in answers.by_recording(connection, [sha256])[sha256]:
            old = ("verdict", sha256, said.reviewer, said.flag, said.answer.value)
            going.one("verdict", sha256, said.id, at=said.at, digest=fingerprint(said), old=old)

    def of_acts(sha256: str) -> None:
        for act in book.acts(sha256):
            if act.kind is not Kind.CORRECT:
                old = ("act", sha256, act.person, act.kind.value, act.about)
                going.one("act", sha256, act.id, at=act.at, digest=fingerprint(act), old=old)

    def of_corrections(sha256: str) -> None:
        for step in corrections.steps(connection, sha256):
            name, digest = str(step.revision), fingerprint(step.made)
            old = ("correction", sha256, name)
            going.one("correction", sha256, name, at=step.made[0].at, digest=digest, old=old)

    for what, table, look in (
        ("verdict", verdicts, of_verdicts),
        ("act", acts, of_acts),
        ("correction", made, of_corrections),
    ):
        for sha256 in _with(connection, table):
            try:
                look(sha256)
            except (ValueError, KeyError, TypeError):  # the program writes nothing that it cannot read
                going.misfits.append(Misfit(what, sha256, "", UNREADABLE))
    misfits = sorted([*going.misfits, *going.missing()], key=lambda one: (one.recording, one.what, one.id))
    return Compared(tuple(misfits), dict(going.checked), dict(going.by_answer), dict(going.not_covered))


def _with(connection: Connection, table: Table) -> list[str]:
    """The recordings about which this table has something."""
    return list(connection.scalars(select(table.c.recording).distinct().order_by(table.c.recording)))
