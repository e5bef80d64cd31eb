"""Makes a data folder ready: schema, secrets, broker files, first rows. Safe to repeat."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loa_server.adapters.db.desk import DbDesk
from loa_server.adapters.db.migrate import migrate
from loa_server.application.create_account import create_account
from loa_server.application.create_first_account import create_first_account
from loa_server.application.found_country import found_country
from loa_server.application.reset_password import reset_password
from loa_server.bootstrap.services import Opened, embedded_broker, now, open_services
from loa_server.config import Settings
from loa_server.demo.programs import is_enrolled
from loa_server.demo.province import Claimed, claim_stations, found_province
from loa_server.domain.problems import Problem as Problem  # noqa: PLC0414 - cli may not know domain

FIRST_USERNAME = "admin"
FIRST_NAME = "Quản trị viên"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What whoever starts the processes must know; `password` is told only when just made."""

    broker_command: list[str] | None
    username: str
    password: str | None
    stations: list[Claimed]


def run_migrate(settings: Settings) -> None:
    """Bring the database to the newest schema."""
    with _alone(settings.data):
        opened = open_services(settings)
        migrate(opened.engine)
        opened.engine.dispose()


def run_prepare(settings: Settings, *, demo: bool) -> Prepared:
    """Bring everything to where the processes can start; `demo` adds a small province."""
    with _alone(settings.data):
        opened = open_services(settings)
        migrate(opened.engine)
        services = opened.services
        area = found_province(services) if demo else found_country(services)
        password = create_first_account(
            services, username=FIRST_USERNAME, name=FIRST_NAME, area=area
        )
        stations = []
        if demo:
            stations = claim_stations(
                services, FIRST_USERNAME, lambda station: is_enrolled(settings, station)
            )
        prepared = Prepared(_broker_command(settings, opened), FIRST_USERNAME, password, stations)
        opened.engine.dispose()
    return prepared


def run_reset(settings: Settings, username: str, *, second_factor: bool) -> str:
    """A new password for an account; raises Problem `not_found`."""
    run_migrate(settings)
    return reset_password(
        open_services(settings).services, username=username, second_factor=second_factor
    )


def run_create_account(
    settings: Settings, username: str, *, name: str, area: str, roles: Sequence[str]
) -> str:
    """An account, its password told once; raises Problem."""
    run_migrate(settings)
    services = open_services(settings).services
    return create_account(services, username=username, name=name, area=area, roles=roles)


def _broker_command(settings: Settings, opened: Opened) -> list[str] | None:
    """The broker's files follow the settings and the stations of this moment."""
    broker = embedded_broker(settings)
    if broker is None:
        return None
    broker.allow(DbDesk(opened.engine, settings.zone, now).access())
    return broker.command()


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """One process at a time on this data folder; the others wait."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "prepare.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
