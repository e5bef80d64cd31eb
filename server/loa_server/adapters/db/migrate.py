"""Brings a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from loa_server.adapters.db.engine import writing

FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Run every migration not run yet; each one wholly or not at all."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
