"""A start believes the last preparation only while nothing it rests on has changed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from loa_server.bootstrap.stamp import Said, remember, remembered
from loa_server.config import Settings
from loa_server.demo.programs import agent_data

SAID: Said = {
    "broker_command": ["nats-server"],
    "username": "admin",
    "password": None,
    "stations": [{"station": "phu-cat-1", "code": None}],
}


def change(settings: Settings, statement: str) -> None:
    with closing(sqlite3.connect(settings.data / "loa.db")) as connection, connection:
        connection.execute(statement)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path)
    change(settings, "CREATE TABLE account (id TEXT)")
    change(settings, "INSERT INTO account VALUES ('u-1')")
    change(settings, "CREATE TABLE alembic_version (version_num TEXT)")
    change(settings, "INSERT INTO alembic_version VALUES ('0001')")
    settings.broker_folder.mkdir()
    (settings.broker_folder / "nats-server.conf").touch()
    identity = agent_data(settings, "phu-cat-1") / "identity.json"
    identity.parent.mkdir(parents=True)
    identity.touch()
    remember(settings, demo=True, said=SAID)
    return settings


def test_what_was_prepared_is_remembered(settings: Settings) -> None:
    assert remembered(settings, demo=True) == SAID


CHANGES: dict[str, Callable[[Settings], object]] = {
    "schema": lambda settings: change(settings, "UPDATE alembic_version SET version_num = '2'"),
    "account": lambda settings: change(settings, "DELETE FROM account"),
    "database": lambda settings: (settings.data / "loa.db").unlink(),
    "rubbish": lambda settings: (settings.data / "loa.db").write_bytes(b"no database " * 100),
    "stamp": lambda settings: (settings.data / "prepared.json").write_text("{"),
    "broker": lambda settings: (settings.broker_folder / "nats-server.conf").unlink(),
    "station": lambda settings: (agent_data(settings, "phu-cat-1") / "identity.json").unlink(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_folder_is_prepared_anew(settings: Settings, what: str) -> None:
    CHANGES[what](settings)

    assert remembered(settings, demo=True) is None


def test_other_settings_are_prepared_anew(settings: Settings) -> None:
    assert remembered(settings, demo=False) is None
    assert remembered(replace(settings, broker_port=1), demo=True) is None
    assert remembered(replace(settings, database_url="postgresql://db"), demo=True) is None


def test_what_is_told_once_is_never_written_down(settings: Settings) -> None:
    for once in ({"password": "p"}, {"stations": [{"station": "phu-cat-1", "code": "c"}]}):
        remember(settings, demo=True, said={**SAID, **once})

        assert not (settings.data / "prepared.json").exists()
