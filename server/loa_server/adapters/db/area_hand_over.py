"""What merged areas leave to their heir.

What people still work with comes along: rights, bulletins and programmes in the library, plans
that are not over, requests without an answer, decided orders and special days to come. What is
over stays with the area it happened in, which stays readable.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from loa_agent.protocol.documents import MAX_ORDER
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from loa_server.adapters.db.mapping import inserting
from loa_server.adapters.db.tables import account as accounts
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import bulletin as bulletins
from loa_server.adapters.db.tables import (
    priority_order,
    programme,
    role_grant,
    share,
    share_answer,
    share_area,
    special_day,
)
from loa_server.application.area_rows import HandedOver

_ONE_DAY = timedelta(days=1)
"""Whatever the zone, today is not before this."""


def hand_over(
    connection: Connection,
    closed: Sequence[str],
    heir: str,
    running: ColumnElement[bool],
    now: datetime,
) -> HandedOver:
    """Move it all; `running` says which broadcasts are not over."""
    people = _rights(connection, closed, heir)
    mine = (bulletins.c.area.in_(closed), bulletins.c.deleted_at.is_(None))
    moved = connection.execute(update(bulletins).where(*mine).values(area=heir)).rowcount
    theirs = (programme.c.area.in_(closed), programme.c.deleted_at.is_(None))
    connection.execute(update(programme).where(*theirs).values(area=heir))
    plans = (broadcasts.c.area.in_(closed), running)
    connection.execute(update(broadcasts).where(*plans).values(area=heir))
    _shares(connection, closed, heir)
    _orders(connection, closed, heir)
    return HandedOver(people, moved, _days(connection, closed, heir, now))


def _rights(connection: Connection, closed: Sequence[str], heir: str) -> int:
    held = connection.execute(select(role_grant).where(role_grant.c.area.in_(closed))).all()
    at_home = select(accounts.c.id).where(accounts.c.area.in_(closed))
    people = {row.account for row in held} | set(connection.execute(at_home).scalars())
    connection.execute(update(accounts).where(accounts.c.area.in_(closed)).values(area=heir))
    connection.execute(delete(role_grant).where(role_grant.c.area.in_(closed)))
    rows = {(row.account, row.role) for row in held}
    if rows:
        made = inserting(connection, role_grant).values(
            [{"account": account, "area": heir, "role": role} for account, role in sorted(rows)]
        )
        connection.execute(made.on_conflict_do_nothing())
    return len(people)


def _shares(connection: Connection, closed: Sequence[str], heir: str) -> None:
    """What was answered stays an answer of the area that gave it."""
    sent = (share.c.from_area.in_(closed), share.c.withdrawn_at.is_(None))
    connection.execute(update(share).where(*sent).values(from_area=heir))
    answered = select(share_answer.c.share).where(
        share_answer.c.share == share_area.c.share, share_answer.c.area == share_area.c.area
    )
    open_here = (share_area.c.area.in_(closed), ~answered.exists())
    waiting = connection.execute(select(share_area.c.share).where(*open_here)).scalars().all()
    connection.execute(delete(share_area).where(*open_here))
    if waiting:
        rows = [{"share": each, "area": heir} for each in sorted(set(waiting))]
        made = inserting(connection, share_area).values(rows)
        connection.execute(made.on_conflict_do_nothing())


def _orders(connection: Connection, closed: Sequence[str], heir: str) -> None:
    """The heir's own order first, then those of the merged, each broadcast where it comes first."""
    order: dict[str, None] = {}
    for area in (heir, *closed):
        query = select(priority_order.c.broadcast).where(priority_order.c.area == area)
        query = query.order_by(priority_order.c.position)
        order |= dict.fromkeys(connection.execute(query).scalars())
    connection.execute(delete(priority_order).where(priority_order.c.area.in_([heir, *closed])))
    rows = [
        {"area": heir, "position": position, "broadcast": broadcast}
        for position, broadcast in enumerate(order)
    ][:MAX_ORDER]
    if rows:
        connection.execute(insert(priority_order), rows)


def _days(connection: Connection, closed: Sequence[str], heir: str, now: datetime) -> int:
    """Days to come; where two areas called a day differently, the first named area's word stays."""
    today = (now - _ONE_DAY).date().isoformat()
    count = 0
    for area in closed:
        query = select(special_day).where(special_day.c.area == area, special_day.c.day >= today)
        rows = [
            {"area": heir, "day": row.day, "name": row.name} for row in connection.execute(query)
        ]
        if rows:
            made = inserting(connection, special_day).values(rows)
            kept = made.on_conflict_do_nothing().returning(special_day.c.day)
            count += len(connection.execute(kept).all())
    return count
