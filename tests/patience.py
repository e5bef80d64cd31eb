"""Waiting for something that happens in another thread or process."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing

PATIENCE_S = 30.0
LOOK_EVERY_S = 0.02


def wait_until(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Return as soon as the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + patience_s
    never = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "condition did not come true in time"
        never.wait(LOOK_EVERY_S)


def listens(port: int) -> bool:
    """Whether a program of this machine takes connections at the port."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
