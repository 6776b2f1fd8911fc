"""Recordings, encounters, flags, turns with full-text search, verdicts; what must not change is guarded."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SHA = sa.String(64)
NEVER_CHANGED = ("encounters", "flags", "turns", "verdicts")


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "recordings",
        sa.Column("sha256", SHA, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("has_video", sa.Boolean, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.String(40)),
        sa.Column("added_at", sa.String(40), nullable=False),
        sa.Column("media", sa.Text, nullable=False),
    )
    op.create_index("ix_recordings_when", "recordings", ["recorded_at", "added_at"])
    op.create_table(
        "encounters",
        sa.Column("recording", SHA, sa.ForeignKey("recordings.sha256"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("speakers", sa.Integer, nullable=False),
        sa.Column("made_at", sa.String(40), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    of_an_encounter = (["recording", "revision"], ["encounters.recording", "encounters.revision"])
    op.create_table(
        "flags",
        sa.Column("recording", SHA, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("behaviour", sa.String(40), nullable=False),
        sa.Column("direction", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("start", sa.Float, nullable=False),
        sa.ForeignKeyConstraint(*of_an_encounter),
    )
    op.create_index("ix_flags_behaviour", "flags", ["behaviour"])
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("recording", SHA, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("speaker", sa.String(40), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("start", sa.Float, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(*of_an_encounter),
    )
    op.create_index("ix_turns_recording", "turns", ["recording", "revision"])
    op.create_table(
        "verdicts",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(80), nullable=False, unique=True),
        sa.Column("recording", SHA, sa.ForeignKey("recordings.sha256"), nullable=False),
        sa.Column("flag", sa.String(32), nullable=False),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("reviewer", sa.String(80), nullable=False),
        sa.Column("reviewer_role", sa.String(40), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("ix_verdicts_recording", "verdicts", ["recording"])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_extras()
    else:
        _postgresql_extras()


def _sqlite_extras() -> None:
    op.execute("CREATE VIRTUAL TABLE turn_index USING fts5(text, content='turns', content_rowid='id')")
    op.execute(
        "CREATE TRIGGER turns_indexed AFTER INSERT ON turns BEGIN "
        "INSERT INTO turn_index(rowid, text) VALUES (new.id, new.text); END"
    )
    for table in NEVER_CHANGED:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} are only ever added'); END"
            )


def _postgresql_extras() -> None:
    op.execute("CREATE INDEX ix_turns_text ON turns USING gin (to_tsvector('simple', text))")
    op.execute(
        "CREATE FUNCTION only_ever_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% are only ever added', TG_TABLE_NAME; END $$"
    )
    for table in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION only_ever_added()"
        )
