"""The bridge believes only sealed words, acknowledges after storing, and publishes what is due."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from fakes.bridge import NOW, STATION, STATION_KEY, FakeDirectory, FakeLedger
from loa_agent.protocol import topics
from loa_agent.protocol.acceptance import open_document, parse
from loa_agent.protocol.documents import Ack, Config, Manifest
from loa_agent.protocol.reports import (
    MAX_LEAP,
    Record,
    RecordKind,
    Report,
    State,
    StationStatus,
)
from loa_agent.protocol.seal import SigningKey, TrustedKeys, seal, unseal
from loa_server.application.messaging import BusError, StationAccess
from loa_server.application.publish_documents import (
    RENEW_AFTER,
)
from loa_server.workers.bridge import Bridge

AUTHORITY = SigningKey.generate()
SERVER_KEYS = TrustedKeys.of({AUTHORITY.kid: AUTHORITY.public_b64})


class FakeBus:
    """Keeps what was published; refuses while `away`."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bool]] = []
        self.away = False

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        if self.away:
            raise BusError("not_connected")
        self.sent.append((topic, payload, retain))

    def last(self, topic: str) -> bytes:
        return [payload for sent, payload, _ in self.sent if sent == topic][-1]


class FakeBroker:
    """Remembers every list of stations it was given."""

    def __init__(self) -> None:
        self.allowed: list[list[StationAccess]] = []

    def allow(self, stations: Sequence[StationAccess]) -> bool:
        self.allowed.append(list(stations))
        return True


class World:
    """A bridge among fakes with a clock moved by hand."""

    def __init__(self) -> None:
        self.now = NOW
        self.bus, self.broker = FakeBus(), FakeBroker()
        self.directory, self.ledger = FakeDirectory(), FakeLedger()
        self.bridge = Bridge(
            bus=self.bus,
            broker=self.broker,
            directory=self.directory,
            ledger=self.ledger.transaction,
            authority=AUTHORITY,
            clock=lambda: self.now,
        )

    def hear(self, topic: str, message: State | Report, key: SigningKey = STATION_KEY) -> None:
        self.bridge.receive(topic, seal(message, key), retained=False)
        self.bridge.round()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("loa_server.workers.bridge.LISTEN_S", 0.001)
    return World()


def state(station: str = STATION) -> State:
    return State(station=station, boot=1, connection=1, status=StationStatus.ONLINE, sent_at=NOW)


def report(*sequences: int) -> Report:
    records = tuple(Record(sequence=s, boot=1, at=NOW, kind=RecordKind.FETCHED) for s in sequences)
    return Report(station=STATION, boot=1, oldest=1, records=records)


def test_what_changed_is_published_signed_and_retained_with_version_one(world: World) -> None:
    world.bridge.round()

    topic = topics.manifest("a-phu-cat")
    manifest = open_document(topic, world.bus.last(topic), SERVER_KEYS)
    config_topic = topics.config(STATION)
    config = open_document(config_topic, world.bus.last(config_topic), SERVER_KEYS)
    assert isinstance(manifest, Manifest)
    assert isinstance(config, Config)
    assert (manifest.version, manifest.level) == (1, 2)
    assert config.keys == {AUTHORITY.kid: AUTHORITY.public_b64}
    assert all(retain for _, _, retain in world.bus.sent)


def test_a_clean_document_is_not_published_again(world: World) -> None:
    world.bridge.round()
    world.bus.sent.clear()

    world.bridge.round()

    assert world.bus.sent == []


def test_a_document_is_renewed_long_before_it_expires(world: World) -> None:
    world.bridge.round()
    world.bus.sent.clear()
    world.now = NOW + RENEW_AFTER + timedelta(seconds=1)

    world.bridge.round()

    topic = topics.manifest("a-phu-cat")
    renewed = open_document(topic, world.bus.last(topic), SERVER_KEYS)
    assert renewed.version == 2
    assert renewed.not_after > world.now + timedelta(days=20)


def test_a_new_connection_publishes_everything_again_under_higher_versions(world: World) -> None:
    world.bridge.round()
    world.bus.sent.clear()

    world.bridge.connected()
    world.bridge.round()

    assert {topic for topic, _, _ in world.bus.sent} == {
        topics.manifest("a-phu-cat"),
        topics.config(STATION),
    }
    assert set(world.directory.versions.values()) == {2}
    assert world.bridge.listening_since == NOW


def test_while_the_broker_is_away_documents_stay_due(world: World) -> None:
    world.bus.away = True
    with pytest.raises(BusError):
        world.bridge.round()

    world.bus.away = False
    world.bridge.round()

    topic = topics.manifest("a-phu-cat")
    assert open_document(topic, world.bus.last(topic), SERVER_KEYS).version == 2


def test_the_document_of_an_audience_that_is_gone_is_cleared(world: World) -> None:
    world.directory.gone.add("a-phu-cat")

    world.bridge.round()

    assert world.bus.last(topics.manifest("a-phu-cat")) == b""


def test_stations_are_let_in_once_and_again_when_one_is_added(world: World) -> None:
    world.bridge.round()
    world.bridge.round()
    world.directory.stations = [*world.directory.stations, StationAccess("x", "x" * 24, ())]

    world.bridge.round()

    assert [len(stations) for stations in world.broker.allowed] == [1, 2]


def test_a_report_is_stored_in_one_transaction_and_then_acknowledged(world: World) -> None:
    world.hear(topics.report(STATION), report(1, 2, 3))

    raw = world.bus.last(topics.ack(STATION))
    assert parse(Ack, unseal(raw, SERVER_KEYS)).sequence == 3
    assert (topics.ack(STATION), raw, False) in world.bus.sent
    assert world.ledger.committed == 1
    assert "plays" in world.ledger.announced


def test_a_report_heard_twice_is_acknowledged_twice_and_announced_once(world: World) -> None:
    world.hear(topics.report(STATION), report(1, 2))
    world.hear(topics.report(STATION), report(1, 2))

    acks = [payload for topic, payload, _ in world.bus.sent if topic == topics.ack(STATION)]
    assert [parse(Ack, unseal(raw, SERVER_KEYS)).sequence for raw in acks] == [2, 2]
    assert world.ledger.announced.count("plays") == 1


def test_a_state_is_kept_and_announced(world: World) -> None:
    world.hear(topics.state(STATION), state())

    assert world.ledger.states[STATION].state == state()
    assert "stations" in world.ledger.announced


@pytest.mark.parametrize(
    ("topic", "message", "key"),
    [
        (topics.state(STATION), state(), SigningKey.generate()),
        (topics.state(STATION), state("tuy-phuoc-1"), STATION_KEY),
        (topics.state("unknown"), state("unknown"), STATION_KEY),
        (topics.report(STATION), state(), STATION_KEY),
        (f"{topics.PREFIX}/up/{STATION}/else", state(), STATION_KEY),
    ],
)
def test_what_is_not_sealed_by_the_station_itself_is_refused(
    world: World, topic: str, message: State, key: SigningKey
) -> None:
    world.hear(topic, message, key)

    assert world.ledger.states == {}


def test_a_broken_message_does_not_cost_the_good_one_beside_it(world: World) -> None:
    world.bridge.receive(topics.report(STATION), b"\xff\x00 not sealed", retained=False)

    world.hear(topics.report(STATION), report(1))

    assert sorted(world.ledger.records) == [1]


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        (topics.state(STATION), state().model_copy(update={"boot": 2**63 - 1})),
        (topics.report(STATION), report(1).model_copy(update={"boot": 2**63 - 1})),
        (topics.report(STATION), report(2**63 - 1)),
        (topics.report(STATION), report(1 + MAX_LEAP)),
    ],
)
def test_a_stolen_station_cannot_use_up_the_numbers_of_the_next_device(
    world: World, topic: str, message: State | Report
) -> None:
    world.hear(topic, message)

    assert world.ledger.states == {}
    assert world.ledger.records == {}
    assert world.ledger.acked == 0


def test_a_device_that_begins_behind_all_granted_numbers_is_heard(world: World) -> None:
    world.hear(topics.state(STATION), state().model_copy(update={"boot": MAX_LEAP}))

    world.hear(topics.state(STATION), state().model_copy(update={"boot": MAX_LEAP + 1}))
    world.hear(topics.report(STATION), report(1).model_copy(update={"boot": MAX_LEAP + 1}))

    assert world.ledger.states[STATION].state.boot == MAX_LEAP + 1
    assert sorted(world.ledger.records) == [1]


def test_heavy_messages_find_no_room_before_they_fill_the_memory(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = seal(report(1), STATION_KEY)
    monkeypatch.setattr("loa_server.workers.inbox.MAX_INBOX_BYTES", 2 * len(raw))
    for sequence in (1, 2, 3):
        message = seal(report(sequence), STATION_KEY)
        world.bridge.receive(topics.report(STATION), message, retained=False)
    world.bridge.round()
    before = sorted(world.ledger.records)

    world.hear(topics.report(STATION), report(3))

    assert before == [1, 2]
    assert sorted(world.ledger.records) == [1, 2, 3]
