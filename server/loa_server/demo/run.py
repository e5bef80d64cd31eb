"""Brings up a whole small radio on this machine: server processes and virtual stations."""

import time
import urllib.error
import urllib.request
from http import HTTPStatus

from loa_server.config import Settings
from loa_server.demo.programs import agent_data, enrol_command, station_program
from loa_server.serve.ready import Ready, Say, StartError, address, output_of
from loa_server.workers.supervisor import Supervisor

READY_S = 45.0
ENROL_S = 45.0
LOOK_EVERY_S = 0.1


def bring_up(
    settings: Settings, supervisor: Supervisor, claims: dict[str, str | None], say: Say
) -> None:
    """Start the server, enrol the stations that have a claim code, start all stations.

    Raises:
        StartError: the server did not answer in time, or a station was not enrolled.
    """
    say("starting broker, web and worker")
    supervisor.start()
    _wait_ready(settings, supervisor)
    for station, code in claims.items():
        if code is not None:
            say(f"enrolling station {station}")
            _enrol(settings, station, code)
        supervisor.add(station_program(settings, station))


def welcome(settings: Settings, ready: Ready) -> dict[str, object]:
    """What the person at the screen needs; also what `--json` prints."""
    return {
        "address": address(settings),
        "username": ready.username,
        "password": ready.password,
        "stations": list(ready.claims),
    }


def _wait_ready(settings: Settings, supervisor: Supervisor) -> None:
    deadline = time.monotonic() + READY_S
    while not _answers(f"{address(settings)}/healthz"):
        if time.monotonic() >= deadline:
            raise StartError("server_not_ready")
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
    output_of(command, settings, ENROL_S, f"enrol {station}")
