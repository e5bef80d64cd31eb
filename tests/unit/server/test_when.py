"""From what a person chose to the rule that travels, at the edges of the calendar too."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from loa_agent.protocol.occurrences import rule_problem
from loa_server.domain.problems import Problem
from loa_server.domain.when import MAX_TIMES, At, Daily, Now, When, timing
from makers import ZONE

NOW = datetime(2026, 11, 23, 3, 0, 0, 1000, tzinfo=UTC)
"""10:00 in Viet Nam and a little more."""
TODAY = date(2026, 11, 23)
FIVE = time(17, 0)


def test_now_rounds_up_to_whole_seconds_of_local_time() -> None:
    assert timing(Now(timedelta(seconds=15)), ZONE, NOW).rule.start == "2026-11-23T10:00:16"


def test_a_daily_wish_becomes_a_rule_stations_promise() -> None:
    chosen = timing(Daily((FIVE, time(5, 30), FIVE), TODAY, date(2026, 11, 30)), ZONE, NOW)

    assert chosen.rule.start == "2026-11-23T05:30:00"
    assert chosen.rule.times == ("05:30", "17:00")
    assert rule_problem(chosen.rule) is None
    assert chosen.ends_at == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


def test_a_day_already_gone_begins_today() -> None:
    chosen = timing(Daily((FIVE,), date(2020, 1, 1)), ZONE, NOW)

    assert chosen.rule.start == "2026-11-23T17:00:00"


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (Now(timedelta(seconds=1)), "bad_rule"),
        (Now(timedelta(hours=2)), "bad_rule"),
        (At(datetime(2026, 11, 23, 10, 0)), "start_in_past"),
        (At(datetime(1, 1, 1, 5, 0)), "start_in_past"),
        (At(datetime(9999, 12, 31, 23, 59)), "bad_rule"),
        (At(datetime(2027, 12, 1, 5, 0)), "bad_rule"),
        (Daily((), TODAY), "bad_rule"),
        (
            Daily(tuple(time(i // 60, i % 60) for i in range(MAX_TIMES + 1)), TODAY),
            "too_many_times",
        ),
        (Daily((FIVE,), date.max), "bad_rule"),
        (Daily((FIVE,), TODAY, date.min), "start_in_past"),
        (Daily((FIVE,), TODAY, date.max), "bad_rule"),
        (Daily((FIVE,), date.min, date(2026, 11, 22)), "start_in_past"),
    ],
)
def test_what_cannot_be_promised_is_refused(when: When, code: str) -> None:
    with pytest.raises(Problem) as refused:
        timing(when, ZONE, NOW)

    assert refused.value.code == code
