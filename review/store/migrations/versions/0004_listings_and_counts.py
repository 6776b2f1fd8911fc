"""What the library lists and counts, kept ready; who else appears in an upload, and when its work began."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CONFIRMING = ("supervisor", "internal_affairs")
SAID = {"agree": "verified", "disagree": "rejected", "wrong_speaker": "rejected", "wrong_words": "rejected"}
NUMBERS = ("marked", "unsure", "verified", "rejected", "disputed", "unread_marked", "unread_unsure")


def upgrade() -> None:
    """Make the tables and fill them from what is kept."""
    op.create_table(
        "listings",
        sa.Column("recording", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("speakers", sa.Integer(), nullable=False),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["recording"], ["recordings.sha256"], name="fk_listings_recordings"),
        sa.PrimaryKeyConstraint("recording", name="pk_listings"),
    )
    op.create_index("ix_listings_at", "listings", ["at", "recording"])
    op.create_table(
        "mark_counts",
        sa.Column("recording", sa.String(64), nullable=False),
        sa.Column("behaviour", sa.String(40), nullable=False),
        sa.Column("others", sa.Boolean(), nullable=False),
        sa.Column("direction", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.ForeignKeyConstraint(["recording"], ["recordings.sha256"], name="fk_mark_counts_recordings"),
        sa.PrimaryKeyConstraint("recording", "behaviour", "others", name="pk_mark_counts"),
    )
    op.create_index("ix_mark_counts_behaviour", "mark_counts", ["behaviour", "recording"])
    op.add_column("jobs", sa.Column("others", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("jobs", sa.Column("began_at", sa.String(40)))
    _fill(op.get_bind())


def _fill(bind: sa.Connection) -> None:
    kept = bind.execute(
        sa.text(
            "SELECT r.sha256, e.revision, coalesce(r.recorded_at, r.added_at) AS at, e.language, e.words, e.speakers "
            "FROM recordings r JOIN encounters e ON e.recording = r.sha256 WHERE e.revision = "
            "(SELECT max(n.revision) FROM encounters n WHERE n.recording = r.sha256)"
        )
    ).all()
    for row in kept:
        counts = _counts(bind, row.sha256, row.revision)
        unread = sum(count["unread_marked"] + count["unread_unsure"] for count in counts.values())
        bind.execute(
            sa.text("INSERT INTO listings VALUES (:sha256, :revision, :at, :language, :words, :speakers, :unread)"),
            {**row._mapping, "unread": unread},
        )
        rows = [
            {"recording": row.sha256, "behaviour": behaviour, "others": others, "direction": direction}
            | {name: count[name] for name in NUMBERS}
            for (behaviour, others, direction), count in counts.items()
        ]
        if rows:
            bind.execute(sa.insert(_table()), rows)


def _counts(bind: sa.Connection, recording: str, latest: int) -> dict[tuple[str, bool, str], Counter[str]]:
    stands = _standings(bind, recording)
    counts: dict[tuple[str, bool, str], Counter[str]] = defaultdict(Counter)
    found = bind.execute(
        sa.text("SELECT id, behaviour, direction, status, role FROM flags WHERE recording = :r AND revision = :n"),
        {"r": recording, "n": latest},
    )
    for flag in found:
        count = counts[flag.behaviour, flag.role == "other_officer", flag.direction]
        status = "marked" if flag.status == "flagged" else "unsure"
        count[status] += 1
        count[stands.get(flag.id) or f"unread_{status}"] += 1
    return counts


def _standings(bind: sa.Connection, recording: str) -> dict[str, str]:
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in bind.execute(
        sa.text("SELECT flag, reviewer, reviewer_role, answer FROM verdicts WHERE recording = :r ORDER BY number"),
        {"r": recording},
    ):
        if row.reviewer_role in CONFIRMING:
            own = said[row.flag][row.reviewer]
            if row.answer == "undo":
                del own[-1:]
            else:
                own.append(row.answer)
    out: dict[str, str] = {}
    for flag, by in said.items():
        answers = {SAID[own[-1]] for own in by.values() if own and own[-1] != "skip"}
        if answers:
            out[flag] = answers.pop() if len(answers) == 1 else "disputed"
    return out


def _table() -> Any:
    names = ("recording", "behaviour", "others", "direction", *NUMBERS)
    return sa.table("mark_counts", *(sa.column(name) for name in names))
