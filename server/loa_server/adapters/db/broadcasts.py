"""Broadcasts with their bulletins and audiences, as they are read."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, Connection, or_, select

from loa_server.adapters.db.mapping import (
    to_approval,
    to_bulletin,
    to_class,
    to_late,
    to_override,
    to_replaces,
    to_schedule,
)
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import broadcast_audience, broadcast_bulletin
from loa_server.adapters.db.tables import bulletin as bulletins
from loa_server.domain.broadcasts import ApprovalState, Broadcast, Withheld
from loa_server.domain.bulletins import Bulletin

KEPT_AFTER_END = timedelta(days=1)
"""A finished broadcast stays in manifests this long, for stations that join late."""
MAX_NAMED = 5000
"""Ids in one query: a database takes only so many."""
_Meant = tuple[str, str, datetime | None]
"""An audience, why and since when it is not told."""
_MEANT = select(
    broadcast_audience.c.broadcast,
    broadcast_audience.c.audience,
    broadcast_audience.c.withheld_code,
    broadcast_audience.c.withheld_at,
)


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
            audiences=tuple([each[0] for each in audiences[row.id]]),
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
            at_once=row.at_once,
            withheld=tuple(_withheld(audiences[row.id])),
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
    found = {}
    for some in _some(ids):
        for row in connection.execute(select(bulletins).where(bulletins.c.id.in_(some))):
            found[row.id] = to_bulletin(row)
    return found


def _pieces(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for some in _some(ids):
        query = select(broadcast_bulletin.c.broadcast, broadcast_bulletin.c.bulletin)
        query = query.where(broadcast_bulletin.c.broadcast.in_(some))
        for broadcast, bulletin in connection.execute(
            query.order_by(broadcast_bulletin.c.position)
        ):
            found[broadcast].append(bulletin)
    return found


def _audiences(connection: Connection, ids: Sequence[str]) -> dict[str, list[_Meant]]:
    found: dict[str, list[_Meant]] = defaultdict(list)
    for some in _some(ids):
        query = _MEANT.where(broadcast_audience.c.broadcast.in_(some))
        for broadcast, *meant in connection.execute(query.order_by(broadcast_audience.c.audience)):
            audience, code, since = meant
            found[broadcast].append((audience, code, since))
    return found


def _some(ids: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The ids, as many at a time as one query takes."""
    left = iter(ids)
    while some := tuple(islice(left, MAX_NAMED)):
        yield some


def _withheld(found: Sequence[_Meant]) -> Iterator[Withheld]:
    for audience, code, since in found:
        if since is not None:
            yield Withheld(audience, code, since)
