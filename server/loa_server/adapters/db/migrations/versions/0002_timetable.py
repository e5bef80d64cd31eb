"""The timetable: roles, approval, holidays, programmes, shares, and areas that have a past."""

import sqlalchemy as sa
from alembic import op

from loa_server.adapters.db.types import Document, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Before, every account might do everything at its area.
_GRANT_ALL = """
INSERT INTO role_grant (account, area, role)
SELECT account.id, account.area, roles.role FROM account CROSS JOIN (
    SELECT 'author' AS role UNION SELECT 'approver' UNION SELECT 'operator'
    UNION SELECT 'area_admin' UNION SELECT 'province_admin' UNION SELECT 'auditor'
) AS roles
"""


def upgrade() -> None:
    """Forward only: a backup is the way back."""
    _places()
    _people()
    _content()
    _shares()
    _timetable()


def _add_reference(table: str, column: str, target: str) -> None:
    """SQLite adds a foreign key only together with its column, in words Alembic does not speak."""
    named = f"CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(40) {named}")


def _places() -> None:
    op.create_table(
        "area_past",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("parent", sa.String(length=40), nullable=True),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_area_past_area")),
        sa.ForeignKeyConstraint(["parent"], ["area.id"], name=op.f("fk_area_past_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_past")),
    )
    op.create_index(op.f("ix_area_past_area"), "area_past", ["area"], unique=False)
    op.create_table(
        "special_day",
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_special_day_area")),
        sa.PrimaryKeyConstraint("area", "day", name=op.f("pk_special_day")),
    )
    op.create_index(op.f("ix_area_replaced_by"), "area", ["replaced_by"], unique=False)
    op.add_column("area", sa.Column("kind", sa.String(length=20), nullable=True))
    op.add_column("area", sa.Column("caps", Document(), nullable=True))
    op.add_column("area", sa.Column("volumes", Document(), nullable=True))
    op.add_column("area", sa.Column("self_approval", sa.Boolean(), nullable=True))
    op.add_column("station", sa.Column("hours", Document(), nullable=True))
    op.add_column("station", sa.Column("caps", Document(), nullable=True))
    op.add_column("station", sa.Column("volumes", Document(), nullable=True))


def _people() -> None:
    op.create_table(
        "evening_mail",
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_evening_mail_account")),
        sa.PrimaryKeyConstraint("account", "day", name=op.f("pk_evening_mail")),
    )
    op.create_table(
        "outside_identity",
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["account.id"], name=op.f("fk_outside_identity_account")
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_outside_identity")),
    )
    op.create_index(
        op.f("ix_outside_identity_account"), "outside_identity", ["account"], unique=False
    )
    op.create_table(
        "role_grant",
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_role_grant_account")),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_role_grant_area")),
        sa.PrimaryKeyConstraint("account", "area", "role", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_area"), "role_grant", ["area"], unique=False)
    op.create_table(
        "second_factor",
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("recovery", Document(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_second_factor_account")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_second_factor")),
    )
    op.add_column("account", sa.Column("email", sa.String(length=200), nullable=True))
    op.add_column(
        "account",
        sa.Column("mail_evening", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("account", sa.Column("disabled_at", UtcDateTime(), nullable=True))
    op.execute(_GRANT_ALL)
    op.drop_column("account", "role")


def _content() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_programme_area")),
        sa.ForeignKeyConstraint(["author"], ["account.id"], name=op.f("fk_programme_author")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
    )
    op.create_index(op.f("ix_programme_area"), "programme", ["area"], unique=False)
    op.create_table(
        "programme_item",
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("bulletin", sa.String(length=40), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["bulletin"], ["bulletin.id"], name=op.f("fk_programme_item_bulletin")
        ),
        sa.ForeignKeyConstraint(
            ["programme"], ["programme.id"], name=op.f("fk_programme_item_programme")
        ),
        sa.PrimaryKeyConstraint("programme", "position", name=op.f("pk_programme_item")),
    )
    op.create_index(
        op.f("ix_programme_item_bulletin"), "programme_item", ["bulletin"], unique=False
    )


def _shares() -> None:
    op.create_table(
        "share",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("bulletin", sa.String(length=40), nullable=True),
        sa.Column("programme", sa.String(length=40), nullable=True),
        sa.Column("from_area", sa.String(length=40), nullable=False),
        sa.Column("class", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["bulletin"], ["bulletin.id"], name=op.f("fk_share_bulletin")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_share_by")),
        sa.ForeignKeyConstraint(["from_area"], ["area.id"], name=op.f("fk_share_from_area")),
        sa.ForeignKeyConstraint(["programme"], ["programme.id"], name=op.f("fk_share_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
    )
    op.create_index(op.f("ix_share_at"), "share", ["at"], unique=False)
    op.create_index(op.f("ix_share_bulletin"), "share", ["bulletin"], unique=False)
    op.create_index(op.f("ix_share_from_area"), "share", ["from_area"], unique=False)
    op.create_index(op.f("ix_share_programme"), "share", ["programme"], unique=False)
    op.create_table(
        "share_answer",
        sa.Column("share", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("broadcast", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_share_answer_area")),
        sa.ForeignKeyConstraint(
            ["broadcast"], ["broadcast.id"], name=op.f("fk_share_answer_broadcast")
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_share_answer_by")),
        sa.ForeignKeyConstraint(["share"], ["share.id"], name=op.f("fk_share_answer_share")),
        sa.PrimaryKeyConstraint("share", "area", name=op.f("pk_share_answer")),
    )
    op.create_table(
        "share_area",
        sa.Column("share", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_share_area_area")),
        sa.ForeignKeyConstraint(["share"], ["share.id"], name=op.f("fk_share_area_share")),
        sa.PrimaryKeyConstraint("share", "area", name=op.f("pk_share_area")),
    )
    op.create_index(op.f("ix_share_area_area"), "share_area", ["area"], unique=False)


def _timetable() -> None:
    op.create_table(
        "priority_order",
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("broadcast", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_priority_order_area")),
        sa.ForeignKeyConstraint(
            ["broadcast"], ["broadcast.id"], name=op.f("fk_priority_order_broadcast")
        ),
        sa.PrimaryKeyConstraint("area", "position", name=op.f("pk_priority_order")),
    )
    op.create_index(
        op.f("ix_priority_order_broadcast"), "priority_order", ["broadcast"], unique=False
    )
    op.add_column("broadcast", sa.Column("late", Document(), nullable=True))
    op.add_column("broadcast", sa.Column("holidays", Document(), nullable=True))
    op.add_column("broadcast", sa.Column("slot_ms", sa.BigInteger(), nullable=True))
    _add_reference("broadcast", "programme", "programme")
    op.add_column(
        "broadcast",
        sa.Column("approval", sa.String(length=20), server_default="approved", nullable=False),
    )
    _add_reference("broadcast", "decided_by", "account")
    op.add_column("broadcast", sa.Column("decided_at", UtcDateTime(), nullable=True))
    op.add_column("broadcast", sa.Column("decision_note", sa.Text(), nullable=True))
    op.add_column("broadcast", sa.Column("override", Document(), nullable=True))
    _add_reference("broadcast", "replaces", "broadcast")
    op.add_column("broadcast", sa.Column("replaces_scope", sa.String(length=20), nullable=True))
    op.add_column(
        "broadcast", sa.Column("replaces_occurrence", sa.String(length=19), nullable=True)
    )
    op.add_column(
        "broadcast", sa.Column("at_once", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("broadcast_audience", sa.Column("withheld_at", UtcDateTime(), nullable=True))
    op.add_column(
        "broadcast_audience", sa.Column("withheld_code", sa.String(length=60), nullable=True)
    )
    op.create_index(op.f("ix_broadcast_approval"), "broadcast", ["approval"], unique=False)
    op.create_index(op.f("ix_broadcast_replaces"), "broadcast", ["replaces"], unique=False)
