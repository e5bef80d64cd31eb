"""A data folder made ready to serve, and where this server can be reached."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loa_server.config import Settings, to_environ
from loa_server.leash import leashed

PREPARE_S = 60.0
ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, not bound
SHOWN_OF_OUTPUT = 600

Say = Callable[[str], None]


class StartError(Exception):
    """Something could not be started; the text says which step, and what to do."""


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
        StartError: it failed.
    """
    arguments = ["prepare", "--demo"] if demo else ["prepare"]
    command = [sys.executable, "-m", "loa_server.cli", *arguments]
    text = output_of(command, settings, PREPARE_S, "prepare")
    made: dict[str, Any] = json.loads(text.splitlines()[-1])
    claims = {each["station"]: each["code"] for each in made["stations"]}
    return Ready(made["broker_command"], made["username"], made["password"], claims)


def output_of(command: list[str], settings: Settings, timeout_s: float, step: str) -> str:
    """What a program of ours printed; raises StartError, which names the step, when it failed."""
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
        raise StartError(f"{step}: not done within {timeout_s:.0f} s") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-SHOWN_OF_OUTPUT:]
        raise StartError(f"{step}: {said}")
    return done.stdout
