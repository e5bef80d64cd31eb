"""Địa bàn: the administrative tree, what it hands down, and who stands where in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from loa_agent.protocol.documents import Window
from loa_agent.protocol.ids import area_audience, station_audience

from loa_server.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class Area:
    """One node; `level` is its depth (0 country .. 3 hamlet). Hours left out are the parent's."""

    id: str
    code: str
    name: str
    level: int
    parent: str | None
    zone: str | None = None
    hours: tuple[Window, ...] | None = None


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

    def hours(self, area: str) -> tuple[Window, ...]:
        """Permitted hours of an area: its own, or the nearest ancestor's. None at all: never."""
        return next((a.hours for a in self.path(area) if a.hours is not None), ())

    def zone(self, area: str, default: str) -> str:
        """Time zone of an area, or the nearest ancestor's, or `default`."""
        return next((a.zone for a in self.path(area) if a.zone is not None), default)


def station_audiences(tree: AreaTree, station: str, area: str) -> tuple[str, ...]:
    """What a station listens to: itself, its area and that area's ancestors (docs/adr/0001)."""
    return (station_audience(station), *(area_audience(each.id) for each in tree.path(area)))
