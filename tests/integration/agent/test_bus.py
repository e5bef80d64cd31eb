"""The station's MQTT connection against a real broker, and against a broker that falls silent."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from fakes.bridge import PASSWORD, STATION
from fakes.town import AUDIENCES, SERVER_PASSWORD, Town
from loa_agent.adapters.bus_paho import PahoBus
from loa_agent.adapters.bus_paho_link import BusAddress
from loa_agent.core.events import Connected, Disconnected, Event, MessageArrived
from loa_agent.protocol import topics
from loa_server.serve.ports import free_ports
from paho.mqtt.enums import CallbackAPIVersion
from patience import wait_until

pytestmark = pytest.mark.integration

CONNACK = b"\x20\x02\x00\x00"
STATE = topics.state(STATION)
MANIFEST = topics.manifest(AUDIENCES[0])


class Listener:
    """A bus and all it emitted."""

    def __init__(self, port: int, password: str = PASSWORD) -> None:
        self.events: list[Event] = []
        self.bus = PahoBus(
            BusAddress("127.0.0.1", port, STATION, password),
            lambda connection: (STATE, f"will {connection}".encode()),
            lambda: datetime.now(UTC),
        )
        self.bus.start(self.events.append)

    def connections(self) -> list[int]:
        return [e.connection for e in list(self.events) if isinstance(e, Connected)]

    def losses(self) -> int:
        return sum(isinstance(e, Disconnected) for e in list(self.events))

    def heard(self) -> list[tuple[str, bytes]]:
        return [(e.topic, e.raw) for e in list(self.events) if isinstance(e, MessageArrived)]

    def pull_the_plug(self) -> None:
        """End the connection without a word."""
        link = self.bus._link
        assert link is not None
        sock = link._client.socket()
        assert sock is not None
        sock.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Town]:
    """Broker and bridge, with the station let in."""
    town = Town(tmp_path / "broker")
    town.directory.password = PASSWORD
    town.start_broker()
    town.start_bridge()
    yield town
    town.stop()


@pytest.fixture
def station(broker: Town) -> Iterator[Listener]:
    listener = Listener(broker.port)
    wait_until(lambda: listener.connections() == [1])
    yield listener
    listener.bus.stop()


def test_documents_of_its_topics_arrive(broker: Town, station: Listener) -> None:
    station.bus.subscribe([MANIFEST])

    wait_until(lambda: MANIFEST in dict(station.heard()))

    assert broker.authority.public_b64
    assert station.connections() == [1]


def test_a_topic_no_longer_named_is_dropped_and_the_others_are_not_sent_again(
    broker: Town, station: Listener
) -> None:
    station.bus.subscribe([MANIFEST, topics.config(STATION)])
    wait_until(lambda: len(station.heard()) >= 2)
    known = len(station.heard())

    station.bus.subscribe([topics.config(STATION), topics.ack(STATION)])
    broker.say_until_heard(topics.ack(STATION), b"mark", station.heard)
    broker.bus.publish(MANIFEST, b"changed", retain=True)
    broker.say_until_heard(topics.ack(STATION), b"end", station.heard)

    assert {topic for topic, _ in station.heard()[known:]} == {topics.ack(STATION)}


def test_a_refused_topic_ends_the_connection_and_a_new_one_is_tried(station: Listener) -> None:
    station.bus.subscribe([topics.config("tuy-phuoc-1")])

    wait_until(lambda: station.connections() == [1, 2])

    assert station.losses() == 1


def test_the_broker_speaks_the_will_of_the_connection_that_was_lost(
    broker: Town, station: Listener
) -> None:
    wills: list[bytes] = []
    broker.hear(lambda topic, raw: wills.append(raw) if topic == STATE else None)

    station.pull_the_plug()
    wait_until(lambda: station.connections() == [1, 2])
    station.pull_the_plug()
    wait_until(lambda: station.connections() == [1, 2, 3])

    # A will may come twice: live, and retained to a server that has just subscribed.
    wait_until(lambda: list(dict.fromkeys(wills)) == [b"will 1", b"will 2"])


def test_after_an_orderly_goodbye_the_last_word_stands(broker: Town, station: Listener) -> None:
    heard: list[bytes] = []
    broker.hear(lambda topic, raw: heard.append(raw) if topic == STATE else None)

    station.bus.publish(STATE, b"offline", retain=True)
    station.bus.stop()

    wait_until(lambda: b"offline" in heard)
    station.bus.stop()
    assert set(heard) == {b"offline"}


def test_a_broker_that_was_away_is_found_again(broker: Town, station: Listener) -> None:
    broker.stop_broker()
    wait_until(lambda: station.losses() == 1)

    broker.start_broker()

    wait_until(lambda: len(station.connections()) == 2)
    assert station.connections()[1] >= 2


def test_what_was_said_while_the_broker_was_away_is_not_said_later(
    broker: Town, station: Listener
) -> None:
    broker.stop_broker()
    wait_until(lambda: station.losses() == 1)
    station.bus.publish(STATE, b"stale", retain=True)
    broker.start_broker()
    heard: list[bytes] = []
    wait_until(lambda: len(station.connections()) == 2)
    wait_until(broker.bus._client.is_connected)
    broker.hear(lambda topic, raw: heard.append(raw) if topic == STATE else None)

    station.bus.publish(STATE, b"fresh", retain=True)

    wait_until(lambda: b"fresh" in heard)
    assert b"stale" not in heard


def test_nobody_else_knows_the_client_id_that_takes_a_connection_over(
    broker: Town, station: Listener
) -> None:
    thief = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=STATION)
    thief.username_pw_set("loa", SERVER_PASSWORD)
    welcomed = threading.Event()
    thief.on_connect = lambda *_: welcomed.set()
    station.bus.subscribe([MANIFEST, topics.ack(STATION)])

    thief.connect("127.0.0.1", broker.port)
    thief.loop_start()

    assert welcomed.wait(5)
    broker.say_until_heard(topics.ack(STATION), b"still here", station.heard)
    assert station.connections() == [1]
    thief.disconnect()
    thief.loop_stop()


def test_a_wrong_password_is_tried_again_and_never_a_connection(broker: Town) -> None:
    stranger = Listener(broker.port, "wrong" * 6)

    wait_until(lambda: stranger.bus._connection >= 2)

    stranger.bus.stop()
    assert stranger.connections() == []


class MuteBroker:
    """Greets, and then never answers anything."""

    def __init__(self) -> None:
        (self.port,) = free_ports(1)
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            while True:
                caller, _ = self._listener.accept()
                self._open.append(caller)
                caller.recv(4096)
                caller.sendall(CONNACK)
        except OSError:
            return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for caller in self._open:
            caller.close()


@pytest.fixture
def mute() -> Iterator[MuteBroker]:
    mute = MuteBroker()
    yield mute
    mute.close()


def test_a_subscription_nobody_confirms_ends_the_connection(mute: MuteBroker) -> None:
    listener = Listener(mute.port)
    wait_until(lambda: listener.connections() == [1])

    listener.bus.subscribe([MANIFEST])

    wait_until(lambda: listener.connections() == [1, 2])
    listener.bus.stop()
