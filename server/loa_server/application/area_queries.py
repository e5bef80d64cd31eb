"""What screens read of areas and of how stations sound; reach as in `queries`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from loa_agent.protocol.documents import Caps, VolumeWindow, Window

from loa_server.domain.area_list import ListedArea
from loa_server.domain.areas import Area, AreaKind
from loa_server.domain.rights import Reach
from loa_server.domain.stations import Station


@dataclass(frozen=True, slots=True)
class InForce:
    """Settings as they are in force somewhere, wherever they were made."""

    zone: str
    hours: tuple[Window, ...]
    caps: Caps
    volumes: tuple[VolumeWindow, ...]
    self_approval: bool


@dataclass(frozen=True, slots=True)
class AreaView:
    """An area with what is in force there; stations are counted within the reach."""

    area: Area
    in_force: InForce
    station_count: int


@dataclass(frozen=True, slots=True)
class AreaPast:
    """What an area was called and where it stood for some time; None where nobody knows."""

    code: str
    name: str
    kind: AreaKind
    parent: str | None
    parent_name: str | None
    begins_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class MergedArea:
    """An area that became part of another."""

    id: str
    code: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class AreaDetail:
    """An area with its past, oldest first."""

    view: AreaView
    valid_from: datetime | None
    valid_to: datetime | None
    replaced_by: str | None
    replaced_by_name: str | None
    history: tuple[AreaPast, ...]
    merged: tuple[MergedArea, ...]


@dataclass(frozen=True, slots=True)
class StationSettingsView:
    """A station with what is in force there."""

    station: Station
    in_force: InForce


@dataclass(frozen=True, slots=True)
class SpecialDayView:
    """A day an area keeps as a holiday, and the area that declared it."""

    day: date
    name: str
    area: str
    area_name: str


class AreaQueries(Protocol):
    """Read side of areas."""

    def areas(self, reach: Reach) -> Sequence[AreaView]:
        """The reach, what lies under it and the path above it, top first."""

    def area(self, area: str, reach: Reach) -> AreaDetail | None:
        """One of these, or one no longer in force that lay there; None outside."""

    def area_list(self, reach: Reach) -> Sequence[ListedArea]:
        """These and those no longer in force that lay there, upper levels first."""

    def special_days(self, area: str, reach: Reach) -> Sequence[SpecialDayView] | None:
        """Days an area keeps, declared there or above; None outside the reach."""

    def station_settings(self, station: str, reach: Reach) -> StationSettingsView | None:
        """How a station sounds; None outside the reach."""
