"""Runs the loops and duties of one process side by side until it is told to stop."""

import logging
import threading
from collections.abc import Callable, Mapping

from loa_server.workers.periodic import Duty, make_scheduler

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
JOIN_S = 4.0

Loop = Callable[[threading.Event], None]


def run_together(loops: Mapping[str, Loop], duties: list[Duty], stop: threading.Event) -> bool:
    """Work until `stop`; False when a loop ended by itself, which none ever should."""
    threads = [
        threading.Thread(target=loop, args=(stop,), name=name, daemon=True)
        for name, loop in loops.items()
    ]
    scheduler = make_scheduler(duties)
    scheduler.start()
    for thread in threads:
        thread.start()
    while not stop.wait(LOOK_EVERY_S) and all(thread.is_alive() for thread in threads):
        pass
    ended = [] if stop.is_set() else [each.name for each in threads if not each.is_alive()]
    for name in ended:
        logger.error("loop_ended name=%s", name)
    stop.set()
    scheduler.shutdown(wait=False)
    for thread in threads:
        # A thread in the middle of a long preparation is left behind: its claim expires.
        thread.join(JOIN_S)
    return not ended
