"""Âm lịch: the Vietnamese lunar date of a day and back.

Hồ Ngọc Đức's method ("Thuật toán tính âm lịch"): months begin on the day of the new moon in
Vietnamese time (UTC+7, hence the differences from the Chinese calendar), the month that holds
the winter solstice is the eleventh, and in a year of thirteen months the first one in which
the sun enters no new sector of 30 degrees is the leap month. New moon and sun by the series
of Jean Meeus, Astronomical Algorithms, good to about a minute in the years 1900-2199.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

FIRST_YEAR = 1900
LAST_YEAR = 2199
"""Solar years in which conversions are promised."""

_ZONE_DAYS = 7 / 24
_MONTH_DAYS = 29.530588853
_FIRST_NEW_MOON = 2415021.076998695
"""Julian day of the new moon of 1 January 1900, number 0."""
_ORDINAL_ZERO = 1721425
"""Julian day number of the day before ordinal 1."""
_SOLSTICE_SECTOR = 9
_CACHED_YEARS = 512


@dataclass(frozen=True, slots=True)
class LunarDate:
    """A day of the lunar calendar; `leap` marks the leap month (tháng nhuận) of that number."""

    day: int
    month: int
    year: int
    leap: bool = False


@dataclass(frozen=True, slots=True)
class _Month:
    start: date
    number: int
    year: int
    leap: bool


def to_lunar(day: date) -> LunarDate:
    """The lunar date of a day from 1900 to 2199.

    Raises:
        ValueError: outside those years.
    """
    _require_known(day.year)
    months = _months(day.year) + _months(day.year + 1)
    month = months[bisect_right(months, day, key=lambda each: each.start) - 1]
    return LunarDate((day - month.start).days + 1, month.number, month.year, month.leap)


def to_solar(lunar: LunarDate) -> date:
    """The day of a lunar date.

    Raises:
        ValueError: outside those years, when that month has no such day or that year no such
            leap month.
    """
    if lunar.year != FIRST_YEAR - 1:  # its last months lie in the first solar year
        _require_known(lunar.year)
    months = _months(lunar.year) + _months(lunar.year + 1)
    wanted = (lunar.year, lunar.month, lunar.leap)
    for month, following in zip(months, [*months[1:], None], strict=True):
        if (month.year, month.number, month.leap) == wanted:
            day = month.start + timedelta(days=lunar.day - 1)
            # The last month of the list is a tenth one, never asked for here.
            if lunar.day >= 1 and following is not None and day < following.start:
                return day
    raise ValueError("no_such_lunar_day", lunar)


def new_year(year: int) -> date:
    """Mùng 1 Tết: the first day of a lunar year."""
    return to_solar(LunarDate(1, 1, year))


def _require_known(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("lunar_year_unknown", year)


@lru_cache(maxsize=_CACHED_YEARS)
def _months(year: int) -> tuple[_Month, ...]:
    """Months from the eleventh of the year before up to the tenth of `year`, in order."""
    first, after = _solstice_month(year - 1), _solstice_month(year)
    starts = [_new_moon_day(moon) for moon in range(first, after + 1)]
    leap = _leap_place(starts)
    found = []
    for place, start in enumerate(starts[:-1]):
        counted = place - (leap is not None and place >= leap)
        number = (counted + 10) % 12 + 1
        # Months eleven and twelve at the head of this row still belong to the year before.
        of_year = year - 1 if counted <= 1 else year
        day = date.fromordinal(start - _ORDINAL_ZERO)
        found.append(_Month(day, number, of_year, place == leap))
    return tuple(found)


def _leap_place(starts: list[int]) -> int | None:
    """Place of the leap month among month starts (the last one is the next eleventh month's)."""
    if len(starts) - 1 <= 12:  # noqa: PLR2004 - months of a common year
        return None
    sectors = [_sun_sector(start) for start in starts]
    return next(i for i in range(1, len(starts) - 1) if sectors[i] == sectors[i + 1])


def _solstice_month(year: int) -> int:
    """Number of the new moon that opens the eleventh month, in which the winter solstice falls."""
    last_day = date(year, 12, 31).toordinal() + _ORDINAL_ZERO
    moon = math.floor((last_day - _FIRST_NEW_MOON) / _MONTH_DAYS) + 1
    while _new_moon_day(moon) > last_day or _sun_sector(_new_moon_day(moon)) >= _SOLSTICE_SECTOR:
        moon -= 1
    return moon


def _new_moon_day(moon: int) -> int:
    """Julian day number of the Vietnamese day on which new moon number `moon` falls."""
    centuries = moon / 1236.85
    square, cube = centuries**2, centuries**3
    mean = 2415020.75933 + 29.53058868 * moon + 0.0001178 * square - 0.000000155 * cube
    mean += 0.00033 * _sin(166.56 + 132.87 * centuries - 0.009173 * square)
    sun = 359.2242 + 29.10535608 * moon - 0.0000333 * square - 0.00000347 * cube
    own = 306.0253 + 385.81691806 * moon + 0.0107306 * square + 0.00001236 * cube
    node = 21.2964 + 390.67050646 * moon - 0.0016528 * square - 0.00000239 * cube
    true = mean + _new_moon_correction(centuries, sun, own, node)
    delta = -0.000278 + 0.000265 * centuries + 0.000262 * square
    return math.floor(true - delta + 0.5 + _ZONE_DAYS)


def _new_moon_correction(centuries: float, sun: float, own: float, node: float) -> float:
    """Days from mean to true new moon, from the anomalies of sun and moon and the moon's node."""
    return (
        (0.1734 - 0.000393 * centuries) * _sin(sun)
        + 0.0021 * _sin(2 * sun)
        - 0.4068 * _sin(own)
        + 0.0161 * _sin(2 * own)
        - 0.0004 * _sin(3 * own)
        + 0.0104 * _sin(2 * node)
        - 0.0051 * _sin(sun + own)
        - 0.0074 * _sin(sun - own)
        + 0.0004 * _sin(2 * node + sun)
        - 0.0004 * _sin(2 * node - sun)
        - 0.0006 * _sin(2 * node + own)
        + 0.0010 * _sin(2 * node - own)
        + 0.0005 * _sin(sun + 2 * own)
    )


def _sun_sector(day: int) -> int:
    """Sector 0..11 of 30 degrees in which the sun stands as the Vietnamese day begins."""
    centuries = (day - 2451545.5 - _ZONE_DAYS) / 36525
    square = centuries**2
    anomaly = 357.52910 + 35999.05030 * centuries - 0.0001559 * square - 0.00000048 * centuries**3
    mean = 280.46645 + 36000.76983 * centuries + 0.0003032 * square
    centre = (1.914600 - 0.004817 * centuries - 0.000014 * square) * _sin(anomaly)
    centre += (0.019993 - 0.000101 * centuries) * _sin(2 * anomaly) + 0.000290 * _sin(3 * anomaly)
    return math.floor((mean + centre) % 360 / 30)


def _sin(degrees: float) -> float:
    return math.sin(math.radians(degrees))
