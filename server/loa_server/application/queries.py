"""River 10: what screens read; every method is one short read of its own.

`reach` are the areas of who asks: nobody sees anything outside them and what lies under them. What
lies outside is answered exactly as if it did not exist.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from loa_agent.protocol.reports import ClockTrust

from loa_server.application.area_queries import AreaQueries
from loa_server.application.programme_queries import ProgrammeView, RequestView, ShareView
from loa_server.application.timeline_queries import Air
from loa_server.domain.areas import AreaTree
from loa_server.domain.broadcasts import Broadcast, BroadcastStatus
from loa_server.domain.bulletins import Bulletin
from loa_server.domain.progress import Play, Step
from loa_server.domain.rights import Reach
from loa_server.domain.stations import Station, StationCondition


@dataclass(frozen=True, slots=True)
class StationView:
    """A station on the dashboard; `playing` is an occurrence, `playing_title` its broadcast's."""

    id: str
    name: str
    area: str
    area_name: str
    status: StationCondition
    enrolled: bool
    clock: ClockTrust | None
    playing: str | None
    playing_title: str | None
    last_seen: datetime | None
    conditions: tuple[str, ...]
    up_to_date: bool
    volume_percent: int
    agent_version: str | None
    free_bytes: int | None


@dataclass(frozen=True, slots=True)
class BulletinView:
    """A bulletin with the names of who made it and where.

    `shared_from` names the area it was handed down from, for those who do not own it.
    """

    bulletin: Bulletin
    author_name: str
    area_name: str
    shared_from: str | None = None


@dataclass(frozen=True, slots=True)
class Titled:
    """What goes by a title: a programme or else a bulletin."""

    id: str
    title: str
    programme: bool


@dataclass(frozen=True, slots=True)
class AudienceView:
    """Who is meant, in words."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class BroadcastView:
    """A broadcast with what a list shows; `next_at` is None when nothing more will sound.

    Audiences and stations are those within the reach of who asks, `areas` all that it is meant
    for. `names` are those of the people it names, by id.
    """

    broadcast: Broadcast
    audiences: tuple[AudienceView, ...]
    areas: frozenset[str]
    names: Mapping[str, str]
    area_name: str
    duration_ms: int
    next_at: datetime | None
    station_count: int
    status: BroadcastStatus

    @property
    def author_name(self) -> str:
        """Who ordered it."""
        return self.names.get(self.broadcast.author, "")


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
    """A line of the play log; the title is the one it was broadcast under."""

    play: Play
    title: str
    station_name: str


class Queries(AreaQueries, Protocol):
    """Read side."""

    def tree(self) -> AreaTree: ...
    def stations(self, now: datetime, reach: Reach) -> Sequence[StationView]:
        """Stations in use, by name."""

    def station_view(self, station: str, now: datetime, reach: Reach) -> StationView | None:
        """One station as the list shows it; None outside the reach."""

    def station(self, station: str) -> Station | None:
        """A station with its key, for judging who asks; not for screens."""

    def bulletins(self, limit: int, reach: Reach) -> Sequence[BulletinView]:
        """Of the reach and shared with it, newest first."""

    def bulletin(self, bulletin: str, reach: Reach) -> BulletinView | None:
        """Also one that sounds in reach by an order from above, or inside a shared programme."""

    def titled(self, titles: Collection[str], reach: Reach) -> Mapping[str, Titled]:
        """What goes by each title exactly: a programme rather than a bulletin, the newest."""

    def broadcasts(self, now: datetime, limit: int, reach: Reach) -> Sequence[BroadcastView]:
        """Ordered in reach, or sounding at stations there; newest first."""

    def broadcast(self, broadcast: str, now: datetime, reach: Reach) -> BroadcastView | None: ...
    def waiting(self, now: datetime, limit: int, reach: Reach) -> Sequence[BroadcastView]:
        """Those of the broadcasts that wait for approval and were not withdrawn."""

    def progress(self, broadcast: str, now: datetime, reach: Reach) -> Sequence[ProgressRow]:
        """A row per station for the occurrence now of interest; none outside the reach."""

    def plays(self, limit: int, reach: Reach) -> Sequence[PlayView]:
        """Plays of the stations in reach, newest first."""

    def programmes(self, limit: int, reach: Reach) -> Sequence[ProgrammeView]:
        """Of the reach and shared with it, newest change first."""

    def programme(self, programme: str, reach: Reach) -> ProgrammeView | None: ...
    def shares(self, limit: int, reach: Reach) -> Sequence[ShareView]:
        """Handed down from within the reach, newest first, withdrawn ones too."""

    def share(self, share: str, reach: Reach) -> ShareView | None: ...
    def requests(self, limit: int, reach: Reach) -> Sequence[RequestView]:
        """Priority shares from above that wait for an answer of places in reach."""

    def air(self, window: tuple[datetime, datetime], reach: Reach, home: str) -> Air:
        """All that decides what sounds in reach; with the holidays of the area `home`."""

    def may_fetch(self, station: str, sha256: str, now: datetime) -> bool:
        """Whether a broadcast in force for this station names the blob."""

    def changes(self) -> Mapping[str, int]:
        """A counter per subject; one that grew means something of that subject changed."""
