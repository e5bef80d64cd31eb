"""Counts tries at names nobody has, in this process and for as many names as fit."""

import threading
from collections import OrderedDict
from datetime import datetime

from loa_server.domain.people import lock_after

MOST_NAMES = 10_000


class MemoryStrangers:
    """Implements the port `Strangers`; the names least tried lately are forgotten first."""

    def __init__(self, most_names: int = MOST_NAMES) -> None:
        self._most = most_names
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, tuple[int, datetime | None]] = OrderedDict()

    def locked_until(self, username: str) -> datetime | None:
        """Until when this name is refused at once."""
        with self._lock:
            return self._tries.get(username, (0, None))[1]

    def note_wrong(self, username: str, now: datetime) -> None:
        """One more try."""
        with self._lock:
            tries = self._tries.pop(username, (0, None))[0] + 1
            self._tries[username] = (tries, lock_after(tries, now))
            while len(self._tries) > self._most:
                self._tries.popitem(last=False)
