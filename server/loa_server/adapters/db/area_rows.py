"""Areas as they change, with their past."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    insert,
    or_,
    select,
    text,
    update,
)

from loa_server.adapters.db.area_hand_over import hand_over
from loa_server.adapters.db.broadcasts import KEPT_AFTER_END
from loa_server.adapters.db.mapping import (
    AnyRow,
    from_area,
    inserting,
    limits_to_values,
    put,
    to_area,
    to_station,
)
from loa_server.adapters.db.outbox import next_versions
from loa_server.adapters.db.reach import within
from loa_server.adapters.db.tables import area as areas
from loa_server.adapters.db.tables import area_past, broadcast_audience, special_day
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import station as stations
from loa_server.application.area_rows import HandedOver
from loa_server.domain.areas import Area, DatedArea
from loa_server.domain.broadcasts import ApprovalState
from loa_server.domain.rights import Reach
from loa_server.domain.stations import Station


class DbAreaRows:
    """Implements the port `AreaRows`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self) -> None:
        """Nobody else changes areas until the end; whoever writes to SQLite is alone anyway."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("LOCK TABLE area IN SHARE ROW EXCLUSIVE MODE"))

    def keep_still(self) -> None:
        """Nobody changes areas until the end; all who ask this get it together."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("LOCK TABLE area IN SHARE MODE"))

    def one(self, area: str) -> DatedArea | None:
        """An area, also one no longer in force."""
        row = self._connection.execute(select(areas).where(areas.c.id == area)).first()
        return None if row is None else _to_dated(row)

    def dated(self) -> Sequence[DatedArea]:
        """All areas, also those no longer in force."""
        return [_to_dated(row) for row in self._connection.execute(select(areas))]

    def add(self, new: Sequence[DatedArea]) -> None:
        """New areas, each after its parent."""
        if new:
            self._connection.execute(insert(areas), [_from_dated(each) for each in new])

    def keep(self, changes: Sequence[tuple[Area, Area]], now: datetime) -> None:
        """Areas before and after; what they were called and where they stood becomes their past."""
        past = [
            {
                "area": before.id,
                "code": before.code,
                "name": before.name,
                "kind": before.called.value,
                "parent": before.parent,
                "until": now,
            }
            for before, after in changes
            if _identity(before) != _identity(after)
        ]
        if past:
            self._connection.execute(insert(area_past), past)
        rows = [{f"new_{key}": value for key, value in from_area(a).items()} for _, a in changes]
        if rows:
            columns = {key: bindparam(f"new_{key}", type_=areas.c[key].type) for key in _KEPT}
            where = areas.c.id == bindparam("new_id")
            self._connection.execute(update(areas).where(where).values(columns), rows)

    def date_from(self, area: str, valid_from: datetime) -> None:
        """Since when an area is in force."""
        where = areas.c.id == area
        self._connection.execute(update(areas).where(where).values(valid_from=valid_from))

    def close(self, closed: Sequence[str], heir: str, now: datetime) -> None:
        """These are no longer in force; `heir` takes their place."""
        values = {"valid_to": now, "replaced_by": heir}
        self._connection.execute(update(areas).where(areas.c.id.in_(closed)).values(values))

    def stations_under(self, reach: Reach) -> Sequence[Station]:
        """Stations at these areas or under them, retired ones too."""
        query = select(stations).where(within(stations.c.area, reach)).order_by(stations.c.id)
        return [to_station(row) for row in self._connection.execute(query)]

    def keep_stations(self, kept: Sequence[Station]) -> None:
        """Names, areas and settings as they are now; not who the device is."""
        for each in kept:
            values = {
                "name": each.name,
                "area": each.area,
                "volume_percent": each.volume_percent,
                "delay_ms": each.delay_ms,
                **limits_to_values(each.hours, each.caps, each.volumes),
            }
            where = stations.c.id == each.id
            self._connection.execute(update(stations).where(where).values(values))

    def days(self, area: str) -> Mapping[date, str]:
        """Special days an area itself declared."""
        query = select(special_day).where(special_day.c.area == area)
        return {date.fromisoformat(row.day): row.name for row in self._connection.execute(query)}

    def set_day(self, area: str, day: date, name: str) -> None:
        """Declare a day, or call it otherwise."""
        put(self._connection, special_day, {"area": area, "day": day.isoformat()}, {"name": name})

    def drop_day(self, area: str, day: date) -> None:
        """The day is an ordinary one again."""
        mine = (special_day.c.area == area, special_day.c.day == day.isoformat())
        self._connection.execute(delete(special_day).where(*mine))

    def holiday_audiences(self, reach: Reach, now: datetime) -> Sequence[str]:
        """Who hears broadcasts ordered there that look at holidays and are not over."""
        query = (
            select(broadcast_audience.c.audience)
            .join(broadcasts, broadcasts.c.id == broadcast_audience.c.broadcast)
            .where(
                within(broadcasts.c.area, reach), broadcasts.c.holidays.is_not(None), running(now)
            )
            .distinct()
        )
        return self._connection.execute(query).scalars().all()

    def running_for(self, audiences: Sequence[str], now: datetime) -> Mapping[str, frozenset[str]]:
        """Broadcasts meant for any of these that are not over, waiting ones too; all audiences."""
        meant = select(broadcast_audience.c.broadcast).where(
            broadcast_audience.c.audience.in_(audiences)
        )
        query = (
            select(broadcast_audience.c.broadcast, broadcast_audience.c.audience)
            .join(broadcasts, broadcasts.c.id == broadcast_audience.c.broadcast)
            .where(broadcasts.c.id.in_(meant), running(now))
        )
        found: dict[str, set[str]] = defaultdict(set)
        for row in self._connection.execute(query):
            found[row.broadcast].add(row.audience)
        return {broadcast: frozenset(heard_by) for broadcast, heard_by in found.items()}

    def readdress(self, broadcast: str, drop: Sequence[str], add: Sequence[str]) -> None:
        """Name the listeners of a broadcast otherwise."""
        mine = (
            broadcast_audience.c.broadcast == broadcast,
            broadcast_audience.c.audience.in_(drop),
        )
        self._connection.execute(delete(broadcast_audience).where(*mine))
        keys = {audience: f"manifest/{audience}" for audience in add}
        versions = next_versions(self._connection, keys.values())
        rows = [
            {"broadcast": broadcast, "audience": audience, "from_version": versions[key]}
            for audience, key in keys.items()
        ]
        if rows:
            made = inserting(self._connection, broadcast_audience).values(rows)
            self._connection.execute(made.on_conflict_do_nothing())

    def hand_over(self, closed: Sequence[str], heir: str, now: datetime) -> HandedOver:
        """Give what people still work with to the heir: rights, bulletins, plans, orders, days."""
        return hand_over(self._connection, closed, heir, running(now), now)


def running(now: datetime) -> ColumnElement[bool]:
    """Not stopped, not refused and not over for long; one that waits may still be approved."""
    not_over = or_(broadcasts.c.last_end.is_(None), broadcasts.c.last_end > now - KEPT_AFTER_END)
    possible = broadcasts.c.approval != ApprovalState.REFUSED.value
    return broadcasts.c.stopped_at.is_(None) & possible & not_over


_KEPT = (
    "code",
    "name",
    "level",
    "parent",
    "zone",
    "kind",
    "self_approval",
    "hours",
    "caps",
    "volumes",
)


def _identity(area: Area) -> tuple[str, str, str, str | None]:
    return area.code, area.name, area.called.value, area.parent


def _to_dated(row: AnyRow) -> DatedArea:
    return DatedArea(to_area(row), row.valid_from, row.valid_to, row.replaced_by)


def _from_dated(dated: DatedArea) -> dict[str, object]:
    return {
        **from_area(dated.area),
        "valid_from": dated.valid_from,
        "valid_to": dated.valid_to,
        "replaced_by": dated.replaced_by,
    }
