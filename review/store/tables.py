"""The tables of the store: recordings and encounters that never change, what people did, which is only ever added, and
what the program keeps of accounts, sessions and work in progress, which changes.
"""

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

people = Table(
    "people",
    metadata,
    Column("id", String(80), primary_key=True),  # what one signs in with, and what stands with all that one does
    Column("name", String(120), nullable=False),
    Column("role", String(40), nullable=False),
    Column("unit", String(80), nullable=False),
    Column("officer", String(80), nullable=False),  # the agency's id of one who can wear a camera; or empty
    Column("password", Text, nullable=False),  # argon2; empty for demo accounts and for those who come by OIDC
    Column("totp", Text, nullable=False),  # sealed with a key that is not in here; empty until the person has set it up
    Column("totp_step", BigInteger, nullable=False),  # the last time step that was used, so that a code works once
    Column("demo", Boolean, nullable=False),
    Column("made_at", String(40), nullable=False),
    Column("disabled_at", String(40)),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("person", String(80), nullable=False),
    Column("at", String(40), nullable=False),
    Column("ok", Boolean, nullable=False),
    Index("ix_sign_ins_person", "person", "at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the token, which is kept nowhere
    Column("person", String(80), nullable=False),
    Column("began", Float, nullable=False),  # Unix seconds, as the next
    Column("seen", Float, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("how", String(40), nullable=False),  # demo, password+totp, oidc
)

whose = Table(
    "whose",
    metadata,
    Column("recording", String(64), ForeignKey("recordings.sha256"), primary_key=True),
    Column("wearer", String(80), nullable=False, index=True),
    Column("unit", String(80), nullable=False, index=True),
)

listings = Table(
    "listings",
    metadata,
    Column("recording", String(64), ForeignKey("recordings.sha256"), primary_key=True),
    Column("revision", Integer, nullable=False),  # the latest
    Column("at", String(40), nullable=False),  # when it was recorded, or else added
    Column("language", String(8), nullable=False),
    Column("words", Integer, nullable=False),
    Column("speakers", Integer, nullable=False),
    Column("unread", Integer, nullable=False),  # marks of the latest revision that nobody has judged
    Index("ix_listings_at", "at", "recording"),
)

mark_counts = Table(
    "mark_counts",
    metadata,
    Column("recording", String(64), ForeignKey("recordings.sha256"), primary_key=True),
    Column("behaviour", String(40), primary_key=True),
    Column("others", Boolean, primary_key=True),  # of officers who do not wear this camera
    Column("direction", String(16), nullable=False),
    Column("marked", Integer, nullable=False),
    Column("unsure", Integer, nullable=False),
    Column("verified", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("disputed", Integer, nullable=False),
    Column("unread_marked", Integer, nullable=False),  # of those marked, which nobody has judged
    Column("unread_unsure", Integer, nullable=False),
    Index("ix_mark_counts_behaviour", "behaviour", "recording"),
)

month_sums = Table(
    "month_sums",
    metadata,
    Column("unit", String(80), primary_key=True),  # empty: nobody has said whose they are
    Column("month", String(7), primary_key=True),  # 2026-03
    Column("behaviour", String(40), primary_key=True),
    Column("others", Boolean, primary_key=True),  # of officers who do not wear the camera
    Column("direction", String(16), primary_key=True),
    Column("marked", Integer, nullable=False),
    Column("unsure", Integer, nullable=False),
    Column("verified", Integer, nullable=False),
    Column("judged", Integer, nullable=False),
)

appearing = Table(
    "appearing",
    metadata,
    Column("recording", String(64), ForeignKey("recordings.sha256"), primary_key=True),
    Column("officer", String(80), primary_key=True),
)

openings = Table(
    "openings",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("session", String(64), nullable=False),
    Column("person", String(80), nullable=False),
    Column("recording", String(64), ForeignKey("recordings.sha256"), nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("at", String(40), nullable=False),
    Index("ix_openings_session", "session", "recording"),
)

acts = Table(
    "acts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(80), nullable=False),
    Column("recording", String(64), ForeignKey("recordings.sha256"), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("about", String(120), nullable=False),
    Column("body", Text, nullable=False),  # JSON
    Column("person", String(80), nullable=False),
    Column("role", String(40), nullable=False),
    Column("at", String(40), nullable=False),
    UniqueConstraint("id"),
    Index("ix_acts_recording", "recording", "kind"),
    Index("ix_acts_about", "about", "kind"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", String(40), nullable=False),
    Column("person", String(80), nullable=False),
    Column("role", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("recording", String(64), nullable=False),  # empty when it is about none; may be one that is not here
    Column("purpose", String(40), nullable=False),
    Column("outcome", String(16), nullable=False),  # done or refused
    Column("source", String(120), nullable=False),  # from where
    Column("details", Text, nullable=False),  # JSON
    Column("hash", String(64), nullable=False),  # over the one before and this entry
    Index("ix_audit_recording", "recording", "number"),
    Index("ix_audit_person", "person", "number"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),  # what the person's file is called
    Column("path", Text, nullable=False),  # where it lies; the program chose its name
    Column("person", String(80), nullable=False),
    Column("wearer", String(80), nullable=False),
    Column("unit", String(80), nullable=False),
    Column("others", Text, nullable=False, server_default="[]"),  # JSON, ids of officers who appear in it
    Column("state", String(16), nullable=False),  # waiting, working, done, failed, cancelled
    Column("stage", String(40), nullable=False),
    Column("share", Float, nullable=False),  # of the whole work, 0..1
    Column("message", Text, nullable=False),
    Column("recording", String(64), nullable=False),  # empty until it is known
    Column("made_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
    Column("began_at", String(40)),  # when its work began last
    Index("ix_jobs_state", "state", "made_at"),
)

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("person", String(80), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("body", Text, nullable=False),  # JSON
)

places = Table(
    "places",
    metadata,
    Column("person", String(80), primary_key=True),
    Column("recording", String(64), ForeignKey("recordings.sha256"), primary_key=True),
    Column("body", Text, nullable=False),  # JSON: where the person was
    Column("at", String(40), nullable=False),
)
