"""All tables. A change here needs a migration in `migrations/versions`; a test compares."""

from loa_server.adapters.db.tables.base import metadata
from loa_server.adapters.db.tables.content import (
    audio_job,
    bulletin,
    programme,
    programme_item,
    share,
    share_answer,
    share_area,
)
from loa_server.adapters.db.tables.people import (
    account,
    evening_mail,
    outside_identity,
    role_grant,
    second_factor,
    session,
)
from loa_server.adapters.db.tables.places import (
    area,
    area_past,
    claim,
    special_day,
    station,
)
from loa_server.adapters.db.tables.proof import (
    audit,
    audit_head,
    change,
    held_blob,
    journal,
    journal_gap,
    play,
    presence,
    refusal,
)
from loa_server.adapters.db.tables.timetable import (
    broadcast,
    broadcast_audience,
    broadcast_bulletin,
    document,
    priority_order,
)

__all__ = [
    "account",
    "area",
    "area_past",
    "audio_job",
    "audit",
    "audit_head",
    "broadcast",
    "broadcast_audience",
    "broadcast_bulletin",
    "bulletin",
    "change",
    "claim",
    "document",
    "evening_mail",
    "held_blob",
    "journal",
    "journal_gap",
    "metadata",
    "outside_identity",
    "play",
    "presence",
    "priority_order",
    "programme",
    "programme_item",
    "refusal",
    "role_grant",
    "second_factor",
    "session",
    "share",
    "share_answer",
    "share_area",
    "special_day",
    "station",
]
