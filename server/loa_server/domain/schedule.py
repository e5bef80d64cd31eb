"""When a broadcast is due as it is kept: an RFC 5545 rule, and what holidays do to it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from loa_agent.protocol.documents import Rule, local_start
from loa_agent.protocol.occurrences import local_starts

from loa_server.domain.holidays import Calendar, HolidayName

MAX_WINDOW = timedelta(days=64)
"""Longest stretch worked in at once: 24 starts on each of its days fit into one rule."""


class HolidayPolicy(StrEnum):
    """What a rule does on the holidays it names."""

    AS_USUAL = "as_usual"
    NOT_ON = "not_on"
    ONLY_ON = "only_on"
    OTHER_TIMES = "other_times"


@dataclass(frozen=True, slots=True)
class HolidayRule:
    """`times` are the starts of a holiday where the policy is `other_times`.

    Only days on which the rule is due at all are meant: a rule for Mondays has other times on
    a holiday that is a Monday. Starts added singly stay as they are on any day.
    """

    policy: HolidayPolicy = HolidayPolicy.AS_USUAL
    days: tuple[HolidayName, ...] = ()
    times: tuple[time, ...] = ()


AS_USUAL = HolidayRule()


@dataclass(frozen=True, slots=True)
class Schedule:
    """A rule as people meant it; stations hear it with the holidays worked in."""

    rule: Rule
    holidays: HolidayRule = AS_USUAL


def travelling(schedule: Schedule, calendar: Calendar, begin: date, end: date) -> Rule:
    """The rule with holidays of the local days [begin, end) as left-out and added starts.

    Starts added or left out on other days are dropped, so what a document carries stays small
    however long a series has gone on.

    Raises:
        ValueError: when the stretch is longer than `MAX_WINDOW`.
    """
    if end - begin > MAX_WINDOW:
        raise ValueError("window_too_long", begin, end)
    first, after = datetime.combine(begin, time()), datetime.combine(end, time())
    rule = _near(schedule.rule, local_text(first), local_text(after))
    policy, names = schedule.holidays.policy, schedule.holidays.days
    if policy is HolidayPolicy.AS_USUAL or rule.rrule is None:
        return rule
    regular = local_starts(rule.model_copy(update={"dates": ()}), first, after)
    held = [at for at in regular if calendar.holds(at.date(), names)]
    match policy:
        case HolidayPolicy.NOT_ON:
            return _leaving_out(rule, held)
        case HolidayPolicy.ONLY_ON:
            return _only(rule, held)
        case HolidayPolicy.OTHER_TIMES:
            days = {at.date() for at in held}
            others = (datetime.combine(d, at) for d in days for at in schedule.holidays.times)
            return _leaving_out(_adding(rule, others), held)


def starts(
    schedule: Schedule, calendar: Calendar, begin: datetime, end: datetime
) -> Iterator[datetime]:
    """Naive local starts in [begin, end) in order, holidays considered, found as they are asked."""
    day = begin.date()
    while day <= end.date():
        after = day + MAX_WINDOW
        rule = travelling(schedule, calendar, day, after)
        from_, to = datetime.combine(day, time()), datetime.combine(after, time())
        yield from local_starts(rule, max(begin, from_), min(end, to))
        day = after


def _near(rule: Rule, first: str, after: str) -> Rule:
    """Without single starts outside [first, after): all write instants alike, so texts compare."""
    if not rule.dates and not rule.except_dates:
        return rule
    dates = tuple(text for text in rule.dates if first <= text < after)
    left_out = tuple(text for text in rule.except_dates if first <= text < after)
    if rule.rrule is None and rule.start in rule.except_dates:
        left_out = tuple({*left_out, rule.start})
    return rule.model_copy(update={"dates": dates, "except_dates": left_out})


def _adding(rule: Rule, more: Iterable[datetime]) -> Rule:
    dates = {*rule.dates, *map(local_text, more)}
    return rule.model_copy(update={"dates": tuple(sorted(dates))})


def _leaving_out(rule: Rule, more: Iterable[datetime]) -> Rule:
    """What is added stays, though the rule alone would name the same start."""
    left_out = {*rule.except_dates, *(set(map(local_text, more)) - set(rule.dates))}
    return rule.model_copy(update={"except_dates": tuple(sorted(left_out))})


def _only(rule: Rule, held: Iterable[datetime]) -> Rule:
    """Single starts and no recurrence; alone, the rule's own start would be due, too."""
    alone = _adding(rule.model_copy(update={"rrule": None, "times": ()}), held)
    return _leaving_out(alone, [local_start(rule.start)])


def local_text(local: datetime) -> str:
    """A naive local start as rules write it."""
    return local.isoformat(timespec="seconds")
