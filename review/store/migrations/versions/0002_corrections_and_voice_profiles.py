"""Corrections, officers' voice profiles, and the role on each flag, so that figures can leave out other officers."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SHA = sa.String(64)


def upgrade() -> None:
    """Add two tables, and a column that is filled from the encounters."""
    op.create_table(
        "corrections",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("recording", SHA, sa.ForeignKey("recordings.sha256"), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("speaker", sa.String(40), nullable=False),
        sa.Column("start", sa.Float, nullable=False),
        sa.Column("end", sa.Float, nullable=False),
        sa.Column("was", sa.Text, nullable=False),
        sa.Column("now", sa.Text, nullable=False),
        sa.Column("reviewer", sa.String(80), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    op.create_index("ix_corrections_recording", "corrections", ["recording"])
    op.create_table(
        "voice_profiles",
        sa.Column("officer", sa.String(80), primary_key=True),
        sa.Column("consent", sa.Text, nullable=False),
        sa.Column("consent_sha256", SHA, nullable=False),
        sa.Column("made_from", SHA, nullable=False),
        sa.Column("model", SHA, nullable=False),
        sa.Column("added_by", sa.String(80), nullable=False),
        sa.Column("added_at", sa.String(40), nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    guard_off, guard_on = _SQLITE if sqlite else _POSTGRESQL
    op.execute(guard_off)
    op.add_column("flags", sa.Column("role", sa.String(16), nullable=False, server_default="unknown"))
    _fill_roles(op.get_bind())
    op.execute(guard_on)
    for statement in _SQLITE_CORRECTIONS if sqlite else _POSTGRESQL_CORRECTIONS:
        op.execute(statement)


_SQLITE = (
    "DROP TRIGGER flags_no_update",
    "CREATE TRIGGER flags_no_update BEFORE UPDATE ON flags BEGIN SELECT RAISE(ABORT, 'flags are only ever added'); END",
)
_POSTGRESQL = (
    "ALTER TABLE flags DISABLE TRIGGER flags_unchanged",
    "ALTER TABLE flags ENABLE TRIGGER flags_unchanged",
)
_SQLITE_CORRECTIONS = tuple(
    f"CREATE TRIGGER corrections_no_{change.lower()} BEFORE {change} ON corrections BEGIN "
    "SELECT RAISE(ABORT, 'corrections are only ever added'); END"
    for change in ("UPDATE", "DELETE")
)
_POSTGRESQL_CORRECTIONS = (
    "CREATE TRIGGER corrections_unchanged BEFORE UPDATE OR DELETE ON corrections "
    "FOR EACH STATEMENT EXECUTE FUNCTION only_ever_added()",
)


def _fill_roles(connection: sa.Connection) -> None:
    flags = sa.table("flags", sa.column("recording"), sa.column("revision"), sa.column("id"), sa.column("role"))
    encounters = sa.table("encounters", sa.column("recording"), sa.column("revision"), sa.column("body"))
    for recording, number in connection.execute(sa.select(encounters.c.recording, encounters.c.revision)).all():
        here = (encounters.c.recording == recording) & (encounters.c.revision == number)
        body = json.loads(connection.execute(sa.select(encounters.c.body).where(here)).scalar_one())
        for flag in body["flags"]:
            connection.execute(
                sa.update(flags)
                .where(flags.c.recording == recording, flags.c.revision == number, flags.c.id == flag["id"])
                .values(role=flag["role"])
            )
