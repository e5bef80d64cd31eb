"""A series is changed while stations live by it: nothing sounds twice, nothing is lost."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from fakes.province import Province
from loa_agent.protocol.reports import RecordKind
from loa_server.application.cancel_occurrence import cancel_occurrence
from loa_server.application.change_broadcast import Change, change_broadcast
from loa_server.domain.broadcasts import Broadcast, ChangeScope
from loa_server.domain.when import Repeating

HOURS_EAST = timedelta(hours=7)
MINUTE = timedelta(minutes=1)
TODAY = date(2026, 11, 23)
HOMES = {"phu-cat-1": "phu-cat", "phu-cat-2": "phu-cat"}


@pytest.fixture
def commune(found_province: Callable[..., Province]) -> Province:
    """Two stations; 10:00 on a Monday."""
    return found_province(HOMES)


def ordered(province: Province) -> Broadcast:
    """Every day at 10:10 and 10:20."""
    twice_a_day = Repeating((time(10, 10), time(10, 20)), TODAY)
    return province.world.broadcast("a-phu-cat", when=twice_a_day, bulletin=province.bulletin())


def change(province: Province, old: Broadcast, scope: ChangeScope, at: time, start: time) -> None:
    occurrence, begin = (datetime.combine(TODAY, each) for each in (at, start))
    world = province.world
    change_broadcast(world.services, world.commune, Change(old.id, scope, occurrence, begin))


def started(province: Province, name: str) -> list[str]:
    """Local minutes at which a station began to sound."""
    records = province.devices[name].kinds(RecordKind.STARTED)
    return [f"{each.actual_at + HOURS_EAST:%H:%M}" for each in records if each.actual_at]


def test_one_occurrence_moves_and_each_sounds_once(commune: Province) -> None:
    old = ordered(commune)
    commune.wait(5 * MINUTE)

    change(commune, old, ChangeScope.ONE, time(10, 10), time(10, 15))
    commune.wait(20 * MINUTE)

    assert started(commune, "phu-cat-1") == ["10:15", "10:20"]


def test_a_change_between_two_occurrences_loses_neither(commune: Province) -> None:
    old = ordered(commune)
    commune.wait(12 * MINUTE)

    change(commune, old, ChangeScope.ALL, time(10, 20), time(10, 16))
    commune.wait(12 * MINUTE)

    assert started(commune, "phu-cat-1") == ["10:10", "10:16"]


def test_what_sounds_at_the_moment_of_a_change_goes_on(commune: Province) -> None:
    old = ordered(commune)
    commune.wait(10.5 * MINUTE)
    before = commune.sounding()

    change(commune, old, ChangeScope.ALL, time(10, 20), time(10, 18))
    commune.wait(MINUTE / 6)
    after = commune.sounding()
    commune.wait(12 * MINUTE)

    assert before == after == set(HOMES)
    assert started(commune, "phu-cat-1") == ["10:10", "10:18"]


def test_a_station_away_during_the_change_plays_the_old_until_it_is_back(
    commune: Province,
) -> None:
    old = ordered(commune)
    commune.wait(5 * MINUTE)
    away = commune.devices["phu-cat-1"]
    away.go_away()

    change(commune, old, ChangeScope.FROM_HERE, time(10, 20), time(10, 25))
    first = datetime.combine(TODAY, time(10, 10))
    world = commune.world
    cancel_occurrence(world.services, world.commune, broadcast=old.id, occurrence=first)
    commune.wait(10 * MINUTE)
    away.come_back()
    commune.wait(15 * MINUTE)

    assert started(commune, "phu-cat-1") == ["10:10", "10:25"]
    assert started(commune, "phu-cat-2") == ["10:25"]
