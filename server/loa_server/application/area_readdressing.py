"""What must stay as it was for those who listen when areas become one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from loa_agent.protocol.ids import area_audience, station_audience

from loa_server.application.draft_broadcast import MAX_IN_FORCE
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.areas import Area, AreaTree
from loa_server.domain.problems import Problem
from loa_server.domain.stations import Station


@dataclass(frozen=True, slots=True)
class Readdressed:
    """How many broadcasts are named to their listeners otherwise, and through which audiences."""

    count: int
    audiences: frozenset[str]


def readdress(
    rows: Transaction,
    tree: AreaTree,
    closed: Sequence[Area],
    direct: Sequence[Station],
    now: datetime,
) -> Readdressed:
    """Name the hamlets and stations of closed areas where the area itself was named.

    An area without listeners stays named: that nobody hears it must not become that others do.

    Raises:
        Problem: `too_many_broadcasts` when a manifest would grow too long.
    """
    listeners = {
        area_audience(area.id): [
            *(area_audience(each.id) for each in tree.children(area.id)),
            *(station_audience(s.id) for s in direct if s.area == area.id and not s.retired_at),
        ]
        for area in closed
    }
    changed: set[str] = set()
    count = 0
    for broadcast, heard_by in rows.areas.running_for(list(listeners), now).items():
        drop = [each for each in listeners if each in heard_by and listeners[each]]
        add = sorted({new for each in drop for new in listeners[each]} - heard_by)
        if drop:
            rows.areas.readdress(broadcast, drop, add)
            changed |= set(add)
            count += 1
    if rows.broadcasts.most_in_force(sorted(changed), now) > MAX_IN_FORCE:
        raise Problem("too_many_broadcasts", {"most": MAX_IN_FORCE})
    return Readdressed(count, frozenset(changed))


def keep_limits(
    services: Services,
    rows: Transaction,
    before: AreaTree,
    children: Sequence[Area],
    direct: Sequence[Station],
) -> int:
    """Make own what moved areas and stations would otherwise get anew; how many settings."""
    after = rows.places.tree()
    areas: list[tuple[Area, Area]] = []
    count = 0
    for child in children:
        moved = after.get(child.id)
        own = _differing(before, child.id, after, child.id, moved)
        if before.zone(child.id, services.zone) != after.zone(child.id, services.zone):
            own["zone"] = before.zone(child.id, services.zone)
        if after.self_approval(child.id) and not before.self_approval(child.id):
            own["self_approval"] = False
        if own:
            areas.append((moved, replace(moved, **own)))
            count += len(own)
    stations = []
    for station in direct:
        home = rows.places.station(station.id)
        if home is None or home.retired_at is not None:
            continue
        own = _differing(before, station.area, after, home.area, station)
        if own:
            stations.append(replace(home, **own))
            count += len(own)
    rows.areas.keep(areas, services.clock())
    rows.areas.keep_stations(stations)
    return count


def _differing(
    before: AreaTree, old: str, after: AreaTree, new: str, place: Area | Station
) -> dict[str, Any]:
    """Settings handed down so far that would change; any: fields have different types."""
    handed_down = {
        "hours": (before.hours(old), after.hours(new)),
        "caps": (before.caps(old), after.caps(new)),
        "volumes": (before.volumes(old), after.volumes(new)),
    }
    return {
        name: was
        for name, (was, becomes) in handed_down.items()
        if getattr(place, name) is None and was != becomes
    }
