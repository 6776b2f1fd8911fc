"""Who looks at the pages: an account in the store, signed in, with the recordings there opened for a purpose."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from review.access import Viewer
from review.errors import ReviewError
from review.store import open_store

MADE_AT = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
SESSION = "a-session-of-a-test"


@pytest.fixture
def seated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """Puts an account into this test's store, opens all recordings for `purpose`; returns what the gate would say."""
    monkeypatch.setenv("BODYCAM_REVIEW_DB", str(tmp_path / "review.db"))

    def sit(viewer: Viewer | None = None, *, purpose: str = "assigned_review") -> dict[str, str]:
        who = viewer or Viewer("demo.supervisor", "Demo supervisor", "supervisor")
        with suppress(ReviewError), open_store(tmp_path / "review.db") as store, store.casebook(write=True) as book:
            book.keep_demo(who, at=MADE_AT)
            if purpose:
                here = Viewer(who.user, who.name, who.role, session=SESSION)
                for entry in store.recordings():
                    book.open(here, entry.sha256, purpose=purpose, at=MADE_AT)
        return {"user": who.user, "name": who.name, "role": who.role, "session": SESSION}

    return sit
