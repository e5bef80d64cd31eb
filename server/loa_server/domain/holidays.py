"""Ngày lễ, tết: the days of a year on which working people rest by law, and an area's own days.

Bộ luật Lao động 2019 (45/2019/QH14), article 112(1). Which five days of Tết and which day
beside National Day are taken is decided anew each year by the Prime Minister (article 112(3));
what stands here is the usual choice, and an area can declare further days itself.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from loa_server.domain.lunar import FIRST_YEAR, LAST_YEAR, LunarDate, new_year, to_solar

TET_DAYS = 5
_DAY = timedelta(days=1)
_CACHED_YEARS = 512


class HolidayName(StrEnum):
    """Days of article 112(1) points a, b, e, c, d, đ in the order of a year; `own` an area's."""

    NEW_YEAR = "new_year"
    TET = "tet"
    HUNG_KINGS = "hung_kings"
    REUNIFICATION = "reunification"
    LABOUR = "labour"
    NATIONAL = "national"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of the law and those an area declared (mourning, festivals) with their names."""

    own: Mapping[date, str] = field(default_factory=dict)

    def names(self, day: date) -> tuple[HolidayName, ...]:
        """Which holidays fall on a day; outside 1900-2199 only an area's own are known."""
        own = (HolidayName.OWN,) if day in self.own else ()
        return own + _by_law(day.year).get(day, ())

    def holds(self, day: date, names: Iterable[HolidayName]) -> bool:
        """Whether any of these holidays falls on the day."""
        return not set(names).isdisjoint(self.names(day))


def days_of(name: HolidayName, year: int) -> tuple[date, ...]:
    """Days of a holiday of the law in a solar year from 1900 to 2199; of `own` none."""
    days = _DAYS.get(name)
    return () if days is None or not FIRST_YEAR <= year <= LAST_YEAR else days(year)


def _tet(year: int) -> tuple[date, ...]:
    """Article 112(1)b, five days: the last of the old lunar year (29 or 30 Chạp) to mùng 4."""
    eve = new_year(year) - _DAY
    return tuple(eve + timedelta(days=after) for after in range(TET_DAYS))


def _hung_kings(year: int) -> tuple[date, ...]:
    """Article 112(1)e: the tenth day of the third lunar month."""
    return (to_solar(LunarDate(10, 3, year)),)


def _national(year: int) -> tuple[date, ...]:
    """Article 112(1)đ: 2 September and the day before or after; here the day before."""
    return (date(year, 9, 1), date(year, 9, 2))


_DAYS: Mapping[HolidayName, Callable[[int], tuple[date, ...]]] = {
    HolidayName.NEW_YEAR: lambda year: (date(year, 1, 1),),
    HolidayName.TET: _tet,
    HolidayName.HUNG_KINGS: _hung_kings,
    HolidayName.REUNIFICATION: lambda year: (date(year, 4, 30),),
    HolidayName.LABOUR: lambda year: (date(year, 5, 1),),
    HolidayName.NATIONAL: _national,
}


@lru_cache(maxsize=_CACHED_YEARS)
def _by_law(year: int) -> Mapping[date, tuple[HolidayName, ...]]:
    found: dict[date, tuple[HolidayName, ...]] = {}
    for name in HolidayName:
        for day in days_of(name, year):
            found[day] = (*found.get(day, ()), name)
    return found
