"""The instants a rule is due: local wall time with RFC 5545 recurrence turned into UTC."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from dateutil.rrule import rrulestr

from loa_agent.protocol.documents import Broadcast, Rule, local_start
from loa_agent.protocol.ids import OccurrenceId
from loa_agent.protocol.instants import (
    DAY_SECONDS,
    EPOCH_LOCAL,
    ceil_ms,
    floor_ms,
    instant_of,
    local_datetime,
    local_day,
    local_second,
    steady_offset,
    utc_ms,
)
from loa_agent.protocol.recurrence import Recurrence, days
from loa_agent.protocol.rules import RULES_KEPT, recurrence_of, rule_problem

__all__ = [
    "MAX_OCCURRENCES",
    "Occurrence",
    "Starts",
    "has_start",
    "local_starts",
    "local_text",
    "occurrence_name",
    "occurrences",
    "rule_problem",
    "starts_between",
    "starts_of",
]

MAX_OCCURRENCES = 5000
"""Days of the recurrence per broadcast and window; a rule that yields more is cut here."""
_DAY = timedelta(days=1)


class Occurrence(NamedTuple):
    """One instant a broadcast is due, before hours and conflicts are judged."""

    id: OccurrenceId
    broadcast: Broadcast
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Starts:
    """A rule made ready to be asked again and again; local times as in `instants`.

    `times` are seconds of the day; `recurrence` is None where `rrule` must be counted through.
    """

    rrule: str | None
    first: int
    timed: bool
    recurrence: Recurrence | None
    times: tuple[int, ...]
    dates: tuple[int, ...]
    left_out: frozenset[int]

    def between(self, begin: int, end: int) -> list[int]:
        """The local starts in [begin, end), in order and without repeats."""
        first = max(begin, self.first)
        left_out = self.left_out
        found = [
            local
            for local in self._repeated(begin, end)
            if first <= local < end and local not in left_out
        ]
        # What is added was freed of what is left out when the rule was read.
        some = self.dates[bisect_left(self.dates, begin) : bisect_left(self.dates, end)]
        return sorted({*found, *some}) if some else found

    def _repeated(self, begin: int, end: int) -> Iterable[int]:
        if self.rrule is None:
            return (self.first,)
        since = begin // DAY_SECONDS
        if self.recurrence is None:
            return self._counted(self.rrule, since, end)
        found = islice(days(self.recurrence, since, end // DAY_SECONDS + 1), MAX_OCCURRENCES)
        if len(self.times) == 1:
            (only,) = self.times
            return [day * DAY_SECONDS + only for day in found]
        return [day * DAY_SECONDS + each for day in found for each in self.times]

    def _counted(self, rrule: str, since: int, end: int) -> Iterator[int]:
        """With times the recurrence names days, without them starts."""
        begin = datetime.combine(date.fromordinal(since), time())
        starts = rrulestr(rrule, dtstart=local_datetime(self.first)).xafter(begin, inc=True)
        for start in islice(starts, MAX_OCCURRENCES):
            local = local_second(start)
            midnight = local // DAY_SECONDS * DAY_SECONDS
            if midnight >= end:
                return
            yield from [midnight + each for each in self.times] if self.timed else [local]


def starts_of(rule: Rule) -> Starts:
    """Read a promised rule once."""
    # By its parts: tuples of texts are looked up faster than models that are equal.
    return _read(rule.start, rule.rrule, rule.times, rule.dates, rule.except_dates)


@lru_cache(maxsize=RULES_KEPT)
def _read(
    start: str,
    rrule: str | None,
    times: tuple[str, ...],
    dates: tuple[str, ...],
    except_dates: tuple[str, ...],
) -> Starts:
    first = local_second(local_start(start))
    seconds = {_second(text) for text in times} or {first % DAY_SECONDS}
    left_out = frozenset(local_second(local_start(text)) for text in except_dates)
    extra = {local_second(local_start(text)) for text in dates}
    return Starts(
        rrule=rrule,
        first=first,
        timed=bool(times),
        recurrence=None if rrule is None else recurrence_of(rrule, start),
        times=tuple(sorted(seconds)),
        dates=tuple(sorted(extra - left_out)),
        left_out=left_out,
    )


def _second(text: str) -> int:
    return int(text[:2]) * 3600 + int(text[3:]) * 60


def local_starts(rule: Rule, begin: datetime, end: datetime) -> list[datetime]:
    """Naive local starts in [begin, end), both naive local, in order and without repeats."""
    found = starts_of(rule).between(local_second(begin), local_second(end))
    return [local_datetime(local) for local in found]


def occurrences(broadcast: Broadcast, begin: datetime, end: datetime) -> list[Occurrence]:
    """Occurrences that sound at least partly inside [begin, end), aware UTC."""
    length = broadcast.duration_ms
    since, until = floor_ms(begin) - length, ceil_ms(end)
    return [
        Occurrence(
            occurrence_name(broadcast.id, local),
            broadcast,
            instant_of(start),
            instant_of(start + length),
        )
        for local, start in starts_between(broadcast, since + 1, until)
    ]


def starts_between(broadcast: Broadcast, since: int, until: int) -> list[tuple[int, int]]:
    """Local start and instant in milliseconds of all that starts in [since, until)."""
    zone = broadcast.rule.zone
    if broadcast.begins_at is not None:
        since = max(since, ceil_ms(broadcast.begins_at))
    if broadcast.ends_at is not None:
        until = min(until, ceil_ms(broadcast.ends_at))
    if since >= until:
        return []
    # A day more on either side: clocks may go back at midnight.
    begin, end = local_day(zone, since) - 1, local_day(zone, until) + 2
    starts = starts_of(broadcast.rule)
    steady = steady_offset(zone, begin, end)
    if steady is not None:
        before = EPOCH_LOCAL + steady
        # Local seconds rounded up: a start is never before the instant asked for.
        found = starts.between(before - -since // 1000, before - -until // 1000)
        return [(local, (local - before) * 1000) for local in found]
    found = starts.between(begin * DAY_SECONDS, end * DAY_SECONDS)
    timed = [(local, utc_ms(zone, local)) for local in found]
    return [each for each in timed if since <= each[1] < until]


def has_start(rule: Rule) -> bool:
    """Whether a promised rule has any start at all that is not left out."""
    starts = starts_of(rule)
    if starts.dates:
        return True
    reach = len(starts.left_out) + MAX_OCCURRENCES
    if starts.recurrence is None:
        return bool(starts.between(starts.first, starts.first + reach * DAY_SECONDS))
    found = days(starts.recurrence, starts.recurrence.first_day, starts.recurrence.last_day + 1)
    locals_ = (day * DAY_SECONDS + each for day in islice(found, reach) for each in starts.times)
    return any(local >= starts.first and local not in starts.left_out for local in locals_)


def occurrence_name(broadcast: str, local: int) -> OccurrenceId:
    """The occurrence id of a local start."""
    return OccurrenceId(f"{broadcast}@{local_text(local)}")


@lru_cache(maxsize=RULES_KEPT)
def local_text(local: int) -> str:
    """A local time as it stands in ids."""
    return local_datetime(local).isoformat()
