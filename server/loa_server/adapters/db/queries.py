"""The read side: what screens and stations ask for."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from loa_server.adapters.db.area_views import DbAreaQueries
from loa_server.adapters.db.broadcast_views import read_broadcast_views
from loa_server.adapters.db.broadcasts import in_force
from loa_server.adapters.db.engine import reading
from loa_server.adapters.db.library_views import read_bulletin, read_library
from loa_server.adapters.db.mapping import to_play, to_station
from loa_server.adapters.db.places import read_tree
from loa_server.adapters.db.programme_views import (
    read_programmes,
    read_requests,
    read_share_views,
)
from loa_server.adapters.db.progress_views import read_progress
from loa_server.adapters.db.reach import audiences_of, within
from loa_server.adapters.db.station_views import read_station_views
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import broadcast_audience, broadcast_bulletin, change, play
from loa_server.adapters.db.tables import bulletin as bulletins
from loa_server.adapters.db.tables import programme as programmes
from loa_server.adapters.db.tables import share as shares
from loa_server.adapters.db.tables import station as stations
from loa_server.adapters.db.timeline_views import read_air
from loa_server.adapters.db.titles import read_titled
from loa_server.application.programme_queries import ProgrammeView, RequestView, ShareView
from loa_server.application.queries import (
    BroadcastView,
    BulletinView,
    PlayView,
    ProgressRow,
    StationView,
    Titled,
)
from loa_server.application.timeline_queries import Air
from loa_server.domain.areas import AreaTree
from loa_server.domain.broadcasts import ApprovalState
from loa_server.domain.rights import Reach
from loa_server.domain.stations import Station


class DbQueries(DbAreaQueries):
    """Implements the port `Queries`; `zone` is the default time zone."""

    def tree(self) -> AreaTree:
        """All areas in force."""
        with reading(self._engine) as connection:
            return read_tree(connection)

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
        """Of the reach and shared with it, newest first."""
        with reading(self._engine) as connection:
            return read_library(connection, reach, limit)

    def bulletin(self, bulletin: str, reach: Reach) -> BulletinView | None:
        """One that was not deleted and may be heard in reach; else None."""
        with reading(self._engine) as connection:
            return read_bulletin(connection, bulletin, reach)

    def titled(self, titles: Collection[str], reach: Reach) -> Mapping[str, Titled]:
        """What goes by each title exactly."""
        with reading(self._engine) as connection:
            return read_titled(connection, titles, reach)

    def programmes(self, limit: int, reach: Reach) -> Sequence[ProgrammeView]:
        """Of the reach and shared with it, newest change first."""
        with reading(self._engine) as connection:
            return read_programmes(connection, reach, limit=limit)

    def programme(self, programme: str, reach: Reach) -> ProgrammeView | None:
        """One programme; None outside the reach and not shared with it."""
        with reading(self._engine) as connection:
            found = read_programmes(connection, reach, programmes.c.id == programme, limit=1)
        return found[0] if found else None

    def shares(self, limit: int, reach: Reach) -> Sequence[ShareView]:
        """Handed down from within the reach, newest first, withdrawn ones too."""
        with reading(self._engine) as connection:
            return read_share_views(connection, reach, limit=limit)

    def share(self, share: str, reach: Reach) -> ShareView | None:
        """One share; None outside the reach."""
        with reading(self._engine) as connection:
            found = read_share_views(connection, reach, shares.c.id == share, limit=1)
        return found[0] if found else None

    def requests(self, limit: int, reach: Reach) -> Sequence[RequestView]:
        """Priority shares from above that wait for an answer of places in reach."""
        with reading(self._engine) as connection:
            return read_requests(connection, reach, limit)

    def air(self, window: tuple[datetime, datetime], reach: Reach, home: str) -> Air:
        """All that decides what sounds in reach."""
        with reading(self._engine) as connection:
            return read_air(connection, window, reach, home, self._zone)

    def broadcasts(self, now: datetime, limit: int, reach: Reach) -> Sequence[BroadcastView]:
        """Newest first."""
        with reading(self._engine) as connection:
            return read_broadcast_views(connection, now, reach, limit=limit)

    def broadcast(self, broadcast: str, now: datetime, reach: Reach) -> BroadcastView | None:
        """One broadcast; None outside the reach."""
        with reading(self._engine) as connection:
            found = read_broadcast_views(connection, now, reach, broadcasts.c.id == broadcast)
        return found[0] if found else None

    def waiting(self, now: datetime, limit: int, reach: Reach) -> Sequence[BroadcastView]:
        """Those of the broadcasts that wait for approval and were not withdrawn."""
        waits = broadcasts.c.approval == ApprovalState.WAITING.value
        kept = broadcasts.c.stopped_at.is_(None)
        with reading(self._engine) as connection:
            return read_broadcast_views(connection, now, reach, waits, kept, limit=limit)

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
