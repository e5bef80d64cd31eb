"""The schema the migrations make is the one the code means, on both databases."""

import multiprocessing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from loa_server.adapters.db.engine import make_engine
from loa_server.adapters.db.migrate import migrate
from loa_server.adapters.db.tables import metadata
from sqlalchemy import Engine, inspect

pytestmark = pytest.mark.integration


def test_migrated_schema_and_tables_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    before = set(inspect(engine).get_table_names())

    migrate(engine)

    assert set(inspect(engine).get_table_names()) == before
    assert before == {*metadata.tables, "alembic_version"}


def test_processes_that_start_together_all_find_the_schema(database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    together = spawn.Barrier(3)
    starting = [spawn.Process(target=_start, args=(database_url, together)) for _ in range(3)]

    for process in starting:
        process.start()
    for process in starting:
        process.join(60)

    assert [process.exitcode for process in starting] == [0, 0, 0]


def _start(url: str, together: object) -> None:
    together.wait(30)  # type: ignore[attr-defined]
    engine = make_engine(url)
    migrate(engine)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()
