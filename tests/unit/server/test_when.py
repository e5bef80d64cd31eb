"""From what a person chose to the rule that travels, at the edges of the calendar too."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from loa_agent.protocol.documents import MAX_TIMES, Rule
from loa_agent.protocol.occurrences import rule_problem
from loa_server.domain.holidays import Calendar, HolidayName
from loa_server.domain.problems import Problem
from loa_server.domain.repeat import MAX_EVERY, Nth, Repeat, Unit
from loa_server.domain.schedule import HolidayPolicy, HolidayRule, Schedule, starts
from loa_server.domain.when import (
    LONGEST_RUN,
    MAX_EXCEPTIONS,
    At,
    Now,
    Repeating,
    When,
    timing,
    wish_of,
)
from makers import ZONE
from wishes import DAY, LOCAL_NOW, NOW, TODAY, wishes

FIVE = time(17, 0)
DAWN = time(5, 30)
WEEK = Unit.WEEK
MONTH = Unit.MONTH


def daily(**changes: Any) -> Repeating:
    fields: dict[str, Any] = {"times": (FIVE,), "begin": TODAY, **changes}
    return Repeating(**fields)


def every(unit: Unit, number: int = 1, **days: Any) -> Repeat:
    return Repeat(number, unit, **days)


def first_starts(when: Repeating, count: int) -> list[str]:
    schedule = timing(when, ZONE, NOW).schedule
    found = starts(schedule, Calendar(), LOCAL_NOW, LOCAL_NOW + LONGEST_RUN)
    return [at.strftime("%d/%m/%y %H:%M") for at, _ in zip(found, range(count), strict=False)]


def test_now_rounds_up_to_whole_seconds_of_local_time() -> None:
    found = timing(Now(timedelta(seconds=15)), ZONE, NOW)

    assert found.schedule.rule.start == "2026-11-23T10:00:16"


def test_a_daily_wish_becomes_a_rule_stations_promise() -> None:
    wish = daily(times=(FIVE, DAWN, FIVE), until=date(2026, 11, 30))

    chosen = timing(wish, ZONE, NOW)

    rule = chosen.schedule.rule
    assert rule.start == "2026-11-23T05:30:00"
    assert rule.times == ("05:30", "17:00")
    assert rule_problem(rule) is None
    assert chosen.ends_at == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        (
            daily(times=(DAWN, FIVE)),
            ["23/11/26 17:00", "24/11/26 05:30", "24/11/26 17:00"],
        ),
        (
            daily(repeat=every(WEEK, weekdays=(6, 1))),
            ["23/11/26 17:00", "28/11/26 17:00", "30/11/26 17:00"],
        ),
        (
            daily(repeat=every(WEEK, 2, weekdays=(1, 3)), begin=date(2026, 11, 18)),
            # The week of the 18th is the first, so that of the 23rd is left out.
            ["30/11/26 17:00", "02/12/26 17:00", "14/12/26 17:00"],
        ),
        (
            daily(repeat=every(Unit.DAY, 3), begin=date(2026, 11, 22)),
            ["25/11/26 17:00", "28/11/26 17:00", "01/12/26 17:00"],
        ),
        (
            daily(repeat=every(MONTH, month_day=31)),
            ["31/12/26 17:00", "31/01/27 17:00", "31/03/27 17:00"],
        ),
        (
            daily(repeat=every(MONTH, month_day=-1)),
            ["30/11/26 17:00", "31/12/26 17:00", "31/01/27 17:00"],
        ),
        (
            daily(repeat=every(MONTH, nth=Nth(1, 7))),
            ["06/12/26 17:00", "03/01/27 17:00", "07/02/27 17:00"],
        ),
        (
            daily(repeat=every(MONTH, 2, nth=Nth(-1, 5))),
            ["27/11/26 17:00", "29/01/27 17:00", "26/03/27 17:00"],
        ),
        (
            daily(
                until=date(2026, 11, 24),
                extra=(datetime(2026, 12, 20, 8, 0),),
                left_out=(datetime(2026, 11, 23, 17, 0),),
            ),
            ["24/11/26 17:00", "20/12/26 08:00"],
        ),
        (
            daily(times=(DAWN, FIVE), left_out_days=(date(2026, 11, 24),)),
            ["23/11/26 17:00", "25/11/26 05:30", "25/11/26 17:00"],
        ),
        (
            daily(
                repeat=every(WEEK, weekdays=(1,)),
                holidays=HolidayRule(HolidayPolicy.ONLY_ON, (HolidayName.TET,)),
            ),
            ["08/02/27 17:00", "12/02/29 17:00", "04/02/30 17:00"],
        ),
    ],
)
def test_a_wish_sounds_when_it_says(wish: Repeating, found: list[str]) -> None:
    assert first_starts(wish, 3) == found


def test_an_end_waits_for_a_later_start_that_was_added() -> None:
    wish = daily(until=date(2026, 11, 24), extra=(datetime(2026, 12, 20, 8, 0),))

    assert timing(wish, ZONE, NOW).ends_at == datetime(2026, 12, 20, 17, 0, tzinfo=UTC)


TET = HolidayRule(HolidayPolicy.NOT_ON, (HolidayName.TET,))


@pytest.mark.parametrize(
    ("when", "code", "field"),
    [
        (Now(timedelta(seconds=1)), "bad_rule", "delay_s"),
        (Now(timedelta(hours=2)), "bad_rule", "delay_s"),
        (At(datetime(2026, 11, 23, 10, 0)), "start_in_past", "start"),
        (At(datetime(1, 1, 1, 5, 0)), "start_in_past", "start"),
        (At(datetime(9999, 12, 31, 23, 59)), "bad_rule", "start"),
        (At(datetime(2027, 12, 1, 5, 0)), "bad_rule", "start"),
        (daily(times=()), "rule_never", "times"),
        (
            daily(times=tuple(time(i // 60, i % 60) for i in range(MAX_TIMES + 1))),
            "too_many_times",
            "times",
        ),
        (daily(begin=date.max), "bad_rule", "from"),
        (daily(begin=date.min), "start_in_past", "from"),
        (daily(until=date.min), "ends_before_start", "until"),
        (daily(until=TODAY - DAY), "ends_before_start", "until"),
        (daily(until=date.max), "bad_rule", "until"),
        (daily(begin=date(2026, 11, 1), until=TODAY - DAY), "start_in_past", "until"),
        (daily(times=(time(9, 0),), until=TODAY), "start_in_past", "until"),
        (daily(repeat=every(Unit.DAY, 0)), "bad_rule", "every"),
        (daily(repeat=every(Unit.DAY, MAX_EVERY + 1)), "bad_rule", "every"),
        (daily(repeat=every(Unit.DAY, weekdays=(1,))), "bad_rule", "weekdays"),
        (daily(repeat=every(WEEK, weekdays=(1,), month_day=3)), "bad_rule", "month_day"),
        (daily(repeat=every(WEEK)), "rule_never", "weekdays"),
        (daily(repeat=every(WEEK, weekdays=(8,))), "day_unknown", "weekdays"),
        (daily(repeat=every(MONTH)), "bad_rule", "month_day"),
        (daily(repeat=every(MONTH, month_day=1, nth=Nth(1, 1))), "bad_rule", "month_day"),
        (daily(repeat=every(MONTH, month_day=32)), "day_unknown", "month_day"),
        (daily(repeat=every(MONTH, month_day=0)), "day_unknown", "month_day"),
        (daily(repeat=every(MONTH, nth=Nth(6, 1))), "day_unknown", "nth"),
        (daily(repeat=every(MONTH, nth=Nth(1, 9))), "day_unknown", "nth"),
        # 31 February: every twelfth month from a February on.
        (
            daily(repeat=every(MONTH, 12, month_day=31), begin=date(2027, 2, 1)),
            "rule_never",
            "repeat",
        ),
        # No Sunday between Monday and Saturday.
        (
            daily(repeat=every(WEEK, weekdays=(7,)), until=TODAY + 5 * DAY),
            "rule_never",
            "repeat",
        ),
        (
            daily(until=TODAY + DAY, left_out_days=(TODAY, TODAY + DAY)),
            "rule_never",
            "repeat",
        ),
        (
            daily(begin=date(2027, 2, 5), until=date(2027, 2, 9), holidays=TET),
            "rule_never",
            "repeat",
        ),
        (
            daily(extra=tuple(LOCAL_NOW + DAY * i for i in range(MAX_EXCEPTIONS + 1))),
            "too_many_exceptions",
            "extra",
        ),
        (
            daily(left_out_days=tuple(TODAY + DAY * i for i in range(10_000))),
            "too_many_exceptions",
            "left_out",
        ),
        (
            daily(
                times=tuple(time(hour) for hour in range(24)),
                left_out_days=tuple(TODAY + DAY * i for i in range(MAX_EXCEPTIONS)),
            ),
            "too_many_exceptions",
            "left_out",
        ),
        (daily(extra=(datetime(9999, 1, 1),)), "bad_rule", "extra"),
        (daily(left_out_days=(date(1, 1, 1),)), "bad_rule", "left_out"),
        (
            daily(extra=(datetime(2026, 12, 1, 9),), left_out=(datetime(2026, 12, 1, 9),)),
            "bad_rule",
            "extra",
        ),
        (daily(holidays=HolidayRule(HolidayPolicy.NOT_ON)), "bad_rule", "holidays"),
        (
            daily(holidays=HolidayRule(HolidayPolicy.OTHER_TIMES, (HolidayName.TET,))),
            "rule_never",
            "holidays",
        ),
    ],
)
def test_what_cannot_be_promised_is_refused(when: When, code: str, field: str) -> None:
    with pytest.raises(Problem) as refused:
        timing(when, ZONE, NOW)

    assert (refused.value.code, refused.value.facts["field"]) == (code, field)


def test_a_rule_for_own_days_alone_may_wait_for_one_to_be_declared() -> None:
    own = HolidayRule(HolidayPolicy.ONLY_ON, (HolidayName.OWN,))

    found = timing(daily(holidays=own), ZONE, NOW).schedule

    assert list(starts(found, Calendar(), LOCAL_NOW, LOCAL_NOW + 400 * DAY)) == []
    festival = Calendar({date(2027, 3, 1): "Lễ hội"})
    assert list(starts(found, festival, LOCAL_NOW, LOCAL_NOW + 400 * DAY)) == [
        datetime(2027, 3, 1, 17, 0)
    ]


def test_a_rule_of_before_is_shown_with_the_end_it_had() -> None:
    old = Rule(start="2026-11-23T05:30:00", zone=ZONE, rrule="FREQ=DAILY", times=("05:30",))

    found = wish_of(Schedule(old), datetime(2026, 11, 30, 17, 0, tzinfo=UTC))

    assert found == daily(times=(DAWN,), until=date(2026, 11, 30))


def test_a_series_cut_short_is_shown_as_short_as_it_is() -> None:
    chosen = timing(daily(until=date(2026, 12, 31)), ZONE, NOW)

    found = wish_of(chosen.schedule, datetime(2026, 12, 9, 17, 0, tzinfo=UTC))

    assert isinstance(found, Repeating)
    assert found.until == date(2026, 12, 9)


@given(wishes)
def test_a_form_shows_again_what_was_wished(wish: Repeating) -> None:
    try:
        chosen = timing(wish, ZONE, NOW)
    except Problem:
        assume(condition=False)

    shown = wish_of(chosen.schedule, chosen.ends_at)

    assert rule_problem(chosen.schedule.rule) is None
    assert timing(shown, ZONE, NOW) == chosen
    assert isinstance(shown, Repeating)
    assert (shown.times, shown.begin, shown.until, shown.repeat, shown.extra, shown.holidays) == (
        wish.times,
        wish.begin,
        wish.until,
        wish.repeat,
        wish.extra,
        wish.holidays,
    )
