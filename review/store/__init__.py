"""Where encounters and people's verdicts are kept: SQLite by default, PostgreSQL for an agency."""

from review.store.audit import Chain, Misfit, processing
from review.store.audit import Entry as AuditEntry
from review.store.casebook import Casebook
from review.store.counts import MarkCount
from review.store.engine import DEFAULT_FILE, URL_VARIABLE, database_url
from review.store.filters import Filter, Sort, State
from review.store.jobs import Job, JobState
from review.store.library import Asked, Count, Entry, Listed, Work
from review.store.people import Accounts, Particulars, Person
from review.store.reconcile import fingerprint
from review.store.register import Register
from review.store.search import Found, Hit
from review.store.serious import SERIOUS, is_serious
from review.store.sessions import DEMO, KeptSession
from review.store.store import Store, open_store

__all__ = [
    "DEFAULT_FILE",
    "DEMO",
    "SERIOUS",
    "URL_VARIABLE",
    "Accounts",
    "Asked",
    "AuditEntry",
    "Casebook",
    "Chain",
    "Count",
    "Entry",
    "Filter",
    "Found",
    "Hit",
    "Job",
    "JobState",
    "KeptSession",
    "Listed",
    "MarkCount",
    "Misfit",
    "Particulars",
    "Person",
    "Register",
    "Sort",
    "State",
    "Store",
    "Work",
    "database_url",
    "fingerprint",
    "is_serious",
    "open_store",
    "processing",
]
