"""All that decides what sounds at the stations of a reach, in a fixed number of reads."""

from collections import defaultdict
from datetime import datetime, timedelta

from loa_agent.protocol.ids import area_audience, station_audience
from sqlalchemy import Connection, or_, select

from loa_server.adapters.db.broadcast_views import as_they_travel
from loa_server.adapters.db.broadcasts import read_broadcasts
from loa_server.adapters.db.calendars import read_calendars
from loa_server.adapters.db.mapping import to_station
from loa_server.adapters.db.places import read_tree
from loa_server.adapters.db.reach import sounding_within, within
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import priority_order
from loa_server.adapters.db.tables import station as stations
from loa_server.application.timeline_queries import Air, Ordered, Site
from loa_server.domain.areas import AreaTree
from loa_server.domain.broadcasts import ApprovalState, Broadcast
from loa_server.domain.listening import Limits
from loa_server.domain.rights import Reach
from loa_server.domain.stations import Station

MAY_SOUND = (ApprovalState.APPROVED.value, ApprovalState.WAITING.value)
LONGEST = timedelta(days=1)
"""What ended a day before the window may still have been late into it."""


def read_air(
    connection: Connection, window: tuple[datetime, datetime], reach: Reach, home: str, zone: str
) -> Air:
    """Stations of the reach and all broadcasts they may hear in the window.

    `home` names the area whose holidays are shown; `zone` is the default time zone. What was
    stopped since is there until it was.
    """
    begin, end = window
    tree = read_tree(connection)
    kept = read_calendars(connection, tree)
    sites = _sites(connection, tree, reach, zone)
    found = read_broadcasts(
        connection,
        sounding_within(reach),
        broadcasts.c.approval.in_(MAY_SOUND),
        broadcasts.c.created_at < end,
        or_(broadcasts.c.stopped_at.is_(None), broadcasts.c.stopped_at > begin),
        or_(broadcasts.c.last_end.is_(None), broadcasts.c.last_end > begin - LONGEST),
    )
    heard = {audience for site in sites for audience in site.audiences}
    meant = [each for each in found if heard.intersection(each.audiences) and not _withdrawn(each)]
    travelling = as_they_travel(connection, meant, kept, begin)
    ordered = []
    for each in meant:
        told = travelling[each.id]
        if each.stopped_at is not None:
            ends_at = min(each.stopped_at, told.ends_at or each.stopped_at)
            told = told.model_copy(update={"ends_at": ends_at})
        ordered.append(Ordered(each, told))
    return Air(
        tree=tree,
        shown=tree.within(reach),
        sites=tuple(sites),
        ordered=tuple(ordered),
        orders=_orders(connection),
        calendar=kept.of(home),
    )


def _withdrawn(broadcast: Broadcast) -> bool:
    """Taken back before anybody approved it: it never was to sound."""
    waits = broadcast.approval.state is ApprovalState.WAITING
    return waits and broadcast.stopped_at is not None


def _sites(connection: Connection, tree: AreaTree, reach: Reach, zone: str) -> list[Site]:
    """Stations in use, by name; what areas hand down is looked up once per area."""
    query = select(stations).where(stations.c.retired_at.is_(None), within(stations.c.area, reach))
    rows = connection.execute(query.order_by(stations.c.name, stations.c.id))
    handed: dict[str, tuple[Limits, tuple[str, ...]]] = {}
    found = []
    for row in rows:
        if not tree.has(row.area):
            continue
        if row.area not in handed:
            limits = Limits(tree.hours(row.area), tree.caps(row.area), tree.zone(row.area, zone))
            above = tuple(area_audience(each.id) for each in tree.path(row.area))
            handed[row.area] = (limits, above)
        found.append(_site(to_station(row), *handed[row.area]))
    return found


def _site(station: Station, limits: Limits, above: tuple[str, ...]) -> Site:
    hours = limits.hours if station.hours is None else station.hours
    caps = limits.caps if station.caps is None else station.caps
    return Site(
        id=station.id,
        name=station.name,
        area=station.area,
        limits=Limits(hours, caps, limits.zone),
        audiences=(station_audience(station.id), *above),
    )


def _orders(connection: Connection) -> dict[str, tuple[str, ...]]:
    """What areas decided about priority broadcasts."""
    found: dict[str, list[str]] = defaultdict(list)
    query = select(priority_order).order_by(priority_order.c.area, priority_order.c.position)
    for row in connection.execute(query):
        found[row.area].append(row.broadcast)
    return {area: tuple(order) for area, order in found.items()}
