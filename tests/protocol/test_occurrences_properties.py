"""Occurrences against a slow model that knows nothing of recurrence libraries."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loa_agent.protocol.documents import Broadcast, Rule
from loa_agent.protocol.occurrences import occurrences, rule_problem
from makers import an_item

DAY = timedelta(days=1)
ZONES = ["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
TEXT = "%Y-%m-%dT%H:%M:%S"
# Round both changes of the clocks, a leap day and the turn of a year.
ANCHORS = [date(2027, 3, 28), date(2026, 10, 25), date(2028, 2, 28), date(2026, 12, 30)]

times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
near = st.builds(
    lambda anchor, days: anchor + days * DAY, st.sampled_from(ANCHORS), st.integers(-40, 40)
)


def matches(day: date, first: date, parts: dict[str, str]) -> bool:
    """Whether the recurrence names this day."""
    match parts["FREQ"]:
        case "DAILY":
            named = (day - first).days % int(parts.get("INTERVAL", "1")) == 0
            wanted = parts.get("BYDAY")
            return named and (wanted is None or DAYS[day.weekday()] in wanted.split(","))
        case "WEEKLY":
            wanted = parts.get("BYDAY", DAYS[first.weekday()])
            return DAYS[day.weekday()] in wanted.split(",")
        case _:
            length = monthrange(day.year, day.month)[1]
            number = int(parts.get("BYMONTHDAY", str(first.day)))
            return day.day == (number if number > 0 else length + 1 + number)


def expected(rule: Rule, begin: datetime, end: datetime) -> list[datetime]:
    """UTC instants of starts in [begin, end), day by day."""
    first = datetime.fromisoformat(rule.start)
    found = {first} if rule.rrule is None else set()
    if rule.rrule is not None:
        parts = dict(part.split("=") for part in rule.rrule.split(";"))
        day = first.date()
        while day <= (end + 2 * DAY).date():
            at = [time.fromisoformat(text) for text in rule.times] or [first.time()]
            if matches(day, first.date(), parts):
                found |= {datetime.combine(day, each) for each in at}
            day += DAY
    found = {each for each in found if each >= first}
    found |= {datetime.fromisoformat(text) for text in rule.dates}
    found -= {datetime.fromisoformat(text) for text in rule.except_dates}
    zone = ZoneInfo(rule.zone)
    instants = [each.replace(tzinfo=zone).astimezone(UTC) for each in found]
    return sorted(each for each in instants if begin <= each < end)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    start = datetime.combine(draw(near), draw(times))
    rrule = draw(
        st.sampled_from(
            [
                None,
                "FREQ=DAILY",
                "FREQ=DAILY;INTERVAL=3",
                "FREQ=DAILY;BYDAY=MO,SU",
                "FREQ=WEEKLY",
                "FREQ=WEEKLY;BYDAY=TU,SA",
                "FREQ=MONTHLY",
                "FREQ=MONTHLY;BYMONTHDAY=31",
                "FREQ=MONTHLY;BYMONTHDAY=-1",
                "FREQ=MONTHLY;BYMONTHDAY=29",
            ]
        )
    )
    several = draw(st.lists(times, max_size=3, unique=True))
    extra = draw(st.lists(st.builds(datetime.combine, near, times), max_size=2))
    away = draw(st.lists(st.builds(datetime.combine, near, times), max_size=2))
    return Rule(
        start=start.strftime(TEXT),
        zone=draw(st.sampled_from(ZONES)),
        rrule=rrule,
        times=tuple(each.strftime("%H:%M") for each in several) if rrule else (),
        dates=tuple(each.strftime(TEXT) for each in extra),
        except_dates=tuple(each.strftime(TEXT) for each in [*away, *extra[:1]]),
    )


def a_daily(rule: Rule, duration_ms: int = 60_000) -> Broadcast:
    return Broadcast(id="b", title="b", items=(an_item(duration_ms=duration_ms),), rule=rule)


@settings(max_examples=1000, deadline=None)
@given(rules(), near, st.integers(1, 40))
def test_starts_are_those_of_the_slow_model(rule: Rule, day: date, days: int) -> None:
    begin = datetime.combine(day, time(), UTC)
    end = begin + days * DAY

    found = occurrences(a_daily(rule), begin, end)

    starts = [each.starts_at for each in found if each.starts_at >= begin]
    assert sorted(starts) == expected(rule, begin, end)
    assert rule_problem(rule) is None
    assert len({each.id for each in found}) == len(found)


@settings(max_examples=400, deadline=None)
@given(rules(), near, st.integers(1, 24 * 60))
def test_what_began_before_the_window_and_still_sounds_is_in_it(
    rule: Rule, day: date, minutes: int
) -> None:
    begin = datetime.combine(day, time(), UTC)
    length = timedelta(minutes=minutes)

    found = occurrences(a_daily(rule, minutes * 60_000), begin, begin + DAY)

    assert sorted(each.starts_at for each in found) == [
        start for start in expected(rule, begin - length, begin + DAY) if start + length > begin
    ]


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2027-03-28T02:30:00", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_local_time_that_is_missing_or_double_has_one_meaning(local: str, utc: datetime) -> None:
    rule = Rule(start=local, zone="Europe/Berlin")

    (only,) = occurrences(a_daily(rule), utc - DAY, utc + DAY)

    assert only.starts_at == utc


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;INTERVAL=1\nRRULE:FREQ=SECONDLY",
        "FREQ=DAILY;UNTIL=yesterday",
        "FREQ=DAILY;UNTIL=20261130T000000Z",
    ],
)
def test_a_rule_that_stands_still_or_says_nothing_is_unreadable(rrule: str) -> None:
    rule = Rule(start="2026-11-23T12:00:00", zone="UTC", rrule=rrule)

    assert rule_problem(rule) == "rule_unreadable"


def test_times_beside_byhour_are_not_promised() -> None:
    rule = Rule(
        start="2026-11-23T12:00:00", zone="UTC", rrule="FREQ=DAILY;BYHOUR=5", times=("05:30",)
    )

    assert rule_problem(rule) == "rule_part_not_supported"
