"""Địa bàn: the administrative tree, what it hands down, and who stands where in it.

Province and commune are the two levels of local government since 1 July 2025 (QĐ 759/QĐ-TTg of
2025). Levels are data all the same: what stands under what says `AreaKind`, depth is `level`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
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

    @property
    def rank(self) -> int:
        """Upper kinds first: what stands under an area has a greater rank."""
        return list(AreaKind).index(self)


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


@dataclass(frozen=True, slots=True)
class DatedArea:
    """An area with the time it is or was in force, and what took its place."""

    area: Area
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Former:
    """An area no longer in force: what it was called and which area took its place."""

    name: str
    replaced_by: str | None


class AreaTree:
    """All areas in force, and the names of those that once were.

    Built once for many questions: what lies under an area is one stretch of a walk through the
    tree, so that no question takes longer for a wider tree than its answer is long.
    """

    def __init__(self, areas: Iterable[Area], former: Mapping[str, Former] | None = None) -> None:
        self._areas = {area.id: area for area in areas}
        self._former = former or {}
        self._children: dict[str | None, list[Area]] = defaultdict(list)
        for area in self._areas.values():
            self._children[area.parent].append(area)
        self._coded: dict[str, list[Area]] | None = None
        self._walk: list[str] = []
        self._span: dict[str, tuple[int, int]] | None = None

    def get(self, area: str) -> Area:
        """An area by id; raises Problem `audience_unknown`."""
        found = self._areas.get(area)
        if found is None:
            raise Problem("audience_unknown", {"area": area})
        return found

    def has(self, area: str) -> bool:
        """Whether the area exists and is in force."""
        return area in self._areas

    def name(self, area: str) -> str:
        """Its name, also when it is no longer in force; its id when it never was."""
        if area in self._areas:
            return self._areas[area].name
        return self._former[area].name if area in self._former else area

    def successor(self, area: str) -> str | None:
        """The area in force that took this one's place, itself while it is in force."""
        seen = set()
        following: str | None = area
        while following is not None and following not in self._areas:
            if following in seen or following not in self._former:
                return None
            seen.add(following)
            following = self._former[following].replaced_by
        return following

    def merged_into(self, areas: Collection[str]) -> frozenset[str]:
        """Ids of areas no longer in force whose place one of these took."""
        return frozenset(each for each in self._former if self.successor(each) in areas)

    def all(self) -> list[Area]:
        """Every area, upper levels first."""
        return sorted(self._areas.values(), key=_by_level)

    def children(self, area: str) -> list[Area]:
        """What stands directly under an area, by name."""
        return sorted(self._children.get(area, ()), key=_by_level)

    def coded(self, code: str) -> list[Area]:
        """Areas with this code; hamlets of several communes may share one."""
        if self._coded is None:
            self._coded = defaultdict(list)
            for each in self._areas.values():
                self._coded[each.code].append(each)
        return list(self._coded.get(code, ()))

    def path(self, area: str) -> list[Area]:
        """The area and its ancestors, nearest first."""
        path = [self.get(area)]
        while (parent := path[-1].parent) is not None:
            path.append(self.get(parent))
        return path

    def covers(self, upper: str, lower: str) -> bool:
        """Whether `lower` is `upper` or lies under it."""
        self.get(lower)
        span = self._spans().get(upper)
        return span is not None and span[0] <= self._spans()[lower][0] < span[1]

    def under(self, area: str) -> frozenset[str]:
        """Ids of the area and all that lies under it; nothing when there is no such area."""
        begin, end = self._spans().get(area, (0, 0))
        return frozenset(self._walk[begin:end])

    def within(self, reach: Iterable[str]) -> frozenset[str]:
        """Ids of these areas and all that lies under any of them."""
        return frozenset(each for area in reach for each in self.under(area))

    def above(self, reach: Iterable[str]) -> frozenset[str]:
        """Ids of these areas and all that lies above any of them."""
        paths = (self.path(area) for area in reach if area in self._areas)
        return frozenset(each.id for path in paths for each in path)

    def _spans(self) -> Mapping[str, tuple[int, int]]:
        """From where to where in the walk an area and all under it stand."""
        if self._span is None:
            self._span = self._walked()
        return self._span

    def _walked(self) -> dict[str, tuple[int, int]]:
        """Walk once through the tree, each area before what lies under it."""
        spans: dict[str, tuple[int, int]] = {}
        to_visit = [(area.id, -1) for area in self._areas.values() if self._is_top(area)]
        while to_visit:
            area, begin = to_visit.pop()
            if begin >= 0:
                spans[area] = (begin, len(self._walk))
                continue
            to_visit.append((area, len(self._walk)))
            self._walk.append(area)
            to_visit.extend((each.id, -1) for each in self._children.get(area, ()))
        return spans

    def _is_top(self, area: Area) -> bool:
        return area.parent is None or area.parent not in self._areas

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


def _by_level(area: Area) -> tuple[int, str, str]:
    return area.level, area.name, area.id


def station_audiences(tree: AreaTree, station: str, area: str) -> tuple[str, ...]:
    """What a station listens to: itself, its area and that area's ancestors (docs/adr/0001)."""
    return (station_audience(station), *(area_audience(each.id) for each in tree.path(area)))
