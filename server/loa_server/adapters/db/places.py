"""Areas, stations and claims."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from loa_server.adapters.db.calendars import Calendars, read_calendars
from loa_server.adapters.db.mapping import (
    from_area,
    inserting,
    limits_to_values,
    to_caps,
    to_station,
    to_volumes,
    to_windows,
)
from loa_server.adapters.db.outbox import documents_changed
from loa_server.adapters.db.tables import area as areas
from loa_server.adapters.db.tables import claim as claims
from loa_server.adapters.db.tables import held_blob, journal, presence, refusal
from loa_server.adapters.db.tables import station as stations
from loa_server.domain.areas import Area, AreaKind, AreaTree, Former
from loa_server.domain.holidays import Calendar
from loa_server.domain.problems import Problem
from loa_server.domain.stations import Claim, Station


def read_tree(connection: Connection) -> AreaTree:
    """All areas in force, and the names of those that were.

    By position and not by name: of tens of thousands of rows only the naming would be felt.
    """
    in_force, former = [], {}
    for own, over, heir, code, name, level, parent, kind, zone, *limits in connection.execute(
        _TREE
    ):
        if over:
            former[own] = Former(name, heir)
            continue
        called = None if kind is None else _KINDS[kind]
        area = Area(own, code, name, level, parent, zone, kind=called)
        in_force.append(area if limits == _NONE else _limited(area, *limits))
    return AreaTree(in_force, former)


def _limited(area: Area, hours: Any, caps: Any, volumes: Any, self_approval: bool | None) -> Area:  # noqa: FBT001 - a column
    """Any: JSON as the database gives it."""
    return replace(
        area,
        hours=to_windows(hours),
        caps=to_caps(caps),
        volumes=to_volumes(volumes),
        self_approval=self_approval,
    )


def _own_limits(hours: Any, caps: Any, volumes: Any) -> dict[str, Any]:
    return {"hours": to_windows(hours), "caps": to_caps(caps), "volumes": to_volumes(volumes)}


_INHERITED = (None, None, None)
_NONE = [None, None, None, None]
_KINDS = {kind.value: kind for kind in AreaKind}
_TREE = select(
    areas.c.id,
    areas.c.valid_to.is_not(None),
    areas.c.replaced_by,
    areas.c.code,
    areas.c.name,
    areas.c.level,
    areas.c.parent,
    areas.c.kind,
    areas.c.zone,
    areas.c.hours,
    areas.c.caps,
    areas.c.volumes,
    areas.c.self_approval,
)
_STATIONS = select(
    stations.c.id,
    stations.c.name,
    stations.c.area,
    stations.c.created_at,
    stations.c.volume_percent,
    stations.c.delay_ms,
    stations.c.kid,
    stations.c.public_key,
    stations.c.enrolled_at,
    stations.c.retired_at,
    stations.c.hours,
    stations.c.caps,
    stations.c.volumes,
).order_by(stations.c.name, stations.c.id)
"""In the order of the fields of `Station`."""


class PlaceRows:
    """Implements the port `Places`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_area(self, area: Area) -> None:
        """A new area; its manifest becomes due."""
        self._connection.execute(insert(areas).values(**from_area(area)))
        documents_changed(self._connection, [f"manifest/a-{area.id}"])

    def tree(self) -> AreaTree:
        """All areas in force."""
        return read_tree(self._connection)

    def calendar(self, area: str) -> Calendar:
        """Holidays as an area keeps them."""
        return self.calendars().of(area)

    def calendars(self) -> Calendars:
        """The same for every area."""
        return read_calendars(self._connection, self.tree())

    def add_station(self, station: Station) -> None:
        """A new station; its settings and its own manifest become due.

        Raises:
            Problem: `id_taken`.
        """
        made = inserting(self._connection, stations).values(
            id=station.id,
            name=station.name,
            area=station.area,
            created_at=station.created_at,
            volume_percent=station.volume_percent,
            delay_ms=station.delay_ms,
            **limits_to_values(station.hours, station.caps, station.volumes),
        )
        kept = made.on_conflict_do_nothing().returning(stations.c.id)
        if self._connection.execute(kept).first() is None:
            raise Problem("id_taken", {"id": station.id})
        keys = [f"config/{station.id}", f"manifest/s-{station.id}"]
        documents_changed(self._connection, keys)

    def station(self, station: str) -> Station | None:
        """A station by id."""
        row = self._connection.execute(select(stations).where(stations.c.id == station)).first()
        return None if row is None else to_station(row)

    def stations(self) -> Sequence[Station]:
        """Every station, retired ones too."""
        rows = self._connection.execute(_STATIONS)
        # By position, as above.
        return [
            Station(*own)
            if limits == _INHERITED
            else replace(Station(*own), **_own_limits(*limits))
            for own, limits in ((row[:-3], row[-3:]) for row in rows)
        ]

    def bind(self, station: Station, broker_password: str) -> None:
        """A device has become this station."""
        self._connection.execute(
            update(stations)
            .where(stations.c.id == station.id)
            .values(
                kid=station.kid,
                public_key=station.public_key,
                enrolled_at=station.enrolled_at,
                broker_password=broker_password,
            )
        )
        # A new device has an empty disk and has refused nothing.
        self._connection.execute(delete(held_blob).where(held_blob.c.station == station.id))
        self._connection.execute(delete(refusal).where(refusal.c.station == station.id))
        documents_changed(self._connection, [f"config/{station.id}"])

    def next_numbers(self, station: str) -> tuple[int, int]:
        """First boot and first journal sequence no earlier device has used or been granted."""
        stored = self._connection.execute(
            select(func.max(journal.c.boot), func.max(journal.c.sequence)).where(
                journal.c.station == station
            )
        ).one()
        acknowledged = self._connection.execute(
            select(stations.c.acknowledged).where(stations.c.id == station)
        ).scalar_one()
        state = self._connection.execute(
            select(presence.c.state).where(presence.c.station == station)
        ).scalar_one_or_none()
        boots = [stored[0] or 0, 0 if state is None else state["boot"]]
        return max(boots) + 1, max(stored[1] or 0, acknowledged) + 1

    def add_claim(self, claim: Claim) -> None:
        """A new claim."""
        self._connection.execute(
            insert(claims).values(
                code_sha256=claim.code_sha256, station=claim.station, expires_at=claim.expires_at
            )
        )

    def claim(self, code_sha256: str) -> Claim | None:
        """A claim by the hash of its code."""
        query = select(claims).where(claims.c.code_sha256 == code_sha256)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return Claim(row.code_sha256, row.station, row.expires_at, row.used_at)

    def use_claim(self, code_sha256: str, now: datetime) -> bool:
        """Mark used; False when somebody else was first."""
        unused = and_(claims.c.code_sha256 == code_sha256, claims.c.used_at.is_(None))
        return (
            self._connection.execute(update(claims).where(unused).values(used_at=now)).rowcount > 0
        )

    def drop_claims(self, station: str) -> None:
        """Forget unused claims of a station."""
        unused = and_(claims.c.station == station, claims.c.used_at.is_(None))
        self._connection.execute(delete(claims).where(unused))

    def forget_claims_before(self, instant: datetime) -> None:
        """Forget claims whose end or use lies before `instant`."""
        over = or_(claims.c.expires_at < instant, claims.c.used_at < instant)
        self._connection.execute(delete(claims).where(over))
