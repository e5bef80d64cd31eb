"""Accounts, what they may do where, and how they prove who they are."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text, false

from loa_server.adapters.db.tables.base import Hash, Id, metadata
from loa_server.adapters.db.types import Document, UtcDateTime

account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", String(100), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("area", Id, ForeignKey("area.id"), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("locale", String(5), nullable=False),
    Column("failed_attempts", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("email", String(200)),
    Column("mail_evening", Boolean, nullable=False, server_default=false()),
    Column("disabled_at", UtcDateTime),
)

role_grant = Table(
    "role_grant",
    metadata,
    Column("account", Id, ForeignKey("account.id"), primary_key=True),
    Column("area", Id, ForeignKey("area.id"), primary_key=True, index=True),
    Column("role", String(20), primary_key=True),
)

second_factor = Table(
    "second_factor",
    metadata,
    Column("account", Id, ForeignKey("account.id"), primary_key=True),
    Column("secret", String(64), nullable=False),
    Column("confirmed_at", UtcDateTime),
    # A code is good once: the time step of the last one taken.
    Column("last_step", BigInteger),
    Column("recovery", Document, nullable=False),
)

outside_identity = Table(
    "outside_identity",
    metadata,
    Column("issuer", String(200), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("account", Id, ForeignKey("account.id"), nullable=False, index=True),
    Column("linked_at", UtcDateTime, nullable=False),
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

evening_mail = Table(
    "evening_mail",
    metadata,
    Column("account", Id, ForeignKey("account.id"), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("sent_at", UtcDateTime, nullable=False),
)
