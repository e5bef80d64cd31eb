"""A province in one process: the real server on a real database, the real bridge, real brains.

Only the broker, the players and time are fakes; time is moved by hand.
"""

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from loa_agent.core import commands as c
from loa_agent.core import events as e
from loa_agent.protocol import topics
from loa_agent.protocol.reports import ClockTrust, Report, State, StationStatus
from loa_agent.protocol.seal import SigningKey, seal
from loa_server.adapters.db.ledger import open_ledger
from loa_server.application.create_station import create_station
from loa_server.application.enrol_station import Enrolment, enrol_station
from loa_server.application.fetch_blob import BlobRequest, fetch_blob
from loa_server.application.issue_claim import issue_claim
from loa_server.application.messaging import BusError
from loa_server.application.queries import PlayView, ProgressRow
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.bulletins import CLAIM_FOR, Bulletin, Voice
from loa_server.domain.problems import Problem
from loa_server.domain.when import Now
from loa_server.workers.bridge import Bridge
from sqlalchemy import Engine
from world import AUTHORITY, NOW, World

from fakes.air import Air
from fakes.station import FakeStation

SLICE = timedelta(seconds=60)
PASSWORD_LETTERS = 24
VOICE_MS = 60_000


class Device(FakeStation):
    """A board at a station: what the brain asks goes over the air, sealed by the board's key."""

    def __init__(self, province: "Province", name: str, serial: int) -> None:
        super().__init__(province.now, name)
        self.province = province
        self.key = SigningKey.generate()
        self.password = f"{name}-{serial}".ljust(PASSWORD_LETTERS, "x")
        self.has_network = True
        self.trust: ClockTrust | None = ClockTrust.SYNCHRONISED
        self.arrived: list[tuple[str, bytes]] = []

    def enrol(self, code: str) -> None:
        """Show a claim code and become the station."""
        enrolment = Enrolment(code, self.key.public_b64, self.password, "0.1.0", "fake")
        enrolled = enrol_station(self.province.world.services, enrolment)
        self.keys = enrolled.keys
        self.boot = enrolled.first_boot - 1
        self.first_sequence = enrolled.first_sequence
        self.since = enrolled.server_time

    def start(self) -> None:
        self.switch_on(self.trust)
        self.come_back()

    def power_cut(self) -> None:
        self.province.air.cut(self.name)
        self.brain = None
        self.arrived = []

    def go_away(self) -> None:
        """The network breaks."""
        self.has_network = False
        self.province.air.cut(self.name)
        self.disconnect()

    def come_back(self) -> bool:
        """Connect; False when the broker does not know us any more."""
        self.has_network = True
        assert self.brain is not None
        connection = self.brain.connection + 1
        will = State(
            station=self.name,
            boot=self.boot,
            connection=connection,
            status=StationStatus.OFFLINE,
            sent_at=self.now,
        )
        last_word = (topics.state(self.name), seal(will, self.key))
        air = self.province.air
        if not air.connect(self.name, self.password, self, last_word):
            return False
        self.feed(e.Connected(self.now, connection))
        return True

    def heard(self, topic: str, payload: bytes) -> None:
        self.arrived.append((topic, payload))

    def take_in(self) -> bool:
        """Hand the brain what arrived; whether there was anything."""
        waiting, self.arrived = self.arrived, []
        for topic, payload in waiting:
            self.feed(e.MessageArrived(self.now, topic, payload))
        return bool(waiting)

    @property
    def is_on_air(self) -> bool:
        client = self.province.air.clients.get(self.name)
        return self.has_network and client is not None and client.listener is self

    def _obey(self, command: c.Command) -> list[e.Event]:
        more = super()._obey(command)
        if self.is_on_air:
            self._over_the_air(command)
        return more

    def _over_the_air(self, command: c.Command) -> None:
        air = self.province.air
        match command:
            case c.Subscribe(topics=wanted):
                air.subscribe(self.name, wanted)
            case c.PublishState(state=state):
                air.up(topics.state(self.name), seal(state, self.key), retain=True)
            case c.SendReport() if self.sent[-1]:
                records = tuple(self.sent[-1])
                oldest = records[0].sequence
                report = Report(station=self.name, boot=self.boot, oldest=oldest, records=records)
                air.up(topics.report(self.name), seal(report, self.key), retain=False)

    def _fetch(self, sha256: str) -> list[e.Event]:
        if not self.has_network:
            return [e.FetchFailed(self.now, sha256, "network")]
        request = BlobRequest(station=self.name, at=self.now)
        try:
            path = fetch_blob(
                self.province.world.services,
                claimed_station=self.name,
                token=seal(request, self.key),
                sha256=sha256,
            )
        except Problem:
            return [e.FetchFailed(self.now, sha256, "refused")]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        return super()._fetch(sha256)


class Province:
    """Server, broker and stations with one clock."""

    def __init__(
        self, engine: Engine, folder: Path, homes: dict[str, str], now: datetime = NOW
    ) -> None:
        self.world = World(engine, folder)
        self.world.now = now
        self.air = Air()
        self.server_is_up = True
        self.start_server()
        self.devices: dict[str, Device] = {}
        self._serial = 0
        for name, area in homes.items():
            if self.world.queries.station(name) is None:
                create_station(
                    self.world.services, self.world.province, name=name, area=area, station=name
                )
            self.install(name)
        self.settle()

    @property
    def now(self) -> datetime:
        return self.world.now

    def install(self, name: str) -> Device:
        """A new board at a place, enrolled by a claim code and switched on."""
        claim = issue_claim(self.world.services, self.world.province, station=name)
        self._serial += 1
        device = Device(self, name, self._serial)
        device.enrol(claim.code)
        self._round()
        self.devices[name] = device
        device.start()
        return device

    def start_server(self) -> None:
        """A new bridge: it knows nothing but what the database holds."""
        self.bridge = Bridge(
            bus=self.air,
            broker=self.air,
            directory=self.world.desk,
            ledger=lambda: open_ledger(self.world.engine),
            authority=AUTHORITY,
            clock=lambda: self.now,
        )
        self.air.to_server = self._to_server
        self.server_is_up = True
        for topic, payload in self.air.retained.items():
            if "/up/" in topic:
                self.bridge.receive(topic, payload, True)  # noqa: FBT003 - the bus calls it so
        self.bridge.connected()

    def _to_server(self, topic: str, payload: bytes, retained: bool) -> None:  # noqa: FBT001 - the bus calls it so
        if self.server_is_up:
            self.bridge.receive(topic, payload, retained)

    def settle(self) -> None:
        """Let everybody say what there is to say."""
        for _ in range(20):
            said = len(self.air.upward) + len(self.air.published)
            self._round()
            busy = [device.take_in() for device in self.devices.values()]
            if not any(busy) and said == len(self.air.upward) + len(self.air.published):
                return
        raise AssertionError("they never stop talking")

    def _round(self) -> None:
        if not self.server_is_up:
            return
        try:
            self.bridge.round()
        except BusError:
            return

    def until(self, instant: datetime) -> None:
        """Let time pass for all, from one thing that happens to the next."""
        self.settle()
        while self.now < instant:
            alarms = [d.next_turn for d in self.devices.values() if d.brain is not None]
            soonest = min([*alarms, self.now + SLICE, instant])
            self.world.now = max(soonest, self.now)
            for device in self.devices.values():
                if device.brain is None:
                    device.now = self.now
                else:
                    device.until(self.now)
            if self.air.clients:
                self.settle()

    def wait(self, length: timedelta) -> None:
        self.until(self.now + length)

    def bulletin(self, title: str = "Tiêm chủng") -> Bulletin:
        """Uploaded and prepared; its voice lies where stations fetch it."""
        world = self.world
        uploaded = world.upload(title=title)
        content = f"voice of {title}".encode()
        sha256 = world.services.blobs.keep(io.BytesIO(content), 10_000)
        with world.store.write() as rows:
            job = rows.bulletins.claim_job(self.now, self.now + CLAIM_FOR)
            assert job is not None
            rows.bulletins.finish(job, Voice(sha256, len(content), VOICE_MS, -16.0))
        with world.store.read() as rows:
            found = rows.bulletins.get(uploaded.id)
        assert found is not None
        return found

    def send_now(self, *audiences: str, title: str = "Tiêm chủng") -> Broadcast:
        """What an officer does: choose a bulletin, choose who is meant, send now."""
        bulletin = self.bulletin(title)
        return self.world.broadcast(
            *audiences, when=Now(), actor=self.world.province, bulletin=bulletin
        )

    def progress(self, broadcast: Broadcast) -> dict[str, ProgressRow]:
        """How far each enrolled station has come."""
        rows = self.world.queries.progress(broadcast.id, self.now, frozenset({"gia-lai"}))
        return {row.station: row for row in rows if row.station in self.devices}

    def plays(self) -> Sequence[PlayView]:
        return self.world.queries.plays(1000, frozenset({"gia-lai"}))

    def sounding(self) -> set[str]:
        """Stations that sound now."""
        return {
            name
            for name, device in self.devices.items()
            if any(cue.start_at <= self.now for cue in device.sounding.values())
        }
