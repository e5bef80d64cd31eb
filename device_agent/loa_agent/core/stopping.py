"""What must stop sounding: judged anew at every event, whatever was right when it began."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from loa_agent.core.absorb import close_play
from loa_agent.core.commands import Command, StopPlay
from loa_agent.core.state import Brain, Play
from loa_agent.core.stretches import permitted, room
from loa_agent.protocol.documents import LatePolicy
from loa_agent.protocol.hours import Span, overlap
from loa_agent.protocol.reports import ClockTrust
from loa_agent.protocol.timeline import Outcome, Planned, Sound

CAP_REASONS = frozenset({"over_sessions", "over_session_length", "over_day_length"})
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
    return replace(state, stepped=False) if state.stepped else state, commands


def stop(state: Brain, name: str, code: str) -> tuple[Brain, list[Command]]:
    """Ask the player to end a play; it counts as sounding until the player says it does not."""
    stopping = replace(state.plays[name], stop_code=code, stopped_at=state.now)
    return replace(state, plays={**state.plays, name: stopping}), [StopPlay(name, FADE_MS)]


def wakes(state: Brain, now: datetime) -> list[datetime]:
    """When a play must be stopped, should nothing happen before."""
    dues = [_due(state, play, now) for play in state.plays.values()]
    return [due[0] for due in dues if due is not None]


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
    planned = None if state.plan is None else state.plan.of(play.occurrence)
    if planned is None:
        return now, "withdrawn"
    if _is_misplaced(state, play, planned, now):
        return now, "preempted"
    allowed = permitted(state, planned.occurrence, begin, play.ends_at)
    wanted = overlap(Span(begin, play.ends_at), _given(state, planned, play))
    good = [part for span in wanted for part in overlap(span, allowed)]
    if not good or good[0].begin > begin:
        return now, _why(begin, allowed, planned)
    if good[0].end >= play.ends_at:
        return play.ends_at + OVERRUN, "overrun"
    return good[0].end - STOP_LEAD, _why(good[0].end, allowed, planned)


def _given(state: Brain, planned: Planned, play: Play) -> Sequence[Span]:
    """The time this play may have now, by the wall clock.

    What slips or resumes may go on where a new plan would not have placed it, until a stronger
    one needs the card: nobody is helped by a silence in which it would wait for its new place.
    """
    if planned.outcome is Outcome.SILENT and planned.reason in CAP_REASONS:
        return []
    spans: Sequence[Sound | Span] = planned.sounds
    if planned.occurrence.broadcast.late.policy in {LatePolicy.SLIP, LatePolicy.RESUME}:
        spans = room(state, planned, play.cue.start_at - play.delay, play.ends_at - play.delay)
    return [Span(span.begin + play.delay, span.end + play.delay) for span in spans]


def _is_misplaced(state: Brain, play: Play, planned: Planned, now: datetime) -> bool:
    """Handed over ahead as the sequel of a stretch that then ended elsewhere than planned."""
    if planned.occurrence.broadcast.late.policy is not LatePolicy.RESUME:
        return False
    if now >= play.cue.start_at or state.heard.get(play.occurrence, 0) == play.cue.offset_ms:
        return False
    return not any(
        other.occurrence == play.occurrence and other.cue.start_at < play.cue.start_at
        for other in state.plays.values()
    )


def _why(instant: datetime, allowed: Sequence[Span], planned: Planned) -> str:
    if planned.outcome is Outcome.SILENT and planned.reason in CAP_REASONS:
        return planned.reason or ""
    inside = any(span.begin <= instant < span.end for span in allowed)
    return "preempted" if inside else "outside_hours"
