"""Brings up a whole small radio on this machine: server processes and virtual stations."""

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from loa_server.config import Settings
from loa_server.demo.programs import agent_data, enrol_command, station_program
from loa_server.workers.supervisor import Supervisor

READY_S = 30.0
ENROL_S = 30.0
LOOK_EVERY_S = 0.1


class DemoError(Exception):
    """The demo could not be brought up; the text says which step."""


class Claims(Protocol):
    """Where a station's one-time claim code comes from."""

    def claim(self, station: str) -> str:
        """A fresh claim code."""


@dataclass(frozen=True, slots=True)
class Account:
    """The first account; `password` is known only when it was made just now."""

    username: str
    password: str | None


def address(settings: Settings) -> str:
    """What to open in the browser."""
    return f"http://{settings.host}:{settings.port}"


def bring_up(
    settings: Settings, supervisor: Supervisor, stations: Sequence[str], claims: Claims
) -> None:
    """Start the server, enrol the stations that are new, start all stations.

    Raises:
        DemoError: the server did not answer in time, or a station was not enrolled.
    """
    supervisor.start()
    _wait_ready(settings, supervisor)
    for station in stations:
        if not (agent_data(settings, station) / "station.pem").exists():
            _enrol(settings, station, claims.claim(station))
        supervisor.add(station_program(settings, station))


def welcome(settings: Settings, account: Account, stations: Sequence[str]) -> dict[str, object]:
    """What the person at the screen needs; also what `--json` prints."""
    return {
        "address": address(settings),
        "username": account.username,
        "password": account.password,
        "stations": list(stations),
    }


def _wait_ready(settings: Settings, supervisor: Supervisor) -> None:
    deadline = time.monotonic() + READY_S
    while not _answers(f"{address(settings)}/healthz"):
        if time.monotonic() >= deadline:
            raise DemoError("server_not_ready")
        supervisor.look()
        time.sleep(LOOK_EVERY_S)


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


def _enrol(settings: Settings, station: str, code: str) -> None:
    command = enrol_command(address(settings), code, agent_data(settings, station))
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, capture_output=True, text=True, timeout=ENROL_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DemoError(f"enrol_timeout {station}") from error
    if done.returncode != 0:
        raise DemoError(f"enrol_failed {station}: {(done.stderr or done.stdout).strip()[-300:]}")
