"""What the library lists and counts of each recording, kept ready in the transaction that changes it.

Counting 10,000 recordings of 80 marks each time that somebody looks would take seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from review.encounter import Encounter, Role, Standing, Status, Verdict, standing
from review.store import sums, verdicts
from review.store.tables import flags, listings, mark_counts

NUMBERS = ("marked", "unsure", "verified", "rejected", "disputed", "unread_marked", "unread_unsure")
Key = tuple[str, bool, str]  # behaviour, of another officer, direction


def list_encounter(connection: Connection, encounter: Encounter, *, at: str) -> None:
    """Note the latest revision of a recording; `at` is when it was recorded, or else added."""
    recording = encounter.recording.sha256
    values = {
        "revision": encounter.revision,
        "language": encounter.language,
        "words": len(encounter.words),
        "speakers": len(encounter.roles),
        "unread": 0,
    }
    known = connection.scalar(select(listings.c.revision).where(listings.c.recording == recording))
    if known is None:
        connection.execute(insert(listings).values(recording=recording, at=at, **values))
    elif known < encounter.revision:
        connection.execute(update(listings).where(listings.c.recording == recording).values(values))
    count(connection, [recording])


def count(connection: Connection, which: Collection[str]) -> None:
    """Count the marks of these recordings anew; called in each transaction that adds marks or verdicts."""
    sums.lock(connection, which)
    said = verdicts.by_recording(connection, list(which))
    changes: sums.Changes = {}
    for recording in which:
        rows = connection.execute(
            select(flags.c.id, flags.c.behaviour, flags.c.direction, flags.c.status, flags.c.role)
            .join(listings, (listings.c.recording == flags.c.recording) & (listings.c.revision == flags.c.revision))
            .where(flags.c.recording == recording)
        ).all()
        unit, month = sums.place(connection, recording)
        for key, more in _keep(connection, recording, counted(rows, said.get(recording, ()))).items():
            changes.setdefault((unit, month, *key), Counter()).update(more)
    sums.add(connection, changes)


def counted(rows: Iterable[Any], said: Iterable[Verdict]) -> dict[Key, Counter[str]]:
    """The marks of one recording counted by behaviour: what the machine says and where people stand."""
    by_flag: dict[str, list[Verdict]] = {}
    for verdict in said:
        by_flag.setdefault(verdict.flag, []).append(verdict)
    counts: dict[Key, Counter[str]] = {}
    for row in rows:
        key = (row.behaviour, row.role == Role.OTHER_OFFICER, row.direction)
        found = counts.setdefault(key, Counter())
        status = "unsure" if row.status == Status.UNSURE else "marked"
        stands = standing(row.id, by_flag.get(row.id, ()))
        found[status] += 1
        found[f"unread_{status}" if stands is Standing.UNVERIFIED else stands.value] += 1
    return counts


def _keep(connection: Connection, recording: str, counts: Mapping[Key, Counter[str]]) -> dict[Key, Counter[str]]:
    """Keep these counts, and tell by how much they differ from those that were kept."""
    here = mark_counts.c.recording == recording
    before = {
        (row.behaviour, row.others, row.direction): Counter({name: row._mapping[name] for name in NUMBERS})
        for row in connection.execute(select(mark_counts).where(here))
    }
    changed = [key for key in before.keys() | counts.keys() if before.get(key) != counts.get(key)]
    for behaviour, others, _ in changed:
        same = (mark_counts.c.behaviour == behaviour) & (mark_counts.c.others == others)
        if before:
            connection.execute(delete(mark_counts).where(here, same))
    rows = [row(recording, key, counts[key]) for key in changed if key in counts]
    if rows:
        connection.execute(insert(mark_counts), rows)
    unread = sum(found["unread_marked"] + found["unread_unsure"] for found in counts.values())
    connection.execute(update(listings).where(listings.c.recording == recording).values(unread=unread))
    return {key: _more(counts.get(key, {}), before.get(key, {})) for key in changed}


def _more(now: Mapping[str, int], before: Mapping[str, int]) -> Counter[str]:
    more = sums.summed(now)
    more.subtract(sums.summed(before))
    return more


def row(recording: str, key: Key, found: Mapping[str, int]) -> dict[str, object]:
    """The counts of one behaviour as they are kept."""
    behaviour, others, direction = key
    numbers = {name: found.get(name, 0) for name in NUMBERS}
    return {"recording": recording, "behaviour": behaviour, "others": others, "direction": direction, **numbers}
