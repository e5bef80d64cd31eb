"""Broadcasts as lists show them, in a fixed number of reads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from loa_agent.protocol import documents as wire
from sqlalchemy import ColumnElement, Connection, select

from loa_server.adapters.db.broadcasts import read_broadcasts, read_bulletins
from loa_server.adapters.db.calendars import Calendars, read_calendars
from loa_server.adapters.db.mapping import AnyRow
from loa_server.adapters.db.places import read_tree
from loa_server.adapters.db.reach import sounding_within
from loa_server.adapters.db.tables import account as accounts
from loa_server.adapters.db.tables import station as stations
from loa_server.application.queries import AudienceView, BroadcastView
from loa_server.domain.approval import areas_of
from loa_server.domain.areas import AreaTree, station_audiences
from loa_server.domain.broadcasts import Broadcast, on_air
from loa_server.domain.rights import Reach
from loa_server.domain.standing import standing


def read_broadcast_views(
    connection: Connection,
    now: datetime,
    reach: Reach,
    *where: ColumnElement[bool],
    limit: int | None = None,
) -> list[BroadcastView]:
    """Broadcasts heard or ordered in reach that meet the conditions, newest first.

    Of what others ordered, only the part meant for stations in reach is shown.
    """
    found = read_broadcasts(connection, sounding_within(reach), *where, limit=limit)
    tree = read_tree(connection)
    kept = read_calendars(connection, tree)
    travelling = as_they_travel(connection, found, kept, now)
    people = _people(connection, found)
    under = tree.within(reach)
    rows = connection.execute(
        select(stations.c.id, stations.c.name, stations.c.area, stations.c.retired_at)
    ).all()
    listeners = _listeners(tree, [row for row in rows if row.area in under])
    homes = {row.id: row.area for row in rows}
    names = {f"s-{row.id}": row.name for row in rows}
    names |= {f"a-{area.id}": area.name for area in tree.all()}
    merged = tree.merged_into(under)
    former = {f"a-{area}": tree.name(area) for area in merged}
    views = []
    for each in found:
        calendar = kept.of(each.area)
        stands = standing(each, travelling[each.id], calendar, now, with_last=False)
        reached = set().union(*(listeners[audience] for audience in each.audiences))
        own = each.area in under or each.area in merged
        meant = [a for a in each.audiences if own or listeners[a] or a in former]
        views.append(
            BroadcastView(
                broadcast=each,
                audiences=tuple(AudienceView(a, _name(tree, names, a)) for a in meant),
                areas=areas_of(_known(each.audiences, homes), homes),
                names=people,
                area_name=tree.name(each.area),
                duration_ms=travelling[each.id].duration_ms,
                next_at=stands.next_at,
                station_count=len(reached),
                status=stands.status,
            )
        )
    return views


def _name(tree: AreaTree, names: Mapping[str, str], audience: str) -> str:
    return names.get(audience) or tree.name(audience.removeprefix("a-"))


def as_they_travel(
    connection: Connection, found: Sequence[Broadcast], kept: Calendars, now: datetime
) -> Mapping[str, wire.Broadcast]:
    """What stations are told of each, by id."""
    named = {bulletin for each in found for bulletin in each.bulletins}
    pieces = read_bulletins(connection, sorted(named))
    return {
        each.id: on_air(each, tuple(pieces[b] for b in each.bulletins), kept.of(each.area), now)
        for each in found
    }


def _people(connection: Connection, found: Iterable[Broadcast]) -> dict[str, str]:
    """Names of all who ordered or decided, by id."""
    named: set[str | None] = set()
    for each in found:
        named |= {each.author, each.approval.by}
        if each.override is not None:
            named |= {each.override.asked_by, each.override.second_by}
    query = select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(named - {None}))
    return dict(connection.execute(query).all())


def _known(audiences: Iterable[str], homes: Mapping[str, str]) -> list[str]:
    """Areas, and stations there are; a group has no area of its own yet."""
    return [each for each in audiences if each[:2] == "a-" or each[2:] in homes]


def _listeners(tree: AreaTree, rows: Iterable[AnyRow]) -> Mapping[str, set[str]]:
    """Stations in use by the audiences they listen to."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.retired_at is None:
            for audience in station_audiences(tree, row.id, row.area):
                found[audience].add(row.id)
    return found
