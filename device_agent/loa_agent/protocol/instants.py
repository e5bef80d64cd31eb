"""Integers inside, objects at the edge: instants as milliseconds, days as numbers.

A day is the ordinal of `datetime.date`, a local time is `day * DAY_SECONDS + second of the day`
without a zone, an instant is milliseconds since 1970 in UTC.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY_SECONDS = 24 * 3600
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_LOCAL = EPOCH.toordinal() * DAY_SECONDS
MILLISECOND = timedelta(milliseconds=1)
DAYS_KEPT = 50_000
"""Days of zones whose offset is remembered: twenty years of seven zones."""


def floor_ms(instant: datetime) -> int:
    """The last whole millisecond not after `instant`."""
    return (instant - EPOCH) // MILLISECOND


def ceil_ms(instant: datetime) -> int:
    """The first whole millisecond not before `instant`."""
    return -((EPOCH - instant) // MILLISECOND)


def instant_of(milliseconds: int) -> datetime:
    """Aware UTC."""
    return EPOCH + milliseconds * MILLISECOND


def local_second(local: datetime) -> int:
    """A naive local time as a number; parts of a second count as a whole one."""
    second = local.hour * 3600 + local.minute * 60 + local.second + (local.microsecond > 0)
    return local.toordinal() * DAY_SECONDS + second


def local_datetime(local: int) -> datetime:
    """The naive local time of a number."""
    day, second = divmod(local, DAY_SECONDS)
    return datetime.combine(date.fromordinal(day), clock(second))


def clock(second: int) -> time:
    """Time of day of a second of the day."""
    return time(second // 3600, second // 60 % 60, second % 60)


def utc_ms(zone: str, local: int) -> int:
    """The instant of a local time.

    One that does not exist is read with the offset before the change, of two the first counts.
    """
    offset = day_offset(zone, local // DAY_SECONDS)
    if offset is None:
        offset = _offset(zone, local_datetime(local))
    return (local - EPOCH_LOCAL - offset) * 1000


@lru_cache(maxsize=DAYS_KEPT)
def day_offset(zone: str, day: int) -> int | None:
    """Seconds east of UTC all through a local day, None where they change."""
    midnight = datetime.combine(date.fromordinal(day), time())
    corners = (0, DAY_SECONDS // 2, DAY_SECONDS - 1)
    offsets = {_offset(zone, midnight + timedelta(seconds=corner)) for corner in corners}
    return offsets.pop() if len(offsets) == 1 else None


@lru_cache(maxsize=DAYS_KEPT)
def steady_offset(zone: str, begin: int, end: int) -> int | None:
    """Seconds east of UTC all through the local days [begin, end), None where they change."""
    offsets = {day_offset(zone, day) for day in range(begin, end)}
    return offsets.pop() if len(offsets) == 1 else None


def _offset(zone: str, local: datetime) -> int:
    there = local.replace(tzinfo=ZoneInfo(zone))
    return (local - there.astimezone(UTC).replace(tzinfo=None)) // timedelta(seconds=1)


def midnight_ms(zone: str, day: int) -> int:
    """The instant a local day begins."""
    return utc_ms(zone, day * DAY_SECONDS)


@lru_cache(maxsize=DAYS_KEPT)
def local_day(zone: str, milliseconds: int) -> int:
    """The local day an instant lies in."""
    return instant_of(milliseconds).astimezone(ZoneInfo(zone)).toordinal()
