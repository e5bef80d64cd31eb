"""The sum of each play, kept up while journal records come in."""

from collections.abc import Sequence

from loa_agent.protocol.reports import Record
from sqlalchemy import Connection, func, select

from loa_server.adapters.db.mapping import put, to_play
from loa_server.adapters.db.tables import broadcast_bulletin, bulletin, play
from loa_server.domain.plays import told
from loa_server.domain.progress import Play


def tell_plays(connection: Connection, station: str, records: Sequence[Record]) -> None:
    """Bring the plays named by these records up to date."""
    for record in sorted(records, key=lambda each: each.sequence):
        if record.occurrence is None:
            continue
        known = _find(connection, station, record.occurrence)
        duration_ms = _duration_ms(connection, record.broadcast)
        after = told(known, station, record, duration_ms)
        if after is not None and after != known:
            _keep(connection, after)


def _find(connection: Connection, station: str, occurrence: str) -> Play | None:
    query = select(play).where(play.c.station == station, play.c.occurrence == occurrence)
    row = connection.execute(query).first()
    return None if row is None else to_play(row)


def _duration_ms(connection: Connection, broadcast: str | None) -> int | None:
    """Length of a whole broadcast; None when it is not known here."""
    query = (
        select(func.sum(bulletin.c.duration_ms))
        .join(broadcast_bulletin, broadcast_bulletin.c.bulletin == bulletin.c.id)
        .where(broadcast_bulletin.c.broadcast == broadcast)
    )
    total = connection.execute(query).scalar_one_or_none()
    return None if total is None else int(total)


def _keep(connection: Connection, one: Play) -> None:
    values = {
        "broadcast": one.broadcast,
        "outcome": one.outcome.value,
        "sha256": one.sha256,
        "planned_at": one.planned_at,
        "actual_at": one.actual_at,
        "offset_ms": one.offset_ms,
        "played_ms": one.played_ms,
        "ended_at": one.ended_at,
        "code": one.code,
    }
    put(connection, play, {"station": one.station, "occurrence": one.occurrence}, values)
