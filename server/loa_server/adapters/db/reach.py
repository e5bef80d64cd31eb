"""The area tree inside the database: what lies under an area, and what a station listens to."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, literal, select

from loa_server.adapters.db.tables import area as areas
from loa_server.adapters.db.tables import station as stations


def within(column: ColumnElement[Any], reach: str) -> ColumnElement[bool]:
    """Whether an area column names `reach` or what lies under it."""
    under = select(areas.c.id).where(areas.c.id == reach).cte("under", recursive=True)
    under = under.union(select(areas.c.id).join(under, areas.c.parent == under.c.id))
    return column.in_(select(under.c.id))


def audiences_of(station: str) -> Select[tuple[str]]:
    """Audience ids a station in use listens to: itself, its area and the areas above."""
    home = select(stations.c.area).where(stations.c.id == station, stations.c.retired_at.is_(None))
    above = select(areas.c.id, areas.c.parent).where(areas.c.id.in_(home))
    path = above.cte("path", recursive=True)
    path = path.union(select(areas.c.id, areas.c.parent).join(path, areas.c.id == path.c.parent))
    own = select(literal("s-") + cast(stations.c.id, String)).where(
        stations.c.id == station, stations.c.retired_at.is_(None)
    )
    upper = select(literal("a-") + cast(path.c.id, String))
    return select(own.union_all(upper).subquery("heard").c[0])
