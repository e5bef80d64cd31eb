"""Whether a broadcast may sound where it is meant to, judged by the one timeline."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from loa_agent.protocol import documents as wire
from loa_agent.protocol.occurrences import occurrences
from loa_agent.protocol.timeline import timeline

from loa_server.domain.areas import AreaTree
from loa_server.domain.problems import Problem
from loa_server.domain.stations import Station

LOOK_AHEAD = timedelta(days=8)
"""A week and a day: windows differ by weekday."""
_FAR = timedelta(days=366)


def require_permitted(
    broadcast: wire.Broadcast, stations: Iterable[Station], tree: AreaTree, now: datetime, zone: str
) -> None:
    """Refuse what would fall silent, wholly or in part, outside permitted hours.

    Raises:
        Problem: `outside_permitted_hours` with the windows of the first area concerned,
            `start_in_past` when nothing of it would ever sound.
    """
    first = next_start(broadcast, now)
    if first is None:
        raise Problem("start_in_past", {"start": broadcast.rule.start})
    manifest = _alone(broadcast, now)
    for area, config in _different(stations, tree, zone, now):
        for planned in timeline([manifest], config, first, first + LOOK_AHEAD):
            if planned.reason == "outside_hours":
                raise Problem(
                    "outside_permitted_hours",
                    {
                        "area": tree.get(area).name,
                        "start": planned.occurrence.starts_at.isoformat(),
                        "windows": [window.model_dump() for window in config.hours],
                    },
                )


def next_start(broadcast: wire.Broadcast, now: datetime) -> datetime | None:
    """When it begins next, or None when it never will within a year."""
    for reach in (LOOK_AHEAD, _FAR):
        coming = [o.starts_at for o in occurrences(broadcast, now, now + reach)]
        later = [start for start in coming if start >= now]
        if later:
            return min(later)
    return None


def _different(
    stations: Iterable[Station], tree: AreaTree, zone: str, now: datetime
) -> Iterator[tuple[str, wire.Config]]:
    """An area and its settings for every different hours and zone: most areas inherit theirs."""
    judged = set()
    for area in sorted({station.area for station in stations}):
        hours, there = tree.hours(area), tree.zone(area, zone)
        if (hours, there) not in judged:
            judged.add((hours, there))
            yield area, _settings(hours, there, now)


def _alone(broadcast: wire.Broadcast, now: datetime) -> wire.Manifest:
    return wire.Manifest(
        audience="a-x",
        version=1,
        issued_at=now,
        not_after=now + _FAR,
        level=0,
        broadcasts=(broadcast,),
    )


def _settings(hours: tuple[wire.Window, ...], zone: str, now: datetime) -> wire.Config:
    return wire.Config(
        station="x",
        name="x",
        version=1,
        issued_at=now,
        not_after=now + _FAR,
        audiences=("a-x",),
        zone=zone,
        hours=hours,
        keys={},
    )
