"""Where encounters and people's verdicts are kept: SQLite by default, PostgreSQL for an agency."""

from review.store.engine import DEFAULT_FILE, URL_VARIABLE, database_url
from review.store.library import Count, Entry
from review.store.search import Hit
from review.store.store import Store, open_store

__all__ = ["DEFAULT_FILE", "URL_VARIABLE", "Count", "Entry", "Hit", "Store", "database_url", "open_store"]
