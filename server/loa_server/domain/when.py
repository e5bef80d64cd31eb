"""When a broadcast sounds: from what a person chose to the rule that is kept, and back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loa_agent.protocol.documents import MAX_TIMES, Rule, local_start

from loa_server.domain.holidays import Calendar, HolidayName
from loa_server.domain.problems import Problem
from loa_server.domain.repeat import (
    EVERY_DAY,
    Repeat,
    repeat_to_rrule,
    require_sound,
    rrule_to_repeat,
)
from loa_server.domain.schedule import (
    AS_USUAL,
    HolidayPolicy,
    HolidayRule,
    Schedule,
    local_text,
    starts,
)

MAX_EXCEPTIONS = 366
"""Starts added to a series, and as many starts or days left out."""
MAX_LEFT_OUT = 2000
"""Starts left out once days are counted by their times: what one rule can carry."""
MAX_DELAY = timedelta(hours=1)
SOONEST = timedelta(seconds=5)
"""Less than this ahead no station could have fetched anything."""
HORIZON = timedelta(days=366)
LONGEST_RUN = timedelta(days=3660)
"""Ten years; what shall go on for longer has no end."""


@dataclass(frozen=True, slots=True)
class Now:
    """Send now; the few seconds of `delay` let stations fetch and start together."""

    delay: timedelta = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class At:
    """Once at a local minute."""

    start: datetime


@dataclass(frozen=True, slots=True)
class Repeating:
    """At these local minutes of the days of `repeat` from a day on, until a day inclusive.

    A `begin` long gone still decides which days "every second" means. `extra` starts may lie
    outside the days; `left_out` names single starts, `left_out_days` all regular ones of a day.
    """

    times: tuple[time, ...]
    begin: date
    until: date | None = None
    repeat: Repeat = EVERY_DAY
    extra: tuple[datetime, ...] = ()
    left_out: tuple[datetime, ...] = ()
    left_out_days: tuple[date, ...] = ()
    holidays: HolidayRule = AS_USUAL


When = Now | At | Repeating


@dataclass(frozen=True, slots=True)
class Timing:
    """A schedule and the instant at and after which it has no start any more."""

    schedule: Schedule
    ends_at: datetime | None = None


def timing(when: When, zone: str, now: datetime, calendar: Calendar | None = None) -> Timing:
    """The schedule for a wish; `calendar` holds the area's own days, the law's are known.

    Raises:
        Problem: `start_in_past`, `ends_before_start`, `rule_never`, `too_many_times`,
            `too_many_exceptions`, `day_unknown`, `bad_rule`; facts name the `field` at fault.
    """
    match when:
        case Now(delay=delay):
            return _now(delay, zone, now)
        case At(start=start):
            return _at(start, zone, now)
        case Repeating():
            return _repeating(when, zone, now, calendar or Calendar())


def wish_of(schedule: Schedule, ends_at: datetime | None = None) -> At | Repeating:
    """What a form shows of a schedule; `ends_at` is where it was cut short, if it was.

    Raises:
        Problem: `rule_part_not_supported` and the like for a rule no form of ours made.
    """
    rule = schedule.rule
    start = local_start(rule.start)
    if rule.rrule is None:
        return At(start)
    repeat, until = rrule_to_repeat(rule.rrule, start.date())
    times = tuple(map(time.fromisoformat, rule.times)) or (start.time(),)
    extra = tuple(map(local_start, rule.dates))
    if ends_at is not None:
        last = (ends_at.astimezone(ZoneInfo(rule.zone)) - timedelta(microseconds=1)).date()
        until = last if until is None else min(until, last)
    days = set(_whole_days(rule, times))
    singles = (local_start(text) for text in rule.except_dates)
    return Repeating(
        times=times,
        begin=start.date(),
        until=until,
        repeat=repeat,
        extra=extra,
        left_out=tuple(at for at in singles if at.date() not in days or at.time() not in times),
        left_out_days=tuple(sorted(days)),
        holidays=schedule.holidays,
    )


def _whole_days(rule: Rule, times: tuple[time, ...]) -> Iterator[date]:
    left_out = set(map(local_start, rule.except_dates))
    for day in {each.date() for each in left_out}:
        if all(datetime.combine(day, at) in left_out for at in times):
            yield day


def _now(delay: timedelta, zone: str, now: datetime) -> Timing:
    if not SOONEST <= delay <= MAX_DELAY:
        raise Problem("bad_rule", {"field": "delay_s", "delay_s": delay.total_seconds()})
    # A rule knows whole seconds: round up so that nobody has less time than asked for.
    start = (now + delay + timedelta(milliseconds=999)).astimezone(ZoneInfo(zone))
    return _once(start.replace(tzinfo=None), zone)


def _at(start: datetime, zone: str, now: datetime) -> Timing:
    start = start.replace(tzinfo=None)
    # Judged in local time, where the first and the last year of the calendar do no harm.
    local_now = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if start < local_now + SOONEST:
        raise Problem("start_in_past", {"field": "start", "start": local_text(start)})
    if start > local_now + HORIZON:
        raise Problem("bad_rule", {"field": "start", "start": local_text(start)})
    return _once(start, zone)


def _once(start: datetime, zone: str) -> Timing:
    return Timing(Schedule(Rule(start=local_text(start), zone=zone)))


def _repeating(when: Repeating, zone: str, now: datetime, calendar: Calendar) -> Timing:
    times = _times(when.times, "times")
    require_sound(when.repeat)
    local_now = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    _require_days(when.begin, when.until, local_now.date())
    extra = _minutes(when.extra, "extra", local_now.date())
    left_out = _left_out(when, times, local_now.date())
    if twice := sorted(extra & left_out):
        raise Problem("bad_rule", {"field": "extra", "start": local_text(twice[0])})
    rule = Rule(
        start=local_text(datetime.combine(when.begin, times[0])),
        zone=zone,
        rrule=repeat_to_rrule(when.repeat, when.until),
        times=tuple(at.strftime("%H:%M") for at in times),
        dates=tuple(map(local_text, sorted(extra))),
        except_dates=tuple(map(local_text, sorted(left_out))),
    )
    schedule = Schedule(rule, _holidays(when.holidays))
    end = _end(when.until, extra)
    _require_some(schedule, calendar, end, local_now)
    ends_at = None if end is None else end.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return Timing(schedule, ends_at)


def _times(wanted: Iterable[time], field: str) -> list[time]:
    times = sorted({time(each.hour, each.minute) for each in wanted})
    if not times:
        raise Problem("rule_never", {"field": field})
    if len(times) > MAX_TIMES:
        raise Problem("too_many_times", {"field": field, "most": MAX_TIMES})
    return times


def _require_days(begin: date, until: date | None, today: date) -> None:
    facts = {"from": begin.isoformat(), "until": None if until is None else until.isoformat()}
    if until is not None and until < begin:
        raise Problem("ends_before_start", {"field": "until", **facts})
    if until is not None and until < today:
        raise Problem("start_in_past", {"field": "until", **facts})
    if begin < today - LONGEST_RUN:
        raise Problem("start_in_past", {"field": "from", **facts})
    if begin > today + HORIZON:
        raise Problem("bad_rule", {"field": "from", **facts})
    if until is not None and until - begin > LONGEST_RUN:
        raise Problem("bad_rule", {"field": "until", **facts})


def _minutes(wanted: tuple[datetime, ...], field: str, today: date) -> set[datetime]:
    """Single starts on whole minutes, so few and so near that a rule can carry them."""
    if len(wanted) > MAX_EXCEPTIONS:
        raise Problem("too_many_exceptions", {"field": field, "most": MAX_EXCEPTIONS})
    found = {each.replace(second=0, microsecond=0, tzinfo=None) for each in wanted}
    for each in sorted(found):
        _require_near(each.date(), field, today)
    return found


def _require_near(day: date, field: str, today: date) -> None:
    if not -LONGEST_RUN <= day - today <= LONGEST_RUN:
        raise Problem("bad_rule", {"field": field, "day": day.isoformat()})


def _left_out(when: Repeating, times: list[time], today: date) -> set[datetime]:
    if len(when.left_out) + len(when.left_out_days) > MAX_EXCEPTIONS:
        raise Problem("too_many_exceptions", {"field": "left_out", "most": MAX_EXCEPTIONS})
    for day in when.left_out_days:
        _require_near(day, "left_out", today)
    found = _minutes(when.left_out, "left_out", today)
    found |= {datetime.combine(day, at) for day in when.left_out_days for at in times}
    if len(found) > MAX_LEFT_OUT:
        most = MAX_LEFT_OUT // len(times)
        raise Problem("too_many_exceptions", {"field": "left_out", "most": most})
    return found


def _holidays(wanted: HolidayRule) -> HolidayRule:
    if wanted.policy is HolidayPolicy.AS_USUAL:
        return AS_USUAL
    if not wanted.days:
        raise Problem("bad_rule", {"field": "holidays"})
    days = tuple(name for name in HolidayName if name in wanted.days)
    if wanted.policy is not HolidayPolicy.OTHER_TIMES:
        return HolidayRule(wanted.policy, days)
    return HolidayRule(wanted.policy, days, tuple(_times(wanted.times, "holidays")))


def _end(until: date | None, extra: Iterable[datetime]) -> datetime | None:
    """Local midnight after the last start; none for what goes on for good."""
    if until is None:
        return None
    last = max([until, *(each.date() for each in extra)])
    return datetime.combine(last + timedelta(days=1), time())


def _require_some(
    schedule: Schedule, calendar: Calendar, end: datetime | None, local_now: datetime
) -> None:
    """Refuse what will never sound: it never falls due, all of it is left out, or it is over."""
    begin = min([local_start(schedule.rule.start), *map(local_start, schedule.rule.dates)])
    last = end or max(begin, local_now) + LONGEST_RUN
    if next(starts(schedule, calendar, max(begin, local_now), last), None) is not None:
        return
    if HolidayName.OWN in schedule.holidays.days:
        # An area may declare such a day any time.
        return
    if next(starts(schedule, calendar, begin, min(last, local_now)), None) is not None:
        raise Problem("start_in_past", {"field": "until", "start": schedule.rule.start})
    raise Problem("rule_never", {"field": "repeat"})
