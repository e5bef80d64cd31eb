"""Stations that hear the same by the same rules: judged once, however many they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from loa_agent.protocol import documents as wire
from loa_agent.protocol.ids import area_audience, station_audience
from loa_agent.protocol.seal import MAX_SEALED_BYTES

from loa_server.domain.areas import AreaTree
from loa_server.domain.stations import Station

GROUP_LEVEL = 4
STATION_LEVEL = 5
MAX_TOLD_BYTES = MAX_SEALED_BYTES * 3 // 4 - 8 * 1024
"""Sealing writes four letters for three bytes; the rest is for the order and the envelope."""
MAX_ORDERED_BYTES = MAX_TOLD_BYTES * 9 // 10
"""Orders stop here: holidays to come make rules longer than they were when they were ordered."""
_FAR = timedelta(days=366)
_NOBODY = "x"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a place allows."""

    hours: tuple[wire.Window, ...]
    caps: wire.Caps
    zone: str


_Alike = tuple[tuple[str, ...], Limits]


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
    kinds: dict[_Alike, tuple[set[str], int]] = {}
    for area, some in _by_area(stations).items():
        if not tree.has(area):
            continue
        heard, limits = _place(area, tree, zone, audiences)
        usual = [each for each in some if _is_usual(each, audiences)]
        alike = [((heard, limits), len(usual))] if usual else []
        alike += [
            (_own(each, heard, limits, audiences), 1)
            for each in some
            if not _is_usual(each, audiences)
        ]
        for kind, number in alike:
            areas, count = kinds.get(kind, (set(), 0))
            kinds[kind] = ({*areas, area}, count + number)
    return [
        Listeners(heard, limits, frozenset(areas), count)
        for (heard, limits), (areas, count) in kinds.items()
        if heard
    ]


def _by_area(stations: Iterable[Station]) -> Mapping[str, list[Station]]:
    found: dict[str, list[Station]] = defaultdict(list)
    for station in stations:
        if station.retired_at is None:
            found[station.area].append(station)
    return found


def _is_usual(station: Station, audiences: Collection[str]) -> bool:
    """Whether it hears and may what its area does: most stations."""
    limited = station.hours is not None or station.caps is not None
    return not limited and station_audience(station.id) not in audiences


def _own(
    station: Station, heard: tuple[str, ...], area: Limits, audiences: Collection[str]
) -> _Alike:
    own = station_audience(station.id)
    if own in audiences:
        heard = (own, *heard)
    hours = area.hours if station.hours is None else station.hours
    caps = area.caps if station.caps is None else station.caps
    return heard, Limits(hours, caps, area.zone)


def _place(
    area: str, tree: AreaTree, zone: str, audiences: Collection[str]
) -> tuple[tuple[str, ...], Limits]:
    path = (area_audience(each.id) for each in tree.path(area))
    heard = tuple(each for each in path if each in audiences)
    return heard, Limits(tree.hours(area), tree.caps(area), tree.zone(area, zone))


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
    judged: set[Limits] = set()
    for each in sorted(found, key=lambda one: one.area):
        if each.limits not in judged:
            judged.add(each.limits)
            yield each


def weight(broadcast: wire.Broadcast) -> int:
    """Bytes it takes in a manifest."""
    return len(broadcast.model_dump_json(by_alias=True).encode()) + 1


def too_heavy(oldest_first: Iterable[wire.Broadcast], most: int = MAX_TOLD_BYTES) -> frozenset[str]:
    """Ids of those for which a manifest has no room, once the older ones are in it."""
    left = most
    out = set()
    for each in oldest_first:
        own = weight(each)
        if own <= left:
            left -= own
        else:
            out.add(each.id)
    return frozenset(out)
