"""Take a station's word on how it is, unless we already know something newer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from loa_agent.protocol.reports import State


@dataclass(frozen=True, slots=True)
class Presence:
    """The last state of a station and when the server last heard from it."""

    state: State
    seen_at: datetime


class Presences(Protocol):
    """The last known presence of each station."""

    def find(self, station: str) -> Presence | None:
        """What is known of a station; None when it never spoke."""

    def keep(self, presence: Presence) -> None:
        """Replace what is known."""


def ingest_state(*, state: State, retained: bool, presences: Presences, now: datetime) -> bool:
    """Keep a state; False when it is older than what is known.

    A broker may deliver the last will of a dead connection after the station is back: the will
    carries the boot and connection it was made for, and a lower pair never wins. A retained
    message says how the station was, not that it spoke now, so it moves `seen_at` only when
    nothing better is known.
    """
    known = presences.find(state.station)
    if known is not None and _order(state) < _order(known.state):
        return False
    seen_at = now
    if retained:
        seen_at = min(now, state.sent_at) if known is None else known.seen_at
    presences.keep(Presence(state, seen_at))
    return True


def _order(state: State) -> tuple[int, int]:
    return (state.boot, state.connection)
