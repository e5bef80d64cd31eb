"""No sound card, a disk that takes nothing, documents that must not be obeyed."""

import resource
from datetime import UTC, datetime, timedelta

import pytest
from fakes.board import Board
from fakes.bridge import STATION
from fakes.town import AUDIENCES, Town
from loa_agent.protocol import topics
from loa_agent.protocol.documents import Broadcast, Manifest, Rule
from loa_agent.protocol.reports import RecordKind
from loa_agent.protocol.seal import SigningKey, seal
from patience import wait_until

pytestmark = pytest.mark.integration

MANIFEST = topics.manifest(AUDIENCES[0])


def soon(seconds: float) -> datetime:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).replace(microsecond=0)


def conditions(town: Town) -> tuple[str, ...]:
    presence = town.ledger.states.get(STATION)
    return () if presence is None else presence.state.conditions


def codes(town: Town, kind: RecordKind) -> list[str | None]:
    return [r.code for _, r in sorted(town.ledger.records.items()) if r.kind is kind]


def test_a_missing_sound_card_is_a_condition_and_a_reason_and_not_the_end(
    town: Town, board: Board
) -> None:
    town.plays(soon(8), repeats=3)

    board.switch_on("--device", "no-such-card")

    wait_until(lambda: "no_sound_card" in conditions(town))
    wait_until(lambda: "no_sound_card" in codes(town, RecordKind.ENDED))
    assert board.is_alive()
    assert "Traceback" not in board.said()


def test_a_check_without_the_named_card_says_so(board: Board) -> None:
    done = board.command("check", "--device", "no-such-card")

    assert done.returncode == 1
    assert "The sound card no-such-card cannot be opened" in done.stdout


def test_a_disk_that_takes_nothing_is_told_and_its_records_come_once_there_is_room(
    town: Town, board: Board
) -> None:
    process = board.switch_on()
    wait_until(lambda: town.ledger.acked >= 3)
    limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)

    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, limits[1]))
    town.plays(soon(600))
    wait_until(lambda: "storage_stalled" in conditions(town))
    assert board.is_alive()
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)

    wait_until(lambda: conditions(town) == ())
    wait_until(lambda: RecordKind.FETCHED in {r.kind for r in town.ledger.records.values()})
    wait_until(lambda: town.ledger.acked == len(board.records()))
    assert (town.ledger.gaps, town.ledger.doubled) == ([], [])
    assert "Traceback" not in board.said()


def test_documents_that_must_not_be_obeyed_are_refused_by_name_and_good_ones_still_play(
    town: Town, board: Board
) -> None:
    board.switch_on()
    wait_until(lambda: town.ledger.acked >= 3)
    manifest = a_manifest_for(town)

    town.bus.publish(MANIFEST, b"rubbish", retain=True)
    town.bus.publish(MANIFEST, manifest.model_dump_json().encode(), retain=True)
    town.bus.publish(MANIFEST, seal(manifest, SigningKey.generate()), retain=True)
    wait_until(lambda: len(codes(town, RecordKind.REFUSED)) == 3)
    town.plays(soon(7), name="good")
    wait_until(lambda: len(codes(town, RecordKind.ENDED)) == 1)

    refused = codes(town, RecordKind.REFUSED)
    assert refused == ["malformed", "unsigned", "foreign_key"]
    assert codes(town, RecordKind.ENDED) == ["completed"]


def test_a_signed_document_with_a_rule_nobody_can_compute_does_not_silence_the_station(
    town: Town, board: Board
) -> None:
    board.switch_on()
    wait_until(lambda: town.ledger.acked >= 3)
    poison = a_manifest_for(town, zone="Mars/Olympus_Mons")

    town.bus.publish(MANIFEST, seal(poison, town.authority), retain=True)
    wait_until(lambda: bool(codes(town, RecordKind.REFUSED)))
    town.plays(soon(8), name="good")
    wait_until(lambda: len(codes(town, RecordKind.ENDED)) == 1)

    assert codes(town, RecordKind.REFUSED) == ["malformed_document"]
    assert codes(town, RecordKind.ENDED) == ["completed"]
    assert "Traceback" not in board.said()


def a_manifest_for(town: Town, zone: str = "Asia/Ho_Chi_Minh") -> Manifest:
    """A manifest of one broadcast, newer than what the station holds, kept out of the town."""
    item = town.plays(soon(3600), name="draft").items[0]
    town.directory.broadcasts = ()
    now = datetime.now(UTC)
    good = Rule(start="2026-11-24T05:00:00", zone="Asia/Ho_Chi_Minh", rrule="FREQ=DAILY")
    rule = good.model_copy(update={"zone": zone})
    return Manifest(
        audience=AUDIENCES[0],
        version=10_000,
        issued_at=now,
        not_after=now + timedelta(days=1),
        level=2,
        broadcasts=(Broadcast(id="draft", title="", items=(item,), rule=rule),),
    )
