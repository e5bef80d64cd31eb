"""What stations say is kept once and exactly, on both databases."""

from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from loa_agent.protocol.errors import DocumentError
from loa_agent.protocol.reports import RecordKind, StationStatus
from loa_server.adapters.db.engine import reading
from loa_server.adapters.db.ledger import DbSilent, open_ledger
from loa_server.adapters.db.tables import held_blob, journal, journal_gap, play, refusal
from loa_server.application.enrol_station import Enrolment, enrol_station
from loa_server.application.ingest_report import Ingested
from loa_server.application.issue_claim import issue_claim
from loa_server.application.sweep_presence import sweep_presence
from sqlalchemy import Table, select
from world import NOW, World, a_play, a_record, sha

FETCHED, REFUSED, RECEIVED = RecordKind.FETCHED, RecordKind.REFUSED, RecordKind.RECEIVED
FIVE_PM_UTC = NOW.replace(hour=10)
LONG_AGO = timedelta(minutes=10)


def rows_of(world: World, table: Table) -> list[dict[str, object]]:
    with reading(world.engine) as connection:
        return [dict(row._mapping) for row in connection.execute(select(table))]


def test_a_report_twice_changes_nothing(world: World) -> None:
    broadcast = world.broadcast()
    records = a_play(1, broadcast, FIVE_PM_UTC)

    first = world.report("phu-cat-1", *records)
    kept = [rows_of(world, table) for table in (journal, play, journal_gap)]
    second = world.report("phu-cat-1", *records)

    assert first == Ingested(acknowledged=2, fresh=2)
    assert second == Ingested(acknowledged=2, fresh=0)
    assert [rows_of(world, table) for table in (journal, play, journal_gap)] == kept


def test_one_sequence_twice_in_a_report_is_one_record(world: World) -> None:
    record = a_record(1, FETCHED, item=sha("x"))

    result = world.report("phu-cat-1", record, record)

    assert result == Ingested(acknowledged=1, fresh=1)


def test_a_play_is_summed_over_reports(world: World) -> None:
    broadcast = world.broadcast()
    started, ended = a_play(1, broadcast, FIVE_PM_UTC, late_ms=-3)

    world.report("phu-cat-1", started)
    during = world.queries.plays(10, frozenset({"vn"}))
    world.report("phu-cat-1", ended)
    after = world.queries.plays(10, frozenset({"vn"}))

    assert [each.play.outcome for each in (*during, *after)] == ["playing", "played"]
    assert after[0].play.difference_ms == -3.0
    assert after[0].play.played_ms == 60_000
    assert after[0].title == "Tiêm chủng"


def test_a_hole_that_cannot_be_filled_is_noted(world: World) -> None:
    world.report("phu-cat-1", a_record(1, FETCHED, item=sha("x")))

    result = world.report("phu-cat-1", a_record(5, FETCHED, item=sha("y")))

    gaps = [(row["first"], row["last"]) for row in rows_of(world, journal_gap)]
    assert gaps == [(2, 4)]
    assert result.acknowledged == 5


@pytest.mark.parametrize(
    "facts",
    [
        {"boot": 10**30},
        {"occurrence": "a\0b"},
        {"code": "c" * 5000},
        {"code": "\ud800"},
        {"at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))},
        {"at": datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=14)))},
    ],
)
def test_what_no_column_holds_costs_its_own_message_only(world: World, facts) -> None:
    good, bad = a_record(1, FETCHED, item=sha("x")), a_record(1, RecordKind.MISSED)
    bad = bad.model_copy(update=facts)

    with open_ledger(world.engine) as ledger:
        with ledger.message():
            ledger.journals.keep("phu-cat-1", [good], NOW)
        with suppress(DocumentError), ledger.message():
            ledger.journals.keep("tuy-phuoc-1", [bad], NOW)
        with ledger.message():
            ledger.journals.keep("an-hanh-1", [good], NOW)

    stored = {row["station"] for row in rows_of(world, journal)}
    assert {"phu-cat-1", "an-hanh-1"} <= stored


def test_a_document_taken_in_the_end_is_refused_no_more(world: World) -> None:
    about = {"document": "manifest/a-phu-cat"}
    world.report("phu-cat-1", a_record(1, REFUSED, code="bad_signature", **about))
    refused = rows_of(world, refusal)

    world.report("phu-cat-1", a_record(2, RECEIVED, version=1, **about))

    assert [row["code"] for row in refused] == ["bad_signature"]
    assert rows_of(world, refusal) == []


def test_a_new_device_holds_nothing_and_counts_on(world: World) -> None:
    world.say("phu-cat-1", boot=7)
    world.report("phu-cat-1", a_record(1, FETCHED, item=sha("x")))
    claim = issue_claim(world.services, world.commune, station="phu-cat-1")
    brought = Enrolment(claim.code, world.services.authority.public_b64, "p" * 24, "0.1.0", "Pi 4")

    enrolled = enrol_station(world.services, brought)

    assert (enrolled.first_boot, enrolled.first_sequence) == (8, 2)
    assert rows_of(world, held_blob) == []


def test_a_silent_station_is_lost_until_it_speaks(world: World) -> None:
    world.say("phu-cat-1")
    world.now = NOW + LONG_AGO
    silent = DbSilent(world.engine)

    lost = sweep_presence(stations=silent, listening_since=NOW, now=world.now)
    shown = status_of(world)
    again = sweep_presence(stations=silent, listening_since=NOW, now=world.now)
    told = world.say("phu-cat-1")

    assert (lost, again) == (["phu-cat-1"], [])
    assert shown == "lost"
    assert told
    assert status_of(world) == "online"


def test_an_old_word_the_broker_kept_brings_no_lost_station_back(world: World) -> None:
    world.say("phu-cat-1")
    world.now = NOW + LONG_AGO
    DbSilent(world.engine).mark_lost("phu-cat-1", world.now)

    told = world.say("phu-cat-1", retained=True, sent_at=NOW)

    assert not told
    assert status_of(world) == "lost"


def test_a_last_will_keeps_what_the_station_held(world: World) -> None:
    world.say("phu-cat-1", versions={"manifest/a-vn": 3}, playing="bp-x@2026-11-23T17:00:00")

    world.say("phu-cat-1", status=StationStatus.OFFLINE, agent_version="")

    with open_ledger(world.engine) as ledger:
        known = ledger.presences.find("phu-cat-1")
    assert known is not None
    assert known.state.status is StationStatus.OFFLINE
    assert known.state.versions == {"manifest/a-vn": 3}
    assert known.state.agent_version == "0.1.0"
    assert known.state.playing is None


def test_a_heartbeat_that_says_nothing_new_wakes_no_browser(world: World) -> None:
    first = world.say("phu-cat-1", free_bytes=1000)
    world.now = NOW + timedelta(minutes=1)

    second = world.say("phu-cat-1", free_bytes=999)
    third = world.say("phu-cat-1", conditions=["disk_full"])

    assert (first, second, third) == (True, False, True)
    view = world.queries.station_view("phu-cat-1", world.now, frozenset({"vn"}))
    assert view is not None
    assert view.last_seen == world.now


def test_nobody_unknown_or_retired_has_a_key(world: World) -> None:
    with open_ledger(world.engine) as ledger:
        assert ledger.public_key("nobody") is None
        assert ledger.public_key("phu-cat-1") is None


def status_of(world: World) -> str:
    view = world.queries.station_view("phu-cat-1", world.now, frozenset({"vn"}))
    assert view is not None
    return view.status.value
