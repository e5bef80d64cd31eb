"""What an order may not reach, however it is asked for, and what it may not break for others."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from loa_agent.protocol.documents import Window
from loa_server.adapters.identifiers import RandomSecrets
from loa_server.application.approve_broadcast import approve_broadcast
from loa_server.application.cancel_occurrence import cancel_occurrence
from loa_server.application.change_area import change_area
from loa_server.application.change_broadcast import Change, change_broadcast
from loa_server.application.change_station import change_station
from loa_server.application.create_broadcast import create_broadcast
from loa_server.application.draft_broadcast import Order
from loa_server.application.end_broadcast import end_broadcast
from loa_server.application.merge_areas import NewName, merge_areas
from loa_server.application.move_station import move_station
from loa_server.application.stop_broadcast import stop_broadcast
from loa_server.domain import listening
from loa_server.domain.broadcasts import Broadcast, ChangeScope
from loa_server.domain.holidays import HolidayName
from loa_server.domain.people import Account
from loa_server.domain.repeat import Repeat, Unit
from loa_server.domain.rights import everything
from loa_server.domain.schedule import HolidayPolicy, HolidayRule
from loa_server.domain.when import Repeating
from office import Office, local, refused
from world import World

DAILY = Repeating((time(17),), date(2026, 11, 24))
NEW = NewName("Phù Cát Mới", "21990")


def holding(world: World, person: Account, *areas: str) -> Account:
    """The person with all roles at these places."""
    grants = tuple(grant for area in areas for grant in everything(area))
    changed = replace(person, grants=grants)
    with world.store.write() as rows:
        rows.people.keep(changed)
    return changed


def attempts(world: World, who: Account, broadcast: Broadcast) -> list[Callable[[], object]]:
    """Every way to take away what somebody ordered."""
    services, name = world.services, broadcast.id
    change = Change(name, ChangeScope.ALL, local(25, 17), audiences=("a-phu-cat",))
    return [
        lambda: cancel_occurrence(services, who, broadcast=name, occurrence=local(24, 17)),
        lambda: end_broadcast(services, who, broadcast=name, occurrence=local(26, 17)),
        lambda: change_broadcast(services, who, change),
        lambda: stop_broadcast(services, who, broadcast=name),
    ]


@pytest.mark.parametrize(
    ("places", "audiences"),
    [
        (("gia-lai", "phu-cat"), ("a-gia-lai",)),
        (("phu-cat", "tuy-phuoc"), ("a-phu-cat", "a-tuy-phuoc")),
        (("phu-cat", "tuy-phuoc"), ("a-phu-cat", "s-tuy-phuoc-1")),
    ],
)
def test_what_sounds_beyond_a_commune_is_not_taken_away_by_a_colleague_of_its_author(
    world: World, places: tuple[str, ...], audiences: tuple[str, ...]
) -> None:
    office = Office(world)
    wide = holding(world, office.person("binh"), *places)
    broadcast = office.order(wide, DAILY, audiences=audiences)
    approve_broadcast(world.services, world.province, broadcast=broadcast.id)

    codes = [refused(each).code for each in attempts(world, office.author, broadcast)]

    assert codes == ["forbidden"] * 4
    stop_broadcast(world.services, wide, broadcast=broadcast.id)


def test_who_works_in_a_commune_and_writes_for_the_province_orders_as_the_province(
    world: World,
) -> None:
    office = Office(world)
    wide = holding(world, office.person("binh"), "gia-lai", "phu-cat")

    assert office.order(wide, audiences=("a-gia-lai",)).area == "gia-lai"
    assert office.order(wide, audiences=("a-phu-cat",)).area == "phu-cat"
    assert office.order(wide, audiences=("a-tuy-phuoc",)).area == "gia-lai"


def test_an_author_still_stops_what_a_station_took_along_to_another_commune(world: World) -> None:
    broadcast = world.broadcast("s-phu-cat-1")
    move_station(world.services, world.province, station="phu-cat-1", area="tuy-phuoc")

    stop_broadcast(world.services, world.commune, broadcast=broadcast.id)

    with world.store.read() as rows:
        found = rows.broadcasts.get(broadcast.id)
    assert found is not None
    assert found.stopped_at is not None


class Interrupted(RandomSecrets):
    """Something else is done in the middle of a use-case, or waits until that is over."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self._thread = threading.Thread(target=deed)

    def identifier(self, prefix: str) -> str:
        """An id; the first one is when it happens."""
        if self._thread.ident is None:
            self._thread.start()
            self._thread.join(1)
        return super().identifier(prefix)

    def over(self) -> None:
        """Wait for the other."""
        self._thread.join(60)
        assert not self._thread.is_alive()


def interrupted_by_a_merge(world: World) -> Interrupted:
    def merge() -> None:
        root = replace(world.province, grants=everything("vn"))
        areas = ["phu-cat", "tuy-phuoc"]
        merge_areas(plain, root, areas=areas, into=NEW, apply=True)

    plain = world.services
    secrets = Interrupted(merge)
    world.services = replace(world.services, secrets=secrets)
    return secrets


def test_an_order_given_while_its_commune_closes_is_heard_all_the_same(world: World) -> None:
    piece = world.ready()
    secrets = interrupted_by_a_merge(world)

    made = create_broadcast(
        world.services, world.commune, Order((piece.id,), ("a-phu-cat",), DAILY)
    )
    secrets.over()

    with world.store.read() as rows:
        kept = rows.broadcasts.get(made.id)
    assert kept is not None
    assert set(kept.audiences) == {"a-an-hanh", "s-phu-cat-1"}


def test_a_bulletin_sent_while_its_commune_closes_lies_in_the_new_ones_library(
    world: World,
) -> None:
    secrets = interrupted_by_a_merge(world)

    made = world.upload(title="Gửi lúc sáp nhập")
    secrets.over()

    with world.store.read() as rows:
        kept, tree = rows.bulletins.get(made.id), rows.places.tree()
    assert kept is not None
    assert tree.has(kept.area)


def test_a_station_changed_while_it_moves_does_not_fall_back_to_where_it_was(
    world: World,
) -> None:
    moved = threading.Event()

    def move() -> None:
        move_station(world.services, world.province, station="phu-cat-1", area="tuy-phuoc")
        moved.set()

    thread = threading.Thread(target=move)
    with world.store.write() as rows:
        rows.areas.hold()
        thread.start()
        moved.wait(0.3)
    change_station(world.services, world.province, station="phu-cat-1", wish={"volume_percent": 30})
    thread.join(60)

    with world.store.read() as rows:
        station = rows.places.station("phu-cat-1")
    assert station is not None
    assert (station.area, station.volume_percent) == ("tuy-phuoc", 30)


def test_orders_end_where_a_manifest_would_be_too_heavy_for_stations(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loa_server.application.judging.MAX_ORDERED_BYTES", 2000)
    made = [world.broadcast() for _ in range(3)]

    problem = refused(lambda: [world.broadcast() for _ in range(20)])

    assert problem.code == "too_many_broadcasts"
    assert problem.facts["most"] >= len(made)
    assert world.broadcast("a-tuy-phuoc", actor=world.neighbour)


def test_what_has_grown_too_heavy_leaves_the_newest_out_and_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for _ in range(5):
        made.append(world.broadcast())
        world.now += timedelta(seconds=1)
    told = world.desk.manifest("a-phu-cat")
    assert told is not None
    room = 3 * listening.weight(told.broadcasts[0]) + 10
    heavy = listening.too_heavy
    monkeypatch.setattr("loa_server.adapters.db.desk.too_heavy", lambda some: heavy(some, room))

    told = world.desk.manifest("a-phu-cat")

    assert told is not None
    assert {each.id for each in told.broadcasts} == {each.id for each in made[:3]}
    with world.store.read() as rows:
        left_out = rows.broadcasts.get(made[4].id)
    assert left_out is not None
    assert [each.code for each in left_out.withheld] == ["too_many_broadcasts"]


EXTRA = replace(DAILY, extra=(datetime(2027, 6, 15, 23),))
TET = HolidayRule(HolidayPolicy.OTHER_TIMES, (HolidayName.TET,), (time(3),))
MONTHLY = Repeating((time(17),), date(2026, 11, 24), repeat=Repeat(unit=Unit.MONTH, month_day=24))


@pytest.mark.parametrize(
    ("wish", "start"),
    [
        (EXTRA, "2027-06-15T16:00:00+00:00"),
        (replace(DAILY, holidays=TET), "2027-02-04T20:00:00+00:00"),
        (MONTHLY, "2027-10-24T10:00:00+00:00"),
    ],
)
def test_a_start_outside_the_hours_is_refused_though_it_lies_months_ahead(
    world: World, wish: Repeating, start: str
) -> None:
    # Sundays end at noon: the 24th is one in January, which lies within what is told today.
    sundays = Window(weekdays=(7,), start="05:00", end="12:00" if wish is MONTHLY else "21:00")
    days = Window(weekdays=(1, 2, 3, 4, 5, 6), start="05:00", end="21:00")
    hours = {"hours": (days, sundays)}
    change_area(world.services, world.commune, area="phu-cat", wish=hours)
    if wish is MONTHLY:
        wish = replace(wish, left_out=(datetime(2027, 1, 24, 17),))

    problem = refused(world.broadcast, when=wish)

    assert (problem.code, problem.facts["start"]) == ("outside_permitted_hours", start)


@pytest.mark.parametrize("into", [NEW, "tuy-phuoc"])
def test_a_merge_takes_nobodys_second_pair_of_eyes_away(world: World, into: NewName | str) -> None:
    root = replace(world.province, grants=everything("vn"))
    change_area(world.services, root, area="phu-cat", wish={"self_approval": False})
    areas = ["phu-cat"] if isinstance(into, str) else ["phu-cat", "tuy-phuoc"]

    merge_areas(world.services, root, areas=areas, into=into, apply=True)

    tree = world.queries.tree()
    assert not tree.self_approval("an-hanh")
    assert tree.self_approval("gia-lai")
