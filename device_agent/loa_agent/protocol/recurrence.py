"""Days of a recurrence by arithmetic: what is asked for costs the same whenever it began.

Days are ordinals of `datetime.date`: day 1 is a Monday.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

LAST_DAY = date.max.toordinal()
WEEK = 7
YEAR_MONTHS = 12
MAX_STEPS = 4800
"""Months after which the calendar repeats itself: a rule that named no day by then never will."""


class Frequency(StrEnum):
    """The unit `INTERVAL` counts."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """RFC 5545 days as numbers.

    `weekdays` are 0 Monday .. 6 Sunday, `nths` pairs of (which in the month, weekday), negative
    from the end, `month_days` likewise. What is empty does not restrict; `last_day` is UNTIL.
    """

    frequency: Frequency
    first_day: int
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nths: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    week_start: int = 0
    last_day: int = LAST_DAY


def days(recurrence: Recurrence, begin: int, end: int) -> Iterator[int]:
    """The days in [begin, end), in order."""
    begin = max(begin, recurrence.first_day)
    end = min(end, recurrence.last_day + 1)
    match recurrence.frequency:
        case Frequency.DAILY:
            return _daily(recurrence, begin, end)
        case Frequency.WEEKLY:
            return _weekly(recurrence, begin, end)
        case Frequency.MONTHLY:
            return _monthly(recurrence, begin, end)


def names_a_day(recurrence: Recurrence) -> bool:
    """Whether there is any such day, UNTIL left aside; bounded by one turn of the calendar."""
    first, step = recurrence.first_day, recurrence.interval
    match recurrence.frequency:
        case Frequency.DAILY:
            reach = MAX_STEPS * step
        case Frequency.WEEKLY:
            reach = MAX_STEPS * step * WEEK
        case Frequency.MONTHLY:
            reach = MAX_STEPS * step * 31
    last = min(first + reach, LAST_DAY)
    endless = Recurrence(
        recurrence.frequency,
        first,
        step,
        recurrence.weekdays,
        recurrence.nths,
        recurrence.month_days,
        recurrence.week_start,
    )
    return next(days(endless, first, last), None) is not None


def _daily(recurrence: Recurrence, begin: int, end: int) -> Iterator[int]:
    step = recurrence.interval
    begin += (recurrence.first_day - begin) % step
    found = iter(range(begin, end, step))
    if recurrence.weekdays:
        found = (day for day in found if (day - 1) % WEEK in recurrence.weekdays)
    return _on_month_days(recurrence, found)


def _weekly(recurrence: Recurrence, begin: int, end: int) -> Iterator[int]:
    start = recurrence.week_start
    step = recurrence.interval * WEEK
    first_week = recurrence.first_day - (recurrence.first_day - 1 - start) % WEEK
    week = begin - (begin - first_week) % step
    wanted = recurrence.weekdays or range(WEEK)
    offsets = sorted((weekday - start) % WEEK for weekday in wanted)
    found = (
        day
        for first in range(week, end, step)
        for offset in offsets
        if begin <= (day := first + offset) < end
    )
    return _on_month_days(recurrence, found)


def _on_month_days(recurrence: Recurrence, found: Iterator[int]) -> Iterator[int]:
    if not recurrence.month_days:
        return found
    return (day for day in found if _is_month_day(day, recurrence.month_days))


def _is_month_day(day: int, month_days: tuple[int, ...]) -> bool:
    when = date.fromordinal(day)
    length = monthrange(when.year, when.month)[1]
    return when.day in month_days or when.day - length - 1 in month_days


def _monthly(recurrence: Recurrence, begin: int, end: int) -> Iterator[int]:
    if begin >= end:
        return
    step = recurrence.interval
    month = _month(begin)
    month += (_month(recurrence.first_day) - month) % step
    for number in range(month, _month(end - 1) + 1, step):
        for day in _of_month(recurrence, number):
            if begin <= day < end:
                yield day


def _month(day: int) -> int:
    when = date.fromordinal(day)
    return when.year * YEAR_MONTHS + when.month - 1


def _of_month(recurrence: Recurrence, month: int) -> list[int]:
    before, weekday, length = _month_table(month)
    numbers: Iterable[int] = range(1, length + 1)
    if recurrence.month_days:
        wanted = {day if day > 0 else length + 1 + day for day in recurrence.month_days}
        numbers = [day for day in sorted(wanted) if 1 <= day <= length]
    if recurrence.weekdays:
        numbers = [day for day in numbers if (weekday + day - 1) % WEEK in recurrence.weekdays]
    if recurrence.nths:
        named = {_nth(which, wanted, weekday, length) for which, wanted in recurrence.nths}
        if recurrence.month_days or recurrence.weekdays:
            named.intersection_update(numbers)
        numbers = sorted(day for day in named if 1 <= day <= length)
    return [before + day for day in numbers]


@lru_cache(maxsize=MAX_STEPS)
def _month_table(month: int) -> tuple[int, int, int]:
    """The day before its first, the weekday of its first, how many days it has."""
    year, index = divmod(month, YEAR_MONTHS)
    weekday, length = monthrange(year, index + 1)
    return date(year, index + 1, 1).toordinal() - 1, weekday, length


def _nth(which: int, wanted: int, first_weekday: int, length: int) -> int:
    """Day of the month of its n-th such weekday; outside 1..length where there is none."""
    first = 1 + (wanted - first_weekday) % WEEK
    if which > 0:
        return first + (which - 1) * WEEK
    last = first + (length - first) // WEEK * WEEK
    return last + (which + 1) * WEEK
