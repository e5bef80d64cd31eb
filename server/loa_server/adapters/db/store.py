"""One transaction over all tables, as use-cases see it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, insert, select, update

from loa_server.adapters.db.area_rows import DbAreaRows
from loa_server.adapters.db.broadcast_rows import BroadcastRows
from loa_server.adapters.db.bulletins import BulletinRows
from loa_server.adapters.db.engine import reading, writing
from loa_server.adapters.db.evenings import EveningRows
from loa_server.adapters.db.mapping import inserting
from loa_server.adapters.db.outbox import announce, documents_changed
from loa_server.adapters.db.people import PeopleRows
from loa_server.adapters.db.people_proofs import ProofRows
from loa_server.adapters.db.places import PlaceRows
from loa_server.adapters.db.programmes import ProgrammeRows
from loa_server.adapters.db.shares import ShareRows
from loa_server.adapters.db.tables import audit, audit_head
from loa_server.application.ports import Transaction
from loa_server.domain.audit import GENESIS, AuditRow, chained

HEAD = 1


class DbTransaction:
    """Implements the port `Transaction`."""

    def __init__(self, connection: Connection, *, writes: bool) -> None:
        self._connection = connection
        self._announced: set[str] = set()
        self.people = PeopleRows(connection, writes=writes)
        self.proofs = ProofRows(connection)
        self.places = PlaceRows(connection)
        self.areas = DbAreaRows(connection)
        self.bulletins = BulletinRows(connection)
        self.broadcasts = BroadcastRows(connection)
        self.programmes = ProgrammeRows(connection)
        self.shares = ShareRows(connection)
        self.evenings = EveningRows(connection)

    def documents_changed(self, *keys: str) -> None:
        """The outbox: these documents are to be signed and published anew."""
        documents_changed(self._connection, keys)

    def announce(self, *subjects: str) -> None:
        """Tell the browsers what changed."""
        self._announced.update(subjects)

    def finish(self) -> None:
        """The last statement: counters are rows all writers share, and are held the shortest."""
        announce(self._connection, self._announced)

    def audit(self, row: AuditRow) -> None:
        """Append to the chain; the head row's lock keeps two writers apart on PostgreSQL."""
        first = inserting(self._connection, audit_head).values(id=HEAD, digest=GENESIS)
        self._connection.execute(first.on_conflict_do_nothing(index_elements=["id"]))
        head = select(audit_head.c.digest).where(audit_head.c.id == HEAD).with_for_update()
        digest = chained(self._connection.execute(head).scalar_one(), row)
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
            yield DbTransaction(connection, writes=False)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Commits at the end, or rolls back when an exception passes."""
        with writing(self._engine) as connection:
            rows = DbTransaction(connection, writes=True)
            yield rows
            rows.finish()


def read_audit(engine: Engine) -> list[tuple[AuditRow, str]]:
    """The whole chain, oldest first, for checking."""
    with reading(engine) as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    return [(AuditRow(r.at, r.actor, r.action, r.subject, r.facts), r.digest) for r in rows]
