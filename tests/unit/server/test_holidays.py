"""Which days are holidays, by law and by an area's word."""

from datetime import date

import pytest
from loa_server.domain.holidays import Calendar, HolidayName, days_of


@pytest.mark.parametrize(
    ("year", "first", "last"),
    [
        (2025, date(2025, 1, 28), date(2025, 2, 1)),
        (2026, date(2026, 2, 16), date(2026, 2, 20)),
        (2027, date(2027, 2, 5), date(2027, 2, 9)),
    ],
)
def test_tet_is_the_last_day_of_the_year_and_four_after(year: int, first: date, last: date) -> None:
    days = days_of(HolidayName.TET, year)

    assert (days[0], days[-1], len(days)) == (first, last, 5)


def test_the_hung_kings_are_remembered_on_the_tenth_of_the_third_lunar_month() -> None:
    assert days_of(HolidayName.HUNG_KINGS, 2026) == (date(2026, 4, 26),)
    assert days_of(HolidayName.HUNG_KINGS, 2025) == (date(2025, 4, 7),)


def test_the_law_gives_eleven_days_a_year() -> None:
    names = [name for name in HolidayName if name is not HolidayName.OWN]

    assert sum(len(days_of(name, 2026)) for name in names) == 11


def test_a_day_may_be_two_holidays() -> None:
    calendar = Calendar({date(2026, 4, 30): "Lễ hội đình làng"})

    assert calendar.names(date(2026, 4, 30)) == (HolidayName.OWN, HolidayName.REUNIFICATION)
    assert calendar.holds(date(2026, 4, 30), [HolidayName.OWN])
    assert calendar.holds(date(2026, 4, 30), [HolidayName.REUNIFICATION, HolidayName.TET])
    assert not calendar.holds(date(2026, 4, 30), [HolidayName.TET])


def test_an_ordinary_day_is_no_holiday() -> None:
    assert Calendar().names(date(2026, 11, 25)) == ()
    assert not Calendar().holds(date(2026, 11, 25), HolidayName)


def test_a_year_beyond_the_lunar_calendar_knows_only_own_days() -> None:
    calendar = Calendar({date(2300, 1, 1): "Ngày hội"})

    assert calendar.names(date(2300, 1, 1)) == (HolidayName.OWN,)
