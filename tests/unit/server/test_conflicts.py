"""What a new broadcast meets, found quickly, is what every station's own timeline says."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from loa_agent.protocol.documents import (
    Broadcast as Travelling,
)
from loa_agent.protocol.documents import (
    BroadcastClass,
    Caps,
    Late,
    LatePolicy,
    Manifest,
    Rule,
    Window,
)
from loa_agent.protocol.timeline import Outcome, Planned, timeline
from loa_server.domain.areas import Area, AreaTree, station_audiences
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.conflicts import Scene, Timetable, Verdict, deciding_area, judge
from loa_server.domain.listening import Limits, config, level_of, listeners
from loa_server.domain.permission import not_permitted, spans_to_judge
from loa_server.domain.schedule import Schedule
from loa_server.domain.stations import Station
from makers import ZONE, an_item

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HOURS = (Window(start="05:00", end="12:00"), Window(start="13:00", end="21:00"))
TREE = AreaTree(
    [
        Area("tinh", "5", "Tỉnh", 1, None, ZONE, HOURS),
        Area("xa-1", "1", "Xã 1", 2, "tinh"),
        Area("xa-2", "2", "Xã 2", 2, "tinh", caps=Caps(sessions_per_day=3, session_ms=1_500_000)),
        Area("thon-1", "1", "Thôn 1", 3, "xa-1"),
        Area("thon-2", "2", "Thôn 2", 3, "xa-1", hours=(Window(start="06:00", end="18:00"),)),
    ]
)
STATIONS = [
    Station(f"loa-{number}", f"Loa {number}", area, NOW)
    for number, area in enumerate(("thon-1", "thon-1", "thon-2", "xa-1", "xa-2", "xa-2"))
]
STATIONS.append(Station("loa-9", "Loa 9", "thon-1", NOW, hours=HOURS[:1]))
AUDIENCES = ("a-tinh", "a-xa-1", "a-xa-2", "a-thon-1", "a-thon-2", "s-loa-0", "s-loa-9")
Loss = tuple[str, Outcome, int]
P, O = BroadcastClass.PRIORITY, BroadcastClass.ORDINARY  # noqa: E741 - read beside each other


def travelling(name: str, start: str, minutes: int = 10, **more: Any) -> Travelling:
    rule = Rule(start=f"2026-11-24T{start}:00", zone=ZONE, rrule=more.pop("rrule", None))
    item = an_item(duration_ms=minutes * 60_000)
    return Travelling(id=name, title=name, items=(item,), rule=rule, begins_at=NOW, **more)


def kept(one: Travelling, *audiences: str) -> Broadcast:
    return Broadcast(
        id=one.id,
        title=one.title,
        class_=one.class_,
        bulletins=("bt-a",),
        audiences=audiences,
        schedule=Schedule(one.rule),
        area=audiences[0][2:],
        author="u",
        created_at=NOW,
        late=one.late,
    )


class Town:
    """What is in force, and what is asked for."""

    def __init__(self, *told: tuple[str, Travelling], orders: Any = None) -> None:
        self.told = told
        carried: dict[str, tuple[Travelling, ...]] = {}
        for audience, one in told:
            carried[audience] = (*carried.get(audience, ()), one)
        known = {one.id: kept(one, audience) for audience, one in told}
        self.timetable = Timetable(carried, known, orders or {})

    def judge(self, new: Travelling, *audiences: str) -> Verdict:
        heard = {*self.timetable.carried, *audiences}
        heard |= {f"a-{area}" for area in self.timetable.orders}
        spans = spans_to_judge(new, NOW)
        scene = Scene(listeners(STATIONS, TREE, ZONE, heard), TREE, spans, NOW)
        return judge(new, kept(new, *audiences), self.timetable, scene)

    def plans(self, station: Station, *new: tuple[str, Travelling]) -> dict[str, Planned]:
        """All that a station plays in the week and a day, by its own timeline."""
        spans = spans_to_judge(new[0][1], NOW) if new else []
        area_limits = Limits(TREE.hours(station.area), TREE.caps(station.area), ZONE)
        limits = Limits(station.hours or area_limits.hours, area_limits.caps, ZONE)
        manifests = [
            Manifest(
                audience=audience,
                version=1,
                issued_at=NOW,
                not_after=NOW + timedelta(days=30),
                level=level_of(audience, TREE),
                broadcasts=tuple(b for a, b in (*self.told, *new) if a == audience),
                order=self.timetable.orders.get(audience[2:], ()),
            )
            for audience in station_audiences(TREE, station.id, station.area)
        ]
        end = spans[-1][1] if spans else NOW + timedelta(days=9)
        found = timeline(manifests, config(limits, NOW), NOW, end)
        return {each.occurrence.id: each for each in found}


def test_priority_silences_what_it_meets_and_says_at_how_many_stations() -> None:
    town = Town(("a-xa-1", travelling("cu", "17:00")))

    verdict = town.judge(travelling("moi", "17:05", class_=P), "a-tinh")

    (conflict,) = verdict.conflicts
    assert (conflict.winner.broadcast, conflict.loser.broadcast) == ("moi", "cu")
    assert (conflict.outcome, conflict.reason, conflict.lost_ms) == (
        Outcome.CUT,
        "overlap",
        300_000,
    )
    assert conflict.station_count == 4
    assert conflict.areas == {"xa-1", "thon-1", "thon-2"}
    assert [each.facts["area"] for each in verdict.problems] == ["Thôn 1"]


def test_what_slips_is_told_when_it_sounds_instead() -> None:
    late = Late(policy=LatePolicy.SLIP, slip_ms=1_800_000)
    town = Town(("a-xa-1", travelling("cu", "17:00", class_=P)))

    verdict = town.judge(travelling("moi", "17:05", late=late), "a-xa-1")

    (conflict,) = verdict.conflicts
    assert (conflict.winner.broadcast, conflict.loser.broadcast) == ("cu", "moi")
    assert (conflict.outcome, conflict.lost_ms) == (Outcome.LATER, 0)
    assert conflict.new_start_at == datetime(2026, 11, 24, 10, 10, tzinfo=UTC)


def test_what_was_lost_before_is_not_blamed_on_the_new_one() -> None:
    town = Town(
        ("a-xa-1", travelling("manh", "17:00", class_=P)),
        ("a-xa-1", travelling("yeu", "17:00")),
    )

    assert town.judge(travelling("moi", "17:30"), "a-xa-1").conflicts == ()


def test_one_that_pushes_another_over_the_caps_is_told() -> None:
    town = Town(
        *(("a-xa-2", travelling(f"cu-{hour}", f"{hour:02}:00")) for hour in (6, 8, 10)),
    )

    verdict = town.judge(travelling("moi", "17:00", class_=P), "a-xa-2")

    (conflict,) = verdict.conflicts
    assert (conflict.winner.broadcast, conflict.loser.broadcast) == ("moi", "cu-10")
    assert (conflict.outcome, conflict.reason) == (Outcome.SILENT, "over_sessions")


def test_one_that_passes_the_caps_itself_is_refused_with_the_limit() -> None:
    town = Town(
        *(("a-xa-2", travelling(f"cu-{hour}", f"{hour:02}:00")) for hour in (6, 8, 10)),
    )

    verdict = town.judge(travelling("moi", "17:00"), "a-xa-2")

    (problem,) = verdict.problems
    assert problem.code == "over_sessions"
    assert problem.facts["area"] == "Xã 2"
    assert problem.facts["limit"] == 3


def test_two_priorities_are_settled_by_the_commune_and_by_its_order() -> None:
    town = Town(("a-xa-1", travelling("cu", "17:00", class_=P)))
    new = travelling("moi", "17:00", class_=P)
    turned = Town(*town.told, orders={"xa-1": ("cu",)})

    (conflict,) = town.judge(new, "a-tinh").conflicts
    (after,) = turned.judge(new, "a-tinh").conflicts

    assert conflict.winner.broadcast == "moi"
    assert deciding_area(conflict, TREE) == "xa-1"
    assert after.winner.broadcast == "cu"


@pytest.mark.parametrize("seed", range(60))
def test_what_is_found_is_what_stations_play(seed: int) -> None:
    random = Random(seed)
    orders = {"xa-1": ("cu-1", "moi", "cu-2")} if seed % 3 == 0 else {}
    told = [(random.choice(AUDIENCES), _any(random, f"cu-{n}")) for n in range(14)]
    town = Town(*told, orders=orders)
    new = _any(random, "moi", rrule="FREQ=DAILY")
    audiences = tuple(random.sample(AUDIENCES, 2))

    verdict = town.judge(new, *audiences)

    lost, problems = _played(town, new, audiences)
    found = Counter[Loss]()
    for each in verdict.conflicts:
        start = each.starts_at + timedelta(hours=7)
        name = f"{each.loser.broadcast}@{start:%Y-%m-%dT%H:%M:%S}"
        found[name, each.outcome, each.lost_ms] += each.station_count
    assert found == lost
    assert {p.code.replace("outside_permitted", "outside") for p in verdict.problems} >= problems


def _played(
    town: Town, new: Travelling, audiences: tuple[str, ...]
) -> tuple[Counter[Loss], set[str]]:
    """The same, asked of the timeline of every station."""
    lost = Counter[Loss]()
    problems = set()
    for station in STATIONS:
        if set(station_audiences(TREE, station.id, station.area)).isdisjoint(audiences):
            continue
        before = town.plans(station)
        for name, one in town.plans(station, *((each, new) for each in audiences)).items():
            if _is_lost(one, before.get(name)):
                lost[name, one.outcome, _lost_ms(one)] += 1
            elif name.startswith("moi@") and one.reason is not None:
                problems.add(one.reason)
    return lost, problems


def _is_lost(one: Planned, before: Planned | None) -> bool:
    if before is None:
        return one.winner is not None
    return one.sounds != before.sounds and _lost_ms(one) >= _lost_ms(before)


def _any(random: Random, name: str, rrule: str | None = None) -> Travelling:
    hour, minute = random.choice((5, 6, 11, 17, 20)), random.randrange(0, 60, 5)
    policy = random.choice(list(LatePolicy))
    return travelling(
        name,
        f"{hour:02}:{minute:02}",
        random.choice((5, 10, 25)),
        class_=random.choice((P, O)),
        late=Late(policy=policy, slip_ms=1_200_000),
        rrule=rrule or random.choice((None, "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=TU,FR")),
    )


def _lost_ms(one: Planned) -> int:
    sounding = sum((each.end - each.begin for each in one.sounds), timedelta())
    whole = one.occurrence.ends_at - one.occurrence.starts_at
    return (whole - sounding) // timedelta(milliseconds=1)


def test_hours_are_judged_at_every_different_place() -> None:
    new = travelling("moi", "19:00")
    found = listeners(STATIONS, TREE, ZONE, {"a-xa-1"})

    (problem,) = not_permitted(new, found, TREE, spans_to_judge(new, NOW), NOW)

    assert problem.code == "outside_permitted_hours"
    assert problem.facts["field"] == "when"
    assert problem.facts["start"] == "2026-11-24T12:00:00+00:00"
