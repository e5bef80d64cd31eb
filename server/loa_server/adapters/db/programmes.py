"""Programmes with their items."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from loa_server.adapters.db.mapping import AnyRow
from loa_server.adapters.db.tables import programme as programmes
from loa_server.adapters.db.tables import programme_item
from loa_server.domain.programmes import Part, Programme, ProgrammeItem


class ProgrammeRows:
    """Implements the port `Programmes`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, programme: Programme) -> None:
        """A new programme."""
        self._connection.execute(
            insert(programmes).values(
                id=programme.id,
                title=programme.title,
                area=programme.area,
                author=programme.author,
                created_at=programme.created_at,
                changed_at=programme.changed_at,
                version=programme.version,
            )
        )
        self._put_items(programme)

    def get(self, programme: str) -> Programme | None:
        """A programme that was not deleted."""
        found = self._read(programmes.c.id == programme)
        return found[0] if found else None

    def keep(self, programme: Programme) -> bool:
        """Store what changed, one version up; False when somebody else was faster."""
        before = (
            programmes.c.id == programme.id,
            programmes.c.version == programme.version - 1,
            programmes.c.deleted_at.is_(None),
        )
        changed = {
            "title": programme.title,
            "changed_at": programme.changed_at,
            "version": programme.version,
        }
        kept = self._connection.execute(update(programmes).where(*before).values(changed))
        if kept.rowcount == 0:
            return False
        mine = programme_item.c.programme == programme.id
        self._connection.execute(delete(programme_item).where(mine))
        self._put_items(programme)
        return True

    def delete(self, programme: str, now: datetime) -> None:
        """Take it off the lists."""
        where = programmes.c.id == programme
        self._connection.execute(update(programmes).where(where).values(deleted_at=now))

    def holding(self, bulletin: str) -> Sequence[Programme]:
        """Programmes that name a bulletin and were not deleted, by title."""
        naming = select(programme_item.c.programme).where(programme_item.c.bulletin == bulletin)
        return self._read(programmes.c.id.in_(naming))

    def _read(self, where: ColumnElement[bool]) -> list[Programme]:
        query = select(programmes).where(where, programmes.c.deleted_at.is_(None))
        rows = self._connection.execute(query.order_by(programmes.c.title, programmes.c.id)).all()
        items = read_items(self._connection, [row.id for row in rows])
        return [to_programme(row, items[row.id]) for row in rows]

    def _put_items(self, programme: Programme) -> None:
        rows = [
            {
                "programme": programme.id,
                "position": position,
                "bulletin": each.bulletin,
                "part": each.part.value,
            }
            for position, each in enumerate(programme.items)
        ]
        self._connection.execute(insert(programme_item), rows)


def read_items(connection: Connection, ids: Sequence[str]) -> dict[str, list[ProgrammeItem]]:
    """Items by programme, in order."""
    query = select(programme_item).where(programme_item.c.programme.in_(ids))
    found: dict[str, list[ProgrammeItem]] = defaultdict(list)
    for row in connection.execute(query.order_by(programme_item.c.position)):
        found[row.programme].append(ProgrammeItem(row.bulletin, Part(row.part)))
    return found


def to_programme(row: AnyRow, items: Iterable[ProgrammeItem]) -> Programme:
    """A programme from its row and items."""
    return Programme(
        id=row.id,
        title=row.title,
        area=row.area,
        author=row.author,
        created_at=row.created_at,
        changed_at=row.changed_at,
        version=row.version,
        items=tuple(items),
    )
