"""The bridge over real rows, on both databases: from what was ordered to what is acknowledged."""

import pytest
from loa_agent.protocol import topics
from loa_agent.protocol.acceptance import open_document, parse
from loa_agent.protocol.documents import Ack, Manifest
from loa_agent.protocol.reports import RecordKind, Report
from loa_agent.protocol.seal import SigningKey, TrustedKeys, seal, unseal
from loa_server.adapters.db.ledger import open_ledger
from loa_server.application.enrol_station import Enrolment, enrol_station
from loa_server.application.issue_claim import issue_claim
from loa_server.workers.bridge import Bridge
from world import AUTHORITY, NOW, World, a_play, a_record, sha

KEYS = TrustedKeys.of({AUTHORITY.kid: AUTHORITY.public_b64})
DEVICES = {"phu-cat-1": SigningKey.generate(), "an-hanh-1": SigningKey.generate()}


class FakeBus:
    """The last payload of each topic."""

    def __init__(self) -> None:
        self.last: dict[str, bytes] = {}

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        assert retain == ("/ack/" not in topic)
        self.last[topic] = payload


class River:
    """A bridge between the rows of a world and a bus that only remembers."""

    def __init__(self, world: World) -> None:
        self.world, self.bus = world, FakeBus()
        self.bridge = Bridge(
            bus=self.bus,
            broker=None,
            directory=world.desk,
            ledger=lambda: open_ledger(world.engine),
            authority=AUTHORITY,
            clock=lambda: world.now,
        )
        for station, device in DEVICES.items():
            claim = issue_claim(world.services, world.commune, station=station)
            brought = Enrolment(claim.code, device.public_b64, "p" * 24, "0.1.0", "Pi 4")
            enrol_station(world.services, brought)

    def hear(self, station: str, *records) -> None:
        first = records[0].sequence
        message = Report(station=station, boot=1, oldest=first, records=records)
        self.bridge.receive(topics.report(station), seal(message, DEVICES[station]), False)  # noqa: FBT003 - as the bus calls it

    def acknowledged(self, station: str) -> int | None:
        raw = self.bus.last.get(topics.ack(station))
        return None if raw is None else parse(Ack, unseal(raw, KEYS)).sequence


@pytest.fixture
def river(world: World, monkeypatch: pytest.MonkeyPatch) -> River:
    monkeypatch.setattr("loa_server.workers.bridge.LISTEN_S", 0.001)
    return River(world)


def test_what_is_ordered_travels_signed_and_what_was_played_is_acknowledged(river: River) -> None:
    broadcast = river.world.broadcast("a-phu-cat")

    river.bridge.round()
    river.hear("phu-cat-1", *a_play(1, broadcast, NOW.replace(hour=10)))
    river.bridge.round()

    topic = topics.manifest("a-phu-cat")
    manifest = open_document(topic, river.bus.last[topic], KEYS)
    assert isinstance(manifest, Manifest)
    assert [each.id for each in manifest.broadcasts] == [broadcast.id]
    assert river.acknowledged("phu-cat-1") == 2
    assert [each.play.outcome for each in river.world.queries.plays(10, frozenset({"vn"}))] == [
        "played"
    ]


@pytest.mark.parametrize("facts", [{"boot": 10**30}, {"sequence": 10**30}])
def test_a_report_that_cannot_be_kept_costs_no_other_its_acknowledgement(
    river: River, facts: dict[str, int]
) -> None:
    good = a_record(1, RecordKind.FETCHED, item=sha("x"))

    river.hear("an-hanh-1", good.model_copy(update=facts))
    river.hear("phu-cat-1", good)
    river.bridge.round()

    assert river.acknowledged("phu-cat-1") == 1
    assert river.acknowledged("an-hanh-1") is None
