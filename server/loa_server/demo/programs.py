"""Which processes make up a server and a virtual station, and on which ports."""

import os
import socket
import sys
from contextlib import closing
from pathlib import Path

from loa_server.config import Settings, to_environ
from loa_server.workers.supervisor import Program

PORT_RANGE = range(20_000, 32_768)
"""Below the ports the system hands out for outgoing connections, which could take ours."""
STRIDE = 37


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


def server_programs(settings: Settings, broker_command: list[str] | None) -> list[Program]:
    """Broker (when embedded), web and work, in the order of starting."""
    environ = to_environ(settings)
    loa = (sys.executable, "-m", "loa_server.cli")
    programs = [] if broker_command is None else [Program("broker", tuple(broker_command))]
    programs.append(Program("web", (*loa, "web"), environ))
    programs.append(Program("work", (*loa, "work"), environ))
    return programs


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now, all different."""
    found: list[int] = []
    # Processes that look at the same moment begin at different places.
    begin = os.getpid() * STRIDE % len(PORT_RANGE)
    for port in (*PORT_RANGE[begin:], *PORT_RANGE[:begin]):
        if len(found) == count:
            break
        if is_free("127.0.0.1", port):
            found.append(port)
    return found


def is_free(host: str, port: int) -> bool:
    """Whether a program of ours could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        # What lingers of connections of an earlier start does not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _agent() -> tuple[str, ...]:
    return (sys.executable, "-m", "loa_agent.cli")
