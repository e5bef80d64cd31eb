"""One transaction over all tables, as use-cases see it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, insert, select, update

from loa_server.adapters.db.broadcasts import BroadcastRows
from loa_server.adapters.db.bulletins import BulletinRows
from loa_server.adapters.db.engine import reading, writing
from loa_server.adapters.db.outbox import announce, documents_changed
from loa_server.adapters.db.people import PeopleRows
from loa_server.adapters.db.places import PlaceRows
from loa_server.adapters.db.tables import audit, audit_head
from loa_server.application.ports import Transaction
from loa_server.domain.audit import GENESIS, AuditRow, chained

HEAD = 1


class DbTransaction:
    """Implements the port `Transaction`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.people = PeopleRows(connection)
        self.places = PlaceRows(connection)
        self.bulletins = BulletinRows(connection)
        self.broadcasts = BroadcastRows(connection)

    def documents_changed(self, *keys: str) -> None:
        """The outbox: these documents are to be signed and published anew."""
        documents_changed(self._connection, keys)

    def announce(self, *subjects: str) -> None:
        """Tell the browsers what changed."""
        announce(self._connection, subjects)

    def audit(self, row: AuditRow) -> None:
        """Append to the chain; the head row's lock keeps two writers apart on PostgreSQL."""
        head = select(audit_head.c.digest).where(audit_head.c.id == HEAD).with_for_update()
        previous = self._connection.execute(head).scalar_one_or_none()
        digest = chained(previous or GENESIS, row)
        self._connection.execute(
            insert(audit).values(
                at=row.at,
                actor=row.actor,
                action=row.action,
                subject=row.subject,
                facts=dict(row.facts),
                digest=digest,
            )
        )
        if previous is None:
            self._connection.execute(insert(audit_head).values(id=HEAD, digest=digest))
        else:
            moved = update(audit_head).where(audit_head.c.id == HEAD).values(digest=digest)
            self._connection.execute(moved)


class DbStore:
    """Implements the port `Store`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A snapshot."""
        with reading(self._engine) as connection:
            yield DbTransaction(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Commits at the end, or rolls back when an exception passes."""
        with writing(self._engine) as connection:
            yield DbTransaction(connection)


def read_audit(engine: Engine) -> list[tuple[AuditRow, str]]:
    """The whole chain, oldest first, for checking."""
    with reading(engine) as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    return [(AuditRow(r.at, r.actor, r.action, r.subject, r.facts), r.digest) for r in rows]
