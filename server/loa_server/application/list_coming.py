"""The next hours as one list: what sounds, when, where and why not."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from loa_agent.protocol.timeline import Outcome, Planned, Sound

from loa_server.application.resolve_air import resolve_air
from loa_server.application.timeline_queries import Air, Coming, Site
from loa_server.domain.evening import wakes_people
from loa_server.domain.problems import Problem

_Fate = tuple[str, tuple[Sound, ...], Outcome, str | None, str | None]


def list_coming(air: Air, begin: datetime, end: datetime) -> list[Coming]:
    """All that is approved and due in [begin, end), in order of start.

    An occurrence that fares differently at different stations stands once for each fate.
    """
    known = {each.broadcast.id: each.broadcast for each in air.ordered}
    found: dict[_Fate, list[Site]] = defaultdict(list)
    facts: dict[_Fate, Planned] = {}
    for kind in resolve_air(air, begin, end):
        for fate in kind.fates:
            if fate.waiting:
                continue
            one = fate.planned
            key: _Fate = (one.occurrence.id, one.sounds, one.outcome, one.reason, one.winner)
            facts[key] = one
            found[key] += kind.sites
    places, title = Places(air), Titles(air)
    coming = []
    for key, sites in found.items():
        one = facts[key]
        broadcast = known[one.occurrence.broadcast.id]
        begins_at = one.sounds[0].begin if one.sounds else one.occurrence.starts_at
        coming.append(
            Coming(
                occurrence=one.occurrence.id,
                broadcast=broadcast,
                area_name=places.area_name(broadcast.area),
                starts_at=one.occurrence.starts_at,
                ends_at=one.occurrence.ends_at,
                sounds=one.sounds,
                outcome=one.outcome,
                reason=one.reason,
                winner=one.winner,
                winner_title=title.of(one.winner),
                early=bool(one.sounds) and wakes_people(begins_at, sites[0].limits.zone),
                sites=tuple(sorted(sites, key=lambda site: (site.name, site.id))),
                where=places.names(sites),
            )
        )
    return sorted(coming, key=lambda each: (each.starts_at, each.occurrence, each.where))


def only_station(air: Air, station: str) -> Air:
    """Only this station; raises Problem `not_found` for one that is not shown."""
    sites = tuple(each for each in air.sites if each.id == station)
    if not sites:
        raise Problem("not_found", {"station": station})
    return Air(air.tree, air.shown, sites, air.ordered, air.orders, air.calendar)


class Titles:
    """Titles of broadcasts by their occurrences."""

    def __init__(self, air: Air) -> None:
        self._titles = {each.broadcast.id: each.broadcast.title for each in air.ordered}

    def of(self, occurrence: str | None) -> str | None:
        """None where nobody is named."""
        return None if occurrence is None else self._titles.get(occurrence.partition("@")[0])


class Places:
    """Names for sets of stations: an area where all its stations are meant, else the stations."""

    def __init__(self, air: Air) -> None:
        self._tree = air.tree
        self._known = air.shown | air.tree.above(air.shown)
        self._above = {
            area: [each for each in air.tree.path(area) if each.id in air.shown]
            for area in {site.area for site in air.sites}
        }
        self._all = self._counted(air.sites)

    def area_name(self, area: str) -> str:
        """Name of an area that is the reach's own, or above it; of others nothing is said."""
        return self._tree.name(area) if area in self._known else ""

    def names(self, sites: Iterable[Site]) -> tuple[str, ...]:
        """The fewest names, areas from above first."""
        meant = tuple(sites)
        counted = self._counted(meant)
        areas, stations = {}, {}
        for site in meant:
            full = [a for a in self._above[site.area] if counted[a.id] == self._all[a.id]]
            if full:
                areas[full[-1].id] = full[-1]
            else:
                stations[site.id] = site.name
        named = sorted(areas.values(), key=lambda area: (area.level, area.name, area.id))
        return (*(area.name for area in named), *sorted(stations.values()))

    def _counted(self, sites: Iterable[Site]) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for site in sites:
            for area in self._above[site.area]:
                counts[area.id] += 1
        return counts
