"""What use-cases need of areas that change: their rows with their past, and what hangs on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from loa_server.domain.areas import Area, DatedArea
from loa_server.domain.rights import Reach
from loa_server.domain.stations import Station


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How much went from merged areas to the one that takes their place."""

    people: int
    bulletins: int
    special_days: int


class AreaRows(Protocol):
    """Areas, their past, and what people and broadcasts have to do with them."""

    def hold(self) -> None:
        """Nobody else changes areas until the end of this transaction."""

    def keep_still(self) -> None:
        """As `hold`, but others who only need the areas to stay may ask the same meanwhile.

        Asked before any other row is held, so that nobody waits in a circle.
        """

    def one(self, area: str) -> DatedArea | None:
        """An area, also one no longer in force."""

    def dated(self) -> Sequence[DatedArea]:
        """All areas, also those no longer in force."""

    def add(self, areas: Sequence[DatedArea]) -> None:
        """New areas, each after its parent."""

    def keep(self, changes: Sequence[tuple[Area, Area]], now: datetime) -> None:
        """Areas before and after; what they were called and where they stood becomes their past."""

    def date_from(self, area: str, valid_from: datetime) -> None:
        """Since when an area is in force."""

    def close(self, areas: Sequence[str], heir: str, now: datetime) -> None:
        """These are no longer in force; `heir` takes their place."""

    def stations_under(self, reach: Reach) -> Sequence[Station]:
        """Stations at these areas or under them, retired ones too."""

    def keep_stations(self, stations: Sequence[Station]) -> None:
        """Names, areas and settings as they are now; not who the device is."""

    def days(self, area: str) -> Mapping[date, str]:
        """Special days an area itself declared."""

    def set_day(self, area: str, day: date, name: str) -> None:
        """Declare a day, or call it otherwise."""

    def drop_day(self, area: str, day: date) -> None:
        """The day is an ordinary one again."""

    def holiday_audiences(self, reach: Reach, now: datetime) -> Sequence[str]:
        """Who hears broadcasts ordered there that look at holidays and are not over."""

    def running_for(self, audiences: Sequence[str], now: datetime) -> Mapping[str, frozenset[str]]:
        """Broadcasts meant for any of these that are not over, waiting ones too; all audiences."""

    def readdress(self, broadcast: str, drop: Sequence[str], add: Sequence[str]) -> None:
        """Name the listeners of a broadcast otherwise."""

    def hand_over(self, areas: Sequence[str], heir: str, now: datetime) -> HandedOver:
        """Give what people still work with to the heir: rights, bulletins, plans, orders, days."""
