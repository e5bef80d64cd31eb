"""What must sound now, what must stop, and what can no longer sound."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from loa_agent.core.commands import Command, Cue, Journal, StopPlay
from loa_agent.core.records import missed_record, play_record
from loa_agent.core.state import Brain, Play
from loa_agent.protocol.documents import PRECEDENCE, BroadcastClass, LatePolicy
from loa_agent.protocol.hours import Span, overlap, permitted_spans
from loa_agent.protocol.reports import RecordKind
from loa_agent.protocol.timeline import Outcome, Planned

CUE_LEAD = timedelta(seconds=4)
"""How long before its instant a play is handed to the player, which opens the card meanwhile."""
JOIN_LEAD = timedelta(milliseconds=1500)
"""The least time the player needs to open the card and find its sample clock."""
SHORTEST = timedelta(milliseconds=500)
"""A remainder shorter than this is not begun."""
FADE_MS = 80


def decide(state: Brain, now: datetime) -> tuple[Brain, list[Command]]:
    """Stop what is not wanted, cue what is due, write down what was missed."""
    if state.plan is None:
        return state, []
    state, commands = _stop_unwanted(state, now)
    for planned in _planned(state):
        if planned.occurrence.id in state.settled or planned.occurrence.id in _active(state):
            continue
        if _over(planned, now):
            state, more = _settle(state, planned, now)
        else:
            state, more = _cue_if_due(state, planned, now)
        commands += more
    return state, commands


def _active(state: Brain) -> set[str]:
    return {play.occurrence for play in state.plays.values()}


def _over(planned: Planned, now: datetime) -> bool:
    """Nothing of it can sound any more, slip included."""
    late = planned.occurrence.broadcast.late
    end = max((span.end for span in planned.sounds), default=planned.occurrence.ends_at)
    match late.policy:
        case LatePolicy.JOIN:
            return end - SHORTEST < now + JOIN_LEAD
        case LatePolicy.SLIP:
            begin = planned.occurrence.starts_at + timedelta(milliseconds=late.slip_ms)
        case LatePolicy.DROP:
            begin = planned.occurrence.starts_at
    return begin < now + JOIN_LEAD if planned.sounds else end < now


def _settle(state: Brain, planned: Planned, now: datetime) -> tuple[Brain, list[Command]]:
    name = planned.occurrence.id
    tried = name in state.tried
    state = replace(state, settled=state.settled | {name})
    if tried:
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
    retry_at = state.device_retry_at
    if not _all_here(state, planned) or (retry_at is not None and now < retry_at):
        return state, []
    stretch = next((span for span in planned.sounds if span.end - SHORTEST > now + JOIN_LEAD), None)
    slipping = _slipped(state, planned, now)
    if stretch is None or slipping is not None:
        stretch = slipping
    if stretch is None or stretch.begin > now + CUE_LEAD:
        return state, []
    begin = max(stretch.begin, now + JOIN_LEAD)
    if any(play.ends_at > begin for play in state.plays.values()):
        return _make_way(state, planned)
    return _cue(state, planned, Span(begin, stretch.end), now, slipped=slipping is not None)


def _slipped(state: Brain, planned: Planned, now: datetime) -> Span | None:
    """The whole item moved to now, inside permitted hours, when its policy is to slip."""
    late = planned.occurrence.broadcast.late
    begin = now + JOIN_LEAD
    if late.policy is not LatePolicy.SLIP or begin <= planned.occurrence.starts_at:
        return None
    whole = Span(begin, begin + (planned.occurrence.ends_at - planned.occurrence.starts_at))
    config = state.config
    if planned.occurrence.broadcast.class_ is BroadcastClass.EMERGENCY or config is None:
        return whole
    allowed = overlap(whole, permitted_spans(config.hours, config.zone, whole.begin, whole.end))
    return next((span for span in allowed if span.begin == begin), None)


def _make_way(state: Brain, planned: Planned) -> tuple[Brain, list[Command]]:
    """A slipped play of a lower class gives way; any other is left to end where the plan says."""
    rank = PRECEDENCE[planned.occurrence.broadcast.class_]
    commands: list[Command] = []
    for name, play in state.plays.items():
        if play.slipped and play.rank > rank and play.stop_code is None:
            state, more = _stop(state, name, "preempted")
            commands += more
    return state, commands


def _cue(
    state: Brain, planned: Planned, stretch: Span, now: datetime, *, slipped: bool
) -> tuple[Brain, list[Command]]:
    occurrence = planned.occurrence
    offset = timedelta(0) if slipped else stretch.begin - occurrence.starts_at
    config = state.config
    delay = timedelta(milliseconds=0 if config is None else config.delay_ms)
    cue = Cue(
        play=f"{occurrence.id}/{state.boot}.{state.play_count + 1}",
        blobs=tuple(item.sha256 for item in occurrence.broadcast.items),
        start_at=stretch.begin + delay,
        offset_ms=offset // timedelta(milliseconds=1),
        length_ms=(stretch.end - stretch.begin) // timedelta(milliseconds=1),
        volume_percent=0 if config is None else config.volume_percent,
    )
    rank = PRECEDENCE[occurrence.broadcast.class_]
    play = Play(
        cue,
        occurrence.id,
        occurrence.broadcast.id,
        occurrence.starts_at,
        stretch.end,
        rank,
        slipped,
    )
    state = replace(
        state,
        plays={**state.plays, cue.play: play},
        play_count=state.play_count + 1,
        tried=state.tried | {occurrence.id},
    )
    return state, [Journal(play_record(state, now, RecordKind.ARMED, play)), cue]


def _stop_unwanted(state: Brain, now: datetime) -> tuple[Brain, list[Command]]:
    commands: list[Command] = []
    for name, play in state.plays.items():
        code = None if play.stop_code else _unwanted(state, play, now)
        if code is not None:
            state, more = _stop(state, name, code)
            commands += more
    return state, commands


def _unwanted(state: Brain, play: Play, now: datetime) -> str | None:
    """Why a play the player has must end before its time, or None."""
    if not any(b.id == play.broadcast for m in state.manifests for b in m.broadcasts):
        return "withdrawn"
    planned = next((p for p in _planned(state) if p.occurrence.id == play.occurrence), None)
    if planned is None:
        return "withdrawn"
    if play.slipped:
        return None
    instant = max(now, play.cue.start_at)
    if any(span.begin <= instant < span.end for span in planned.sounds) or instant >= play.ends_at:
        return None
    return "preempted" if planned.reason == "overlap" else "outside_hours"


def _stop(state: Brain, name: str, code: str) -> tuple[Brain, list[Command]]:
    stopping = replace(state.plays[name], stop_code=code)
    return replace(state, plays={**state.plays, name: stopping}), [StopPlay(name, FADE_MS)]


def _planned(state: Brain) -> tuple[Planned, ...]:
    return () if state.plan is None else state.plan.planned


def wakes(state: Brain) -> list[datetime]:
    """When something is to be cued, ended or written off."""
    if state.plan is None:
        return []
    due = [state.plan.stale_at]
    due += [] if state.device_retry_at is None else [state.device_retry_at]
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
            yield from (span.begin - CUE_LEAD, span.end - JOIN_LEAD, span.end)
