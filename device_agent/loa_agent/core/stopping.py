"""What must stop sounding: judged anew at every event, whatever was right when it began."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from loa_agent.core.absorb import close_play
from loa_agent.core.commands import Command, StopPlay
from loa_agent.core.state import Brain, Play
from loa_agent.protocol.documents import PRECEDENCE, BroadcastClass
from loa_agent.protocol.hours import Span, overlap, permitted_spans
from loa_agent.protocol.reports import ClockTrust

FADE_MS = 80
STOP_LEAD = timedelta(seconds=2)
"""How long before its new end a play that got shorter is stopped: silence must be sure by then,
and what comes next needs the card."""
OVERRUN = timedelta(seconds=3)
"""A play still sounding so long after its end is not where we believe it is."""
STOP_PATIENCE = timedelta(seconds=10)
"""A player that does not answer a stop by then will not answer any more."""

Due = tuple[datetime, str]


def decide(state: Brain, now: datetime) -> tuple[Brain, list[Command]]:
    """Stop each play whose time has come, and give up those the player never ended."""
    commands: list[Command] = []
    for name, play in state.plays.items():
        due = _due(state, play, now)
        if due is None or now < due[0]:
            continue
        if play.stop_code is None:
            state, more = stop(state, name, due[1])
        else:
            state, more = close_play(state, name, due[1], None)
        commands += more
    return replace(state, stepped=False), commands


def stop(state: Brain, name: str, code: str) -> tuple[Brain, list[Command]]:
    """Ask the player to end a play; it counts as sounding until the player says it does not."""
    stopping = replace(state.plays[name], stop_code=code, stopped_at=state.now)
    return replace(state, plays={**state.plays, name: stopping}), [StopPlay(name, FADE_MS)]


def wakes(state: Brain, now: datetime) -> list[datetime]:
    """When a play must be stopped, should nothing happen before."""
    dues = [_due(state, play, now) for play in state.plays.values()]
    return [due[0] for due in dues if due is not None]


def permitted(state: Brain, play_rank: int, begin: datetime, end: datetime) -> list[Span]:
    """When sound of this rank is permitted in [begin, end) by the settings in force."""
    if play_rank == PRECEDENCE[BroadcastClass.EMERGENCY]:
        return [Span(begin, end)]
    config = state.config
    return [] if config is None else permitted_spans(config.hours, config.zone, begin, end)


def _due(state: Brain, play: Play, now: datetime) -> Due | None:
    """When a play has to end before it does so by itself, and why."""
    if play.stopped_at is not None:
        return play.stopped_at + STOP_PATIENCE, "sink_stalled"
    code = _at_once(state, play, now)
    return (now, code) if code is not None else _by_the_plan(state, play, now)


def _at_once(state: Brain, play: Play, now: datetime) -> str | None:
    if state.clock is ClockTrust.UNTRUSTED:
        return "clock_untrusted"
    holders = [m for m in state.manifests if any(b.id == play.broadcast for b in m.broadcasts)]
    if not holders:
        return "withdrawn"
    if not any(m.not_after > now for m in holders):
        return "expired"
    return "clock_stepped" if state.stepped else None


def _by_the_plan(state: Brain, play: Play, now: datetime) -> Due | None:
    begin = max(now, play.cue.start_at)
    if begin >= play.ends_at:
        return play.ends_at + OVERRUN, "overrun"
    allowed = permitted(state, play.rank, begin, play.ends_at)
    stretches = _stretches(state, play)
    if stretches is None:
        return now, "withdrawn"
    wanted = overlap(Span(begin, play.ends_at), stretches)
    good = [part for span in wanted for part in overlap(span, allowed)]
    if not good or good[0].begin > begin:
        return now, _why(begin, allowed)
    if good[0].end >= play.ends_at:
        return play.ends_at + OVERRUN, "overrun"
    return good[0].end - STOP_LEAD, _why(good[0].end, allowed)


def _stretches(state: Brain, play: Play) -> Sequence[Span] | None:
    """What the plan gives this play now, by the wall clock; None when it is no longer planned."""
    planned = () if state.plan is None else state.plan.planned
    found = next((each for each in planned if each.occurrence.id == play.occurrence), None)
    if found is None:
        return None
    if play.slipped:
        return [Span(play.cue.start_at, play.ends_at)]
    return [Span(span.begin + play.delay, span.end + play.delay) for span in found.sounds]


def _why(instant: datetime, allowed: Sequence[Span]) -> str:
    inside = any(span.begin <= instant < span.end for span in allowed)
    return "preempted" if inside else "outside_hours"
