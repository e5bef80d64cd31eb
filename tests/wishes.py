"""Wishes for repeating broadcasts as hypothesis makes them up."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st
from loa_server.domain.holidays import HolidayName
from loa_server.domain.repeat import Nth, Repeat, Unit
from loa_server.domain.schedule import HolidayPolicy, HolidayRule
from loa_server.domain.when import Repeating

NOW = datetime(2026, 11, 23, 3, 0, 0, 1000, tzinfo=UTC)
"""10:00 on a Monday in Viet Nam and a little more."""
LOCAL_NOW = datetime(2026, 11, 23, 10, 0)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)

minutes = st.times().map(lambda at: at.replace(second=0, microsecond=0))
near_days = st.dates(TODAY - 50 * DAY, TODAY + 300 * DAY)
near_starts = st.builds(datetime.combine, near_days, minutes)
ISO_DAYS = st.integers(1, 7)
repeats = st.one_of(
    st.builds(Repeat, st.integers(1, 9)),
    st.builds(
        Repeat,
        st.integers(1, 9),
        st.just(Unit.WEEK),
        weekdays=st.sets(ISO_DAYS, min_size=1).map(lambda days: tuple(sorted(days))),
    ),
    st.builds(
        Repeat,
        st.integers(1, 9),
        st.just(Unit.MONTH),
        month_day=st.integers(1, 31) | st.just(-1),
    ),
    st.builds(
        Repeat,
        st.integers(1, 9),
        st.just(Unit.MONTH),
        nth=st.builds(Nth, st.integers(1, 5) | st.just(-1), ISO_DAYS),
    ),
)
names = st.sets(st.sampled_from(HolidayName), min_size=1)
holiday_rules = st.one_of(
    st.just(HolidayRule()),
    st.builds(
        HolidayRule,
        st.sampled_from([HolidayPolicy.NOT_ON, HolidayPolicy.ONLY_ON]),
        names.map(lambda some: tuple(name for name in HolidayName if name in some)),
    ),
    st.builds(
        HolidayRule,
        st.just(HolidayPolicy.OTHER_TIMES),
        names.map(lambda some: tuple(name for name in HolidayName if name in some)),
        st.sets(minutes, min_size=1, max_size=3).map(lambda some: tuple(sorted(some))),
    ),
)
sorted_starts = st.sets(near_starts, max_size=4).map(lambda some: tuple(sorted(some)))
wishes = st.builds(
    Repeating,
    times=st.sets(minutes, min_size=1, max_size=4).map(lambda some: tuple(sorted(some))),
    begin=near_days,
    until=st.none() | near_days,
    repeat=repeats,
    extra=sorted_starts,
    left_out=sorted_starts,
    left_out_days=st.sets(near_days, max_size=4).map(lambda some: tuple(sorted(some))),
    holidays=holiday_rules,
)
