"""Notices what changed in the database, once per process whatever the number of listeners."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.4


class ChangeWatch:
    """Reads the counters while somebody listens; its thread comes and goes with the listeners."""

    def __init__(self, read: Callable[[], Mapping[str, int]]) -> None:
        self._read = read
        self._changed = threading.Condition()
        self._listeners = 0
        self._looking = False
        self._closed = False
        self._counters: Mapping[str, int] = {}
        self._version = 0

    @property
    def closed(self) -> bool:
        """Whether the process is about to end."""
        return self._closed

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Count a listener; the first one starts the thread."""
        with self._changed:
            self._listeners += 1
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._look, name="changes", daemon=True).start()
        try:
            yield
        finally:
            with self._changed:
                self._listeners -= 1
                self._changed.notify_all()

    def newer(self, version: int, timeout_s: float) -> tuple[int, Mapping[str, int]]:
        """Wait for counters newer than `version`; the same version again when none came."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while self._version <= version and not self._closed:
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    break
                self._changed.wait(left_s)
            return self._version, self._counters

    def close(self) -> None:
        """Wake everybody for good. Safe in a signal handler: it takes no lock."""
        self._closed = True

    def _look(self) -> None:
        failed = False
        while True:
            try:
                found: Mapping[str, int] | None = dict(self._read())
                failed = False
            except Exception:  # the thread must outlive a database that is away for a while
                found = None
                if not failed:
                    logger.exception("changes_unreadable")
                failed = True
            with self._changed:
                if self._closed or self._listeners == 0:
                    self._looking = False
                    self._changed.notify_all()
                    return
                self._tell(found)
                self._changed.wait_for(self._idle, LOOK_EVERY_S)

    def _idle(self) -> bool:
        return self._closed or self._listeners == 0

    def _tell(self, found: Mapping[str, int] | None) -> None:
        if found is not None and (found != self._counters or self._version == 0):
            self._counters = found
            self._version += 1
            self._changed.notify_all()
