"""The store as the rest of the program sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import platformdirs
from sqlalchemy import Engine, select

from review.access import Reach, Viewer
from review.corrections import Step
from review.encounter import Correction, Encounter, Verdict, VoiceProfile
from review.encounter_json import from_json
from review.errors import UnknownRecording, WrongUse
from review.store import audit, corrections, library, profiles, search, tallies, verdicts
from review.store import encounters as rows
from review.store.audit import Chain
from review.store.casebook import Casebook
from review.store.engine import connect, database_url, reading, writing
from review.store.library import EVERYTHING, Entry
from review.store.reconcile import Ledger, compare
from review.store.register import Register
from review.store.search import Hit
from review.store.tables import encounters, recordings

SHA256_DIGITS = 64


def open_store(url: str | Path | None = None) -> Store:
    """The store at `url` (a file or a SQLAlchemy URL; else BODYCAM_REVIEW_DB, else the default file), made if new."""
    return Store(connect(database_url(url)))


class Store:
    """Encounters that never change and verdicts that are only added; every method raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine whose tables are up to date; use `open_store`."""
        self._engine = engine

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def add(self, encounter: Encounter, media: Path, *, at: datetime, entry: audit.Entry | None = None) -> bool:
        """Keep this encounter and where its original lies, with its entry in the log or not at all.

        False when this revision is kept already.
        """
        with writing(self._engine) as connection:
            if rows.has(connection, encounter.recording.sha256, encounter.revision):
                return False
            rows.add(connection, encounter, media, at)
            if entry:
                audit.append(connection, entry)
        return True

    def corrections(self, sha256: str) -> tuple[Correction, ...]:
        """People's corrections of this recording, in the order in which they were made."""
        with reading(self._engine) as connection:
            return corrections.of(connection, sha256)

    def correction_steps(self, sha256: str) -> tuple[Step, ...]:
        """The same as they were made: those that led to one revision together."""
        with reading(self._engine) as connection:
            return corrections.steps(connection, sha256)

    @contextmanager
    def casebook(self, *, write: bool = False) -> Iterator[Casebook]:
        """One transaction over casework, access and the audit log; with `write` kept whole or not at all."""
        with (writing if write else reading)(self._engine) as connection:
            yield Casebook(connection)

    @contextmanager
    def register(self, *, write: bool = False) -> Iterator[Register]:
        """One transaction over what the library lists, counts and has in work."""
        with (writing if write else reading)(self._engine) as connection:
            yield Register(connection)

    def verify_audit(self) -> Chain:
        """Recompute the chain of the audit log, and compare what people did with what it says."""
        ledger = Ledger()
        with reading(self._engine) as connection:
            chain = audit.verify(connection, ledger.note)
            return chain if chain.broken_at else replace(chain, compared=compare(connection, ledger))

    def add_voice_profile(self, profile: VoiceProfile, *, entry: audit.Entry | None = None) -> None:
        """Keep an officer's voice profile with its entry in the log; raises WrongUse when there is one already."""
        with writing(self._engine) as connection:
            profiles.add(connection, profile)
            if entry:
                audit.append(connection, entry)

    def delete_voice_profile(self, officer: str, *, entry: audit.Entry | None = None) -> None:
        """Delete an officer's voice profile for good, which the log tells; raises WrongUse when there is none."""
        with writing(self._engine) as connection:
            profiles.remove(connection, officer)
            if entry:
                audit.append(connection, entry)

    def voice_profiles(self) -> tuple[VoiceProfile, ...]:
        """The voice profiles of all officers who consented."""
        with reading(self._engine) as connection:
            return profiles.every(connection)

    @property
    def unfinished_folder(self) -> Path:
        """Where the words of recordings that are being processed are kept until they are done."""
        url = self._engine.url
        if url.get_backend_name() == "sqlite" and url.database:
            return Path(f"{url.database}.unfinished")
        return Path(platformdirs.user_cache_dir("bodycam-review")) / "unfinished"

    def has(self, sha256: str) -> bool:
        """Whether the recording with this content has an encounter."""
        with reading(self._engine) as connection:
            return rows.has(connection, sha256, None)

    def count(self, reach: Reach = EVERYTHING) -> int:
        """How many recordings there are within reach."""
        with reading(self._engine) as connection:
            return library.count(connection, reach)

    def find(self, prefix: str) -> str:
        """The sha256 that starts with `prefix`; raises UnknownRecording for none, WrongUse for several."""
        wanted = prefix.strip().lower()
        if not wanted or len(wanted) > SHA256_DIGITS or set(wanted) - set("0123456789abcdef"):
            raise WrongUse(f"{prefix!r} is no recording id: give the first digits of its sha256, as `list` shows them")
        with reading(self._engine) as connection:
            found: Sequence[str] = connection.scalars(
                select(recordings.c.sha256).where(recordings.c.sha256.startswith(wanted)).limit(2)
            ).all()
        if not found:
            raise UnknownRecording(f"no recording has an id that starts with {wanted}; `bodycam-review list` shows all")
        if len(found) > 1:
            raise WrongUse(f"more than one recording has an id that starts with {wanted}; give more of its digits")
        return found[0]

    def encounter(self, sha256: str, *, revision: int | None = None) -> Encounter:
        """The encounter of this recording, the latest revision unless told; raises UnknownRecording."""
        with reading(self._engine) as connection:
            wanted = revision or verdicts.latest_revision(connection, sha256)
            body = connection.scalar(
                select(encounters.c.body).where(encounters.c.recording == sha256, encounters.c.revision == wanted)
            )
        if body is None:
            raise UnknownRecording(f"the store has no recording {sha256[:12]}")
        return from_json(body)

    def media(self, sha256: str) -> Path | None:
        """Where the original lies, when it is still there and still as long as it was; else None."""
        with reading(self._engine) as connection:
            row = connection.execute(
                select(recordings.c.media, recordings.c.bytes).where(recordings.c.sha256 == sha256)
            ).first()
        if row is None:
            raise UnknownRecording(f"the store has no recording {sha256[:12]}")
        path = Path(row.media)
        return path if path.is_file() and path.stat().st_size == row.bytes else None

    def recordings(
        self,
        *,
        limit: int = 200,
        offset: int = 0,
        hidden: Collection[str] = (),
        reach: Reach = EVERYTHING,
        closed_to: Viewer | None = None,
    ) -> tuple[Entry, ...]:
        """One page of the library, newest first; flags of the behaviours that are `hidden` are not counted.

        Nor are those in recordings in which `closed_to` appears, before the statement about them is done.
        """
        with reading(self._engine) as connection:
            return library.entries(
                connection, limit=limit, offset=offset, hidden=hidden, reach=reach, closed_to=closed_to
            )

    def search(self, query: str, *, limit: int = 50, reach: Reach = EVERYTHING) -> tuple[Hit, ...]:
        """The turns in which all these words were said."""
        with reading(self._engine) as connection:
            return search.hits(connection, query, limit=limit, reach=reach)

    def latest_revision(self, sha256: str) -> int:
        """The newest revision of this recording; raises UnknownRecording."""
        with reading(self._engine) as connection:
            found = verdicts.latest_revision(connection, sha256)
        if found is None:
            raise UnknownRecording(f"the store has no recording {sha256[:12]}")
        return found

    def record(self, said: Sequence[Verdict]) -> tuple[str, ...]:
        """Keep these verdicts, all or none, and return their ids; one that is kept already stays as it was."""
        with writing(self._engine) as connection:
            verdicts.record(connection, said)
            tallies.count(connection, {verdict.recording for verdict in said})
        return tuple(verdict.id for verdict in said)

    def verdicts(self, sha256: str) -> tuple[Verdict, ...]:
        """All verdicts on this recording in the order they were given, undone ones too."""
        with reading(self._engine) as connection:
            return verdicts.by_recording(connection, [sha256]).get(sha256, ())
