"""Full-text search over what was said: the latest revision of every recording, best match first."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, text

from review.access import Reach

_TERM = re.compile(r'"([^"]+)"|(\S+)')
_LATEST = "t.revision = (SELECT max(e.revision) FROM encounters e WHERE e.recording = t.recording)"
# The same as `library.within`, for a query that is text.
_REACH = """(:everything
    OR (:no_unit AND NOT EXISTS (SELECT 1 FROM whose w WHERE w.recording = t.recording AND w.unit <> ''))
    OR EXISTS (SELECT 1 FROM whose w WHERE w.recording = t.recording
        AND ((:unit <> '' AND w.unit = :unit) OR (:wearer <> '' AND w.wearer = :wearer)))
    OR EXISTS (SELECT 1 FROM acts a WHERE a.recording = t.recording AND a.kind = 'assign' AND a.about = :assigned_to
        AND NOT EXISTS (SELECT 1 FROM acts u WHERE u.kind = 'unassign' AND u.about = a.id)))"""
_COLUMNS = "SELECT t.recording, r.name, t.speaker, t.role, t.start, t.text"
_SQLITE = f"""{_COLUMNS} FROM turn_index JOIN turns t ON t.id = turn_index.rowid
    JOIN recordings r ON r.sha256 = t.recording
    WHERE turn_index MATCH :query AND {_LATEST} AND {_REACH}
    ORDER BY turn_index.rank, t.id LIMIT :limit"""
_POSTGRESQL = f"""{_COLUMNS} FROM turns t JOIN recordings r ON r.sha256 = t.recording
    WHERE to_tsvector('simple', t.text) @@ websearch_to_tsquery('simple', :query) AND {_LATEST} AND {_REACH}
    ORDER BY ts_rank(to_tsvector('simple', t.text), websearch_to_tsquery('simple', :query)) DESC, t.id LIMIT :limit"""


@dataclass(frozen=True)
class Hit:
    """One turn in which the words searched for were said."""

    sha256: str
    name: str
    speaker: str
    role: str
    start: float  # seconds
    text: str


def quoted(query: str) -> str:
    """The query as FTS5 reads it: all words must occur, "in quotes" as a phrase; no operator can slip in.

    >>> quoted('drop "the knife"')
    '"drop" "the knife"'
    """
    terms = [phrase or word for phrase, word in _TERM.findall(query)]
    spoken = [term.replace('"', " ").strip() for term in terms]
    return " ".join(f'"{term}"' for term in spoken if any(letter.isalnum() for letter in term))


def hits(connection: Connection, query: str, *, limit: int, reach: Reach) -> tuple[Hit, ...]:
    """The turns within reach that hold every word of `query`; none for a query without a word."""
    terms = quoted(query)
    if not terms:
        return ()
    sqlite = connection.dialect.name == "sqlite"
    rows = connection.execute(text(_SQLITE if sqlite else _POSTGRESQL), _parameters(terms, limit, reach)).all()
    return tuple(Hit(*row) for row in rows)


def _parameters(terms: str, limit: int, reach: Reach) -> dict[str, str | int | bool]:
    return {
        "query": terms,
        "limit": limit,
        "everything": reach.everything,
        "no_unit": reach.unit == "",
        "unit": reach.unit or "",
        "wearer": reach.wearer,
        "assigned_to": reach.assigned_to,
    }
