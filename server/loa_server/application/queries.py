"""What screens read; every method is one short read of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from loa_agent.protocol.reports import ClockTrust

from loa_server.domain.areas import AreaTree
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.bulletins import Bulletin
from loa_server.domain.progress import Play, Step
from loa_server.domain.stations import Station


@dataclass(frozen=True, slots=True)
class StationView:
    """A station on the dashboard; `status` is online, offline, lost or never."""

    id: str
    name: str
    area: str
    area_name: str
    status: str
    enrolled: bool
    clock: ClockTrust | None
    playing: str | None
    last_seen: datetime | None
    conditions: tuple[str, ...]
    up_to_date: bool


@dataclass(frozen=True, slots=True)
class BulletinView:
    """A bulletin with the name of who made it."""

    bulletin: Bulletin
    author_name: str


@dataclass(frozen=True, slots=True)
class BroadcastView:
    """A broadcast with what a list shows."""

    broadcast: Broadcast
    duration_ms: int
    next_at: datetime | None
    station_count: int


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One station's way through one occurrence."""

    station: str
    station_name: str
    occurrence: str | None
    step: Step
    planned_at: datetime | None
    actual_at: datetime | None
    difference_ms: float | None
    code: str | None


@dataclass(frozen=True, slots=True)
class PlayView:
    """A line of the play log."""

    play: Play
    title: str
    station_name: str


class Queries(Protocol):
    """Read side."""

    def tree(self) -> AreaTree: ...
    def areas(self) -> Sequence[tuple[str, str, str, int, str | None]]:
        """Id, code, name, level and parent of every area, top first."""

    def stations(self, now: datetime) -> Sequence[StationView]: ...
    def station(self, station: str) -> Station | None: ...
    def bulletins(self, limit: int) -> Sequence[BulletinView]: ...
    def bulletin(self, bulletin: str) -> BulletinView | None: ...
    def broadcasts(self, now: datetime, limit: int) -> Sequence[BroadcastView]: ...
    def broadcast(self, broadcast: str, now: datetime) -> BroadcastView | None: ...
    def progress(self, broadcast: str, now: datetime) -> Sequence[ProgressRow]: ...
    def plays(self, limit: int) -> Sequence[PlayView]: ...
    def may_fetch(self, station: str, sha256: str) -> bool:
        """Whether a document of this station's audiences names the blob."""

    def changes(self) -> Mapping[str, int]:
        """A counter per subject; one that grew means something of that subject changed."""
