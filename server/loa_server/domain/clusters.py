"""Occurrences that can touch one another, judged together and apart from all the rest.

The sweep is the protocol's; what is left out of it here cannot change its answer: an occurrence
sounds inside its extent, and what another extent does not touch is neither taken from it nor by it.
Caps bind whole days together, so that where there are caps an extent is all its local days.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from loa_agent.protocol import documents as wire
from loa_agent.protocol.blocks import Block
from loa_agent.protocol.hours import open_stretches
from loa_agent.protocol.instants import MILLISECOND, ceil_ms, floor_ms, local_day, midnight_ms
from loa_agent.protocol.judging import Verdict, verdicts
from loa_agent.protocol.placing import Stretches
from loa_agent.protocol.ranking import UNDECIDED, Candidate, candidates, sources

Stretch = tuple[int, int]
_START = attrgetter("start")
MARGIN = timedelta(days=2)
"""How far around the stretch asked for its neighbours are looked for; chains are shorter."""
_REACH_MS = 2 * MARGIN // MILLISECOND
"""Beside the margin what starts last may be a day long and slip for another."""


class Pool:
    """Occurrences around a stretch of time by audience, made once for all who hear them.

    Args:
        manifests: What each audience is told.
        begin: Where the stretch begins.
        end: Where it ends.
    """

    def __init__(
        self, manifests: Mapping[str, wire.Manifest], begin: datetime, end: datetime
    ) -> None:
        since, until = floor_ms(begin - MARGIN), ceil_ms(end + MARGIN)
        told = Counter(one.id for each in manifests.values() for one in each.broadcasts)
        self._manifests = manifests
        self._often = {name for name, number in told.items() if number > 1}
        self._found = {
            audience: candidates(sources([each]), since, until)
            for audience, each in manifests.items()
        }
        self._placed: dict[tuple[int, int], Candidate] = {}

    def heard(self, audiences: Iterable[str]) -> list[Candidate]:
        """What these audiences together are due, in order of start, each occurrence once."""
        told = [each for each in audiences if each in self._manifests]
        told.sort(key=lambda each: (self._manifests[each].level, each))
        found = [each for audience in told for each in self._found[audience]]
        if self._often:
            found = self._once(found)
        if any(self._manifests[each].order for each in told):
            found = self._in_order(found, [self._manifests[each] for each in told])
        found.sort(key=_START)
        return found

    def _once(self, found: Iterable[Candidate]) -> list[Candidate]:
        """Of an occurrence that comes several ways the first, as stations take it."""
        seen: set[tuple[str, int]] = set()
        kept = []
        for each in found:
            name = each.source.broadcast.id
            if name in self._often:
                if (name, each.start) in seen:
                    continue
                seen.add((name, each.start))
            kept.append(each)
        return kept

    def _in_order(
        self, found: Iterable[Candidate], manifests: Sequence[wire.Manifest]
    ) -> list[Candidate]:
        """With the places areas decided, of which each manifest alone knows just its own."""
        places = {
            each.broadcast.id: each.place for each in sources(manifests) if each.place != UNDECIDED
        }
        return [self._at(each, places.get(each.source.broadcast.id, UNDECIDED)) for each in found]

    def _at(self, each: Candidate, place: int) -> Candidate:
        if each.place == place:
            return each
        key = (id(each), place)
        if key not in self._placed:
            self._placed[key] = each._replace(place=place)
        return self._placed[key]


def clusters_with(
    new: wire.Broadcast, stretch: Stretch, found: Sequence[Candidate], zone: str, *, capped: bool
) -> list[list[Candidate]]:
    """Those clusters in which `new` starts in a stretch of milliseconds.

    Args:
        new: Known by identity, as it stands in the manifests of the pool.
        stretch: From when until when.
        found: All that is heard, in order of start.
        zone: Whose midnights divide days.
        capped: Whether caps bind days together.
    """
    since, before = stretch
    clusters: list[list[Candidate]] = []
    cluster: list[Candidate] = []
    until, wanted = 0, False
    for each in found:
        start, limit = each.start, each.limit
        if capped:
            start = midnight_ms(zone, local_day(zone, start))
            limit = midnight_ms(zone, local_day(zone, limit - 1) + 1)
        if start >= until:
            if wanted:
                clusters.append(cluster)
            cluster, wanted = [], False
        cluster.append(each)
        until = max(until, limit)
        if each.source.broadcast is new and since <= each.start < before:
            wanted = True
    if wanted:
        clusters.append(cluster)
    return clusters


def permitted_around(stretch: Stretch, config: wire.Config) -> Stretches:
    """Permitted hours wherever what starts in a pool around this stretch may sound."""
    begin, end = stretch[0] - _REACH_MS, stretch[1] + _REACH_MS
    return Stretches(open_stretches(config.hours, config.zone, begin, end))


def judged_alone(
    cluster: Sequence[Candidate], config: wire.Config, permitted: Stretches
) -> list[Verdict]:
    """What becomes of each occurrence of a cluster."""
    return verdicts(Block(list(cluster), _midnights(cluster, config)), config, permitted)


def _midnights(cluster: Sequence[Candidate], config: wire.Config) -> list[int]:
    """Instants at which local days begin, around the cluster; only caps look at them."""
    if not cluster or not config.caps:
        return []
    first = local_day(config.zone, cluster[0].start)
    last = local_day(config.zone, max(each.limit for each in cluster)) + 1
    return [midnight_ms(config.zone, day) for day in range(first, last + 1)]
