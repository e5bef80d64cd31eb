"""The station's way to the broker: a new client, with a new last will, for every attempt.

What an earlier connection left in paho's queues would otherwise be sent into the next one, and
its last will would speak for a connection that is long dead.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from typing_extensions import override

from loa_agent.adapters.backoff import Backoff
from loa_agent.adapters.bus_paho_link import BusAddress, Ears, PahoLink
from loa_agent.core.events import Connected, Disconnected, MessageArrived
from loa_agent.ports import Bus, Emit

log = logging.getLogger(__name__)

RETRY_FIRST_S = 1.0
RETRY_CAP_S = 30.0
JOIN_S = 3.0


class PahoBus(Bus):
    """Keeps one connection alive from a thread of its own; callbacks only emit.

    `will(connection)` gives topic and payload of the last will of that connection.
    """

    def __init__(
        self,
        address: BusAddress,
        will: Callable[[int], tuple[str, bytes]],
        now: Callable[[], datetime],
    ) -> None:
        self._address = address
        self._will = will
        self._now = now
        self._stopping = threading.Event()
        self._backoff = Backoff(RETRY_FIRST_S, RETRY_CAP_S)
        self._connection = 0
        self._link: PahoLink | None = None
        self._lost = False
        self._thread = threading.Thread(target=self._keep_connected, name="bus", daemon=True)

    @override
    def start(self, emit: Emit) -> None:
        self._emit = emit
        self._thread.start()

    @override
    def subscribe(self, topics: Sequence[str]) -> None:
        link = self._link
        if link is not None:
            link.subscribe(topics)

    @override
    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        link = self._link
        if link is not None:
            link.publish(topic, payload, retain=retain)

    @override
    def stop(self) -> None:
        self._stopping.set()
        link = self._link
        if link is not None:
            link.flush()
            link.end("stopped")
        if self._thread.ident is not None:
            self._thread.join(JOIN_S)

    def _keep_connected(self) -> None:
        while not self._stopping.is_set():
            self._connection += 1
            self._connect_once(self._connection)
            if not self._stopping.is_set():
                self._stopping.wait(self._backoff.next_s())

    def _connect_once(self, connection: int) -> None:
        link = PahoLink(
            self._address,
            Ears(lambda: self._connected(connection), self._message),
            self._will(connection),
        )
        self._link = link
        try:
            link.open()
        except (OSError, ValueError) as error:
            self._note_lost(str(error))
            return
        link.wait()
        link.close()
        self._link = None
        if link.listening:
            self._backoff.reset()
        if not self._stopping.is_set():
            self._note_lost(link.reason)
        self._emit(Disconnected(self._now()))

    def _connected(self, connection: int) -> None:
        log.info("bus_connected connection=%s", connection)
        self._lost = False
        self._emit(Connected(self._now(), connection))

    def _message(self, topic: str, payload: bytes) -> None:
        self._emit(MessageArrived(self._now(), topic, payload))

    def _note_lost(self, reason: str) -> None:
        """Once when the broker goes, however many attempts follow."""
        if not self._lost:
            log.warning("bus_lost reason=%s", reason)
        self._lost = True
