"""The database behind the bridge, in memory: documents, presences and journals of one station."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime

from loa_agent.protocol.documents import Window
from loa_agent.protocol.reports import Record
from loa_agent.protocol.seal import SigningKey
from loa_server.application.ingest_state import Presence
from loa_server.application.messaging import StationAccess
from loa_server.application.publish_documents import (
    DueDocument,
    ManifestContent,
    StationSettings,
)

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
STATION = "phu-cat-1"
PASSWORD = "p" * 24
STATION_KEY = SigningKey.generate()


class FakeDirectory:
    """Documents as rows in memory: key to (version, mark, clean mark, issued at)."""

    def __init__(self) -> None:
        self.versions = {"manifest/a-phu-cat": 0, f"config/{STATION}": 0}
        self.marks = dict.fromkeys(self.versions, 1)
        self.clean = dict.fromkeys(self.versions, 0)
        self.issued = dict.fromkeys(self.versions, NOW)
        self.stations = [StationAccess(STATION, PASSWORD, ("a-phu-cat",))]
        self.gone: set[str] = set()

    def take_due(self, renew_before: datetime, limit: int) -> list[DueDocument]:
        due = [
            key
            for key in self.versions
            if self.marks[key] != self.clean[key] or self.issued[key] < renew_before
        ]
        for key in due[:limit]:
            self.versions[key] += 1
        return [DueDocument(key, self.versions[key], self.marks[key]) for key in due[:limit]]

    def manifest(self, audience: str) -> ManifestContent | None:
        return None if audience in self.gone else ManifestContent(level=2)

    def settings(self, station: str) -> StationSettings | None:
        assert station == STATION
        hours = (Window(start="05:00", end="21:00"),)
        return StationSettings("Phù Cát 1", ("a-phu-cat",), "Asia/Ho_Chi_Minh", hours, 80, 0)

    def note_published(self, due: DueDocument, issued_at: datetime) -> None:
        self.clean[due.key] = due.mark
        self.issued[due.key] = issued_at

    def access_stamp(self) -> str:
        return str(len(self.stations))

    def access(self) -> list[StationAccess]:
        return self.stations

    def everything_due(self) -> None:
        self.marks = {key: mark + 1 for key, mark in self.marks.items()}


class FakeLedger:
    """Presences and journals in memory; counts the transactions."""

    def __init__(self) -> None:
        self.states: dict[str, Presence] = {}
        self.records: dict[int, Record] = {}
        self.acked = 0
        self.committed = 0
        self.announced: list[str] = []
        self.presences = self
        self.journals = self

    @contextmanager
    def transaction(self) -> Iterator["FakeLedger"]:
        yield self
        self.committed += 1

    def message(self) -> AbstractContextManager[None]:
        return nullcontext()

    def public_key(self, station: str) -> tuple[str, str] | None:
        return (STATION_KEY.kid, STATION_KEY.public_b64) if station == STATION else None

    def announce(self, *subjects: str) -> None:
        self.announced += subjects

    def find(self, station: str) -> Presence | None:
        return self.states.get(station)

    def acknowledged(self, station: str) -> int:
        return self.acked if station == STATION else 0

    def acknowledge(self, station: str, sequence: int) -> None:
        assert station == STATION
        self.acked = sequence

    def kept_after(self, station: str, sequence: int) -> list[int]:
        assert station == STATION
        return sorted(each for each in self.records if each > sequence)

    def note_gap(self, *gap: object) -> None:
        raise AssertionError(gap)

    def keep(self, *what: object) -> int:
        match what:
            case (Presence() as presence,):
                self.states[presence.state.station] = presence
            case (str(), list(records), datetime()):
                self.records |= {record.sequence: record for record in records}
                return len(records)
        return 0
