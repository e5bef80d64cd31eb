"""What stations said: presences and journals, written in one transaction per batch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from loa_agent.protocol.errors import DocumentError
from loa_agent.protocol.reports import Record, RecordKind, State, StationStatus
from sqlalchemy import Connection, Engine, and_, delete, insert, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from loa_server.adapters.db.engine import reading, writing
from loa_server.adapters.db.mapping import put
from loa_server.adapters.db.outbox import announce
from loa_server.adapters.db.plays import tell_plays
from loa_server.adapters.db.tables import held_blob, journal, journal_gap, presence, refusal
from loa_server.adapters.db.tables import station as stations
from loa_server.application.ingest_state import Presence


class PresenceRows:
    """Implements `Presences`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, station: str) -> Presence | None:
        """What is known of a station; None when it never spoke."""
        query = select(presence).where(presence.c.station == station)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return Presence(State.model_validate(row.state), row.seen_at, lost=row.lost_at is not None)

    def keep(self, known: Presence) -> None:
        """Replace what is known; the instant at which it was given up stays while it is lost."""
        values = {
            "state": known.state.model_dump(mode="json"),
            "online": known.state.status is StationStatus.ONLINE and not known.lost,
            "seen_at": known.seen_at,
        }
        if not known.lost:
            values["lost_at"] = None
        put(self._connection, presence, {"station": known.state.station}, values)


class JournalRows:
    """Implements `Journals`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def acknowledged(self, station: str) -> int:
        """Highest sequence below which nothing is awaited any more."""
        query = select(stations.c.acknowledged).where(stations.c.id == station)
        reached: int = self._connection.execute(query).scalar_one()
        return reached

    def acknowledge(self, station: str, sequence: int) -> None:
        """Raise the acknowledged sequence."""
        where = stations.c.id == station
        self._connection.execute(update(stations).where(where).values(acknowledged=sequence))

    def keep(self, station: str, records: Sequence[Record], received_at: datetime) -> int:
        """Store records not stored yet; how many were new."""
        lowest = min(record.sequence for record in records)
        held = set(self.kept_after(station, lowest - 1))
        by_sequence = {record.sequence: record for record in records}
        fresh = [record for record in by_sequence.values() if record.sequence not in held]
        if not fresh:
            return 0
        self._connection.execute(
            insert(journal), [_row(station, record, received_at) for record in fresh]
        )
        tell_plays(self._connection, station, fresh)
        self._note_blobs(station, fresh)
        self._note_refusals(station, fresh)
        return len(fresh)

    def kept_after(self, station: str, sequence: int) -> list[int]:
        """Stored sequences above `sequence`, ascending."""
        query = (
            select(journal.c.sequence)
            .where(journal.c.station == station, journal.c.sequence > sequence)
            .order_by(journal.c.sequence)
        )
        return list(self._connection.execute(query).scalars())

    def note_gap(self, station: str, first: int, last: int, noted_at: datetime) -> None:
        """The station no longer holds what we never got."""
        values = {"last": last, "noted_at": noted_at}
        put(self._connection, journal_gap, {"station": station, "first": first}, values)

    def _note_blobs(self, station: str, records: Sequence[Record]) -> None:
        for record in records:
            if record.kind is RecordKind.FETCHED and record.item is not None:
                put(self._connection, held_blob, {"station": station, "sha256": record.item}, {})

    def _note_refusals(self, station: str, records: Sequence[Record]) -> None:
        for record in records:
            if record.document is None:
                continue
            key = {"station": station, "document": record.document}
            if record.kind is RecordKind.REFUSED:
                put(self._connection, refusal, key, {"code": record.code or "", "at": record.at})
            elif record.kind is RecordKind.RECEIVED:
                theirs = and_(*(refusal.c[name] == value for name, value in key.items()))
                self._connection.execute(delete(refusal).where(theirs))


class DbLedger:
    """Implements `StationLedger`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._announced: set[str] = set()
        self.presences = PresenceRows(connection)
        self.journals = JournalRows(connection)

    @contextmanager
    def message(self) -> Iterator[None]:
        """What one message changes, wholly or not at all; others of the batch are not touched.

        Raises:
            DocumentError: `malformed_document` for values no column can hold.
        """
        try:
            with self._connection.begin_nested():
                yield
        except (DataError, IntegrityError, OverflowError, UnicodeError) as error:
            raise DocumentError("malformed_document") from error
        except DBAPIError:
            raise
        except StatementError as error:
            # The value never reached the database: an instant before the year 1, for example.
            raise DocumentError("malformed_document") from error

    def public_key(self, station: str) -> tuple[str, str] | None:
        """Key id and public key of an enrolled station."""
        query = select(stations.c.kid, stations.c.public_key).where(
            stations.c.id == station, stations.c.retired_at.is_(None)
        )
        row = self._connection.execute(query).first()
        return None if row is None or row.kid is None else (row.kid, row.public_key)

    def announce(self, *subjects: str) -> None:
        """Tell the browsers what changed, at the end of the transaction."""
        self._announced.update(subjects)

    def finish(self) -> None:
        """The last statement: counters are rows all writers share, and are held the shortest."""
        announce(self._connection, self._announced)


@contextmanager
def open_ledger(engine: Engine) -> Iterator[DbLedger]:
    """A ledger whose rows are committed together at the end."""
    with writing(engine) as connection:
        ledger = DbLedger(connection)
        yield ledger
        ledger.finish()


class DbSilent:
    """Implements `SilentStations`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def online_unheard_since(self, instant: datetime) -> list[str]:
        """Stations counted as online whose last word came before `instant`."""
        query = select(presence.c.station).where(presence.c.online, presence.c.seen_at < instant)
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def mark_lost(self, station: str, noted_at: datetime) -> None:
        """The station is lost until it speaks again."""
        with writing(self._engine) as connection:
            where = presence.c.station == station
            lost = update(presence).where(where).values(online=False, lost_at=noted_at)
            connection.execute(lost)
            announce(connection, ["stations"])


def _row(station: str, record: Record, received_at: datetime) -> dict[str, object]:
    return {
        "station": station,
        "sequence": record.sequence,
        "boot": record.boot,
        "at": record.at,
        "kind": record.kind.value,
        "occurrence": record.occurrence,
        "record": record.model_dump(mode="json", exclude_none=True),
        "received_at": received_at,
    }
