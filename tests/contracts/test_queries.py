"""What screens read, on both databases: true, within reach, and in a fixed number of statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta

from loa_agent.protocol.reports import RecordKind, StationStatus
from loa_server.adapters.db.engine import writing
from loa_server.adapters.db.tables import bulletin as bulletins
from loa_server.adapters.db.tables import station as stations
from loa_server.application.create_station import create_station
from loa_server.application.delete_bulletin import delete_bulletin
from loa_server.application.queries import ProgressRow
from loa_server.application.stop_broadcast import stop_broadcast
from loa_server.domain.approval import commands
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.progress import REPORT_PATIENCE
from loa_server.domain.rights import Deed
from loa_server.domain.standing import AFTERGLOW
from loa_server.domain.when import Repeating
from sqlalchemy import Engine, event, update
from world import NOW, World, a_play, a_record, sha

FIVE_PM_UTC = NOW.replace(hour=10)
MINUTE = timedelta(minutes=1)
PHU_CAT = "manifest/a-phu-cat"
FETCHED = RecordKind.FETCHED


def row_of(world: World, broadcast: Broadcast, station: str = "phu-cat-1") -> ProgressRow:
    rows = world.queries.progress(broadcast.id, world.now, frozenset({"vn"}))
    return next(row for row in rows if row.station == station)


def step_of(world: World, broadcast: Broadcast) -> tuple[str, str | None]:
    row = row_of(world, broadcast)
    return row.step.value, row.code


def test_areas_show_the_reach_and_the_path_above_with_what_is_in_force(world: World) -> None:
    shown = world.queries.areas(frozenset({"phu-cat"}))

    assert [each.area.id for each in shown] == ["vn", "gia-lai", "phu-cat", "an-hanh"]
    assert {each.in_force.zone for each in shown} == {"Asia/Ho_Chi_Minh"}
    assert [len(each.in_force.hours) for each in shown] == [0, 1, 1, 1]
    assert [each.station_count for each in shown] == [2, 2, 2, 1]


def test_nobody_sees_anything_outside_the_reach(world: World) -> None:
    broadcast = world.broadcast()
    world.report("phu-cat-1", *a_play(1, broadcast, FIVE_PM_UTC))
    seen_by = {}

    for area in ("gia-lai", "phu-cat", "tuy-phuoc", "nowhere"):
        read, reach = world.queries, frozenset({area})
        seen_by[area] = [
            len(read.stations(NOW, reach)),
            len(read.bulletins(10, reach)),
            len(read.broadcasts(NOW, 10, reach)),
            len(read.plays(10, reach)),
            len(read.progress(broadcast.id, NOW, reach)),
            read.bulletin(broadcast.bulletins[0], reach) is not None,
            read.broadcast(broadcast.id, NOW, reach) is not None,
            read.station_view("phu-cat-1", NOW, reach) is not None,
            len(read.areas(reach)),
        ]

    assert seen_by["gia-lai"] == [3, 1, 1, 1, 2, True, True, True, 5]
    assert seen_by["phu-cat"] == [2, 1, 1, 1, 2, True, True, True, 4]
    assert seen_by["tuy-phuoc"] == [1, 0, 0, 0, 0, False, False, False, 3]
    assert seen_by["nowhere"] == [0, 0, 0, 0, 0, False, False, False, 0]


def test_what_others_order_is_seen_where_it_sounds_and_only_that_part_of_it(world: World) -> None:
    wide = world.broadcast("a-gia-lai", actor=world.province)
    mixed = world.broadcast("s-phu-cat-1", "a-tuy-phuoc", actor=world.province)
    elsewhere = world.broadcast("a-tuy-phuoc", actor=world.province)
    own = world.broadcast("a-phu-cat", "a-an-hanh")

    shown = {
        each.broadcast.id: each
        for each in world.queries.broadcasts(NOW, 10, frozenset({"phu-cat"}))
    }
    rows = world.queries.progress(mixed.id, NOW, frozenset({"phu-cat"}))

    assert shown.keys() == {wide.id, mixed.id, own.id}
    tree, commune = world.queries.tree(), world.commune
    assert {
        key: commands(commune, tree, each.broadcast, Deed.STOP, each.areas)
        for key, each in shown.items()
    } == {
        wide.id: False,
        mixed.id: False,
        own.id: True,
    }
    assert {key: each.station_count for key, each in shown.items()} == {
        wide.id: 2,
        mixed.id: 1,
        own.id: 2,
    }
    assert [each.id for each in shown[mixed.id].audiences] == ["s-phu-cat-1"]
    assert [row.station for row in rows] == ["phu-cat-1"]
    assert world.queries.progress(elsewhere.id, NOW, frozenset({"phu-cat"})) == []
    assert world.queries.broadcast(elsewhere.id, NOW, frozenset({"phu-cat"})) is None


def test_where_no_station_stands_nothing_from_above_is_seen(world: World) -> None:
    broadcast = world.broadcast("a-gia-lai", actor=world.province)
    with writing(world.engine) as connection:
        there = stations.c.area == "tuy-phuoc"
        connection.execute(update(stations).where(there).values(retired_at=NOW))

    assert world.queries.broadcasts(NOW, 10, frozenset({"tuy-phuoc"})) == []
    assert world.queries.broadcast(broadcast.id, NOW, frozenset({"tuy-phuoc"})) is None


def test_a_station_is_shown_as_it_last_said(world: World) -> None:
    broadcast = world.broadcast()
    never = world.queries.station_view("an-hanh-1", NOW, frozenset({"vn"}))

    world.say(
        "phu-cat-1",
        playing=f"{broadcast.id}@2026-11-23T17:00:00",
        conditions=["disk_full"],
        free_bytes=5,
    )
    shown = world.queries.station_view("phu-cat-1", NOW, frozenset({"vn"}))

    assert never is not None
    assert (never.status, never.clock, never.last_seen) == ("never", None, None)
    assert shown is not None
    assert (shown.status, shown.clock, shown.last_seen) == ("online", "synchronised", NOW)
    assert (shown.playing_title, shown.conditions) == ("Tiêm chủng", ("disk_full",))
    assert (shown.agent_version, shown.free_bytes, shown.volume_percent) == ("0.1.0", 5, 80)
    assert shown.area_name == "Phù Cát"


def test_a_station_that_left_is_offline_and_plays_nothing(world: World) -> None:
    world.say("phu-cat-1", playing="bp-x@2026-11-23T17:00:00")

    world.say("phu-cat-1", status=StationStatus.OFFLINE)

    shown = world.queries.station_view("phu-cat-1", NOW, frozenset({"vn"}))
    assert shown is not None
    assert (shown.status, shown.playing) == ("offline", None)


def test_a_station_is_up_to_date_when_it_holds_what_is_out_and_nothing_is_on_its_way(
    world: World,
) -> None:
    def up_to_date() -> bool:
        view = world.queries.station_view("phu-cat-1", NOW, frozenset({"vn"}))
        assert view is not None
        return view.up_to_date

    seen = [up_to_date()]
    versions = world.publish()
    seen.append(up_to_date())
    world.say("phu-cat-1", versions=versions)
    seen.append(up_to_date())
    world.broadcast("a-phu-cat")
    seen.append(up_to_date())
    versions |= world.publish()
    seen.append(up_to_date())
    world.say("phu-cat-1", versions=versions)
    seen.append(up_to_date())

    assert seen == [False, False, True, False, False, True]


def test_a_retired_station_is_shown_nowhere(world: World) -> None:
    broadcast = world.broadcast()
    with writing(world.engine) as connection:
        mine = stations.c.id == "phu-cat-1"
        connection.execute(update(stations).where(mine).values(retired_at=NOW))

    shown = world.queries.broadcast(broadcast.id, NOW, frozenset({"vn"}))
    assert [each.id for each in world.queries.stations(NOW, frozenset({"phu-cat"}))] == [
        "an-hanh-1"
    ]
    assert [
        row.station for row in world.queries.progress(broadcast.id, NOW, frozenset({"vn"}))
    ] == ["an-hanh-1"]
    assert shown is not None
    assert shown.station_count == 1


def test_a_bulletin_is_shown_with_who_made_it_and_where(world: World) -> None:
    bulletin = world.ready()

    (shown,) = world.queries.bulletins(10, frozenset({"phu-cat"}))

    assert shown.bulletin == bulletin
    assert (shown.author_name, shown.area_name) == ("Cán bộ phu-cat", "Phù Cát")


def test_lists_are_newest_first_and_bounded(world: World) -> None:
    for title in ("Một", "Hai", "Ba"):
        world.now += MINUTE
        world.broadcast(bulletin=world.ready(title=title))

    titles = [each.bulletin.title for each in world.queries.bulletins(2, frozenset({"vn"}))]
    broadcasts = [
        each.broadcast.title for each in world.queries.broadcasts(NOW, 2, frozenset({"vn"}))
    ]

    assert titles == broadcasts == ["Ba", "Hai"]


def test_a_broadcast_is_shown_with_names_counts_and_where_it_stands(world: World) -> None:
    broadcast = world.broadcast("a-phu-cat", "s-phu-cat-1")

    before = world.queries.broadcast(broadcast.id, NOW, frozenset({"phu-cat"}))
    during = world.queries.broadcast(broadcast.id, FIVE_PM_UTC, frozenset({"phu-cat"}))
    after = world.queries.broadcast(broadcast.id, FIVE_PM_UTC + MINUTE, frozenset({"phu-cat"}))

    assert before is not None
    assert during is not None
    assert after is not None
    assert {each.id: each.name for each in before.audiences} == {
        "a-phu-cat": "Phù Cát",
        "s-phu-cat-1": "Loa phu-cat-1",
    }
    assert (before.station_count, before.duration_ms) == (2, 60_000)
    assert before.author_name == "Cán bộ phu-cat"
    assert [each.status for each in (before, during, after)] == ["scheduled", "on_air", "finished"]
    assert [each.next_at for each in (before, during, after)] == [FIVE_PM_UTC, None, None]


def test_progress_follows_a_station_step_by_step(world: World) -> None:
    world.publish()
    world.say("phu-cat-1", versions={PHU_CAT: 1})
    broadcast = world.broadcast("a-phu-cat")
    started, ended = a_play(2, broadcast, FIVE_PM_UTC)

    steps = [step_of(world, broadcast)]
    world.say("phu-cat-1", versions=world.publish())
    steps.append(step_of(world, broadcast))
    world.report("phu-cat-1", a_record(1, FETCHED, item=sha("Tiêm chủng")))
    steps.append(step_of(world, broadcast))
    world.report("phu-cat-1", started)
    steps.append(step_of(world, broadcast))
    world.report("phu-cat-1", ended)
    steps.append(step_of(world, broadcast))

    assert [step for step, _ in steps] == ["waiting", "received", "fetched", "playing", "played"]
    assert {code for _, code in steps} == {None}
    row = row_of(world, broadcast)
    assert row.occurrence == f"{broadcast.id}@2026-11-23T17:00:00"
    assert row.planned_at == FIVE_PM_UTC
    assert row.difference_ms == 12.0


def test_a_station_that_left_still_holds_what_it_received(world: World) -> None:
    broadcast = world.broadcast("a-phu-cat")
    world.say("phu-cat-1", versions=world.publish())

    world.say("phu-cat-1", status=StationStatus.OFFLINE)

    assert step_of(world, broadcast) == ("received", None)


def test_a_refused_document_is_named_until_it_is_taken_in(world: World) -> None:
    broadcast = world.broadcast("a-phu-cat")
    refused = a_record(1, RecordKind.REFUSED, code="bad_signature", document=PHU_CAT)

    world.report("phu-cat-1", refused)
    before = step_of(world, broadcast)
    world.say("phu-cat-1", versions=world.publish())
    after = step_of(world, broadcast)

    assert before == ("refused", "bad_signature")
    assert after == ("received", None)


def test_silence_after_the_end_is_named(world: World) -> None:
    broadcast = world.broadcast("a-phu-cat")
    world.say("phu-cat-1", versions=world.publish())

    world.now = FIVE_PM_UTC + MINUTE + REPORT_PATIENCE + timedelta(seconds=1)

    assert step_of(world, broadcast) == ("received", "no_report")


def test_what_just_ended_is_shown_before_what_comes_next(world: World) -> None:
    twice = Repeating((time(17, 0), time(19, 0)), date(2026, 11, 23))
    broadcast = world.broadcast("a-phu-cat", when=twice)
    world.report("phu-cat-1", *a_play(1, broadcast, FIVE_PM_UTC))
    seen = []

    for now in (NOW, FIVE_PM_UTC, FIVE_PM_UTC + AFTERGLOW, FIVE_PM_UTC + AFTERGLOW + MINUTE):
        world.now = now
        row = row_of(world, broadcast)
        seen.append(((row.occurrence or "").partition("T")[2], row.step.value))

    assert seen == [
        ("17:00:00", "played"),
        ("17:00:00", "played"),
        ("17:00:00", "played"),
        ("19:00:00", "waiting"),
    ]


def test_the_last_play_of_what_is_long_over_is_still_shown(world: World) -> None:
    broadcast = world.broadcast("a-phu-cat")
    world.report("phu-cat-1", *a_play(1, broadcast, FIVE_PM_UTC))

    world.now = NOW + timedelta(days=90)

    assert step_of(world, broadcast) == ("played", None)


def test_what_was_stopped_before_it_began_has_no_occurrence(world: World) -> None:
    broadcast = world.broadcast("a-phu-cat")

    stop_broadcast(world.services, world.commune, broadcast=broadcast.id)

    row = row_of(world, broadcast)
    view = world.queries.broadcast(broadcast.id, FIVE_PM_UTC, frozenset({"vn"}))
    assert (row.occurrence, row.planned_at, row.step) == (None, None, "waiting")
    assert view is not None
    assert (view.status, view.next_at) == ("stopped", None)


def test_plays_stay_readable_when_their_bulletin_is_deleted(world: World) -> None:
    broadcast = world.broadcast("a-phu-cat")
    world.report("phu-cat-1", *a_play(1, broadcast, FIVE_PM_UTC))
    world.now = FIVE_PM_UTC + timedelta(hours=1)

    delete_bulletin(world.services, world.commune, bulletin=broadcast.bulletins[0])

    (shown,) = world.queries.plays(10, frozenset({"phu-cat"}))
    view = world.queries.broadcast(broadcast.id, world.now, frozenset({"phu-cat"}))
    assert (shown.title, shown.play.sha256) == ("Tiêm chủng", sha("Tiêm chủng"))
    assert shown.station_name == "Loa phu-cat-1"
    assert world.queries.bulletins(10, frozenset({"phu-cat"})) == []
    assert view is not None
    assert view.duration_ms == 60_000


def test_the_title_of_a_play_does_not_follow_its_bulletin(world: World) -> None:
    broadcast = world.broadcast("a-phu-cat")
    world.report("phu-cat-1", *a_play(1, broadcast, FIVE_PM_UTC))

    with writing(world.engine) as connection:
        connection.execute(update(bulletins).values(title="Tên khác"))

    assert [each.title for each in world.queries.plays(10, frozenset({"vn"}))] == ["Tiêm chủng"]


def test_plays_are_newest_first_and_bounded(world: World) -> None:
    broadcast = world.broadcast("a-phu-cat")
    for day in range(3):
        planned_at = FIVE_PM_UTC + timedelta(days=day)
        world.report("phu-cat-1", *a_play(1 + 2 * day, broadcast, planned_at))

    shown = world.queries.plays(2, frozenset({"vn"}))

    days = [each.play.planned_at.day for each in shown if each.play.planned_at is not None]
    assert days == [25, 24]


def test_a_station_may_fetch_what_is_in_force_for_it_and_nothing_else(world: World) -> None:
    broadcast = world.broadcast("a-phu-cat")
    upload = world.upload(title="Chưa gửi")
    voice = sha("Tiêm chủng")

    def may(station: str, sha256: str = voice) -> bool:
        return world.queries.may_fetch(station, sha256, world.now)

    asked = [may("phu-cat-1"), may("an-hanh-1"), may("tuy-phuoc-1"), may("nobody")]
    asked_source = may("phu-cat-1", upload.source_sha256)
    world.now = NOW + timedelta(days=5)
    asked_late = may("phu-cat-1")
    world.now = NOW
    stop_broadcast(world.services, world.commune, broadcast=broadcast.id)

    assert asked == [True, True, False, False]
    assert not asked_source
    assert not asked_late
    assert not may("phu-cat-1")


def test_every_list_takes_the_same_number_of_statements_for_one_row_and_for_many(
    world: World,
) -> None:
    def counts() -> list[int]:
        read, one, reach = world.queries, broadcast.id, frozenset({"vn"})
        found = []
        for ask in (
            lambda: read.areas(reach),
            lambda: read.stations(NOW, reach),
            lambda: read.bulletins(100, reach),
            lambda: read.broadcasts(NOW, 100, reach),
            lambda: read.progress(one, NOW, reach),
            lambda: read.plays(100, reach),
            lambda: read.may_fetch("phu-cat-1", sha("x"), NOW),
        ):
            with counted(world.engine) as statements:
                ask()
            found.append(len(statements))
        return found

    broadcast = world.broadcast("a-phu-cat")
    world.report("phu-cat-1", *a_play(1, broadcast, FIVE_PM_UTC))
    before = counts()
    for number in range(12):
        made = create_station(world.services, world.commune, name=f"Loa {number}", area="an-hanh")
        world.say(made.id, playing=f"{broadcast.id}@2026-11-23T17:00:00")
        more = world.broadcast("a-phu-cat", f"s-{made.id}")
        world.report(made.id, *a_play(1, more, FIVE_PM_UTC))

    assert counts() == before
    assert before == [2, 4, 2, 8, 12, 1, 1]


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Statements the engine runs meanwhile, without the beginning of transactions."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
