"""The tables of the store: recordings and encounters that never change, and verdicts that are only ever added."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

# Instants are ISO 8601 text in UTC: SQLite has no type for them, and text sorts as time does.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

recordings = Table(
    "recordings",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("has_video", Boolean, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("recorded_at", String(40)),
    Column("added_at", String(40), nullable=False),
    Column("media", Text, nullable=False),  # where the original lay when it was processed
    Index("ix_recordings_when", "recorded_at", "added_at"),
)

encounters = Table(
    "encounters",
    metadata,
    Column("recording", String(64), ForeignKey("recordings.sha256"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("language", String(8), nullable=False),
    Column("words", Integer, nullable=False),
    Column("speakers", Integer, nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("body", Text, nullable=False),  # encounter_json
)

flags = Table(
    "flags",
    metadata,
    Column("recording", String(64), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("id", String(32), primary_key=True),
    Column("behaviour", String(40), nullable=False, index=True),
    Column("direction", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("start", Float, nullable=False),
    Column("role", String(16), nullable=False, server_default="unknown"),
    ForeignKeyConstraint(["recording", "revision"], ["encounters.recording", "encounters.revision"]),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recording", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("speaker", String(40), nullable=False),
    Column("role", String(16), nullable=False),
    Column("start", Float, nullable=False),
    Column("text", Text, nullable=False),
    ForeignKeyConstraint(["recording", "revision"], ["encounters.recording", "encounters.revision"]),
    Index("ix_turns_recording", "recording", "revision"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(80), nullable=False),
    Column("recording", String(64), ForeignKey("recordings.sha256"), nullable=False, index=True),
    Column("flag", String(32), nullable=False),
    Column("answer", String(16), nullable=False),
    Column("reviewer", String(80), nullable=False),
    Column("reviewer_role", String(40), nullable=False),
    Column("at", String(40), nullable=False),
    Column("note", Text, nullable=False),
    UniqueConstraint("id"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("recording", String(64), ForeignKey("recordings.sha256"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),  # the one that this correction made
    Column("kind", String(16), nullable=False),
    Column("speaker", String(40), nullable=False),
    Column("start", Float, nullable=False),
    Column("end", Float, nullable=False),
    Column("was", Text, nullable=False),
    Column("now", Text, nullable=False),
    Column("reviewer", String(80), nullable=False),
    Column("at", String(40), nullable=False),
)

voice_profiles = Table(
    "voice_profiles",
    metadata,
    Column("officer", String(80), primary_key=True),
    Column("consent", Text, nullable=False),  # what the written consent is called
    Column("consent_sha256", String(64), nullable=False),
    Column("made_from", String(64), nullable=False),  # sha256 of the recording
    Column("model", String(64), nullable=False),  # sha256 of the model; another one's numbers mean something else
    Column("added_by", String(80), nullable=False),
    Column("added_at", String(40), nullable=False),
    Column("direction", Text, nullable=False),  # JSON, the unit vector of the voice
)
