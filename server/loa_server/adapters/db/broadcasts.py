"""Broadcasts with their bulletins and audiences."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loa_agent.protocol.documents import Rule
from loa_agent.protocol.occurrences import local_starts
from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from loa_server.adapters.db.mapping import (
    from_override,
    schedule_to_values,
    to_approval,
    to_bulletin,
    to_class,
    to_late,
    to_override,
    to_replaces,
    to_schedule,
)
from loa_server.adapters.db.outbox import next_versions
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import broadcast_audience, broadcast_bulletin
from loa_server.adapters.db.tables import bulletin as bulletins
from loa_server.domain.broadcasts import ApprovalState, Broadcast
from loa_server.domain.bulletins import Bulletin
from loa_server.domain.schedule import HolidayRule

KEPT_AFTER_END = timedelta(days=1)
"""A finished broadcast stays in manifests this long, for stations that join late."""


class BroadcastRows:
    """Implements the port `Broadcasts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, broadcast: Broadcast) -> None:
        """A new broadcast; the version it will first be published in is kept per audience."""
        self._connection.execute(
            insert(broadcasts).values(
                id=broadcast.id,
                title=broadcast.title,
                class_=broadcast.class_.value,
                area=broadcast.area,
                author=broadcast.author,
                created_at=broadcast.created_at,
                ends_at=broadcast.ends_at,
                last_end=_last_end(self._connection, broadcast),
                **schedule_to_values(broadcast.schedule),
                **_decision(broadcast),
            )
        )
        pieces = [
            {"broadcast": broadcast.id, "position": position, "bulletin": bulletin}
            for position, bulletin in enumerate(broadcast.bulletins)
        ]
        self._connection.execute(insert(broadcast_bulletin), pieces)
        keys = {audience: f"manifest/{audience}" for audience in broadcast.audiences}
        versions = next_versions(self._connection, keys.values())
        meant = [
            {"broadcast": broadcast.id, "audience": each, "from_version": versions[key]}
            for each, key in keys.items()
        ]
        self._connection.execute(insert(broadcast_audience), meant)

    def get(self, broadcast: str) -> Broadcast | None:
        """A broadcast by id."""
        found = read_broadcasts(self._connection, broadcasts.c.id == broadcast)
        return found[0] if found else None

    def most_in_force(self, audiences: Sequence[str], now: datetime) -> int:
        """How many broadcasts the fullest of these manifests holds."""
        count = func.count().label("count")
        query = (
            select(count)
            .select_from(broadcast_audience)
            .join(broadcasts, broadcasts.c.id == broadcast_audience.c.broadcast)
            .where(broadcast_audience.c.audience.in_(audiences), in_force(now))
            .group_by(broadcast_audience.c.audience)
            .order_by(count.desc())
            .limit(1)
        )
        return self._connection.execute(query).scalar_one_or_none() or 0

    def stop(self, broadcast: str, now: datetime) -> None:
        """No occurrence sounds from now on."""
        where = broadcasts.c.id == broadcast
        self._connection.execute(update(broadcasts).where(where).values(stopped_at=now))


def read_broadcasts(
    connection: Connection, *where: ColumnElement[bool], limit: int | None = None
) -> list[Broadcast]:
    """Broadcasts, newest first, in three reads whatever their number."""
    query = select(broadcasts).where(*where)
    query = query.order_by(broadcasts.c.created_at.desc(), broadcasts.c.id).limit(limit)
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    pieces = _pieces(connection, ids)
    audiences = _audiences(connection, ids)
    return [
        Broadcast(
            id=row.id,
            title=row.title,
            class_=to_class(row.class_),
            bulletins=tuple(pieces[row.id]),
            audiences=tuple(audiences[row.id]),
            schedule=to_schedule(row.rule, row.holidays),
            area=row.area,
            author=row.author,
            created_at=row.created_at,
            ends_at=row.ends_at,
            stopped_at=row.stopped_at,
            late=to_late(row.late),
            slot_ms=row.slot_ms,
            programme=row.programme,
            approval=to_approval(row),
            override=to_override(row.override),
            replaces=to_replaces(row),
        )
        for row in rows
    ]


def in_force(now: datetime) -> ColumnElement[bool]:
    """Approved, not stopped, and not over for long."""
    over = now - KEPT_AFTER_END
    running = or_(broadcasts.c.last_end.is_(None), broadcasts.c.last_end > over)
    approved = broadcasts.c.approval == ApprovalState.APPROVED.value
    return broadcasts.c.stopped_at.is_(None) & approved & running


def read_bulletins(connection: Connection, ids: Sequence[str]) -> dict[str, Bulletin]:
    """Bulletins by id, deleted ones too: what was broadcast stays readable."""
    rows = connection.execute(select(bulletins).where(bulletins.c.id.in_(ids)))
    return {row.id: to_bulletin(row) for row in rows}


def _decision(broadcast: Broadcast) -> dict[str, Any]:
    """Columns of how it is to be played, who decided, and what it takes the place of."""
    replaces = broadcast.replaces
    return {
        "late": broadcast.late.model_dump(mode="json"),
        "slot_ms": broadcast.slot_ms,
        "programme": broadcast.programme,
        "approval": broadcast.approval.state.value,
        "decided_by": broadcast.approval.by,
        "decided_at": broadcast.approval.at,
        "decision_note": broadcast.approval.note,
        "override": from_override(broadcast.override),
        "replaces": None if replaces is None else replaces.broadcast,
        "replaces_scope": None if replaces is None else replaces.scope.value,
        "replaces_occurrence": None if replaces is None else replaces.occurrence,
    }


def _pieces(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    query = select(broadcast_bulletin).where(broadcast_bulletin.c.broadcast.in_(ids))
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(query.order_by(broadcast_bulletin.c.position)):
        found[row.broadcast].append(row.bulletin)
    return found


def _audiences(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    query = select(broadcast_audience).where(broadcast_audience.c.broadcast.in_(ids))
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(query.order_by(broadcast_audience.c.audience)):
        found[row.broadcast].append(row.audience)
    return found


def _last_end(connection: Connection, broadcast: Broadcast) -> datetime | None:
    """When its last occurrence is over; None when it goes on for good."""
    if broadcast.ends_at is not None:
        return broadcast.ends_at + timedelta(days=1)
    if broadcast.rule.rrule is not None or broadcast.schedule.holidays != HolidayRule():
        return None
    pieces = read_bulletins(connection, broadcast.bulletins).values()
    length_ms = sum(each.voice.duration_ms for each in pieces if each.voice is not None)
    return _only_start(broadcast.rule) + timedelta(milliseconds=length_ms)


def _only_start(rule: Rule) -> datetime:
    starts = local_starts(rule, datetime.min, datetime.max)  # noqa: DTZ901 - local, compared only
    return max(starts).replace(tzinfo=ZoneInfo(rule.zone)).astimezone(UTC)
