"""The server's one MQTT connection."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

import paho.mqtt.client as mqtt
from loa_agent.protocol import topics
from loa_agent.protocol.seal import MAX_SEALED_BYTES
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from loa_server.application.messaging import BusError

logger = logging.getLogger(__name__)

KEEPALIVE_S = 20
RECEIPT_TIMEOUT_S = 5.0
MAX_RECONNECT_S = 15


@dataclass(frozen=True, slots=True)
class BusAddress:
    """Where the broker is and who we are there."""

    host: str
    port: int
    user: str
    password: str
    tls: bool = False

    @property
    def client_id(self) -> str:
        """One that only we know: whoever connects under it takes our connection over."""
        return f"{self.user}-{hashlib.sha256(self.password.encode()).hexdigest()[:16]}"


class PahoBus:
    """Publishes with QoS 1 and hears all stations; callbacks only hand over."""

    def __init__(self, address: BusAddress) -> None:
        self._address = address
        self._lost = False
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=address.client_id,
            protocol=mqtt.MQTTv311,
            clean_session=True,
        )

    def start(
        self, on_message: Callable[[str, bytes, bool], None], on_connected: Callable[[], None]
    ) -> None:
        """Begin connecting; returns at once and keeps trying until `stop`.

        `on_message(topic, payload, retained)` and `on_connected()` run on the network thread.
        """
        self._on_message, self._on_connected = on_message, on_connected
        client = self._client
        client.username_pw_set(self._address.user, self._address.password)
        if self._address.tls:
            client.tls_set()
        client.reconnect_delay_set(min_delay=1, max_delay=MAX_RECONNECT_S)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_message = self._message
        client.connect_async(self._address.host, self._address.port, KEEPALIVE_S)
        client.loop_start()

    def stop(self) -> None:
        """Say goodbye and end the network thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Hand a message to the broker and wait for its receipt; raises BusError.

        One heavier than a broker carries is dropped, loudly.
        """
        if not self._client.is_connected():
            raise BusError("not_connected")
        if len(payload) > MAX_SEALED_BYTES:
            # No station would read it, and a broker ends the connection of who sends too much:
            # tried again and again it would keep all other documents back.
            logger.error("message_too_heavy topic=%s bytes=%d", topic, len(payload))
            return
        receipt = self._client.publish(topic, payload, qos=1, retain=retain)
        try:
            receipt.wait_for_publish(RECEIPT_TIMEOUT_S)
        except (RuntimeError, ValueError) as error:
            raise BusError("not_sent") from error
        if not receipt.is_published():
            raise BusError("no_receipt")

    def _connected(
        self,
        client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._note_lost(str(reason))
            return
        logger.info("bus_connected host=%s port=%s", self._address.host, self._address.port)
        self._lost = False
        client.subscribe(topics.UP_FILTER, qos=1)
        self._on_connected()

    def _disconnected(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._note_lost(str(reason))

    def _message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        self._on_message(message.topic, bytes(message.payload), message.retain)

    def _note_lost(self, reason: str) -> None:
        """Log once when the broker goes; paho tries again with growing pauses."""
        if not self._lost:
            logger.warning("bus_lost reason=%s", reason)
        self._lost = True
