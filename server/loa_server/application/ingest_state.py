"""Take a station's word on how it is, unless we already know something newer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from loa_agent.protocol.reports import State, StationStatus


@dataclass(frozen=True, slots=True)
class Presence:
    """The last state of a station, when it was last heard, and whether it was given up since."""

    state: State
    seen_at: datetime
    lost: bool = False


class Presences(Protocol):
    """The last known presence of each station."""

    def find(self, station: str) -> Presence | None:
        """What is known of a station; None when it never spoke."""

    def keep(self, presence: Presence) -> None:
        """Replace what is known."""


def ingest_state(*, state: State, retained: bool, presences: Presences, now: datetime) -> bool:
    """Keep a state; whether anything changed that a screen shows.

    A broker may deliver the last will of a dead connection after the station is back: the will
    carries the boot and connection it was made for, and a lower pair never wins. A retained
    message says how the station was when it was sent, not that it speaks now: by itself it
    brings no lost station back.
    """
    known = presences.find(state.station)
    if known is not None and _order(state) < _order(known.state):
        return False
    seen_at, lost = now, False
    if retained:
        spoke = min(now, state.sent_at)
        seen_at = spoke if known is None else max(known.seen_at, spoke)
        lost = known is not None and known.lost and _order(state) == _order(known.state)
    if known is not None and state.status is StationStatus.OFFLINE:
        state = _parting(state, known.state)
    presences.keep(Presence(state, seen_at, lost=lost))
    return known is None or known.lost != lost or _shown(state) != _shown(known.state)


def _order(state: State) -> tuple[int, int]:
    return (state.boot, state.connection)


def _parting(will: State, known: State) -> State:
    """A last will is written before anything happens: what the station held is still held."""
    word = {"status", "boot", "connection", "sent_at"}
    said = {name: getattr(will, name) for name in word}
    return known.model_copy(update={**said, "playing": None})


def _shown(state: State) -> State:
    """Without what moves at every heartbeat and would wake every browser for nothing."""
    return state.model_copy(update={"sent_at": None, "connection": 0, "free_bytes": None})
