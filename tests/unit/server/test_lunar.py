"""The Vietnamese lunar calendar against published dates and against itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loa_server.domain.lunar import LunarDate, new_year, to_lunar, to_solar

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "day",
    [
        date(1968, 1, 29),  # China: 30 January
        date(1985, 1, 21),  # China: 20 February
        date(2007, 2, 17),  # China: 18 February
        date(2023, 1, 22),
        date(2024, 2, 10),
        date(2025, 1, 29),
        date(2026, 2, 17),
        date(2027, 2, 6),
        date(2028, 1, 26),
        date(2029, 2, 13),
        date(2030, 2, 2),  # China: 3 February
        date(2031, 1, 23),
        date(2032, 2, 11),
        date(2033, 1, 31),
        date(2034, 2, 19),
        date(2035, 2, 8),
    ],
)
def test_tet_falls_where_it_was_published(day: date) -> None:
    assert to_lunar(day) == LunarDate(1, 1, day.year)
    assert new_year(day.year) == day
    assert to_lunar(day - DAY).month == 12


@pytest.mark.parametrize(
    ("year", "leap"),
    [(2017, 6), (2020, 4), (2023, 2), (2025, 6), (2028, 5), (2031, 3), (2033, 11)],
)
def test_a_leap_year_has_the_leap_month_that_was_published(year: int, leap: int) -> None:
    days = [date(year, 1, 1) + DAY * number for number in range(420)]

    leaps = {lunar.month for lunar in map(to_lunar, days) if lunar.leap and lunar.year == year}

    assert leaps == {leap}


def test_a_common_year_has_no_leap_month() -> None:
    days = [date(2026, 1, 1) + DAY * number for number in range(365)]

    assert not any(to_lunar(day).leap for day in days)


@pytest.mark.parametrize(
    ("day", "lunar"),
    [
        (date(2026, 4, 26), LunarDate(10, 3, 2026)),
        (date(2025, 9, 29), LunarDate(8, 8, 2025)),
        (date(2025, 7, 25), LunarDate(1, 6, 2025, leap=True)),
        (date(2023, 3, 22), LunarDate(1, 2, 2023, leap=True)),
        (date(2026, 11, 25), LunarDate(17, 10, 2026)),
    ],
)
def test_known_days_are_told_both_ways(day: date, lunar: LunarDate) -> None:
    assert to_lunar(day) == lunar
    assert to_solar(lunar) == day


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_is_found_again_from_its_lunar_date(day: date) -> None:
    assert to_solar(to_lunar(day)) == day


@given(st.dates(date(1900, 1, 1), date(2199, 12, 30)))
def test_the_next_day_is_the_next_lunar_day_or_the_first_of_a_month(day: date) -> None:
    today, tomorrow = to_lunar(day), to_lunar(day + DAY)

    if tomorrow.day == 1:
        assert today.day in {29, 30}
    else:
        assert tomorrow.day == today.day + 1
        assert (tomorrow.month, tomorrow.year, tomorrow.leap) == (
            today.month,
            today.year,
            today.leap,
        )


@pytest.mark.parametrize(
    "lunar",
    [
        LunarDate(30, 12, 2026),  # Chạp has 29 days
        LunarDate(0, 1, 2026),
        LunarDate(31, 1, 2026),
        LunarDate(1, 13, 2026),
        LunarDate(1, 6, 2026, leap=True),
        LunarDate(1, 1, 1800),
    ],
)
def test_a_lunar_day_that_never_was_is_refused(lunar: LunarDate) -> None:
    with pytest.raises(ValueError, match=r"no_such_lunar_day|lunar_year_unknown"):
        to_solar(lunar)


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2200, 1, 1)])
def test_years_that_are_not_promised_are_refused(day: date) -> None:
    with pytest.raises(ValueError, match="lunar_year_unknown"):
        to_lunar(day)
