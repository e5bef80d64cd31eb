"""River 8: the journal in SQLite; one fsynced transaction per record, numbers without holes."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from typing_extensions import override

from loa_agent.adapters.disk_errors import disk_code, is_corrupt, sqlite_code
from loa_agent.adapters.journal_mark import RESERVED_AHEAD, Mark, MarkFile
from loa_agent.ports import Journal, StorageError
from loa_agent.protocol.reports import Record

log = logging.getLogger(__name__)

T = TypeVar("T")

KEEP_FOR = timedelta(hours=36)
"""What the brain needs after a start to know which occurrences are settled."""
KEEP_ROWS = 2_000
"""Kept whatever their age, since the clock that dated them may have been wrong."""
MAX_ROWS = 200_000
"""About five years without a server; then the oldest unsent records go."""
MAX_HISTORY = 5_000
WAL_LIMIT_BYTES = 4 * 1024 * 1024
BUSY_TIMEOUT_S = 5.0
BROKEN_SUFFIX = ".broken"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS records (sequence INTEGER PRIMARY KEY, at TEXT, body TEXT)",
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """Where the journal stands after a start; `boot` is new, and durable if the disk has room."""

    boot: int
    last_sequence: int
    acked_sequence: int


class SqliteJournal(Journal):
    """One file, used by one thread.

    `owner` is the id of the station's key: a board that was enrolled anew begins a new journal.
    """

    def __init__(self, path: Path, owner: str, first_boot: int, first_sequence: int) -> None:
        self._path = path
        self._owner = owner
        self._first_boot = first_boot
        self._first_sequence = first_sequence
        self._mark_file = MarkFile(path.with_suffix(".mark"))
        self._mark = Mark(owner=owner, boot=first_boot - 1, sequence=first_sequence - 1)
        self._database: sqlite3.Connection | None = None
        self._last = first_sequence - 1
        self._acked = first_sequence - 1
        self._boot = first_boot - 1
        self._boot_stored = True

    def open(self) -> Opened:
        """Open or begin the journal and raise the boot number.

        A journal that cannot be read is set aside and a new one begun above its numbers; one that
        only cannot be written is no reason not to start.

        Raises:
            StorageError: there is no journal and none can be begun.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark = self._mark_file.read(self._owner)
        self._mark = mark or self._mark
        try:
            self._connect()
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise StorageError(sqlite_code(error)) from error
            self._begin_anew()
        self._boot = max(self._boot, self._mark.boot) + 1
        try:
            self._reserve(self._last)
            with self._transaction() as database:
                _write_fact(database, "boot", self._boot)
        except (StorageError, sqlite3.DatabaseError) as error:
            # It still reads: a station with a full disk plays what it has, and the boot number
            # is raised again with the first record that finds room.
            log.error("journal_takes_nothing reason=%s", error)  # noqa: TRY400 - the reason says all
            self._boot_stored = False
        return Opened(self._boot, self._last, self._acked)

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    @override
    def append(self, record: Record) -> Record:
        return self._or_anew(lambda: self._append(record))

    @override
    def after(self, sequence: int, limit: int) -> Sequence[Record]:
        return self._or_anew(lambda: self._read(sequence, limit))

    @override
    def mark_acked(self, sequence: int) -> None:
        if sequence <= self._acked:
            return
        try:
            with self._transaction() as database:
                _write_fact(database, "acked", sequence)
        except sqlite3.DatabaseError as error:
            raise StorageError(sqlite_code(error)) from error
        self._acked = sequence

    @override
    def oldest(self) -> int:
        (lowest,) = self._open_database.execute("SELECT MIN(sequence) FROM records").fetchone()
        return int(lowest or 0)

    def history(self) -> tuple[Record, ...]:
        """The newest records, ascending: what happened in the last days."""
        return tuple(self.after(self._last - MAX_HISTORY, MAX_HISTORY))

    def prune(self, now: datetime) -> int:
        """Forget acknowledged rows nobody needs any more; how many went; raises StorageError."""
        old = min(self._acked, self._last - KEEP_ROWS)
        over = self._last - MAX_ROWS
        try:
            with self._transaction() as database:
                return database.execute(
                    "DELETE FROM records WHERE (sequence <= ? AND at < ?) OR sequence <= ?",
                    (old, (now - KEEP_FOR).isoformat(), over),
                ).rowcount
        except sqlite3.DatabaseError as error:
            raise StorageError(sqlite_code(error)) from error

    @property
    def _open_database(self) -> sqlite3.Connection:
        assert self._database is not None, "open() comes first"  # noqa: S101 - our own promise
        return self._database

    def _or_anew(self, action: Callable[[], T]) -> T:
        """Do it, if need be once more on a new journal; raises StorageError."""
        try:
            return action()
        except sqlite3.DatabaseError as error:
            if not is_corrupt(error):
                raise StorageError(sqlite_code(error)) from error
        try:
            self._begin_anew()
            return action()
        except sqlite3.DatabaseError as error:
            raise StorageError(sqlite_code(error)) from error

    def _read(self, sequence: int, limit: int) -> tuple[Record, ...]:
        rows = self._open_database.execute(
            "SELECT sequence, body FROM records WHERE sequence > ? ORDER BY sequence", (sequence,)
        )
        return tuple(islice(_readable(rows), limit))

    def _append(self, record: Record) -> Record:
        sequence = self._last + 1
        if sequence > self._mark.sequence or not self._boot_stored:
            self._reserve(sequence)
        written = record.model_copy(update={"sequence": sequence})
        with self._transaction() as database:
            database.execute(
                "INSERT INTO records (sequence, at, body) VALUES (?, ?, ?)",
                (sequence, written.at.isoformat(), written.model_dump_json(exclude_none=True)),
            )
            _write_fact(database, "last", sequence)
            if not self._boot_stored:
                _write_fact(database, "boot", self._boot)
        self._last = sequence
        self._boot_stored = True
        return written

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        database = self._open_database
        database.execute("BEGIN IMMEDIATE")
        try:
            yield database
            database.execute("COMMIT")
        except sqlite3.Error:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise

    def _reserve(self, sequence: int) -> None:
        """Promise the next numbers before the first of them is used."""
        mark = Mark(owner=self._owner, boot=self._boot, sequence=sequence + RESERVED_AHEAD)
        try:
            self._mark_file.write(mark)
        except OSError as error:
            raise StorageError(disk_code(error)) from error
        self._mark = mark

    def _connect(self) -> None:
        database = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            _prepare(database)
            facts = dict(database.execute("SELECT name, value FROM facts").fetchall())
            if facts and facts.get("owner") != self._owner:
                log.warning("journal_of_former_station dropped=%s", self._path.name)
                database.close()
                _remove(self._path)
                database = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
                _prepare(database)
                facts = {}
            self._database = database
            self._adopt(facts)
        except sqlite3.Error:
            database.close()
            self._database = None
            raise

    def _adopt(self, facts: dict[str, str]) -> None:
        """Stand where the file says; a new file begins above every number ever reserved."""
        if facts:
            self._last, self._acked = int(facts["last"]), int(facts["acked"])
            self._boot = int(facts["boot"])
            return
        self._last = self._acked = max(self._first_sequence - 1, self._mark.sequence)
        self._boot = self._first_boot - 1
        with self._transaction() as database:
            _write_fact(database, "owner", self._owner)
            for name, value in (("last", self._last), ("acked", self._acked), ("boot", self._boot)):
                _write_fact(database, name, value)

    def _begin_anew(self) -> None:
        """Set the unreadable file aside, save what can still be read, go on above its numbers."""
        boot = self._boot
        self.close()
        broken = self._path.with_name(self._path.name + BROKEN_SUFFIX)
        log.error("journal_corrupt set_aside=%s", broken.name)
        _remove(broken)
        for suffix in ("", "-wal", "-shm"):
            part = self._path.with_name(self._path.name + suffix)
            if part.exists():
                part.replace(broken.with_name(broken.name + suffix))
        saved = _salvage(broken, self._owner)
        self._connect()
        self._boot = max(boot, self._boot)
        if not saved:
            return
        with self._transaction() as database:
            for record in saved:
                database.execute(
                    "INSERT OR IGNORE INTO records (sequence, at, body) VALUES (?, ?, ?)",
                    (record.sequence, record.at.isoformat(), record.model_dump_json()),
                )
            self._acked = saved[0].sequence - 1
            _write_fact(database, "acked", self._acked)
        log.warning("journal_salvaged records=%s", len(saved))


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
    (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        error = sqlite3.DatabaseError(verdict)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error
    for statement in _TABLES:
        database.execute(statement)


def _write_fact(database: sqlite3.Connection, name: str, value: str | int) -> None:
    database.execute(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, str(value)),
    )


def _readable(rows: Iterable[tuple[int, str]]) -> Iterator[Record]:
    """Leaves out what an older or newer version wrote and we cannot read: a gap, not an end."""
    for sequence, body in rows:
        try:
            yield Record.model_validate_json(body)
        except ValidationError:
            log.error("record_unreadable sequence=%s", sequence)  # noqa: TRY400 - no need of a trace


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _salvage(path: Path, owner: str) -> list[Record]:
    """Records of this owner in a broken file, in order, until the first that cannot be read."""
    saved: list[Record] = []
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            if ("owner", owner) not in database.execute("SELECT name, value FROM facts"):
                return saved
            for (body,) in database.execute("SELECT body FROM records ORDER BY sequence"):
                saved.append(Record.model_validate_json(body))
    except (sqlite3.Error, ValidationError) as error:
        log.info("journal_salvage_ended records=%s reason=%s", len(saved), error)
    return saved
