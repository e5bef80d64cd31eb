"""River 7: what must sound now, and what can no longer sound."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile

from loa_agent.core import stopping
from loa_agent.core.commands import Command, Cue, Journal
from loa_agent.core.records import missed_record, play_record
from loa_agent.core.state import Brain, Pending, Play
from loa_agent.core.stretches import (
    CUE_LEAD,
    SHORTEST,
    Stretch,
    is_complete,
    next_stretch,
    permitted,
)
from loa_agent.core.volume import volume_steps
from loa_agent.protocol.documents import PRECEDENCE, BroadcastClass
from loa_agent.protocol.hours import volume_at
from loa_agent.protocol.instants import MILLISECOND
from loa_agent.protocol.reports import RecordKind
from loa_agent.protocol.timeline import Planned


def decide(state: Brain, now: datetime) -> tuple[Brain, list[Command]]:
    """Cue what is due, write down what was missed.

    Who wins comes first: a play that has just given way must not take the card back at once.
    """
    commands: list[Command] = []
    for pending in sorted(_open(state, now), key=lambda each: each.rank):
        in_hand = [p for p in state.plays.values() if p.occurrence == pending.name]
        if any(play.stop_code is not None for play in in_hand):
            continue
        if not in_hand and (now >= pending.over_at or is_complete(state, pending.planned)):
            state, more = _settle(state, pending.planned, now)
        else:
            state, more = _cue_if_due(state, pending.planned, now)
        commands += more
    return state, commands


def _open(state: Brain, now: datetime) -> list[Pending]:
    """What has to be looked at by now; the rest lies ahead."""
    pending = () if state.plan is None else state.plan.pending
    return list(takewhile(lambda each: each.opens_at <= now, pending))


def _settle(state: Brain, planned: Planned, now: datetime) -> tuple[Brain, list[Command]]:
    name = planned.occurrence.id
    state = replace(
        state,
        settled=state.settled | {name},
        plan=None if state.plan is None else state.plan.without(name),
        setbacks={key: each for key, each in state.setbacks.items() if key != name},
    )
    if name in state.tried:
        return state, []
    record = missed_record(state, now, planned, _why_missed(state, planned))
    return state, [Journal(record)]


def _why_missed(state: Brain, planned: Planned) -> str:
    if not planned.sounds:
        reason = planned.reason or "overlap"
        return "preempted" if reason == "overlap" else reason
    end = planned.sounds[-1].end
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
    stretch = next_stretch(state, planned, now)
    if stretch is None or stretch.begin > now + CUE_LEAD:
        return state, []
    cue = _cue(state, planned, stretch)
    if cue is None:
        return state, []
    if any(play.ends_at > cue.start_at for play in state.plays.values()):
        return _make_way(state, planned)
    return _begin(state, planned, cue, late=stretch.late)


def _make_way(state: Brain, planned: Planned) -> tuple[Brain, list[Command]]:
    """A late play of a lower class gives way; any other ends where the plan says.

    An emergency, however late itself, waits for nothing lower.
    """
    class_ = planned.occurrence.broadcast.class_
    commands: list[Command] = []
    for name, play in state.plays.items():
        yields = play.late or class_ is BroadcastClass.EMERGENCY
        if yields and play.rank > PRECEDENCE[class_] and play.stop_code is None:
            state, more = stopping.stop(state, name, "preempted")
            commands += more
    return state, commands


def _cue(state: Brain, planned: Planned, stretch: Stretch) -> Cue | None:
    """What to ask of the player, cut where permitted hours end; None when nothing is left."""
    config = state.config
    if config is None:
        return None
    occurrence = planned.occurrence
    start_at, end_at = stretch.begin + _delay(state), stretch.end + _delay(state)
    allowed = permitted(state, occurrence, start_at, end_at)
    if not allowed or allowed[0].begin > start_at:
        return None
    if allowed[0].end < end_at and allowed[0].end - SHORTEST <= start_at:
        return None
    return Cue(
        play=f"{occurrence.id}/{state.boot}.{state.play_count + 1}",
        blobs=tuple(item.sha256 for item in occurrence.broadcast.items),
        start_at=start_at,
        offset_ms=stretch.offset_ms,
        length_ms=(allowed[0].end - start_at) // MILLISECOND,
        volume_percent=volume_at(config, start_at),
        volume_steps=volume_steps(config, start_at, allowed[0].end),
    )


def _delay(state: Brain) -> timedelta:
    return timedelta(milliseconds=0 if state.config is None else state.config.delay_ms)


def _begin(state: Brain, planned: Planned, cue: Cue, *, late: bool) -> tuple[Brain, list[Command]]:
    occurrence = planned.occurrence
    play = Play(
        cue=cue,
        occurrence=occurrence.id,
        broadcast=occurrence.broadcast.id,
        planned_at=occurrence.starts_at,
        ends_at=cue.start_at + cue.length_ms * MILLISECOND,
        delay=_delay(state),
        rank=PRECEDENCE[occurrence.broadcast.class_],
        late=late,
    )
    state = replace(
        state,
        plays={**state.plays, cue.play: play},
        play_count=state.play_count + 1,
        tried=state.tried | {occurrence.id},
    )
    return state, [Journal(play_record(state, state.now, RecordKind.ARMED, play)), cue]


def wakes(state: Brain, now: datetime) -> list[datetime]:
    """When something is to be cued or written off."""
    plan = state.plan
    if plan is None:
        return []
    due = [plan.stale_at, *(setback.retry_at for setback in state.setbacks.values())]
    for pending in plan.pending:
        if pending.opens_at > now:
            due.append(pending.opens_at)
            break
        due.append(pending.over_at)
        stretch = next_stretch(state, pending.planned, now)
        if stretch is not None:
            due.append(stretch.begin - CUE_LEAD)
    return due
