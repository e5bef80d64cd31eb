"""What stations told, the sums of it, what changed for browsers, and the trail of deeds."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

from loa_server.adapters.db.tables.base import Hash, Id, Serial, metadata
from loa_server.adapters.db.types import Document, UtcDateTime

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
