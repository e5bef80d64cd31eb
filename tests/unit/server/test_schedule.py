"""What holidays do to a rule, and that stations hear no more than they must."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loa_agent.protocol.documents import Rule
from loa_agent.protocol.occurrences import local_starts, rule_problem
from loa_server.domain.holidays import Calendar, HolidayName
from loa_server.domain.schedule import (
    MAX_WINDOW,
    HolidayPolicy,
    HolidayRule,
    Schedule,
    starts,
    travelling,
)
from makers import ZONE

DAY = timedelta(days=1)
TET = (HolidayName.TET,)
CALENDAR = Calendar({date(2026, 12, 5): "Lễ hội đình làng"})


def a_rule(**changes: object) -> Rule:
    """Twice on every working day from 23 November 2026."""
    fields: dict[str, object] = {
        "start": "2026-11-23T05:30:00",
        "zone": ZONE,
        "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "times": ("05:30", "17:00"),
        **changes,
    }
    return Rule.model_validate(fields)


def due(schedule: Schedule, begin: date, days: int) -> list[str]:
    rule = travelling(schedule, CALENDAR, begin, begin + days * DAY)
    first = datetime.combine(begin, time())
    return [at.strftime("%d/%m %H:%M") for at in local_starts(rule, first, first + days * DAY)]


def test_a_rule_without_holidays_travels_as_it_is() -> None:
    rule = a_rule()

    assert travelling(Schedule(rule), CALENDAR, date(2027, 2, 1), date(2027, 2, 20)) is rule


def test_not_on_tet_is_silent_on_the_five_days() -> None:
    schedule = Schedule(a_rule(), HolidayRule(HolidayPolicy.NOT_ON, TET))

    found = due(schedule, date(2027, 2, 4), 8)

    # Tết 2027: 5 to 9 February, Friday to Tuesday.
    assert found == [
        "04/02 05:30",
        "04/02 17:00",
        "10/02 05:30",
        "10/02 17:00",
        "11/02 05:30",
        "11/02 17:00",
    ]


def test_only_on_tet_sounds_on_its_days_that_the_rule_names() -> None:
    schedule = Schedule(a_rule(), HolidayRule(HolidayPolicy.ONLY_ON, TET))

    assert due(schedule, date(2027, 2, 1), 28) == [
        "05/02 05:30",
        "05/02 17:00",
        "08/02 05:30",
        "08/02 17:00",
        "09/02 05:30",
        "09/02 17:00",
    ]


def test_only_on_holidays_does_not_sound_on_the_day_the_rule_begins() -> None:
    schedule = Schedule(a_rule(), HolidayRule(HolidayPolicy.ONLY_ON, TET))

    assert due(schedule, date(2026, 11, 20), 30) == []


def test_other_times_take_the_place_of_the_usual_ones() -> None:
    other = HolidayRule(HolidayPolicy.OTHER_TIMES, TET, (time(5, 0), time(17, 0)))

    found = due(Schedule(a_rule(), other), date(2027, 2, 4), 3)

    assert found == ["04/02 05:30", "04/02 17:00", "05/02 05:00", "05/02 17:00"]


def test_a_start_added_on_a_holiday_sounds() -> None:
    rule = a_rule(dates=("2027-02-05T05:30:00", "2027-02-06T09:00:00"))
    schedule = Schedule(rule, HolidayRule(HolidayPolicy.NOT_ON, TET))

    assert due(schedule, date(2027, 2, 5), 5) == ["05/02 05:30", "06/02 09:00"]


def test_a_start_left_out_stays_left_out_among_other_times() -> None:
    rule = a_rule(except_dates=("2027-02-05T05:30:00", "2027-02-05T17:00:00"))
    other = HolidayRule(HolidayPolicy.OTHER_TIMES, TET, (time(9, 0),))

    assert due(Schedule(rule, other), date(2027, 2, 5), 4) == ["08/02 09:00"]


def test_an_areas_own_days_count_as_own() -> None:
    daily = a_rule(rrule="FREQ=DAILY", times=("05:30",))
    schedule = Schedule(daily, HolidayRule(HolidayPolicy.NOT_ON, (HolidayName.OWN,)))

    assert due(schedule, date(2026, 12, 4), 3) == ["04/12 05:30", "06/12 05:30"]


def test_single_starts_far_away_do_not_travel() -> None:
    years = [f"20{year}-12-0{day}T17:00:00" for year in range(26, 36) for day in range(1, 9)]
    rule = a_rule(dates=tuple(years), except_dates=tuple(years))

    found = travelling(Schedule(rule), CALENDAR, date(2026, 12, 1), date(2027, 1, 30))

    assert found.dates == found.except_dates == tuple(years[:8])


def test_a_single_broadcast_that_was_cancelled_stays_so() -> None:
    once = Rule(start="2027-03-01T17:00:00", zone=ZONE, except_dates=("2027-03-01T17:00:00",))

    found = travelling(Schedule(once), CALENDAR, date(2026, 11, 20), date(2027, 1, 20))

    assert local_starts(found, datetime(2026, 1, 1), datetime(2028, 1, 1)) == []


def test_a_stretch_too_long_for_one_rule_is_refused() -> None:
    begin = date(2026, 11, 1)

    with pytest.raises(ValueError, match="window_too_long"):
        travelling(Schedule(a_rule()), CALENDAR, begin, begin + MAX_WINDOW + DAY)


policies = st.builds(
    HolidayRule,
    st.sampled_from(HolidayPolicy),
    st.lists(st.sampled_from(HolidayName), min_size=1, unique=True).map(tuple),
    st.lists(st.times().map(lambda at: at.replace(second=0, microsecond=0)), min_size=1).map(
        lambda found: tuple(found[:24])
    ),
)


@given(
    policies,
    st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,SA", "FREQ=MONTHLY;BYMONTHDAY=5"]),
    st.dates(date(2026, 11, 1), date(2028, 12, 1)),
)
def test_a_policy_moves_starts_on_its_holidays_only(
    holidays: HolidayRule, rrule: str, begin: date
) -> None:
    usual, schedule = Schedule(a_rule(rrule=rrule)), Schedule(a_rule(rrule=rrule), holidays)
    first, end = datetime.combine(begin, time()), datetime.combine(begin + 90 * DAY, time())

    expected = []
    for day in sorted({at.date() for at in starts(usual, CALENDAR, first, end)}):
        held = CALENDAR.holds(day, holidays.days)
        times: tuple[time, ...] = (time(5, 30), time(17, 0))
        if held and holidays.policy is HolidayPolicy.OTHER_TIMES:
            times = tuple(sorted(set(holidays.times)))
        silent = (held and holidays.policy is HolidayPolicy.NOT_ON) or (
            not held and holidays.policy is HolidayPolicy.ONLY_ON
        )
        expected += [] if silent else [datetime.combine(day, at) for at in times]

    found = list(starts(schedule, CALENDAR, first, end))

    assert found == expected
    assert rule_problem(travelling(schedule, CALENDAR, begin, begin + MAX_WINDOW)) is None
