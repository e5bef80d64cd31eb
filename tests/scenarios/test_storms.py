"""Networks, brokers, servers and boards fail; what the screens say stays true."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from fakes.province import Province
from loa_agent.core import events as e
from loa_agent.protocol import topics
from loa_agent.protocol.documents import BroadcastClass, Manifest, Rule
from loa_agent.protocol.reports import ClockTrust, RecordKind, Report
from loa_agent.protocol.seal import SigningKey, seal
from loa_server.adapters.db.lagging import DbLagging
from loa_server.application.heal_documents import heal_documents
from loa_server.application.stop_broadcast import stop_broadcast
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.progress import PlayOutcome, Step
from loa_server.domain.schedule import Schedule
from loa_server.domain.when import At

MANIFESTS = f"{topics.PREFIX}/manifest/"
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
EVENING = datetime(2026, 11, 23, 17, 0)
FIVE_PM = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def in_the_evening(province: Province, *audiences: str, title: str = "Họp thôn") -> Broadcast:
    return province.world.broadcast(
        *audiences,
        when=At(EVENING),
        actor=province.world.province,
        bulletin=province.bulletin(title),
    )


def test_stations_away_for_two_days_are_right_again_the_moment_they_connect(
    found_province: Callable[..., Province],
) -> None:
    province = found_province({"phu-cat-1": "phu-cat", "phu-cat-2": "phu-cat"})
    old = in_the_evening(province, "a-phu-cat", title="Cũ")
    province.wait(MINUTE)
    for device in province.devices.values():
        device.go_away()
    stop_broadcast(province.world.services, province.world.province, broadcast=old.id)
    province.until(province.now + timedelta(days=2))
    new = province.send_now("a-phu-cat", title="Mới")
    province.wait(5 * SECOND)

    for device in province.devices.values():
        device.come_back()
    province.wait(2 * MINUTE)

    assert {row.step for row in province.progress(new).values()} == {Step.PLAYED}
    # Without network they could not know that the old one was withdrawn: they played and say so.
    told = [(view.play.broadcast, view.play.outcome) for view in province.plays()]
    assert sorted(told) == sorted(2 * [(old.id, PlayOutcome.PLAYED), (new.id, PlayOutcome.PLAYED)])


def test_without_network_it_plays_on_time_and_proves_it_once_later(province: Province) -> None:
    evening = in_the_evening(province, "a-phu-cat")
    province.wait(MINUTE)
    for device in province.devices.values():
        device.go_away()
    province.until(FIVE_PM + 30 * SECOND)
    assert province.sounding() == {n for n in province.devices if not n.startswith("tuy")}
    province.wait(60 * MINUTE)
    assert {row.step for row in province.progress(evening).values()} == {Step.FETCHED}

    province.air.twice = True
    for device in province.devices.values():
        device.come_back()
    province.wait(MINUTE)

    rows = province.progress(evening).values()
    assert {(row.step, row.difference_ms) for row in rows} == {(Step.PLAYED, 0)}
    assert [view.play.played_ms for view in province.plays()] == [60_000] * 6


def test_a_last_will_that_comes_late_does_not_silence_a_station_that_is_back(
    province: Province,
) -> None:
    device = province.devices["phu-cat-1"]
    province.air.wills_held_back = []
    device.go_away()
    province.wait(MINUTE)
    device.come_back()
    province.settle()

    province.air.speak_wills()
    province.settle()

    assert status(province, "phu-cat-1") == "online"


def test_a_pulled_plug_is_seen_by_the_will(province: Province) -> None:
    province.devices["phu-cat-1"].power_cut()
    province.settle()

    assert status(province, "phu-cat-1") == "offline"


def status(province: Province, station: str) -> str:
    view = province.world.queries.station_view(station, province.now, frozenset({"gia-lai"}))
    assert view is not None
    return view.status


def test_documents_a_broker_forged_are_refused_seen_and_change_nothing(province: Province) -> None:
    stranger = SigningKey.generate()

    def forge(topic: str, raw: bytes) -> bytes:
        if topic != topics.manifest("a-phu-cat"):
            return raw
        device = province.devices["phu-cat-1"]
        assert device.brain is not None
        held = device.brain.documents["manifest/a-phu-cat"]
        assert isinstance(held, Manifest)
        return seal(held.model_copy(update={"version": 99}), stranger)

    province.air.rewrite = forge
    broadcast = province.send_now("a-phu-cat")
    province.wait(10 * MINUTE)

    assert province.sounding() == set()
    rows = province.progress(broadcast).values()
    assert {(row.step, row.code) for row in rows} == {(Step.REFUSED, "foreign_key")}
    province.air.rewrite = lambda _topic, raw: raw
    for device in province.devices.values():
        device.go_away()
        device.come_back()
    again = province.send_now("a-phu-cat", title="Lần hai")
    province.wait(2 * MINUTE)
    assert {row.step for row in province.progress(again).values()} == {Step.PLAYED}


def test_a_replaced_board_shuts_out_the_old_one_and_its_numbers_go_on(province: Province) -> None:
    old = province.devices["phu-cat-1"]
    province.send_now("a-phu-cat", title="Một")
    province.wait(2 * MINUTE)

    new = province.install("phu-cat-1")
    province.settle()

    assert not old.come_back()
    assert new.first_sequence == old.acked + 1
    assert new.boot > old.boot
    second = province.send_now("a-phu-cat", title="Hai")
    province.wait(2 * MINUTE)
    assert province.progress(second)["phu-cat-1"].step is Step.PLAYED
    plays = [view for view in province.plays() if view.play.station == "phu-cat-1"]
    assert [view.play.outcome for view in plays] == [PlayOutcome.PLAYED] * 2
    assert new.acked == new.first_sequence - 1 + len(new.journal)


def test_what_the_old_board_says_over_an_open_broker_is_not_believed(province: Province) -> None:
    old = province.devices["phu-cat-1"]
    new = province.install("phu-cat-1")
    province.settle()
    before = new.acked
    lie = old.journal[-1].model_copy(
        update={"sequence": before + 1, "kind": RecordKind.ENDED, "occurrence": "bp-x@2026"}
    )
    report = Report(station="phu-cat-1", boot=99, oldest=before + 1, records=(lie,))

    province.air.up(topics.report("phu-cat-1"), seal(report, old.key), retain=False)
    province.settle()

    assert all(view.play.occurrence != "bp-x@2026" for view in province.plays())
    assert new.acked == before


def test_outside_permitted_hours_nothing_sounds_though_the_server_was_forced(
    found_province: Callable[..., Province],
) -> None:
    province = found_province({"phu-cat-1": "phu-cat"}, now=FIVE_PM + timedelta(hours=5))
    bulletin = province.bulletin()
    forced = Broadcast(
        id="bp-dem",
        title="Giữa đêm",
        class_=BroadcastClass.PRIORITY,
        bulletins=(bulletin.id,),
        audiences=("a-phu-cat",),
        # What could sound nowhere would not even be told; tomorrow's start makes it travel.
        schedule=Schedule(
            Rule(
                start="2026-11-23T22:10:00",
                zone="Asia/Ho_Chi_Minh",
                dates=("2026-11-24T17:00:00",),
            )
        ),
        area="phu-cat",
        author=province.world.commune.id,
        created_at=province.now,
    )
    with province.world.store.write() as rows:
        rows.broadcasts.add(forced)
        rows.documents_changed("manifest/a-phu-cat")

    province.wait(20 * MINUTE)

    assert all(device.cues() == [] for device in province.devices.values())
    (row,) = province.progress(forced).values()
    assert (row.step, row.code) == (Step.MISSED, "outside_hours")


def test_a_server_that_dies_between_version_and_publish_skips_a_number_and_nothing_else(
    province: Province,
) -> None:
    device = province.devices["phu-cat-1"]
    assert device.brain is not None
    before = device.brain.documents["manifest/a-phu-cat"].version
    broadcast = province.send_now("a-phu-cat")
    province.air.fail_next = "server_died"
    province.settle()
    province.server_is_up = False
    province.wait(2 * SECOND)

    province.start_server()
    province.wait(2 * MINUTE)

    versions = {
        d.brain.documents["manifest/a-phu-cat"].version
        for n, d in province.devices.items()
        if d.brain is not None and not n.startswith("tuy")
    }
    assert versions == {before + 2}
    assert {row.step for row in province.progress(broadcast).values()} == {Step.PLAYED}


def test_a_broker_that_lost_its_store_is_filled_again_with_the_same_versions(
    province: Province,
) -> None:
    evening = in_the_evening(province, "a-phu-cat")
    province.wait(MINUTE)
    before = province.air.documents()
    received = {n: len(d.kinds(RecordKind.RECEIVED)) for n, d in province.devices.items()}

    province.air.lose_everything()
    for device in province.devices.values():
        device.disconnect()
        device.has_network = False
    province.start_server()
    province.settle()
    for device in province.devices.values():
        device.come_back()
    province.wait(MINUTE)

    assert province.air.documents().keys() == before.keys()
    assert received == {n: len(d.kinds(RecordKind.RECEIVED)) for n, d in province.devices.items()}
    assert all(d.kinds(RecordKind.REFUSED) == [] for d in province.devices.values())
    province.until(FIVE_PM + 2 * MINUTE)
    assert {row.step for row in province.progress(evening).values()} == {Step.PLAYED}


def test_a_server_that_was_away_takes_in_everything_said_meanwhile(province: Province) -> None:
    broadcast = province.send_now("a-phu-cat")
    province.wait(5 * SECOND)
    province.server_is_up = False
    province.wait(5 * MINUTE)

    province.start_server()
    province.wait(MINUTE)

    assert {row.step for row in province.progress(broadcast).values()} == {Step.PLAYED}


def test_a_station_without_the_right_time_waits_for_it_and_joins_in_the_middle(
    province: Province,
) -> None:
    device = province.devices["phu-cat-1"]
    device.power_cut()
    device.trust = ClockTrust.UNTRUSTED
    device.start()
    broadcast = province.send_now("a-phu-cat")
    province.wait(30 * SECOND)
    assert "phu-cat-1" not in province.sounding()
    assert province.progress(broadcast)["phu-cat-1"].step is Step.FETCHED

    device.feed(e.ClockJudged(device.now, ClockTrust.SYNCHRONISED))
    province.wait(3 * MINUTE)

    row = province.progress(broadcast)["phu-cat-1"]
    assert row.step is Step.PARTLY
    (cue,) = device.cues()
    assert cue.offset_ms > 10_000
    assert row.difference_ms == 0


def test_a_new_station_hears_what_was_ordered_before_it_came(province: Province) -> None:
    evening = in_the_evening(province, "a-phu-cat")
    province.wait(MINUTE)
    device = province.install("phu-cat-1")

    province.until(FIVE_PM + 2 * MINUTE)

    assert device.cues() != []
    assert province.progress(evening)["phu-cat-1"].step is Step.PLAYED


def test_a_document_the_broker_swallowed_arrives_all_the_same(province: Province) -> None:
    province.air.rewrite = lambda topic, raw: None if topic.startswith(MANIFESTS) else raw
    evening = in_the_evening(province, "a-phu-cat")
    province.wait(MINUTE)
    province.air.rewrite = lambda _topic, raw: raw
    assert {row.step for row in province.progress(evening).values()} == {Step.WAITING}

    healed = heal_documents(documents=DbLagging(province.world.engine))
    province.until(FIVE_PM + 2 * MINUTE)

    assert list(healed) == ["manifest/a-phu-cat"]
    assert {row.step for row in province.progress(evening).values()} == {Step.PLAYED}
