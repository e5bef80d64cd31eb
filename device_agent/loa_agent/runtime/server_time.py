"""The server's time, read off its signed acknowledgements.

An acknowledgement of a record was written after that record was first sent and before it came
back, so the two instants of our own clock bracket it. It costs no extra message, and since a
record is acknowledged once, an old acknowledgement cannot be played to us again.
"""

from collections.abc import Callable
from datetime import datetime

from loa_agent.core.events import MessageArrived
from loa_agent.ports import Clock
from loa_agent.protocol import topics
from loa_agent.protocol.acceptance import parse
from loa_agent.protocol.documents import Ack
from loa_agent.protocol.errors import ProtocolError
from loa_agent.protocol.seal import TrustedKeys, unseal


class ServerTime:
    """Remembers when the newest record was first sent."""

    def __init__(self, station: str, clock: Clock, steady_s: Callable[[], float]) -> None:
        self._topic = topics.ack(station)
        self._station = station
        self._clock = clock
        self._steady_s = steady_s
        self._sequence = 0
        self._asked: tuple[datetime, float] | None = None

    def asked(self, sequence: int) -> None:
        """A report up to this record leaves now; a repeated one does not count."""
        if sequence > self._sequence:
            self._sequence = sequence
            self._asked = (self._clock.now(), self._steady_s())

    def heard(self, message: MessageArrived, keys: TrustedKeys) -> bool:
        """Compare clocks if this is the acknowledgement awaited; True when it was."""
        if message.topic != self._topic or self._asked is None:
            return False
        try:
            ack = parse(Ack, unseal(message.raw, keys))
        except ProtocolError:
            return False
        if ack.station != self._station or ack.sequence != self._sequence:
            return False
        asked_at, asked_steady_s = self._asked
        self._asked = None
        # A clock that was stepped between question and answer brackets nothing.
        passed_s = (message.now - asked_at).total_seconds()
        if abs(passed_s - (self._steady_s() - asked_steady_s)) < 1.0:
            self._clock.compare(ack.issued_at, asked_at, message.now)
        return True
