"""Full-text search over what was said: the latest revision of every recording, newest recording first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)

from review.access import Reach
from review.store.library import within
from review.store.tables import listings, recordings, turns

SCANNED = 20_000  # places looked at; of a word as common as "the" these are the newest ones
_TERM = re.compile(r'"([^"]+)"|(\S+)')
_INDEX = table("turn_index", column("rowid"))


@dataclass(frozen=True)
class Hit:
    """One turn in which the words searched for were said."""

    sha256: str
    name: str
    speaker: str
    role: str
    start: float  # seconds
    text: str


@dataclass(frozen=True)
class Found:
    """The first hits of a search, and how many there are in how many recordings; `cut` when there may be more."""

    hits: tuple[Hit, ...] = ()
    places: int = 0
    recordings: int = 0
    cut: bool = False


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
    return find(connection, query, [within(reach, listings.c.recording)], limit=limit).hits


def find(connection: Connection, query: str, holding: Sequence[ColumnElement[bool]], *, limit: int) -> Found:
    """The same among the recordings whose row of `listings` and `recordings` fulfils these conditions, counted."""
    terms = quoted(query)
    if not terms:
        return Found()
    said = _said(connection.dialect.name).cte("said")
    joined = (
        said.join(turns, turns.c.id == said.c.id)
        .join(listings, (listings.c.recording == turns.c.recording) & (listings.c.revision == turns.c.revision))
        .join(recordings, recordings.c.sha256 == listings.c.recording)
    )
    columns = (turns.c.id, turns.c.recording, turns.c.start, listings.c.at, recordings.c.name)
    found = select(*columns).select_from(joined).where(*holding).cte("found")
    first = select(found).order_by(found.c.at.desc(), found.c.recording, found.c.start, found.c.id).limit(limit)
    top = first.subquery("top")
    counts = (
        select(func.count()).select_from(found),
        select(func.count(found.c.recording.distinct())),
        select(func.count()).select_from(said),
    )
    rows = connection.execute(
        select(top, turns.c.speaker, turns.c.role, turns.c.text, *(one.scalar_subquery() for one in counts))
        .join(turns, turns.c.id == top.c.id)
        .order_by(top.c.at.desc(), top.c.recording, top.c.start, top.c.id),
        {"query": terms, "scanned": SCANNED},
    ).all()
    if not rows:
        return Found()
    places, known, scanned = rows[0][-3:]
    hits = tuple(Hit(row.recording, row.name, row.speaker, row.role, row.start, row.text) for row in rows)
    return Found(hits, places, known, cut=scanned >= SCANNED)


def _said(dialect: str) -> Select[int]:
    """The ids of the newest turns that hold the words, of all recordings and revisions."""
    limit = bindparam("scanned", type_=Integer)
    if dialect == "sqlite":
        rowid: ColumnElement[int] = literal_column("turn_index.rowid")
        match = text("turn_index MATCH :query")
        return select(rowid.label("id")).select_from(_INDEX).where(match).order_by(rowid.desc()).limit(limit)
    match = text("to_tsvector('simple', turns.text) @@ websearch_to_tsquery('simple', :query)")
    return select(turns.c.id.label("id")).where(match).order_by(turns.c.id.desc()).limit(limit)
