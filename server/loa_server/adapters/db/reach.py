"""The area tree inside the database: what lies under an area, and what a station listens to."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, String, cast, literal, or_, select

from loa_server.adapters.db.tables import area as areas
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import broadcast_audience
from loa_server.adapters.db.tables import station as stations
from loa_server.domain.rights import Reach


def within(column: ColumnElement[Any], reach: Reach) -> ColumnElement[bool]:
    """Whether an area column names an area of `reach`, one under these, or one merged into them."""
    return column.in_(select(_under(reach).c.id))


def touching(column: ColumnElement[Any], reach: Reach) -> ColumnElement[bool]:
    """Whether an area column names an area of `reach`, what lies under one, or above one."""
    path = select(areas.c.id, areas.c.parent).where(areas.c.id.in_(sorted(reach)))
    above = path.cte(recursive=True)
    above = above.union(
        select(areas.c.id, areas.c.parent).join(above, areas.c.id == above.c.parent)
    )
    return or_(within(column, reach), column.in_(select(above.c.id)))


def sounding_within(reach: Reach) -> ColumnElement[bool]:
    """Whether a broadcast was ordered within `reach`, or from elsewhere for stations there."""
    under = select(_under(reach).c.id)
    # What was meant for an area that has become part of another stays to be seen there.
    closed = (areas.c.id.in_(under), areas.c.valid_to.is_not(None))
    former = select(literal("a-") + cast(areas.c.id, String)).where(*closed)
    audience = broadcast_audience.c.audience
    meant = select(broadcast_audience.c.broadcast).where(
        or_(audience.in_(_heard_by(stations.c.area.in_(under))), audience.in_(former))
    )
    return or_(broadcasts.c.area.in_(under), broadcasts.c.id.in_(meant))


def audiences_of(station: str) -> Select[tuple[str]]:
    """Audience ids a station in use listens to: itself, its area and the areas above."""
    return _heard_by(stations.c.id == station)


def _under(reach: Reach) -> CTE:
    # Without a name: one query may ask about several columns.
    under = select(areas.c.id).where(areas.c.id.in_(sorted(reach))).cte(recursive=True)
    below = or_(areas.c.parent == under.c.id, areas.c.replaced_by == under.c.id)
    return under.union(select(areas.c.id).join(under, below))


def _heard_by(which: ColumnElement[bool]) -> Select[tuple[str]]:
    used = (which, stations.c.retired_at.is_(None))
    above = select(areas.c.id, areas.c.parent).where(
        areas.c.id.in_(select(stations.c.area).where(*used))
    )
    path = above.cte("path", recursive=True)
    path = path.union(select(areas.c.id, areas.c.parent).join(path, areas.c.id == path.c.parent))
    own = select(literal("s-") + cast(stations.c.id, String)).where(*used)
    upper = select(literal("a-") + cast(path.c.id, String))
    return select(own.union_all(upper).subquery("heard").c[0])
