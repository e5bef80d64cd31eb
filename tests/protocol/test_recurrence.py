"""Days by arithmetic against the library that counts them one by one."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from loa_agent.protocol.documents import Rule
from loa_agent.protocol.instants import (
    ceil_ms,
    day_offset,
    floor_ms,
    instant_of,
    local_datetime,
    local_second,
    utc_ms,
)
from loa_agent.protocol.occurrences import MAX_OCCURRENCES, has_start, local_starts
from loa_agent.protocol.recurrence import days, names_a_day
from loa_agent.protocol.rules import WEEKDAYS, recurrence_of, rule_problem

DAY = timedelta(days=1)
TEXT = "%Y-%m-%dT%H:%M:%S"
ZONES = ["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"]

firsts = st.datetimes(datetime(2015, 1, 1), datetime(2036, 1, 1)).map(
    lambda each: each.replace(microsecond=0)
)
weekday_lists = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True)
month_days = st.lists(
    st.integers(-31, 31).filter(bool) | st.sampled_from([29, 30, 31, -1]), min_size=1, max_size=3
)
nths = st.lists(
    st.builds(
        "{}{}".format,
        st.sampled_from(["1", "2", "+3", "4", "5", "-1", "-2", "-5"]),
        st.sampled_from(WEEKDAYS),
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def texts(draw: st.DrawFn, first: datetime) -> str:
    """Any promised rule without COUNT and times of day."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    parts = [f"FREQ={frequency}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 15) | st.sampled_from([24, 120, 1000]))}")
    by_day = st.none() | weekday_lists
    wanted = draw(by_day | nths if frequency == "MONTHLY" else by_day)
    if wanted is not None:
        parts.append("BYDAY=" + ",".join(wanted))
    if draw(st.booleans()):
        parts.append("BYMONTHDAY=" + ",".join(str(day) for day in draw(month_days)))
    if draw(st.booleans()):
        until = first + draw(st.integers(-3, 900)) * DAY + draw(st.integers(-2, 2)) * DAY / 24
        parts.append(until.strftime(draw(st.sampled_from(["UNTIL=%Y%m%dT%H%M%S", "UNTIL=%Y%m%d"]))))
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    return ";".join(parts)


rules = firsts.flatmap(lambda first: st.tuples(st.just(first), texts(first)))


@settings(max_examples=500, deadline=None)
@given(rules, st.integers(-40, 1200), st.integers(0, 400))
def test_days_are_those_the_library_counts(
    rule: tuple[datetime, str], after: int, length: int
) -> None:
    first, text = rule
    begin = first.toordinal() + after
    recurrence = recurrence_of(text, first.strftime(TEXT))
    assert recurrence is not None

    found = list(days(recurrence, begin, begin + length))

    midnight = datetime.combine(date.fromordinal(begin), time())
    counted = rrulestr(text, dtstart=first).between(midnight, midnight + length * DAY, inc=True)
    assert found == [d.toordinal() for d in counted if d < midnight + length * DAY]


@settings(max_examples=60, deadline=None)
@given(rules, st.integers(0, 4))
def test_what_is_promised_has_starts_the_library_finds_too(
    rule: tuple[datetime, str], left_out: int
) -> None:
    first, text = rule
    counted = rrulestr(text, dtstart=first)
    soon = [d for d in counted.xafter(first, count=left_out, inc=True) if d.year < 3000]
    left_out = len(soon)

    asked = Rule(
        start=first.strftime(TEXT),
        zone="UTC",
        rrule=text,
        except_dates=tuple(each.strftime(TEXT) for each in soon),
    )

    assert has_start(asked) == (len(list(counted.xafter(first, left_out + 1, inc=True))) > left_out)
    if soon:
        assert rule_problem(asked) is None


@settings(max_examples=60, deadline=None)
@given(
    firsts,
    st.sampled_from(
        [
            "FREQ=DAILY;COUNT=20",
            "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=9;INTERVAL=2",
            "FREQ=DAILY;BYHOUR=5,17;BYMINUTE=0,30",
            "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3;BYHOUR=6",
        ]
    ),
    st.integers(-3, 200),
)
def test_what_must_be_counted_is_left_to_the_library(
    first: datetime, text: str, after: int
) -> None:
    begin = first + after * DAY + DAY / 7
    asked = Rule(start=first.strftime(TEXT), zone="UTC", rrule=text)

    found = local_starts(asked, begin, begin + 40 * DAY)

    counted = rrulestr(text, dtstart=first).between(begin, begin + 40 * DAY, inc=True)
    assert found == counted
    assert rule_problem(asked) is None
    assert has_start(asked)


def test_a_counted_rule_with_times_counts_its_days() -> None:
    asked = Rule(
        start="2026-11-23T06:00:00",
        zone="UTC",
        rrule="FREQ=DAILY;COUNT=2",
        times=("05:30", "17:00"),
    )

    found = local_starts(asked, datetime(2026, 11, 1), datetime(2026, 12, 31))

    assert [each.strftime("%d %H:%M") for each in found] == ["23 17:00", "24 05:30", "24 17:00"]


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2015, 1, 1), datetime(2036, 1, 1))
    | st.builds(
        lambda day, minute: datetime.combine(day, time()) + timedelta(minutes=minute),
        st.sampled_from(
            [date(2026, 3, 29), date(2026, 10, 25), date(2018, 11, 4), date(2026, 4, 5)]
        ),
        st.integers(-60, 26 * 60),
    ),
)
def test_local_times_become_the_instants_the_zone_says(zone: str, local: datetime) -> None:
    local = local.replace(microsecond=0)

    found = instant_of(utc_ms(zone, local_second(local)))

    assert found == local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert local_datetime(local_second(local)) == local


def test_only_days_on_which_clocks_change_are_without_an_offset() -> None:
    spring = date(2026, 3, 29).toordinal()

    offsets = [day_offset("Europe/Berlin", spring + each) for each in (-1, 0, 1)]

    assert offsets == [3600, None, 7200]
    assert day_offset("Asia/Ho_Chi_Minh", spring) == 7 * 3600


def test_parts_of_a_millisecond_are_rounded_to_the_side_that_is_asked() -> None:
    instant = datetime(2026, 11, 23, 0, 0, 0, 1500, tzinfo=UTC)

    assert ceil_ms(instant) - floor_ms(instant) == 1
    assert instant_of(floor_ms(instant)) == instant - timedelta(microseconds=500)
    assert local_second(datetime(2026, 11, 23, 0, 0, 0, 1)) % 60 == 1


def problem(
    rrule: str, start: str = "2026-02-01T05:30:00", **fields: tuple[str, ...]
) -> str | None:
    return rule_problem(Rule(start=start, zone="UTC", rrule=rrule, **fields))


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=-30,-31",
        "FREQ=MONTHLY;INTERVAL=24;BYMONTHDAY=29",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=20",
        "FREQ=MONTHLY;INTERVAL=12;BYDAY=5MO;BYMONTHDAY=1",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
    ],
)
def test_a_rule_whose_days_do_not_exist_never_comes(rrule: str) -> None:
    start = "2027-02-01T05:30:00" if "24" in rrule else "2026-02-01T05:30:00"

    assert problem(rrule, start) == "rule_never"
    assert problem(rrule, start, dates=("2026-03-01T05:30:00",)) is None


def test_a_leap_day_comes_though_years_pass() -> None:
    assert problem("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=29") is None
    assert problem("FREQ=MONTHLY;INTERVAL=48;BYMONTHDAY=29", "2028-02-29T05:30:00") is None


@pytest.mark.parametrize("over", ["FREQ=DAILY;UNTIL=20200101T000000", "FREQ=DAILY;UNTIL=20260201"])
def test_a_rule_that_is_over_is_promised_but_has_no_start(over: str) -> None:
    asked = Rule(start="2026-02-01T05:30:00", zone="UTC", rrule=over)

    assert rule_problem(asked) is None
    assert not has_start(asked)
    assert has_start(asked.model_copy(update={"dates": ("2026-03-01T05:30:00",)}))


def test_a_single_start_that_is_left_out_is_none() -> None:
    once = Rule(start="2026-02-01T05:30:00", zone="UTC")

    assert has_start(once)
    assert not has_start(once.model_copy(update={"except_dates": (once.start,)}))


@pytest.mark.parametrize(
    ("rrule", "code"),
    [
        ("FREQ=WEEKLY;BYDAY=1MO", "rule_part_not_supported"),
        ("FREQ=DAILY;BYDAY=-1MO", "rule_part_not_supported"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "rule_part_not_supported"),
        ("FREQ=MONTHLY;BYSETPOS=1;BYDAY=MO", "rule_part_not_supported"),
        ("FREQ=YEARLY", "rule_frequency_not_supported"),
        ("INTERVAL=2", "rule_frequency_not_supported"),
        ("FREQ=MONTHLY;BYDAY=6MO", "rule_unreadable"),
        ("FREQ=MONTHLY;BYDAY=MO,", "rule_unreadable"),
        ("FREQ=MONTHLY;BYDAY=XX", "rule_unreadable"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "rule_unreadable"),
        ("FREQ=DAILY;INTERVAL=1,2", "rule_unreadable"),
        ("FREQ=DAILY;FREQ=WEEKLY", "rule_unreadable"),
        ("FREQ=DAILY;WKST=XX", "rule_unreadable"),
        ("FREQ=DAILY;UNTIL=20261332", "rule_unreadable"),
        ("FREQ=DAILY;UNTIL=2026", "rule_unreadable"),
        ("FREQ=DAILY;BYHOUR=25", "rule_unreadable"),
        ("freq=daily", "rule_unreadable"),
        ("", "rule_unreadable"),
    ],
)
def test_what_is_not_promised_has_a_precise_code(rrule: str, code: str) -> None:
    assert problem(rrule) == code


def test_a_rule_without_end_asked_for_ever_is_cut() -> None:
    asked = Rule(start="2026-02-01T05:30:00", zone="UTC", rrule="FREQ=DAILY")

    found = local_starts(asked, datetime(2026, 1, 1), datetime(9999, 1, 1))

    assert len(found) == MAX_OCCURRENCES


def test_ten_thousand_days_later_costs_no_counting() -> None:
    recurrence = recurrence_of("FREQ=WEEKLY;INTERVAL=3;BYDAY=FR", "2000-01-07T05:30:00")
    assert recurrence is not None

    far = date(2400, 1, 1).toordinal()

    assert len(list(days(recurrence, far, far + 42))) == 2
    assert names_a_day(recurrence)
