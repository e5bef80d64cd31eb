"""Programmes and bulletins by their exact titles."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, Table, select

from loa_server.adapters.db.reach import within
from loa_server.adapters.db.tables import bulletin, programme
from loa_server.application.queries import Titled
from loa_server.domain.rights import Reach


def read_titled(
    connection: Connection, titles: Collection[str], reach: Reach
) -> Mapping[str, Titled]:
    """What goes by each title: a programme before a bulletin, a newer before an older."""
    found: dict[str, Titled] = {}
    # What is read later takes the place of what was read before.
    for table in (bulletin, programme):
        found |= _newest(connection, table, titles, reach)
    return found


def _newest(
    connection: Connection, table: Table, titles: Collection[str], reach: Reach
) -> dict[str, Titled]:
    columns = table.c
    query = (
        select(columns.id, columns.title)
        .where(
            columns.title.in_(sorted(titles)),
            columns.deleted_at.is_(None),
            within(columns.area, reach),
        )
        .order_by(columns.created_at, columns.id.desc())
    )
    rows = connection.execute(query)
    return {row.title: Titled(row.id, row.title, table is programme) for row in rows}
