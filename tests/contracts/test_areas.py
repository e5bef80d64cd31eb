"""Areas that change, on both databases: their past stays, and nobody hears more or less by it."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

import pytest
from loa_agent.protocol.documents import Caps, VolumeWindow, Window
from loa_server.adapters.db.engine import writing
from loa_server.adapters.db.store import read_audit
from loa_server.adapters.db.tables import priority_order
from loa_server.application.change_area import change_area
from loa_server.application.change_station import change_station
from loa_server.application.create_area import create_area
from loa_server.application.create_station import create_station
from loa_server.application.export_areas import export_areas
from loa_server.application.import_areas import import_areas
from loa_server.application.merge_areas import NewName, merge_areas
from loa_server.application.move_area import move_area
from loa_server.application.move_station import move_station
from loa_server.application.set_special_day import set_special_day
from loa_server.application.stop_broadcast import stop_broadcast
from loa_server.domain.areas import AreaKind
from loa_server.domain.holidays import HolidayName
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Role, everything
from loa_server.domain.schedule import HolidayPolicy, HolidayRule
from loa_server.domain.when import Repeating
from sqlalchemy import insert
from world import NOW, World, a_play, together

VN = frozenset({"vn"})
NEW = NewName("Xã Phù Cát", "21853")
FIVE_PM_UTC = NOW.replace(hour=10)


def refused(code: str, deed: Any, *arguments: Any, **more: Any) -> dict[str, Any]:
    with pytest.raises(Problem) as problem:
        deed(*arguments, **more)
    assert problem.value.code == code, problem.value
    return problem.value.facts


def merge(world: World, areas: Sequence[str], into: str | NewName = NEW, *, apply: bool = True):
    return merge_areas(world.services, world.province, areas=areas, into=into, apply=apply)


def heard_by(world: World, station: str) -> list[str]:
    """Ids of the broadcasts in all documents a station listens to, with how often each is there."""
    settings = world.desk.settings(station)
    assert settings is not None
    contents = [world.desk.manifest(audience) for audience in settings.audiences]
    return sorted(b.id for content in contents if content is not None for b in content.broadcasts)


def all_heard(world: World) -> dict[str, set[str]]:
    with world.store.read() as rows:
        return {s.id: set(heard_by(world, s.id)) for s in rows.places.stations()}


def history(world: World, area: str) -> list[tuple[str, str, str | None]]:
    detail = world.queries.area(area, VN)
    assert detail is not None
    return [(each.code, each.name, each.parent) for each in detail.history]


def everything_in(world: World) -> list[Any]:
    """Rows a merge could touch, to be compared."""
    with world.store.read() as rows:
        places = [rows.areas.dated(), rows.places.stations()]
        people = [rows.people.by_username(name) for name in ("phu-cat", "tuy-phuoc")]
        orders = rows.areas.running_for(["a-phu-cat", "a-tuy-phuoc", "a-an-hanh"], world.now)
    return [*places, people, orders, read_audit(world.engine)]


def test_what_an_area_was_called_and_where_it_stood_stays_readable(world: World) -> None:
    tinh, later = world.province, timedelta(days=1)
    world.now += later
    change_area(world.services, tinh, area="phu-cat", wish={"name": "Xã Phù Cát"})
    world.now += later
    change_area(world.services, tinh, area="phu-cat", wish={"code": "21999"})
    world.now += later
    move_area(world.services, tinh, area="an-hanh", parent="tuy-phuoc")

    detail = world.queries.area("phu-cat", VN)

    assert history(world, "phu-cat") == [
        ("21853", "Phù Cát", "gia-lai"),
        ("21853", "Xã Phù Cát", "gia-lai"),
        ("21999", "Xã Phù Cát", "gia-lai"),
    ]
    assert detail is not None
    assert [each.begins_at for each in detail.history] == [None, NOW + later, NOW + 2 * later]
    assert [each.ends_at for each in detail.history] == [NOW + later, NOW + 2 * later, None]
    assert history(world, "an-hanh") == [
        ("1", "An Hành", "phu-cat"),
        ("1", "An Hành", "tuy-phuoc"),
    ]


def test_a_change_without_a_difference_leaves_no_trace(world: World) -> None:
    before = everything_in(world)

    change_area(
        world.services,
        world.province,
        area="phu-cat",
        wish={"name": " Phù  Cát ", "kind": AreaKind.COMMUNE, "hours": None},
    )
    change_station(world.services, world.province, station="phu-cat-1", wish={"delay_ms": 0})
    move_area(world.services, world.province, area="phu-cat", parent="gia-lai")
    move_station(world.services, world.province, station="phu-cat-1", area="phu-cat")

    assert everything_in(world) == before


def test_settings_reach_every_station_below_and_say_before_and_after(world: World) -> None:
    world.publish()
    hours = (Window(start="06:00", end="20:00"),)

    change_area(
        world.services,
        world.commune,
        area="phu-cat",
        wish={
            "hours": hours,
            "caps": Caps(sessions_per_day=3),
            "volumes": (VolumeWindow(start="20:00", end="21:00", percent=40),),
        },
    )

    settings = world.desk.settings("an-hanh-1")
    assert settings is not None
    assert (settings.hours, settings.caps) == (hours, Caps(sessions_per_day=3))
    assert [each.percent for each in settings.volumes] == [40]
    assert sorted(each.key for each in world.take_due()) == [
        "config/an-hanh-1",
        "config/phu-cat-1",
    ]
    row, _ = read_audit(world.engine)[-1]
    assert (row.action, row.subject) == ("area_changed", "phu-cat")
    assert row.facts["before"]["hours"] is None
    assert row.facts["after"]["hours"][0]["start"] == "06:00"


def test_a_station_keeps_its_id_its_device_and_its_logs_when_it_moves(world: World) -> None:
    broadcast = world.broadcast()
    world.report("phu-cat-1", *a_play(1, broadcast, FIVE_PM_UTC))
    world.publish()

    move_station(world.services, world.province, station="phu-cat-1", area="tuy-phuoc")

    shown = world.queries.station_view("phu-cat-1", NOW, frozenset({"tuy-phuoc"}))
    assert shown is not None
    assert shown.area_name == "Tuy Phước"
    assert len(world.queries.plays(10, frozenset({"tuy-phuoc"}))) == 1
    assert [each.key for each in world.take_due()] == ["config/phu-cat-1"]
    assert heard_by(world, "phu-cat-1") == []


def test_a_moved_area_brings_what_lies_under_it_to_its_new_level(world: World) -> None:
    district = create_area(
        world.services,
        world.province,
        parent="gia-lai",
        name="Huyện Phù Cát",
        code="548",
        kind=AreaKind.DISTRICT,
    )
    world.publish()

    move_area(world.services, world.province, area="phu-cat", parent=district.id)

    tree = world.queries.tree()
    assert [tree.get(each).level for each in (district.id, "phu-cat", "an-hanh")] == [2, 3, 4]
    assert [tree.get(each).called for each in ("phu-cat", "an-hanh")] == ["commune", "hamlet"]
    assert {"config/an-hanh-1", "manifest/a-an-hanh"} <= {each.key for each in world.take_due()}
    manifest = world.desk.manifest("a-an-hanh")
    assert manifest is not None
    assert manifest.level == 4


def test_a_merge_changes_nothing_for_those_who_listen(world: World) -> None:
    world.broadcast("a-phu-cat")
    world.broadcast("a-phu-cat", "a-an-hanh", "s-phu-cat-1")
    world.broadcast("a-gia-lai", actor=world.province)
    world.broadcast("a-tuy-phuoc", "a-phu-cat", actor=world.province)
    world.broadcast("a-tuy-phuoc", actor=world.neighbour)
    before = all_heard(world)
    world.publish()

    done = merge(world, ["phu-cat", "tuy-phuoc"])

    assert all_heard(world) == before
    assert len(heard_by(world, "phu-cat-1")) == len(before["phu-cat-1"])
    assert (done.broadcasts, done.heard_anew) == (4, 0)
    due = [each.key for each in world.take_due()]
    assert {"manifest/a-phu-cat", "manifest/a-tuy-phuoc", f"manifest/a-{done.area}"} <= set(due)
    assert {f"config/{station}" for station in before} <= set(due)
    first_settings = min(due.index(f"config/{station}") for station in before)
    assert first_settings > due.index("manifest/s-phu-cat-1")
    assert world.desk.manifest("a-phu-cat") is None


def test_stations_hamlets_people_and_plans_come_under_the_new_area(world: World) -> None:
    bulletin = world.ready()
    broadcast = world.broadcast("a-phu-cat", bulletin=bulletin)
    with writing(world.engine) as connection:
        row = {"area": "phu-cat", "position": 0, "broadcast": broadcast.id}
        connection.execute(insert(priority_order), row)

    done = merge(world, ["phu-cat", "tuy-phuoc"])

    assert (done.areas, done.children, done.stations, done.people) == (2, 1, 3, 2)
    heir = frozenset({done.area})
    assert [view.id for view in world.queries.stations(NOW, heir)] == [
        "an-hanh-1",
        "phu-cat-1",
        "tuy-phuoc-1",
    ]
    assert [each.area.id for each in world.queries.areas(heir)][2:] == [done.area, "an-hanh"]
    with world.store.read() as rows:
        person = rows.people.by_username("phu-cat")
        order = rows.broadcasts.order(done.area)
    assert person is not None
    assert person.area == done.area
    assert {grant.area for grant in person.grants} == {done.area}
    assert {grant.role for grant in person.grants} == set(Role)
    assert order == (broadcast.id,)
    stop_broadcast(world.services, person, broadcast=broadcast.id)
    assert [view.bulletin.id for view in world.queries.bulletins(5, heir)] == [bulletin.id]


def test_what_was_over_before_a_merge_stays_where_it_happened_under_its_old_name(
    world: World,
) -> None:
    over = world.broadcast("a-phu-cat")
    ordered_above = world.broadcast("a-phu-cat", actor=world.province)
    world.report("phu-cat-1", *a_play(1, over, FIVE_PM_UTC))
    for each in (over, ordered_above):
        stop_broadcast(world.services, world.province, broadcast=each.id)

    done = merge(world, ["phu-cat", "tuy-phuoc"])

    heir = frozenset({done.area})
    shown = {each.broadcast.id: each for each in world.queries.broadcasts(NOW, 10, heir)}
    assert shown.keys() == {over.id, ordered_above.id}
    for each in shown.values():
        assert [(a.id, a.name) for a in each.audiences] == [("a-phu-cat", "Phù Cát")]
    assert shown[over.id].area_name == "Phù Cát"
    assert len(world.queries.plays(10, heir)) == 1
    closed = world.queries.area("phu-cat", heir)
    assert closed is not None
    assert (closed.replaced_by, closed.replaced_by_name) == (done.area, "Xã Phù Cát")
    assert (closed.valid_to, closed.view.area.name) == (NOW, "Phù Cát")
    new = world.queries.area(done.area, heir)
    assert new is not None
    assert [(each.name, each.until) for each in new.merged] == [
        ("Phù Cát", NOW),
        ("Tuy Phước", NOW),
    ]


def test_trying_a_merge_out_says_the_same_and_does_nothing(world: World) -> None:
    world.broadcast("a-phu-cat")
    world.publish()
    before = everything_in(world)

    tried = merge(world, ["phu-cat", "tuy-phuoc"], apply=False)

    assert everything_in(world) == before
    assert world.take_due() == []
    assert merge(world, ["phu-cat", "tuy-phuoc"]) == tried


def test_a_merge_into_an_area_that_stays_says_what_its_new_stations_will_hear(
    world: World,
) -> None:
    own = world.broadcast("a-tuy-phuoc", actor=world.neighbour)
    theirs = world.broadcast("a-phu-cat")

    done = merge(world, ["phu-cat"], "tuy-phuoc")

    assert (done.area, done.broadcasts, done.heard_anew) == ("tuy-phuoc", 1, 1)
    assert heard_by(world, "tuy-phuoc-1") == [own.id]
    assert heard_by(world, "an-hanh-1") == sorted([own.id, theirs.id])


def test_permitted_hours_caps_and_volumes_stay_as_they_were_through_a_merge(
    world: World,
) -> None:
    hours = (Window(start="06:00", end="19:00"),)
    wish = {"hours": hours, "caps": Caps(sessions_per_day=2)}
    change_area(world.services, world.province, area="phu-cat", wish=wish)
    before = {each: world.desk.settings(each) for each in ("phu-cat-1", "an-hanh-1")}
    plain = world.desk.settings("tuy-phuoc-1")

    done = merge(world, ["phu-cat", "tuy-phuoc"])

    assert done.kept_settings == 4
    for station, was in before.items():
        now = world.desk.settings(station)
        assert was is not None
        assert now is not None
        assert (now.hours, now.caps, now.zone) == (hours, was.caps, was.zone)
    untouched = world.desk.settings("tuy-phuoc-1")
    assert untouched is not None
    assert plain is not None
    assert (untouched.hours, untouched.caps) == (plain.hours, plain.caps)
    with world.store.read() as rows:
        kept = rows.places.station("tuy-phuoc-1")
    assert kept is not None
    assert kept.hours is None


def test_two_hamlets_with_one_code_are_told_apart_after_a_merge(world: World) -> None:
    for code in ("1", "21853-1"):
        create_area(
            world.services, world.province, parent="tuy-phuoc", name=f"Thôn {code}", code=code
        )

    done = merge(world, ["phu-cat", "tuy-phuoc"])

    codes = sorted(each.code for each in world.queries.tree().children(done.area))
    assert codes == ["1", "21853-1", "21952-1"]
    assert done.recoded == 1
    assert history(world, "an-hanh") == [
        ("1", "An Hành", "phu-cat"),
        ("1", "An Hành", done.area),
    ]


def test_special_days_to_come_go_along_and_past_ones_stay(world: World) -> None:
    days = {"phu-cat": ("2026-12-20", "2026-01-05"), "tuy-phuoc": ("2026-12-20", "2026-12-21")}
    for area, each in days.items():
        for day in each:
            when = date.fromisoformat(day)
            set_special_day(world.services, world.province, area=area, day=when, name=f"Hội {area}")

    done = merge(world, ["phu-cat", "tuy-phuoc"])

    shown = world.queries.special_days(done.area, VN)
    assert shown is not None
    assert [(str(each.day), each.name) for each in shown] == [
        ("2026-12-20", "Hội phu-cat"),
        ("2026-12-21", "Hội tuy-phuoc"),
    ]
    assert done.special_days == 2
    with world.store.read() as rows:
        assert date(2026, 1, 5) in rows.areas.days("phu-cat")


def test_a_special_day_is_told_to_those_whose_plans_look_at_holidays(world: World) -> None:
    quiet = HolidayRule(HolidayPolicy.NOT_ON, (HolidayName.OWN,))
    daily = Repeating((time(17, 0),), NOW.date(), holidays=quiet)
    world.broadcast("a-an-hanh", when=daily)
    world.broadcast("a-tuy-phuoc", actor=world.neighbour, when=daily)
    world.broadcast("a-phu-cat")
    world.publish()
    due = []

    for name in ("Hội làng", None, None):
        set_special_day(
            world.services, world.commune, area="phu-cat", day=date(2026, 12, 20), name=name
        )
        due.append(list(world.publish()))

    assert due == [["manifest/a-an-hanh"], ["manifest/a-an-hanh"], []]
    assert world.queries.special_days("phu-cat", VN) == []
    facts = [row.facts for row, _ in read_audit(world.engine) if row.action == "special_day_set"]
    assert [(each["before"], each["after"]) for each in facts] == [
        (None, "Hội làng"),
        ("Hội làng", None),
    ]


def test_what_cannot_be_merged_is_refused_with_the_field_and_the_reason(world: World) -> None:
    services, tinh = world.services, world.province
    other = create_area(services, tinh, parent="gia-lai", name="Xã Khác", code="9")
    merge(world, [other.id], "tuy-phuoc")

    def merging(areas: Sequence[str], into: str | NewName = NEW, actor: Account = tinh) -> Any:
        return lambda: merge_areas(services, actor, areas=areas, into=into, apply=True)

    assert refused("too_few", merging(["phu-cat"]))["field"] == "areas"
    assert refused("too_few", merging([], "phu-cat"))["field"] == "areas"
    assert refused("too_many", merging([f"x{n}" for n in range(51)]))["most"] == 50
    assert refused("area_circle", merging(["phu-cat"], "phu-cat"))["field"] == "into"
    assert refused("area_circle", merging(["phu-cat"], "an-hanh"))["field"] == "into"
    assert refused("different_kinds", merging(["phu-cat", "an-hanh"]))["field"] == "areas"
    assert refused("not_found", merging(["phu-cat", "nowhere"]))["field"] == "areas"
    assert refused("not_found", merging(["phu-cat"], "nowhere"))["field"] == "into"
    closed = refused("area_closed", merging(["phu-cat", other.id]))
    assert closed["replaced_by"] == "tuy-phuoc"
    assert refused("area_closed", merging(["phu-cat"], other.id))["field"] == "into"
    assert refused("not_found", merging(["phu-cat"], "tuy-phuoc", world.commune))
    taken = NewName("Xã Mới", "52")
    assert refused("duplicate_code", merging(["phu-cat", "tuy-phuoc"], taken))["code"] == "52"
    assert refused("bad_request", merging(["phu-cat", "tuy-phuoc"], NewName(" ", "1")))
    assert refused("code_unfit", merging(["phu-cat", "tuy-phuoc"], NewName("Xã", "=1+1")))


def test_who_manages_one_commune_merges_nothing_with_a_neighbour(world: World) -> None:
    both = (*everything("phu-cat"), *everything("tuy-phuoc"))
    holder = Account("u-x", "x", "X", "phu-cat", both, "")

    facts = refused(
        "forbidden",
        merge_areas,
        world.services,
        holder,
        areas=["phu-cat", "tuy-phuoc"],
        into=NEW,
        apply=True,
    )

    assert facts["area"] == "gia-lai"


def test_a_tree_never_gets_a_circle_however_often_areas_move(world: World) -> None:
    services, tinh = world.services, world.province

    circle = refused("area_circle", move_area, services, tinh, area="phu-cat", parent="an-hanh")
    itself = refused("area_circle", move_area, services, tinh, area="phu-cat", parent="phu-cat")

    assert (circle["field"], itself["field"]) == ("parent", "parent")


def test_of_two_who_make_one_code_at_the_same_moment_one_is_refused(world: World) -> None:
    codes: list[str] = []

    def make() -> None:
        try:
            create_area(world.services, world.province, parent="gia-lai", name="Xã", code="777")
            codes.append("made")
        except Problem as problem:
            codes.append(problem.code)

    together(make, make, make)

    assert sorted(codes) == ["duplicate_code", "duplicate_code", "made"]


def test_a_list_goes_out_and_comes_in_again_without_a_difference(world: World) -> None:
    merge(world, ["phu-cat"], "tuy-phuoc")
    world.now += timedelta(hours=1)
    merged = create_area(world.services, world.province, parent="gia-lai", name="Xã", code="21853")
    change_area(world.services, world.province, area=merged.id, wish={"name": "=HYPERLINK(1)"})
    before = everything_in(world)
    listed = export_areas(world.services, VN)

    done = import_areas(world.services, root(), content=listed, apply=True)

    assert (done.rows, done.added, done.changed, done.bad) == (6, 0, 0, ())
    assert done.applied
    assert everything_in(world) == before
    assert b"'=HYPERLINK" in listed


def test_a_list_of_another_server_makes_the_same_areas_with_the_same_ids(world: World) -> None:
    listed = (
        "\ufeffcode;name;kind;parent_code;valid_from;valid_to;replaced_by_code\r\n"
        "21853-7;Thôn Bảy;hamlet;30000;;;\r\n"
        "30000;Xã Mới;commune;52;2026-01-01;;\r\n"
        "21853;Xã Phù Cát;commune;52;;;\r\n"
        "548;Huyện Phù Cát;district;52;;2025-07-01;52\r\n"
        "20001;Xã Cũ;commune;548;;2025-07-01;30000\r\n"
    ).encode()
    tried = import_areas(world.services, world.province, content=listed, apply=False)

    done = import_areas(world.services, world.province, content=listed, apply=True)

    assert (tried.added, tried.changed, tried.applied, tried.bad) == (4, 1, False, ())
    assert (done.added, done.changed, done.applied) == (4, 1, True)
    tree = world.queries.tree()
    assert tree.get("h-30000-21853-7").parent == "c-30000"
    assert history(world, "phu-cat") == [
        ("21853", "Phù Cát", "gia-lai"),
        ("21853", "Xã Phù Cát", "gia-lai"),
    ]
    old = world.queries.area("c-20001", VN)
    assert old is not None
    assert (old.replaced_by, old.view.area.parent) == ("c-30000", "d-548")
    again = import_areas(world.services, world.province, content=listed, apply=True)
    assert (again.added, again.changed) == (0, 0)


def test_with_one_bad_line_nothing_of_a_list_is_taken(world: World) -> None:
    before = everything_in(world)
    listed = b"code,name,kind,parent_code\n1,Xa A,commune,52\n2,Xa B,commune,99\n"

    done = import_areas(world.services, world.province, content=listed, apply=True)

    assert (done.applied, done.rows, done.added) == (False, 2, 1)
    assert [(each.line, each.field, each.reason) for each in done.bad] == [
        (3, "parent_code", "parent_unknown")
    ]
    assert everything_in(world) == before


def test_a_station_made_while_its_area_closes_does_not_end_up_nowhere(world: World) -> None:
    def make() -> None:
        try:
            create_station(world.services, world.province, name="Loa", area="phu-cat")
        except Problem as problem:
            assert problem.code == "area_closed"  # noqa: PT017 - which of the two came first

    together(make, lambda: merge(world, ["phu-cat"], "tuy-phuoc"))

    tree = world.queries.tree()
    with world.store.read() as rows:
        assert all(tree.has(station.area) for station in rows.places.stations())


def root() -> Account:
    return Account("u-gia-lai", "gia-lai", "X", "vn", everything("vn"), "")
