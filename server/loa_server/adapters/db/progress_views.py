"""How far a broadcast has come at each of its stations, in a fixed number of reads."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from loa_agent.protocol.occurrences import Occurrence
from sqlalchemy import Connection, select

from loa_server.adapters.db.broadcast_views import as_they_travel
from loa_server.adapters.db.broadcasts import read_broadcasts
from loa_server.adapters.db.calendars import read_calendars
from loa_server.adapters.db.mapping import AnyRow, to_play
from loa_server.adapters.db.places import read_tree
from loa_server.adapters.db.reach import sounding_within, within
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import broadcast_audience, held_blob, play, presence, refusal
from loa_server.adapters.db.tables import station as stations
from loa_server.application.queries import ProgressRow
from loa_server.domain.areas import station_audiences
from loa_server.domain.progress import Heard, Play, step_of
from loa_server.domain.rights import Reach
from loa_server.domain.standing import standing


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of all stations with regard to one broadcast."""

    from_versions: Mapping[str, int]
    blobs: frozenset[str]
    held: Mapping[str, set[str]]
    plays: Mapping[str, Play]
    refusals: Mapping[tuple[str, str], str]


def read_progress(
    connection: Connection, broadcast: str, now: datetime, reach: Reach
) -> list[ProgressRow]:
    """A row per station in reach, by name; none when the broadcast is not heard there."""
    found = read_broadcasts(connection, broadcasts.c.id == broadcast, sounding_within(reach))
    if not found:
        return []
    kept = read_calendars(connection, read_tree(connection))
    travelling = as_they_travel(connection, found, kept, now)[broadcast]
    shown = standing(found[0], travelling, kept.of(found[0].area), now).shown
    blobs = frozenset(item.sha256 for item in travelling.items)
    told = _told(connection, broadcast, blobs, shown)
    rows = []
    for row, audiences in _listening(connection, set(found[0].audiences), reach):
        rows.append(_row(row, audiences, told, shown, now))
    return rows


def _listening(
    connection: Connection, meant: set[str], reach: Reach
) -> list[tuple[AnyRow, list[str]]]:
    """Stations in use that are meant, with the audiences through which they are."""
    tree = read_tree(connection)
    query = (
        select(stations.c.id, stations.c.name, stations.c.area, presence.c.state)
        .join(presence, presence.c.station == stations.c.id, isouter=True)
        .where(stations.c.retired_at.is_(None), within(stations.c.area, reach))
        .order_by(stations.c.name, stations.c.id)
    )
    found = []
    for row in connection.execute(query):
        through = [a for a in station_audiences(tree, row.id, row.area) if a in meant]
        if through:
            found.append((row, through))
    return found


def _told(
    connection: Connection, broadcast: str, blobs: frozenset[str], shown: Occurrence | None
) -> _Told:
    meant = connection.execute(
        select(broadcast_audience.c.audience, broadcast_audience.c.from_version).where(
            broadcast_audience.c.broadcast == broadcast
        )
    )
    from_versions = dict(meant.all())
    held: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(select(held_blob).where(held_blob.c.sha256.in_(blobs))):
        held[row.station].add(row.sha256)
    name = None if shown is None else shown.id
    plays = connection.execute(select(play).where(play.c.occurrence == name))
    keys = [f"manifest/{audience}" for audience in from_versions]
    refused = connection.execute(select(refusal).where(refusal.c.document.in_(keys)))
    return _Told(
        from_versions,
        blobs,
        held,
        {row.station: to_play(row) for row in plays},
        {(row.station, row.document): row.code for row in refused},
    )


def _row(
    row: AnyRow, audiences: Sequence[str], told: _Told, shown: Occurrence | None, now: datetime
) -> ProgressRow:
    versions = (row.state or {}).get("versions", {})
    keys = {f"manifest/{audience}": told.from_versions[audience] for audience in audiences}
    one = told.plays.get(row.id)
    refusals = [told.refusals[row.id, key] for key in keys if (row.id, key) in told.refusals]
    heard = Heard(
        received=any(0 < version <= versions.get(key, 0) for key, version in keys.items()),
        fetched=told.blobs <= told.held.get(row.id, set()),
        play=one,
        refusal=next(iter(refusals), None),
    )
    step, code = step_of(heard, None if shown is None else shown.ends_at, now)
    planned_at = None if shown is None else shown.starts_at
    return ProgressRow(
        station=row.id,
        station_name=row.name,
        occurrence=None if shown is None else shown.id,
        step=step,
        planned_at=planned_at if one is None else one.planned_at or planned_at,
        actual_at=None if one is None else one.actual_at,
        difference_ms=None if one is None else one.difference_ms,
        code=code,
    )
