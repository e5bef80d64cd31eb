"""The engine, and how a transaction begins on it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, OperationalError

from loa_server.domain.problems import Problem

BUSY_MS = 15_000
POOL = {"pool_size": 20, "max_overflow": 20}
"""More than the threads of one process; two processes stay below PostgreSQL's usual hundred."""
WRITES = "loa_writes"


def make_engine(url: str) -> Engine:
    """An engine for `url`; the folder of a SQLite file is made when it is missing."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_pre_ping=True, **POOL)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(parsed, **POOL)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may write; on SQLite it takes the write lock at once.

    A reader that turns writer half-way fails with SQLITE_BUSY whatever the timeout.
    """
    with _translated(), engine.execution_options(**{WRITES: True}).begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent snapshot to read from."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    with _translated(), engine.begin() as connection:
        yield connection


@contextmanager
def _translated() -> Iterator[None]:
    """Values no column can hold, such as a NUL in a name, are the fault of who sent them.

    A full disk is nobody's fault, and passes.
    """
    try:
        yield
    except DataError as error:
        raise Problem("bad_request") from error
    except OperationalError as error:
        if _is_full(error):
            raise Problem("disk_full") from error
        raise


def _is_full(error: OperationalError) -> bool:
    """Of SQLite; with PostgreSQL the disk is another machine's."""
    cause = error.orig
    return isinstance(cause, sqlite3.OperationalError) and cause.sqlite_errorname == "SQLITE_FULL"


def _prepare(raw: Any, _record: object) -> None:
    """Settings of one SQLite connection; the driver must not begin transactions by itself."""
    raw.isolation_level = None
    cursor = raw.cursor()
    # The patience comes first: switching to WAL already needs it when processes start together.
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
