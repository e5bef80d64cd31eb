"""The command `loa serve`; see `bootstrap` for what each of its processes does."""

import sys

from loa_server.config import Settings
from loa_server.serve.ports import require_ports
from loa_server.serve.programs import server_programs
from loa_server.serve.ready import Say, StartError, address, prepare
from loa_server.workers.supervisor import Supervisor

__all__ = ["StartError", "run_serve", "say_to"]


def run_serve(settings: Settings) -> int:
    """Broker, web and worker without the demo; words of the processes go to stderr."""
    say = say_to(sys.stdout)
    require_ports(settings)
    ready = prepare(settings, demo=False)
    if ready.password is not None:
        say(f"first account: {ready.username}, password: {ready.password} (told only now)")
    supervisor = Supervisor(server_programs(settings, ready.broker_command))
    supervisor.handle_signals()
    say(f"serving on {address(settings)}")
    supervisor.start()
    supervisor.watch()
    return 0


def say_to(stream: object) -> Say:
    """Words for the person who started us."""
    return lambda text: print(text, file=stream, flush=True)  # type: ignore[call-overload]
