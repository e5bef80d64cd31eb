"""The first schema: places, people, bulletins, broadcasts, documents, journals and the trail."""

import sqlalchemy as sa
from alembic import op

from loa_server.adapters.db.types import Document, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: a backup is the way back."""
    _places()
    _people()
    _stations()
    _bulletins()
    _broadcasts()
    _documents()
    _presences()
    _journals()
    _trail()


def _places() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("parent", sa.String(length=40), nullable=True),
        sa.Column("zone", sa.String(length=60), nullable=True),
        sa.Column("hours", Document(), nullable=True),
        sa.Column("valid_from", UtcDateTime(), nullable=True),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.Column("replaced_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["area.id"], name=op.f("fk_area_parent")),
        sa.ForeignKeyConstraint(["replaced_by"], ["area.id"], name=op.f("fk_area_replaced_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
    )
    op.create_index(op.f("ix_area_parent"), "area", ["parent"], unique=False)


def _people() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_account_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "session",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("csrf", sa.String(length=100), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_session_account")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_account"), "session", ["account"], unique=False)


def _stations() -> None:
    op.create_table(
        "station",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("volume_percent", sa.Integer(), nullable=False),
        sa.Column("delay_ms", sa.Integer(), nullable=False),
        sa.Column("kid", sa.String(length=16), nullable=True),
        sa.Column("public_key", sa.String(length=60), nullable=True),
        sa.Column("broker_password", sa.String(length=128), nullable=True),
        sa.Column("enrolled_at", UtcDateTime(), nullable=True),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("acknowledged", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_station_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
    )
    op.create_index(op.f("ix_station_area"), "station", ["area"], unique=False)
    op.create_table(
        "claim",
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.id"], name=op.f("fk_claim_station")),
        sa.PrimaryKeyConstraint("code_sha256", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_station"), "claim", ["station"], unique=False)


def _bulletins() -> None:
    op.create_table(
        "bulletin",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=True),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("loudness_lufs", sa.Float(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("facts", Document(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_bulletin_area")),
        sa.ForeignKeyConstraint(["author"], ["account.id"], name=op.f("fk_bulletin_author")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
    )
    op.create_index(op.f("ix_bulletin_created_at"), "bulletin", ["created_at"], unique=False)
    op.create_table(
        "audio_job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bulletin", sa.String(length=40), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bulletin"], ["bulletin.id"], name=op.f("fk_audio_job_bulletin")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audio_job")),
    )
    op.create_index(op.f("ix_audio_job_bulletin"), "audio_job", ["bulletin"], unique=False)
    op.create_index(op.f("ix_audio_job_due_at"), "audio_job", ["due_at"], unique=False)


def _broadcasts() -> None:
    op.create_table(
        "broadcast",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("class", sa.String(length=20), nullable=False),
        sa.Column("rule", Document(), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("last_end", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_broadcast_area")),
        sa.ForeignKeyConstraint(["author"], ["account.id"], name=op.f("fk_broadcast_author")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
    )
    op.create_index(op.f("ix_broadcast_created_at"), "broadcast", ["created_at"], unique=False)
    op.create_index(op.f("ix_broadcast_last_end"), "broadcast", ["last_end"], unique=False)
    op.create_table(
        "broadcast_bulletin",
        sa.Column("broadcast", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("bulletin", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast"], ["broadcast.id"], name=op.f("fk_broadcast_bulletin_broadcast")
        ),
        sa.ForeignKeyConstraint(
            ["bulletin"], ["bulletin.id"], name=op.f("fk_broadcast_bulletin_bulletin")
        ),
        sa.PrimaryKeyConstraint("broadcast", "position", name=op.f("pk_broadcast_bulletin")),
    )
    op.create_index(
        op.f("ix_broadcast_bulletin_bulletin"), "broadcast_bulletin", ["bulletin"], unique=False
    )
    op.create_table(
        "broadcast_audience",
        sa.Column("broadcast", sa.String(length=40), nullable=False),
        sa.Column("audience", sa.String(length=42), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast"], ["broadcast.id"], name=op.f("fk_broadcast_audience_broadcast")
        ),
        sa.PrimaryKeyConstraint("broadcast", "audience", name=op.f("pk_broadcast_audience")),
    )
    op.create_index(
        op.f("ix_broadcast_audience_audience"), "broadcast_audience", ["audience"], unique=False
    )


def _documents() -> None:
    op.create_table(
        "document",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("clean_mark", sa.Integer(), nullable=False),
        sa.Column("resend", sa.Boolean(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_document")),
    )
    op.create_table(
        "change",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_change")),
    )


def _presences() -> None:
    op.create_table(
        "presence",
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("state", Document(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("lost_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["station.id"], name=op.f("fk_presence_station")),
        sa.PrimaryKeyConstraint("station", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_online"), "presence", ["online"], unique=False)
    op.create_table(
        "held_blob",
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.id"], name=op.f("fk_held_blob_station")),
        sa.PrimaryKeyConstraint("station", "sha256", name=op.f("pk_held_blob")),
    )
    op.create_index(op.f("ix_held_blob_sha256"), "held_blob", ["sha256"], unique=False)
    op.create_table(
        "refusal",
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.id"], name=op.f("fk_refusal_station")),
        sa.PrimaryKeyConstraint("station", "document", name=op.f("pk_refusal")),
    )
    op.create_index(op.f("ix_refusal_document"), "refusal", ["document"], unique=False)


def _journals() -> None:
    op.create_table(
        "journal",
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("boot", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("occurrence", sa.String(length=80), nullable=True),
        sa.Column("record", Document(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.id"], name=op.f("fk_journal_station")),
        sa.PrimaryKeyConstraint("station", "sequence", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_occurrence", "journal", ["occurrence", "station"], unique=False)
    op.create_table(
        "journal_gap",
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.id"], name=op.f("fk_journal_gap_station")),
        sa.PrimaryKeyConstraint("station", "first", name=op.f("pk_journal_gap")),
    )
    op.create_table(
        "play",
        sa.Column("station", sa.String(length=40), nullable=False),
        sa.Column("occurrence", sa.String(length=80), nullable=False),
        sa.Column("broadcast", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("planned_at", UtcDateTime(), nullable=True),
        sa.Column("actual_at", UtcDateTime(), nullable=True),
        sa.Column("offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("played_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["station.id"], name=op.f("fk_play_station")),
        sa.PrimaryKeyConstraint("station", "occurrence", name=op.f("pk_play")),
    )
    op.create_index(op.f("ix_play_broadcast"), "play", ["broadcast"], unique=False)
    op.create_index(op.f("ix_play_due_at"), "play", ["due_at"], unique=False)
    op.create_index("ix_play_occurrence", "play", ["occurrence"], unique=False)


def _trail() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("facts", Document(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
