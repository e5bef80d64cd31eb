"""What came in and is not stored yet, bounded in number and in bytes."""

import logging
import threading
from collections import deque
from dataclasses import dataclass

logger = logging.getLogger(__name__)

MAX_INBOX = 20_000
MAX_INBOX_BYTES = 64 * 1024 * 1024
"""One station alone may send a megabyte many times a second."""


@dataclass(frozen=True, slots=True)
class UpwardMessage:
    """Bytes from a station, not believed yet."""

    topic: str
    payload: bytes
    retained: bool


class Inbox:
    """The network thread puts, one loop takes."""

    def __init__(self) -> None:
        self._messages: deque[UpwardMessage] = deque()
        self._bytes = 0
        self._came = threading.Condition()

    def put(self, message: UpwardMessage) -> None:
        """Keep it if there is room; stations repeat what is not acknowledged."""
        with self._came:
            heavier = self._bytes + len(message.payload)
            room = len(self._messages) < MAX_INBOX and heavier <= MAX_INBOX_BYTES
            if room:
                self._messages.append(message)
                self._bytes = heavier
                self._came.notify()
        if not room:
            logger.warning("inbox_full topic=%s", message.topic)

    def take(self, most: int, patience_s: float) -> list[UpwardMessage]:
        """Up to `most` messages, oldest first; waits `patience_s` for the first."""
        with self._came:
            self._came.wait_for(lambda: bool(self._messages), patience_s)
            batch = [self._messages.popleft() for _ in range(min(most, len(self._messages)))]
            self._bytes -= sum(len(message.payload) for message in batch)
        return batch
