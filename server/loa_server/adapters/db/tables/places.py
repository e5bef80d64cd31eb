"""Areas with their past, stations and the codes that bind devices to them."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table

from loa_server.adapters.db.tables.base import Hash, Id, Serial, metadata
from loa_server.adapters.db.types import Document, UtcDateTime

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
    Column("kind", String(20)),
    Column("caps", Document),
    Column("volumes", Document),
    Column("self_approval", Boolean),
    Column("valid_from", UtcDateTime),
    Column("valid_to", UtcDateTime),
    Column("replaced_by", Id, ForeignKey("area.id"), index=True),
)

area_past = Table(
    "area_past",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("area", Id, ForeignKey("area.id"), nullable=False, index=True),
    Column("code", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(20)),
    Column("parent", Id, ForeignKey("area.id")),
    Column("until", UtcDateTime, nullable=False),
)

special_day = Table(
    "special_day",
    metadata,
    Column("area", Id, ForeignKey("area.id"), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("name", String(200), nullable=False),
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
    Column("hours", Document),
    Column("caps", Document),
    Column("volumes", Document),
)

claim = Table(
    "claim",
    metadata,
    Column("code_sha256", Hash, primary_key=True),
    Column("station", Id, ForeignKey("station.id"), nullable=False, index=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)
