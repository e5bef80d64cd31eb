"""Brings a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, func, select

from loa_server.adapters.db.engine import writing

LOCK = 0x10A
"""Any number, the same in all versions."""
FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Run every migration not run yet, all of them or none.

    Processes that start together come one after another: the first migrates, the others find
    nothing to do. SQLite's write lock sees to it, PostgreSQL is asked for a lock of this name.
    """
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
