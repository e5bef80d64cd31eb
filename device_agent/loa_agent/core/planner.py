"""The plan: what the one timeline says for the coming hours, and which audio that needs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from loa_agent.core.state import Brain, Pending, Plan
from loa_agent.core.stretches import CUE_LEAD, over_at
from loa_agent.protocol.documents import PRECEDENCE, Manifest
from loa_agent.protocol.instants import floor_ms
from loa_agent.protocol.occurrences import starts_between
from loa_agent.protocol.ranking import sources
from loa_agent.protocol.reports import ClockTrust
from loa_agent.protocol.timeline import Planned, timeline

LOOK_BACK = timedelta(hours=24)
MEMORY = timedelta(days=8)
"""How long it is remembered what became of an occurrence: a week of a clock that was set back."""
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
    planned = _in_rank(timeline(manifests, config, begin, now + LOOK_AHEAD), manifests)
    stale_at = min([now + PLAN_LIFE, *(each.not_after for each in manifests)])
    state = _forget(state, now - MEMORY)
    plan = Plan(planned, _pending(planned, state.settled), stale_at)
    return replace(state, plan=plan, needs=_needs(manifests, now))


def _forget(state: Brain, since: datetime) -> Brain:
    """Let go of occurrences that no plan will name again: stations run for years."""
    text = since.isoformat()
    old = {name for name in state.tried | state.settled if name.rpartition("@")[2] < text}
    if not old:
        return state
    return replace(
        state,
        settled=state.settled - old,
        tried=state.tried - old,
        reached={name: each for name, each in state.reached.items() if name not in old},
        heard={name: each for name, each in state.heard.items() if name not in old},
    )


def _in_rank(planned: Sequence[Planned], manifests: Sequence[Manifest]) -> tuple[Planned, ...]:
    """Who wins comes first, as the timeline judged them."""
    places = {source.broadcast.id: source.place for source in sources(manifests)}

    def rank(each: Planned) -> tuple[int, int, int, datetime, str]:
        broadcast, starts_at = each.occurrence.broadcast, each.occurrence.starts_at
        precedence = PRECEDENCE[broadcast.class_]
        return (precedence, places[broadcast.id], each.level, starts_at, each.occurrence.id)

    return tuple(sorted(planned, key=rank))


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
    """Audio of the next 14 days and of what may still slip, soonest first."""
    first: dict[tuple[str, int], int] = {}
    until = floor_ms(now + FETCH_AHEAD)
    for manifest in manifests:
        for broadcast in manifest.broadcasts:
            since = floor_ms(now) - broadcast.duration_ms - broadcast.late.slip_ms
            coming = starts_between(broadcast, since, until)
            for item in broadcast.items if coming else ():
                key = (item.sha256, item.bytes)
                first[key] = min(first.get(key, until), coming[0][1])
    return tuple(sorted(first, key=lambda key: (first[key], key)))
