"""A broadcast as entries of an ordinary calendar (RFC 5545 VEVENT), and an entry as a wish."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loa_agent.protocol.documents import Rule, local_start
from loa_agent.protocol.occurrences import local_starts

from loa_server.domain.holidays import Calendar
from loa_server.domain.problems import Problem
from loa_server.domain.repeat import (
    EVERY_DAY,
    Repeat,
    repeat_to_rrule,
    rrule_parts,
    rrule_to_repeat,
)
from loa_server.domain.schedule import (
    MAX_WINDOW,
    HolidayPolicy,
    Schedule,
    local_text,
    travelling,
)
from loa_server.domain.when import LONGEST_RUN, At, Repeating

WORKED_IN = timedelta(days=366)
"""Other calendars know nothing of our holidays: they are spelt out for a year."""
MAX_RULE_LETTERS = 500
MAX_COUNT = 1000
"""Starts a series may be counted by: three years of days; a file may hold 500 such series."""
FIRST_YEAR = 2000
LAST_YEAR = 2199
"""Beyond these years arithmetic with zones overflows, and rules cannot be written."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One VEVENT in local wall time of `zone`; `rrule` is RFC 5545 text with a floating end.

    The starts are `start` (by the recurrence if there is one), `added`, less `left_out`.
    """

    uid: str
    summary: str
    zone: str
    start: datetime
    rrule: str | None = None
    added: tuple[datetime, ...] = ()
    left_out: tuple[datetime, ...] = ()
    length: timedelta = timedelta()
    location: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """From when on a broadcast exists and, if known, until when: naive local."""

    begin: datetime
    end: datetime | None = None


def entries_of(
    uid: str, schedule: Schedule, calendar: Calendar, span: Span, today: date
) -> Iterator[Entry]:
    """One entry for each time of day; holidays are worked in for a year from `today`.

    Titles, lengths and places are left to the caller.
    """
    rule = _worked_in(schedule, calendar, today)
    first = max(local_start(rule.start), span.begin)
    last = span.end or datetime.max  # noqa: DTZ901 - naive local, like all here
    if rule.rrule is None:
        due = {*map(local_start, rule.dates), local_start(rule.start)}
        due -= set(map(local_start, rule.except_dates))
        singles, times = due, tuple[time, ...]()
    else:
        singles = set(map(local_start, rule.dates))
        times = tuple(map(time.fromisoformat, rule.times)) or (local_start(rule.start).time(),)
    singles = {at for at in singles if span.begin <= at < last}
    left_out = set(map(local_start, rule.except_dates))
    for at in sorted({*times, *(single.time() for single in singles)}):
        name = f"{uid}-{at:%H%M}"
        added = sorted(single for single in singles if single.time() == at)
        start = _first_at(rule, at, first, last) if at in times else None
        if start is not None:
            rrule = _ending(rule.rrule, last)
            gone = sorted(out for out in left_out if out.time() == at and out >= start)
            yield Entry(name, "", rule.zone, start, rrule, tuple(added), tuple(gone))
        elif added:
            yield Entry(name, "", rule.zone, added[0], added=tuple(added[1:]))


def _worked_in(schedule: Schedule, calendar: Calendar, today: date) -> Rule:
    """The rule with the holidays of a year; what was added and left out stays as it is."""
    rule = schedule.rule
    if schedule.holidays.policy is HolidayPolicy.AS_USUAL or rule.rrule is None:
        return rule
    day = max(local_start(rule.start).date(), today - MAX_WINDOW)
    dates, left_out = set(rule.dates), set(rule.except_dates)
    found = rule
    while day <= today + WORKED_IN:
        found = travelling(schedule, calendar, day, day + MAX_WINDOW)
        dates |= set(found.dates)
        left_out |= set(found.except_dates)
        day += MAX_WINDOW
    return found.model_copy(
        update={"dates": tuple(sorted(dates)), "except_dates": tuple(sorted(left_out - dates))}
    )


def _first_at(rule: Rule, at: time, first: datetime, last: datetime) -> datetime | None:
    """The first regular start at a time of day: RFC 5545 wants an entry to begin on one.

    None when there is none, or all are left out.
    """
    alone = rule.model_copy(update={"times": (f"{at:%H:%M}",), "dates": ()})
    if not rule.times:
        alone = alone.model_copy(update={"times": ()})
    begin = first
    while begin < min(last, first + LONGEST_RUN):
        found = local_starts(alone, begin, min(last, begin + MAX_WINDOW))
        if found:
            return found[0]
        begin += MAX_WINDOW
    return None


def _ending(rrule: str | None, last: datetime) -> str | None:
    """The recurrence with the earlier of its own end and that of the broadcast."""
    if rrule is None or last == datetime.max:  # noqa: DTZ901 - naive local
        return rrule
    parts = [part for part in rrule.split(";") if not part.startswith("UNTIL=")]
    ends = [part.removeprefix("UNTIL=") for part in rrule.split(";") if part.startswith("UNTIL=")]
    # Both are written alike, so the smaller text is the earlier end.
    ends.append(f"{last - timedelta(seconds=1):%Y%m%dT%H%M%S}")
    return ";".join([*parts, f"UNTIL={min(ends)}"])


def entry_to_wish(entry: Entry, zone: str) -> At | Repeating:
    """What an entry asks for in the zone of the place where it shall sound.

    Raises:
        Problem: `zone_not_supported`, `rule_part_not_supported`, `rule_frequency_not_supported`,
            `rule_unreadable`, `bad_rule`, `day_unknown`; facts name the `field`.
    """
    if not FIRST_YEAR <= entry.start.year <= LAST_YEAR:
        raise Problem("day_unknown", {"field": "start", "day": entry.start.date().isoformat()})
    if entry.rrule is None and not entry.added and not entry.left_out:
        return At(_moved(entry.start, entry.zone, zone))
    _require_alike(entry, zone)
    minute = entry.start.replace(second=0)
    wish = Repeating(
        times=(minute.time(),),
        begin=minute.date(),
        until=minute.date(),
        repeat=EVERY_DAY,
        extra=tuple(sorted({at.replace(second=0) for at in entry.added})),
        left_out=tuple(sorted({at.replace(second=0) for at in entry.left_out})),
    )
    if entry.rrule is None:
        return wish
    repeat, until = _repeat(entry, entry.rrule)
    return Repeating(
        wish.times, wish.begin, until, repeat, _not_gone(wish), _not_added(wish), wish.left_out_days
    )


def _not_gone(wish: Repeating) -> tuple[datetime, ...]:
    """RFC 5545: what is both added and left out is left out."""
    return tuple(at for at in wish.extra if at not in wish.left_out)


def _not_added(wish: Repeating) -> tuple[datetime, ...]:
    return tuple(at for at in wish.left_out if at.time() in wish.times)


def _moved(start: datetime, of: str, to: str) -> datetime:
    return start.replace(tzinfo=ZoneInfo(of)).astimezone(ZoneInfo(to)).replace(tzinfo=None)


def _require_alike(entry: Entry, zone: str) -> None:
    """A series in a zone whose clocks differ from ours would wander or change its weekdays."""
    for week in range(53):
        at = entry.start + timedelta(weeks=week)
        if _moved(at, entry.zone, zone) != at:
            raise Problem("zone_not_supported", {"field": "start", "zone": entry.zone})


def _repeat(entry: Entry, rrule: str) -> tuple[Repeat, date | None]:
    """How it comes back, with a last day in place of a number of starts or an instant."""
    if len(rrule) > MAX_RULE_LETTERS:
        raise Problem("rule_unreadable", {"field": "repeat"})
    parts = rrule_parts(rrule)
    count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    rest = ";".join(f"{name}={value}" for name, value in parts.items())
    repeat, _ = rrule_to_repeat(rest, entry.start.date())
    if until is not None:
        return repeat, _last_day(until, entry)
    return repeat, None if count is None else _last_counted(entry, repeat, count)


def _last_counted(entry: Entry, repeat: Repeat, count: str) -> date:
    if not re.fullmatch(r"[1-9]\d{0,4}", count):
        raise Problem("rule_part_not_supported", {"field": "until", "part": "COUNT"})
    left = int(count)
    if left > MAX_COUNT:
        raise Problem("bad_rule", {"field": "until", "count": left, "most": MAX_COUNT})
    rule = Rule(start=local_text(entry.start), zone=entry.zone, rrule=repeat_to_rrule(repeat))
    begin = entry.start
    while begin < entry.start + LONGEST_RUN:
        found = local_starts(rule, begin, begin + WORKED_IN)
        if len(found) >= left:
            return found[left - 1].date()
        left -= len(found)
        begin += WORKED_IN
    raise Problem("bad_rule", {"field": "until", "count": int(count)})


def _last_day(until: str, entry: Entry) -> date | None:
    """RFC 5545 ends a series at an instant, ours end with a day; the year 9999 is no end."""
    if re.fullmatch(r"\d{8}(T\d{6}Z?)?", until) is None:
        raise Problem("bad_rule", {"field": "until", "day": until[:40]})
    try:
        end = datetime.fromisoformat(until.removesuffix("Z"))
    except ValueError as error:
        raise Problem("day_unknown", {"field": "until", "day": until}) from error
    if end.year > LAST_YEAR:
        return None
    if len(until) == len("20260101") or end.year < FIRST_YEAR:
        return end.date()
    if until.endswith("Z"):
        end = _moved(end, "UTC", entry.zone)
    return end.date() if end.time() >= entry.start.time() else end.date() - _DAY
