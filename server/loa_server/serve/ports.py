"""Ports of this machine: which are free, and what to say when one of ours is not."""

import os
import socket
from contextlib import closing

from loa_server.config import Settings
from loa_server.serve.ready import StartError

PORT_RANGE = range(20_000, 32_768)
"""Below the ports the system hands out for outgoing connections, which could take ours."""
STRIDE = 37


def require_ports(settings: Settings) -> None:
    """Raise StartError, which names the variable, when a port we need is taken."""
    needed = {"LOA_PORT": (settings.host, settings.port)}
    if settings.broker_embedded:
        needed["LOA_BROKER_PORT"] = (settings.broker_listen, settings.broker_port)
        needed["LOA_BROKER_CONTROL_PORT"] = ("127.0.0.1", settings.broker_control_port)
    for name, (host, port) in needed.items():
        if not is_free(host, port):
            raise StartError(
                f"port {port} is taken by another program (perhaps a loa that still runs); "
                f"choose another one: {name}={free_ports(1)[0]}"
            )


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
