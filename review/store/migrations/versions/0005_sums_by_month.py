"""The marks of all recordings summed by unit and month, for the unit view."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and fill it from the counts that are kept."""
    op.create_table(
        "month_sums",
        sa.Column("unit", sa.String(80), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("behaviour", sa.String(40), nullable=False),
        sa.Column("others", sa.Boolean(), nullable=False),
        sa.Column("direction", sa.String(16), nullable=False),
        sa.Column("marked", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "month", "behaviour", "others", "direction", name="pk_month_sums"),
    )
    op.execute(
        "INSERT INTO month_sums SELECT coalesce(w.unit, ''), substr(l.at, 1, 7), m.behaviour, m.others, m.direction, "
        "sum(m.marked), sum(m.unsure), sum(m.verified), sum(m.verified + m.rejected + m.disputed) "
        "FROM mark_counts m JOIN listings l ON l.recording = m.recording "
        "LEFT JOIN whose w ON w.recording = m.recording GROUP BY 1, 2, 3, 4, 5"
    )
