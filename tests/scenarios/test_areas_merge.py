"""Communes become one while their stations sound: nobody hears it twice, nobody loses a word."""

from datetime import timedelta

from fakes.province import Province
from loa_server.application.merge_areas import Merge, NewName, merge_areas
from loa_server.application.move_station import move_station
from loa_server.application.stop_broadcast import stop_broadcast
from loa_server.domain.progress import PlayOutcome

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
NEW = NewName("Xã Phù Cát", "21853")


def merged(province: Province) -> Merge:
    done = merge_areas(
        province.world.services,
        province.world.province,
        areas=["phu-cat", "tuy-phuoc"],
        into=NEW,
        apply=True,
    )
    province.settle()
    return done


def outcomes(province: Province) -> dict[str, list[tuple[PlayOutcome, int]]]:
    found: dict[str, list[tuple[PlayOutcome, int]]] = {}
    for view in province.plays():
        play = view.play
        found.setdefault(play.station, []).append((play.outcome, play.played_ms))
    return found


def test_what_sounds_during_a_merge_sounds_on_once_and_whole(province: Province) -> None:
    meant = {name for name in province.devices if not name.startswith("tuy-phuoc")}
    province.send_now("a-phu-cat")
    province.wait(40 * SECOND)
    before = province.sounding()

    merged(province)
    during = province.sounding()
    province.wait(3 * MINUTE)

    assert (before, during) == (meant, meant)
    assert outcomes(province) == {name: [(PlayOutcome.PLAYED, 60_000)] for name in meant}
    assert all(
        len(device.cues()) == 1 for name, device in province.devices.items() if name in meant
    )


def test_a_station_that_was_away_plays_once_with_old_settings_or_with_new(
    province: Province,
) -> None:
    away, back = province.devices["phu-cat-1"], province.devices["an-hanh-1"]
    province.send_now("a-phu-cat")
    province.wait(2 * SECOND)
    for device in (away, back):
        device.go_away()

    merged(province)
    province.wait(5 * SECOND)
    back.come_back()
    province.wait(2 * MINUTE)
    away.come_back()
    province.wait(MINUTE)

    heard = outcomes(province)
    assert heard["phu-cat-1"] == heard["an-hanh-1"] == [(PlayOutcome.PLAYED, 60_000)]
    assert "tuy-phuoc-1" not in heard


def test_after_a_merge_one_order_reaches_all_its_stations_and_one_stop_stops_them(
    province: Province,
) -> None:
    done = merged(province)
    with province.world.store.read() as rows:
        person = rows.people.by_username("phu-cat")
    assert person is not None
    province.world.commune = person

    broadcast = province.send_now(f"a-{done.area}")
    province.wait(30 * SECOND)
    heard_by = province.sounding()
    stop_broadcast(province.world.services, province.world.province, broadcast=broadcast.id)
    province.settle()

    assert heard_by == set(province.devices)
    assert province.sounding() == set()


def test_a_station_that_moves_hears_its_new_area_and_no_longer_the_old_one(
    province: Province,
) -> None:
    world = province.world
    move_station(world.services, world.province, station="phu-cat-1", area="tuy-phuoc")
    province.settle()

    province.send_now("a-phu-cat")
    province.wait(30 * SECOND)
    old = province.sounding()
    province.wait(2 * MINUTE)
    province.send_now("a-tuy-phuoc")
    province.wait(30 * SECOND)

    assert "phu-cat-1" not in old
    assert province.sounding() == {"phu-cat-1", "tuy-phuoc-1", "tuy-phuoc-2"}
