"""Asks the one timeline for every kind of station there is, and no more often."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from loa_agent.protocol.documents import MAX_BROADCASTS, MAX_ORDER, Broadcast
from loa_agent.protocol.ids import area_audience
from loa_agent.protocol.timeline import Planned, timeline

from loa_server.application.timeline_queries import Air, Ordered, Site
from loa_server.domain.broadcasts import ApprovalState, ChangeScope
from loa_server.domain.listening import config, level_of, manifest

_ANY = datetime(2020, 1, 1, tzinfo=UTC)
"""Documents asked here never leave the process: their instants of issue mean nothing."""


@dataclass(frozen=True, slots=True)
class Fate:
    """One occurrence as stations of a kind play it, or would once it is approved."""

    planned: Planned
    waiting: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """Stations that hear the same under the same limits, and all they will play."""

    sites: tuple[Site, ...]
    fates: tuple[Fate, ...]


def resolve_air(air: Air, begin: datetime, end: datetime) -> Iterator[Kind]:
    """What every station plays in [begin, end), by kinds of stations, in order of start.

    What waits for approval stands among the rest as it would sound if all that waits were
    approved; nothing of it influences what already is.
    """
    approved = _Documents(air, [each for each in air.ordered if not _waits(each)])
    waiting = [each for each in air.ordered if _waits(each)]
    both = _Documents(air, _as_if_approved(air.ordered)) if waiting else approved
    names = {each.broadcast.id for each in waiting}
    kinds: dict[object, list[Site]] = defaultdict(list)
    for site in air.sites:
        heard = approved.heard(site), both.heard(site)
        kinds[heard, site.limits].append(site)
    for sites in kinds.values():
        one = sites[0]
        fates = [Fate(each, waiting=False) for each in approved.timeline(one, begin, end)]
        if any(audience in both.waiting for audience in both.heard(one)):
            fates += [
                Fate(each, waiting=True)
                for each in both.timeline(one, begin, end)
                if each.occurrence.broadcast.id in names
            ]
            fates.sort(key=lambda fate: fate.planned.occurrence.starts_at)
        yield Kind(tuple(sites), tuple(fates))


class _Documents:
    """Manifests by audience, made once for all who hear them."""

    def __init__(self, air: Air, ordered: Sequence[Ordered]) -> None:
        told: dict[str, list[Broadcast]] = defaultdict(list)
        waiting: set[str] = set()
        for each in ordered:
            for audience in each.broadcast.audiences:
                told[audience].append(each.travelling)
                if _waits(each):
                    waiting.add(audience)
        self.waiting = frozenset(waiting)
        orders = _orders(air, {each.broadcast.id for each in ordered})
        self._manifests = {
            each: manifest(
                each,
                level_of(each, air.tree),
                told.get(each, [])[:MAX_BROADCASTS],
                _ANY,
                orders.get(each, ()),
            )
            for each in {*told, *orders}
            if each[:2] != "a-" or air.tree.has(each[2:])
        }

    def heard(self, site: Site) -> tuple[str, ...]:
        """Audiences of the site that say anything."""
        return tuple(each for each in site.audiences if each in self._manifests)

    def timeline(self, site: Site, begin: datetime, end: datetime) -> Sequence[Planned]:
        """All it plays."""
        heard = self.heard(site)
        if not heard:
            return ()
        return timeline(
            [self._manifests[each] for each in heard], config(site.limits, _ANY), begin, end
        )


def _orders(air: Air, known: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What areas decided about the broadcasts of the window."""
    named = {
        area_audience(area): tuple(each for each in order if each in known)[:MAX_ORDER]
        for area, order in air.orders.items()
    }
    return {audience: order for audience, order in named.items() if order}


def _waits(each: Ordered) -> bool:
    return each.broadcast.approval.state is ApprovalState.WAITING


def _as_if_approved(ordered: Iterable[Ordered]) -> list[Ordered]:
    """Everything, without what the waiting broadcasts would take the place of."""
    kept = list(ordered)
    instead = {
        each.broadcast.replaces.broadcast: each.broadcast.replaces
        for each in kept
        if _waits(each) and each.broadcast.replaces is not None
    }
    found = []
    for each in kept:
        change = instead.get(each.broadcast.id)
        if change is None:
            found.append(each)
        elif change.scope is ChangeScope.ONE and change.occurrence is not None:
            rule = each.travelling.rule
            left_out = (*rule.except_dates, change.occurrence)
            fresh = rule.model_copy(update={"except_dates": left_out})
            found.append(
                Ordered(each.broadcast, each.travelling.model_copy(update={"rule": fresh}))
            )
    return found
