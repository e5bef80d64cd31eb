"""The read side: what screens and stations ask for."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from loa_server.adapters.db.broadcast_views import read_broadcast_views
from loa_server.adapters.db.broadcasts import in_force
from loa_server.adapters.db.engine import reading
from loa_server.adapters.db.mapping import to_bulletin, to_play, to_station
from loa_server.adapters.db.places import read_tree
from loa_server.adapters.db.progress_views import read_progress
from loa_server.adapters.db.reach import audiences_of, within
from loa_server.adapters.db.station_views import read_station_views
from loa_server.adapters.db.tables import account as accounts
from loa_server.adapters.db.tables import area as areas
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import broadcast_audience, broadcast_bulletin, change, play
from loa_server.adapters.db.tables import bulletin as bulletins
from loa_server.adapters.db.tables import station as stations
from loa_server.adapters.db.titles import read_titled
from loa_server.application.queries import (
    AreaView,
    BroadcastView,
    BulletinView,
    PlayView,
    ProgressRow,
    StationView,
    Titled,
)
from loa_server.domain.areas import AreaTree
from loa_server.domain.rights import Reach
from loa_server.domain.stations import Station


class DbQueries:
    """Implements the port `Queries`; `zone` is the default time zone."""

    def __init__(self, engine: Engine, zone: str) -> None:
        self._engine = engine
        self._zone = zone

    def tree(self) -> AreaTree:
        """All areas in force."""
        with reading(self._engine) as connection:
            return read_tree(connection)

    def areas(self, reach: Reach) -> Sequence[AreaView]:
        """The reach, what lies under it and the path above it, top first."""
        query = (
            select(stations.c.area, func.count())
            .where(stations.c.retired_at.is_(None), within(stations.c.area, reach))
            .group_by(stations.c.area)
        )
        with reading(self._engine) as connection:
            tree = read_tree(connection)
            counted = connection.execute(query).all()
        counts: Counter[str] = Counter()
        for home, count in counted:
            counts.update({area.id: count for area in tree.path(home)})
        shown = tree.within(reach) | tree.above(reach)
        return [
            AreaView(
                id=each.id,
                code=each.code,
                name=each.name,
                level=each.level,
                parent=each.parent,
                zone=tree.zone(each.id, self._zone),
                hours=tree.hours(each.id),
                station_count=counts[each.id],
            )
            for each in tree.all()
            if each.id in shown
        ]

    def stations(self, now: datetime, reach: Reach) -> Sequence[StationView]:  # noqa: ARG002 - the port's
        """Stations in use, by name."""
        with reading(self._engine) as connection:
            return read_station_views(connection, within(stations.c.area, reach))

    def station_view(
        self,
        station: str,
        now: datetime,  # noqa: ARG002 - the port's
        reach: Reach,
    ) -> StationView | None:
        """One station as the list shows it; None outside the reach."""
        with reading(self._engine) as connection:
            found = read_station_views(
                connection, stations.c.id == station, within(stations.c.area, reach)
            )
        return found[0] if found else None

    def station(self, station: str) -> Station | None:
        """A station with its key, for judging who asks."""
        with reading(self._engine) as connection:
            row = connection.execute(select(stations).where(stations.c.id == station)).first()
        return None if row is None else to_station(row)

    def bulletins(self, limit: int, reach: Reach) -> Sequence[BulletinView]:
        """Newest first."""
        with reading(self._engine) as connection:
            return _bulletins(connection, within(bulletins.c.area, reach), limit=limit)

    def bulletin(self, bulletin: str, reach: Reach) -> BulletinView | None:
        """One bulletin that was not deleted; None outside the reach."""
        with reading(self._engine) as connection:
            mine = (bulletins.c.id == bulletin, within(bulletins.c.area, reach))
            found = _bulletins(connection, *mine, limit=1)
        return found[0] if found else None

    def titled(self, titles: Collection[str], reach: Reach) -> Mapping[str, Titled]:
        """What goes by each title exactly."""
        with reading(self._engine) as connection:
            return read_titled(connection, titles, reach)

    def broadcasts(self, now: datetime, limit: int, reach: Reach) -> Sequence[BroadcastView]:
        """Newest first."""
        with reading(self._engine) as connection:
            return read_broadcast_views(connection, now, reach, limit=limit)

    def broadcast(self, broadcast: str, now: datetime, reach: Reach) -> BroadcastView | None:
        """One broadcast; None outside the reach."""
        with reading(self._engine) as connection:
            found = read_broadcast_views(connection, now, reach, broadcasts.c.id == broadcast)
        return found[0] if found else None

    def progress(self, broadcast: str, now: datetime, reach: Reach) -> Sequence[ProgressRow]:
        """A row per station for the occurrence now of interest; none outside the reach."""
        with reading(self._engine) as connection:
            return read_progress(connection, broadcast, now, reach)

    def plays(self, limit: int, reach: Reach) -> Sequence[PlayView]:
        """Plays of the stations in reach, newest first."""
        query = (
            select(play, broadcasts.c.title, stations.c.name.label("station_name"))
            .join(stations, stations.c.id == play.c.station)
            .join(broadcasts, broadcasts.c.id == play.c.broadcast, isouter=True)
            .where(within(stations.c.area, reach))
            .order_by(play.c.due_at.desc(), play.c.station)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [PlayView(to_play(row), row.title or "", row.station_name) for row in rows]

    def may_fetch(self, station: str, sha256: str, now: datetime) -> bool:
        """Whether a broadcast in force for this station names the blob."""
        query = (
            select(broadcasts.c.id)
            .join(broadcast_audience, broadcast_audience.c.broadcast == broadcasts.c.id)
            .join(broadcast_bulletin, broadcast_bulletin.c.broadcast == broadcasts.c.id)
            .join(bulletins, bulletins.c.id == broadcast_bulletin.c.bulletin)
            .where(
                bulletins.c.sha256 == sha256,
                broadcast_audience.c.audience.in_(audiences_of(station)),
                in_force(now),
            )
            .limit(1)
        )
        with reading(self._engine) as connection:
            return connection.execute(query).first() is not None

    def changes(self) -> Mapping[str, int]:
        """A counter per subject."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(change.c.subject, change.c.counter))
            return dict(rows.all())


def _bulletins(
    connection: Connection, *where: ColumnElement[bool], limit: int
) -> list[BulletinView]:
    query = (
        select(bulletins, accounts.c.name.label("author_name"), areas.c.name.label("area_name"))
        .join(accounts, accounts.c.id == bulletins.c.author)
        .join(areas, areas.c.id == bulletins.c.area)
        .where(bulletins.c.deleted_at.is_(None), *where)
        .order_by(bulletins.c.created_at.desc(), bulletins.c.id)
        .limit(limit)
    )
    rows = connection.execute(query)
    return [BulletinView(to_bulletin(row), row.author_name, row.area_name) for row in rows]
