"""What the library lists, counts and has in work, within one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection

from review.access import Viewer
from review.casework import Assignment
from review.store import behind, choices, counts, figures, filters, library, search, sums
from review.store.behind import Instance, Number
from review.store.counts import MarkCount
from review.store.figures import Backlog, Coverage, Reasons
from review.store.filters import Filter
from review.store.joblist import Jobs
from review.store.library import Asked, Entry, Listed
from review.store.search import Found
from review.store.sums import Tally


class Register:
    """The library's part of the store; use `Store.register`."""

    def __init__(self, connection: Connection) -> None:
        """Take a connection in a transaction."""
        self._connection = connection

    def count(self, asked: Asked) -> int:
        """How many recordings were asked for."""
        return library.how_many(self._connection, asked)

    def page(self, asked: Asked, *, limit: int, offset: int = 0) -> tuple[Listed, ...]:
        """One page of what was asked for, with where each review stands."""
        return library.page(self._connection, asked, limit=limit, offset=offset)

    def matching(self, asked: Asked, *, limit: int) -> tuple[str, ...]:
        """The checksums of all that was asked for, in order, at most so many."""
        return library.matching(self._connection, asked, limit=limit)

    def search(self, asked: Asked, query: str, *, limit: int) -> Found:
        """The turns of what was asked for in which all these words were said."""
        return search.find(self._connection, query, library.conditions(self._connection, asked), limit=limit)

    def open_work(self, which: Collection[str]) -> dict[str, tuple[Assignment, ...]]:
        """The work on each of these recordings that was given to somebody and is not done."""
        return library.open_work(self._connection, which)

    def mark_counts(self, which: Collection[str]) -> dict[str, tuple[MarkCount, ...]]:
        """The marks of each of these recordings, counted by behaviour."""
        return counts.of(self._connection, which)

    def entry(self, sha256: str) -> Entry:
        """One recording as the library lists it, without its counts."""
        return library.entry(self._connection, sha256)

    def names(self, which: Collection[str]) -> dict[str, str]:
        """What these recordings are called."""
        return library.names(self._connection, which)

    def languages(self) -> tuple[str, ...]:
        """The languages of all recordings."""
        return choices.languages(self._connection)

    def units(self) -> tuple[str, ...]:
        """The units of all recordings and accounts."""
        return choices.units(self._connection)

    def wearers(self, unit: str | None = None) -> tuple[str, ...]:
        """The ids of officers who wear the camera in a recording or have an account; of one unit when it is given."""
        return choices.wearers(self._connection, unit)

    def accounts(self, roles: Collection[str]) -> tuple[Viewer, ...]:
        """The accounts of these roles that are in use, in order of name."""
        return choices.accounts(self._connection, roles)

    @property
    def figures(self) -> Figures:
        """What the unit view counts."""
        return Figures(self._connection)

    @property
    def jobs(self) -> Jobs:
        """Uploaded recordings on their way into the library."""
        return Jobs(self._connection)

    def saved(self, person: str) -> dict[str, Filter]:
        """The filters that this person keeps, by name."""
        return filters.saved(self._connection, person)

    def save(self, person: str, *, name: str, wanted: Filter) -> None:
        """Keep a filter under a name; one that was kept under it is replaced."""
        filters.save(self._connection, person, name=name, wanted=wanted)

    def forget(self, person: str, *, name: str) -> None:
        """Keep this person's filter of that name no longer."""
        filters.forget(self._connection, person, name=name)


class Figures:
    """What the unit view counts; see the functions of `store.figures`."""

    def __init__(self, connection: Connection) -> None:
        """Take a connection in a transaction; use `Register.figures`."""
        self._connection = connection

    def coverage(self, asked: Asked) -> Coverage:
        """How far people are with what was asked for."""
        return figures.coverage(self._connection, asked)

    def backlog(self, asked: Asked) -> tuple[Backlog, ...]:
        """The serious marks that nobody has judged; those whose oldest waits longest first."""
        return figures.backlog(self._connection, asked)

    def by_month(self, *, since: date | None, unit: str | None, hidden: Collection[str]) -> tuple[Tally, ...]:
        """The marks by month and behaviour, of one unit or of all, those of cameras' wearers and of others apart."""
        return sums.by_month(self._connection, since=since, unit=unit, hidden=hidden)

    def reasons(self, asked: Asked) -> Reasons:
        """The recordings with a marked stop, by what was heard of its reason."""
        return figures.reasons(self._connection, asked)

    def behind(
        self, asked: Asked, number: Number, *, after: Instance | None, oldest: bool, limit: int
    ) -> tuple[Instance, ...]:
        """The next marks or recordings behind a number, after this one; the newest recording first, or the oldest."""
        return behind.page(self._connection, asked, number, after=after, oldest=oldest, limit=limit)
