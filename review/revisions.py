"""The next revision of an encounter: people's corrections applied, or the same words marked anew, without any sound.

What people said of a flag holds on where it is still the same: a new flag of the same behaviour, speaker, role and
quote whose span overlaps by half has the id of the earlier one. Any other flag has an id that nobody has answered yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from review import behaviours, corrections
from review.encounter import Correction, CorrectionKind, Encounter, Flag, Status
from review.pipeline import Clock, Settings, flat, now, software
from review.store import Casebook, Store

Log = Callable[[Casebook, Encounter], None]  # writes to the audit log that this revision was made

SAME_MOMENT = 0.5  # share of the longer of two spans that both must hold
_SETTINGS = "behaviours."  # how provenance calls those of the tagger
_ANEW = "Marked anew from the words kept, with codebook and rules"


class Change(StrEnum):
    """What became of a flag from one revision to the next."""

    GONE = "gone"
    NEW = "new"
    NOW_SURE = "now sure"
    NOW_UNSURE = "now unsure"
    OTHER_WORDS = "other words"  # the same behaviour of the same speaker at that moment, with another quote
    OTHERWISE = "otherwise"  # confidence, details, or the rule or model that says so


@dataclass(frozen=True)
class Changed:
    """One flag that is not as it was; None where there is none before or after."""

    change: Change
    before: Flag | None
    after: Flag | None

    @property
    def flag(self) -> Flag:
        """The flag as it is now, or as it was before it went."""
        flag = self.after or self.before
        assert flag is not None, "a change is of a flag"
        return flag


@dataclass(frozen=True)
class Retagged:
    """A recording marked again: how it was, how it is now, and what became of its flags."""

    before: Encounter
    after: Encounter
    changes: tuple[Changed, ...]
    kept: bool  # `after` is in the store, as a new revision
    answers_left: int  # people's answers to flags that `after` does not have; they stay with their revision


def corrected(
    encounter: Encounter,
    made: Sequence[Correction],
    settings: Settings | None = None,
    *,
    back_to: Encounter | None = None,
    clock: Clock = now,
) -> Encounter:
    """The next revision: the same words with these corrections, and marked anew; raises WrongUse.

    `made` may be one undo; then `back_to` is the earlier revision whose words hold again. What people answered to its
    flags, and to those of `encounter`, holds where they are the same.
    """
    remarks = [f"Corrected: {_told(one)}." for one in made]
    if back_to is not None:
        known = {flag.id for flag in back_to.flags}
        flags = (*back_to.flags, *(flag for flag in encounter.flags if flag.id not in known))
        again = replace(encounter, turns=back_to.turns, roles=back_to.roles, acts=back_to.acts, flags=flags)
        return _next(again, settings or Settings(), remarks, clock)
    turns, roles = corrections.applied(encounter.turns, encounter.roles, made)
    changed = replace(encounter, turns=turns, roles=roles, acts=corrections.renamed(encounter.acts, made))
    return _next(changed, settings or Settings(), remarks, clock)


def retagged(encounter: Encounter, settings: Settings | None = None, *, clock: Clock = now) -> Encounter:
    """The next revision: the same words, marked anew by this version's codebook and rules and these settings."""
    remarks = tuple(remark for remark in encounter.provenance.remarks if not remark.startswith(_ANEW))
    plain = replace(encounter, provenance=replace(encounter.provenance, remarks=remarks))
    version = behaviours.models()[0].version
    return _next(plain, settings or Settings(), [f"{_ANEW} {version}."], clock)


def retag(
    store: Store, sha256: str, settings: Settings, *, keep: bool = True, log: Log | None = None, clock: Clock = now
) -> Retagged:
    """Mark a stored recording again and, with `keep`, add what differs as a new revision; raises RefusedAct.

    `log` is called in the transaction that adds it, so that neither is kept without the other.
    """
    before = store.encounter(sha256)
    after = retagged(before, settings, clock=clock)
    differs = before.flags != after.flags
    if differs and keep:
        with store.casebook(write=True) as book:
            book.revise(after, at=clock())
            if log:
                log(book, after)
    gone = {flag.id for flag in before.flags} - {flag.id for flag in after.flags}
    left = sum(verdict.flag in gone for verdict in store.verdicts(sha256))
    return Retagged(before, after, difference(before, after), differs and keep, left)


def difference(before: Encounter, after: Encounter) -> tuple[Changed, ...]:
    """What became of the flags of `before` in `after`, in the order of time; a flag that is as it was is left out."""
    same = _pairs(before.flags, after.flags, _same)
    alike = _pairs(_but(before.flags, same, 0), _but(after.flags, same, 1), _alike)
    paired = [*same, *alike]
    changes = [Changed(_change(old, new), old, new) for old, new in paired if old != new]
    changes += [Changed(Change.GONE, flag, None) for flag in _but(before.flags, paired, 0)]
    changes += [Changed(Change.NEW, None, flag) for flag in _but(after.flags, paired, 1)]
    return tuple(sorted(changes, key=lambda one: (one.flag.first, one.flag.last, one.flag.behaviour, one.change)))


def _next(encounter: Encounter, settings: Settings, remarks: Sequence[str], clock: Clock) -> Encounter:
    """This encounter with its words marked by these settings, as the revision after its own."""
    made = behaviours.tag(
        encounter.turns,
        encounter.roles,
        acts=encounter.acts,
        settings=settings.behaviours,
        seed=encounter.recording.sha256,
        language=encounter.language,
    )
    old, uses = encounter.provenance, behaviours.models()
    jobs = {use.job for use in uses}
    others = {key: value for key, value in old.settings.items() if not key.startswith(_SETTINGS)}
    provenance = replace(
        old,
        software=software(),
        made_at=clock(),
        models=(*(use for use in old.models if use.job not in jobs), *uses),
        settings={**others, **flat(asdict(settings.behaviours), _SETTINGS)},
        remarks=(*old.remarks, *remarks),
    )
    flags = _with_ids(encounter.flags, made)
    return replace(encounter, flags=flags, provenance=provenance, revision=encounter.revision + 1)


def _with_ids(before: Sequence[Flag], made: Sequence[Flag]) -> tuple[Flag, ...]:
    """The flags just made, each with the id that people's answers to the same one before are kept under."""
    ids = {new.id: old.id for old, new in _pairs(before, made, _same)}
    taken = {flag.id for flag in before}
    return tuple(replace(flag, id=ids.get(flag.id) or _free(flag, taken)) for flag in made)


def _free(flag: Flag, taken: set[str]) -> str:
    """An id for a flag that is not the same as before; the words may be those of a flag of another speaker."""
    if flag.id not in taken:
        return flag.id
    return hashlib.sha256(f"{flag.id}\x1f{flag.speaker}".encode()).hexdigest()[: len(flag.id)]


def _pairs(
    before: Sequence[Flag], after: Sequence[Flag], fits: Callable[[Flag, Flag], bool]
) -> list[tuple[Flag, Flag]]:
    """Flags before and after that fit, each at most once; those with one id first, then those nearest in time."""
    candidates: dict[tuple[str, str], list[Flag]] = {}
    for flag in before:
        candidates.setdefault((flag.behaviour, flag.speaker), []).append(flag)
    possible = [
        (old.id != new.id, -old.span.overlap(new.span), old.first, new.first, old.id, new.id, old, new)
        for new in after
        for old in candidates.get((new.behaviour, new.speaker), ())
        if fits(old, new)
    ]
    pairs: list[tuple[Flag, Flag]] = []
    used: tuple[set[str], set[str]] = set(), set()
    for *_, old, new in sorted(possible, key=lambda one: one[:6]):
        if old.id not in used[0] and new.id not in used[1]:
            pairs.append((old, new))
            used[0].add(old.id)
            used[1].add(new.id)
    return pairs


def _same(old: Flag, new: Flag) -> bool:
    """Whether what people said of the one holds for the other."""
    # Who agreed to a civilian's words has not agreed that an officer said them, though the voice is the same.
    if (old.behaviour, old.speaker, old.role, old.quote) != (new.behaviour, new.speaker, new.role, new.quote):
        return False
    longer = max(old.span.seconds, new.span.seconds)
    return old.span == new.span or 0 < old.span.overlap(new.span) >= SAME_MOMENT * longer


def _alike(old: Flag, new: Flag) -> bool:
    return old.span == new.span or old.span.overlap(new.span) > 0


def _but(flags: Sequence[Flag], pairs: Sequence[tuple[Flag, Flag]], side: int) -> list[Flag]:
    paired = {pair[side].id for pair in pairs}
    return [flag for flag in flags if flag.id not in paired]


def _change(old: Flag, new: Flag) -> Change:
    if old.status is not new.status:
        return Change.NOW_SURE if new.status is Status.FLAGGED else Change.NOW_UNSURE
    return Change.OTHERWISE if old.quote == new.quote else Change.OTHER_WORDS


def _told(made: Correction) -> str:
    at = f"{made.span.start:.1f} s"
    return {
        CorrectionKind.ROLE: f"{made.speaker} is {made.now}, not {made.was}",
        CorrectionKind.SPEAKER: f"{made.speaker} has the voice of {made.now}, not {made.was}",
        CorrectionKind.TEXT: f"{made.speaker} at {at} said {made.now!r}, not {made.was!r}",
        CorrectionKind.BOUNDARY: f"a turn of {made.speaker} at {at} is {made.now}",
        CorrectionKind.UNDO: f"what was put right in revision {made.was} is taken back",
    }[made.kind]
