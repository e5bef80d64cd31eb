"""Between the JSON of a wish for a time and the domain's."""

from datetime import date, datetime, time, timedelta

from loa_server.api.shapes import when as shapes
from loa_server.domain.repeat import Nth, Repeat
from loa_server.domain.schedule import HolidayRule, Schedule
from loa_server.domain.when import At, Now, Repeating, When, wish_of

_DAY_LETTERS = len("2026-11-24")


def when_of(wish: shapes.Now | shapes.At | shapes.Rule, delay_s: int) -> When:
    """The domain's wish; `delay_s` belongs to `now`.

    Raises:
        Problem: never; what cannot be is refused by `timing`.
    """
    match wish:
        case shapes.Now():
            return Now(timedelta(seconds=delay_s))
        case shapes.At(start=start):
            return At(start)
        case shapes.Rule():
            return _repeating(wish)


def _repeating(rule: shapes.Rule) -> Repeating:
    days = [text for text in rule.left_out if len(text) == _DAY_LETTERS]
    singles = [text for text in rule.left_out if len(text) > _DAY_LETTERS]
    return Repeating(
        times=_times(rule.times),
        begin=rule.from_,
        until=rule.until,
        repeat=_repeat(rule.repeat),
        extra=tuple(rule.extra),
        left_out=tuple(map(datetime.fromisoformat, singles)),
        left_out_days=tuple(map(date.fromisoformat, days)),
        holidays=HolidayRule(
            rule.holidays.policy, tuple(rule.holidays.days), _times(rule.holidays.times)
        ),
    )


def _times(texts: list[str]) -> tuple[time, ...]:
    return tuple(map(time.fromisoformat, texts))


def _repeat(repeat: shapes.Repeat) -> Repeat:
    nth = repeat.nth
    return Repeat(
        every=repeat.every,
        unit=repeat.unit,
        weekdays=tuple(repeat.weekdays or ()),
        month_day=repeat.month_day,
        nth=None if nth is None else Nth(nth.week, nth.weekday),
    )


def when_to_shape(
    schedule: Schedule, ends_at: datetime | None
) -> shapes.OrderedAt | shapes.OrderedRule:
    """The schedule as a person chose it; what was sent at once has become an instant."""
    return wish_to_shape(wish_of(schedule, ends_at))


def wish_to_shape(wish: At | Repeating) -> shapes.OrderedAt | shapes.OrderedRule:
    """A wish in the JSON of the API."""
    if isinstance(wish, At):
        return shapes.OrderedAt(mode="at", start=wish.start.isoformat(timespec="seconds"))
    left_out = [day.isoformat() for day in wish.left_out_days]
    left_out += [at.isoformat(timespec="minutes") for at in wish.left_out]
    return shapes.OrderedRule(
        mode="rule",
        times=[f"{at:%H:%M}" for at in wish.times],
        from_=wish.begin,
        until=wish.until,
        repeat=_repeat_to_shape(wish.repeat),
        extra=[at.isoformat(timespec="minutes") for at in wish.extra],
        left_out=sorted(left_out),
        holidays=shapes.OrderedHolidays(
            policy=wish.holidays.policy,
            days=list(wish.holidays.days),
            times=[f"{at:%H:%M}" for at in wish.holidays.times],
        ),
    )


def _repeat_to_shape(repeat: Repeat) -> shapes.OrderedRepeat:
    nth = repeat.nth
    return shapes.OrderedRepeat(
        every=repeat.every,
        unit=repeat.unit,
        weekdays=list(repeat.weekdays) or None,
        month_day=repeat.month_day,
        nth=None if nth is None else shapes.OrderedNth(week=nth.week, weekday=nth.weekday),
    )
