"""Stations that hear the same by the same rules: judged once, however many they are."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from loa_agent.protocol import documents as wire
from loa_agent.protocol.ids import area_audience, station_audience

from loa_server.domain.areas import AreaTree
from loa_server.domain.stations import Station

GROUP_LEVEL = 4
STATION_LEVEL = 5
_FAR = timedelta(days=366)
_NOBODY = "x"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a place allows."""

    hours: tuple[wire.Window, ...]
    caps: wire.Caps
    zone: str


@dataclass(frozen=True, slots=True)
class Listeners:
    """Stations alike; `audiences` are those of the asked-for ones that they hear, in order."""

    audiences: tuple[str, ...]
    limits: Limits
    areas: frozenset[str]
    station_count: int

    @property
    def area(self) -> str:
        """One of their areas, the same each time it is asked."""
        return min(self.areas)


def listeners(
    stations: Iterable[Station], tree: AreaTree, zone: str, audiences: Collection[str]
) -> list[Listeners]:
    """Stations in use that hear any of `audiences`, grouped by what they hear and may.

    Args:
        stations: All that may be concerned.
        tree: The areas in force.
        zone: The zone where no area names one.
        audiences: What is listened for; the rest is as if nothing was said there.
    """
    places: dict[str, tuple[tuple[str, ...], Limits]] = {}
    areas: dict[tuple[tuple[str, ...], Limits], set[str]] = {}
    counts: dict[tuple[tuple[str, ...], Limits], int] = {}
    for station in stations:
        if station.retired_at is not None or not tree.has(station.area):
            continue
        place = places.get(station.area)
        if place is None:
            place = places[station.area] = _place(station.area, tree, zone, audiences)
        heard, limits = place
        own = station_audience(station.id)
        if own in audiences:
            heard = (own, *heard)
        if heard:
            alike = (heard, _own(station, limits))
            areas.setdefault(alike, set()).add(station.area)
            counts[alike] = counts.get(alike, 0) + 1
    return [
        Listeners(heard, limits, frozenset(areas[heard, limits]), counts[heard, limits])
        for heard, limits in areas
    ]


def _place(
    area: str, tree: AreaTree, zone: str, audiences: Collection[str]
) -> tuple[tuple[str, ...], Limits]:
    path = (area_audience(each.id) for each in tree.path(area))
    heard = tuple(each for each in path if each in audiences)
    return heard, Limits(tree.hours(area), tree.caps(area), tree.zone(area, zone))


def _own(station: Station, area: Limits) -> Limits:
    if station.hours is None and station.caps is None:
        return area
    hours = area.hours if station.hours is None else station.hours
    caps = area.caps if station.caps is None else station.caps
    return Limits(hours, caps, area.zone)


def level_of(audience: str, tree: AreaTree) -> int:
    """Depth of an audience; the higher area wins inside a class."""
    kind, _, name = audience.partition("-")
    if kind == "a":
        return tree.get(name).level
    return STATION_LEVEL if kind == "s" else GROUP_LEVEL


def manifest(
    audience: str,
    level: int,
    broadcasts: Iterable[wire.Broadcast],
    now: datetime,
    order: tuple[str, ...] = (),
) -> wire.Manifest:
    """A manifest to be judged, not to be sent."""
    return wire.Manifest(
        audience=audience,
        version=1,
        issued_at=now,
        not_after=now + _FAR,
        level=level,
        broadcasts=tuple(broadcasts),
        order=order,
    )


def config(limits: Limits, now: datetime) -> wire.Config:
    """Settings of a station that lives by these limits, to judge by."""
    return wire.Config(
        station=_NOBODY,
        name=_NOBODY,
        version=1,
        issued_at=now,
        not_after=now + _FAR,
        audiences=(),
        zone=limits.zone,
        hours=limits.hours,
        caps=limits.caps,
        keys={},
    )


def different(found: Iterable[Listeners]) -> Iterator[Listeners]:
    """One for every different set of limits: most areas inherit theirs."""
    judged: Mapping[Limits, Listeners] = {}
    for each in sorted(found, key=lambda one: one.area):
        if each.limits not in judged:
            judged = {**judged, each.limits: each}
            yield each
