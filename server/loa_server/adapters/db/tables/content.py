"""Bulletins and their preparation, programmes, and what upper levels share."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Integer, String, Table, Text

from loa_server.adapters.db.tables.base import Hash, Id, Serial, metadata
from loa_server.adapters.db.types import Document, UtcDateTime

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

programme = Table(
    "programme",
    metadata,
    Column("id", Id, primary_key=True),
    Column("title", String(200), nullable=False),
    Column("area", Id, ForeignKey("area.id"), nullable=False, index=True),
    Column("author", Id, ForeignKey("account.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("deleted_at", UtcDateTime),
)

programme_item = Table(
    "programme_item",
    metadata,
    Column("programme", Id, ForeignKey("programme.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("bulletin", Id, ForeignKey("bulletin.id"), nullable=False, index=True),
    Column("part", String(20), nullable=False),
)

share = Table(
    "share",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bulletin", Id, ForeignKey("bulletin.id"), index=True),
    Column("programme", Id, ForeignKey("programme.id"), index=True),
    Column("from_area", Id, ForeignKey("area.id"), nullable=False, index=True),
    Column("class", String(20), nullable=False, key="class_"),
    Column("note", Text),
    Column("by", Id, ForeignKey("account.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("withdrawn_at", UtcDateTime),
)

share_area = Table(
    "share_area",
    metadata,
    Column("share", Id, ForeignKey("share.id"), primary_key=True),
    Column("area", Id, ForeignKey("area.id"), primary_key=True, index=True),
)

share_answer = Table(
    "share_answer",
    metadata,
    Column("share", Id, ForeignKey("share.id"), primary_key=True),
    Column("area", Id, ForeignKey("area.id"), primary_key=True),
    Column("answer", String(20), nullable=False),
    Column("broadcast", Id, ForeignKey("broadcast.id")),
    Column("note", Text),
    Column("by", Id, ForeignKey("account.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
