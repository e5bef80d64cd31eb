"""Where a broadcast stands is told from its rule, near or far from now."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from loa_agent.protocol.documents import Broadcast
from loa_server.domain.standing import AFTERGLOW, Standing, standing
from loa_server.domain.when import At, Daily, When, timing
from makers import ZONE, an_item

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TWICE = Daily((time(5, 30), time(17, 0)), date(2026, 11, 23))


def ordered(when: When, made: datetime = NOW) -> Broadcast:
    chosen = timing(when, ZONE, made)
    return Broadcast(
        id="bp-1",
        title="Bản tin",
        items=(an_item(),),
        rule=chosen.rule,
        begins_at=made,
        ends_at=chosen.ends_at,
    )


def local(stands: Standing) -> tuple[str | None, str | None]:
    """Local starts of what is shown and what comes next."""
    texts = []
    for instant in (stands.shown and stands.shown.starts_at, stands.next_at):
        there = None if instant is None else instant.astimezone(ZoneInfo(ZONE))
        texts.append(None if there is None else there.strftime("%d %H:%M"))
    return texts[0], texts[1]


def test_once_is_scheduled_then_on_air_then_finished() -> None:
    broadcast = ordered(At(datetime(2026, 11, 23, 17, 0)))
    start = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    stands = [standing(broadcast, None, now) for now in (NOW, start, start + MINUTE)]

    assert [each.status for each in stands] == ["scheduled", "on_air", "finished"]
    assert [local(each) for each in stands] == [
        ("23 17:00", "23 17:00"),
        ("23 17:00", None),
        ("23 17:00", None),
    ]


def test_daily_shows_what_just_ended_before_what_comes() -> None:
    broadcast = ordered(TWICE)
    ended = datetime(2026, 11, 23, 10, 1, tzinfo=UTC)

    stands = [standing(broadcast, None, ended + wait) for wait in (MINUTE, AFTERGLOW)]

    assert [local(each) for each in stands] == [
        ("23 17:00", "24 05:30"),
        ("24 05:30", "24 05:30"),
    ]


@pytest.mark.parametrize("days", [3, 10, 365, 3000])
def test_an_old_daily_rule_stands_as_a_young_one_does(days: int) -> None:
    now = NOW + days * DAY
    young = ordered(Daily(TWICE.times, now.date()), now - DAY)

    old_stands = standing(ordered(TWICE), None, now)
    young_stands = standing(young, None, now)

    assert old_stands.next_at == young_stands.next_at
    assert old_stands.shown is not None
    assert young_stands.shown is not None
    assert old_stands.shown.id == young_stands.shown.id


def test_a_rule_that_begins_far_ahead_is_scheduled() -> None:
    broadcast = ordered(Daily((time(5, 30),), date(2027, 10, 1)))

    assert local(standing(broadcast, None, NOW)) == ("01 05:30", "01 05:30")


def test_an_ended_rule_shows_its_last_occurrence_however_long_ago() -> None:
    broadcast = ordered(Daily((time(5, 30),), date(2026, 11, 24), date(2026, 11, 26)))

    stands = standing(broadcast, None, NOW + 400 * DAY)

    assert stands.status == "finished"
    assert local(stands) == ("26 05:30", None)


def test_a_stopped_broadcast_has_only_what_began_before() -> None:
    broadcast = ordered(TWICE)
    stopped = datetime(2026, 11, 23, 10, 0, 30, tzinfo=UTC)

    stands = standing(broadcast, stopped, NOW + DAY)

    assert stands.status == "stopped"
    assert local(stands) == ("23 17:00", None)


def test_a_broadcast_stopped_before_it_began_shows_nothing() -> None:
    assert standing(ordered(TWICE), NOW + MINUTE, NOW + DAY).shown is None
