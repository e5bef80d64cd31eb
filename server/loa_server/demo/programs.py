"""Virtual stations: their folders and their commands."""

import sys
from pathlib import Path

from loa_server.config import Settings
from loa_server.workers.supervisor import Program


def agent_data(settings: Settings, station: str) -> Path:
    """Where a virtual station keeps its key, documents, audio and journal."""
    return settings.data / "stations" / station


def is_enrolled(settings: Settings, station: str) -> bool:
    """Whether a virtual station has become this station already."""
    return (agent_data(settings, station) / "identity.json").exists()


def enrol_command(address: str, code: str, data: Path) -> list[str]:
    """The command a technician types at a new station."""
    return [*_agent(), "enrol", address, code, "--data", str(data)]


def station_program(settings: Settings, station: str) -> Program:
    """A virtual station: sound goes to files in its folder."""
    data = agent_data(settings, station)
    command = (*_agent(), "run", "--data", str(data), "--virtual")
    return Program(f"station {station}", command)


def _agent() -> tuple[str, ...]:
    return (sys.executable, "-m", "loa_agent.cli")
