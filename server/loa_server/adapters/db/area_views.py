"""Areas and settings as screens show them, with names of what is no longer in force."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from loa_server.adapters.db.engine import reading
from loa_server.adapters.db.mapping import AnyRow, to_area, to_station
from loa_server.adapters.db.places import read_tree
from loa_server.adapters.db.reach import within
from loa_server.adapters.db.tables import area as areas
from loa_server.adapters.db.tables import area_past, special_day
from loa_server.adapters.db.tables import station as stations
from loa_server.application.area_queries import (
    AreaDetail,
    AreaPast,
    AreaView,
    InForce,
    MergedArea,
    SpecialDayView,
    StationSettingsView,
)
from loa_server.domain.area_list import ListedArea, sorted_list
from loa_server.domain.areas import AreaKind, AreaTree
from loa_server.domain.rights import Reach


class DbAreaQueries:
    """Implements the port `AreaQueries`; `zone` is the default time zone."""

    def __init__(self, engine: Engine, zone: str) -> None:
        self._engine = engine
        self._zone = zone

    def areas(self, reach: Reach) -> Sequence[AreaView]:
        """The reach, what lies under it and the path above it, top first."""
        with reading(self._engine) as connection:
            tree = read_tree(connection)
            counts = _counts(connection, tree, reach)
        shown = tree.within(reach) | tree.above(reach)
        return [self._view(tree, each.id, counts) for each in tree.all() if each.id in shown]

    def area(self, area: str, reach: Reach) -> AreaDetail | None:
        """One of these, or one no longer in force that lay there; None outside."""
        with reading(self._engine) as connection:
            tree = read_tree(connection)
            if area not in tree.above(reach) and not _lies_within(connection, area, reach):
                return None
            row = connection.execute(select(areas).where(areas.c.id == area)).one()
            past = _past(connection, row)
            merged = connection.execute(
                select(areas).where(areas.c.replaced_by == area).order_by(areas.c.valid_to)
            ).all()
            counts = _counts(connection, tree, reach)
            shown = _with_its_past(connection, tree, row)
            names = _names(connection, {row.replaced_by, *(each["parent"] for each in past)})
        return AreaDetail(
            view=self._view(shown, area, counts),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            replaced_by=row.replaced_by,
            replaced_by_name=names.get(row.replaced_by),
            history=tuple(AreaPast(**each, parent_name=names.get(each["parent"])) for each in past),
            merged=tuple(MergedArea(m.id, m.code, m.name, m.valid_to) for m in merged),
        )

    def area_list(self, reach: Reach) -> Sequence[ListedArea]:
        """These and those no longer in force that lay there, upper levels first."""
        with reading(self._engine) as connection:
            tree = read_tree(connection)
            codes = dict(connection.execute(select(areas.c.id, areas.c.code)).all())
            shown = areas.c.id.in_(sorted(tree.above(reach))) | within(areas.c.id, reach)
            rows = connection.execute(select(areas).where(shown)).all()
        return sorted_list(
            ListedArea(
                code=row.code,
                name=row.name,
                kind=to_area(row).called,
                parent_code=codes.get(row.parent),
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                replaced_by_code=codes.get(row.replaced_by),
            )
            for row in rows
        )

    def special_days(self, area: str, reach: Reach) -> Sequence[SpecialDayView] | None:
        """Days an area keeps, declared there or above; None outside the reach."""
        with reading(self._engine) as connection:
            tree = read_tree(connection)
            if not tree.has(area) or area not in tree.within(reach) | tree.above(reach):
                return None
            path = [each.id for each in tree.path(area)]
            query = select(special_day).where(special_day.c.area.in_(path))
            rows = connection.execute(query.order_by(special_day.c.day)).all()
        return [
            SpecialDayView(date.fromisoformat(row.day), row.name, row.area, tree.name(row.area))
            for row in rows
        ]

    def station_settings(self, station: str, reach: Reach) -> StationSettingsView | None:
        """How a station sounds; None outside the reach."""
        mine = (stations.c.id == station, within(stations.c.area, reach))
        with reading(self._engine) as connection:
            row = connection.execute(select(stations).where(*mine)).first()
            tree = read_tree(connection)
        if row is None or row.retired_at is not None:
            return None
        found = to_station(row)
        upper = _in_force(tree, found.area, self._zone)
        return StationSettingsView(
            found,
            InForce(
                zone=upper.zone,
                hours=upper.hours if found.hours is None else found.hours,
                caps=upper.caps if found.caps is None else found.caps,
                volumes=upper.volumes if found.volumes is None else found.volumes,
                self_approval=upper.self_approval,
            ),
        )

    def _view(self, tree: AreaTree, area: str, counts: Mapping[str, int]) -> AreaView:
        return AreaView(tree.get(area), _in_force(tree, area, self._zone), counts.get(area, 0))


def _in_force(tree: AreaTree, area: str, zone: str) -> InForce:
    return InForce(
        zone=tree.zone(area, zone),
        hours=tree.hours(area),
        caps=tree.caps(area),
        volumes=tree.volumes(area),
        self_approval=tree.self_approval(area),
    )


def _counts(connection: Connection, tree: AreaTree, reach: Reach) -> Mapping[str, int]:
    """Stations in use within reach, at each area and all above it."""
    query = (
        select(stations.c.area, func.count())
        .where(stations.c.retired_at.is_(None), within(stations.c.area, reach))
        .group_by(stations.c.area)
    )
    counts: Counter[str] = Counter()
    for home, count in connection.execute(query):
        if tree.has(home):
            counts.update({area.id: count for area in tree.path(home)})
    return counts


def _with_its_past(connection: Connection, tree: AreaTree, row: AnyRow) -> AreaTree:
    """The tree with an area no longer in force and those above it that are not either."""
    gone = []
    upper: AnyRow | None = row
    while upper is not None and not tree.has(upper.id):
        gone.append(to_area(upper))
        upper = connection.execute(select(areas).where(areas.c.id == upper.parent)).first()
    return AreaTree([*tree.all(), *gone]) if gone else tree


def _lies_within(connection: Connection, area: str, reach: Reach) -> bool:
    query = select(areas.c.id).where(areas.c.id == area, within(areas.c.id, reach))
    return connection.execute(query).first() is not None


def _past(connection: Connection, row: AnyRow) -> list[dict[str, Any]]:
    """Fields of `AreaPast` without names, oldest first; the last is what it is called now."""
    query = select(area_past).where(area_past.c.area == row.id)
    kept = connection.execute(query.order_by(area_past.c.until, area_past.c.id)).all()
    begins = [row.valid_from, *(each.until for each in kept)]
    ends = [*(each.until for each in kept), row.valid_to]
    return [
        {
            "code": each.code,
            "name": each.name,
            "kind": to_area(row).called if each.kind is None else AreaKind(each.kind),
            "parent": each.parent,
            "begins_at": begin,
            "ends_at": end,
        }
        for each, begin, end in zip([*kept, row], begins, ends, strict=True)
    ]


def _names(connection: Connection, wanted: set[str | None]) -> dict[str | None, str]:
    query = select(areas.c.id, areas.c.name).where(areas.c.id.in_(wanted - {None}))
    return dict(connection.execute(query).all())
