"""Where a broadcast stands is told from its rule, near or far from now."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from loa_agent.protocol.documents import BroadcastClass
from loa_server.domain.broadcasts import Approval, ApprovalState, Broadcast, on_air
from loa_server.domain.bulletins import Bulletin, BulletinStatus, Voice
from loa_server.domain.holidays import Calendar, HolidayName
from loa_server.domain.schedule import HolidayPolicy, HolidayRule
from loa_server.domain.standing import AFTERGLOW, Standing, standing
from loa_server.domain.when import At, Repeating, When, timing
from makers import ZONE

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TWICE = Repeating((time(5, 30), time(17, 0)), date(2026, 11, 23))


NO_OWN_DAYS = Calendar()
BULLETIN = Bulletin(
    id="bt-a",
    title="Bản tin",
    category=None,
    author="u-1",
    area="xa",
    created_at=NOW,
    source_sha256="a" * 64,
    status=BulletinStatus.READY,
    voice=Voice("a" * 64, 1000, 60_000, -16.0),
)


@dataclass(frozen=True)
class Ordered:
    """A broadcast and what stations are told of it."""

    broadcast: Broadcast
    calendar: Calendar = NO_OWN_DAYS

    def stands(self, now: datetime, stopped_at: datetime | None = None) -> Standing:
        broadcast = replace(self.broadcast, stopped_at=stopped_at)
        travelling = on_air(broadcast, (BULLETIN,), self.calendar, now)
        return standing(broadcast, travelling, self.calendar, now)


def ordered(when: When, made: datetime = NOW, calendar: Calendar = NO_OWN_DAYS) -> Ordered:
    chosen = timing(when, ZONE, made, calendar)
    broadcast = Broadcast(
        id="bp-1",
        title="Bản tin",
        class_=BroadcastClass.ORDINARY,
        bulletins=(BULLETIN.id,),
        audiences=("a-xa",),
        schedule=chosen.schedule,
        area="xa",
        author="u-1",
        created_at=made,
        ends_at=chosen.ends_at,
    )
    return Ordered(broadcast, calendar)


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

    stands = [broadcast.stands(now) for now in (NOW, start, start + MINUTE)]

    assert [each.status for each in stands] == ["scheduled", "on_air", "finished"]
    assert [local(each) for each in stands] == [
        ("23 17:00", "23 17:00"),
        ("23 17:00", None),
        ("23 17:00", None),
    ]


def test_daily_shows_what_just_ended_before_what_comes() -> None:
    broadcast = ordered(TWICE)
    ended = datetime(2026, 11, 23, 10, 1, tzinfo=UTC)

    stands = [broadcast.stands(ended + wait) for wait in (MINUTE, AFTERGLOW)]

    assert [local(each) for each in stands] == [
        ("23 17:00", "24 05:30"),
        ("24 05:30", "24 05:30"),
    ]


@pytest.mark.parametrize("days", [3, 10, 365, 3000])
def test_an_old_daily_rule_stands_as_a_young_one_does(days: int) -> None:
    now = NOW + days * DAY
    young = ordered(Repeating(TWICE.times, now.date()), now - DAY)

    old_stands = ordered(TWICE).stands(now)
    young_stands = young.stands(now)

    assert old_stands.next_at == young_stands.next_at
    assert old_stands.shown is not None
    assert young_stands.shown is not None
    assert old_stands.shown.id == young_stands.shown.id


def test_a_rule_that_begins_far_ahead_is_scheduled() -> None:
    broadcast = ordered(Repeating((time(5, 30),), date(2027, 10, 1)))

    assert local(broadcast.stands(NOW)) == ("01 05:30", "01 05:30")


def test_an_ended_rule_shows_its_last_occurrence_however_long_ago() -> None:
    broadcast = ordered(Repeating((time(5, 30),), date(2026, 11, 24), date(2026, 11, 26)))

    stands = broadcast.stands(NOW + 400 * DAY)

    assert stands.status == "finished"
    assert local(stands) == ("26 05:30", None)


def test_a_stopped_broadcast_has_only_what_began_before() -> None:
    broadcast = ordered(TWICE)
    stopped = datetime(2026, 11, 23, 10, 0, 30, tzinfo=UTC)

    stands = broadcast.stands(NOW + DAY, stopped)

    assert stands.status == "stopped"
    assert local(stands) == ("23 17:00", None)


def test_a_broadcast_stopped_before_it_began_shows_nothing() -> None:
    assert ordered(TWICE).stands(NOW + DAY, NOW + MINUTE).shown is None


def test_what_comes_next_may_be_a_holiday_more_than_a_document_ahead() -> None:
    tet = HolidayRule(HolidayPolicy.ONLY_ON, (HolidayName.TET,))
    broadcast = ordered(Repeating((time(5, 30),), date(2026, 11, 23), holidays=tet))

    after_tet = datetime(2027, 2, 20, tzinfo=UTC)

    assert local(broadcast.stands(NOW)) == ("05 05:30", "05 05:30")
    # Tết 2028 begins on 25 January.
    assert local(broadcast.stands(after_tet)) == ("25 05:30", "25 05:30")


def test_a_series_for_own_days_that_nobody_declared_has_nothing_to_come() -> None:
    own = HolidayRule(HolidayPolicy.ONLY_ON, (HolidayName.OWN,))
    wish = Repeating((time(5, 30),), date(2026, 11, 23), holidays=own)

    assert ordered(wish).stands(NOW).next_at is None
    declared = Calendar({date(2028, 3, 1): "Lễ hội"})
    assert local(ordered(wish, calendar=declared).stands(NOW)) == ("01 05:30", "01 05:30")


def test_the_last_occurrence_of_a_series_with_holidays_is_found_however_long_ago() -> None:
    silent = HolidayRule(HolidayPolicy.NOT_ON, (HolidayName.TET,))
    wish = Repeating((time(5, 30),), date(2027, 1, 1), date(2027, 2, 7), holidays=silent)

    # 5 to 7 February are Tết.
    assert local(ordered(wish).stands(NOW + 900 * DAY)) == ("04 05:30", None)


@pytest.mark.parametrize("state", [ApprovalState.WAITING, ApprovalState.REFUSED])
def test_what_nobody_approved_says_so_though_its_time_is_known(state: ApprovalState) -> None:
    found = ordered(TWICE)
    asked = Ordered(replace(found.broadcast, approval=Approval(state)))

    stands = asked.stands(NOW)

    assert stands.status == state
    assert local(stands)[1] == "23 17:00"
