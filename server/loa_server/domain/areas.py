"""Địa bàn: the administrative tree, what it hands down, and who stands where in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from loa_agent.protocol.documents import Caps, VolumeWindow, Window
from loa_agent.protocol.ids import area_audience, station_audience

from loa_server.domain.problems import Problem

T = TypeVar("T")


class AreaKind(StrEnum):
    """What a node is called; districts exist in data from before 1 July 2025 only."""

    COUNTRY = "country"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    HAMLET = "hamlet"


USUAL_KINDS = (AreaKind.COUNTRY, AreaKind.PROVINCE, AreaKind.COMMUNE, AreaKind.HAMLET)
"""By depth, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Area:
    """One node; `level` is its depth (0 country .. 3 hamlet). What is left out is the parent's."""

    id: str
    code: str
    name: str
    level: int
    parent: str | None
    zone: str | None = None
    hours: tuple[Window, ...] | None = None
    caps: Caps | None = None
    volumes: tuple[VolumeWindow, ...] | None = None
    self_approval: bool | None = None
    kind: AreaKind | None = None

    @property
    def called(self) -> AreaKind:
        """Its kind, by its depth when none is set."""
        return self.kind or USUAL_KINDS[min(self.level, len(USUAL_KINDS) - 1)]


class AreaTree:
    """All areas in force."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._areas = {area.id: area for area in areas}

    def get(self, area: str) -> Area:
        """An area by id; raises Problem `audience_unknown`."""
        found = self._areas.get(area)
        if found is None:
            raise Problem("audience_unknown", {"area": area})
        return found

    def has(self, area: str) -> bool:
        """Whether the area exists."""
        return area in self._areas

    def name(self, area: str) -> str:
        """Its name, or its id when it is no longer in force."""
        return self._areas[area].name if area in self._areas else area

    def all(self) -> list[Area]:
        """Every area, upper levels first."""
        return sorted(self._areas.values(), key=lambda area: (area.level, area.name, area.id))

    def path(self, area: str) -> list[Area]:
        """The area and its ancestors, nearest first."""
        path = [self.get(area)]
        while (parent := path[-1].parent) is not None:
            path.append(self.get(parent))
        return path

    def covers(self, upper: str, lower: str) -> bool:
        """Whether `lower` is `upper` or lies under it."""
        return any(area.id == upper for area in self.path(lower))

    def under(self, area: str) -> frozenset[str]:
        """Ids of the area and all that lies under it; nothing when there is no such area."""
        if area not in self._areas:
            return frozenset()
        return frozenset(each for each in self._areas if self.covers(area, each))

    def within(self, reach: Iterable[str]) -> frozenset[str]:
        """Ids of these areas and all that lies under any of them."""
        return frozenset(each for area in reach for each in self.under(area))

    def above(self, reach: Iterable[str]) -> frozenset[str]:
        """Ids of these areas and all that lies above any of them."""
        paths = (self.path(area) for area in reach if area in self._areas)
        return frozenset(each.id for path in paths for each in path)

    def hours(self, area: str) -> tuple[Window, ...]:
        """Permitted hours of an area: its own, or the nearest ancestor's. None at all: never."""
        return self._nearest(area, lambda each: each.hours) or ()

    def caps(self, area: str) -> Caps:
        """Limits on sessions and minutes: its own, or the nearest ancestor's, or none."""
        return self._nearest(area, lambda each: each.caps) or Caps()

    def volumes(self, area: str) -> tuple[VolumeWindow, ...]:
        """Volume by hour: its own, or the nearest ancestor's, or none."""
        return self._nearest(area, lambda each: each.volumes) or ()

    def self_approval(self, area: str) -> bool:
        """Whether authors may approve their own work here; not unless an area says so."""
        return self._nearest(area, lambda each: each.self_approval) or False

    def zone(self, area: str, default: str) -> str:
        """Time zone of an area, or the nearest ancestor's, or `default`."""
        return self._nearest(area, lambda each: each.zone) or default

    def _nearest(self, area: str, setting: Callable[[Area], T | None]) -> T | None:
        found = (setting(each) for each in self.path(area))
        return next((value for value in found if value is not None), None)


def station_audiences(tree: AreaTree, station: str, area: str) -> tuple[str, ...]:
    """What a station listens to: itself, its area and that area's ancestors (docs/adr/0001)."""
    return (station_audience(station), *(area_audience(each.id) for each in tree.path(area)))
