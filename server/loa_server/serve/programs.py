"""Which processes make up a server."""

import sys

from loa_server.config import Settings, to_environ
from loa_server.workers.supervisor import Program


def server_programs(settings: Settings, broker_command: list[str] | None) -> list[Program]:
    """Broker (when embedded), web and work, in the order of starting."""
    environ = to_environ(settings)
    loa = (sys.executable, "-m", "loa_server.cli")
    programs = [] if broker_command is None else [Program("broker", tuple(broker_command))]
    programs.append(Program("web", (*loa, "web"), environ))
    programs.append(Program("work", (*loa, "work"), environ))
    return programs
