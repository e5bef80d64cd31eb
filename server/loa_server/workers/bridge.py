"""The bridge between database and stations: sole owner of the server's MQTT connection.

The network thread only puts messages into the inbox; one loop takes them out in batches, stores
them in one transaction each, acknowledges, and publishes what changed.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from loa_agent.protocol import topics
from loa_agent.protocol.acceptance import parse
from loa_agent.protocol.documents import Ack
from loa_agent.protocol.errors import DocumentError, ProtocolError
from loa_agent.protocol.reports import Report, State
from loa_agent.protocol.seal import SigningKey, TrustedKeys, seal, unseal

from loa_server.application.ingest_report import Journals, ingest_report
from loa_server.application.ingest_state import Presences, ingest_state
from loa_server.application.judge_numbers import require_near
from loa_server.application.messaging import BrokerAccess, BusError, StationAccess, StationBus
from loa_server.application.publish_documents import DocumentDesk, publish_documents
from loa_server.workers.inbox import Inbox, UpwardMessage

logger = logging.getLogger(__name__)

MAX_BATCH = 500
LISTEN_S = 0.2
"""How long a round waits for messages; also the longest a change waits to be published."""


class StationLedger(Protocol):
    """What the bridge writes in one transaction."""

    @property
    def presences(self) -> Presences:
        """States of stations."""

    @property
    def journals(self) -> Journals:
        """Journals of stations."""

    def public_key(self, station: str) -> tuple[str, str] | None:
        """Key id and public key of an enrolled station."""

    def message(self) -> AbstractContextManager[None]:
        """What one message changes, wholly or not at all.

        Raises:
            ProtocolError: a value that cannot be kept; the rest of the batch is not touched.
        """

    def announce(self, *subjects: str) -> None:
        """Tell the browsers what changed."""


class StationDirectory(DocumentDesk, Protocol):
    """Reads and small writes outside the ingest transaction."""

    def access_stamp(self) -> str:
        """Cheap to read; differs whenever `access` may have changed."""

    def access(self) -> list[StationAccess]:
        """All enrolled stations with their broker credentials."""

    def everything_due(self) -> None:
        """Mark every document as changed, for a broker that may have lost them."""


class Bridge:
    """One loop; `run` returns soon after `stop` is set."""

    def __init__(
        self,
        *,
        bus: StationBus,
        broker: BrokerAccess | None,
        directory: StationDirectory,
        ledger: Callable[[], AbstractContextManager[StationLedger]],
        authority: SigningKey,
        clock: Callable[[], datetime],
    ) -> None:
        self._bus = bus
        self._broker = broker
        self._directory = directory
        self._ledger = ledger
        self._authority = authority
        self._clock = clock
        self._inbox = Inbox()
        self._connected = threading.Event()
        self._access_stamp: str | None = None
        self.listening_since: datetime | None = None

    def receive(self, topic: str, payload: bytes, retained: bool) -> None:  # noqa: FBT001 - the bus calls it
        """Enqueue; a full inbox drops, since stations repeat what is not acknowledged."""
        self._inbox.put(UpwardMessage(topic, payload, retained))

    def connected(self) -> None:
        """A new connection: the broker may be empty, so everything is published again."""
        self._connected.set()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop`; whatever goes wrong in a round is logged and tried again."""
        while not stop.is_set():
            try:
                self.round()
            except BusError as error:
                logger.info("publish_postponed reason=%s", error)
                stop.wait(LISTEN_S)
            except Exception:  # the loop must outlive any one message
                logger.exception("bridge_round_failed")
                stop.wait(1)

    def round(self) -> None:
        """Take in one batch, answer it, and publish what is due."""
        batch = self._inbox.take(MAX_BATCH, LISTEN_S)
        if batch:
            self._answer(self._ingest(batch))
        if self._connected.is_set():
            self._directory.everything_due()
            self.listening_since = self._clock()
            self._connected.clear()
        self._refresh_access()
        publish_documents(
            desk=self._directory, bus=self._bus, authority=self._authority, now=self._clock()
        )

    def _refresh_access(self) -> None:
        """Let new stations in before their documents go out."""
        if self._broker is None:
            return
        stamp = self._directory.access_stamp()
        if stamp != self._access_stamp:
            self._broker.allow(self._directory.access())
            self._access_stamp = stamp

    def _ingest(self, batch: Iterable[UpwardMessage]) -> dict[str, int]:
        """Store a batch in one transaction; what to acknowledge, by station."""
        answers: dict[str, int] = {}
        with self._ledger() as ledger:
            for message in batch:
                try:
                    with ledger.message():
                        self._ingest_one(message, ledger, answers)
                except ProtocolError as error:
                    logger.warning("refused topic=%s code=%s", message.topic, error.code)
        return answers

    def _ingest_one(
        self, message: UpwardMessage, ledger: StationLedger, answers: dict[str, int]
    ) -> None:
        opened = open_upward(message, ledger.public_key)
        station = opened.station
        acknowledged = ledger.journals.acknowledged(station)
        require_near(opened, ledger.presences.find(station), acknowledged)
        now = self._clock()
        match opened:
            case State():
                changed = ingest_state(
                    state=opened, retained=message.retained, presences=ledger.presences, now=now
                )
                if changed:
                    ledger.announce("stations", "broadcasts")
            case Report():
                result = ingest_report(report=opened, journals=ledger.journals, now=now)
                answers[opened.station] = result.acknowledged
                if result.fresh:
                    ledger.announce("plays", "broadcasts")

    def _answer(self, answers: dict[str, int]) -> None:
        """Acknowledge after the commit, never before."""
        for station, sequence in answers.items():
            ack = Ack(station=station, sequence=sequence, issued_at=self._clock())
            self._bus.publish(topics.ack(station), seal(ack, self._authority), retain=False)


def open_upward(
    message: UpwardMessage, public_key: Callable[[str], tuple[str, str] | None]
) -> State | Report:
    """Unseal with the key of the station the topic names, and parse.

    Raises:
        ProtocolError: not sealed by that station, not readable, or about somebody else.
    """
    station, _, kind = topics.document_key(message.topic).removeprefix("up/").partition("/")
    known = public_key(station)
    if known is None:
        raise DocumentError("not_for_me", {"station": station})
    models: dict[str, type[State | Report]] = {"state": State, "report": Report}
    model = models.get(kind)
    if model is None:
        raise DocumentError("wrong_topic", {"topic": message.topic})
    opened = parse(model, unseal(message.payload, TrustedKeys.of(dict([known]))))
    if opened.station != station:
        raise DocumentError("wrong_topic", {"topic": message.topic, "named": opened.station})
    return opened
