"""Where encounters and people's verdicts are kept: SQLite by default, PostgreSQL for an agency."""

from review.store.audit import Chain
from review.store.audit import Entry as AuditEntry
from review.store.casebook import Casebook
from review.store.engine import DEFAULT_FILE, URL_VARIABLE, database_url
from review.store.library import Count, Entry
from review.store.search import Hit
from review.store.store import Store, open_store

__all__ = [
    "DEFAULT_FILE",
    "URL_VARIABLE",
    "AuditEntry",
    "Casebook",
    "Chain",
    "Count",
    "Entry",
    "Hit",
    "Store",
    "database_url",
    "open_store",
]
