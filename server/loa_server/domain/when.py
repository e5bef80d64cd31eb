"""When a broadcast sounds: from what a person chose to the rule that travels."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loa_agent.protocol.documents import Rule

from loa_server.domain.problems import Problem

DAILY = "FREQ=DAILY"
MAX_TIMES = 24
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
class Daily:
    """Every day at these local minutes, from a day on, until a day inclusive or for good."""

    times: tuple[time, ...]
    begin: date
    until: date | None = None


When = Now | At | Daily


@dataclass(frozen=True, slots=True)
class Timing:
    """A rule and the instants that bound it."""

    rule: Rule
    ends_at: datetime | None = None


def timing(when: When, zone: str, now: datetime) -> Timing:
    """The rule for a wish.

    Raises:
        Problem: `start_in_past`, `bad_rule`, `too_many_times`.
    """
    match when:
        case Now(delay=delay):
            return _now(delay, zone, now)
        case At(start=start):
            return _at(start, zone, now)
        case Daily():
            return _daily(when, zone, now)


def _now(delay: timedelta, zone: str, now: datetime) -> Timing:
    if not SOONEST <= delay <= MAX_DELAY:
        raise Problem("bad_rule", {"delay_s": delay.total_seconds()})
    # A rule knows whole seconds: round up so that nobody has less time than asked for.
    start = (now + delay + timedelta(milliseconds=999)).astimezone(ZoneInfo(zone))
    return Timing(Rule(start=_text(start.replace(tzinfo=None)), zone=zone))


def _at(start: datetime, zone: str, now: datetime) -> Timing:
    start = start.replace(tzinfo=None)
    # Judged in local time, where the first and the last year of the calendar do no harm.
    local_now = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if start < local_now + SOONEST:
        raise Problem("start_in_past", {"start": _text(start)})
    if start > local_now + HORIZON:
        raise Problem("bad_rule", {"start": _text(start)})
    return Timing(Rule(start=_text(start), zone=zone))


def _daily(when: Daily, zone: str, now: datetime) -> Timing:
    times = sorted({time(each.hour, each.minute) for each in when.times})
    if not times:
        raise Problem("bad_rule", {"times": []})
    if len(times) > MAX_TIMES:
        raise Problem("too_many_times", {"most": MAX_TIMES})
    today = now.astimezone(ZoneInfo(zone)).date()
    begin = max(when.begin, today)
    last = when.until or begin
    facts = {"from": begin.isoformat(), "until": last.isoformat()}
    if last < begin:
        raise Problem("start_in_past", facts)
    if begin > today + HORIZON or last - begin > LONGEST_RUN:
        raise Problem("bad_rule", facts)
    rule = Rule(
        start=_text(datetime.combine(begin, times[0])),
        zone=zone,
        rrule=DAILY,
        times=tuple(t.strftime("%H:%M") for t in times),
    )
    return Timing(rule, _end(when.until, zone))


def _end(until: date | None, zone: str) -> datetime | None:
    if until is None:
        return None
    after = datetime.combine(until + timedelta(days=1), time(), ZoneInfo(zone))
    return after.astimezone(UTC)


def _text(local: datetime) -> str:
    return local.replace(tzinfo=None).isoformat(timespec="seconds")
