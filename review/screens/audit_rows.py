"""The audit log as administrators and auditors see it: entries in, rows out; no streamlit here."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from html import escape

from review.store import AuditEntry

COLUMNS = ("number", "at", "person", "role", "action", "recording", "purpose", "outcome", "source", "details")
SHOWN = ("When (UTC)", "Who", "Role", "What", "Recording", "Purpose", "Outcome", "From", "Details")
ID_DIGITS = 12
PROOFS = frozenset({"id", "digest"})  # of what was kept, for whoever checks the log; the CSV has them
# A spreadsheet takes text that starts so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def shown(entry: AuditEntry) -> dict[str, str]:
    """One entry as a row of the page."""
    cells = (
        entry.at.strftime("%Y-%m-%d %H:%M:%S.") + f"{entry.at.microsecond // 1000:03d}",
        entry.person or "nobody known",
        words(entry.role),
        words(entry.action),
        entry.recording[:ID_DIGITS],
        words(entry.purpose),
        entry.outcome,
        entry.source,
        told(entry),
    )
    return dict(zip(SHOWN, cells, strict=True))


def audit_table(rows: Iterable[dict[str, str]]) -> str:
    """Rows of `shown` as a table; whatever is in the log is escaped."""
    head = "".join(f'<th scope="col">{name}</th>' for name in SHOWN)
    body = "".join(map(_table_row, rows))
    return f'<table class="bcr-table bcr-audit"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _table_row(row: dict[str, str]) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in row.values())
    return f'<tr class="bcr-was-{escape(row["Outcome"])}">{cells}</tr>'


def told(entry: AuditEntry) -> str:
    """The details in one line.

    >>> from datetime import UTC, datetime
    >>> told(AuditEntry(datetime(2025, 1, 1, tzinfo=UTC), "a", "admin", "disable_account", details={"account": "b"}))
    'account: b'
    """
    return "; ".join(f"{words(key)}: {_plain(value)}" for key, value in entry.details.items() if key not in PROOFS)


def words(name: str) -> str:
    """An identifier as words."""
    return name.replace("_", " ")


def as_csv(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """The entries as lines of CSV, the names of the columns first."""
    yield _line(COLUMNS)
    for entry in entries:
        cells = (*(getattr(entry, name) for name in COLUMNS[2:-1]), json.dumps(dict(entry.details), ensure_ascii=False))
        at = entry.at.isoformat(timespec="milliseconds")
        yield _line((str(entry.number), at, *(_harmless(str(cell)) for cell in cells)))


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
