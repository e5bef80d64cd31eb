"""The embedded broker as stations and server meet it: a real process, real connections."""

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import paho.mqtt.client as mqtt
import pytest
from loa_agent.protocol import topics
from loa_server.adapters.broker_nats import BrokerAddress, NatsBroker
from loa_server.adapters.bus_paho import BusAddress, PahoBus
from loa_server.application.messaging import StationAccess
from loa_server.serve.ports import free_ports
from paho.mqtt.enums import CallbackAPIVersion
from patience import listens, wait_until

pytestmark = pytest.mark.integration

PATIENCE_S = 10.0
SERVER_PASSWORD = "a-long-random-server-password"
REFUSED = 0x80
PHU_CAT = StationAccess("phu-cat-1", "p" * 24, ("s-phu-cat-1", "a-phu-cat", "a-gia-lai"))
TUY_PHUOC = StationAccess("tuy-phuoc-1", "t" * 24, ("s-tuy-phuoc-1", "a-tuy-phuoc", "a-gia-lai"))


class Broker:
    """One `nats-server` that can be killed and started again on the same files."""

    def __init__(self, folder: Path) -> None:
        self.address = BrokerAddress("127.0.0.1", *free_ports(2))
        self.access = NatsBroker(folder, self.address, "loa-server", SERVER_PASSWORD)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(self.access.command(), stderr=subprocess.DEVNULL)
        wait_until(lambda: listens(self.address.port))

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


class Station:
    """A bare MQTT client with a station's name and password."""

    def __init__(self, broker: Broker, access: StationAccess) -> None:
        self.messages: Queue[tuple[str, bytes]] = Queue()
        self.granted: Queue[int] = Queue()
        self.connected: Queue[bool] = Queue()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=access.station)
        self.client.username_pw_set(access.station, access.password)
        self.client.on_message = lambda _c, _u, m: self.messages.put((m.topic, m.payload))
        self.client.on_subscribe = lambda _c, _u, _m, codes, _p: self.granted.put(codes[0].value)
        self.client.on_connect = lambda _c, _u, _f, code, _p: self.connected.put(
            not code.is_failure
        )
        self.client.connect("127.0.0.1", broker.address.port)
        self.client.loop_start()

    def subscribe(self, topic: str) -> int:
        self.client.subscribe(topic, qos=0)
        return self.granted.get(timeout=PATIENCE_S)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


class Server:
    """The server's own connection, with what it heard."""

    def __init__(self, broker: Broker) -> None:
        self.heard: Queue[tuple[str, bytes]] = Queue()
        self.connections = 0
        connected = threading.Event()

        def on_connected() -> None:
            self.connections += 1
            connected.set()

        address = BusAddress("127.0.0.1", broker.address.port, "loa-server", SERVER_PASSWORD)
        self.bus = PahoBus(address)
        self.bus.start(lambda topic, raw, _retained: self.heard.put((topic, raw)), on_connected)
        assert connected.wait(PATIENCE_S)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path / "broker")
    broker.access.allow([PHU_CAT, TUY_PHUOC])
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def server(broker: Broker) -> Iterator[Server]:
    server = Server(broker)
    yield server
    server.bus.stop()


@pytest.fixture
def station(broker: Broker) -> Iterator[Station]:
    station = Station(broker, PHU_CAT)
    assert station.connected.get(timeout=PATIENCE_S)
    yield station
    station.close()


@pytest.mark.parametrize("audience", PHU_CAT.audiences)
def test_a_station_reads_the_manifests_of_its_audiences(
    server: Server, station: Station, audience: str
) -> None:
    code = station.subscribe(topics.manifest(audience))

    server.bus.publish(topics.manifest(audience), b"document", retain=True)

    assert code == 0
    assert station.messages.get(timeout=PATIENCE_S) == (topics.manifest(audience), b"document")


@pytest.mark.parametrize(
    "topic",
    [
        topics.config("tuy-phuoc-1"),
        topics.ack("tuy-phuoc-1"),
        topics.manifest("a-tuy-phuoc"),
        topics.state("tuy-phuoc-1"),
        topics.UP_FILTER,
        f"{topics.PREFIX}/manifest/+",
        "#",
    ],
)
def test_a_station_is_refused_what_belongs_to_others(
    server: Server, station: Station, topic: str
) -> None:
    server.bus.publish(topics.config("tuy-phuoc-1"), b"not yours", retain=True)
    server.bus.publish(topics.manifest("a-tuy-phuoc"), b"not yours", retain=True)

    code = station.subscribe(topic)

    assert code == REFUSED
    station.subscribe(topics.config("phu-cat-1"))
    server.bus.publish(topics.config("phu-cat-1"), b"yours", retain=True)
    assert station.messages.get(timeout=PATIENCE_S)[1] == b"yours"
    assert station.messages.empty()


def test_a_station_writes_under_its_own_name_and_nowhere_else(
    server: Server, station: Station
) -> None:
    forged = [
        topics.state("tuy-phuoc-1"),
        topics.report("tuy-phuoc-1"),
        topics.manifest("a-gia-lai"),
        topics.config("phu-cat-1"),
        f"{topics.report('phu-cat-1')}/1",
    ]

    for topic in forged:
        station.client.publish(topic, b"forged", qos=1, retain=True).wait_for_publish(PATIENCE_S)
    station.client.publish(topics.report("phu-cat-1"), b"honest", qos=1)

    assert server.heard.get(timeout=PATIENCE_S) == (topics.report("phu-cat-1"), b"honest")
    assert server.heard.empty()
    assert station.subscribe(topics.manifest("a-gia-lai")) == 0
    with pytest.raises(Empty):
        station.messages.get(timeout=0.3)


def test_a_station_cannot_take_the_connection_of_the_server(broker: Broker, server: Server) -> None:
    thief = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="loa-server")
    thief.username_pw_set(PHU_CAT.station, PHU_CAT.password)
    welcomed = threading.Event()
    thief.on_connect = lambda *_: welcomed.set()

    thief.connect("127.0.0.1", broker.address.port)
    thief.loop_start()

    assert welcomed.wait(PATIENCE_S)
    server.bus.publish(topics.manifest("a-gia-lai"), b"still here", retain=True)
    assert server.connections == 1
    thief.disconnect()
    thief.loop_stop()


def test_a_wrong_password_is_turned_away(broker: Broker) -> None:
    stranger = Station(broker, StationAccess("phu-cat-1", "wrong" * 5, ()))

    assert not stranger.connected.get(timeout=PATIENCE_S)
    stranger.close()


def test_a_station_enrolled_later_is_let_in_while_others_stay_connected(
    broker: Broker, station: Station
) -> None:
    newcomer = StationAccess("phu-cat-2", "n" * 24, ("s-phu-cat-2",))

    changed = broker.access.allow([PHU_CAT, TUY_PHUOC, newcomer])

    assert changed
    late = Station(broker, newcomer)
    while not late.connected.get(timeout=PATIENCE_S):
        pass
    assert station.client.is_connected()
    late.close()


def test_allowing_the_same_stations_again_changes_nothing(broker: Broker) -> None:
    assert not broker.access.allow([PHU_CAT, TUY_PHUOC])


def test_a_retained_document_survives_a_killed_broker(broker: Broker, server: Server) -> None:
    server.bus.publish(topics.manifest("a-gia-lai"), b"kept", retain=True)

    broker.kill()
    broker.start()

    station = Station(broker, TUY_PHUOC)
    assert station.connected.get(timeout=PATIENCE_S)
    station.subscribe(topics.manifest("a-gia-lai"))
    assert station.messages.get(timeout=PATIENCE_S) == (topics.manifest("a-gia-lai"), b"kept")
    station.close()


def test_a_document_too_heavy_for_any_station_keeps_no_other_one_back(
    server: Server, station: Station
) -> None:
    topic = topics.manifest("a-phu-cat")
    station.subscribe(topic)

    server.bus.publish(topic, b"x" * 2_000_000, retain=True)
    server.bus.publish(topic, b"document", retain=True)

    assert station.messages.get(timeout=PATIENCE_S) == (topic, b"document")
    assert server.connections == 1


def test_the_broker_listens_on_loopback_and_keeps_its_passwords_private(broker: Broker) -> None:
    assert broker.access.configuration.stat().st_mode & 0o077 == 0
    text = broker.access.configuration.read_text()
    assert f'"127.0.0.1:{broker.address.port}"' in text
    assert f'"127.0.0.1:{broker.address.control_port}"' in text
