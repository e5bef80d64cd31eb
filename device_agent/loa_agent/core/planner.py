"""The plan: what the one timeline says for the coming hours, and which audio that needs."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from loa_agent.core.state import Brain, Pending, Plan
from loa_agent.core.stretches import CUE_LEAD, over_at
from loa_agent.protocol.documents import PRECEDENCE, Manifest
from loa_agent.protocol.occurrences import occurrences
from loa_agent.protocol.reports import ClockTrust
from loa_agent.protocol.timeline import Planned, timeline

LOOK_BACK = timedelta(hours=24)
LOOK_AHEAD = timedelta(hours=36)
FETCH_AHEAD = timedelta(days=14)
PLAN_LIFE = timedelta(hours=12)
"""Only documents, trust and steps of the clock change a plan; it has to reach beyond its own life
for as long as the longest lead."""


def refresh(state: Brain, now: datetime) -> Brain:
    """Compute the plan anew when documents or clock changed, or it has grown old.

    A station first started by a wrong clock may believe that it began in the future; from when
    its clock was trusted it existed for certain.
    """
    config = state.config
    if config is None or state.clock is ClockTrust.UNTRUSTED:
        return replace(state, plan=None, needs=_all(state.manifests))
    if state.plan is not None and now < state.plan.stale_at:
        return state
    manifests = [each for each in state.manifests if each.not_after > now]
    begin = max(now - LOOK_BACK, min(state.since, state.trusted_since or now, now))
    planned = in_rank(timeline(manifests, config, begin, now + LOOK_AHEAD))
    stale_at = min([now + PLAN_LIFE, *(each.not_after for each in manifests)])
    plan = Plan(planned, _pending(planned, state.settled), stale_at)
    return replace(state, plan=plan, needs=_needs(manifests, now))


def in_rank(planned: Iterable[Planned]) -> tuple[Planned, ...]:
    """Who wins comes first."""
    return tuple(sorted(planned, key=_rank))


def _rank(planned: Planned) -> tuple[int, int, datetime, str]:
    occurrence = planned.occurrence
    rank = PRECEDENCE[occurrence.broadcast.class_]
    return (rank, planned.level, occurrence.starts_at, occurrence.id)


def _pending(planned: Sequence[Planned], settled: frozenset[str]) -> tuple[Pending, ...]:
    pending = []
    for rank, each in enumerate(planned):
        if each.occurrence.id not in settled:
            over = over_at(each)
            opens = min([over, *(sound.begin - CUE_LEAD for sound in each.sounds)])
            pending.append(Pending(opens, over, rank, each))
    return tuple(sorted(pending, key=lambda each: each.opens_at))


def _all(manifests: list[Manifest]) -> tuple[tuple[str, int], ...]:
    """All audio in any timetable: who does not know the time cannot know what is needed first."""
    items = (i for m in manifests for b in m.broadcasts for i in b.items)
    return tuple(dict.fromkeys((item.sha256, item.bytes) for item in items))


def _needs(manifests: list[Manifest], now: datetime) -> tuple[tuple[str, int], ...]:
    """Audio of the next 14 days, soonest first."""
    first: dict[tuple[str, int], datetime] = {}
    for manifest in manifests:
        for broadcast in manifest.broadcasts:
            coming = occurrences(broadcast, now, now + FETCH_AHEAD)
            if not coming:
                continue
            for item in broadcast.items:
                key = (item.sha256, item.bytes)
                first[key] = min(first.get(key, coming[0].starts_at), coming[0].starts_at)
    return tuple(sorted(first, key=lambda key: (first[key], key)))
