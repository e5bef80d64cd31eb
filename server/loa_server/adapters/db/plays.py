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
    spoken = [record for record in records if record.occurrence is not None]
    if not spoken:
        return
    known = _known(connection, station, {record.occurrence for record in spoken})
    lengths = _lengths(connection, {record.broadcast for record in spoken})
    for record in sorted(spoken, key=lambda each: each.sequence):
        before = known.get(record.occurrence)
        after = told(before, station, record, lengths.get(record.broadcast))
        if after is not None and after != before:
            known[record.occurrence] = after
            _keep(connection, after, record)


def _known(connection: Connection, station: str, names: set[str | None]) -> dict[str | None, Play]:
    query = select(play).where(play.c.station == station, play.c.occurrence.in_(names))
    return {row.occurrence: to_play(row) for row in connection.execute(query)}


def _lengths(connection: Connection, broadcasts: set[str | None]) -> dict[str | None, int]:
    """Lengths of whole broadcasts in ms, of those that are known here."""
    query = (
        select(broadcast_bulletin.c.broadcast, func.sum(bulletin.c.duration_ms))
        .join(bulletin, bulletin.c.id == broadcast_bulletin.c.bulletin)
        .where(broadcast_bulletin.c.broadcast.in_(broadcasts))
        .group_by(broadcast_bulletin.c.broadcast)
    )
    return {name: int(total) for name, total in connection.execute(query) if total is not None}


def _keep(connection: Connection, one: Play, record: Record) -> None:
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
        "due_at": one.planned_at or one.actual_at or record.at,
    }
    put(connection, play, {"station": one.station, "occurrence": one.occurrence}, values)
