"""Ports towards the stations: the message bus and who may listen to what on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StationAccess:
    """What the broker must know of one enrolled station."""

    station: str
    password: str
    audiences: tuple[str, ...]


class StationBus(Protocol):
    """Way out to the stations; what comes in arrives at the callback given to the adapter."""

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Hand a message to the broker and wait for its receipt; raises BusError."""


class BrokerAccess(Protocol):
    """Who may connect to the broker."""

    def allow(self, stations: Sequence[StationAccess]) -> bool:
        """Let exactly these stations in; True when something changed."""


class BusError(Exception):
    """The broker is away or did not confirm in time; try again later."""
