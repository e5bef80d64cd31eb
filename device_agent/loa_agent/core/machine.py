"""`step(state, event)`: first the event is absorbed as fact, then what follows is decided.

Deciding looks only at facts, never at which event came, so that a lost, doubled or late event
can delay a decision and not change it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from loa_agent.core import fetching, playing, reporting, stopping
from loa_agent.core.absorb import absorb, boot
from loa_agent.core.commands import Command, Subscribe, WakeAt
from loa_agent.core.events import Booted, Event
from loa_agent.core.planner import refresh
from loa_agent.core.state import Brain
from loa_agent.protocol import topics

MAX_SLEEP = timedelta(minutes=30)
"""All that has an instant wakes by itself and a clock that is set is told at once. What a time
daemon turns slowly (500 ppm) makes an alarm set so far ahead less than a second late."""
MIN_SLEEP = timedelta(milliseconds=20)


def step(state: Brain | None, event: Event) -> tuple[Brain, list[Command]]:
    """The next state and what to do; `state` is None for the first event, Booted, alone."""
    if isinstance(event, Booted):
        brain, commands = boot(event)
    else:
        assert state is not None, "the first event is Booted"  # noqa: S101 - our own promise
        brain, commands = absorb(state, event)
    brain = refresh(brain, event.now)
    for decide in (_listen, stopping.decide, playing.decide, fetching.decide, reporting.decide):
        brain, more = decide(brain, event.now)
        commands += more
    commands.append(WakeAt(_next_wake(brain, event)))
    return brain, commands


def _listen(state: Brain, _now: object) -> tuple[Brain, list[Command]]:
    """Subscribe to exactly the documents of the audiences the settings name."""
    config = state.config
    wanted = _wanted(state.station, () if config is None else config.audiences)
    if wanted == state.subscribed:
        return state, []
    return replace(state, subscribed=wanted), [Subscribe(wanted)]


@lru_cache(maxsize=1)
def _wanted(station: str, audiences: tuple[str, ...]) -> tuple[str, ...]:
    wanted = [topics.config(station), topics.ack(station)]
    for audience in audiences:
        wanted += [topics.manifest(audience), topics.alert(audience), topics.command(audience)]
    return tuple(wanted)


def _next_wake(state: Brain, event: Event) -> datetime:
    """The soonest instant anything may have to be decided without an event.

    Wishes that have passed were heard in this step; kept, they would wake us without end.
    """
    wishes = [
        *playing.wakes(state, event.now),
        *stopping.wakes(state, event.now),
        *fetching.wakes(state),
        *reporting.wakes(state),
        event.now + MAX_SLEEP,
    ]
    return max(min(at for at in wishes if at > event.now), event.now + MIN_SLEEP)
