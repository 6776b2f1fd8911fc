"""The store as one person may use it: each thing they ask for is decided by `access`, and done or refused on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from review import access
from review.access import Action, Decision, Facts, Purpose, Reach, Rules, Viewer
from review.desk.shelf import Encounters
from review.encounter import Encounter, Verdict
from review.errors import Refused, RefusedAct
from review.policy import Policy, current
from review.store import AuditEntry, Casebook, Store, fingerprint

NO_PURPOSE = "Say first what you open this recording for."
_FREE = frozenset({Action.LIST, Action.SET_PRESENCE, Action.STATEMENT, Action.MOMENTS, Action.ASSIGN})


def _now() -> datetime:
    return datetime.now(UTC)


class Desk:
    """What one signed-in person has before them; every method raises Refused for what they may not do."""

    def __init__(
        self,
        store: Store,
        viewer: Viewer,
        *,
        source: str = "",
        encounters: Encounters | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """Take the open store and who sits there; `source` says from where, for the log."""
        self.store = store
        self.viewer = viewer
        self.source = source
        self.clock = clock
        self._encounters = encounters or Encounters()

    @classmethod
    def of(cls, store: Store, user: str, *, session: str = "", source: str = "", **more: Any) -> Desk:
        """The desk of the account with this id; raises Refused when there is none, or it was disabled."""
        with store.casebook() as book:
            viewer = book.viewer(user, session=session)
        if viewer is None:
            raise Refused("This account does not exist or was disabled; ask your administrator.")
        return cls(store, viewer, source=source, **more)

    @property
    def policy(self) -> Policy:
        """The agency's policy as it is now."""
        return current()

    @property
    def rules(self) -> Rules:
        """What the policy decides about access."""
        return self.policy.access

    @property
    def reach(self) -> Reach:
        """Which recordings this person's lists can hold."""
        return access.reach(self.viewer)

    def may(self, action: Action, sha256: str | None = None) -> Decision:
        """Whether this person may do that, without any trace; for what a page offers."""
        facts = None
        if sha256 is not None:
            with self.store.casebook() as book:
                facts = book.facts(sha256)
        return access.may(self.viewer, action, facts, rules=self.rules)

    def may_read(self, sha256: str) -> bool:
        """Whether this person has opened the recording and may read it."""
        return bool(self.may(Action.VIEW, sha256)) and bool(self.purpose(sha256))

    def may_all(self, sha256: str) -> frozenset[Action]:
        """Everything that this person may do with this recording."""
        with self.store.casebook() as book:
            facts = book.facts(sha256)
        return frozenset(one for one in Action if access.may(self.viewer, one, facts, rules=self.rules))

    def require(self, action: Action, sha256: str | None = None, *, told: str = "", **details: Any) -> Facts:
        """Raise Refused, and log it, unless this person may do that; recordings need a purpose, too."""
        with self.store.casebook() as book:
            facts = book.facts(sha256) if sha256 is not None else None
            purpose = book.purpose(self.viewer, sha256) if sha256 is not None else ""
        decision = access.may(self.viewer, action, facts, rules=self.rules)
        if decision and sha256 is not None and not purpose and action not in _FREE:
            decision = Decision(False, NO_PURPOSE)
        if not decision:
            self.log(told or action.value, sha256 or "", outcome="refused", why=decision.why, **details)
            raise Refused(decision.why)
        return facts or Facts()

    def log(self, action: str, sha256: str = "", *, outcome: str = "done", purpose: str = "", **details: Any) -> None:
        """Add to the audit log what this person did, or was refused, for the purpose that they opened it for.

        `purpose` is for what is done with a recording that nobody opens: shared moments.
        """
        with self.store.casebook(write=True) as book:
            self.log_in(book, action, sha256, outcome=outcome, purpose=purpose, **details)

    def log_in(
        self,
        book: Casebook,
        action: str,
        sha256: str = "",
        *,
        outcome: str = "done",
        purpose: str = "",
        **details: Any,
    ) -> None:
        """The same within a transaction, so that nothing is done without its entry."""
        viewer = self.viewer
        purpose = purpose or (book.purpose(viewer, sha256) if sha256 else "")
        entry = AuditEntry(
            self.clock(), viewer.user, viewer.role, action, sha256, purpose, outcome, self.source, details
        )
        book.log(entry)

    @contextmanager
    def doing(self, action: Action, sha256: str, *, told: str = "", **details: Any) -> Iterator[Casebook]:
        """A transaction in which this person does that, logged with it; raises Refused before anything is done."""
        self.require(action, sha256, told=told, **details)
        with self.store.casebook(write=True) as book:
            yield book
            self.log_in(book, told or action.value, sha256, **details)

    # One recording

    def purposes(self, sha256: str) -> tuple[Purpose, ...]:
        """For which purposes this person may open this recording; raises Refused when they may not open it at all."""
        with self.store.casebook() as book:
            facts = book.facts(sha256)
        decision = access.may(self.viewer, Action.VIEW, facts, rules=self.rules)
        if not decision:
            self.log("open", sha256, outcome="refused", why=decision.why)
            raise Refused(decision.why)
        return access.purposes(self.viewer, facts)

    def appears(self, sha256: str) -> bool:
        """Whether this person wears the camera or appears in this recording."""
        with self.store.casebook() as book:
            return access.appears(self.viewer, book.facts(sha256))

    def purpose(self, sha256: str) -> str:
        """For what this person opened this recording in this session; empty when they have not said."""
        with self.store.casebook() as book:
            return book.purpose(self.viewer, sha256)

    def begin(self, sha256: str, purpose: str, *, case: str = "") -> None:
        """Open a recording for a purpose, which holds for this session; `case` is the agency's number, for the log.

        Raises Refused.
        """
        if purpose not in self.purposes(sha256):
            why = "This is no purpose for which you may open this recording."
            self.log("open", sha256, outcome="refused", why=why, asked=purpose[:40])
            raise Refused(why)
        with self.store.casebook(write=True) as book:
            book.open(self.viewer, sha256, purpose=purpose, at=self.clock())
            self.log_in(book, "open", sha256, **({"case": case} if case else {}))

    def encounter(self, sha256: str) -> Encounter:
        """What the policy shows of the latest revision of this recording's encounter."""
        return self.policy.shown(self.latest(sha256))

    def latest(self, sha256: str) -> Encounter:
        """The latest revision as it is stored, with what the policy does not show."""
        self.require(Action.VIEW, sha256)
        return self._encounters.latest(self.store, sha256)

    def verdicts(self, sha256: str) -> tuple[Verdict, ...]:
        """All verdicts on this recording in the order they were given, undone ones too."""
        self.require(Action.VIEW, sha256)
        return self.store.verdicts(sha256)

    def decide(self, verdict: Verdict) -> None:
        """Keep what this person says of a mark, with its entry in the log, or neither; raises RefusedVerdict, too."""
        told = {"flag": verdict.flag, "answer": verdict.answer.value, "id": verdict.id, "digest": fingerprint(verdict)}
        with self.doing(Action.DECIDE, verdict.recording, **told) as book:
            book.record([verdict])

    def views(self, sha256: str, *, limit: int = 500) -> tuple[AuditEntry, ...]:
        """Who opened, played, exported or was refused this recording, and why, newest first."""
        self.require(Action.SEE_VIEWS, sha256)
        with self.store.casebook() as book:
            return book.logged(recording=sha256, limit=limit)

    def place(self, sha256: str) -> Mapping[str, Any]:
        """Where this person was in this recording."""
        self.require(Action.VIEW, sha256)
        with self.store.casebook() as book:
            return book.place(self.viewer.user, sha256)

    def keep_place(self, sha256: str, body: Mapping[str, Any]) -> None:
        """Keep where this person is; no entry in the log, which has what they played."""
        self.require(Action.VIEW, sha256)
        with self.store.casebook(write=True) as book:
            book.keep_place(self.viewer.user, sha256, body=body, at=self.clock())

    def set_whose(
        self, sha256: str, *, wearer: str, unit: str, others: Sequence[str] = (), seen: Facts | None = None
    ) -> None:
        """Say who wears the camera, for which unit, and who else appears.

        `seen` is what the person had before them: raises RefusedAct when somebody else has said otherwise since.
        """
        with self.doing(Action.SET_PRESENCE, sha256, wearer=wearer, unit=unit, others=sorted(others)) as book:
            now = book.facts(sha256)
            if seen and (now.wearer, now.unit, now.present) != (seen.wearer, seen.unit, seen.present):
                raise RefusedAct("Somebody else has said meanwhile whose recording this is; look at it again.")
            book.set_whose(sha256, wearer=wearer, unit=unit, others=others)
