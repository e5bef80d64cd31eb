"""Mark stations lost that say they are online and have been silent too long."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

SILENCE = timedelta(seconds=150)
"""Two heartbeats of 60 s may be missed; a pulled plug shows sooner, by the last will."""


class SilentStations(Protocol):
    """Who is counted as online, and how to stop counting."""

    def online_unheard_since(self, instant: datetime) -> Sequence[str]:
        """Stations counted as online whose last word came before `instant`."""

    def mark_lost(self, station: str, noted_at: datetime) -> None:
        """The station is lost until it speaks again."""


def sweep_presence(
    *, stations: SilentStations, listening_since: datetime | None, now: datetime
) -> list[str]:
    """Stations now marked lost.

    While the server itself has not listened for long enough, silence proves nothing.
    """
    if listening_since is None or now - listening_since < SILENCE:
        return []
    silent = list(stations.online_unheard_since(now - SILENCE))
    for station in silent:
        stations.mark_lost(station, now)
    return silent
