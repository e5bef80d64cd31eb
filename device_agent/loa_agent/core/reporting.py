"""What the server is told: the state when it changes or ages, the journal until acknowledged."""

from dataclasses import replace
from datetime import datetime, timedelta

from loa_agent.core.commands import Command, PublishState, SendReport
from loa_agent.core.state import Brain
from loa_agent.protocol.reports import State, StationStatus

HEARTBEAT = timedelta(seconds=60)
REPORT_RETRY = timedelta(seconds=10)


def decide(state: Brain, now: datetime) -> tuple[Brain, list[Command]]:
    """Publish what is due while the broker is there; without it everything waits."""
    if not state.connected:
        return state, []
    state, commands = _state(state, now)
    state, more = _report(state, now)
    return state, commands + more


def current_state(state: Brain, now: datetime) -> State:
    """The state message as of now."""
    sounding = next((p for p in state.plays.values() if p.cue.start_at <= now), None)
    return State(
        station=state.station,
        boot=state.boot,
        connection=state.connection,
        status=StationStatus.ONLINE,
        sent_at=now,
        versions={key: document.version for key, document in sorted(state.documents.items())},
        playing=None if sounding is None else sounding.occurrence,
        clock=state.clock,
        agent_version=state.agent_version,
        free_bytes=state.free_bytes,
        conditions=tuple(sorted(state.conditions)),
    )


def _state(state: Brain, now: datetime) -> tuple[Brain, list[Command]]:
    message = current_state(state, now)
    sent = state.state_sent
    if sent is not None and now - sent.sent_at < HEARTBEAT and _same(sent, message):
        return state, []
    return replace(state, state_sent=message), [PublishState(message)]


def _same(one: State, other: State) -> bool:
    passing = {"sent_at", "free_bytes"}
    return one.model_dump(exclude=passing) == other.model_dump(exclude=passing)


def _report(state: Brain, now: datetime) -> tuple[Brain, list[Command]]:
    """One report in flight; sent again when the answer does not come."""
    if state.last_sequence <= state.acked_sequence:
        return state, []
    waiting = state.report_after == state.acked_sequence
    if waiting and state.report_sent_at is not None and now - state.report_sent_at < REPORT_RETRY:
        return state, []
    state = replace(state, report_after=state.acked_sequence, report_sent_at=now)
    return state, [SendReport(state.acked_sequence)]


def wakes(state: Brain) -> list[datetime]:
    """When the next heartbeat or repeated report is due."""
    if not state.connected:
        return []
    due = [] if state.state_sent is None else [state.state_sent.sent_at + HEARTBEAT]
    if state.last_sequence > state.acked_sequence and state.report_sent_at is not None:
        due.append(state.report_sent_at + REPORT_RETRY)
    due += [play.cue.start_at for play in state.plays.values() if not _told(state, play.occurrence)]
    return due


def _told(state: Brain, occurrence: str) -> bool:
    return state.state_sent is not None and state.state_sent.playing == occurrence
