"""River 6: which audio to get next; one at a time, soonest need first, failures set back."""

from dataclasses import replace
from datetime import datetime

from loa_agent.core.commands import Command, DropBlob, Fetch
from loa_agent.core.state import Brain

MIN_FREE_BYTES = 300 * 1024 * 1024
"""Below this, audio no document names any more makes room."""


def decide(state: Brain, now: datetime) -> tuple[Brain, list[Command]]:
    """Start a fetch if one is due, and make room if the disk is nearly full."""
    state, commands = _make_room(state)
    if state.fetching is not None:
        return state, commands
    for sha256, size_bytes in state.needs:
        failure = state.failures.get(sha256)
        if sha256 in state.blobs or (failure is not None and failure.retry_at > now):
            continue
        return replace(state, fetching=sha256), [*commands, Fetch(sha256, size_bytes)]
    return state, commands


def _make_room(state: Brain) -> tuple[Brain, list[Command]]:
    if state.free_bytes is None or state.free_bytes >= MIN_FREE_BYTES or state.config is None:
        return state, []
    named = {item.sha256 for m in state.manifests for b in m.broadcasts for item in b.items}
    sounding = {sha256 for play in state.plays.values() for sha256 in play.cue.blobs}
    gone = state.blobs - named - sounding
    commands: list[Command] = [DropBlob(sha256) for sha256 in sorted(gone)]
    return replace(state, blobs=state.blobs - gone), commands


def wakes(state: Brain) -> list[datetime]:
    """When a failed fetch may be tried again."""
    if state.fetching is not None or not state.failures:
        return []
    wanted = {sha256 for sha256, _ in state.needs} - state.blobs
    return [f.retry_at for sha256, f in state.failures.items() if sha256 in wanted]
