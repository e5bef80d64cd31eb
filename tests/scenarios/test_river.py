"""From an officer's order to the proof that it was heard."""

from collections.abc import Callable
from datetime import timedelta

from fakes.province import Province
from loa_agent.protocol.reports import RecordKind
from loa_server.application.stop_broadcast import stop_broadcast
from loa_server.domain.progress import PlayOutcome, Step

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def test_a_bulletin_reaches_exactly_the_stations_of_a_commune_and_the_ledger_says_so(
    found_province: Callable[..., Province],
) -> None:
    homes = {f"phu-cat-{number}": "phu-cat" for number in range(1, 16)}
    homes |= {f"an-hanh-{number}": "an-hanh" for number in range(1, 6)}
    meant = set(homes) | {"phu-cat-1", "an-hanh-1"}
    homes |= {f"tuy-phuoc-{number}": "tuy-phuoc" for number in range(1, 11)}
    province = found_province(homes)

    broadcast = province.send_now("a-phu-cat")
    province.wait(16 * SECOND)
    heard_by = province.sounding()
    province.wait(2 * MINUTE)

    assert heard_by == meant
    progress = province.progress(broadcast)
    assert {name: row.step for name, row in progress.items()} == dict.fromkeys(meant, Step.PLAYED)
    assert {row.difference_ms for row in progress.values()} == {0}
    assert {view.play.station for view in province.plays()} == meant
    assert {view.play.outcome for view in province.plays()} == {PlayOutcome.PLAYED}


def test_stop_now_stops_everywhere_and_for_good(province: Province) -> None:
    broadcast = province.send_now("a-gia-lai")
    province.wait(30 * SECOND)
    assert province.sounding() == set(province.devices)

    stop_broadcast(province.world.services, province.world.province, broadcast=broadcast.id)
    province.settle()

    assert province.sounding() == set()
    province.wait(5 * MINUTE)
    rows = province.progress(broadcast).values()
    assert {(row.step, row.code) for row in rows} == {(Step.PARTLY, "withdrawn")}


def test_what_is_stopped_before_it_began_never_sounds(province: Province) -> None:
    broadcast = province.send_now("a-phu-cat")
    province.wait(5 * SECOND)
    stop_broadcast(province.world.services, province.world.province, broadcast=broadcast.id)

    province.wait(5 * MINUTE)

    assert all(device.cues() == [] for device in province.devices.values())


def test_one_station_alone_can_be_meant(province: Province) -> None:
    province.send_now("s-an-hanh-2")
    province.wait(30 * SECOND)

    assert province.sounding() == {"an-hanh-2"}


def test_each_step_on_the_way_can_be_seen(province: Province) -> None:
    device = province.devices["phu-cat-1"]
    device.go_away()
    broadcast = province.send_now("a-phu-cat")
    province.wait(3 * SECOND)
    steps = [province.progress(broadcast)["phu-cat-1"].step]
    device.drop_fetches = True
    device.come_back()
    province.wait(2 * SECOND)
    steps.append(province.progress(broadcast)["phu-cat-1"].step)
    device.drop_fetches = False
    device.power_cut()
    device.start()
    province.wait(2 * SECOND)
    steps.append(province.progress(broadcast)["phu-cat-1"].step)
    province.wait(20 * SECOND)
    steps.append(province.progress(broadcast)["phu-cat-1"].step)
    province.wait(2 * MINUTE)
    steps.append(province.progress(broadcast)["phu-cat-1"].step)

    assert steps == [Step.WAITING, Step.RECEIVED, Step.FETCHED, Step.PLAYING, Step.PLAYED]


def test_thirty_stations_say_their_records_exactly_once(province: Province) -> None:
    province.air.twice = True
    province.send_now("a-gia-lai")
    province.wait(3 * MINUTE)

    for device in province.devices.values():
        assert device.acked == device.first_sequence - 1 + len(device.journal)
        assert [record.kind for record in device.journal].count(RecordKind.ENDED) == 1
    assert len(province.plays()) == len(province.devices)
    assert all(view.play.played_ms == 60_000 for view in province.plays())
