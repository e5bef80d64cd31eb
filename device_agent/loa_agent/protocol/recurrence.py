"""Days of a recurrence by arithmetic: what is asked for costs the same whenever it began.

Days are ordinals of `datetime.date`: day 1 is a Monday.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import count, takewhile

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
    first = _month(recurrence.first_day)
    month = _month(begin)
    months = count(month + (first - month) % recurrence.interval, recurrence.interval)
    for number in takewhile(lambda each: each <= _month(end - 1), months):
        for day in _of_month(recurrence, number):
            if begin <= day < end:
                yield day


def _month(day: int) -> int:
    when = date.fromordinal(day)
    return when.year * YEAR_MONTHS + when.month - 1


def _of_month(recurrence: Recurrence, month: int) -> list[int]:
    year, index = divmod(month, YEAR_MONTHS)
    weekday, length = monthrange(year, index + 1)
    numbers = list(range(1, length + 1))
    if recurrence.month_days:
        wanted = {day if day > 0 else length + 1 + day for day in recurrence.month_days}
        numbers = [day for day in sorted(wanted) if 1 <= day <= length]
    if recurrence.weekdays:
        numbers = [day for day in numbers if (weekday + day - 1) % WEEK in recurrence.weekdays]
    if recurrence.nths:
        named = {_nth(which, wanted, weekday, length) for which, wanted in recurrence.nths}
        numbers = [day for day in numbers if day in named]
    before = date(year, index + 1, 1).toordinal() - 1
    return [before + day for day in numbers]


def _nth(which: int, wanted: int, first_weekday: int, length: int) -> int:
    """Day of the month of its n-th such weekday; outside 1..length where there is none."""
    first = 1 + (wanted - first_weekday) % WEEK
    if which > 0:
        return first + (which - 1) * WEEK
    last = first + (length - first) // WEEK * WEEK
    return last + (which + 1) * WEEK
