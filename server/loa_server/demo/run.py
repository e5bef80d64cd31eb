"""Brings up a whole small radio on this machine: server processes and virtual stations."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from loa_server.config import Settings, to_environ
from loa_server.demo.programs import agent_data, enrol_command, station_program
from loa_server.leash import leashed
from loa_server.workers.supervisor import Supervisor

READY_S = 45.0
ENROL_S = 45.0
PREPARE_S = 60.0
LOOK_EVERY_S = 0.1
ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, not bound
SHOWN_OF_OUTPUT = 600

Say = Callable[[str], None]


class DemoError(Exception):
    """The demo could not be brought up; the text says which step, and what to do."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What `loa prepare` made: the first account, and a claim code per station still to enrol."""

    broker_command: list[str] | None
    username: str
    password: str | None
    claims: dict[str, str | None]


def address(settings: Settings) -> str:
    """What to open in the browser on this machine."""
    host = "127.0.0.1" if settings.host in ANYWHERE else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def prepare(settings: Settings, *, demo: bool) -> Ready:
    """Make the data folder ready in a process of its own: this one stays small.

    Raises:
        DemoError: it failed.
    """
    arguments = ["prepare", "--demo"] if demo else ["prepare"]
    command = [sys.executable, "-m", "loa_server.cli", *arguments]
    text = _output_of(command, settings, PREPARE_S, "prepare")
    made: dict[str, Any] = json.loads(text.splitlines()[-1])
    claims = {each["station"]: each["code"] for each in made["stations"]}
    return Ready(made["broker_command"], made["username"], made["password"], claims)


def bring_up(
    settings: Settings, supervisor: Supervisor, claims: dict[str, str | None], say: Say
) -> None:
    """Start the server, enrol the stations that have a claim code, start all stations.

    Raises:
        DemoError: the server did not answer in time, or a station was not enrolled.
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
    _output_of(command, settings, ENROL_S, f"enrol {station}")


def _output_of(command: list[str], settings: Settings, timeout_s: float, step: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            leashed(command),
            env={**os.environ, **to_environ(settings)},
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DemoError(f"{step}: not done within {timeout_s:.0f} s") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-SHOWN_OF_OUTPUT:]
        raise DemoError(f"{step}: {said}")
    return done.stdout
