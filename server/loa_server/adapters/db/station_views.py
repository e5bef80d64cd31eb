"""Stations as the dashboard shows them, in a fixed number of reads."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loa_agent.protocol.reports import ClockTrust
from sqlalchemy import ColumnElement, Connection, select

from loa_server.adapters.db.mapping import AnyRow
from loa_server.adapters.db.places import read_tree
from loa_server.adapters.db.tables import area as areas
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import document, presence
from loa_server.adapters.db.tables import station as stations
from loa_server.application.queries import StationView
from loa_server.domain.areas import AreaTree, station_audiences
from loa_server.domain.stations import StationCondition

MAX_NAMED = 1000
"""With more documents than this it is quicker to read them all than to name them."""


def read_station_views(connection: Connection, *where: ColumnElement[bool]) -> list[StationView]:
    """Stations in use that meet the conditions, by name."""
    query = (
        select(
            stations.c.id,
            stations.c.name,
            stations.c.area,
            stations.c.volume_percent,
            stations.c.enrolled_at.is_not(None).label("enrolled"),
            areas.c.name.label("area_name"),
            presence.c.state,
            presence.c.online,
            presence.c.seen_at,
            presence.c.lost_at.is_not(None).label("lost"),
        )
        .join(areas, areas.c.id == stations.c.area)
        .join(presence, presence.c.station == stations.c.id, isouter=True)
        .where(stations.c.retired_at.is_(None), *where)
        .order_by(stations.c.name, stations.c.id)
    )
    rows = connection.execute(query).all()
    tree = read_tree(connection)
    wanted = {row.id: wanted_documents(tree, row.id, row.area) for row in rows}
    versions = _versions(connection, wanted.values())
    titles = _titles(connection, rows)
    return [_view(row, wanted[row.id], versions, titles) for row in rows]


def wanted_documents(tree: AreaTree, station: str, area: str) -> list[str]:
    """Keys of the documents a station must hold."""
    audiences = station_audiences(tree, station, area)
    return [f"config/{station}", *(f"manifest/{audience}" for audience in audiences)]


def broadcast_of(occurrence: str | None) -> str | None:
    """The broadcast named in an occurrence id."""
    return None if occurrence is None else occurrence.partition("@")[0]


def _versions(connection: Connection, wanted: Iterable[Sequence[str]]) -> dict[str, int]:
    """The version a station must hold of each document; a change on its way is one more."""
    changing = document.c.mark != document.c.clean_mark
    query = select(document.c.key, document.c.version, changing.label("changing"))
    keys = {key for each in wanted for key in each}
    if len(keys) <= MAX_NAMED:
        query = query.where(document.c.key.in_(keys))
    return {key: version + bool(late) for key, version, late in connection.execute(query)}


def _titles(connection: Connection, rows: Iterable[AnyRow]) -> dict[str, str]:
    playing = {broadcast_of(_state(row).get("playing")) for row in rows}
    query = select(broadcasts.c.id, broadcasts.c.title).where(broadcasts.c.id.in_(playing - {None}))
    return dict(connection.execute(query).all())


def _view(
    row: AnyRow, wanted: Sequence[str], versions: Mapping[str, int], titles: Mapping[str, str]
) -> StationView:
    state = _state(row)
    held = state.get("versions", {})
    playing = state.get("playing") if row.online else None
    return StationView(
        id=row.id,
        name=row.name,
        area=row.area,
        area_name=row.area_name,
        status=_condition(row),
        enrolled=row.enrolled,
        clock=ClockTrust(state["clock"]) if state else None,
        playing=playing,
        playing_title=titles.get(broadcast_of(playing) or ""),
        last_seen=row.seen_at,
        conditions=tuple(state.get("conditions", ())),
        up_to_date=all(held.get(key, 0) >= versions.get(key, 0) for key in wanted),
        volume_percent=row.volume_percent,
        agent_version=state.get("agent_version"),
        free_bytes=state.get("free_bytes"),
    )


def _state(row: AnyRow) -> Mapping[str, Any]:
    """Validated when it came in; not once more, since thousands are listed at a time."""
    state: Mapping[str, Any] = row.state or {}
    return state


def _condition(row: AnyRow) -> StationCondition:
    if row.seen_at is None:
        return StationCondition.NEVER
    if row.lost:
        return StationCondition.LOST
    return StationCondition.ONLINE if row.online else StationCondition.OFFLINE
