"""Broadcasts with what they play to whom, decided orders, and documents to publish."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text, false

from loa_server.adapters.db.tables.base import Id, metadata
from loa_server.adapters.db.types import Document, UtcDateTime

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
    Column("late", Document),
    Column("holidays", Document),
    Column("slot_ms", BigInteger),
    Column("programme", Id, ForeignKey("programme.id")),
    Column("approval", String(20), nullable=False, index=True, server_default="approved"),
    Column("decided_by", Id, ForeignKey("account.id")),
    Column("decided_at", UtcDateTime),
    Column("decision_note", Text),
    Column("override", Document),
    Column("replaces", Id, ForeignKey("broadcast.id"), index=True),
    Column("replaces_scope", String(20)),
    Column("replaces_occurrence", String(19)),
    Column("at_once", Boolean, nullable=False, server_default=false()),
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
    Column("withheld_at", UtcDateTime),
    Column("withheld_code", String(60)),
)

priority_order = Table(
    "priority_order",
    metadata,
    Column("area", Id, ForeignKey("area.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("broadcast", Id, ForeignKey("broadcast.id"), nullable=False, index=True),
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
