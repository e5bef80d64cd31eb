"""All tables. A change here needs a migration in `migrations/versions`; a test compares."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from loa_server.adapters.db.types import Document, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = String(40)
Hash = String(64)
# SQLite numbers rows by itself only in a column it calls INTEGER.
Serial = BigInteger().with_variant(Integer, "sqlite")

area = Table(
    "area",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("level", Integer, nullable=False),
    Column("parent", Id, ForeignKey("area.id"), index=True),
    Column("zone", String(60)),
    Column("hours", Document),
    Column("valid_from", UtcDateTime),
    Column("valid_to", UtcDateTime),
    Column("replaced_by", Id, ForeignKey("area.id")),
)

account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", String(100), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("area", Id, ForeignKey("area.id"), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("locale", String(5), nullable=False),
    Column("failed_attempts", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
)

session = Table(
    "session",
    metadata,
    Column("token_sha256", Hash, primary_key=True),
    Column("account", Id, ForeignKey("account.id"), nullable=False, index=True),
    Column("csrf", String(100), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

station = Table(
    "station",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("area", Id, ForeignKey("area.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("volume_percent", Integer, nullable=False),
    Column("delay_ms", Integer, nullable=False),
    Column("kid", String(16)),
    Column("public_key", String(60)),
    Column("broker_password", String(128)),
    Column("enrolled_at", UtcDateTime),
    Column("retired_at", UtcDateTime),
    Column("acknowledged", BigInteger, nullable=False, server_default="0"),
)

claim = Table(
    "claim",
    metadata,
    Column("code_sha256", Hash, primary_key=True),
    Column("station", Id, ForeignKey("station.id"), nullable=False, index=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

bulletin = Table(
    "bulletin",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", String(200), nullable=False),
    Column("category", String(60)),
    Column("author", Id, ForeignKey("account.id"), nullable=False),
    Column("area", Id, ForeignKey("area.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("source_sha256", Hash, nullable=False),
    Column("status", String(20), nullable=False),
    Column("sha256", Hash),
    Column("bytes", BigInteger),
    Column("duration_ms", BigInteger),
    Column("loudness_lufs", Float),
    Column("code", String(60)),
    Column("facts", Document, nullable=False),
    Column("deleted_at", UtcDateTime),
)

audio_job = Table(
    "audio_job",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("bulletin", Id, ForeignKey("bulletin.id"), nullable=False, index=True),
    Column("due_at", UtcDateTime, nullable=False, index=True),
    Column("claimed_until", UtcDateTime),
    Column("attempts", Integer, nullable=False),
)

broadcast = Table(
    "broadcast",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", String(200), nullable=False),
    Column("class", String(20), nullable=False, key="class_"),
    Column("rule", Document, nullable=False),
    Column("area", Id, ForeignKey("area.id"), nullable=False),
    Column("author", Id, ForeignKey("account.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("ends_at", UtcDateTime),
    Column("stopped_at", UtcDateTime),
    Column("last_end", UtcDateTime, index=True),
)

broadcast_bulletin = Table(
    "broadcast_bulletin",
    metadata,
    Column("broadcast", Id, ForeignKey("broadcast.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("bulletin", Id, ForeignKey("bulletin.id"), nullable=False, index=True),
)

broadcast_audience = Table(
    "broadcast_audience",
    metadata,
    Column("broadcast", Id, ForeignKey("broadcast.id"), primary_key=True),
    Column("audience", String(42), primary_key=True, index=True),
    Column("from_version", Integer, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("key", String(60), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("mark", Integer, nullable=False),
    Column("clean_mark", Integer, nullable=False),
    Column("resend", Boolean, nullable=False),
    Column("issued_at", UtcDateTime),
)

presence = Table(
    "presence",
    metadata,
    Column("station", Id, ForeignKey("station.id"), primary_key=True),
    Column("state", Document, nullable=False),
    Column("online", Boolean, nullable=False, index=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("lost_at", UtcDateTime),
)

journal = Table(
    "journal",
    metadata,
    Column("station", Id, ForeignKey("station.id"), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("boot", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("occurrence", String(80)),
    Column("record", Document, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Index("ix_journal_occurrence", "occurrence", "station"),
)

journal_gap = Table(
    "journal_gap",
    metadata,
    Column("station", Id, ForeignKey("station.id"), primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
)

play = Table(
    "play",
    metadata,
    Column("station", Id, ForeignKey("station.id"), primary_key=True),
    Column("occurrence", String(80), primary_key=True),
    Column("broadcast", Id, index=True),
    Column("outcome", String(20), nullable=False),
    Column("sha256", Hash),
    Column("planned_at", UtcDateTime),
    Column("actual_at", UtcDateTime),
    Column("offset_ms", BigInteger, nullable=False),
    Column("played_ms", BigInteger, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("code", String(60)),
    # Planned start, or the instant of the first record where no plan is named: sorts the log.
    Column("due_at", UtcDateTime, nullable=False, index=True),
    Index("ix_play_occurrence", "occurrence"),
)

held_blob = Table(
    "held_blob",
    metadata,
    Column("station", Id, ForeignKey("station.id"), primary_key=True),
    Column("sha256", Hash, primary_key=True, index=True),
)

refusal = Table(
    "refusal",
    metadata,
    Column("station", Id, ForeignKey("station.id"), primary_key=True),
    Column("document", String(120), primary_key=True, index=True),
    Column("code", String(60), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

change = Table(
    "change",
    metadata,
    Column("subject", String(40), primary_key=True),
    Column("counter", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(60), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("facts", Document, nullable=False),
    Column("digest", Hash, nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("digest", Hash, nullable=False),
)
