"""The rows behind documents, on both databases: nothing changed is forgotten, no version is two."""

from loa_server.adapters.db.engine import reading, writing
from loa_server.adapters.db.tables import broadcast_audience
from loa_server.adapters.db.tables import station as stations
from loa_server.application.publish_documents import RENEW_AFTER, VALID_FOR, DueDocument
from loa_server.application.stop_broadcast import stop_broadcast
from sqlalchemy import select, update
from world import NOW, World, together

PHU_CAT = "manifest/a-phu-cat"


def test_what_is_new_is_due_once(world: World) -> None:
    first = world.publish()

    assert first[PHU_CAT] == 1
    assert {f"config/{each}" for each in ("phu-cat-1", "an-hanh-1", "tuy-phuoc-1")} <= set(first)
    assert world.publish() == {}


def test_a_broadcast_makes_the_manifests_of_its_audiences_due(world: World) -> None:
    world.publish()

    world.broadcast("a-phu-cat", "s-phu-cat-1")

    assert world.publish() == {PHU_CAT: 2, "manifest/s-phu-cat-1": 2}


def test_a_change_during_publishing_stays_due(world: World) -> None:
    world.publish()
    world.broadcast("a-phu-cat")
    taken = world.take_due()

    world.broadcast("a-phu-cat")
    for each in taken:
        world.desk.note_published(each, world.now)

    assert [each.version for each in taken] == [2]
    assert world.publish() == {PHU_CAT: 3}
    assert world.publish() == {}


def test_a_crash_before_publishing_costs_a_version_and_no_document(world: World) -> None:
    world.publish()
    world.broadcast("a-phu-cat")

    world.take_due()

    assert world.publish() == {PHU_CAT: 3}


def test_a_crash_while_renewing_leaves_the_document_due(world: World) -> None:
    world.publish()
    world.now = NOW + RENEW_AFTER + RENEW_AFTER

    world.take_due()

    assert world.publish()[PHU_CAT] == 3


def test_two_publishers_never_give_one_version_twice(world: World) -> None:
    world.publish()
    taken: list[DueDocument] = []

    for _ in range(5):
        world.broadcast("a-phu-cat", "a-gia-lai", actor=world.province)
        together(*(lambda: taken.extend(world.take_due()) for _ in range(2)))
    given = [(each.key, each.version) for each in taken]

    assert len(given) == len(set(given))


def test_a_document_sent_again_keeps_version_and_day_of_renewal(world: World) -> None:
    """A station that holds a version ignores its second copy and the later end that copy names."""
    world.publish()
    world.now = NOW + RENEW_AFTER / 2
    world.desk.everything_due()

    again = world.publish()
    world.now = NOW + RENEW_AFTER * 1.1
    renewed = world.publish()

    assert again[PHU_CAT] == 1
    assert renewed[PHU_CAT] == 2
    assert world.now < NOW + VALID_FOR


def test_what_changed_goes_before_what_is_only_sent_again(world: World) -> None:
    world.publish()
    world.desk.everything_due()
    world.broadcast("s-tuy-phuoc-1", actor=world.neighbour)

    first = world.publish(limit=1)

    assert first == {"manifest/s-tuy-phuoc-1": 2}


def test_every_version_from_the_noted_one_on_holds_the_broadcast(world: World) -> None:
    """However author and publisher meet: what a station holds is judged by this number."""
    out: list[tuple[int, set[str]]] = []

    def publish() -> None:
        for each in world.take_due():
            if each.key == PHU_CAT:
                content = world.desk.manifest("a-phu-cat")
                assert content is not None
                out.append((each.version, {one.id for one in content.broadcasts}))

    for _ in range(8):
        piece = world.ready()
        together(lambda piece=piece: world.broadcast("a-phu-cat", bulletin=piece), publish)
    publish()

    with reading(world.engine) as connection:
        noted = connection.execute(select(broadcast_audience)).all()
    for row in noted:
        assert all(row.broadcast in ids for version, ids in out if version >= row.from_version)
    assert len(out) > 1


def test_a_manifest_holds_what_is_in_force_by_the_clock_given(world: World) -> None:
    kept = world.broadcast("a-phu-cat")
    stopped = world.broadcast("a-phu-cat")
    stop_broadcast(world.services, world.commune, broadcast=stopped.id)

    now = world.desk.manifest("a-phu-cat")
    world.now = NOW.replace(day=26)
    later = world.desk.manifest("a-phu-cat")

    assert now is not None
    assert later is not None
    assert [each.id for each in now.broadcasts] == [kept.id]
    assert now.level == 2
    assert later.broadcasts == ()


def test_a_manifest_of_nobody_is_none(world: World) -> None:
    assert world.desk.manifest("a-nowhere") is None
    assert world.desk.manifest("s-nobody") is None


def test_a_retired_station_gets_no_settings_and_no_way_in(world: World) -> None:
    with writing(world.engine) as connection:
        retired = update(stations).where(stations.c.id == "phu-cat-1").values(retired_at=NOW)
        connection.execute(retired.values(broker_password="p" * 24))

    assert world.desk.settings("phu-cat-1") is None
    assert world.desk.manifest("s-phu-cat-1") is None
    assert world.desk.access() == []


def test_settings_inherit_hours_and_name_all_audiences(world: World) -> None:
    settings = world.desk.settings("an-hanh-1")

    assert settings is not None
    assert settings.audiences == ("s-an-hanh-1", "a-an-hanh", "a-phu-cat", "a-gia-lai", "a-vn")
    assert [(window.start, window.end) for window in settings.hours] == [("05:00", "21:00")]
    assert settings.zone == "Asia/Ho_Chi_Minh"
