"""The server's part for one station: real broker and bridge, rows in memory, a little HTTP."""

import hashlib
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from loa_agent.protocol.documents import Broadcast, Item, Rule
from loa_agent.protocol.seal import SigningKey, from_b64url, key_id
from loa_server.adapters.broker_nats import BrokerAddress, NatsBroker
from loa_server.adapters.bus_paho import BusAddress, PahoBus
from loa_server.application.messaging import StationAccess
from loa_server.application.publish_documents import ManifestContent, StationSettings
from loa_server.serve.ports import free_ports
from loa_server.workers.bridge import Bridge
from makers import ALL_DAY, ZONE
from patience import listens, wait_until

from fakes.bridge import STATION, FakeDirectory, FakeLedger
from fakes.town_http import Counter, Desk

AUDIENCES = ("a-phu-cat", f"s-{STATION}")
SERVER_PASSWORD = "a-long-random-server-password"
VOICE = Path(__file__).resolve().parents[2] / "audio_samples" / "speech.opus"
VOICE_MS = 5_500


class TownDirectory(FakeDirectory):
    """One station in one commune; what it plays is in `broadcasts`."""

    def __init__(self) -> None:
        super().__init__()
        self.broadcasts: tuple[Broadcast, ...] = ()
        self.password: str | None = None

    def manifest(self, audience: str) -> ManifestContent | None:
        assert audience in AUDIENCES
        return ManifestContent(level=2, broadcasts=self.broadcasts)

    def settings(self, station: str) -> StationSettings | None:
        assert station == STATION
        return StationSettings("Phù Cát 1", AUDIENCES, ZONE, ALL_DAY, 80, 0)

    def access_stamp(self) -> str:
        return str(self.password)

    def access(self) -> list[StationAccess]:
        return [] if self.password is None else [StationAccess(STATION, self.password, AUDIENCES)]


class TownLedger(FakeLedger):
    """Counts what a real ledger would refuse: a record that comes with another content."""

    def __init__(self) -> None:
        super().__init__()
        self.key: tuple[str, str] | None = None
        self.gaps: list[tuple[int, int]] = []
        self.doubled: list[int] = []

    def public_key(self, station: str) -> tuple[str, str] | None:
        return self.key if station == STATION else None

    def note_gap(self, *gap: object) -> None:
        _, first, last, _ = gap
        assert isinstance(first, int)
        assert isinstance(last, int)
        self.gaps.append((first, last))

    def keep(self, *what: object) -> int:
        match what:
            case (str(), list(records), datetime()):
                self.doubled += [
                    r.sequence for r in records if self.records.get(r.sequence, r) != r
                ]
        return super().keep(*what)


class Town:
    """Broker, bridge and HTTP, each of which can be taken away and brought back."""

    def __init__(self, folder: Path) -> None:
        self.port, control_port, self.http_port = free_ports(3)
        self.authority = SigningKey.generate()
        self.access = NatsBroker(
            folder, BrokerAddress("127.0.0.1", self.port, control_port), "loa", SERVER_PASSWORD
        )
        self.directory, self.ledger = TownDirectory(), TownLedger()
        self.first_boot = self.first_sequence = 1
        self._process: subprocess.Popen[bytes] | None = None
        self.desk = Desk(self.enrol, lambda: self.ledger.key)
        self._http: Counter | None = None
        self._stop = threading.Event()
        self._bridge: threading.Thread | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def start(self) -> None:
        self.start_broker()
        self.start_bridge()
        self.start_http()

    def stop(self) -> None:
        self.stop_http()
        self.stop_bridge()
        self.stop_broker()

    def start_broker(self) -> None:
        self.access.allow(self.directory.access())
        self._process = subprocess.Popen(self.access.command(), stderr=subprocess.DEVNULL)
        wait_until(lambda: listens(self.port))

    def stop_broker(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def start_bridge(self) -> None:
        self._stop = threading.Event()
        self.bus = PahoBus(BusAddress("127.0.0.1", self.port, "loa", SERVER_PASSWORD))
        bridge = Bridge(
            bus=self.bus,
            broker=self.access,
            directory=self.directory,
            ledger=self.ledger.transaction,
            authority=self.authority,
            clock=lambda: datetime.now(UTC),
        )
        self._ears: list[Callable[[str, bytes], None]] = []
        self.bus.start(lambda *message: self._receive(bridge, *message), bridge.connected)
        self._bridge = threading.Thread(target=bridge.run, args=(self._stop,))
        self._bridge.start()
        wait_until(lambda: bridge.listening_since is not None)

    def hear(self, ear: Callable[[str, bytes], None]) -> None:
        """Tell this too of whatever comes from now on."""
        self._ears.append(ear)

    def say_until_heard(
        self, topic: str, raw: bytes, heard: Callable[[], list[tuple[str, bytes]]]
    ) -> None:
        """What is not retained reaches only those whose subscription is already known."""

        def is_heard() -> bool:
            self.bus.publish(topic, raw, retain=False)
            return (topic, raw) in heard()

        wait_until(is_heard)

    def _receive(self, bridge: Bridge, topic: str, raw: bytes, retained: bool) -> None:  # noqa: FBT001 - as the bus calls it
        for ear in self._ears:
            ear(topic, raw)
        bridge.receive(topic, raw, retained)

    def stop_bridge(self) -> None:
        self._stop.set()
        if self._bridge is not None:
            self._bridge.join()
            self.bus.stop()
            self._bridge = None

    def start_http(self) -> None:
        self._http = Counter(self.http_port, self.desk)
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def stop_http(self) -> None:
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None

    def plays(
        self, *starts: datetime, name: str = "b1", voice: bytes | None = None, repeats: int = 1
    ) -> Broadcast:
        """Broadcast the voice, so many times without pause, at each of these instants."""
        raw = VOICE.read_bytes() if voice is None else voice
        sha256 = hashlib.sha256(raw).hexdigest()
        self.desk.blobs[sha256] = raw
        item = Item(
            id=f"bt-{sha256[:8]}",
            title="Thông báo",
            sha256=sha256,
            bytes=len(raw),
            duration_ms=VOICE_MS,
        )
        local = [(start + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S") for start in starts]
        rule = Rule(start=local[0], zone=ZONE, dates=tuple(local[1:]))
        broadcast = Broadcast(id=name, title="Thông báo", items=(item,) * repeats, rule=rule)
        self.broadcast(*self.directory.broadcasts, broadcast)
        return broadcast

    def broadcast(self, *broadcasts: Broadcast) -> None:
        """Publish exactly these."""
        self.directory.broadcasts = broadcasts
        self.directory.everything_due()

    def enrol(self, body: dict[str, Any]) -> dict[str, Any]:
        self.directory.password = body["broker_password"]
        public = body["public_key"]
        self.ledger.key = (key_id(from_b64url(public)), public)
        return {
            "station": STATION,
            "name": "Phù Cát 1",
            "keys": {self.authority.kid: self.authority.public_b64},
            "broker": {"host": "127.0.0.1", "port": self.port, "tls": False},
            "first_boot": self.first_boot,
            "first_sequence": self.first_sequence,
            "server_time": datetime.now(UTC).isoformat(),
        }
