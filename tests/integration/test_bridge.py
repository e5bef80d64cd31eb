"""Bridge, bus and broker together: what a station sees of them, with real processes between."""

import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue

import paho.mqtt.client as mqtt
import pytest
from fakes.bridge import NOW, PASSWORD, STATION, STATION_KEY, FakeDirectory, FakeLedger
from loa_agent.protocol import topics
from loa_agent.protocol.acceptance import open_document, parse
from loa_agent.protocol.documents import Ack, Config
from loa_agent.protocol.reports import Record, RecordKind, Report
from loa_agent.protocol.seal import SigningKey, TrustedKeys, seal, unseal
from loa_server.adapters.broker_nats import BrokerAddress, NatsBroker
from loa_server.adapters.bus_paho import BusAddress, PahoBus
from loa_server.serve.ports import free_ports
from loa_server.workers.bridge import Bridge
from paho.mqtt.enums import CallbackAPIVersion
from patience import listens, wait_until

pytestmark = pytest.mark.integration

PATIENCE_S = 20.0
SERVER_PASSWORD = "a-long-random-server-password"


class River:
    """The server side as `loa work` runs it, on a real broker that can be killed."""

    def __init__(self, folder: Path) -> None:
        port, control_port = free_ports(2)
        self.port = port
        self.authority = SigningKey.generate()
        self.keys = TrustedKeys.of({self.authority.kid: self.authority.public_b64})
        self.broker = NatsBroker(
            folder, BrokerAddress("127.0.0.1", port, control_port), "loa-server", SERVER_PASSWORD
        )
        self.directory, self.ledger = FakeDirectory(), FakeLedger()
        self.stop = threading.Event()
        address = BusAddress("127.0.0.1", port, "loa-server", SERVER_PASSWORD)
        self.bus = PahoBus(address)
        self.bridge = Bridge(
            bus=self.bus,
            broker=self.broker,
            directory=self.directory,
            ledger=self.ledger.transaction,
            authority=self.authority,
            clock=lambda: datetime.now(UTC),
        )
        self.loop = threading.Thread(target=self.bridge.run, args=(self.stop,))

    def start_broker(self) -> None:
        self.broker.allow([])
        self.process = subprocess.Popen(self.broker.command(), stderr=subprocess.DEVNULL)
        wait_until(lambda: listens(self.port))

    def kill_broker(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def river(tmp_path: Path) -> Iterator[River]:
    river = River(tmp_path / "broker")
    river.start_broker()
    river.bus.start(river.bridge.receive, river.bridge.connected)
    river.loop.start()
    yield river
    river.stop.set()
    river.loop.join(PATIENCE_S)
    river.bus.stop()
    river.kill_broker()


@pytest.fixture
def heard() -> Queue[tuple[str, bytes]]:
    return Queue()


@pytest.fixture
def station(river: River, heard: Queue[tuple[str, bytes]]) -> Iterator[mqtt.Client]:
    """Connects until it is let in, and subscribes again at every connection."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=STATION)
    client.username_pw_set(STATION, PASSWORD)
    client.reconnect_delay_set(1, 1)
    client.on_message = lambda _c, _u, message: heard.put((message.topic, message.payload))
    client.on_connect = lambda c, *_: c.subscribe(
        [(topics.config(STATION), 0), (topics.ack(STATION), 0)]
    )
    client.connect_async("127.0.0.1", river.port)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()


def next_on(heard: Queue[tuple[str, bytes]], topic: str) -> bytes:
    while True:
        found, payload = heard.get(timeout=PATIENCE_S)
        if found == topic:
            return payload


@pytest.mark.usefixtures("station")
def test_a_station_is_let_in_and_gets_its_signed_settings(
    river: River, heard: Queue[tuple[str, bytes]]
) -> None:
    raw = next_on(heard, topics.config(STATION))

    config = open_document(topics.config(STATION), raw, river.keys)
    assert isinstance(config, Config)
    assert config.name == "Phù Cát 1"


def test_a_report_goes_up_and_its_acknowledgement_comes_down(
    river: River, heard: Queue[tuple[str, bytes]], station: mqtt.Client
) -> None:
    next_on(heard, topics.config(STATION))
    record = Record(sequence=1, boot=1, at=NOW, kind=RecordKind.BOOTED)
    report = Report(station=STATION, boot=1, oldest=1, records=(record,))

    station.publish(topics.report(STATION), seal(report, STATION_KEY), qos=1)

    ack = parse(Ack, unseal(next_on(heard, topics.ack(STATION)), river.keys))
    assert ack.sequence == 1
    assert river.ledger.records == {1: record}


@pytest.mark.usefixtures("station")
def test_after_a_killed_broker_server_and_station_find_each_other_again(
    river: River, heard: Queue[tuple[str, bytes]]
) -> None:
    first = next_on(heard, topics.config(STATION))
    version = open_document(topics.config(STATION), first, river.keys).version

    river.kill_broker()
    river.process = subprocess.Popen(river.broker.command(), stderr=subprocess.DEVNULL)

    def newer() -> bool:
        raw = next_on(heard, topics.config(STATION))
        return open_document(topics.config(STATION), raw, river.keys).version > version

    wait_until(newer)
