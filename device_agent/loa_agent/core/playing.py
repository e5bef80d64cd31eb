"""River 7: what must sound now, and what can no longer sound."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from loa_agent.core import stopping
from loa_agent.core.commands import Command, Cue, Journal
from loa_agent.core.records import missed_record, play_record
from loa_agent.core.state import Brain, Play
from loa_agent.protocol.documents import PRECEDENCE, LatePolicy
from loa_agent.protocol.hours import Span
from loa_agent.protocol.reports import RecordKind
from loa_agent.protocol.timeline import Outcome, Planned

CUE_LEAD = timedelta(seconds=4)
"""How long before its instant a play is handed to the player, which opens the card meanwhile."""
JOIN_LEAD = timedelta(milliseconds=1500)
"""The least time the player needs to open the card and find its sample clock."""
SHORTEST = timedelta(milliseconds=500)
"""A remainder shorter than this is not begun."""
MILLISECOND = timedelta(milliseconds=1)


def decide(state: Brain, now: datetime) -> tuple[Brain, list[Command]]:
    """Cue what is due, write down what was missed.

    Who wins comes first: a play that has just given way must not take the card back at once.
    """
    commands: list[Command] = []
    for planned in sorted(_planned(state), key=_rank):
        if planned.occurrence.id in state.settled or planned.occurrence.id in _active(state):
            continue
        if _over(state, planned, now):
            state, more = _settle(state, planned, now)
        else:
            state, more = _cue_if_due(state, planned, now)
        commands += more
    return state, commands


def _rank(planned: Planned) -> tuple[int, int, datetime, str]:
    occurrence = planned.occurrence
    rank = PRECEDENCE[occurrence.broadcast.class_]
    return (rank, planned.level, occurrence.starts_at, occurrence.id)


def _active(state: Brain) -> set[str]:
    return {play.occurrence for play in state.plays.values()}


def _over(state: Brain, planned: Planned, now: datetime) -> bool:
    """Nothing of it can sound any more, slip included."""
    occurrence = planned.occurrence
    soonest = now + JOIN_LEAD
    reached = state.reached.get(occurrence.id)
    match occurrence.broadcast.late.policy:
        case LatePolicy.JOIN | LatePolicy.RESUME:
            end = max((span.end for span in planned.sounds), default=occurrence.ends_at)
            return end - SHORTEST <= max(soonest, reached or soonest)
        case LatePolicy.SLIP:
            latest = timedelta(milliseconds=occurrence.broadcast.late.slip_ms)
            return reached is not None or occurrence.starts_at + latest < soonest
        case LatePolicy.DROP:
            last = occurrence.starts_at if planned.sounds else occurrence.ends_at
            return reached is not None or last < soonest


def _settle(state: Brain, planned: Planned, now: datetime) -> tuple[Brain, list[Command]]:
    name = planned.occurrence.id
    state = replace(
        state,
        settled=state.settled | {name},
        setbacks={key: each for key, each in state.setbacks.items() if key != name},
    )
    if name in state.tried:
        return state, []
    record = missed_record(state, now, planned, _why_missed(state, planned))
    return state, [Journal(record)]


def _why_missed(state: Brain, planned: Planned) -> str:
    if planned.outcome is Outcome.SILENT:
        return "preempted" if planned.reason == "overlap" else "outside_hours"
    end = planned.occurrence.ends_at
    if end <= state.booted_at:
        return "station_off"
    if state.trusted_since is not None and end <= state.trusted_since:
        return "clock_untrusted"
    if not _all_here(state, planned):
        return "not_fetched"
    return "late"


def _all_here(state: Brain, planned: Planned) -> bool:
    return all(item.sha256 in state.blobs for item in planned.occurrence.broadcast.items)


def _cue_if_due(state: Brain, planned: Planned, now: datetime) -> tuple[Brain, list[Command]]:
    setback = state.setbacks.get(planned.occurrence.id)
    if not _all_here(state, planned) or (setback is not None and now < setback.retry_at):
        return state, []
    slipping = _slipped(planned, now)
    stretch = slipping or _next_stretch(state, planned, now)
    if stretch is None or stretch.begin > now + CUE_LEAD:
        return state, []
    cue = _cue(state, planned, stretch, slipped=slipping is not None)
    if cue is None:
        return state, []
    if any(play.ends_at > cue.start_at for play in state.plays.values()):
        return _make_way(state, planned)
    return _begin(state, planned, cue, slipped=slipping is not None)


def _next_stretch(state: Brain, planned: Planned, now: datetime) -> Span | None:
    """The rest of the first stretch that is worth beginning."""
    soonest = now + JOIN_LEAD
    reached = state.reached.get(planned.occurrence.id, soonest)
    rests = (Span(max(span.begin, soonest, reached), span.end) for span in planned.sounds)
    return next((rest for rest in rests if rest.end - SHORTEST > rest.begin), None)


def _slipped(planned: Planned, now: datetime) -> Span | None:
    """The whole item moved to now, when its policy is to slip and its instant has passed."""
    late = planned.occurrence.broadcast.late
    begin = now + JOIN_LEAD
    if late.policy is not LatePolicy.SLIP or begin <= planned.occurrence.starts_at:
        return None
    return Span(begin, begin + (planned.occurrence.ends_at - planned.occurrence.starts_at))


def _make_way(state: Brain, planned: Planned) -> tuple[Brain, list[Command]]:
    """A slipped play of a lower class gives way; any other is left to end where the plan says."""
    rank = PRECEDENCE[planned.occurrence.broadcast.class_]
    commands: list[Command] = []
    for name, play in state.plays.items():
        if play.slipped and play.rank > rank and play.stop_code is None:
            state, more = stopping.stop(state, name, "preempted")
            commands += more
    return state, commands


def _cue(state: Brain, planned: Planned, stretch: Span, *, slipped: bool) -> Cue | None:
    """What to ask of the player, cut where permitted hours end; None when nothing is left."""
    config = state.config
    if config is None:
        return None
    occurrence = planned.occurrence
    start_at = stretch.begin + _delay(state)
    rank = PRECEDENCE[occurrence.broadcast.class_]
    allowed = stopping.permitted(state, rank, start_at, stretch.end + _delay(state))
    if not allowed or allowed[0].begin > start_at or allowed[0].end - SHORTEST <= start_at:
        return None
    offset = timedelta(0) if slipped else stretch.begin - occurrence.starts_at
    return Cue(
        play=f"{occurrence.id}/{state.boot}.{state.play_count + 1}",
        blobs=tuple(item.sha256 for item in occurrence.broadcast.items),
        start_at=start_at,
        offset_ms=offset // MILLISECOND,
        length_ms=(allowed[0].end - start_at) // MILLISECOND,
        volume_percent=config.volume_percent,
    )


def _delay(state: Brain) -> timedelta:
    return timedelta(milliseconds=0 if state.config is None else state.config.delay_ms)


def _begin(
    state: Brain, planned: Planned, cue: Cue, *, slipped: bool
) -> tuple[Brain, list[Command]]:
    occurrence = planned.occurrence
    play = Play(
        cue=cue,
        occurrence=occurrence.id,
        broadcast=occurrence.broadcast.id,
        planned_at=occurrence.starts_at,
        ends_at=cue.start_at + cue.length_ms * MILLISECOND,
        delay=_delay(state),
        rank=PRECEDENCE[occurrence.broadcast.class_],
        slipped=slipped,
    )
    state = replace(
        state,
        plays={**state.plays, cue.play: play},
        play_count=state.play_count + 1,
        tried=state.tried | {occurrence.id},
    )
    return state, [Journal(play_record(state, state.now, RecordKind.ARMED, play)), cue]


def _planned(state: Brain) -> tuple[Planned, ...]:
    return () if state.plan is None else state.plan.planned


def wakes(state: Brain) -> list[datetime]:
    """When something is to be cued or written off."""
    if state.plan is None:
        return []
    due = [state.plan.stale_at]
    due += [setback.retry_at for setback in state.setbacks.values()]
    due += list(_turns(state))
    return due


def _turns(state: Brain) -> Iterator[datetime]:
    for planned in _planned(state):
        if planned.occurrence.id in state.settled:
            continue
        late = timedelta(milliseconds=planned.occurrence.broadcast.late.slip_ms)
        yield planned.occurrence.starts_at - CUE_LEAD
        yield planned.occurrence.starts_at + late
        yield planned.occurrence.ends_at
        for span in planned.sounds:
            yield from (span.begin - CUE_LEAD, span.end - SHORTEST - JOIN_LEAD, span.end)
