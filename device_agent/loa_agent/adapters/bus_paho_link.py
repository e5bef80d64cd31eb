"""One MQTT connection from the attempt to its end."""

import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

KEEPALIVE_S = 20
"""A broker gives up after one and a half times this: 30 s after the plug was pulled."""
ANSWER_S = 5.0
"""A CONNACK or SUBACK that takes longer will not come."""
LOOK_S = 1.0
GOODBYE_S = 2.0


@dataclass(frozen=True, slots=True)
class BusAddress:
    """Where the broker is and who we are there."""

    host: str
    port: int
    user: str
    password: str
    tls: ssl.SSLContext | None = None
    client_id: str | None = None

    @property
    def client(self) -> str:
        """The given id, or one that only we know.

        Whoever connects under the same id takes the connection over, whatever their user name.
        """
        digest = hashlib.sha256(self.password.encode()).hexdigest()
        return self.client_id or f"{self.user}-{digest[:16]}"


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears of it, on paho's network thread: of the connection, and of each message."""

    connected: Callable[[], None]
    message: Callable[[str, bytes], None]


class PahoLink:
    """A client that never reconnects; a new one is made instead."""

    def __init__(self, address: BusAddress, ears: Ears, will: tuple[str, bytes] | None) -> None:
        self._address = address
        self._ears = ears
        self._guard = threading.Lock()
        self._over = threading.Event()
        self._deadlines: dict[int | None, float] = {}
        self._held: frozenset[str] = frozenset()
        self._last_message: mqtt.MQTTMessageInfo | None = None
        self.connected = False
        self.listening = False
        """The broker granted a subscription: the connection is good."""
        self.reason = "closed"
        self._client = self._new_client(will)

    def open(self) -> None:
        """Connect and start the network thread; raises OSError."""
        self._deadlines[None] = time.monotonic() + ANSWER_S
        self._client.connect(self._address.host, self._address.port, KEEPALIVE_S)
        self._client.loop_start()

    def wait(self) -> None:
        """Return when the connection is over, whoever ended it."""
        while not self._over.wait(LOOK_S):
            if self._is_overdue():
                self.end("no_answer")

    def end(self, reason: str) -> None:
        """Break off; `wait` returns."""
        if not self._over.is_set():
            self.reason = reason
        self._client.disconnect()
        self._over.set()

    def close(self) -> None:
        """End the network thread."""
        self._client.loop_stop()

    def subscribe(self, topics: Sequence[str]) -> None:
        """Listen to exactly these topics."""
        with self._guard:
            wanted = frozenset(topics)
            gone, fresh = self._held - wanted, wanted - self._held
            if not self.connected:
                return
            if gone:
                self._client.unsubscribe(sorted(gone))
            if fresh:
                result, number = self._client.subscribe([(topic, 0) for topic in sorted(fresh)])
                if result is MQTTErrorCode.MQTT_ERR_SUCCESS:
                    self._deadlines[number] = time.monotonic() + ANSWER_S
            self._held = wanted

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Hand over to the network thread; lost with the connection."""
        if self.connected:
            self._last_message = self._client.publish(topic, payload, qos=1, retain=retain)

    def flush(self) -> None:
        """Give what was published last a moment to be confirmed."""
        if self._last_message is not None and self.connected:
            with suppress(RuntimeError, ValueError):
                self._last_message.wait_for_publish(GOODBYE_S)

    def _new_client(self, will: tuple[str, bytes] | None) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._address.client,
            protocol=mqtt.MQTTv311,
            clean_session=True,
            reconnect_on_failure=False,
        )
        client.username_pw_set(self._address.user, self._address.password)
        if will is not None:
            client.will_set(*will, qos=1, retain=True)
        if self._address.tls is not None:
            client.tls_set_context(self._address.tls)
        client.connect_timeout = ANSWER_S
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_subscribe = self._on_subscribe
        return client

    def _is_overdue(self) -> bool:
        now = time.monotonic()
        with self._guard:
            return any(deadline < now for deadline in self._deadlines.values())

    def _on_connect(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        with self._guard:
            self._deadlines.pop(None, None)
        if reason.is_failure:
            self.reason = str(reason)
            self._over.set()
            return
        self.connected = True
        self._ears.connected()

    def _on_disconnect(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self.connected = False
        if not self._over.is_set():
            self.reason = str(reason)
        self._over.set()

    def _on_message(
        self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage
    ) -> None:
        self._ears.message(message.topic, bytes(message.payload))

    def _on_subscribe(
        self,
        _client: mqtt.Client,
        _userdata: object,
        number: int,
        codes: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        with self._guard:
            self._deadlines.pop(number, None)
        if any(code.is_failure for code in codes):
            self.end("subscription_refused")
        else:
            self.listening = True
