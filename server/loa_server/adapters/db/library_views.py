"""Bulletins as lists show them: one's own, and what came from above."""

from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, or_, select

from loa_server.adapters.db.mapping import AnyRow, to_bulletin
from loa_server.adapters.db.programme_views import Origin, read_origins
from loa_server.adapters.db.reach import sounding_within, touching, within
from loa_server.adapters.db.shares import inside_open_to, open_to
from loa_server.adapters.db.tables import account as accounts
from loa_server.adapters.db.tables import area as areas
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import broadcast_bulletin
from loa_server.adapters.db.tables import bulletin as bulletins
from loa_server.adapters.db.tables import share as shares
from loa_server.application.queries import BulletinView
from loa_server.domain.broadcasts import ApprovalState
from loa_server.domain.rights import Reach


def read_library(connection: Connection, reach: Reach, limit: int) -> list[BulletinView]:
    """Bulletins of the reach and those shared with it, newest first."""
    shared = bulletins.c.id.in_(open_to(reach, shares.c.bulletin))
    return _read(connection, reach, or_(within(bulletins.c.area, reach), shared), limit=limit)


def read_bulletin(connection: Connection, bulletin: str, reach: Reach) -> BulletinView | None:
    """One bulletin of the reach, shared with it, or sounding there by an order from above."""
    ordered = (
        select(broadcast_bulletin.c.bulletin)
        .join(broadcasts, broadcasts.c.id == broadcast_bulletin.c.broadcast)
        .where(
            sounding_within(reach),
            broadcasts.c.approval == ApprovalState.APPROVED.value,
            broadcast_bulletin.c.bulletin == bulletin,
        )
    )
    heard = or_(
        within(bulletins.c.area, reach),
        bulletins.c.id.in_(open_to(reach, shares.c.bulletin)),
        bulletins.c.id.in_(inside_open_to(reach)),
        bulletins.c.id.in_(ordered),
    )
    found = _read(connection, reach, bulletins.c.id == bulletin, heard, limit=1)
    return found[0] if found else None


def _read(
    connection: Connection, reach: Reach, *where: ColumnElement[bool], limit: int
) -> list[BulletinView]:
    query = (
        select(
            bulletins,
            accounts.c.name.label("author_name"),
            areas.c.name.label("area_name"),
            within(bulletins.c.area, reach).label("own"),
            touching(bulletins.c.area, reach).label("seen"),
        )
        .join(accounts, accounts.c.id == bulletins.c.author)
        .join(areas, areas.c.id == bulletins.c.area)
        .where(bulletins.c.deleted_at.is_(None), *where)
        .order_by(bulletins.c.created_at.desc(), bulletins.c.id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    origins = read_origins(connection, reach, shares.c.bulletin, rows)
    return [_view(row, origins.get(row.id)) for row in rows]


def _view(row: AnyRow, origin: Origin | None) -> BulletinView:
    """Of what lies neither under the reach nor above it, the place and the author stay unsaid."""
    bulletin = to_bulletin(row)
    if row.own:
        return BulletinView(bulletin, row.author_name, row.area_name)
    if row.seen:
        name = row.area_name if origin is None else origin.name
        return BulletinView(bulletin, row.author_name, row.area_name, name)
    known = origin or Origin("", "")
    hidden = replace(bulletin, area=known.area, author="")
    return BulletinView(hidden, "", known.name, known.name)
